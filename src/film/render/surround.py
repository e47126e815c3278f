"""The groups of a mix, laid out on 5.1: left, right, centre, low frequencies, left surround, right surround.

    dialogue          centre: it stays on the screen for every seat
    music             left and right; what its two sides do not share also comes from behind, lower and a little later
    ambience          all around, as loud as in stereo by the weights of BS.1770
    effects, clips    left and right: they belong to a picture that is in front
    low frequencies   empty

The low-frequency channel stays empty because nothing here is made for it: the loudness measure does not hear it, stereo
does without it, and loudspeakers are sent the lows of the other five by the room's own bass management.

Played in stereo by the usual coefficients (0.707 of centre and surrounds), voices are where and as loud as in the
stereo mix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from film.render.sound import SAMPLE_RATE, Samples

if TYPE_CHECKING:
    from film.render.mixdown import Group

CHANNELS = 6
_CENTRE, _BEHIND = 2, 4
CENTRE = np.float32(0.5**0.5)
"""Of left and right each: what two loudspeakers play alike is as loud from one."""
MUSIC_BEHIND = np.float32(0.5)
"""-6 dB of half the difference: reverberation and width, and nothing that sits in the middle."""
IN_FRONT, BEHIND = np.float32(0.7), np.float32(0.6)
"""Of ambience. 0.7² + 1.41 · 0.6² = 1: surrounds weigh 1.41 in BS.1770."""
MUSIC_LATER, AMBIENCE_LATER = SAMPLE_RATE * 15 // 1000, SAMPLE_RATE * 37 // 1000
"""Samples: the ear hears music where it comes from first, and takes later noise for another."""


class Surround:
    """Lays out groups, block after block in order."""

    def __init__(self) -> None:
        self._music = _Later(MUSIC_LATER)
        self._ambience = _Later(AMBIENCE_LATER)

    def laid(self, groups: Mapping[Group, Samples]) -> Samples:
        """A block of the mix: six channels, in the order in which files hold them."""
        length = len(next(iter(groups.values())))
        out = np.zeros((length, CHANNELS), np.float32)
        for group, block in groups.items():
            match group:
                case "dialogue":
                    out[:, _CENTRE] += CENTRE * (block[:, 0] + block[:, 1])
                case "music":
                    out[:, :2] += block
                    apart = MUSIC_BEHIND * (block[:, 0] - block[:, 1]) / 2
                    behind = self._music.after(np.stack([apart, -apart], axis=1).astype(np.float32))
                    out[:, _BEHIND:] += behind
                case "ambience":
                    out[:, :2] += IN_FRONT * block
                    out[:, _BEHIND:] += BEHIND * self._ambience.after(block[:, ::-1])
                case "effects" | "clips":
                    out[:, :2] += block
        return out


class _Later:
    """A sound, so many samples later."""

    def __init__(self, by: int) -> None:
        self._held = np.zeros((by, 2), np.float32)

    def after(self, block: Samples) -> Samples:
        whole = np.concatenate([self._held, block])
        self._held = whole[len(block) :]
        return whole[: len(block)]
