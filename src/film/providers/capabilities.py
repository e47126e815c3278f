"""What a model takes and gives: facts that requests are made of, checked by, and told from, in one place.

    Capabilities ─┬─► the order: lengths, ratios, what is left out
                  ├─► InputError for what the model does not sell
                  └─► notices: what of a shot it cannot take, said once in the plan

A provider lists its models with theirs (``BaseProvider.models``). A model that its vendor has ended stays listed, with
``gone_after``: films that were made with it are found by the same requests as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from film.providers.frames import fits, nearest_ratio

Subject = Literal["character", "place", "composition"]


@dataclass(frozen=True)
class References:
    """How many pictures a model takes to go by, and what they may be of."""

    most: int = 0
    subjects: frozenset[Subject] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """The facts of one model; empty tuples are "as asked for", or nothing to choose from.

    ``text_limit`` is in characters, of a prompt or a line. ``lengths`` are seconds, the shortest first. ``sides`` are
    the fewest and the most pixels of a side. ``sound`` is a clip's own. The last day of a model is ``gone_after``, and
    ``instead`` says what to use from then on. Whether lost orders can be listed is its vendor's affair (``can_list``).
    """

    text_limit: int | None = None
    lengths: tuple[int, ...] = ()
    resolutions: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    frame_rates: tuple[str, ...] = ()
    sides: tuple[int, int] | None = None
    sound: Literal["none", "optional", "always"] = "none"
    seed: bool = False
    negative_prompt: bool = False
    references: References = References()
    first_frame: bool = False
    last_frame: bool = False
    languages: tuple[str, ...] = ()
    gone_after: date | None = None
    instead: str = ""

    def not_taken(self, config: Any, label: str) -> Iterator[str]:
        """What of an order ``label`` cannot take, a sentence each. ``config`` is any kind's."""
        if getattr(config, "negative_prompt", "") and not self.negative_prompt:
            yield f"{label} takes no negative prompt, so it is not sent; say in the prompt what should be seen instead"
        if getattr(config, "seed", None) is not None and not self.seed:
            yield f"{label} takes no seed, so it is not sent: no two of its results are alike"
        if getattr(config, "sound", None) and self.sound == "none":
            yield f"{label} makes no sound, so none is bought"
        if unsent := getattr(config, "unsent", ()):
            most = self.references.most
            takes = f"takes {most} reference pictures" if most else "takes no reference pictures"
            yield f"{label} {takes}: {', '.join(unsent)} may look different in each shot"
        ratio = nearest_ratio(config.width, config.height, self.ratios) if self.ratios else ""
        if ratio and not fits(config.width, config.height, ratio):
            frame = f"{config.width}×{config.height}"
            yield f"a frame of {frame} is not on offer at {label}: {ratio} is made, and cut to fit"
