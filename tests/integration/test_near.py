"""What is offered before something is bought: what is near, what is not, and that looking changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pipeline_room import Room, shot

from film.metadata import MetadataIndex
from film.models import Asset, AssetType
from film.planning import near_matches as near
from film.planning.near_matches import NearMatch, near_matches
from film.planning.results import asset_id
from film.planning.services import Services, open_services
from film.search import load_embedder
from film.settings import Settings

EMMA = {"characters": ["Emma"], "landscapes": ["attic"], "shot_type": "close-up"}
PROMPT = "Close-up of Emma in the attic, afternoon sunlight through the window"
ALIKE = "Close-up of Emma in the dusty attic, afternoon sun"
OTHER = "Emma runs down the stairs and out into the rain"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def put(room: Room, prompt: str, kind: str = "image", provider: str = "fal", **fields: Any) -> Asset:
    """An asset of the library, with a file behind it."""
    services = open_services(room.settings)
    key = hashlib.sha256(f"{prompt} {kind} {provider} {fields}".encode()).hexdigest()
    stored = services.cache.put(key, kind=kind, provider=provider, mime="x/y", data=key.encode(), cost=Decimal("0.27"))
    asset = Asset(
        asset_id=asset_id(AssetType(kind), key), key=key, asset_type=AssetType(kind), provider=provider,
        prompt=prompt, sha256=stored.sha256, size=stored.size, mime="x/y", **fields,
    )  # fmt: skip
    services.index.index_asset(asset)
    return asset


def offered(
    room: Room, shots: list[dict[str, Any]], options: dict[str, Any] | None = None, **how: Any
) -> list[NearMatch]:
    """With time to look for all of it, however busy the machine is."""
    plan = room.plan(shots, **(options or {}))
    return list(near_matches(plan, open_services(room.settings), **{"seconds": 60.0, **how}))


def test_what_means_the_same_and_shows_the_same_comes_first(room: Room) -> None:
    same = put(room, ALIKE, characters=("emma",), landscapes=("Attic",), shot_type="Close-Up")
    elsewhere = put(room, PROMPT, characters=("Tom",), landscapes=("attic",))
    put(room, OTHER, characters=("emma",), landscapes=("attic",))
    first, second = offered(room, [shot(1, enhanced_prompt=PROMPT, **EMMA)])
    assert (first.asset.asset_id, first.same_scene) == (same.asset_id, True)
    assert first.alike and near.ALIKE <= first.alike < 1 and first.shows == "Attic, emma, Close-Up"
    assert first.instead_of == room.vendor.price
    assert (second.asset.asset_id, second.same_scene) == (elsewhere.asset_id, False)
    assert second.alike and second.alike > first.alike, "nearer in words, and yet behind: it shows somebody else"


def test_a_clip_saves_its_picture_too(room: Room) -> None:
    clip = put(room, ALIKE, "video", characters=("emma",), landscapes=("attic",))
    (match,) = offered(room, [shot(1, enhanced_prompt=PROMPT, **EMMA)])
    assert (match.asset.asset_id, match.instead_of) == (clip.asset_id, 2 * room.vendor.price)
    bought = room.vendor.posts
    room.make([shot(1, enhanced_prompt=PROMPT, **EMMA)])
    assert room.vendor.posts == bought + 2, "offered, and not used"


def test_a_line_is_near_only_in_the_very_same_words(room: Room) -> None:
    same = put(room, "Come back tomorrow", "audio", "elevenlabs", characters=("ida",))
    put(room, "Come again tomorrow", "audio", "elevenlabs")
    (match,) = offered(room, [shot(1, dialogue="Come back, tomorrow!")])
    assert (match.asset.asset_id, match.alike, match.same_scene) == (same.asset_id, 1.0, False)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"provider": "draft"}, "a draft is no picture of a film that is paid for"),
        ({"time_of_day": "night"}, "another time of day"),
        ({"details": {"width": 36, "height": 64}}, "another shape"),
        ({"kind": "video", "details": {"seconds": "0.5"}}, "too short"),
    ],
)
def test_what_would_not_do_is_not_offered(room: Room, fields: dict[str, Any], why: str) -> None:
    tags = {"characters": ("emma",), "landscapes": ("attic",)}
    wanted = [shot(1, enhanced_prompt=PROMPT, time_of_day="noon", **EMMA)]
    put(room, ALIKE, **{**tags, **fields})
    assert offered(room, wanted) == [], why
    put(room, ALIKE, "video" if fields.get("kind") else "image", "kling", **tags)
    assert len(offered(room, wanted)) == 1, "without that it is"


def test_an_edited_shot_is_not_offered_what_the_edit_replaces(room: Room) -> None:
    wide = {"size": "256x144"}
    room.make([shot(1, enhanced_prompt=ALIKE, **EMMA)], **wide)
    assert offered(room, [shot(1, enhanced_prompt=PROMPT, **EMMA)], wide) == []
    (match,) = offered(room, [shot(2, enhanced_prompt=PROMPT, **EMMA)], wide)
    assert match.asset.asset_type is AssetType.IMAGE


def test_nothing_is_looked_for_where_nothing_is_bought(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    put(room, ALIKE, characters=("emma",), landscapes=("attic",))
    monkeypatch.setattr(near, "_Finder", None)
    draft = {f"{kind.value}_provider": "draft" for kind in AssetType}
    assert offered(room, [shot(1, enhanced_prompt=PROMPT, **EMMA)], {"tier": "draft", **draft}) == []
    assert offered(room, [shot(1, enhanced_prompt=PROMPT, **EMMA)], {"use_cache": False}) == []


def test_a_file_that_is_gone_is_not_offered(room: Room) -> None:
    asset = put(room, ALIKE, characters=("emma",), landscapes=("attic",))
    services = open_services(room.settings)
    path = services.cache.peek_many([asset.key])[asset.key].path
    path.unlink()
    assert offered(room, [shot(1, enhanced_prompt=PROMPT, **EMMA)]) == []


def test_words_that_every_shot_says_make_none_alike(room: Room) -> None:
    look = "Shot on 35mm film, anamorphic lens, muted palette, soft key light from the left, fine grain, 1950s. "
    put(room, look + OTHER, characters=("emma",), landscapes=("attic",))
    texts = [PROMPT, "A trunk, half open", "Rain on the roof", "The stairs creak"]
    shots = [shot(n, enhanced_prompt=look + text, **EMMA) for n, text in enumerate(texts, 1)]
    assert offered(room, shots) == [], "the look is the film's and tells no shot from another"
    put(room, look + ALIKE, characters=("emma",), landscapes=("attic",))
    assert [match.shot_id for match in offered(room, shots)] == ["shot_001"]


def test_looking_ends_when_its_time_is_over_and_the_dearest_were_first(room: Room) -> None:
    put(room, ALIKE, characters=("emma",), landscapes=("attic",))
    put(room, ALIKE, "video", characters=("emma",), landscapes=("attic",))
    ticks: Iterator[float] = iter([0.0, 0.5, 1.5])
    plan = room.plan([shot(1, enhanced_prompt=PROMPT, **EMMA)])
    found = near_matches(plan, open_services(room.settings), seconds=1.0, clock=lambda: next(ticks))
    assert [match.asset.asset_type for match in found] == [AssetType.VIDEO], "a clip saves more than a picture"
    assert found.unseen == 1, "the picture's turn did not come, and that is told"


def test_without_a_language_model_the_tags_decide(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("film.search.has_embedder", lambda: False)
    same = put(room, OTHER, characters=("emma",), landscapes=("attic",), shot_type="close-up")
    put(room, PROMPT, characters=("emma",), landscapes=("attic",), shot_type="wide")
    put(room, PROMPT)
    (match,) = offered(room, [shot(1, enhanced_prompt=PROMPT, **EMMA)])
    assert (match.asset.asset_id, match.alike) == (same.asset_id, None)
    assert offered(room, [shot(1, enhanced_prompt=PROMPT)]) == [], "nobody and nowhere is no scene"


def test_large_libraries_are_searched_beyond_the_newest(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from film.planning import similarity as likeness
    from film.search import FOLDER, SemanticSearch

    monkeypatch.setattr(likeness, "POOL", 3)
    old = put(room, PROMPT)
    for number in range(4):
        put(room, f"{OTHER} {number}")
    assert offered(room, [shot(1, enhanced_prompt=PROMPT)]) != [], "few wait to be embedded: that is done on the way"
    monkeypatch.setattr(likeness, "_FEW_WAITING", 0)
    assert offered(room, [shot(1, enhanced_prompt=PROMPT)]) == [], "many wait: the newest alone are looked at"
    services: Services = open_services(room.settings)
    SemanticSearch(services.index, room.settings.gallery / FOLDER, embedder=load_embedder()).catch_up()
    (match,) = offered(room, [shot(1, enhanced_prompt=PROMPT)])
    assert match.asset.asset_id == old.asset_id


def test_looking_leaves_the_library_as_it_was(room: Room) -> None:
    put(room, ALIKE, characters=("emma",), landscapes=("attic",))
    index = MetadataIndex(settings=room.settings)
    before = index.get_index_stats(), index.find_assets()
    assert offered(room, [shot(1, enhanced_prompt=PROMPT, **EMMA)])
    assert (index.get_index_stats(), index.find_assets()) == before
