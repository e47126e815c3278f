"""The mapped file: whole or not there, and good enough to propose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from film.search import matrix
from film.search.embedder import unit_length

TOKEN = "0123456789abcdef" * 2


def vectors(count: int, seed: int = 1) -> np.ndarray:
    return unit_length(np.random.default_rng(seed).standard_normal((count, 64), dtype=np.float32))


def written(folder: Path, change: int = 3, count: int = 3000) -> matrix.Matrix:
    found = vectors(count)
    ids = np.arange(count, dtype=np.int64) * 2
    parts = ((ids[a : a + 700], *matrix.quantize(found[a : a + 700])) for a in range(0, count, 700))
    return matrix.write(folder, TOKEN, change, 64, parts, count)


def test_what_was_written_is_read_and_proposes_the_nearest(tmp_path: Path) -> None:
    written(tmp_path)
    found = matrix.open_newest(tmp_path, TOKEN, 10)
    assert found is not None and (len(found), found.dim, found.change) == (3000, 64, 3)
    wanted = vectors(1, seed=9)[0]
    exact = vectors(3000) @ wanted
    about = found.scores(wanted)
    assert np.abs(about - exact).max() < 0.01
    proposed = set(np.argsort(-about)[:100].tolist())
    assert set(np.argsort(-exact)[:10].tolist()) <= proposed
    places = np.array([5, 17, 2999])
    assert np.allclose(found.scores(wanted, places), about[places])
    assert found.scores(wanted, places[:0]).shape == (0,)


def test_many_workers_see_every_row_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, wanted = written(tmp_path), vectors(1)[0]
    alone = found.scores(wanted)
    monkeypatch.setattr(matrix, "_WORTH_WORKERS", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert np.array_equal(found.scores(wanted), alone)


def test_newer_rows_take_their_places(tmp_path: Path) -> None:
    held = written(tmp_path)
    newer, replaced = np.array([4, 7, 9001], np.int64), vectors(3, seed=2)
    count, parts = matrix.merged(held, newer, replaced, at_once=1000)
    merged = matrix.write(tmp_path, TOKEN, 8, 64, parts, count)
    assert count == 3002 and merged.ids.tolist() == sorted({*range(0, 6000, 2), 7, 9001})
    scores = merged.scores(replaced[0])
    assert scores[2] == pytest.approx(1, abs=0.02) and merged.ids[2] == 4
    assert [path.name for path in tmp_path.iterdir()] == [f"{TOKEN}-8.npy"], "the older file is gone"


def test_files_that_are_damaged_ahead_or_anothers_are_not_used(tmp_path: Path) -> None:
    written(tmp_path, change=3)
    assert matrix.open_newest(tmp_path, TOKEN, 2) is None, "it is ahead of the database"
    assert matrix.open_newest(tmp_path, "f" * 32, 9) is None
    path = tmp_path / f"{TOKEN}-3.npy"
    whole = path.read_bytes()
    for damaged in (whole[:100], whole[: len(whole) // 2], whole[:-5], b"", b"not a file of vectors" * 50):
        path.write_bytes(damaged)
        assert matrix.open_newest(tmp_path, TOKEN, 9) is None
    path.write_bytes(whole)
    assert matrix.open_newest(tmp_path, TOKEN, 9) is not None
    matrix.remove(tmp_path, but="f" * 32)
    assert not path.exists()


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    written(tmp_path)

    def parts():
        yield np.arange(2, dtype=np.int64), *matrix.quantize(vectors(2))
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        matrix.write(tmp_path, TOKEN, 4, 64, parts(), 10)
    with pytest.raises(ValueError, match="2 vectors came of 10"):
        matrix.write(tmp_path, TOKEN, 4, 64, ((np.arange(2), *matrix.quantize(vectors(2))) for _ in range(1)), 10)
    assert [path.name for path in tmp_path.iterdir()] == [f"{TOKEN}-3.npy"]


def test_vectors_of_zeros_and_none_at_all(tmp_path: Path) -> None:
    nothing = np.zeros((2, 64), np.float32)
    found = matrix.write(tmp_path, TOKEN, 1, 64, [(np.arange(2), *matrix.quantize(nothing))], 2)
    assert found.scores(vectors(1)[0]).tolist() == [0, 0]
    empty = matrix.write(tmp_path, TOKEN, 2, 64, [], 0)
    assert len(empty) == 0 and empty.scores(vectors(1)[0]).shape == (0,)
