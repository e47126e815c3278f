"""Reference pictures of characters and places: sent to models that take them, said in the plan, kept in the key."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image
from pipeline_room import Room, shot

from film.errors import InputError, ProviderError
from film.models import AssetType
from film.planning.plan import FilmPlan
from film.providers.base import BaseProvider, ImageConfig
from film.providers.capabilities import Capabilities, References
from film.settings import Settings
from film.testing import synthetic
from film.testing.doubles import FakeImageProvider

TWO = Capabilities(references=References(2, frozenset({"character"})))


class GoesByPictures(FakeImageProvider):
    """A vendor whose model takes two pictures of people."""

    models: ClassVar[Mapping[str, Capabilities]] = {"fake-1": TWO}
    sent: ClassVar[list[ImageConfig]] = []

    async def submit(self, config: Any, *, image_url: str | None = None) -> Any:
        self.sent.append(config)
        return await super().submit(config, image_url=image_url)


class CastRoom(Room):
    takes_pictures = True

    @property
    def providers(self) -> dict[tuple[AssetType, str], BaseProvider]:
        kind = GoesByPictures if self.takes_pictures else FakeImageProvider
        return {**super().providers, (AssetType.IMAGE, "fake"): kind(vendor=self.vendor)}

    def cast(self, text: str) -> None:
        folder = self.folder / "templates"
        folder.mkdir(exist_ok=True)
        (folder / "cast.toml").write_text(text)

    def picture(self, name: str, number: int) -> Path:
        folder = self.folder / "templates"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(synthetic.picture(64, 36, number))
        return folder / name


@pytest.fixture
def room(tmp_path: Path) -> CastRoom:
    GoesByPictures.sent = []
    gallery = tmp_path / "gallery"
    return CastRoom(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


EMMA = """[characters.emma]
description = "Emma, copper hair"
"""
SHOTS = [shot(1, characters=["emma"]), shot(2, characters=["Emma"]), shot(3)]


def states(plan: FilmPlan) -> dict[str, str]:
    return {f"{row.shot_id} {row.asset_type.value}": row.state for row in plan.assets}


def test_the_users_pictures_are_sent_and_are_in_the_key(room: CastRoom):
    file = room.picture("emma.png", 1)
    room.cast(EMMA + 'pictures = ["emma.png"]')
    plan = room.plan(SHOTS)
    assert plan.references == {"shot_001": ("emma",), "shot_002": ("emma",)}
    room.make(SHOTS)
    sent = {config.prompt[:8]: [one.path for one in config.references] for config in GoesByPictures.sent}
    assert sent == {"prompt 1": [file], "prompt 2": [file], "prompt 3": []}
    assert set(states(room.plan(SHOTS)).values()) == {"reused"}
    room.picture("emma.png", 2)
    found = states(room.plan(SHOTS))
    assert found["shot_001 image"] == found["shot_002 image"] == "stale" and found["shot_003 image"] == "reused"
    assert "emma" in next(row.why for row in room.plan(SHOTS).assets if row.shot_id == "shot_001")


def test_a_sheet_is_made_once_and_all_shots_go_by_it(room: CastRoom):
    room.cast(EMMA + "sheet = true")
    plan = room.plan(SHOTS)
    assert [sheet.shot.shot_id for sheet in plan.sheets] == ["sheet.emma"]
    assert plan.at_most == 7 * room.vendor.price, "the sheet, three pictures, three clips"
    result = room.make(SHOTS)
    assert not result.failed and room.vendor.posts == 7 and result.cost_usd == 7 * room.vendor.price
    first, *others = GoesByPictures.sent
    assert "Emma, copper hair" in first.prompt and not first.references
    hashes = {config.prompt[:8]: [one.sha256 for one in config.references] for config in others}
    assert hashes["prompt 1"] == hashes["prompt 2"] != hashes["prompt 3"] == []
    assert set(states(room.plan(SHOTS)).values()) == {"reused"}
    room.make(SHOTS)
    assert room.vendor.posts == 7


def test_another_description_makes_another_sheet_and_says_why(room: CastRoom):
    room.cast(EMMA + "sheet = true")
    room.make(SHOTS)
    room.cast(EMMA.replace("copper", "black") + "sheet = true")
    plan = room.plan(SHOTS)
    assert states(plan)["sheet.emma image"] == "new"
    assert states(plan)["shot_003 image"] == "reused" and states(plan)["shot_001 video"] == "stale"


def test_a_sheet_that_cannot_be_made_is_told_and_nothing_is_bought_without_it(room: CastRoom):
    room.cast(EMMA + "sheet = true")
    room.vendor.fails("submit", ProviderError("no", hint="", provider="fake"))
    result = room.make(SHOTS)
    assert [done.shot_id for done in result.failed] == ["shot_001", "shot_002"]
    assert "waits for sheet.emma" in str(result.failed[0].error)
    assert room.vendor.charges == 2 * room.vendor.price, "the third shot's picture and clip"
    again = room.make(SHOTS)
    assert not again.failed and room.vendor.charges == 7 * room.vendor.price


def test_a_budget_counts_the_sheet(room: CastRoom):
    room.cast(EMMA + "sheet = true")
    result = room.make(SHOTS, budget_limit=7 * room.vendor.price)
    assert not result.failed and result.cost_usd == 7 * room.vendor.price


@pytest.mark.parametrize("how", ['pictures = ["emma.png"]', "sheet = true"])
def test_a_model_that_takes_none_is_told_of_and_asked_as_before(room: CastRoom, how: str):
    room.picture("emma.png", 1)
    room.cast(EMMA)
    room.takes_pictures = False
    keys = {row.key for row in room.plan(SHOTS).assets}
    room.cast(EMMA + how)
    plan = room.plan(SHOTS)
    assert {row.key for row in plan.assets} == keys and not plan.references and not plan.sheets
    FakeImageProvider.models = {"fake-1": Capabilities()}
    try:
        (notice,) = room.plan(SHOTS).notices
    finally:
        FakeImageProvider.models = {}
    assert "takes no reference pictures: emma may look different" in notice.text
    assert notice.shots == ("shot_001", "shot_002")


def test_each_is_shown_before_anybody_is_shown_twice(room: CastRoom):
    for number, name in enumerate(["a1.png", "a2.png", "b1.png"]):
        room.picture(name, number)
    room.cast(
        '[characters.ann]\ndescription = "a"\npictures = ["a1.png", "a2.png"]\n'
        '[characters.bob]\ndescription = "b"\npictures = ["b1.png"]\n'
        '[characters.cy]\ndescription = "c"\npictures = ["a1.png"]\n'
    )
    plan = room.plan([shot(1, characters=["ann", "bob", "cy"])])
    config = plan.shots[0].assets[AssetType.IMAGE].ask.config
    assert [one.path.name for one in config.references] == ["a1.png", "b1.png"]
    assert config.unsent == ("cy",) and plan.references == {"shot_001": ("ann", "bob")}


def test_mistakes_in_the_cast_are_told_together_with_their_lines(room: CastRoom):
    room.cast(EMMA + 'pictures = ["gone.png", "lost.png"]\nsheet = true\n')
    with pytest.raises(InputError) as caught:
        room.plan(SHOTS)
    errors = [caught.value, *caught.value.others]
    assert len(errors) == 3 and {error.line for error in errors} == {3, 4}
    (room.folder / "templates" / "gone.png").write_text("no picture")
    room.cast(EMMA + 'pictures = ["gone.png"]')
    with pytest.raises(InputError, match="a picture of emma, cannot be used"):
        room.plan(SHOTS)


def test_a_sideways_photograph_is_sent_upright(room: CastRoom):
    from film.providers.fal.banana import NanoBananaProvider
    from film.providers.media import read_data_uri

    file = room.folder / "sideways.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40), (200, 30, 30)).save(file, exif=exif)
    from film.providers.base import Reference

    reference = Reference(name="emma", subject="character", path=file, sha256="")
    config = ImageConfig(prompt="p", references=(reference,))
    (url,) = NanoBananaProvider()._order(config)["image_urls"]
    content, mime = read_data_uri(url)
    assert Image.open(io.BytesIO(content)).size == (40, 60) and mime == "image/jpeg"
