"""Effects under their shots, and the sound that clips bring along: in time with the picture, without a click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from cutting_room import make_speech, onsets, voice_like
from sound_room import SECOND, film, groups, level, levels, noise, sine, sound_file, sounding_clip, steepest

from film.errors import ComposeError
from film.models import TransitionKind
from film.render.balance import AMBIENCE_UNDER_CLIPS, CLIPS_STEP_BACK
from film.render.sound import Samples, integrated
from film.timeline import Bed, Clip, EffectCue, Line, SoundTarget, Source, Timeline, Transition


def effect(source: Source, at: float, asked: float = -22) -> EffectCue:
    return EffectCue(source, round(at * 24), Decimal(str(asked)), "shot")


def click_at(seconds: float, *moments: float) -> np.ndarray:
    """Soft noise with a short tone at each moment, every one at its own pitch."""
    sound = noise(seconds, 0.002)
    for number, moment in enumerate(moments):
        at = round(moment * SECOND)
        sound[at : at + 2400] += sine(0.05, 0.5, 1000 * (number + 1))
    return sound


def joined(clips: Sequence[Clip], *joins: Transition, **changes: object) -> Timeline:
    transitions = joins or (Transition(),) * (len(clips) - 1)
    return film(1, clips=tuple(clips), transitions=transitions, **changes)


def brought(timeline: Timeline) -> Samples:
    """The clips' sound, and the places beside it."""
    made = groups(timeline)
    return sum((made[group] for group in ("clips", "ambience") if group in made), np.float32(0))


# -- effects


@pytest.mark.parametrize("recorded", [0.03, 0.9])
def test_an_effect_is_heard_at_its_moment_and_its_level(recorded: float, tmp_path: Path) -> None:
    bang = sound_file(tmp_path / "bang.wav", sine(1, recorded, 600))
    heard = groups(film(6, effects=(effect(bang, 2.5, -20),)))["effects"]
    assert onsets(heard, 0.01, SECOND) == pytest.approx([2.5 * SECOND], abs=48)
    assert integrated([heard[round(2.5 * SECOND) : round(3.5 * SECOND)]]) == pytest.approx(-20, abs=0.5)


def test_effects_may_sound_together(tmp_path: Path) -> None:
    low, high = (sound_file(tmp_path / f"{hz}.wav", sine(2, 0.2, hz)) for hz in (200, 3000))
    heard = groups(film(6, effects=(effect(high, 2), effect(low, 1))))["effects"]
    spectrum = np.abs(np.fft.rfft(heard[2 * SECOND : 3 * SECOND, 0]))
    assert {int(k) for k in np.argsort(spectrum)[-2:]} == {200, 3000}


@pytest.mark.parametrize("seconds", [3, 90])
def test_an_effect_that_outlasts_the_film_goes_down_with_it(seconds: float, tmp_path: Path) -> None:
    rain = sound_file(tmp_path / "rain.wav", sine(seconds, 0.3, 300))
    heard = groups(film(4, effects=(effect(rain, 2),)))["effects"]
    assert len(heard) == 4 * SECOND
    assert np.abs(heard[-48:]).max() < 0.001
    assert steepest(heard) < 1.1 * steepest(heard[round(2.1 * SECOND) : 3 * SECOND])


def test_an_effect_that_begins_and_ends_in_the_middle_of_a_wave_does_not_click(tmp_path: Path) -> None:
    hum = np.cos(2 * np.pi * 100 * np.arange(SECOND) / SECOND).astype(np.float32) * 0.3
    heard = groups(film(4, effects=(effect(sound_file(tmp_path / "hum.wav", hum), 1),)))["effects"]
    assert steepest(heard) < 2 * steepest(heard[round(1.2 * SECOND) : round(1.8 * SECOND)])


def test_an_effect_after_the_end_is_not_opened(tmp_path: Path) -> None:
    late = effect(Source("b" * 64, tmp_path / "gone.wav", "audio"), 9)
    assert np.abs(groups(film(2, effects=(late,)))["ambience"]).max() == 0


def test_an_effect_without_sound_in_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "e.wav").write_bytes(b"not a sound")
    with pytest.raises(ComposeError, match=r"e\.wav"):
        groups(film(2, effects=(effect(Source("b" * 64, tmp_path / "e.wav", "audio"), 0),)))


# -- the clips' own sound


def test_a_clips_sound_follows_its_cut(tmp_path: Path) -> None:
    """From its own frame 24 on, at 4/5 of the speed, the rest held: a tone at 2 s is heard after 1.25 s."""
    source = sounding_clip(tmp_path / "c.mp4", click_at(5, 2, 4.9))
    clip = Clip("a", source, 96, source_in=24, speed=Fraction(4, 5), hold=24, sound=source)
    heard = brought(joined([clip]))
    assert onsets(heard, 0.1, SECOND // 4) == pytest.approx([1.25 * SECOND], abs=0.03 * SECOND)
    assert level(heard[3 * SECOND - 2400 : 3 * SECOND]) < level(heard[SECOND // 2 : SECOND]) - 12
    assert np.abs(heard[3 * SECOND :]).max() == 0


def test_clips_come_near_to_one_level_and_no_silence_is_blown_up(tmp_path: Path) -> None:
    recorded = {"soft": 0.01, "loud": 0.5, "next to nothing": 0.0005}
    sources = [sounding_clip(tmp_path / f"{n}.mp4", noise(3, each)) for n, each in enumerate(recorded.values())]
    clips = [Clip(str(n), source, 72, sound=source) for n, source in enumerate(sources)]
    heard = brought(joined(clips, target=SoundTarget(clips_level=Decimal(-30))))
    soft, loud, nothing = (integrated([heard[n * 3 * SECOND + 4800 :][: 2 * SECOND]]) for n in range(3))
    assert loud == pytest.approx(-30, abs=0.5)
    assert soft == pytest.approx(-30, abs=0.5)
    assert nothing < -45


def test_nothing_clicks_at_a_hard_cut_with_or_without_handles(tmp_path: Path) -> None:
    low, high = (
        sounding_clip(tmp_path / "l.mp4", sine(4, 0.4, 150)),
        sounding_clip(tmp_path / "h.mp4", sine(4, 0.4, 190)),
    )
    for handle in (0, 12):
        clips = [Clip("a", low, 84 if handle else 96, sound=low), Clip("b", high, 72, source_in=handle, sound=high)]
        heard = brought(joined(clips))
        assert steepest(heard) < 1.5 * steepest(heard[SECOND : 2 * SECOND])
        cut = (84 if handle else 96) * SECOND // 24
        around = levels(heard[cut - 4800 : cut + 4800], 0.01)
        assert min(around) > (np.median(around) - 6 if handle else -60)


@pytest.mark.parametrize("kind", ["crossfade", "wipe-left", "dip-to-black"])
def test_sound_goes_over_with_the_picture(kind: TransitionKind, tmp_path: Path) -> None:
    low, high = (sounding_clip(tmp_path / f"{hz}.mp4", sine(4, 0.3, hz)) for hz in (300, 3000))
    clips = [Clip("a", low, 96, sound=low), Clip("b", high, 96, sound=high)]
    heard = brought(joined(clips, Transition(kind, 24)))

    def share(at: float) -> tuple[float, float]:
        part = heard[round(at * SECOND) :][:2400, 0]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(2400)))
        return float(spectrum[15]), float(spectrum[150])

    assert share(2.9)[0] > 100 * share(2.9)[1]
    assert share(4.05)[1] > 100 * share(4.05)[0]
    middle = share(3.475)
    if kind == "dip-to-black":
        assert max(middle) < 0.2 * max(share(2.9))
    else:
        assert middle[0] / share(2.0)[0] == pytest.approx(0.7, abs=0.05)
        assert middle[1] / share(5.0)[1] == pytest.approx(0.7, abs=0.05)
    assert steepest(heard) < 1.1 * steepest(heard[5 * SECOND :])


def test_it_steps_back_under_dialogue(tmp_path: Path) -> None:
    source = sounding_clip(tmp_path / "c.mp4", noise(8))
    line = Line(make_speech(tmp_path / "v.wav", voice_like(2)), 72, 48, "Hello.", "emma", "shot")
    heard = brought(joined([Clip("a", source, 192, sound=source)], lines=(line,)))
    assert level(heard[3 * SECOND : 5 * SECOND]) == pytest.approx(
        level(heard[SECOND : 2 * SECOND]) + CLIPS_STEP_BACK, abs=0.4
    )


def bedded(source: Source, hold: int = 0) -> Timeline:
    clips = [Clip("a", source, 96, hold=hold, sound=source), Clip("b", source, 96)]
    return joined(clips, beds=(Bed("rain", 0, 192, 1),))


def test_the_place_steps_back_for_a_clip_that_brings_its_own(tmp_path: Path) -> None:
    faint = bedded(sounding_clip(tmp_path / "c.mp4", sine(4, 0.003, 1000)))
    faint = replace(faint, target=SoundTarget(clips_level=Decimal(-69)))
    heard, alone = brought(faint), brought(replace(faint, clips=tuple(replace(c, sound=None) for c in faint.clips)))
    inside, after = slice(SECOND, 3 * SECOND), slice(5 * SECOND, 7 * SECOND)
    assert level(heard[inside]) == pytest.approx(level(alone[inside]) + AMBIENCE_UNDER_CLIPS, abs=0.5)
    assert level(heard[after]) == pytest.approx(level(alone[after]), abs=0.01)


def test_no_hole_lies_between_a_clip_and_the_place_that_follows(tmp_path: Path) -> None:
    heard = brought(bedded(sounding_clip(tmp_path / "d.mp4", noise(4)), hold=24))
    assert min(levels(heard[4800 : 7 * SECOND], 0.05)) > level(heard[6 * SECOND : 7 * SECOND]) - 5


def test_a_clip_whose_sound_is_silence_leaves_the_place_alone(tmp_path: Path) -> None:
    silent = bedded(sounding_clip(tmp_path / "c.mp4", np.zeros(4 * SECOND, np.float32)))
    alone = replace(silent, clips=tuple(replace(clip, sound=None) for clip in silent.clips))
    assert (brought(silent) == brought(alone)).all()


def test_a_clip_with_damaged_sound_says_how_to_go_on(tmp_path: Path) -> None:
    source = sounding_clip(tmp_path / "c.mp4", noise(2))
    damaged = bytearray(source.path.read_bytes())
    begin, end = damaged.index(b"mdat") + 4, damaged.index(b"moov") - 4
    damaged[begin:end] = b"\xff" * (end - begin)
    source.path.write_bytes(damaged)
    with pytest.raises(ComposeError, match="own sound") as refused:
        brought(joined([Clip("a", source, 48, sound=source)]))
    assert 'sound.clips = "drop"' in refused.value.hint


def test_a_thousand_cuts_keep_step(tmp_path: Path) -> None:
    """Clips of 7 frames at 23.976: what is heard of each lies where it is seen, to the end."""
    source = sounding_clip(tmp_path / "c.mp4", click_at(1, 0.1))
    rate = Fraction(24000, 1001)
    timeline = replace(joined([Clip(str(n), source, 7, sound=source) for n in range(100)]), rate=rate)
    heard = brought(timeline)
    expected = [round(n * 7 * SECOND / rate) + SECOND // 10 for n in range(100)]
    assert onsets(heard, 0.05, SECOND // 8) == pytest.approx(expected, abs=100)
    assert len(heard) == round(700 * SECOND / rate)
