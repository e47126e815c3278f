"""Who draws: this process on one core, and a drawing process on each other one.

    draw, animate ──► a line of what waits, clips first ──► the first free hand ─┬─► Here: this thread
                                                                                 └─► Child ──pipe──► worker.py

A clip goes to the hand that drew its picture, which still has the panel's layers; to any other one when it has waited
as long as drawing them again takes. Children are started when there is more to do than hands to do it, or before, by
``start``; where none can be started, this process draws on as many threads as there are cores. The work of a child
that dies is done again, once. Whoever draws, the bytes are the same.
"""

from __future__ import annotations

import atexit
import itertools
import os
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from animatic.cores import cores
from animatic.drawing import Clip, Place
from animatic.elements import PanelSpec
from animatic.hands import Asking, Child, Gone, Here, NoChild
from film.errors import Interrupted, ProviderError

_LOOKING = 0.05
"""Seconds between two looks at whether what waits is still wanted."""
_HOMES = 256
"""Panels of which it is known who drew them."""
_CLIP, _PICTURE = 0, 1


class Hand(Protocol):
    """Something that draws. ``busy`` of its ``rooms`` are taken; who takes them counts."""

    rooms: int
    busy: int

    def do(self, name: str, arguments: tuple[Any, ...], should_stop: Asking) -> Any: ...

    def close(self) -> None: ...


@dataclass(order=True)
class _Waiting:
    """Work that waits for a hand. Clips go first: they end a shot, and free the memory of its panel."""

    rank: int
    arrival: int
    home: Hand | None = field(compare=False, default=None)
    until: float = field(compare=False, default=0.0)
    """When it will go to any hand, and not only to its home."""
    hand: Hand | None = field(compare=False, default=None)


class Workers:
    """The hands of one process, as many as there are cores or those given. Usable from many threads, each of which
    waits while its work is done."""

    def __init__(self, number: int | None = None, *, hands: Sequence[Hand] = ()) -> None:
        self._number = number or cores()
        self._children = self._number - 1 if _may_have_children() and not hands else 0
        self._here = Here(self._number - self._children)
        self._hands: list[Hand] = list(hands) or [self._here]
        self._changed = threading.Condition()
        self._line: list[_Waiting] = []
        self._arrivals = itertools.count()
        self._homes: dict[Place, tuple[Hand, float]] = {}

    def draw(self, spec: PanelSpec, width: int, height: int, should_stop: Asking = None) -> bytes:
        """The panel as a PNG."""
        place = (spec, width, height)
        began = time.monotonic()
        hand, made = self._do(_Waiting(_PICTURE, next(self._arrivals)), "draw", place, should_stop)
        with self._changed:
            self._homes[place] = (hand, time.monotonic() - began)
            while len(self._homes) > _HOMES:
                del self._homes[next(iter(self._homes))]
        return made

    def animate(self, clip: Clip, path: Path, should_stop: Asking = None) -> None:
        """Write the clip to ``path``."""
        with self._changed:
            home, patience = self._homes.pop(clip.place, (None, 0.0)) if clip.place else (None, 0.0)
        waiting = _Waiting(_CLIP, next(self._arrivals), home, time.monotonic() + patience)
        try:
            self._do(waiting, "animate", (clip, path), should_stop)
        except BaseException:
            from animatic.encode import partial_of

            partial_of(path).unlink(missing_ok=True)  # a killed child could not
            raise

    def start(self, number: int | None = None) -> None:
        """Start children before there is work for them, for ``number`` pieces of work at once."""
        with self._changed:
            wanted = min(self._children, (number or self._number) - 1)
            while len(self._hands) - 1 < wanted:
                self._hands.append(Child())
            children = [hand for hand in self._hands if isinstance(hand, Child) and not hand.busy]
        for hand in children:
            try:
                hand.start()
            except NoChild:
                self._give_up_children()

    def close(self) -> None:
        """End all children; the next work starts them again."""
        for hand in self._hands:
            hand.close()

    @property
    def waiting(self) -> int:
        """Pieces of work that no hand has yet."""
        return len(self._line)

    @property
    def pids(self) -> list[int]:
        """The process ids of the children that run."""
        return [hand.pid for hand in self._hands if isinstance(hand, Child) and hand.pid]

    # -- inside

    def _do(self, waiting: _Waiting, name: str, arguments: tuple[Any, ...], should_stop: Asking) -> tuple[Hand, Any]:
        for attempt in itertools.count():
            with self._hand(waiting, should_stop) as hand:
                try:
                    return hand, hand.do(name, arguments, should_stop)
                except NoChild:
                    self._give_up_children()
                except Gone as gone:
                    if attempt:
                        raise ProviderError(
                            "the drawing process ended in the middle of its work, twice",
                            hint="see that there is memory for it, then run again: what is made is kept",
                            provider="draft",
                        ) from gone
        raise AssertionError("unreachable")

    @contextmanager
    def _hand(self, waiting: _Waiting, should_stop: Asking) -> Generator[Hand]:
        """A free hand, from now until it has done its work."""
        with self._changed:
            waiting.hand = None
            self._line.append(waiting)
            try:
                self._assign()
                while waiting.hand is None:
                    self._changed.wait(_wait(waiting, should_stop))
                    self._assign()
            except BaseException:
                self._line.remove(waiting)
                raise
            hand = waiting.hand
        try:
            yield hand
        finally:
            with self._changed:
                hand.busy -= 1
                dismissed = hand not in self._hands
                self._assign()
            if dismissed:
                hand.close()

    def _assign(self) -> None:
        """Give free hands to who waits, in order. Called with the lock held, whenever something has changed."""
        given = False
        for waiting in sorted(self._line):
            if hand := self._hand_for(waiting):
                hand.busy += 1
                waiting.hand, given = hand, True
                self._line.remove(waiting)
        if given:
            self._changed.notify_all()

    def _hand_for(self, waiting: _Waiting) -> Hand | None:
        free = [hand for hand in self._hands if hand.busy < hand.rooms]
        if waiting.home in free:
            return waiting.home
        if waiting.home in self._hands and time.monotonic() < waiting.until:
            return None
        if not free and len(self._hands) <= self._children:
            self._hands.append(Child())
            return self._hands[-1]
        return free[0] if free else None

    def _give_up_children(self) -> None:
        """None can be started: this process draws alone, on as many threads as it had hands."""
        with self._changed:
            self._children, self._here.rooms = 0, self._number
            idle = [hand for hand in self._hands if hand is not self._here and not hand.busy]
            self._hands = [self._here]
            self._assign()
        for hand in idle:
            hand.close()


def _wait(waiting: _Waiting, should_stop: Asking) -> float | None:
    """How long to wait for a change before looking again. Raises Interrupted when it is no longer wanted."""
    if should_stop and should_stop():
        raise Interrupted("stopped before drawing", hint="run again to make it")
    looks = [_LOOKING] if should_stop else []
    patience = waiting.until - time.monotonic()
    if patience > 0:
        looks.append(patience)
    return min(looks, default=None)


def _may_have_children() -> bool:
    """Whether what runs us is an interpreter that runs our files too, and not a program that has one inside."""
    name = Path(sys.executable or "").name.lower()
    return name.startswith(("python", "pypy")) and not getattr(sys, "frozen", False)


_of_process: dict[int, Workers] = {}


def shared() -> Workers:
    """The workers of this process. A fork has its own: the pipes of the other ones are its parent's."""
    found = _of_process.get(os.getpid())
    if found is None:
        found = _of_process.setdefault(os.getpid(), Workers())
        atexit.register(found.close)
    return found
