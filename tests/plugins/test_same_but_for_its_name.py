"""A provider that differs only in its name makes the same film: nothing in the cut goes by what it is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from film.app.films import run_film_pipeline
from film.models import AssetType
from film.planning.readings import says
from film.providers.registry import provider_class, register

SHOTS: list[dict[str, Any]] = [
    {
        "shot_id": "s1",
        "enhanced_prompt": "a lighthouse at night",
        "duration": 2,
        "dialogue": "It is late.",
    },
    {"shot_id": "s2", "enhanced_prompt": "a door", "duration": 1},
]


def test_the_same_bytes_under_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shots = tmp_path / "shots.json"
    film = {"size": "320x180", "provenance": {"manifest": False}, "sound": {"clips": "keep"}}
    shots.write_text(json.dumps({**film, "shots": SHOTS}))
    for kind in AssetType:
        register(type("Sketch", (provider_class(kind, "draft"),), {"name": "sketch"}))
    sketch = {f"{kind.value}_provider": "sketch" for kind in AssetType}

    def made(gallery: str, **options: Any) -> bytes:
        monkeypatch.setenv("FILM_GALLERY_DIR", str(tmp_path / gallery))
        path = run_film_pipeline(film_id="night", shots_json_path=str(shots), tier="draft", **options)
        return Path(path).read_bytes()

    assert made("one") == made("other", **sketch)


def test_what_an_older_asset_does_not_say_its_maker_is_asked_for(tmp_path: Path) -> None:
    from decimal import Decimal

    from film.cache import CachedAsset

    def asset(provider: str, **details: Any) -> CachedAsset:
        return CachedAsset(
            "k", "video", provider, "0" * 64, 1, "video/mp4", Decimal(0), details, str(tmp_path / "c.mp4")
        )

    assert says(asset("draft"), "made_to_fit") and says(asset("draft"), "by_rules")
    assert not says(asset("minimax"), "made_to_fit")
    assert says(asset("gone-plug-in", made_to_fit=True), "made_to_fit")
    assert not says(asset("gone-plug-in"), "made_to_fit")
