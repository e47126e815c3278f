"""Makes a formant synthesiser easier to listen to: less rumble, softer highs, a little room, an even level.

    22 kHz samples ──► to_film_rate (48 kHz) ──► tone, room ──► level, peaks ──► 16-bit

All filters are zero-phase gains on the spectrum of the whole line: lines are seconds long, so one transform is
cheaper and cleaner than a filter run sample by sample.
"""

from __future__ import annotations

from functools import cache

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.floating]

SAMPLE_RATE = 48_000
LEVEL = 10 ** (-20 / 20)
"""Root mean square over what is spoken, pauses left out."""
PEAK = 10 ** (-3.5 / 20)
_ROOM = 10 ** (-24 / 20)


def to_film_rate(samples: Samples, rate: int) -> Samples:
    """Resampled to 48 kHz, no longer or shorter than it was."""
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, :]), format="fltp", layout="mono")
    frame.sample_rate = rate
    parts = [part.to_ndarray()[0] for given in (frame, None) for part in resampler.resample(given)]
    length = round(len(samples) * SAMPLE_RATE / rate)
    out = np.zeros(length, np.float32)
    joined = np.concatenate(parts)[:length]
    out[: len(joined)] = joined
    return out


def polish(samples: Samples) -> NDArray[np.int16]:
    """Tone, room and level of a line at 48 kHz."""
    room = _room()
    size = 1 << (len(samples) + len(room)).bit_length()
    spectrum = np.fft.rfft(samples, size) * _tone(size)
    dry = np.fft.irfft(spectrum, size)[: len(samples)]
    wet = np.fft.irfft(spectrum * np.fft.rfft(room, size), size)[: len(samples)]
    voiced = dry[np.abs(dry) > 0.02 * float(np.abs(dry).max(initial=1e-9))]
    energy = float(np.sqrt(np.mean(voiced**2))) if voiced.size else 1.0
    mixed = dry + wet * _ROOM * energy / max(1e-9, float(np.sqrt(np.mean(wet**2))))
    levelled = _limited(mixed * (LEVEL / max(1e-6, _spoken_level(mixed))))
    return np.rint(np.clip(levelled, -1, 1) * 32767).astype(np.int16)


def _tone(size: int) -> Samples:
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    high_pass = 1 / np.sqrt(1 + (80 / np.maximum(hertz, 1e-3)) ** 6)
    # The buzz of synthetic fricatives sits above 6 kHz; the edge of the formants around 3 kHz.
    shelf = 10 ** (-7 / 20 / (1 + np.exp(-(hertz - 6300) / 500)))
    edge = 10 ** (-2.0 / 20 * np.exp(-(((hertz - 3100) / 900) ** 2)))
    warmth = 10 ** (1.8 / 20 * np.exp(-(((hertz - 220) / 140) ** 2)))
    return (high_pass * shelf * edge * warmth).astype(np.float32)


@cache
def _room() -> Samples:
    """A small furnished room: a few early reflections and a dark tail of a quarter of a second."""
    rng = np.random.default_rng(20)
    time = np.arange(round(0.3 * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.standard_normal(len(time)) * np.exp(-time / 0.055) * (time > 0.012)
    spectrum = np.fft.rfft(tail)
    hertz = np.fft.rfftfreq(len(tail), 1 / SAMPLE_RATE)
    tail = np.fft.irfft(spectrum / (1 + (hertz / 2600) ** 2), len(tail))
    tail /= np.abs(tail).max()
    for delay, gain in ((0.0067, 0.9), (0.0113, -0.7), (0.0172, 0.55)):
        tail[round(delay * SAMPLE_RATE)] += gain
    return tail.astype(np.float32)


def _spoken_level(samples: Samples) -> float:
    """Root mean square of the tenths of a second in which somebody speaks."""
    block = SAMPLE_RATE // 20
    blocks = samples[: max(1, len(samples) // block) * block]
    powers: NDArray[np.float64] = np.mean(np.square(blocks[: len(blocks) // block * block].reshape(-1, block)), axis=1)
    if not powers.size:
        return float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0
    return float(np.sqrt(np.mean(powers[powers >= 0.01 * powers.max()])))


def _limited(samples: Samples) -> Samples:
    """Peaks held below ``PEAK`` by a gain that looks ahead and moves too slowly to be heard."""
    block = SAMPLE_RATE // 400
    count = -(-len(samples) // block)
    padded = np.zeros(count * block)
    padded[: len(samples)] = np.abs(samples)
    loudest: NDArray[np.float64] = padded.reshape(count, block).max(axis=1)
    need: NDArray[np.float64] = np.minimum(1.0, PEAK / np.maximum(loudest, 1e-9))
    # The least gain of the blocks around, then a mean over fewer: never above what any block needs.
    least: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(np.pad(need, 4, mode="edge"), 9).min(axis=1)
    smooth = np.convolve(np.pad(least, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    middles = (np.arange(count) + 0.5) * block
    return (samples * np.interp(np.arange(len(samples)), middles, smooth)).astype(np.float32)
