"""What the description and users' first hours came upon: names, homes, drives, reasons, advice."""

from __future__ import annotations

import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from film.errors import BadMedia, ConfigurationError, ProviderNotFound
from film.inspect.expected import Expected, ExpectedClip
from film.inspect.judge_pictures import _held
from film.models import AssetType
from film.planning.record import changes
from film.providers.base import BaseVideoProvider, check_generated
from film.providers.registry import provider_class, register
from film.settings import load_settings


class MyVideoProvider(BaseVideoProvider):
    async def generate(self, image_url: str, prompt: str, config: Any) -> Any:
        pass

    def estimate_cost(self, config: Any) -> Decimal:
        return Decimal("0.10")


def test_a_provider_without_a_name_is_registered_under_one_of_its_own() -> None:
    MyVideoProvider.name = ""
    assert register(MyVideoProvider) is MyVideoProvider
    assert MyVideoProvider.name == "my" and provider_class(AssetType.VIDEO, "my") is MyVideoProvider


def test_a_derived_name_takes_nobody_s_place() -> None:
    class KlingVideoProvider(MyVideoProvider):
        name = ""

    with pytest.raises(ProviderNotFound, match="kling"):
        register(KlingVideoProvider)


def test_what_a_provider_returned_is_said() -> None:
    with pytest.raises(BadMedia, match="provider my returned NoneType instead of media"):
        check_generated(None, "my")


@pytest.mark.skipif(os.name == "nt", reason="there E: is a drive")
@pytest.mark.parametrize("folder", ["E:/films", "e:\\films", "C:"])
def test_a_drive_of_windows_is_told_elsewhere(folder: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="a drive of Windows"):
        load_settings({"FILM_GALLERY_DIR": folder, "HOME": str(tmp_path)}, folder=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="homes are found otherwise there")
def test_without_home_the_account_s_own_is_taken_or_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    own = Path(pwd.getpwuid(os.getuid()).pw_dir)
    if own.is_dir():
        assert load_settings({}, folder=tmp_path).gallery == own / "FilmGallery"
    monkeypatch.setattr(Path, "expanduser", lambda self: Path("/nowhere/at/all"))
    with pytest.raises(ConfigurationError, match="no home folder") as error:
        load_settings({}, folder=tmp_path)
    assert "FILM_GALLERY_DIR" in (error.value.hint or "")


def test_the_plan_names_duration_and_template() -> None:
    def request(seconds: int, prompt: str, **made_of: str) -> dict[str, Any]:
        return {"params": {"duration": seconds, "prompt": prompt}, "inputs": {}, "made_of": made_of}

    assert changes(request(5, "x"), request(6, "x")) == ["duration"]
    assert changes(request(5, "x", noir="1"), request(5, "y", noir="2")) == ["noir"]
    assert changes(request(5, "x", noir="1"), request(5, "y", pastel="1")) == ["template"]
    assert changes(request(5, "x"), request(5, "y")) == ["enhanced_prompt"]


class Seen:
    def seconds(self, frame: int) -> Fraction:
        return Fraction(frame, 24)


@pytest.mark.parametrize("spoken", [True, False])
def test_the_advice_for_a_short_clip_is_true(spoken: bool) -> None:
    clip = ExpectedClip("a", 0, 240, hold=120, spoken=spoken)
    (finding,) = _held(Seen(), Expected(clips=(clip,)))  # type: ignore[arg-type]
    told = f"{finding.what} {finding.fix}"
    assert ("dialogue" in told) is spoken and ("line" in told) is spoken
