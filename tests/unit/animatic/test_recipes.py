"""Recipes are part of every key, and a gallery keeps its drafts for as long as theirs is the one that is used."""

from __future__ import annotations

import pytest

from animatic import provider
from animatic.provider import DraftAudioProvider, DraftImageProvider, DraftVideoProvider
from film.hashing import asset_key
from film.models import AssetRequest, InputBlob
from film.providers.base import AudioConfig, BaseProvider, ImageConfig, VideoConfig

PICTURE = (InputBlob(role="picture", sha256="ab" * 32),)
CONFIGS = {
    DraftImageProvider: ImageConfig(prompt="A harbour", width=96, height=54),
    DraftVideoProvider: VideoConfig(prompt="A harbour", duration=1, width=96, height=54),
    DraftAudioProvider: AudioConfig(text="Late."),
}
KEYS_NOW = {
    DraftImageProvider: "eba30098fde3fdd5870f64187baf95954f125559f6fcad3b7205555893aed97a",
    DraftVideoProvider: "fd4145093e759103d406da6e55f2263cd0eeaa8a75a9d1b156acc21dafb25ab7",
    DraftAudioProvider: "01b9187047baefa5d9ba9c366f3704f8e9d689529bb01184ee0972e053f9826a",
}
"""Whoever changes one makes every gallery draw again: it goes with a new recipe, and with nothing else."""


def key(kind: type[BaseProvider]) -> str:
    made = kind()
    return asset_key(
        AssetRequest(
            asset_type=made.asset_type,
            provider=made.name,
            model=made.model_of(CONFIGS[kind]),
            params=made.request_params(CONFIGS[kind]),
            inputs=PICTURE if kind is DraftVideoProvider else (),
        )
    )


@pytest.mark.parametrize("kind", CONFIGS)
def test_the_drafts_of_galleries_are_found_again(kind: type[BaseProvider]) -> None:
    assert key(kind) == KEYS_NOW[kind]


@pytest.mark.parametrize("kind", CONFIGS)
def test_another_recipe_is_another_key(kind: type[BaseProvider], monkeypatch: pytest.MonkeyPatch) -> None:
    before = key(kind)
    monkeypatch.setattr(kind, "default_model", "of-another-recipe")
    assert key(kind) != before


def test_a_clip_draws_its_panel_again_so_the_panels_recipe_is_in_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key(DraftVideoProvider)
    monkeypatch.setattr(provider, "PANEL_RECIPE", "panel-3")
    after = key(DraftVideoProvider)
    assert after != before
    monkeypatch.setattr(provider, "PANEL_RECIPE", "panel-4")
    assert key(DraftVideoProvider) not in (before, after)
