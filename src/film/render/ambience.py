"""The sound of a place where nobody speaks: room tone, wind, sea, rain, crickets, made from noise and a few events.

    landscapes, prompt, time of day ──► kind_for ──► a kind of soundscapes.SOUNDSCAPES
    kind, length, seed ──► blocks: beds (shaped noise) + tones + events ──► float32 (n, 2)

A bed is noise shaped in the spectrum, in grains that cross with equal power, so it has no seam and never repeats.
Blocks are made in order and only one is held: what is yet to sound of an event is carried into the next. The
first ``n`` samples are the same however many are asked for. Levels are set by ear's weighting (BS.1770), so every
kind comes out about as loud as another, between -38 and -32 LUFS.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from film.errors import InputError
from film.render.soundscapes import SOUNDSCAPES, Noise, Sounds, Soundscape, Swell, Tone

Stereo = NDArray[np.float32]
"""Shape (n, 2)."""

_GRAIN = 1 << 18
_CROSS = 1 << 15
_HOP = _GRAIN - _CROSS
_MOST_SWELL = 1.5
"""Nepers: 13 dB up or down."""
_PEAK = np.float32(0.2)
"""Where the crack of a fire or a near drop is rounded off, so that it never startles under a line."""

# The first that is said wins; what drowns all else stands before what is merely a place.
_LOUD: tuple[tuple[str, str], ...] = (
    (r"underwater|under water|seabed|ocean floor|diving|submarine", "underwater"),
    (
        r"outer space|spaceship|space ?station|spacecraft|starship|\bspace\b(?! (between|on|in front))|galax|orbit",
        "space",
    ),
    (r"thunder|storm(?!trooper)|hurricane|downpour|tempest", "storm"),
    (r"blizzard|snowstorm", "snow wind"),
    (r"\brain(?!bow|coat)|drizzl|monsoon", "rain"),
    (
        r"fireplace|\blava\b|campfire|bonfire|\bhearth|burning|\bfire\b(?! (escape|truck|station|exit))|\bflames?\b",
        "fire",
    ),
)
_PLACES: tuple[tuple[str, str], ...] = (
    (r"\bcaves?\b|cavern|grotto|\bmines?\b|tunnel|crypt|dungeon|catacomb|sewer|cellar", "cave"),
    (r"train|railway|carriage|subway|metro\b", "train"),
    (r"\bcars?\b|\btaxi|\bcab\b|highway|motorway|driving|\btruck\b|\bbus\b", "car"),
    (r"factory|machine|workshop|engine room|industrial|laborator|\blab\b|power ?plant|server room|garage", "factory"),
    (r"church|cathedral|temple|chapel|monastery|mosque|\bnave\b|great hall|museum|palace|throne", "church"),
    (r"caf[eé]|restaurant|\bbar\b|\bpub\b|tavern|diner|canteen|coffee", "cafe"),
    (r"market|bazaar|crowd|stadium|arena|fairground|carnival|funfair|ferris|circus|ballroom|festival|party|theat(er|re)"
     r"|station|airport", "crowd"),
    (r"beach|\bsea\b|ocean|coast|shore|harbou?r|\bpier\b|\bdocks?\b|\bship\b|\bboat|island|lighthouse|cliff", "sea"),
    (r"river|stream|waterfall|creek|fountain|\bbrook|canal|\bpond|\blake", "river"),
    (r"street|alley|sidewalk|plaza|\bsquare\b|town|suburb|village", "street"),
    (r"city|skyline|rooftop|skyscraper|downtown|bridge|urban|balcony", "city"),
    (r"jungle|rainforest|swamp|tropic|mangrove", "jungle"),
    (r"attic|interior|\broom|bedroom|kitchen|office|house|\bhome\b|corridor|hallway|library|hospital|school|classroom"
     r"|apartment|cabin|doorway|\bdoor\b|stair|studio|prison|\bcell\b|\binn\b|shop|store|indoor|elevator|bathroom",
     "room"),
    (r"snow|arctic|glacier|tundra|\bice\b|winter|antarctic|\bpeak|summit", "snow wind"),
    (r"desert|dune|canyon|volcan|crater|mountain|plain|steppe|moor|prairie|wasteland|ruin|\bhills?\b|valley|\bsky\b"
     r"|\bmars\b|planet", "wind"),
    (r"forest|wood(s|land)\b|garden|park|meadow|field|farm|orchard|grove|cemetery|graveyard|countryside|vineyard"
     r"|\btrees?\b|grass", "forest"),
)  # fmt: skip
_NIGHT = re.compile(r"night|midnight|moonli|evening|dusk|twilight|nocturn")


def kind_for(landscapes: Sequence[str], prompt: str, time_of_day: str | None) -> str:
    """What is heard at this place at this time; ``room`` when nothing tells."""
    places, said = " ; ".join(landscapes).lower().replace("_", " "), prompt.lower()
    night = bool(_NIGHT.search((time_of_day or "").lower() or f"{places} {said}"))
    kind = _first(_LOUD, places) or _first(_LOUD, said) or _first(_PLACES, places) or _first(_PLACES, said)
    if kind == "forest":
        if re.search(r"snow|winter|frost", f"{places} {said}"):
            return "snow wind"
        return "night" if night else "forest"
    if kind:
        return kind
    outdoors = re.search(r"outdoor|outside|exterior|landscape|horizon|open air", f"{places} {said}")
    if outdoors or (night and not places):
        return "night" if night else "wind"
    return "room"


def synthesize(kind: str, sample_count: int, seed: int, sample_rate: int = 48_000) -> Stereo:
    """``sample_count`` samples of a place, left and right."""
    parts = list(blocks(kind, sample_count, seed, sample_rate))
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)


def blocks(kind: str, sample_count: int, seed: int, sample_rate: int = 48_000) -> Iterator[Stereo]:
    """The same in pieces of a few seconds, for beds too long to hold."""
    if kind not in SOUNDSCAPES:
        raise InputError(
            f"unknown ambience {kind!r}", hint=f"use one of: {', '.join(sorted(SOUNDSCAPES))}", field="ambience"
        )
    return _blocks(_Maker(kind, SOUNDSCAPES[kind], seed, sample_rate), sample_count)


def _blocks(maker: _Maker, sample_count: int) -> Iterator[Stereo]:
    for index in range(-(-sample_count // _HOP)):
        yield maker.block(index)[: sample_count - index * _HOP]


class _Maker:
    """Makes the blocks of one place in order, carrying from each to the next what still sounds."""

    def __init__(self, kind: str, place: Soundscape, seed: int, sample_rate: int) -> None:
        self._kind, self._place, self._seed, self._rate = kind, place, seed, sample_rate
        self._tails: dict[int, Stereo] = {}
        self._carried = np.zeros((0, 2), np.float32)
        hertz = np.fft.rfftfreq(_GRAIN, 1 / sample_rate)
        self._shapes = [_normalised(bed, hertz) for bed in place.beds]
        rise = np.sin(np.linspace(0, np.pi / 2, _CROSS, dtype=np.float32))
        self._rise, self._fall = rise[:, None], rise[::-1, None]

    def block(self, index: int) -> Stereo:
        start = index * _HOP
        out = np.zeros((_HOP, 2), np.float32)
        for number, bed in enumerate(self._place.beds):
            np.add(out, self._bed(number, bed, index) * self._swell(bed.swell, f"bed {number}", start), out=out)
        time = (start + np.arange(_HOP)) / self._rate
        for number, tone in enumerate(self._place.tones):
            np.add(out, _tone(tone, time, self._phases(f"tone {number}")), out=out)
        self._play(out, index)
        np.multiply(out, np.float32(10 ** (self._place.level / 20)), out=out)
        np.tanh(out / _PEAK, out=out)
        np.multiply(out, _PEAK, out=out)
        return out

    def _bed(self, number: int, bed: Noise, index: int) -> Stereo:
        """A hop of noise: this grain, its first part crossed with the last of the grain before."""
        rng = _rng(self._kind, self._seed, "bed", number, index)
        shape = self._shapes[number]
        left = _noise(rng, shape, bed.density / self._rate if bed.density else 0.0)
        if bed.width:
            other = _noise(rng, shape, bed.density / self._rate if bed.density else 0.0)
            near = math.sqrt(1 - bed.width)
            grain: Stereo = np.stack([left, near * left + math.sqrt(1 - near * near) * other], axis=1, dtype=np.float32)
        else:
            grain = left[:, None] * _pan(bed.pan)
        if index:
            grain[:_CROSS] *= self._rise
            grain[:_CROSS] += self._tails[number] * self._fall
        self._tails[number] = grain[_HOP:].copy()
        return grain[:_HOP]

    def _swell(self, swell: Swell | None, name: str, start: int) -> NDArray[np.float32]:
        """Slow unrest as a gain over time: a sum of waves that never meet again."""
        if swell is None:
            return np.ones((1, 1), np.float32)
        phases = self._phases(name)
        control = np.arange(start, start + _HOP + 480, 480)
        turn = 2 * math.pi * swell.rate * control / self._rate
        ratios, weights = (0.43, 0.71, 1.0, 1.37, 1.83), (0.5, 0.7, 1.0, 0.7, 0.5)
        unrest = sum(
            weight * np.sin(turn * ratio + phase) for ratio, weight, phase in zip(ratios, weights, phases, strict=False)
        )
        # In decibels, as the ear hears it, and bounded: between two gusts there is still air.
        strength = swell.power * swell.depth * np.asarray(unrest) / 1.5
        gain = np.exp(_MOST_SWELL * np.tanh(strength / _MOST_SWELL))
        return np.interp(np.arange(start, start + _HOP), control, gain).astype(np.float32)[:, None]

    def _phases(self, name: str) -> NDArray[np.float64]:
        return _rng(self._kind, self._seed, name).uniform(0, 2 * math.pi, 5)

    def _play(self, out: Stereo, index: int) -> None:
        """Add the events that begin in this block, and what earlier ones left over."""
        rest = self._carried
        sounds = [(0, rest)] if len(rest) else []
        for number, events in enumerate(self._place.events):
            sounds += self._starting(number, events, index)
        longest = max([_HOP, *(at + len(sound) for at, sound in sounds)])
        room = np.zeros((longest, 2), np.float32)
        for at, sound in sounds:
            room[at : at + len(sound)] += sound
        out += room[:_HOP]
        self._carried = room[_HOP:]

    def _starting(self, number: int, events: Sounds, index: int) -> list[tuple[int, Stereo]]:
        start, stop = index * _HOP / self._rate, (index + 1) * _HOP / self._rate
        first = max(0, math.floor(start / events.every) - 1)
        found: list[tuple[int, Stereo]] = []
        for turn in range(first, math.ceil(stop / events.every) + 1):
            rng = _rng(self._kind, self._seed, "event", number, turn)
            at = round((turn + 0.5 + events.jitter * rng.uniform(-0.5, 0.5)) * events.every * self._rate)
            loudness = 10 ** ((events.level + rng.uniform(-events.spread, 0)) / 20)
            pan = rng.uniform(-events.width, events.width)
            if index * _HOP <= at < (index + 1) * _HOP and rng.random() < events.chance:
                sound = events.sound(rng, self._rate)
                stereo = sound if sound.ndim > 1 else sound[:, None] * _pan(pan)
                found.append((at - index * _HOP, (stereo * loudness).astype(np.float32)))
        return found


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((kind for pattern, kind in table if re.search(pattern, text)), None)


def _rng(*parts: object) -> np.random.Generator:
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest[:8], "big")))


def _noise(rng: np.random.Generator, shape: NDArray[np.float32], density: float) -> NDArray[np.float32]:
    """A grain of noise with this spectrum: steady, or of single impulses where a density is given."""
    if density:
        count = rng.poisson(density * _GRAIN)
        impulses = np.zeros(_GRAIN, np.float32)
        sizes = rng.exponential(1.0, count) * rng.choice((-1.0, 1.0), count)
        impulses[rng.integers(0, _GRAIN, count)] = sizes / math.sqrt(2 * density)
        spectrum = np.fft.rfft(impulses) / math.sqrt(_GRAIN)
    else:
        pairs = rng.standard_normal((_GRAIN // 2 + 1, 2), dtype=np.float32)
        spectrum = pairs.view(np.complex64)[:, 0] * np.float32(math.sqrt(0.5))
    return np.fft.irfft(spectrum * shape, _GRAIN).astype(np.float32)


def _normalised(bed: Noise, hertz: NDArray[np.floating]) -> NDArray[np.float32]:
    """The bed's spectrum, scaled so that its ear-weighted level is the one its recipe names."""
    shape = bed.shape(np.maximum(hertz, 1.0))
    shape[hertz < 18] = 0  # nothing below hearing: it would only move the loudspeaker
    squared = hertz**2
    ear = squared / (squared + 38.0**2) * (1 + 0.585 * squared / (squared + 1500.0**2))
    power = 2 * np.sum((shape * ear) ** 2) / _GRAIN**2
    return (shape * 10 ** (bed.level / 20) / math.sqrt(max(power, 1e-30))).astype(np.float32)


def _tone(tone: Tone, time: NDArray[np.float64], phases: NDArray[np.float64]) -> Stereo:
    tau = 2 * math.pi
    wave = np.sin(tau * tone.hertz * time + phases[0])
    breath = 1 - tone.wobble * (0.5 + 0.5 * np.sin(tau * tone.rate * time + phases[1]))
    if tone.pulses:
        # Chirps: short pulses in bursts, the way crickets rub their wings.
        pulse = np.maximum(0.0, np.sin(tau * tone.pulses * time + phases[2])) ** 2
        burst = np.clip(np.sin(tau * tone.rate * time + phases[1]) * 3 - tone.rest, 0, 1)
        near = 1 - tone.wobble * (0.5 + 0.5 * np.sin(tau * 0.043 * time + phases[3]))
        breath = pulse * burst * near
    return (10 ** (tone.level / 20) * (wave * breath)[:, None] * _pan(tone.pan)).astype(np.float32)


def _pan(position: float) -> NDArray[np.float32]:
    """Equal power: -1 left .. 1 right, unity in the middle."""
    angle = (position + 1) * math.pi / 4
    return np.array([[math.cos(angle), math.sin(angle)]], np.float32) * np.float32(math.sqrt(2))
