"""Where the camera stands: a shot type, however it is spelled, becomes fractions of the frame.

    spec.shot_type ─► (else words of the prompt) ─► row of FRAMINGS ─► Framing

The cut lays bars over the top and bottom 9 % of the frame, so faces start below 0.10 and, where a shot shows whole
people, their soles stand above 0.89. Height of the camera over the ground follows from these numbers (see
``scenes.stage``): a figure's size, its feet and the horizon leave only one place for it.
"""

from __future__ import annotations

from dataclasses import replace

from animatic.elements import Framing, PanelSpec, rng_of
from animatic.words import plain, spoken, synonyms

FRAMINGS: dict[str, Framing] = {
    row.name: row
    for row in (
        #       name                  figure  head   horizon defocus  zoom
        Framing("extreme wide", 0.150, 0.660, 0.560, 0.0000, 0.92),
        Framing("wide", 0.480, 0.370, 0.500, 0.0000, 1.00),
        Framing("full", 0.680, 0.175, 0.470, 0.0022, 1.10),
        Framing("medium wide", 0.980, 0.150, 0.430, 0.0045, 1.20),
        Framing("medium", 1.420, 0.140, 0.400, 0.0080, 1.35),
        Framing("medium close-up", 2.150, 0.125, 0.390, 0.0140, 1.60),
        Framing("close-up", 3.300, 0.110, 0.400, 0.0220, 1.90),
        Framing("extreme close-up", 6.200, -0.120, 0.420, 0.0320, 2.30),
        Framing("insert", 6.000, -3.300, 0.100, 0.0260, 1.70),
        Framing("over the shoulder", 1.750, 0.135, 0.400, 0.0120, 1.50),
        Framing("two-shot", 1.250, 0.165, 0.410, 0.0060, 1.30),
        Framing("pov", 0.620, 0.240, 0.470, 0.0012, 1.00),
        Framing("aerial", 0.085, 0.640, 0.130, 0.0000, 0.90),
        Framing("low angle", 1.060, 0.130, 0.900, 0.0030, 1.00),
        Framing("high angle", 0.640, 0.240, 0.060, 0.0020, 1.05),
        Framing("dutch", 1.150, 0.160, 0.460, 0.0060, 1.20),
    )
}

_SYNONYMS = synonyms(
    {
        "extreme wide": (
            "extreme wide shot",
            "ews",
            "very wide",
            "ultra wide",
            "extra wide",
            "extreme long",
            "extreme long shot",
            "els",
            "xls",
            "establishing",
            "establishing shot",
            "est",
            "panorama",
            "panoramic",
            "vista",
            "master shot",
            "master",
            "super wide",
        ),
        "wide": ("wide shot", "ws", "long shot", "long", "ls", "wide angle", "general shot"),
        "full": ("full shot", "fs", "full body", "full length", "whole body", "head to toe", "fullshot"),
        "medium wide": (
            "medium wide shot",
            "mws",
            "mediumwide",
            "medium long",
            "medium long shot",
            "mls",
            "medium full",
            "mid wide",
            "american",
            "american shot",
            "cowboy",
            "cowboy shot",
            "three quarter",
            "knee shot",
        ),
        "medium": ("medium shot", "ms", "mid", "mid shot", "midshot", "waist", "waist shot", "waist up", "standard"),
        "medium close-up": (
            "medium close up shot",
            "mcu",
            "medium close",
            "medium closeup",
            "mid close up",
            "bust",
            "bust shot",
            "chest up",
            "head and shoulders",
        ),
        "close-up": (
            "closeup",
            "close up shot",
            "cu",
            "close",
            "close shot",
            "tight",
            "tight shot",
            "portrait",
            "face",
            "reaction",
            "reaction shot",
            "headshot",
        ),
        "extreme close-up": (
            "extreme closeup",
            "extreme close",
            "extreme close up shot",
            "ecu",
            "xcu",
            "big close up",
            "bcu",
            "choker",
            "eyes",
            "super close up",
        ),
        "insert": (
            "insert shot",
            "cut in",
            "cutaway",
            "detail",
            "detail shot",
            "macro",
            "macro shot",
            "object",
            "prop shot",
            "product shot",
            "still life",
        ),
        "over the shoulder": (
            "over the shoulder shot",
            "over shoulder",
            "overtheshoulder",
            "ots",
            "otss",
            "shoulder shot",
            "shot reverse shot",
            "reverse",
            "reverse shot",
        ),
        "two-shot": ("twoshot", "2 shot", "two people", "2s", "three shot", "group shot", "group", "couple"),
        "pov": ("pov shot", "point of view", "point of view shot", "subjective", "first person", "p o v"),
        "aerial": (
            "aerial shot",
            "drone",
            "drone shot",
            "birds eye",
            "bird eye",
            "birds eye view",
            "bird s eye",
            "bird s eye view",
            "bird eye view",
            "overhead",
            "overhead shot",
            "top down",
            "top shot",
            "helicopter",
            "god view",
            "gods eye",
            "crane",
            "crane shot",
            "satellite",
        ),
        "low angle": (
            "low angle shot",
            "low",
            "worms eye",
            "worm eye",
            "worm s eye",
            "worms eye view",
            "ground level",
            "from below",
            "hero shot",
            "looking up",
        ),
        "high angle": ("high angle shot", "high", "from above", "looking down"),
        "dutch": (
            "dutch angle",
            "dutch tilt",
            "canted",
            "canted angle",
            "oblique",
            "tilted",
            "german angle",
            "dutch angle shot",
        ),
    }
)

_PROMPT_ONLY = {word: name for word, name in _SYNONYMS.items() if " " in word or word in {"closeup", "aerial", "pov"}}
"""Spellings that mean a shot type in running text too; "face" or "low" in a prompt mean something else."""


def name_of(spec: PanelSpec) -> str:
    """The shot type's name, from the field, else from the prompt, else ``medium``."""
    said = spoken(plain(spec.shot_type), _SYNONYMS)
    if not said:
        said = spoken(plain(spec.prompt), _PROMPT_ONLY)
    if not said:
        return "medium"
    # "wide low angle" asks for an angle at a size: the angle is what shows, unless the size is the tightest there is.
    angles = [name for name in said if name in {"aerial", "low angle", "high angle", "dutch"}]
    return angles[0] if angles and said[0] not in {"extreme close-up", "insert"} else said[0]


def of(spec: PanelSpec) -> Framing:
    """The framing of a shot. The seed moves it by a hair, as two set-ups are never quite the same."""
    row = FRAMINGS[name_of(spec)]
    rng = rng_of("framing", spec.seed, spec.prompt)
    lift = float(rng.uniform(-0.022, 0.022))
    size = float(rng.uniform(0.985, 1.03))
    if row.figure_height < 0.9 and row.name != "aerial":  # keep the soles where they are: above the lower bar
        sole = row.head_top + row.figure_height
        return replace(
            row,
            figure_height=row.figure_height * size,
            head_top=sole - row.figure_height * size,
            horizon=row.horizon + lift,
        )
    return replace(row, figure_height=row.figure_height * size, horizon=row.horizon + lift * 0.7)
