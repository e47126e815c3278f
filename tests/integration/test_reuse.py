"""Shots that name assets of the library, and files of the user's own: what is bought, what is refused, what is kept."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pipeline_room import Room, shot
from sqlalchemy.exc import OperationalError

from film import import_assets
from film.errors import InputError, IntegrityError
from film.models import Asset, AssetType
from film.planning import record
from film.planning.services import open_services
from film.production import film_run
from film.settings import Settings
from film.testing import synthetic


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


@pytest.fixture
def own(room: Room) -> dict[str, Asset]:
    """A picture, a clip and a sound of the user's own."""
    folder = room.folder / "mine"
    folder.mkdir()
    (folder / "emma_attic-01.png").write_bytes(synthetic.picture(64, 36, 3))
    (folder / "door.mp4").write_bytes(synthetic.clip(1.0, 64, 36, 4, "door"))
    (folder / "line.wav").write_bytes(synthetic.speech("la la", 5))
    files = sorted(folder.iterdir())
    assets = import_assets(files, characters=["emma"], landscapes="attic", settings=room.settings)
    return {asset.asset_type.value: asset for asset in assets}


def files_of(room: Room, asset: Asset) -> Path:
    return open_services(room.settings).cache.peek_many([asset.key])[asset.key].path


def states(room: Room, shots: list[dict[str, Any]], **options: Any) -> dict[str, tuple[str, str, Decimal]]:
    plan = room.plan(shots, **options)
    return {f"{a.shot_id}.{a.asset_type}": (a.state, a.why, a.quote.amount) for a in plan.assets}


# -- taking


def test_a_named_picture_is_the_clips_input_and_costs_nothing(room: Room, own: dict[str, Asset]) -> None:
    shots = [shot(1, reuse=own["image"].asset_id)]
    rows = states(room, shots)
    assert rows["shot_001.image"] == ("reused", f"taken from the library: {own['image'].asset_id}", 0)
    assert rows["shot_001.video"][0] == "new"

    film = room.make(shots)
    (done,) = film.shots
    assert room.vendor.posts == 1 and film.cost_usd == room.vendor.price, "the clip alone is bought"
    assert done.assets[AssetType.VIDEO].request.inputs[0].sha256 == own["image"].sha256
    told = [facts for facts in room.told("step_done") if facts["step"] == "image"]
    assert [(t["asset_id"], t["reused"], t["cost"]) for t in told] == [(own["image"].asset_id, True, 0)]

    again = room.make(shots)
    assert again.unchanged and again.shots_reused == 1 and room.vendor.posts == 1


def test_a_named_clip_needs_no_picture_and_an_edited_prompt_buys_nothing(room: Room, own: dict[str, Asset]) -> None:
    film = room.make([shot(1, reuse=[own["video"].asset_id])])
    assert room.vendor.posts == 0 and film.cost_usd == 0
    assert set(film.shots[0].assets) == {AssetType.VIDEO} and film.shots[0].video_path
    room.make([shot(1, reuse=[own["video"].asset_id], enhanced_prompt="quite another prompt", take=4)])
    assert room.vendor.posts == 0


def test_a_named_line_is_heard_and_all_three_may_be_named(room: Room, own: dict[str, Asset]) -> None:
    film = room.make([shot(1, dialogue="La la.", reuse=own["audio"].asset_id)])
    assert room.vendor.posts == 2, "a picture and a clip"
    assert film.shots[0].audio and film.shots[0].audio.sha256 == own["audio"].sha256
    everything = shot(1, dialogue="La la.", reuse=[asset.asset_id for asset in own.values()])
    assert room.make([everything]).shots_reused == 1 and room.vendor.posts == 2


def test_what_was_bought_for_one_film_is_taken_by_another(room: Room) -> None:
    room.make([shot(1)])
    index = open_services(room.settings).index
    clip = index.find_assets(asset_type="video")[0]
    posts = room.vendor.posts
    film = room.make([shot(7, enhanced_prompt="other words", reuse=clip.asset_id)], film_id="second")
    assert room.vendor.posts == posts and film.saved_usd == room.vendor.price
    used = index.get_asset(clip.asset_id)
    assert used and used.reuse_count == 1 and used.prompt == "prompt 1", "it says what it shows, not what the shot says"
    assert index.find_assets(film_id="second") == [used] and index.find_assets(film_id="film", asset_type="video")


def test_a_draft_takes_a_foreign_picture_and_fits_its_clip_to_a_foreign_line(room: Room, own: dict[str, Asset]) -> None:
    names = [own["image"].asset_id, own["audio"].asset_id]
    draft = {f"{kind.value}_provider": "draft" for kind in AssetType}
    film = room.make([shot(1, dialogue="La la.", reuse=names)], tier="draft", **draft)
    (done,) = film.shots
    assert not film.failed and room.vendor.posts == 0
    assert done.assets[AssetType.VIDEO].request.inputs[0].sha256 == own["image"].sha256


def test_the_cache_switched_off_leaves_what_was_named(room: Room, own: dict[str, Asset]) -> None:
    film = room.make([shot(1, reuse=own["video"].asset_id)], use_cache=False)
    assert room.vendor.posts == 0 and film.shots[0].video_path


def test_leaving_reuse_out_again_is_told_as_the_reason(room: Room, own: dict[str, Asset]) -> None:
    room.make([shot(1, reuse=own["image"].asset_id)])
    assert states(room, [shot(1)])["shot_001.image"][:2] == ("stale", "reuse changed")
    room.make([shot(1)])
    room.make([shot(1, reuse=own["image"].asset_id)])
    assert states(room, [shot(1)])["shot_001.image"][0] == "reused", "what was made before is still there"


def test_nothing_is_reused_unasked(room: Room, own: dict[str, Asset]) -> None:
    """However alike: only the same request, or an id in ``reuse``, brings something out of the library."""
    room.make([shot(1, enhanced_prompt="Close-up of Emma in the attic", characters=["emma"], landscapes=["attic"])])
    posts = room.vendor.posts
    film = room.make(
        [shot(1, enhanced_prompt="Close-up of Emma in the attic!", characters=["emma"], landscapes=["attic"])],
        film_id="second",
    )
    assert room.vendor.posts == posts + 2 and film.shots_made == 1 and film.saved_usd == 0
    everything = open_services(room.settings).index.find_assets()
    assert len(everything) == 4 + len(own) and all(asset.reuse_count == 0 for asset in everything)


# -- refusing


@pytest.mark.parametrize(
    ("names", "message", "line"),
    [
        (["image_0000000000000000"], "there is no asset 'image_0000000000000000' in the library", 6),
        (["IMAGE", "VIDEO", "IMAGE"], "is named twice", 8),
    ],
)
def test_what_cannot_serve_is_refused_with_its_line(
    room: Room, own: dict[str, Asset], names: list[str], message: str, line: int
) -> None:
    ids = [own[name.lower()].asset_id if name.lower() in own else name for name in names]
    params = room.params([shot(1, reuse=ids)])
    assert params.source
    params.source.write_text(json.dumps([{"shot_id": "shot_001", "enhanced_prompt": "p", "reuse": ids}], indent=1))
    with pytest.raises(InputError, match=message) as refused:
        asyncio_make(room, params)
    assert refused.value.line == line and refused.value.file == params.source and refused.value.field == "reuse"
    assert "shot_001" in str(refused.value) and refused.value.hint and room.vendor.posts == 0


def asyncio_make(room: Room, params: Any) -> None:
    import asyncio

    from film.app.films import make_film

    asyncio.run(make_film(params, room.settings, providers=room.providers))


def test_two_pictures_for_one_shot_are_refused(room: Room, own: dict[str, Asset]) -> None:
    room.make([shot(1)])
    other = open_services(room.settings).index.find_assets(asset_type="image", provider="fake")[0]
    with pytest.raises(InputError, match="are both pictures"):
        room.plan([shot(1, reuse=[own["image"].asset_id, other.asset_id])])


@pytest.mark.parametrize(("harm", "message"), [("gone", "is gone from the gallery"), ("damaged", "is damaged")])
def test_a_file_that_is_gone_or_damaged_stops_the_film(
    room: Room, own: dict[str, Asset], harm: str, message: str
) -> None:
    path = files_of(room, own["image"])
    path.chmod(0o644)
    if harm == "gone":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
    for attempt in (room.plan, room.make):
        with pytest.raises(InputError, match=message) as refused:
            attempt([shot(1), shot(2, reuse=own["image"].asset_id)])
        assert "shot_002" in str(refused.value) and "reuse" in refused.value.hint + "reuse"
    assert room.vendor.posts == 0


def test_what_breaks_between_plan_and_shoot_is_not_bought_instead(room: Room, own: dict[str, Asset]) -> None:
    from film.planning.requests import ProviderSet, RequestBuilder
    from film.planning.reuse import named_assets

    params = room.params([shot(1, reuse=own["image"].asset_id)])
    services = open_services(room.settings)
    (taken,) = named_assets(params, services).values()
    path = taken.cached.path
    path.chmod(0o644)
    path.write_bytes(b"x" * taken.cached.size)
    assert (
        RequestBuilder(params, ProviderSet(None, dict(room.providers))).taken(params.shots[0], taken.asset).config
        is None
    )
    with pytest.raises(IntegrityError):
        services.cache.verified_path(taken.cached)


# -- keeping


def test_gc_keeps_what_a_film_takes(room: Room, own: dict[str, Asset]) -> None:
    room.make([shot(1, reuse=own["video"].asset_id)])
    services = open_services(room.settings)
    services.index.remove_assets([asset.asset_id for asset in own.values()])
    for _ in range(2):
        services.cache.collect(grace=timedelta(0), unused_for=timedelta(0))
    left = services.cache.peek_many([asset.key for asset in own.values()])
    assert set(left) == {own["video"].key}, "the take keeps the clip; nothing keeps the others"


# -- importing


def test_imports_are_named_by_their_bytes_and_found_by_their_tags(room: Room, own: dict[str, Asset]) -> None:
    picture, clip, line = own["image"], own["video"], own["audio"]
    assert (picture.provider, picture.cost_usd, picture.prompt) == ("own", 0, "emma attic 01")
    assert picture.details["width"] == 64 and clip.details["frames"] and line.details["samples"]
    index = open_services(room.settings).index
    assert {a.asset_id for a in index.find_assets(characters="Emma", landscapes="attic", provider="own")} == {
        a.asset_id for a in own.values()
    }
    copy = room.folder / "again.png"
    copy.write_bytes((room.folder / "mine" / "emma_attic-01.png").read_bytes())
    (same,) = import_assets([copy, copy], mood="tense", settings=room.settings)
    assert same.asset_id == picture.asset_id and same.mood == "tense"
    assert same.characters == ("emma",) and same.prompt == "emma attic 01", "what is not said now still holds"
    assert index.get_index_stats()["total_assets"] == 3 and copy.is_file(), "the user's file stays"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.png", b"<!doctype html><title>404</title>"),
        ("empty.mp4", b""),
        ("cut.mp4", synthetic.clip(1.0, 64, 36, 4, "cut")[:-400]),
    ],
)
def test_what_is_no_whole_media_is_refused_and_nothing_comes_in(room: Room, name: str, data: bytes) -> None:
    good, bad = room.folder / "good.png", room.folder / name
    good.write_bytes(synthetic.picture(64, 36, 3))
    bad.write_bytes(data)
    with pytest.raises(InputError, match=name):
        import_assets([good, bad], settings=room.settings)
    assert open_services(room.settings).index.count() == 0
    assert not [path for path in (room.settings.gallery / "tmp").iterdir() if path.is_file()], "no copy is left"
    with pytest.raises(InputError, match="is not there"):
        import_assets([room.folder / "nowhere.png"], settings=room.settings)


def test_own_material_is_said_to_be_given_and_not_generated(room: Room, own: dict[str, Asset]) -> None:
    from film.production.finishing.sealing import comment_of
    from film.provenance.claims import COMPOSITE, Claim

    film = room.make([shot(1, reuse=own["video"].asset_id)])
    said = comment_of(room.params([shot(1)]), film.shots)
    assert "AI-generated" not in said and "given" in said
    assert Claim("t", "budget", "24", ()).source_type == COMPOSITE


def test_a_reuse_is_counted_once_though_nobody_could_tell_whether_it_was_committed(
    room: Room, own: dict[str, Asset], monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = list[str]()
    written = record.write_takes

    def unconfirmed(*args: Any) -> None:
        written(*args)
        commits.append("done")
        if len(commits) == 1:
            busy = sqlite3.OperationalError("database is locked")
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("COMMIT", None, busy)

    monkeypatch.setattr(film_run, "write_takes", unconfirmed)
    room.make([shot(1, reuse=own["image"].asset_id)])
    assert len(commits) == 2
    asset = open_services(room.settings).index.get_asset(own["image"].asset_id)
    assert asset is not None
    assert asset.reuse_count == 1
