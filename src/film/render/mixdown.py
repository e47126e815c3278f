"""The film's sound in groups, as a mixer's desk has them: everything at its level, everything that ducks ducked.

    dialogue   lines
    music      the bed, out of the way of the lines
    effects    under their shots
    clips      the sound that they bring along
    ambience   places, and room tone

Their sum is the mix, sample for sample; each on its own is a stem. A mix in 5.1 is laid out from the same groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

from film.render import spots
from film.render.balance import AMBIENCE_STEPS_BACK, AMBIENCE_UNDER_CLIPS, CLIPS_STEP_BACK, crest_of_speech
from film.render.ducking import Duck
from film.render.music import MusicBed
from film.render.places import Ambience
from film.render.sound import SAMPLE_RATE, Samples
from film.render.soundplan import MixPlan
from film.render.speech import Speech
from film.render.surround import CHANNELS, Surround

Group = Literal["dialogue", "music", "effects", "clips", "ambience"]
BLOCK = 8 * SAMPLE_RATE
_CHANGE = SAMPLE_RATE * 3 // 10


def crest_of(mix: MixPlan) -> float:
    """dB from the level of a line to its peaks; where one loudspeaker plays it alone, it reaches 3 dB higher."""
    alone = 3.0 if mix.target.channels == CHANNELS else 0.0
    return crest_of_speech(mix.loudness, float(mix.target.true_peak) - alone, music=mix.music is not None)


class Layers:
    """Makes the groups that have something in them, block by block, once. ``tick`` may raise to stop."""

    def __init__(self, mix: MixPlan, tick: Callable[[], None]) -> None:
        spoken = [span for line in mix.lines for span in (line.spoken or ((line.start, line.stop),))]
        clips = spots.clips(mix.clips, float(mix.target.clips_level), tick)
        effects = spots.effects(mix.effects, tick)
        self._length = mix.length
        self._surround = Surround() if mix.target.channels == CHANNELS else None
        self._speech = Speech(mix.lines, crest_of(mix)) if mix.lines else None
        self._music = MusicBed(mix.music, spoken, tick) if mix.music else None
        self._effects = spots.Spots(effects) if effects else None
        self._places = Ambience(mix.beds) if mix.beds else None
        self._places_duck = Duck(spoken, AMBIENCE_STEPS_BACK)
        # A place goes and comes while a clip's sound comes and goes: beside its ends neither would be heard.
        inside = ((clip.start + _CHANGE, clip.stop - _CHANGE) for clip in clips)
        self._under_clips = Duck(inside, AMBIENCE_UNDER_CLIPS, attack=_CHANGE, release=_CHANGE)
        self._clips = spots.Spots(clips) if clips else None
        self._clips_duck = Duck(spoken, CLIPS_STEP_BACK)

    @property
    def present(self) -> tuple[Group, ...]:
        """The groups of every block."""
        parts: dict[Group, object] = {
            "dialogue": self._speech,
            "music": self._music,
            "effects": self._effects,
            "clips": self._clips,
            "ambience": self._places,
        }
        return tuple(group for group, part in parts.items() if part) or ("ambience",)

    def mixed(self) -> Iterator[Samples]:
        """The mix in blocks, in as many channels as the film has."""
        for groups in self.groups():
            if self._surround:
                yield self._surround.laid(groups)
                continue
            block = next(iter(groups.values()))
            for group in list(groups.values())[1:]:
                block = block + group
            yield block

    def groups(self) -> Iterator[dict[Group, Samples]]:
        """Of each block the groups; at least one, if only to be silent."""
        for start in range(0, self._length, BLOCK):
            length = min(BLOCK, self._length - start)
            made: dict[Group, Samples] = {}
            if self._speech:
                self._speech.add_to(_into(made, "dialogue", length), start)
            if self._music:
                self._music.add_to(_into(made, "music", length), start)
            if self._effects:
                self._effects.add_to(_into(made, "effects", length), start)
            if self._clips:
                clips = _into(made, "clips", length)
                self._clips.add_to(clips, start)
                clips *= self._clips_duck.gain(start, length)[:, None]
            if self._places or not made:
                places = _into(made, "ambience", length)
                if self._places:
                    self._places.add_to(places, start)
                    gain = self._places_duck.gain(start, length) * self._under_clips.gain(start, length)
                    places *= gain[:, None]
            yield made


def _into(made: dict[Group, Samples], group: Group, length: int) -> Samples:
    made[group] = np.zeros((length, 2), np.float32)
    return made[group]
