"""Music that begins again stays in time, whatever its tempo, its metre and its ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sound_room import SECOND, sound_file

from film.render.music import seam
from film.render.reading import Excerpt, listen, read

SONGS = {
    "rock at 120": (120, (1.0, 0.3, 0.7, 0.3), 0.5, 17.3, 0.0),
    "waltz at 97": (97, (1.0, 0.4, 0.4), 0.5, 21.9, 0.4),
    "off the beat at 93": (93, (1.0, 0.2, 0.6, 0.9), 0.66, 24.1, 1.0),
    "slow at 68": (68, (1.0, 0.5), 0.5, 28.0, 0.0),
    "fast at 171": (171, (1.0, 0.5, 0.8, 0.5), 0.5, 15.2, 0.2),
    "five at 110": (110, (1.0, 0.4, 0.4, 0.8, 0.4), 0.5, 33.3, 0.0),
    "fading at 104": (104, (1.0, 0.3, 0.7, 0.3), 0.5, 26.5, -5.0),
}


def song(bpm: float, accents: tuple[float, ...], off: float, seconds: float, quiet: float) -> np.ndarray:
    """Drums with accents, softer ones between the beats at ``off``; ``quiet`` seconds before, below 0 a fading end."""
    rng = np.random.default_rng(round(bpm))
    sound = 0.01 * rng.standard_normal(round(seconds * SECOND))
    beat = 60 / bpm
    for number in range(int(seconds / beat)):
        for shift, loud in ((0.0, accents[number % len(accents)]), (off, 0.35)):
            at = round((max(0, quiet) + (number + shift) * beat) * SECOND)
            hertz, t = 90 if shift == 0 else 900, np.arange(9600)
            drum = np.exp(-t / 1500) * np.sin(2 * np.pi * hertz * t / SECOND)
            part = sound[at : at + 9600]
            part += 0.4 * loud * drum[: len(part)]
    if quiet < 0:
        sound[round(quiet * SECOND) :] *= np.linspace(1, 0, round(-quiet * SECOND)) ** 2
    return sound.astype(np.float32)


@pytest.mark.parametrize("name", SONGS)
def test_the_beat_goes_on_over_the_seam(name: str, tmp_path: Path) -> None:
    bpm = SONGS[name][0]
    source = sound_file(tmp_path / "song.wav", song(*SONGS[name]))
    found = seam(listen(read(Excerpt(source.path))))
    beats = (found.end - found.overlap - found.again) / SECOND * bpm / 60
    assert abs(beats - round(beats)) * 60 / bpm <= 0.03
    assert found.overlap >= SECOND // 2
