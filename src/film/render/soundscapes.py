"""What places are made of: for each kind its beds of noise, its steady tones, and what happens in it now and then.

Levels of beds and tones are in dB against each other; ``Soundscape.level`` brings the whole to where ambience
belongs. A place should be recognised in a second and forgotten in five: nothing here repeats in a rhythm that
the place itself does not have, and nothing is bright for long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from film.render.sound_events import (
    bird,
    bubble,
    clink,
    creak,
    drip,
    owl,
    passing,
    press,
    rails,
    step,
    surf,
    thunder,
)
from film.render.spectra import Shape, band, ring

Sound = Callable[[np.random.Generator, int], NDArray[np.floating]]


@dataclass(frozen=True)
class Swell:
    """A slow rise and fall: how often a second, how deep, and how sharply it stands out."""

    rate: float
    depth: float
    power: float = 1.0


@dataclass(frozen=True)
class Noise:
    """Noise of a spectrum. ``density`` (impulses a second) makes it crackle; without ``width`` it sits at ``pan``."""

    shape: Shape
    level: float = 0.0
    swell: Swell | None = None
    width: float = 0.7
    pan: float = 0.0
    density: float = 0.0


@dataclass(frozen=True)
class Tone:
    hertz: float
    level: float
    wobble: float = 0.3
    rate: float = 0.1
    pan: float = 0.0
    pulses: float = 0.0
    rest: float = 0.0


@dataclass(frozen=True)
class Sounds:
    """Something that happens about ``every`` so many seconds, ``jitter`` 0 like clockwork .. 1 at any moment."""

    sound: Sound
    every: float
    level: float
    jitter: float = 0.9
    spread: float = 9.0
    width: float = 0.8
    chance: float = 1.0


@dataclass(frozen=True)
class Soundscape:
    beds: tuple[Noise, ...]
    tones: tuple[Tone, ...] = ()
    events: tuple[Sounds, ...] = ()
    level: float = -38.0


_AIR = Noise(band(45, 420, 1.5, 0.8))
_VOICES = tuple(
    Noise(ring((f1, 0.35), (f2, 0.2)), level, Swell(rate, 1.1, 1.6), width=0.0, pan=pan)
    for f1, f2, level, rate, pan in (
        (430, 1250, -1.0, 3.1, -0.6), (560, 1500, -2.0, 3.9, 0.5), (360, 1050, 0.0, 2.7, 0.15),
        (640, 1750, -5.0, 4.4, -0.15),
    )
)  # fmt: skip
_GUST = Swell(0.11, 0.75, 1.3)

AIR_KIND = "air"
"""Room tone and nothing else: where places are not wanted, it keeps silence from being dead."""
SOUNDSCAPES: dict[str, Soundscape] = {
    AIR_KIND: Soundscape((_AIR, Noise(band(300, 3000, 1.0), -9)), level=-38.0),
    "room": Soundscape(
        (_AIR, Noise(band(300, 2200, 1.0), -13)),
        (Tone(100, -17, 0.2), Tone(150, -24, 0.3)),
        (Sounds(creak, 17, -8, chance=0.45),),
        level=-37.5,
    ),
    "wind": Soundscape(
        (Noise(band(60, 420, 1.4, 0.7), 0, _GUST), Noise(ring((520, 0.16), (690, 0.12)), -8, Swell(0.13, 1.1, 2.0)),
         Noise(band(900, 4200, 1.5), -15, Swell(0.17, 0.9, 1.6))),
        level=-42.1,
    ),
    "snow wind": Soundscape(
        (Noise(band(110, 800, 1.3), 0, Swell(0.09, 0.8, 1.4)),
         Noise(ring((820, 0.1), (1180, 0.07)), -9, Swell(0.12, 1.2, 2.2)),
         Noise(band(1500, 7000, 1.5), -12, Swell(0.2, 0.9, 1.5))),
        level=-42.0,
    ),
    "sea": Soundscape(
        (Noise(band(40, 300, 1.4, 0.8), -3, Swell(0.1, 0.4)), Noise(band(400, 3200, 1.0), -11, Swell(0.13, 0.7))),
        events=(Sounds(surf, 5.6, 1, jitter=0.5, spread=5),),
        level=-37.3,
    ),
    "river": Soundscape(
        (Noise(band(250, 1400, 1.2), -1, Swell(0.7, 0.25)), Noise(band(1200, 5000, 1.5), -8, Swell(1.1, 0.3)),
         Noise(ring((480, 0.1), (730, 0.08), (1080, 0.07)), -8, Swell(2.3, 0.9), density=60)),
        level=-38.1,
    ),
    "rain": Soundscape(
        (Noise(band(900, 8500, 1.2, 0.35), 0, Swell(0.12, 0.2)), Noise(band(120, 700, 1.2), -8),
         Noise(band(1400, 5200, 2.0, 0.2), -11, density=110)),
        level=-38.6,
    ),
    "storm": Soundscape(
        (Noise(band(700, 7500, 1.2, 0.4), 0, Swell(0.16, 0.45)), Noise(band(70, 480, 1.3, 0.7), -2, _GUST),
         Noise(band(1300, 4800, 2.0, 0.2), -11, density=160)),
        events=(Sounds(thunder, 14, 5, spread=6, width=0.4),),
        level=-41.2,
    ),
    "forest": Soundscape(
        (Noise(band(80, 500, 1.2, 0.7), -3, _GUST), Noise(band(1100, 5200, 1.3), -5, Swell(0.16, 0.7, 1.3))),
        events=(Sounds(bird, 2.6, -1, spread=13), Sounds(bird, 5.5, 3, spread=8)),
        level=-40.0,
    ),
    "night": Soundscape(
        (Noise(band(80, 420, 1.2, 0.7), -1, Swell(0.08, 0.4)), Noise(band(2000, 6000, 2.0), -15)),
        (Tone(4180, -7, pulses=29, rate=1.9, rest=1.7, pan=-0.55),
         Tone(4530, -10, pulses=33, rate=1.57, rest=1.6, pan=0.6),
         Tone(3720, -13, pulses=26, rate=2.3, rest=1.8, pan=0.1)),
        (Sounds(owl, 21, -3, chance=0.6),),
        level=-36.5,
    ),
    "jungle": Soundscape(
        (Noise(band(120, 700, 1.2), -3, Swell(0.12, 0.4)), Noise(band(2800, 7500, 2.0, 0.2), -4, Swell(0.35, 0.5))),
        (Tone(5200, -16, pulses=41, rate=0.31, rest=0.4, pan=-0.4),
         Tone(3400, -19, pulses=22, rate=1.4, rest=1.5, pan=0.7)),
        (Sounds(bird, 2.2, -1, spread=12), Sounds(drip, 6.0, -2)),
        level=-37.7,
    ),
    "city": Soundscape(
        (Noise(band(35, 260, 1.4, 0.8), 0, Swell(0.09, 0.3)), Noise(band(250, 1500, 1.0), -7, Swell(0.14, 0.45))),
        (Tone(120, -22, 0.4, 0.07),),
        (Sounds(passing, 7.5, -2, spread=8),),
        level=-38.6,
    ),
    "street": Soundscape(
        (Noise(band(50, 320, 1.3, 0.8), -1, Swell(0.1, 0.3)), Noise(band(400, 2600, 1.0), -10, Swell(0.2, 0.4)),
         Noise(ring((480, 0.4), (1300, 0.25)), -13, Swell(3.3, 1.1, 1.5))),
        events=(Sounds(passing, 9.0, 1, spread=7), Sounds(step, 13, -7, chance=0.6), Sounds(bird, 15, -6, chance=0.5)),
        level=-38.1,
    ),
    "train": Soundscape(
        (Noise(band(35, 240, 1.4, 0.8), 0, Swell(0.5, 0.25)), Noise(band(300, 1900, 1.0), -9, Swell(0.35, 0.3))),
        (Tone(86, -15, 0.5, 0.23),),
        (Sounds(rails, 1.32, 2, jitter=0.03, spread=3, width=0.25),),
        level=-38.1,
    ),
    "car": Soundscape(
        (Noise(band(40, 220, 1.5, 0.8), 0, Swell(0.22, 0.25)), Noise(band(350, 1700, 1.0), -9, Swell(0.15, 0.35))),
        (Tone(74, -8, 0.35, 0.11), Tone(111, -13, 0.4, 0.09), Tone(148, -17, 0.3, 0.13)),
        (Sounds(passing, 12, -4, spread=6),),
        level=-38.4,
    ),
    "cafe": Soundscape(
        (_AIR, *_VOICES, Noise(band(250, 2400, 1.0), -7, Swell(0.3, 0.3))),
        events=(Sounds(clink, 3.4, -9, spread=12),),
        level=-47.2,
    ),
    "crowd": Soundscape(
        (*_VOICES, Noise(ring((500, 0.5), (1400, 0.4)), 1, Swell(0.4, 0.3)), Noise(band(60, 300, 1.2, 0.7), -4)),
        events=(Sounds(step, 8, -7),),
        level=-47.4,
    ),
    "space": Soundscape(
        (Noise(band(30, 170, 1.6, 0.8), 0, Swell(0.06, 0.35)), Noise(band(500, 2400, 1.0), -17, Swell(0.1, 0.4))),
        (Tone(55, 0, 0.5, 0.05), Tone(82.6, -4, 0.6, 0.07, 0.3),
         Tone(110.4, -9, 0.7, 0.043, -0.3), Tone(165.5, -16, 0.8, 0.06)),
        level=-38.7,
    ),
    "underwater": Soundscape(
        (Noise(band(35, 210, 1.8, 0.8), 0, Swell(0.12, 0.5)), Noise(band(220, 700, 1.5), -9, Swell(0.21, 0.8))),
        events=(Sounds(bubble, 2.3, -1, spread=12),),
        level=-39.1,
    ),
    "fire": Soundscape(
        (Noise(band(50, 330, 1.3, 0.8), -2, Swell(0.6, 0.45)), Noise(band(500, 2600, 1.0), -11, Swell(1.3, 0.5)),
         Noise(band(1300, 6500, 1.5, 0.1), -14, Swell(0.5, 0.9, 1.5), density=9),
         Noise(band(500, 2200, 1.5, 0.2), -15, density=2.2)),
        level=-37.0,
    ),
    "cave": Soundscape(
        (Noise(band(40, 260, 1.5, 0.8), 0, Swell(0.07, 0.4)),
         Noise(ring((310, 0.15), (470, 0.12)), -13, Swell(0.09, 0.8))),
        events=(Sounds(drip, 2.9, 3, spread=10), Sounds(drip, 7.3, 5, spread=6)),
        level=-38.2,
    ),
    "factory": Soundscape(
        (Noise(band(60, 500, 1.2, 0.7), -1), Noise(band(700, 4200, 1.0), -9, Swell(0.4, 0.3))),
        (Tone(50, -5, 0.2), Tone(100, -7, 0.2, 0.17), Tone(149, -13, 0.4, 0.31), Tone(298, -21, 0.5, 0.23)),
        (Sounds(press, 2.05, 2, jitter=0.02, spread=2, width=0.3),),
        level=-37.5,
    ),
    "church": Soundscape(
        (Noise(band(40, 240, 1.4, 0.8), 0, Swell(0.06, 0.3)),
         Noise(ring((220, 0.1), (330, 0.08), (480, 0.08)), -10, Swell(0.08, 0.6)),
         Noise(band(600, 2600, 1.0), -17)),
        events=(Sounds(step, 16, -5, chance=0.6), Sounds(creak, 19, -5, chance=0.5)),
        level=-37.9,
    ),
}  # fmt: skip
"""Every kind of ambience there is."""
