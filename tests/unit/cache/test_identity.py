"""Whose library a gallery is, while several processes write its first file at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine

from film.cache.identity import Identity, SideState
from film.cache.token import read_token
from film.errors import StoreError


def test_processes_that_name_a_new_gallery_at_once_give_it_one_name(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks before any has written; the second used to put another name into the database than the folder's."""
    look, together = Identity.look, threading.Barrier(4)

    def look_together(self: Identity) -> SideState:
        found = look(self)
        together.wait(timeout=30)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Identity, "look", look_together)
        crew = [threading.Thread(target=Identity(tmp_path, engine).write) for _ in range(4)]
        for one in crew:
            one.start()
        for one in crew:
            one.join()
    found = Identity(tmp_path, engine).look()
    assert found.token is not None and found.ours is not None
    assert found.token.gallery == found.ours.gallery
    assert found.ours.generation == 4
    Identity(tmp_path, engine).absent()


def test_what_another_process_writes_between_the_two_looks_is_no_mistake(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is read before the database: a first file that lands in between is in one and not in the other."""
    other = Identity(tmp_path, engine)
    other.write()
    look = Identity.look
    told = read_token(tmp_path)
    assert told is not None
    seen: list[SideState] = []

    def torn_look(self: Identity) -> SideState:
        found = look(self)
        if not seen:  # the first time: the folder as it was before the other process wrote
            found = SideState(found.ours, None, "absent", has_rows=True)
        seen.append(found)
        return found

    monkeypatch.setattr(Identity, "look", torn_look)
    Identity(tmp_path, engine).absent()
    assert len(seen) == 2


def test_what_stays_wrong_is_refused(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Identity, "look", lambda self: SideState(None, None, "absent", has_rows=True))
    with pytest.raises(StoreError, match="not there"):
        Identity(tmp_path, engine).absent()
