"""Out into one file and in again; and what happens to files that nobody honest has written."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from film.archive import back_up, export_library, import_library
from film.archive.tar import write_end, write_member
from film.cache import AssetCache
from film.db.migrate import prepare
from film.db.session import make_engine
from film.errors import FilmError, InputError, IntegrityError
from film.metadata import MetadataIndex
from film.metadata.counters import verify_library
from film.models import Asset, AssetType
from film.settings import Settings


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


class Library:
    def __init__(self, gallery: Path) -> None:
        self.settings = Settings(gallery=gallery, database_url=f"sqlite:///{gallery}/film.db")
        gallery.mkdir(parents=True, exist_ok=True)
        self.engine = make_engine(self.settings.database_url)
        prepare(self.engine)
        self.cache = AssetCache(gallery, engine=self.engine)
        self.index = MetadataIndex(engine=self.engine)

    def put(self, name: str, data: bytes | None = None, kind: str = "image") -> Asset:
        stored = self.cache.put(
            key(name),
            kind=kind,
            provider="fal",
            mime="image/png",
            data=data if data is not None else name.encode(),
            cost=Decimal("0.003"),
            details={"width": 1280, "model": "flux"},
        )
        asset = Asset(
            asset_id=f"image_{name}", key=stored.key, asset_type=AssetType.IMAGE, provider="fal", prompt=f"A {name}",
            characters=("Emma",), sha256=stored.sha256, size=stored.size, mime="image/png", cost_usd=stored.cost,
            film_id="attic", details={"width": 1280},
        )  # fmt: skip
        if kind == "image":
            self.index.index_asset(asset)
        return asset

    def export(self, file: Path) -> None:
        export_library(file, cache=self.cache, engine=self.engine, index=self.index)

    def take(self, file: Path) -> tuple[int, int, int, int]:
        report = import_library(file, cache=self.cache, index=self.index)
        return report.results, report.known_results, report.assets, report.known_assets


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Callable[[str], Library]]:
    opened: list[Library] = []

    def open_one(name: str) -> Library:
        opened.append(Library(tmp_path / name))
        return opened[-1]

    yield open_one
    for library in opened:
        library.cache.close()
        library.engine.dispose()


def test_what_goes_out_comes_in_whole_under_the_same_names(room: Callable[[str], Library], tmp_path: Path) -> None:
    mine, file = room("mine"), tmp_path / "library.tar"
    for name in ("lamp", "harbour", "attic"):
        mine.put(name)
    mine.put("the lamp again", b"lamp")  # another key, the same bytes
    mine.put("piece", kind="segment")
    mine.export(file)
    with tarfile.open(file) as archive:  # any tar program reads it
        assert archive.getnames()[:3] == ["library.json", "results.jsonl", "assets.jsonl"]
        assert len(archive.getnames()) == 6
    theirs = room("theirs")
    assert theirs.take(file) == (4, 0, 4, 0)
    for name, data in (("lamp", b"lamp"), ("the lamp again", b"lamp"), ("attic", b"attic")):
        found = theirs.cache.get(key(name))
        assert found is not None
        assert (found.path.read_bytes(), found.cost, found.details["model"]) == (data, Decimal("0.003"), "flux")
        assert theirs.index.get_asset(f"image_{name}") == mine.index.get_asset(f"image_{name}")
    assert theirs.cache.get(key("piece")) is None
    assert [a.asset_id for a in theirs.index.find_assets(characters="emma", text="harbour")] == ["image_harbour"]
    assert theirs.cache.verify().is_good
    assert verify_library(theirs.engine) == []
    assert theirs.take(file) == (0, 4, 0, 4)


def test_what_is_there_stays_and_the_rest_is_added(room: Callable[[str], Library], tmp_path: Path) -> None:
    mine, theirs, file = room("mine"), room("theirs"), tmp_path / "library.tar"
    mine.put("lamp", b"my lamp")
    mine.put("attic")
    theirs.put("lamp", b"their lamp")
    theirs.index.count_reuse(["image_lamp"])
    mine.export(file)
    assert theirs.take(file) == (1, 1, 1, 1)
    found = theirs.cache.get(key("lamp"))
    assert found is not None
    assert found.path.read_bytes() == b"their lamp"
    lamp = theirs.index.get_asset("image_lamp")
    assert lamp is not None
    assert (lamp.reuse_count, lamp.sha256) == (1, found.sha256)


def test_damage_is_not_exported_and_no_file_is_left(room: Callable[[str], Library], tmp_path: Path) -> None:
    mine, file = room("mine"), tmp_path / "library.tar"
    asset = mine.put("lamp")
    place = Path(mine.cache._results.blobs.location(asset.sha256))
    place.chmod(0o600)
    place.write_bytes(b"pmal")
    mine.cache._results.blobs.forget_checks()
    with pytest.raises(FilmError, match="corrupt"):
        mine.export(file)
    assert list(tmp_path.glob("library.tar*")) == []
    file.write_text("mine")
    with pytest.raises(InputError, match="there already"):
        mine.export(file)


# -- archives that nobody honest has written


@pytest.fixture
def honest(room: Callable[[str], Library], tmp_path: Path) -> list[tuple[str, bytes]]:
    mine = room("mine")
    for name in ("lamp", "harbour"):
        mine.put(name)
    mine.export(tmp_path / "honest.tar")
    with tarfile.open(tmp_path / "honest.tar") as archive:
        return [(m.name, archive.extractfile(m).read()) for m in archive]  # type: ignore[union-attr]


def written(members: list[tuple[str, bytes]], file: Path) -> Path:
    with file.open("wb") as archive:
        for name, data in members:
            write_member(archive, name, io.BytesIO(data), len(data))
        write_end(archive)
    return file


def changed(line: bytes, **fields: object) -> bytes:
    return json.dumps(json.loads(line) | fields).encode()


Members = list[tuple[str, bytes]]
TRICKS: dict[str, Callable[[Members], Members]] = {
    "a name that climbs": lambda m: [*m[:3], ("../../evil", b"x"), *m[3:]],
    "an absolute name": lambda m: [*m[:3], ("/tmp/evil", b"x")],
    "a blob that nobody lists": lambda m: [*m, ("blobs/" + "0" * 64, b"x")],
    "a blob's name that climbs": lambda m: [*m[:3], ("blobs/../../evil", b"x")],
    "a blob twice": lambda m: [*m, m[-1]],
    "a blob missing": lambda m: m[:-1],
    "a blob of another length": lambda m: [*m[:-1], (m[-1][0], m[-1][1] + b"x")],
    "no head": lambda m: m[1:],
    "a head of another kind": lambda m: [("library.json", b'{"format": "x"}'), *m[1:]],
    "larger than it says": lambda m: [("library.json", changed(m[0][1], size=1)), *m[1:]],
    "fewer blobs than it says": lambda m: [("library.json", changed(m[0][1], blobs=9)), *m[1:]],
    "more than it promises": lambda m: [m[0], (m[1][0], m[1][1] + m[1][1].splitlines(True)[0]), *m[2:]],
    "a key that is none": lambda m: [m[0], (m[1][0], changed(m[1][1].splitlines()[0], key="../x") + b"\n"), *m[2:]],
    "nested without end": lambda m: [m[0], (m[1][0], b"[" * 100_000 + b"\n"), *m[2:]],
    "a line without end": lambda m: [m[0], (m[1][0], b"[" * 3_000_000), *m[2:]],
    "a negative price": lambda m: [m[0], (m[1][0], changed(m[1][1].splitlines()[0], cost="-1") + b"\n"), *m[2:]],
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_is_refused_and_writes_nothing_outside(
    trick: str, honest: Members, room: Callable[[str], Library], tmp_path: Path
) -> None:
    theirs = room("theirs")
    before = {p for p in tmp_path.rglob("*") if not p.is_relative_to(tmp_path / "theirs")}
    file = written(TRICKS[trick](honest), tmp_path / "trick.tar")
    with pytest.raises(InputError):
        theirs.take(file)
    assert {p for p in tmp_path.rglob("*") if not p.is_relative_to(tmp_path / "theirs")} == before | {file}
    assert theirs.cache.verify().is_good
    assert theirs.index.find_assets() == []
    assert not list((tmp_path / "theirs" / "tmp").glob("*"))


def test_bytes_that_are_not_their_name_are_refused(
    honest: Members, room: Callable[[str], Library], tmp_path: Path
) -> None:
    name, data = honest[-1]
    theirs = room("theirs")
    with pytest.raises(IntegrityError, match="not what its name says"):
        theirs.take(written([*honest[:-1], (name, data[::-1])], tmp_path / "trick.tar"))
    assert len(theirs.cache.peek_many([key("lamp"), key("harbour")])) == 1
    assert theirs.cache.verify().is_good


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.XHDTYPE])
def test_only_regular_files_are_read(
    kind: bytes, honest: Members, room: Callable[[str], Library], tmp_path: Path
) -> None:
    file = tmp_path / "trick.tar"
    with tarfile.open(file, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in honest[:3]:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        entry = tarfile.TarInfo(honest[3][0])
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(InputError, match="link"):
        room("theirs").take(file)


@pytest.mark.parametrize("keep", [0, 100, 512, 700, 2_000, -1_024, -600])
def test_an_archive_that_is_cut_short_says_so(
    keep: int, honest: Members, room: Callable[[str], Library], tmp_path: Path
) -> None:
    file = written(honest, tmp_path / "cut.tar")
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(InputError):
        room("theirs").take(file)


# -- backup


def test_a_backup_is_a_working_gallery_and_the_next_copies_only_what_is_new(
    room: Callable[[str], Library], tmp_path: Path
) -> None:
    mine = room("mine")
    mine.put("lamp")
    (mine.settings.gallery / "films").mkdir()
    (mine.settings.gallery / "films" / "attic.mp4").write_bytes(b"a film")
    folder = tmp_path / "disk" / "copy"
    first = back_up(folder, settings=mine.settings, cache=mine.cache, engine=mine.engine)
    assert (first.blobs, first.copied, first.lost) == (1, 1, ())
    mine.put("harbour")
    second = back_up(folder, settings=mine.settings, cache=mine.cache, engine=mine.engine)
    assert (second.blobs, second.copied) == (2, 1)
    copy = Library(folder)
    with copy.cache:
        assert copy.cache.verify().is_good
        assert set(copy.cache.use_many([key("lamp"), key("harbour")])) == {key("lamp"), key("harbour")}
        assert copy.cache.get_cache_stats()["total_assets"] == 2
        assert [a.asset_id for a in copy.index.find_assets(text="harbour")] == ["image_harbour"]
        copy.put("new")
    copy.engine.dispose()
    assert (folder / "films" / "attic.mp4").read_bytes() == b"a film"


def test_a_backup_while_others_write_is_of_one_moment(room: Callable[[str], Library], tmp_path: Path) -> None:
    import threading

    mine, stop = room("mine"), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            mine.put(f"picture {number}")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(3):
            folder = tmp_path / f"copy {turn}"
            report = back_up(folder, settings=mine.settings, cache=mine.cache, engine=mine.engine)
            assert report.lost == ()
            copy = Library(folder)
            assert copy.cache.verify().is_good
            assert verify_library(copy.engine) == []
            copy.engine.dispose()
    finally:
        stop.set()
        writer.join()


def test_a_backup_says_what_the_gallery_has_lost_and_where_it_cannot_go(
    room: Callable[[str], Library], tmp_path: Path
) -> None:
    mine = room("mine")
    asset = mine.put("lamp")
    Path(mine.cache._results.blobs.location(asset.sha256)).unlink()
    report = back_up(tmp_path / "copy", settings=mine.settings, cache=mine.cache, engine=mine.engine)
    assert report.lost == (asset.sha256,)
    for folder in (mine.settings.gallery, mine.settings.gallery / "copy", mine.settings.gallery.parent):
        with pytest.raises(InputError, match="in the gallery"):
            back_up(folder, settings=mine.settings, cache=mine.cache, engine=mine.engine)
    engine = create_engine(f"sqlite:///{tmp_path / 'copy' / 'film.db'}")
    assert inspect(engine).has_table("ledger_entries")
    engine.dispose()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of this kind")
def test_an_archive_is_its_makers_alone(room: Callable[[str], Library], tmp_path: Path) -> None:
    """Prompts and prices are in it, whatever the umask lets others read."""
    mine, file = room("mine"), tmp_path / "library.tar"
    mine.put("lamp", b"my lamp")
    before = os.umask(0)
    try:
        mine.export(file)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
