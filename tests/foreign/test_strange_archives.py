"""An archive's entries are believed later: each number, word and cost in one is what an asset made here may have."""

from __future__ import annotations

import hashlib
import io
import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from film.archive import import_library
from film.archive.entries import Entry, checked_details
from film.archive.tar import write_end, write_member
from film.cache import AssetCache
from film.cli.console import one_line, print_json
from film.db.migrate import prepare
from film.db.session import make_engine
from film.errors import InputError
from film.metadata import MetadataIndex
from film.models import Asset

DATA = b"a picture"
SHA = hashlib.sha256(DATA).hexdigest()
ESCAPE = "\x1b]0;owned\x07"

RESULT = {
    "key": "ab" * 32, "kind": "video", "provider": "fal", "sha256": SHA, "size": len(DATA), "mime": "video/mp4",
    "cost": "0.27", "details": {"width": 1280, "height": 720, "frames": 24, "frame_rate": "24", "seconds": "1"},
}  # fmt: skip
ASSET = {
    "asset_id": "video_1", "key": "ab" * 32, "asset_type": "video", "provider": "fal", "prompt": "A harbour",
    "sha256": SHA, "size": len(DATA), "mime": "video/mp4", "cost_usd": "0.27",
    "created_at": "2026-11-01T00:00:00+00:00",
    "details": {"width": 1280, "height": 720, "frames": 24, "frame_rate": "24", "seconds": "1"},
}  # fmt: skip

FACTS: dict[str, Any] = {
    "width": [0, -1, 10**9, 1.5, "1280", True, [1]],
    "height": [0, -5, 10**12, "x"],
    "frames": [0, -1, 10**15, "9" * 5000, 2.0],
    "frame_rate": ["0", "0/0", "24/0", "-24", "1e999999999", "nan", "inf", "9" * 400, "٣", 10**6, {}, "1/1000000000"],
    "seconds": ["-1", "1e999999999", "nan", 1e308, 10**9, "1" * 5000, [], True],
    "samples": [-1, 10**18, "1"],
    "sample_rate": [0, -44100, 10**9, "48000"],
    "channels": [0, 10**6],
    "words": [
        "a", [1], [{"word": "x", "start": 2, "end": 1}], [{"word": "x", "start": -1, "end": 1}],
        [{"word": "x", "start": 0, "end": 1e300}], [{"word": ESCAPE, "start": 0, "end": 1}],
    ],
    "model": [ESCAPE, "\x9b31m", "\u202egnp.exe"],
    "seed": [10**400],
    "deep": [[[[[[[[[[[[]]]]]]]]]]]],
}  # fmt: skip
FIELDS: dict[str, Any] = {
    "asset_id": ["", "../x", ESCAPE, "x" * 200, "a\nb", 5],
    "key": ["x", "", "AB" * 32],
    "asset_type": ["film", "", None],
    "provider": [ESCAPE, "x" * 100, "<script>"],
    "model": [ESCAPE, "x" * 500],
    "prompt": [ESCAPE, "x" * 30_000, "\ud800"],
    "dialogue": [ESCAPE, 5],
    "characters": [[ESCAPE], ["x" * 200], [""], ["x"] * 5000, "Emma" * 100],
    "mood": [ESCAPE, ""],
    "film_id": ["../../etc", ESCAPE, "CON"],
    "sha256": ["x"],
    "size": [-1, 10**30, 1.5, "9"],
    "mime": ["text", ESCAPE, "a/b\nc"],
    "cost_usd": ["NaN", "-1", "Infinity", "1e999999", "0.0000001", "1" * 30, 10**9, " 1 ", "1_000", "٣", "+1", ""],
    "reuse_count": [-1, 10**30, 2.5],
    "created_at": ["yesterday", ESCAPE, "0001-01-01T00:00:00", "9999-12-31T00:00:00+00:00"],
    "more": ["x"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in FACTS.items() for value in values], ids=str
)
def test_a_fact_that_no_file_has_is_refused(name: str, value: object) -> None:
    began = time.monotonic()
    with pytest.raises(ValueError):  # one of many
        checked_details({name: value})
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in FIELDS.items() for value in values])
def test_a_field_that_no_asset_has_is_refused(name: str, value: object) -> None:
    Entry.model_validate(ASSET)
    with pytest.raises(ValueError):
        Entry.model_validate({**ASSET, name: value})


def test_an_entry_has_the_fields_of_an_asset() -> None:
    assert set(Entry.model_fields) == set(Asset.model_fields)


def archive(file: Path, result: dict[str, Any], asset: dict[str, Any], *, raw: bytes | None = None) -> Path:
    head = {"created": "2026-11-30T00:00:00Z", "results": 1, "assets": 1, "blobs": 1, "size": len(DATA)}
    lines = [json.dumps(one).encode() + b"\n" for one in (result, asset)]
    with file.open("wb") as tar:
        for name, data in (
            ("library.json", json.dumps(head).encode()),
            ("results.jsonl", raw or lines[0]),
            ("assets.jsonl", lines[1]),
            (f"blobs/{SHA}", DATA),
        ):
            write_member(tar, name, io.BytesIO(data), len(data))
        write_end(tar)
    return file


def test_an_archive_with_one_such_entry_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/film.db")
    prepare(engine)
    cache, index = AssetCache(tmp_path / "gallery", engine=engine), MetadataIndex(engine=engine)
    huge = json.dumps(RESULT).replace('"size": 9', '"size": ' + "9" * 5000).encode() + b"\n"
    nan = json.dumps({**RESULT, "details": {"seed": float("nan")}}).encode() + b"\n"
    twice = json.dumps(RESULT).replace('"kind": "video"', '"kind": "video", "kind": "image"').encode() + b"\n"
    bad: list[tuple[dict[str, Any], dict[str, Any], bytes | None]] = [
        ({**RESULT, "cost": "1e999999"}, ASSET, None),
        ({**RESULT, "details": {"frame_rate": "1e999999999"}}, ASSET, None),
        ({**RESULT, "provider": ESCAPE}, ASSET, None),
        (RESULT, {**ASSET, "prompt": ESCAPE}, None),
        (RESULT, {**ASSET, "details": {"width": 1, "height": 0}}, None),
        (RESULT, ASSET, huge),
        (RESULT, ASSET, nan),
        (RESULT, ASSET, twice),
    ]
    with cache:
        for number, (result, asset, raw) in enumerate(bad):
            file = archive(tmp_path / f"{number}.tar", result, asset, raw=raw)
            with pytest.raises(InputError, match="somebody changed it") as told:
                import_library(file, cache=cache, index=index)
            assert ESCAPE not in str(told.value)
            assert index.count() == 0 and cache.get(RESULT["key"]) is None, number
        import_library(archive(tmp_path / "good.tar", RESULT, ASSET), cache=cache, index=index)
        found = index.get_asset("video_1")
        assert found is not None and found.cost_usd == Decimal("0.27")
    engine.dispose()


def test_what_is_shown_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\x1b[2Jb\x9b31mc\u202ed\u2066e\x7ff\rg"
    print_json({"prompt": hostile})
    shown = capsys.readouterr().out
    assert json.loads(shown)["prompt"] == hostile, "it is the same text to a program"
    for text in (shown.replace("\n", ""), one_line(hostile)):
        assert all(c.isprintable() for c in text)
