"""How one shot goes over into the next, and how many frames that may take from the two of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from film.timeline.shots import PlacedShot, same_scene
from film.transitions import TransitionDefault, TransitionKind

TRANSITION_SECONDS = Fraction(1, 2)


def kind_of_join(before: PlacedShot, after: PlacedShot, default: TransitionDefault) -> TransitionKind:
    """A cut within a scene; a crossfade beside a title, and where the place or the time of day becomes another one."""
    if before.transition:
        return before.transition
    if default != "auto":
        return default
    if before.title or after.title:
        return "crossfade"
    return "cut" if same_scene(before, after) else "crossfade"


def shorten_to_fit(
    lengths: Sequence[int], wished: Sequence[int], lines: Sequence[int] = (), usual: int = 0
) -> list[int]:
    """Fades that leave every clip a body: between two fades, a clip gives each at most half of itself.

    ``lines`` are the frames that each clip's line needs, 0 where nobody speaks. Beside a line a fade takes what the
    line leaves, or the ``usual`` frames: a shot is made longer for its line, and not for a long transition.
    """
    shares: list[int] = []
    for i, length in enumerate(lengths):
        fades_beside = max(1, sum(1 for join in wished[max(0, i - 1) : i + 1] if join))
        line = lines[i] if lines else 0
        share = (max(length, line) - 1) // fades_beside
        shares.append(min(share, max((length - line) // fades_beside, usual)) if line else share)
    return [min(wish, shares[i], shares[i + 1]) for i, wish in enumerate(wished)]
