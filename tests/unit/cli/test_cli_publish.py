"""``film publish``: what it would send, that it goes once, and that it refuses what does not hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import Film

from film.provenance import Claim, Origin, ShotOrigin, local_credential, sign
from film.testing import synthetic
from film.testing.simulator import Simulator

TRAINED = Claim("Pier", "budget", "24", (ShotOrigin("s1", 0, 48, (Origin("picture", "fal", "schnell", "a" * 64),)),))
DRAWN = replace(TRAINED, shots=(ShotOrigin("s1", 0, 48, (Origin("picture", "draft", "", "b" * 64, by_rules=True),)),))


def film_file(folder: Path, claim: Claim | None = TRAINED, name: str = "pier") -> Path:
    path = folder / f"{name}.mp4"
    path.write_bytes(synthetic.clip(1, 160, 90, 1))
    if claim:
        sign(path, claim, local_credential(folder / "keys"))
    path.with_suffix(".srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    (folder / f"{name}.de.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHallo\n")
    return path


@pytest.fixture
def youtube(film: Film, vendors: Simulator) -> Any:
    played: Any = vendors.vendors["youtube"]
    for kept in (played.videos, played.captions, played.items, played.thumbnails):
        kept.clear()
    assert film("publish", "--sign-in").code == 0
    return played


def test_it_goes_to_youtube_once_and_is_listed(film: Film, youtube: Any, tmp_path: Path):
    path = film_file(tmp_path)
    said = film("publish", path, "--made-for-kids", "no", "--tag", "sea")
    assert said.code == 0
    (video,) = youtube.videos
    assert said.out.strip() == f"https://youtu.be/{video}"
    assert youtube.videos[video]["status"]["containsSyntheticMedia"] is True
    assert "AI-generated: pictures by fal (schnell)" in youtube.videos[video]["snippet"]["description"]
    assert {one["snippet"]["language"] for one in youtube.captions.values()} == {"en", "de"}
    again = film("publish", path, "--tag", "sea", "--json")
    assert (again.json["did"], again.json["id"], list(youtube.videos)) == ("nothing", video, [video])
    (row,) = film("publish", "--list", "--json").json
    assert (row["film_id"], row["state"]) == ("pier", "done")


def test_whom_it_is_for_is_asked_once(film: Film, youtube: Any, tmp_path: Path):
    path = film_file(tmp_path)
    said = film("publish", path)
    assert said.code == 2
    assert "made for kids" in said.error
    assert not youtube.videos
    assert film("publish", path, "--made-for-kids", "no").code == 0
    assert film("publish", path, "--title", "Another").code == 0


def test_a_dry_run_sends_nothing(film: Film, youtube: Any, tmp_path: Path):
    path = film_file(tmp_path)
    used = dict(youtube.used)
    said = film("publish", path, "--made-for-kids", "no", "--dry-run", "--json")
    assert said.json["kind"] == "new"
    assert [call["call"] for call in said.json["calls"]][1] == "POST videos.insert"
    assert said.json["quota"]["inserts"]["takes"] == 1
    assert youtube.used == used
    assert film("publish", "--list", "--json").json == []
    text = film("publish", path, "--made-for-kids", "no", "--dry-run").out
    assert '"privacyStatus": "private"' in text
    assert "disclosed   synthetic" in text


def test_what_was_drawn_by_rules_has_nothing_to_disclose(film: Film, youtube: Any, tmp_path: Path):
    assert film("publish", film_file(tmp_path, DRAWN), "--made-for-kids", "no").code == 0
    (video,) = youtube.videos.values()
    assert video["status"]["containsSyntheticMedia"] is False


def test_leaving_the_disclosure_out_needs_a_reason_that_is_kept(film: Film, youtube: Any, tmp_path: Path):
    path = film_file(tmp_path)
    assert film("publish", path, "--made-for-kids", "no", "--no-disclosure", "an abstract film").code == 0
    (video,) = youtube.videos.values()
    assert video["status"]["containsSyntheticMedia"] is False
    assert "AI-generated" in video["snippet"]["description"], "the sentence stays"
    from film.db.looking import look
    from film.publish.journal import PublicationJournal
    from film.settings import load_settings

    engine = look(load_settings().database_url)
    assert engine is not None
    assert [one.reason for one in PublicationJournal(engine).of_film("pier")] == ["an abstract film"]


@pytest.mark.parametrize("spoil", ["unsigned", "altered"])
def test_a_film_whose_manifest_does_not_hold_is_refused(film: Film, youtube: Any, tmp_path: Path, spoil: str):
    path = film_file(tmp_path, None if spoil == "unsigned" else TRAINED)
    if spoil == "altered":
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        path.write_bytes(data)
    said = film("publish", path, "--made-for-kids", "no")
    assert said.code == 2
    assert "nobody can say what has to be disclosed" in said.error
    assert not youtube.videos


def test_without_a_sign_in_the_next_step_is_told(film: Film, vendors: Simulator, tmp_path: Path):
    said = film("publish", film_file(tmp_path), "--made-for-kids", "no")
    assert said.code == 4
    assert "--sign-in" in said.help


def test_the_doctor_tells_of_the_sign_in(film: Film, youtube: Any):
    told = film("doctor", "--json").json
    assert any("signed in to YouTube (A simulated channel)" in one["what"] for one in told)


def test_a_film_of_the_gallery_by_its_id_and_its_shots(film: Film, tmp_path: Path):
    shots = tmp_path / "shots.json"
    places = ("harbour", "attic", "forest")
    shots.write_text(
        json.dumps(
            {
                "size": "128x128",
                "title": "Three places",
                "publish": {"description": "A walk."},
                "shots": [
                    {"shot_id": f"s{n}", "enhanced_prompt": f"the {p}", "duration": 1, "landscapes": [p]}
                    for n, p in enumerate(places)
                ],
            }
        )
    )
    assert film("make", shots, "--tier", "draft", "--film_id", "walk", "-q").code == 0
    out = tmp_path / "out"
    assert film("publish", "walk", "--to", "folder", "--at", out).code == 0
    (folder,) = out.iterdir()
    told = json.loads((folder / "metadata.json").read_text())
    assert (told["title"], told["description"]) == ("Three places", "A walk.")
    assert [one["title"] for one in told["chapters"]] == ["Harbour", "Attic", "Forest"]
    again = film("publish", shots, "--tier", "draft", "--to", "folder", "--at", out, "--json")
    assert again.code == 2, "another id, and so no film of it"
    gone = film("publish", "nobody", "--to", "folder", "--at", out)
    assert (gone.code, "no film 'nobody'" in gone.error) == (2, True)


def test_the_sidecar_is_the_manifest_itself(film: Film, tmp_path: Path):
    from film.provenance.library import c2pa, context
    from film.provenance.sidecar import manifest_store

    store = manifest_store(film_file(tmp_path))
    assert store is not None
    (tmp_path / "pier.c2pa").write_bytes(store)
    with context() as chosen, (tmp_path / "pier.c2pa").open("rb") as file:
        reader = c2pa().Reader.try_create("application/c2pa", file, context=chosen)
        assert reader is not None
        with reader:
            assert "schnell" in reader.json()
    assert manifest_store(film_file(tmp_path, None, "plain")) is None
