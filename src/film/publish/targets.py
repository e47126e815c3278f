"""Where films can go: a row a target, ours and other people's through one door.

    BUILT_IN ──────────────────────────────┐
    entry points "film.publishers" ────────┴──► Target ──► its class, loaded when somebody publishes there

A class is called with an ``Opening`` and is a ``Publisher``. A plug-in that does not load, or that takes a name that is
taken, is left out and told.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from film.errors import InputError, PublishError, PublishRefused
from film.vendors import load

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from film.publish.journal import Memo, Publication
    from film.publish.package import Package
    from film.publish.quota import Standing
    from film.settings import Settings

GROUP = "film.publishers"
Progress = Callable[[int, int], None]
"""Told of bytes that arrived, and of how many there are."""


@dataclass(frozen=True)
class Target:
    """``publisher`` is its class as ``module:Class``. ``at`` says what --at names there; empty: it is never asked."""

    words: str
    publisher: str
    at: str = ""


BUILT_IN: Mapping[str, Target] = {
    "youtube": Target("a YouTube channel", "film.publish.youtube.publisher:YouTubePublisher"),
    "folder": Target("a folder", "film.publish.folder:FolderPublisher", at="the folder"),
    "s3": Target("a bucket of an S3-compatible service", "film.publish.s3:S3Publisher", at="s3://bucket/prefix"),
    "webhook": Target("a program that is told over HTTPS", "film.publish.webhook:WebhookPublisher", at="its https://…"),
}


@dataclass(frozen=True)
class Opening:
    """What a publisher is made with. ``at`` is what the user named the place."""

    settings: Settings
    engine: Engine
    at: str = ""
    tell: Callable[[str], None] = lambda message: None


@dataclass(frozen=True)
class Place:
    """``id`` is what the journal knows the place by, for good; ``words`` are for people."""

    id: str
    words: str


@dataclass(frozen=True)
class Outgoing:
    """A call that would be made: ``body`` is what is sent, or says what it is; ``cost`` is by bucket of the quota."""

    call: str
    body: Any = None
    cost: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Part:
    """Something beside the film that is there once, in its newest form: captions, a picture, a place in a playlist.

    ``send`` is asked with a memo whose ``begun`` notes that it was asked before.
    """

    name: str
    digest: str
    send: Callable[[Memo], None]


class Publisher(ABC):
    """One place where films go. Everything it does may be cut short at any byte, and is asked again then."""

    @abstractmethod
    def place(self) -> Place:
        """Where it is; raises NotSignedIn and the like."""

    @abstractmethod
    def preview(self, package: Package, known: Publication | None) -> Sequence[Outgoing]:
        """Exactly what ``send``, ``revise`` and the parts would send. Sends nothing."""

    @abstractmethod
    def send(self, package: Package, memo: Memo, progress: Progress) -> None:
        """Bring the film there once, and say so with ``memo.is_out``. Raises PublishUnsure where it may be there."""

    @abstractmethod
    def revise(self, package: Package, memo: Memo) -> None:
        """Bring what is said of the film there up to date."""

    def parts(self, package: Package) -> Sequence[Part]:
        """What is there beside the film, and when it was brought there last: nothing, unless a target says so."""
        return ()

    def adopt(self, remote_id: str, memo: Memo) -> None:
        """Take what is there, as a person names it, for the film. Raises PublishRefused where it is not."""
        raise PublishRefused("this target looks for the film by itself", hint="leave --adopt out")

    def settle(self, package: Package, memo: Memo) -> str:
        """What the place has made of it, for people. Raises PublishError where it declined."""
        return "it is there"

    def close(self) -> None:  # noqa: B027  # most have none
        """Let connections go."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def standing(self) -> Mapping[str, Standing]:
        """What is left of the day's calls, by bucket; none where calls are not counted."""
        return {}


def targets() -> Mapping[str, Target]:
    return found()[0]


def broken() -> Mapping[str, str]:
    """Plug-in → why it is left out."""
    return found()[1]


def target_named(name: str) -> Target:
    """Raises InputError for one that there is not."""
    if name not in targets():
        why = broken().get(name, "")
        raise InputError(
            f"there is no target {name[:40]!r}" + (f": {why}" if why else ""),
            hint=f"publish --to {', '.join(targets())}",
            field="to",
        )
    return targets()[name]


def open_publisher(name: str, opening: Opening) -> Publisher:
    """The publisher of a target. Raises InputError where it has to know a place and none is named."""
    target = target_named(name)
    if target.at and not opening.at:
        raise InputError(f"--to {name} needs --at: {target.at}", hint="say where it goes with --at", field="at")
    if opening.at and not target.at:
        raise InputError(f"--to {name} takes no --at", hint="leave it out", field="at")
    try:
        return load(target.publisher)(opening)
    except ImportError as error:
        raise PublishError(
            f"the target {name} does not load: {error}", hint="reinstall the package that brings it"
        ) from error


@lru_cache(maxsize=1)
def found() -> tuple[Mapping[str, Target], Mapping[str, str]]:
    """What is behind the door, and what is broken there."""
    from importlib.metadata import entry_points

    rows, wrong = dict(BUILT_IN), dict[str, str]()
    for point in entry_points(group=GROUP):
        try:
            row = point.load()
        except Exception as error:  # noqa: BLE001  # a plug-in may fail in any way of its own
            wrong[point.name] = f"the plug-in ({point.value}) does not load: {error}"
            continue
        if not isinstance(row, Target):
            wrong[point.name] = f"the plug-in ({point.value}) names no film.publish.targets.Target"
        elif point.name in rows:
            wrong[point.name] = "there is a target of that name already"
        else:
            rows[point.name] = row
    return rows, wrong
