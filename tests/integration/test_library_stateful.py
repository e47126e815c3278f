"""What people do to a library, in any order: nothing whole that was paid for is deleted or forgotten.

Results are bought and used; days go by and garbage is collected; the disk is unplugged, its mount point is empty, the
shell names another database, an older or an empty one; the bucket is emptied; files rot and are put right; the library
is repaired, pushed, backed up, restored, attached and rebuilt. After each step:

    kept          every paid file of which there was a whole copy before still has one
    remembered    every result that the database knew before it knows still
    refused       a command that refuses leaves both sides as they were

In the end the right disk is plugged in, and the rows are made anew if need be: each result that was ever paid for is
then there, byte by byte, or on record as put aside.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from film.app.rebuilding import take_in
from film.archive import back_up
from film.archive.restore import refuse_second, restore
from film.cache.bucket import Bucket
from film.db.migrate import prepare
from film.db.session import close_engines, make_engine
from film.errors import FilmError
from film.models import Asset, AssetType
from film.planning.results import asset_id
from film.planning.services import Services, open_services
from film.settings import Settings
from histories import run_histories

NUMBERS = st.integers(0, 7)
PRICE = Decimal("0.35")
seen: Counter[str] = Counter()
refusals: Counter[str] = Counter()


def key(number: int) -> str:
    return hashlib.sha256(f"clip {number}".encode()).hexdigest()


def data(number: int) -> bytes:
    return f"the bytes of clip {number}".encode()


def sha(number: int) -> str:
    return hashlib.sha256(data(number)).hexdigest()


class Library(RuleBasedStateMachine):
    shared = False
    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="film-library-"))
        self.database = self.folder / "film.db"
        self.named = self.database
        """The database that the shell names."""
        shutil.copyfile(self.template, self.database)
        self.bucket = self.folder / "bucket" if self.shared else None
        self.machines = ["one", "two"] if self.shared else ["one"]
        self.unplugged: dict[str, str] = {}
        """Machine → what its mount point is now: absent | empty."""
        self.paid: set[int] = set()
        self.older: Path | None = None
        self.moment = 0
        self.said = ""
        self.buy("one", 0)
        self.buy(self.machines[-1], 1)
        self._make_a_strangers_database()

    # -- what commands do

    @rule(machine=st.sampled_from(["one", "two"]), number=NUMBERS)
    def buy(self, machine: str, number: int) -> None:
        if machine not in self.machines or len(self.paid) == 8:
            return
        if machine in self.unplugged and not self._rows("blobs"):
            return  # neither side knows of the other: another library begins here, as it may
        if number in self.paid:
            number = min(set(range(8)) - self.paid)

        def put(services: Services) -> None:
            stored = services.cache.put(
                key(number), kind="video", provider="fal", mime="video/mp4", data=data(number), cost=PRICE
            )
            services.index.index_asset(
                Asset(
                    asset_id=asset_id(AssetType.VIDEO, key(number)), key=key(number), asset_type=AssetType.VIDEO,
                    provider="fal", sha256=stored.sha256,
                )
            )  # fmt: skip

        if self._run("buy", machine, put):
            self.paid.add(number)

    @rule(machine=st.sampled_from(["one", "two"]), number=NUMBERS)
    def use(self, machine: str, number: int) -> None:
        number = sorted(self.paid)[number % len(self.paid)]

        def use(services: Services) -> None:
            found = services.cache.use_many([key(number)]).get(key(number))
            if found is None:
                if self._is_whole_for(machine, number):
                    assert key(number) not in self._rows("actions"), f"clip {number} is here and would be bought again"
                return
            assert found.path.read_bytes() == data(number)
            seen["used"] += 1

        self._run("use", machine, use)

    @rule(machine=st.sampled_from(["one", "two"]), cap=st.sampled_from([None, 0]))
    def collect(self, machine: str, cap: int | None) -> None:
        self._run("gc", machine, lambda services: services.cache.collect(size_cap=cap))

    @rule(machine=st.sampled_from(["one", "two"]))
    def collect_a_month_later_and_the_next_day(self, machine: str) -> None:
        self.days_go_by(40)
        self.collect(machine, 0)
        self.days_go_by(2)
        self.collect(machine, 0)

    @rule(machine=st.sampled_from(["one", "two"]))
    def free_the_disk(self, machine: str) -> None:
        if self.shared:
            self._run("gc --local", machine, lambda services: services.cache.drop_copies())

    @rule(machine=st.sampled_from(["one", "two"]))
    def repair(self, machine: str) -> None:
        def mend(services: Services) -> None:
            take_in(services)
            services.cache.repair()

        self._run("fsck --repair", machine, mend)

    @rule(machine=st.sampled_from(["one", "two"]), finish=st.booleans())
    def push(self, machine: str, finish: bool) -> None:
        if self.shared:
            self._run("push", machine, lambda services: services.cache.push(finish=finish))

    @rule(machine=st.sampled_from(["one", "two"]))
    def back_up(self, machine: str) -> None:
        def copy(services: Services) -> None:
            back_up(self.folder / "backup", settings=services.settings, cache=services.cache, engine=services.engine)

        self._run("backup", machine, copy)

    @rule(machine=st.sampled_from(["one", "two"]))
    def restore(self, machine: str) -> None:
        if not (self.folder / "backup").exists() or machine not in self.machines:
            return
        bucket = Bucket(self.bucket.as_uri()) if self.bucket else None
        settings = self._settings(machine)
        self._run("restore", machine, lambda _: restore(self.folder / "backup", settings=settings, bucket=bucket), None)

    @rule(machine=st.sampled_from(["one", "two"]))
    def rebuild(self, machine: str) -> None:
        def anew(services: Services) -> None:
            services.cache.take_over()
            take_in(services)
            services.cache.repair()

        if machine in self.machines and self._run("fsck --rebuild", machine, anew, "rebuild"):
            self.database = self.named

    @rule()
    def attach_where_the_files_are_gone_and_plug_in_again(self) -> None:
        """What was put aside counts again, once its disk is back and somebody says so."""
        if self.shared or self.named != self.database or self.unplugged or not self._rows("blobs"):
            return
        if not self._run("fsck --repair", "one", lambda services: services.cache.repair()):
            return
        if not self._rows("blobs") - self._rows("lost_blobs"):
            return  # no file is expected where there is none
        self.unplug("one", "empty")
        assert not self._run("use", "one", lambda services: services.cache.repair())
        if not self._run("attach", "one", lambda services: services.cache.identity.attach(), "whatever"):
            return
        self.plug_in("one")
        assert self._run("attach", "one", lambda services: services.cache.identity.attach(), "whatever")
        assert self._run("fsck --repair", "one", lambda services: services.cache.repair())

    # -- what befalls it

    @rule(machine=st.sampled_from(["one", "two"]), left=st.sampled_from(["absent", "empty"]))
    def unplug(self, machine: str, left: str) -> None:
        place = self.folder / machine
        if machine in self.machines and machine not in self.unplugged and place.exists():
            place.rename(self.folder / f"{machine} unplugged")
            self.unplugged[machine] = left
            if left == "empty":
                place.mkdir()
            seen["unplugged"] += 1

    @rule(machine=st.sampled_from(["one", "two"]))
    def plug_in(self, machine: str) -> None:
        if machine in self.unplugged:
            place = self.folder / machine
            if place.exists():
                self.moment += 1
                place.rename(self.folder / f"{machine} was mounted over {self.moment}")
            (self.folder / f"{machine} unplugged").rename(place)
            del self.unplugged[machine]

    @rule(which=st.sampled_from(["empty", "older", "strange", "none"]), machine=st.sampled_from(["one", "two"]))
    def in_the_wrong_shell(self, which: str, machine: str) -> None:
        """Every command of that shell, one after the other; then the right one again."""
        self.name_a_database(which)
        for command in (self.collect_a_month_later_and_the_next_day, self.repair, self.back_up, self.free_the_disk):
            command(machine)
        self.push(machine, True)
        self.name_a_database("film")

    @rule(which=st.sampled_from(["film", "film", "film", "empty", "older", "strange", "none"]))
    def name_a_database(self, which: str) -> None:
        """Another shell, another variable."""
        place = self.folder / f"{which}.db"
        if which == "film":
            self.named = self.database
        elif which == "none" or place.exists():
            self.named = place
            seen["other databases"] += 1

    @rule()
    def copy_the_database(self) -> None:
        if self.database.exists():
            self.older = self.folder / "older.db"
            shutil.copyfile(self.database, self.older)

    @rule(way=st.sampled_from(["older", "empty"]))
    def lose_the_database(self, way: str) -> None:
        """Its place is taken by an older copy, or by nothing at all."""
        if not self.database.exists() or (way == "older" and self.older is None):
            return
        self.moment += 1
        lost = self.folder / f"lost {self.moment}"
        self.database.rename(lost)
        self.database = self.named = self.folder / "film.db"
        if way == "older":
            assert self.older is not None
            shutil.copyfile(self.older, self.database)
        else:
            self.database.unlink(missing_ok=True)
        seen["databases lost"] += 1

    @rule(days=st.sampled_from([2, 40]))
    def days_go_by(self, days: int) -> None:
        if not self.named.exists():
            return
        ago = timedelta(days=days)
        with closing(sqlite3.connect(self.named)) as db, db:
            for table, names in (
                ("actions", ("created_at", "last_used_at")),
                ("blobs", ("created_at", "quarantined_at")),
                ("strays", ("seen_at", "marked_at")),
            ):
                for name in names:
                    for row, text in db.execute(f"SELECT rowid, {name} FROM {table} WHERE {name} IS NOT NULL"):
                        earlier = (datetime.fromisoformat(text) - ago).strftime("%Y-%m-%d %H:%M:%S.%f")
                        db.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (earlier, row))

    @rule(
        machine=st.sampled_from(["one", "two"]), number=NUMBERS, how=st.sampled_from(["rots", "goes", "is put right"])
    )
    def a_file(self, machine: str, number: int, how: str) -> None:
        if machine not in self.machines:
            machine = "one"
        number = sorted(self.paid)[number % len(self.paid)]
        place = self._place(self.folder / machine, number)
        if not place.parent.is_dir():
            return
        if how == "goes":
            place.unlink(missing_ok=True)
        elif place.exists() or how == "is put right":
            place.unlink(missing_ok=True)
            place.write_bytes(data(number) if how == "is put right" else b"rot" + data(number)[3:])
        seen["files befallen"] += 1

    @rule()
    def empty_the_bucket(self) -> None:
        if self.bucket and self.bucket.exists() and len(self._whole([self.folder / m for m in self.machines])) > 1:
            shutil.rmtree(self.bucket)
            self.bucket.mkdir()
            seen["buckets emptied"] += 1

    # -- in the end

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        try:
            self._is_there_or_named()
        finally:
            close_engines()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _is_there_or_named(self) -> None:
        for machine in list(self.unplugged):
            self.plug_in(machine)
        self.named = self.database
        for machine in self.machines:
            self.push(machine, False)
        self.push(self.machines[0], True)
        if self.bucket and "belongs to another library" in self.said:  # it was emptied, and a stranger began there
            self.bucket = self.folder / "another bucket"
            self.bucket.mkdir()
            for machine in self.machines:
                self._run("attach", machine, lambda services: services.cache.identity.attach(), "whatever")
                self.push(machine, True)
        if not self._run("use", "one", lambda services: services.cache.repair()):
            if "film library attach" in self.said:  # a backup was restored in its place while its disk was away
                self._run("attach", "one", lambda services: services.cache.identity.attach(), "whatever")
            self.rebuild("one")
        for machine in self.machines:
            self.repair(machine)
        self.push(self.machines[0], True)
        self.repair("one")

        def look(services: Services) -> None:
            found = services.cache.use_many(map(key, self.paid))
            on_record = services.cache.on_record(map(key, self.paid))
            for number in self.paid:
                if self._is_whole_for("one", number):
                    assert key(number) in found, f"clip {number} is whole, and forgotten"
                    assert found[key(number)].path.read_bytes() == data(number)
                    seen["there in the end"] += 1
                elif key(number) in on_record:
                    assert on_record[key(number)].cost == PRICE
                    seen["named in the end"] += 1
                else:  # only where a database was lost, and the one file with it
                    assert seen["databases lost"], f"clip {number} is forgotten"
                    seen["gone by two faults at once"] += 1

        assert self._run("look", "one", look), self.said

    # -- inside

    def _run(self, name: str, machine: str, work: Callable[[Services], Any], opened: str | None = "as always") -> bool:
        """Do as a command does: open the house, work, close it; False where it refuses."""
        if machine not in self.machines:
            return False
        gallery = self.folder / machine
        whole, rows, before = self._whole(self._places()), self._rows("blobs"), self._everything()
        try:
            with self._opened(machine, opened) as services:
                work(services)
        except FilmError as error:
            assert error.hint, str(error)
            refusals[name] += 1
            self.said = f"{error}: {error.hint}"
            after = self._everything()
            assert after == before, f"{name} refused ({error}), and changed {_difference(before, after)} of {gallery}"
            return False
        finally:
            close_engines()
        seen["commands"] += 1
        lost = whole - self._whole(self._places())
        seen["whole files deleted"] += len(lost)
        assert not lost, f"{name} deleted the last whole copies of {lost}"
        forgotten = {sha256 for sha256 in rows - self._rows("blobs") if sha256 in map(sha, self.paid)}
        seen["rows forgotten"] += len(forgotten)
        assert not forgotten, f"{name} forgot {forgotten}"
        return True

    @contextmanager
    def _opened(self, machine: str, how: str | None) -> Iterator[Any]:
        settings = self._settings(machine)
        if how is None:
            yield None
            return
        if how == "rebuild":
            refuse_second(settings.gallery, settings.database_url)
        services = open_services(settings, whatever=how != "as always")
        try:
            yield services
        finally:
            services.cache.close()

    def _settings(self, machine: str) -> Settings:
        return Settings(
            gallery=self.folder / machine,
            database_url=f"sqlite:///{self.named}",
            store_url=self.bucket.as_uri() if self.bucket else "",
        )

    def _places(self) -> list[Path]:
        return [folder for folder in self.folder.iterdir() if folder.is_dir()]

    def _place(self, folder: Path, number: int) -> Path:
        name = sha(number)
        return folder / "blobs" / "sha256" / name[:2] / name[2:4] / name

    def _whole(self, folders: list[Path]) -> set[str]:
        """Paid files of which there is a whole copy, wherever it lies."""
        wanted = {sha(number): data(number) for number in self.paid}
        return {
            name
            for folder in folders
            for file in folder.rglob("*")
            if (name := file.name.partition("-")[0]) in wanted and file.is_file() and file.read_bytes() == wanted[name]
        }

    def _is_whole_for(self, machine: str, number: int) -> bool:
        places = [self.folder / machine / "blobs", *([self.bucket / "sha256"] if self.bucket else [])]
        return sha(number) in self._whole([place for place in places if place.exists()])

    def _rows(self, table: str) -> set[str]:
        if not self.named.exists():
            return set()
        column = "key" if table == "actions" else "sha256"
        with closing(sqlite3.connect(self.named)) as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                return set()
            return {row[0] for row in db.execute(f"SELECT {column} FROM {table}")}

    def _everything(self) -> dict[str, Any]:
        """Both sides: each file that is no work in progress, and the rows that say what there is."""
        found: dict[str, Any] = {}
        for folder in self._places():
            for file in folder.rglob("*"):
                inner = file.relative_to(folder).parts
                if file.is_file() and not {"locks", "tmp", "cost_tracking"} & set(inner):
                    found[str(file.relative_to(self.folder))] = file.read_bytes()
        if not self.named.exists():
            return found
        with closing(sqlite3.connect(self.named)) as db:
            for table, columns in (
                ("library", "*"), ("blobs", "*"), ("actions", "key, state, blob_sha256"),
                ("assets", "asset_id, sha256"),
                ("lost_blobs", "*"), ("strays", "*"),
            ):  # fmt: skip
                if db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                    rows = db.execute(f"SELECT {columns} FROM {table}").fetchall()
                    if rows:
                        found[f"rows of {table}"] = sorted(map(str, rows))
        return found

    def _make_a_strangers_database(self) -> None:
        for name in ("strange", "empty"):
            shutil.copyfile(self.template, self.folder / f"{name}.db")
        strangers = Settings(
            gallery=self.folder / "a strangers", database_url=f"sqlite:///{self.folder / 'strange.db'}"
        )
        services = open_services(strangers)
        services.cache.put(key(99), kind="video", provider="fal", mime="video/mp4", data=data(99), cost=PRICE)
        services.cache.close()
        close_engines()


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _run(tell: Callable[[str], None], template: Path, name: str, histories: int, steps: int, **fields: Any) -> None:
    seen.clear()
    refusals.clear()
    run_histories(Library, name, histories, steps, template=template, **fields)
    assert seen["there in the end"] > 0
    assert sum(refusals.values()) > 0
    tell(
        f"library, {name}: {histories} histories, {seen['commands']} commands done and {sum(refusals.values())} "
        f"refused, {seen['unplugged']} disks unplugged, {seen['databases lost']} databases lost, "
        f"{seen['other databases']} others named, {seen['buckets emptied']} buckets emptied, {seen['files befallen']} "
        f"files gone, rotten or put right; in the end {seen['there in the end']} there, {seen['named in the end']} "
        f"named, {seen['gone by two faults at once']} gone with both database and file: "
        f"whole files deleted {seen['whole files deleted']}, rows forgotten {seen['rows forgotten']}"
    )


@pytest.fixture
def template(tmp_path: Path) -> Path:
    engine = make_engine(f"sqlite:///{tmp_path / 'template.db'}")
    prepare(engine)
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "template.db")) as db:
        db.execute("PRAGMA journal_mode=DELETE")
    return tmp_path / "template.db"


def test_a_gallery(tell: Callable[[str], None], template: Path) -> None:
    _run(tell, template, "gallery alone", 12, 20)


def test_two_machines_and_a_bucket(tell: Callable[[str], None], template: Path) -> None:
    _run(tell, template, "two machines", 8, 20, shared=True)


@pytest.mark.long
@pytest.mark.parametrize("shared", [False, True], ids=["gallery alone", "two machines"])
def test_many_histories(tell: Callable[[str], None], template: Path, shared: bool) -> None:
    _run(tell, template, "two machines" if shared else "gallery alone", 250, 30, shared=shared)
