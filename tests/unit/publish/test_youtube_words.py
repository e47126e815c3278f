"""What YouTube is told, in its form, and what it would decline is refused before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from film.errors import PublishRefused
from film.publish.package import Chapter, Disclosure, Metadata
from film.publish.youtube.words import description, listed, resource

DISCLOSED = Disclosure(synthetic=True, sentence="AI-generated: pictures by flux")


def metadata(**about: Any) -> Metadata:
    return Metadata(**{"title": "Harbour", "disclosure": DISCLOSED, **about})


def chapters(*starts: int) -> tuple[Chapter, ...]:
    return tuple(Chapter(start=start, title=f"At {start}") for start in starts)


def test_privacy_and_disclosure_are_always_sent():
    status = resource(metadata(), "0" * 16, "private")["status"]
    assert status == {"privacyStatus": "private", "selfDeclaredMadeForKids": False, "containsSyntheticMedia": True}


def test_the_description_ends_with_what_the_film_is():
    words = description(metadata(description="A man waits.", chapters=chapters(0, 30, 3700)))
    assert words == "A man waits.\n\n0:00 At 0\n0:30 At 30\n1:01:40 At 3700\n\nAI-generated: pictures by flux"


@pytest.mark.parametrize(
    ("starts", "shown"),
    [((0, 10, 20), (0, 10, 20)), ((0, 5, 12, 30), (0, 12, 30)), ((0, 20), ()), ((4, 20, 40), (0, 20, 40)), ((), ())],
)
def test_chapters_that_youtube_would_not_show_are_left_out(starts: tuple[int, ...], shown: tuple[int, ...]):
    assert tuple(one.start for one in listed(chapters(*starts))) == shown


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"title": " "}, "no title"),
        ({"title": "x" * 101}, "title of 101"),
        ({"title": "a <b>"}, "< or >"),
        ({"description": "ä" * 2500}, "description of 5"),
        ({"tags": ("x" * 250, "y" * 250)}, "tags of"),
        ({"publish_at": datetime(2030, 1, 1, tzinfo=UTC), "privacy": "public"}, "only a private"),
    ],
)
def test_what_youtube_declines_is_refused_here(about: dict[str, Any], why: str):
    with pytest.raises(PublishRefused, match=why):
        resource(metadata(**about), "0" * 16, "private")


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"tags": ("sea",)},
        {"made_for_kids": True},
        {"privacy": "public"},
        {"chapters": chapters(0)},
    ],
)
def test_the_hash_of_metadata_moves_with_what_a_viewer_reads(change: dict[str, Any]):
    assert metadata().hash == metadata().hash != metadata(**change).hash
