"""What gives way to a line is told with the plan, before the clip is bought that the line outlasts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from planned import planned

from animatic.provider import DraftVideoProvider
from film.cache import CachedAsset
from film.models import AssetType, Shot
from film.planning.fit_warnings import fit_warnings
from film.planning.params import FilmParams, ProviderChoice
from film.planning.plan import FilmPlan, PlannedAsset, ShotPlan
from film.providers.base import BaseVideoProvider, VideoConfig
from film.providers.fal.kling import KlingVideoProvider
from film.shots.filmfile import FilmFile
from film.testing.doubles import FakeAudioProvider

LINE = "There was a light on the water, and nobody who saw it that night would ever speak of it again, to anyone."
VERY_LONG = f"{LINE} {LINE}"


def cached(kind: AssetType, **details: Any) -> CachedAsset:
    return CachedAsset("k", kind.value, "fake", "a" * 64, 1, "video/mp4", Decimal(0), details, "a")


def plan(
    *lines: str,
    rule: str = "extend",
    provider: BaseVideoProvider | None = None,
    said: str | None = None,
    clip: Any = None,
) -> FilmPlan:
    """A film of shots of five seconds: ``said`` seconds of speech and a ``clip`` are in the library, if given."""
    shots = [Shot(shot_id=f"s{n}", enhanced_prompt="x", duration=5, dialogue=line) for n, line in enumerate(lines)]
    vendor = provider or KlingVideoProvider()
    rows: list[ShotPlan] = []
    for shot in shots:
        video = planned(shot.shot_id, vendor, VideoConfig(prompt="x", duration=Decimal(5)))
        assets = {AssetType.VIDEO: with_cached(video, clip and cached(AssetType.VIDEO, seconds=clip))}
        if shot.spoken:
            speech = said and cached(AssetType.AUDIO, samples=int(Decimal(said) * 48_000), sample_rate=48_000)
            assets[AssetType.AUDIO] = with_cached(planned(shot.shot_id, FakeAudioProvider()), speech)
        rows.append(ShotPlan(shot, assets))
    params = FilmParams(
        film_id="f",
        shots=tuple(shots),
        tier="premium",
        choices={kind: ProviderChoice(provider="fake") for kind in AssetType},
        width=1280,
        height=720,
        rate=Fraction(24),
        film=FilmFile.model_validate({"long_dialogue": rule, "line_tail": "0.2"}),
    )
    return FilmPlan(params, tuple(rows), {})


def with_cached(row: PlannedAsset, found: CachedAsset | str | None) -> PlannedAsset:
    return PlannedAsset(
        row.ask, row.state, row.why, row.quote, cached=found if isinstance(found, CachedAsset) else None
    )


def test_a_film_whose_lines_fit_says_nothing() -> None:
    assert fit_warnings(plan("Hello?", "Who is there?")) == []


def test_a_line_that_outlasts_its_clip_is_told_by_its_words_and_what_would_help() -> None:
    told, help_ = fit_warnings(plan("Hello?", VERY_LONG))
    assert told.startswith("s1: speech of ") and "slowed to 0.80x, creeping in on its last picture" in told
    assert told.endswith("as reckoned from its words") and "next-length" in help_


def test_a_line_that_is_there_is_told_by_its_length() -> None:
    (told,) = fit_warnings(plan("Hello?", said="5.5"))
    assert told == "s0: speech of 5.5 s in a shot of 5.0 s: slowed to 0.83x"


def test_a_clip_that_is_there_counts_as_long_as_it_is() -> None:
    assert fit_warnings(plan(LINE, said="7", clip="121/16")) == [], "shown longer, and nothing gives way"
    (told,) = fit_warnings(plan(LINE, said="7", clip="13/2"))
    assert told == "s0: speech of 7.0 s in a shot of 5.0 s: 36 more frames shown, slowed to 0.86x"


def test_who_buys_the_next_length_is_not_told_of_it() -> None:
    assert not any("buys" in line for line in fit_warnings(plan(VERY_LONG, rule="next-length")))


def test_clips_made_here_are_as_long_as_their_lines() -> None:
    assert fit_warnings(plan(VERY_LONG, provider=DraftVideoProvider())) == []
