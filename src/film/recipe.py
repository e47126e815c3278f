"""What a shot is made of, as data: its steps, and what each of them needs.

    picture ──► clip        line            as most shots are
    sheet ──► picture ──► clip              a picture of a character or place, made once, that models go by
    picture ──► clip ◄───── line            where the clip is made here, as long as its line
    clip and line of the shot before ──► frame ──► clip        "start_from": "previous"
    line                                    a title: its words are drawn in the cut
    taken                                   whatever a shot names in ``reuse``

Planning, making, every engine and the reports walk these; none of them knows what comes before what. A step that is
new is a row here, a way to ask for it (``film.planning.requests``) and a way to get it (``film.production.steps_of``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from film.models import AssetType, Shot

Kind = Literal["picture", "frame", "clip", "line", "taken"]
Place = tuple[str, AssetType]
"""A shot's id, and what of it."""


@dataclass(frozen=True, slots=True)
class Need:
    """An asset that must be there first: of the ``shot`` itself, of the one ``before``, or a sheet, by its id."""

    slot: AssetType
    of: str = "shot"


@dataclass(frozen=True, slots=True)
class Step:
    """One asset of a shot and how it comes about; ``slot`` is what it is in the shot when it is done."""

    kind: Kind
    slot: AssetType
    needs: tuple[Need, ...] = ()

    @property
    def stage(self) -> AssetType:
        """With whose kind it is made where a film is made kind by kind: what needs a clip comes with the clips."""
        return max((self.slot, *(need.slot for need in self.needs)), key=_STAGES.index)

    def needs_of(self, whose: str) -> tuple[AssetType, ...]:
        """What it needs of the ``shot`` itself or of the one ``before``."""
        return tuple(need.slot for need in self.needs if need.of == whose)


_STAGES = (AssetType.IMAGE, AssetType.AUDIO, AssetType.VIDEO)
"""The kinds in an order in which each has what it needs."""

PICTURE = Step("picture", AssetType.IMAGE)
CLIP = Step("clip", AssetType.VIDEO, (Need(AssetType.IMAGE),))
CLIP_FOR_LINE = Step("clip", AssetType.VIDEO, (Need(AssetType.IMAGE), Need(AssetType.AUDIO)))
"""Made as long as its line turns out."""
LINE = Step("line", AssetType.AUDIO)
FRAME = Step("frame", AssetType.IMAGE, (Need(AssetType.VIDEO, "before"),))
FRAME_AFTER_LINE = Step("frame", AssetType.IMAGE, (Need(AssetType.VIDEO, "before"), Need(AssetType.AUDIO, "before")))
"""How long the shot before is seen follows from its line."""


def recipe_of(
    shot: Shot,
    *,
    taken: Collection[AssetType] = (),
    fits_line: bool = False,
    speaks_before: bool = False,
    sheets: Sequence[str] = (),
) -> tuple[Step, ...]:
    """The steps of a shot, in the order in which they are shown, and in which a failure counts as the reason.

    Args:
        shot: the shot, as written.
        taken: what of it comes from the library because it names it.
        fits_line: whether its clip is made as long as its line.
        speaks_before: whether the shot before has a line; only asked where this one starts from it.
        sheets: the ids of the sheets that its picture's model goes by.
    """
    steps: list[Step] = []
    speaks = bool(shot.spoken) or AssetType.AUDIO in taken
    line = Step("taken", AssetType.AUDIO) if AssetType.AUDIO in taken else LINE
    if shot.title:
        return (line,) if speaks else ()
    if AssetType.IMAGE in taken:
        steps.append(Step("taken", AssetType.IMAGE))
    elif AssetType.VIDEO not in taken:
        picture = Step("picture", AssetType.IMAGE, tuple(Need(AssetType.IMAGE, name) for name in sheets))
        steps.append(picture if not shot.start_from else FRAME_AFTER_LINE if speaks_before else FRAME)
    if AssetType.VIDEO in taken:
        steps.append(Step("taken", AssetType.VIDEO))
    else:
        steps.append(CLIP_FOR_LINE if fits_line and speaks else CLIP)
    if speaks:
        steps.append(line)
    return tuple(steps)


def started_from(shots: Iterable[Shot]) -> Mapping[str, Shot]:
    """Shot → the one before it, for each that starts from that."""
    return {shot.shot_id: before for before, shot in pairwise(shots) if shot.start_from}
