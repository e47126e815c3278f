"""What a mixer does to every voice before anything else: takes out what is no voice, and puts it in the middle.

    direct current ─► out    rumble, hum, steps ─► a high-pass at 80 Hz    one side, against itself ─► centred

Levels are measured after that: a direct current or a rumble that nobody hears would else decide how loud a line is.
"""

from __future__ import annotations

import numpy as np

from film.render.sound import FLOAT_STEREO, Samples, filtered, samples_of

_HIGH_PASS = 80
"""Hertz: under the lowest voices."""
_BUTTERWORTH = (0.5412, 1.3066)
"""The Q of each half of a filter of the fourth order: 24 dB an octave, and flat above."""
_LOPSIDED, _LOST = 10 ** (6 / 10), 10 ** (-6 / 10)
"""6 dB, as power: by which one side is louder, or by which the two lose where one loudspeaker plays them."""


def conditioned(samples: Samples) -> Samples:
    """A voice without direct current and rumble, in the middle; as many samples, each at its place."""
    free = samples - samples.mean(axis=0, dtype=np.float64).astype(np.float32)
    halves = [("highpass", f"f={_HIGH_PASS}:t=q:w={q}") for q in _BUTTERWORTH]
    passed = np.concatenate([samples_of(frame) for frame in filtered([free], *halves, FLOAT_STEREO)])
    return _centred(passed)


def _centred(samples: Samples) -> Samples:
    """Both sides as they are where they are one voice in the middle; else the louder one, on both."""
    power = np.einsum("ij,ij->j", samples, samples, dtype=np.float64)
    middle = samples.mean(axis=1)
    both = float(np.einsum("i,i->", middle, middle, dtype=np.float64))
    quiet, loud = sorted(power.tolist())
    if loud <= _LOPSIDED * quiet and both >= _LOST * (power.sum() / 2):
        return samples
    side = int(power.argmax())
    return np.repeat(samples[:, side : side + 1], 2, axis=1)
