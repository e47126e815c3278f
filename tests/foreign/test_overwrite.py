"""Nothing of the user's is overwritten: no input of the film, no file that this program did not write."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from film.app.films import run_film_pipeline
from film.errors import InputError
from film.planning.params import FilmParams, film_params
from film.production.finishing.outputs import announce, check_output, film_path, is_ours, write_manifest
from film.settings import load_settings


def params(folder: Path, output: Path | None = None, **options: Any) -> FilmParams:
    shots = folder / "shots.json"
    if not shots.exists():
        shot = {"shot_id": "a", "enhanced_prompt": "A lake", "duration": 1}
        shots.write_text(json.dumps([{**shot, "effects": [{"file": "door.mp4"}]}]))
        (folder / "door.mp4").write_bytes(b"a door")
        (folder / "song.mp4").write_bytes(b"a song")
        (folder / "film.toml").write_text('music = "song.mp4"\n')
    return film_params(shots, load_settings(), tier="draft", size="128x128", output=output, **options)


def refused(given: FilmParams) -> InputError:
    with pytest.raises(InputError) as error:
        check_output(given, film_path(given, load_settings().films))
    assert error.value.field == "output" and "--force" in (error.value.hint or "")
    return error.value


@pytest.mark.parametrize(("name", "what"), [("song.mp4", "music"), ("door.mp4", "a sound effect of a")])
@pytest.mark.parametrize("way", ["plain", "dots", "link", "hard link"])
def test_an_input_is_refused_by_whatever_way_it_is_reached(tmp_path: Path, name: str, what: str, way: str) -> None:
    params(tmp_path)
    target = tmp_path / name
    match way:
        case "dots":
            (tmp_path / "sub").mkdir()
            target = tmp_path / "sub" / ".." / name
        case "link":
            target = tmp_path / "out.mp4"
            target.symlink_to(tmp_path / name)
        case "hard link":
            target = tmp_path / "out.mp4"
            os.link(tmp_path / name, target)
        case _:
            pass
    assert what in str(refused(params(tmp_path, target)))
    forced = params(tmp_path, target, force=True)
    check_output(forced, film_path(forced, load_settings().films))


def test_a_file_that_we_did_not_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.mp4").write_bytes(b"mine")
    assert "did not write" in str(refused(params(tmp_path, tmp_path / "holiday.mp4")))
    (tmp_path / "new.build.json").write_text('{"my": "notes"}')
    assert "new.build.json" in str(refused(params(tmp_path, tmp_path / "new.mp4")))
    fresh = params(tmp_path, tmp_path / "fresh.mp4")
    check_output(fresh, film_path(fresh, load_settings().films))


def test_our_own_film_is_made_again_and_one_that_was_edited_since_is_not(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"ours")
    stat = film.stat()
    write_manifest(film, {"key": "k", "size": stat.st_size, "modified_ns": stat.st_mtime_ns, "sha256": "x"})
    assert is_ours(film)
    check_output(params(tmp_path, film), film)
    film.write_bytes(b"edited by hand")
    assert not is_ours(film)
    refused(params(tmp_path, film))
    announce(film)
    assert is_ours(film), "a run that died in between leaves a film of ours"


def test_a_film_over_its_own_music_leaves_it_to_the_byte(tmp_path: Path) -> None:
    params(tmp_path)
    with pytest.raises(InputError, match="music"):
        run_film_pipeline(
            "film",
            tmp_path / "shots.json",
            tier="draft",
            size="128x128",
            output=tmp_path / "song.mp4",
            max_concurrent=2,
        )
    assert (tmp_path / "song.mp4").read_bytes() == b"a song"


def test_another_shape_is_a_film_beside_the_first(tmp_path: Path) -> None:
    films = load_settings().films
    wide = params(tmp_path).model_copy(update={"width": 960, "height": 540})
    first = film_path(wide, films)
    first.parent.mkdir(parents=True)
    write_manifest(first, {"key": "k", "width": 960, "height": 540})
    tall = wide.model_copy(update={"width": 540, "height": 960})
    assert film_path(tall, films) == first.with_name(f"{first.stem}-9x16.mp4")
    assert film_path(wide, films) == first
    larger = wide.model_copy(update={"width": 1920, "height": 1080})
    assert film_path(larger, films) == first, "the same film, larger"
    odd = wide.model_copy(update={"width": 1000, "height": 200})
    assert film_path(odd, films).name.endswith("-1000x200.mp4")


def test_max_concurrent_is_the_flag_that_it_is_on_the_command_line(tmp_path: Path) -> None:
    params(tmp_path)
    with pytest.raises(InputError, match="concurrency is 0"):
        run_film_pipeline("film", tmp_path / "shots.json", tier="draft", max_concurrent=0)
    with pytest.raises(InputError, match="both"):
        run_film_pipeline("film", tmp_path / "shots.json", tier="draft", max_concurrent=2, concurrency=2)
