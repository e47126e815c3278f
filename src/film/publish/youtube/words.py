"""What YouTube is told of a film, in its own form, and its limits: what does not fit is refused before it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from film.errors import PublishRefused
from film.publish.package import Chapter, Metadata

LONGEST_TITLE = 100
LONGEST_DESCRIPTION = 5000
"""Bytes."""
LONGEST_TAGS = 500
LEAST_CHAPTERS, SHORTEST_CHAPTER = 3, 10
"""Fewer, or shorter ones in seconds, are shown as none at all."""


def resource(metadata: Metadata, marker: str, privacy: str) -> dict[str, Any]:
    """The video resource of an insert or update. Raises PublishRefused for what YouTube would decline.

    ``privacy`` is always sent: without it a video is public.
    """
    _check(metadata, marker)
    status: dict[str, Any] = {
        "privacyStatus": privacy,
        "selfDeclaredMadeForKids": metadata.made_for_kids,
        "containsSyntheticMedia": metadata.disclosure.synthetic,
    }
    if metadata.publish_at and privacy == "private":
        status["publishAt"] = metadata.publish_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "snippet": {
            "title": metadata.title,
            "description": description(metadata),
            "tags": [*metadata.tags, tag(marker)],
            "categoryId": str(metadata.category),
            "defaultLanguage": metadata.language,
            "defaultAudioLanguage": metadata.language,
        },
        "status": status,
    }


def writable(body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a resource people may change at YouTube, too: kept to see whether they did."""
    return {name: body["snippet"][name] for name in ("title", "description", "tags", "categoryId")}


def tag(marker: str) -> str:
    """The tag by which a video is known for this film."""
    return f"film:{marker}"


def description(metadata: Metadata) -> str:
    """The film's own words, its chapters, and what it is."""
    chapters = "\n".join(f"{_clock(chapter.start)} {chapter.title}" for chapter in listed(metadata.chapters))
    return "\n\n".join(filter(None, (metadata.description.strip(), chapters, metadata.disclosure.sentence)))


def listed(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Those that YouTube shows: the first at the beginning, none too short, three at least, or none."""
    kept: list[Chapter] = []
    for chapter in chapters:
        if not kept and chapter.start:
            kept.append(Chapter(start=0, title=chapter.title))
        elif not kept or chapter.start - kept[-1].start >= SHORTEST_CHAPTER:
            kept.append(chapter)
    return tuple(kept) if len(kept) >= LEAST_CHAPTERS else ()


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _check(metadata: Metadata, marker: str) -> None:
    text = description(metadata)
    tags = [*metadata.tags, tag(marker)]
    taken = sum(len(one) + 2 * (" " in one) for one in tags) + len(tags) - 1
    wrong = {
        "has no title": not metadata.title.strip(),
        f"has a title of {len(metadata.title)} characters, {LONGEST_TITLE} is the most": len(metadata.title)
        > LONGEST_TITLE,
        f"has a description of {len(text.encode())} bytes, {LONGEST_DESCRIPTION} is the most": len(text.encode())
        > LONGEST_DESCRIPTION,
        f"has tags of {taken} characters in all, {LONGEST_TAGS} is the most": taken > LONGEST_TAGS,
        "has < or > in its title, description or tags": any(c in metadata.title + text + "".join(tags) for c in "<>"),
        "is to appear later, which only a private video can": metadata.publish_at is not None
        and metadata.privacy in ("public", "unlisted"),
    }
    if why := next((words for words, holds in wrong.items() if holds), ""):
        raise PublishRefused(f"YouTube declines it: the film {why}", hint="change it in film.toml under [publish]")
