"""A film that uses much of what shots can say, and the keys of all that is ordered for it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from film.hashing import asset_key
from film.models import Shot
from film.planning.params import FilmParams, film_params
from film.planning.requests import PlannedRequest, ProviderSet, RequestBuilder
from film.settings import Settings
from film.shots.shotfile import ShotFile

FILM: list[dict[str, Any]] = [
    {"shot_id": "plain", "enhanced_prompt": "an attic at dusk"},
    {
        "shot_id": "said",
        "enhanced_prompt": "Emma opens the trunk",
        "dialogue": "It was here all the time.",
        "characters": ["Emma"],
        "duration": 4,
        "seed": 7,
        "camera": "slow push in",
    },
    {
        "shot_id": "two",
        "enhanced_prompt": "Emma and Tom",
        "dialogue": "EMMA: Where is he? TOM: Gone.",
        "characters": ["emma", "tom"],
        "negative_prompt": "rain",
        "take": 2,
        "landscapes": ["attic"],
        "mood": "tense",
    },
    {
        "shot_id": "long",
        "enhanced_prompt": "a speech",
        "dialogue": "It goes on. " * 500,
        "duration": 6,
        "time_of_day": "night",
    },
]
VENDORS: list[dict[str, str]] = [
    {
        "image_provider": "fal",
        "image_model": "fal-ai/flux/schnell",
        "video_provider": "minimax",
        "video_model": "fal-ai/minimax/hailuo-02/standard/image-to-video",
        "audio_provider": "openai",
        "audio_model": "tts-1",
    },
    {
        "image_provider": "replicate",
        "image_model": "black-forest-labs/flux-schnell",
        "video_provider": "kling",
        "video_model": "fal-ai/kling-video/v2.5-turbo/pro/image-to-video",
        "audio_provider": "elevenlabs",
        "audio_model": "eleven_multilingual_v2",
    },
    {
        "image_provider": "fal",
        "image_model": "fal-ai/flux/dev",
        "video_provider": "runway",
        "video_model": "gen4_turbo",
        "audio_provider": "openai",
        "audio_model": "tts-1-hd",
    },
]


def film(vendors: dict[str, str], gallery: Path) -> FilmParams:
    """The film, made by these."""
    shots = tuple(Shot.model_validate(shot) for shot in FILM)
    return film_params(
        ShotFile(Path("film.json"), shots),
        Settings(gallery=gallery, database_url="sqlite://"),
        film_id="film",
        **vendors,
    )


def keys_of(params: FilmParams) -> dict[str, str]:
    """``shot.slot`` → key; the parts of long lines are counted from 1."""
    builder = RequestBuilder(params, ProviderSet())
    found: dict[str, str] = {}

    def note(name: str, ask: PlannedRequest) -> None:
        found[name] = asset_key(ask.request)
        for part in ask.parts:
            found[f"{name}.{part.part}"] = asset_key(part.request)

    for shot in params.shots:
        note(f"{shot.shot_id}.image", builder.image(shot))
        note(f"{shot.shot_id}.video", builder.video(shot, "a" * 64, speech_seconds=Decimal("3.2")))
        note(f"{shot.shot_id}.turned", builder.video(shot, "b" * 64, reading="upright/1"))
        if line := builder.audio(shot):
            note(f"{shot.shot_id}.audio", line)
    return found


def recorded() -> list[dict[str, str]]:
    """Of each set of vendors."""
    return [keys_of(film(vendors, Path("gallery"))) for vendors in VENDORS]
