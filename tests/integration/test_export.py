"""A film is exported from what is in the library: as it was cut, from its shots or its id, and at no cost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pipeline_room import Room, shot

from film.app.from_library import params_of_film, timeline_in_hand
from film.cli.main import main
from film.errors import ComposeError, InputError
from film.planning.requests import ProviderSet
from film.planning.services import open_services
from film.production.finishing.cut import timeline_of
from film.render import EncodeSettings, stems
from film.settings import Settings
from film.timeline import Timeline

SHOTS = [shot(1, transition="crossfade"), shot(2, dialogue="Hello there.", characters=["mara"]), shot(3)]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def in_hand(room: Room, params: Any) -> Timeline:
    services = open_services(room.settings)
    return timeline_in_hand(params, services, ProviderSet(services.context, dict(room.providers)))


def test_the_cut_in_hand_is_the_cut_that_was_made(room: Room) -> None:
    film = room.make(SHOTS)
    posts = room.vendor.posts
    timeline = in_hand(room, room.params(SHOTS))
    assert timeline == timeline_of(room.params(SHOTS), film.shots)
    assert timeline.frames / timeline.rate == film.seconds and room.vendor.posts == posts


def test_an_id_is_enough_once_the_film_was_made(room: Room) -> None:
    room.make(SHOTS, size="192x128", transition="cut", frame_rate="25")
    params = params_of_film("film", open_services(room.settings))
    assert in_hand(room, params) == in_hand(room, room.params(SHOTS, size="192x128", transition="cut", frame_rate="25"))
    assert (params.width, str(params.rate)) == (192, "25")


def test_an_id_is_enough_wherever_the_film_lies(room: Room, tmp_path: Path) -> None:
    film = room.make(SHOTS, size="192x128", transition="cut", output=tmp_path / "out" / "mine.mp4")
    assert film.path == tmp_path / "out" / "mine.mp4"
    params = params_of_film("film", open_services(room.settings))
    assert in_hand(room, params) == in_hand(room, room.params(SHOTS, size="192x128", transition="cut"))
    assert (params.width, params.output) == (192, None)


def test_shots_that_are_not_there_are_named_and_not_bought(room: Room) -> None:
    room.make(SHOTS[:2])
    posts = room.vendor.posts
    with pytest.raises(
        ComposeError, match=r"1 of 3 shots are not all in the library: shot_003 \(picture, clip\)"
    ) as told:
        in_hand(room, room.params(SHOTS))
    assert "film make" in told.value.hint and room.vendor.posts == posts


@pytest.mark.parametrize("film_id", ["unknown", "..", "a/b", "film\0"])
def test_no_other_film_is_found_by_a_strange_id(room: Room, film_id: str) -> None:
    room.make(SHOTS[:1])
    with pytest.raises(InputError):
        params_of_film(film_id, open_services(room.settings))


def test_a_manifest_of_nonsense_is_told(room: Room) -> None:
    film = room.make(SHOTS[:1])
    manifest = film.path.with_name("film.build.json")
    document = json.loads(manifest.read_text())
    services = open_services(room.settings)
    for nonsense in ("{", "7", json.dumps({**document, "asked": {"tier": 7}}), json.dumps({**document, "asked": []})):
        manifest.write_text(nonsense)
        with pytest.raises(InputError):
            params_of_film("film", services)


def test_a_tier_that_was_never_made_is_told(room: Room) -> None:
    room.make(SHOTS[:1])
    services = open_services(room.settings)
    assert params_of_film("film", services, "budget").tier == "budget"
    with pytest.raises(InputError, match="ultra"):
        params_of_film("film", services, "ultra")


def test_where_the_files_lie_is_no_part_of_the_cut(room: Room) -> None:
    room.make(SHOTS)
    timeline = in_hand(room, room.params(SHOTS))
    moved = replace(timeline.clips[0], source=replace(timeline.clips[0].source, path=Path("elsewhere")))
    assert replace(timeline, clips=(moved, *timeline.clips[1:])) == timeline


@pytest.mark.parametrize("form", ["web", "prores", "hevc"])
def test_stems_are_levelled_as_the_film_of_their_format_is(
    room: Room, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """How far the limiter goes depends on the encoder: stems of a master must not go by the web's."""
    (room.folder / "film.toml").write_text(f'format = "{form}"\n')
    room.make(SHOTS, transition="cut")
    monkeypatch.setenv("FILM_GALLERY_DIR", str(room.settings.gallery))
    asked: list[EncodeSettings] = []
    write = stems.write

    def heard(timeline: Timeline, folder: Path, **options: Any) -> dict[Any, Path]:
        asked.append(options["settings"])
        return write(timeline, folder, **options)

    monkeypatch.setattr(stems, "write", heard)
    with pytest.raises(SystemExit) as ended:
        main(["export", "film", "--stems", "-o", str(room.folder / "edit")])
    assert ended.value.code == 0
    assert (room.folder / "edit" / "stems" / "dialogue.wav").is_file()
    assert [settings.format for settings in asked] == [form]
