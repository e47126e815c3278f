"""A film with titles: nothing is bought for them, and they are in all that leaves the program."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from pipeline_room import Room, shot

from film.app.from_library import params_of_film, timeline_in_hand
from film.cli.main import main
from film.errors import ComposeError, InputError
from film.inspect import inspect_film
from film.models import AssetType
from film.planning.services import open_services
from film.settings import Settings

SHOTS = [
    {"shot_id": "opening", "title": "Three years later", "duration": 2},
    shot(1, dialogue="They should have been back by now."),
    {"shot_id": "end", "title": {"text": "Fin", "colour": "#ffcc00"}, "duration": 2, "dialogue": "The end."},
]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]


def test_a_title_is_planned_without_picture_clip_or_price(room: Room) -> None:
    opening, first, end = room.plan(SHOTS).shots
    assert not opening.assets
    assert set(first.assets) == set(AssetType)
    assert set(end.assets) == {AssetType.AUDIO}
    assert opening.at_most == 0


def test_a_title_is_seen_and_heard_and_nothing_is_bought_for_it(room: Room) -> None:
    film = room.make(SHOTS)
    assert not film.failed
    made = [asset.request.asset_type for done in film.shots for asset in done.assets.values()]
    assert made.count(AssetType.IMAGE) == made.count(AssetType.VIDEO) == 1
    assert made.count(AssetType.AUDIO) == 2
    seen = pictures(film.path)
    card = seen[12]
    assert card.max() > 180
    assert (card < 20).mean() > 0.8, "light words on black"
    assert film.path.with_suffix(".srt").read_text().count("The end.") == 1
    assert not [f for f in inspect_film(film.path).findings if f.severity != "note"]


def test_a_title_that_stays_is_not_encoded_again_and_one_that_changes_is(room: Room) -> None:
    room.make(SHOTS)
    assert room.make(SHOTS).unchanged
    changed = [{**SHOTS[0], "title": "Four years later"}, *SHOTS[1:]]
    film = room.make(changed)
    assert film.pieces == ("opening", "opening > shot_001")


def test_a_film_with_titles_is_cut_from_its_id(room: Room) -> None:
    room.make(SHOTS)
    services = open_services(room.settings)
    timeline = timeline_in_hand(params_of_film("film", services), services)
    assert [clip.title for clip in timeline.clips] == ["Three years later", "", "Fin"]
    assert [clip.source.kind for clip in timeline.clips] == ["image", "video", "image"]
    assert timeline.transitions[0].kind == "crossfade"
    resized = params_of_film("film", services).model_copy(update={"width": 256})
    with pytest.raises(ComposeError, match=r"opening \(title\)"):
        timeline_in_hand(resized, services)


def test_a_title_takes_no_picture_from_the_library(room: Room) -> None:
    film = room.make(SHOTS)
    image = film.shots[1].assets[AssetType.IMAGE].asset_id
    with pytest.raises(InputError, match="a title shows none") as caught:
        room.plan([{**SHOTS[0], "reuse": [image]}, *SHOTS[1:]])
    assert caught.value.field == "reuse"


def test_film_read_and_film_plan_tell_of_titles(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILM_GALLERY_DIR", str(room.settings.gallery))
    path = room.folder / "shots.json"
    path.write_text(json.dumps([{**SHOTS[0], "duration": 1}]))
    assert _code("read", str(path)) == 0
    said = capsys.readouterr()
    assert "opening  title: “Three years later”" in said.out
    assert "takes about 2 s to read" in said.err
    assert _code("plan", str(path), "--tier", "draft", "--json") == 0
    planned = json.loads(capsys.readouterr().out)
    assert planned["shots"][0]["title"] == "Three years later"
    assert planned["shots"][0]["assets"] == []
    assert planned["total_at_most_usd"] == "0"


def _code(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code
