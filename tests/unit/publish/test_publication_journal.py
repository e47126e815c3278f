"""Rows of publications: one owner, one row for a film at a place, another only where a person said why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from film.errors import PublishError
from film.publish.journal import Fenced, Memo, PublicationJournal, key_of

FILM = {"film_id": "harbour", "film_sha256": "ab" * 32, "target": "youtube", "place": "UC1"}


def test_a_film_has_one_row_at_a_place(engine: Engine):
    journal = PublicationJournal(engine)
    first, token = journal.claim(**FILM)
    Memo(journal, first, token).release()
    again, _ = journal.claim(**FILM)
    other, _ = journal.claim(**{**FILM, "place": "UC2"})
    assert first.id == again.id != other.id
    assert first.marker != other.marker
    assert len(journal.of_film("harbour")) == 2


def test_who_is_at_work_is_not_disturbed(engine: Engine):
    journal = PublicationJournal(engine)
    journal.claim(**FILM)
    with pytest.raises(PublishError, match="another process is publishing"):
        journal.claim(**FILM)


def test_whose_lease_ran_out_writes_nothing_more(engine: Engine):
    journal = PublicationJournal(engine, lease=timedelta(seconds=-1))
    first, token = journal.claim(**FILM)
    second, _ = journal.claim(**FILM)
    memo = Memo(journal, first, token)
    with pytest.raises(Fenced):
        memo.note(session="https://late")
    with pytest.raises(Fenced):
        memo.hold()
    known = journal.of(key_of("ab" * 32, "youtube", "UC1"))
    assert known is not None
    assert known.memo == second.memo == {}


def test_a_reason_makes_another_attempt_with_a_marker_of_its_own(engine: Engine):
    journal = PublicationJournal(engine)
    first, token = journal.claim(**FILM)
    Memo(journal, first, token).release()
    second, _ = journal.claim(**FILM, again="it was removed")
    assert (second.attempt, second.reason) == (2, "it was removed")
    assert second.marker != first.marker
    assert [one.state for one in journal.of_film("harbour")] == ["gone", "intent"]


def test_what_is_noted_is_there_for_the_next_process(engine: Engine):
    journal = PublicationJournal(engine)
    publication, token = journal.claim(**FILM)
    memo = Memo(journal, publication, token)
    memo.note(session="https://up", final=True)
    memo.note(final=None)
    memo.is_out("abc", "https://youtu.be/abc")
    known = PublicationJournal(engine).of(publication.key)
    assert known is not None
    assert (known.memo, known.remote_id, known.state) == ({"session": "https://up"}, "abc", "sent")
