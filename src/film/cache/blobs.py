"""The store's files: bytes named by their SHA-256, written so that a name never stands for anything but its bytes.

    tmp/<process>-<random><suffix> ──fsync, hash, chmod 0444──► blobs/sha256/ab/cd/<hex> ──fsync the folder──► (row)

A reader therefore finds a blob whole or not at all, whatever instant the power fails at. Disks also rot, and people
edit files: the first use in a process reads a blob through and compares. Links are never followed, in no place below
the gallery: a gallery that came from a stranger cannot make the program read or write elsewhere.

No database here; what a blob is for stands in ``actions``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from io import BufferedReader
from pathlib import Path

from film.cache.disk import NO_LINKS, entries, remove, side_by_side, sync_folder
from film.errors import IntegrityError, StoreError, disk_error
from film.files.bounds import NO_WAITING
from film.files.own_files import own_folder

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"[A-Za-z0-9._-]{0,40}")
_TO_SYNC = os.O_RDWR if os.name == "nt" else os.O_RDONLY
"""POSIX syncs a file through any handle, Windows through a writing one."""


class Condition(Enum):
    GOOD = "good"
    MISSING = "missing"
    CUT_SHORT = "of another length"
    CORRUPT = "corrupt"
    LINK = "a link"
    UNREADABLE = "not readable"
    UNCERTAIN = "read differently each time"
    ELSEWHERE = "not in the shared store yet"
    UNSHARED = "not in the shared store"

    @property
    def is_unavailable(self) -> bool:
        """The file may well be whole; it cannot be got at. Nothing is made again for that, and nothing forgotten."""
        return self in (Condition.LINK, Condition.UNREADABLE, Condition.UNCERTAIN, Condition.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished temporary file: its bytes are on the disk and known by their hash.

    ``original`` is the file of another disk that it was copied from; it goes away once the copy is in its place.
    """

    temporary: Path
    sha256: str
    size: int
    original: Path | None = None


Stamp = tuple[int, int, int]


class BlobStore:
    """Blobs of one gallery. ``owner`` names this process; temporary files carry it."""

    def __init__(self, gallery: Path, owner: Callable[[], str]) -> None:
        self.gallery = gallery
        self.temporaries = gallery / "tmp"
        self.condemned = gallery / "quarantine"
        self._blobs = str(gallery / "blobs" / "sha256")
        self._owner = owner
        self._real_folders: set[str] = set()
        self._verified: dict[str, Stamp] = {}
        self.unlisted: dict[str, str] = {}
        """Folders that the last listing could not read, and why. What lies in them is neither missing nor a stray."""

    # -- places

    def location(self, sha256: str) -> str:
        """Where a blob lies, or would lie."""
        if len(sha256) != 64 or not _SHA256.fullmatch(sha256):
            raise IntegrityError(f"{sha256[:80]!r} is no SHA-256", hint="check the gallery with: film fsck")
        return f"{self._blobs}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def temporary(self, suffix: str = "") -> Path:
        """A new name in the store's filesystem; the file is the caller's to write, and to remove if it is not put."""
        if not _SUFFIX.fullmatch(suffix):
            raise StoreError(f"{suffix!r} is no file name suffix", hint="use one like .png")
        self._make_folders(str(self.temporaries))
        return self.temporaries / f"{self._owner()}-{uuid.uuid4().hex}{suffix}"

    def room(self) -> int:
        """Bytes that the store's disk has left for us."""
        try:
            self._make_folders(str(self.temporaries))
            return shutil.disk_usage(self.temporaries).free
        except OSError as error:
            raise disk_error(error) from error

    def exists(self) -> bool:
        """False when the gallery's files are not there as a whole: a drive that is not plugged in."""
        return Path(self._blobs).is_dir()

    # -- writing

    def write(self, data: bytes) -> Sealed:
        temporary = self.temporary()
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise disk_error(error) from error
        return Sealed(temporary, hashlib.sha256(data).hexdigest(), len(data))

    def seal(self, file: Path) -> Sealed:
        """Read a finished file through, wherever it lies. It stays there until it is placed."""
        try:
            handle = os.open(file, _TO_SYNC | NO_LINKS)
            with os.fdopen(handle, "rb") as opened:
                found = os.fstat(handle)
                if not stat.S_ISREG(found.st_mode):
                    raise StoreError(f"{file} is no regular file", hint="put a regular file into the store")
                os.fsync(handle)
                sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            self._make_folders(str(self.temporaries))
            if found.st_dev != self.temporaries.stat().st_dev:
                return self._copied_in(file, sha256, found.st_size)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise StoreError(f"{file} is a link", hint="put the file itself into the store") from error
            raise disk_error(error) from error
        return Sealed(file, sha256, found.st_size)

    def place(self, sealed: Sealed) -> None:
        """Give a sealed file its name. Equal bytes that lie there already are replaced, which heals rotten ones."""
        target = self.location(sealed.sha256)
        try:
            self._make_folders(str(Path(target).parent))
            sealed.temporary.chmod(0o444)
            try:
                sealed.temporary.replace(target)
            except PermissionError:
                if self.check_here(sealed.sha256, sealed.size) is not Condition.GOOD:
                    raise
                remove(sealed.temporary)  # Windows keeps a name that is open elsewhere
            sync_folder(Path(target).parent)
            self._verified[sealed.sha256] = _stamp(os.lstat(target))
            if sealed.original:
                sealed.original.unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error) from error

    # -- reading

    def present(self, sha256: str, size: int) -> Condition:
        """What a look tells of a blob, wherever it lies, without reading it."""
        return self.look_here(sha256, size)

    def check(self, sha256: str, size: int) -> Condition:
        """The same with every byte read, once in this process for as long as the file is not touched."""
        return self.check_here(sha256, size)

    def look_here(self, sha256: str, size: int) -> Condition:
        """What a look at the folder tells."""
        name = self.location(sha256)
        try:
            found = os.lstat(name)
            if not stat.S_ISREG(found.st_mode) or not self._is_real_below(name):
                return Condition.LINK
        except (FileNotFoundError, NotADirectoryError):
            return self._missing_at(name)
        except OSError:
            return Condition.UNREADABLE
        return Condition.GOOD if found.st_size == size else Condition.CUT_SHORT

    def check_here(self, sha256: str, size: int) -> Condition:
        """What reading the file tells."""
        condition = self.look_here(sha256, size)
        if condition is not Condition.GOOD:
            return condition
        try:
            found, stamp = self._read(sha256)
            if found is None:
                return Condition.GOOD
            if found != sha256:
                again, stamp = self._read(sha256, anew=True)
                if again == found:
                    return Condition.CORRUPT
                if again != sha256:
                    return Condition.UNCERTAIN
        except FileNotFoundError:
            return Condition.MISSING
        except OSError:
            return Condition.UNREADABLE  # no right to it, or a sector that fails: another day, another disk, it is read
        self._verified[sha256] = stamp
        return Condition.GOOD

    def _read(self, sha256: str, *, anew: bool = False) -> tuple[str | None, Stamp]:
        """The hash of a file; None where this process has read it as it stands. ``anew``: from the disk itself."""
        with self.open(sha256) as file:
            stamp = _stamp(os.fstat(file.fileno()))
            if self._verified.get(sha256) == stamp:
                return None, stamp
            if anew and hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return hashlib.file_digest(file, "sha256").hexdigest(), stamp

    def at_hand(self, sha256: str, size: int) -> Condition:
        """What a look tells of a blob whose file is about to be used: it is brought here if it lies elsewhere."""
        return self.present(sha256, size)

    def expect(self, wanted: Iterable[tuple[str, int]], *, here: bool = False) -> None:
        """Be told of all the blobs that are asked for next, by hash and length; ``here``: their files, too."""

    def audit(self, sha256: str, size: int, *, read: bool) -> Condition:
        """What a blob is like wherever it lies; nothing is brought here, put aside or healed for it."""
        return self.check(sha256, size) if read else self.present(sha256, size)

    def share(self, sha256: str, size: int) -> bool:
        """Give others a blob that lies only here; False where there is nobody to give it to, or they have it."""
        return False

    def open(self, sha256: str) -> BufferedReader:
        return os.fdopen(os.open(self.location(sha256), os.O_RDONLY | NO_LINKS | NO_WAITING), "rb")

    def forget_checks(self) -> None:
        """Read everything anew from here on."""
        self._verified.clear()

    def changed_since(self, sha256: str, moment: float) -> bool:
        """Whether a file here was written, or moved or made writable, after a moment."""
        try:
            found = os.lstat(self.location(sha256))
        except OSError:
            return True
        return max(found.st_mtime, found.st_ctime) >= moment

    # -- removing

    def condemn(self, sha256: str) -> None:
        """Put bad bytes aside, where people can look at them until they are collected."""
        self._make_folders(str(self.condemned))
        self._verified.pop(sha256, None)
        name = self.location(sha256)
        try:
            if self._is_real_below(name):
                Path(name).replace(self.condemned / f"{sha256}-{int(time.time())}-{uuid.uuid4().hex[:8]}")
        except FileNotFoundError:
            return
        except OSError as error:
            raise disk_error(error) from error

    def remove(self, hashes: Sequence[str]) -> None:
        """Remove blobs from wherever they lie."""
        side_by_side(self.drop, hashes)

    def drop(self, sha256: str) -> None:
        """Remove the file that lies here."""
        self._verified.pop(sha256, None)
        name = self.location(sha256)
        try:
            if self._is_real_below(name):
                remove(Path(name))
        except (FileNotFoundError, NotADirectoryError):
            return  # nor is its folder there
        except OSError as error:
            raise disk_error(error) from error

    def strays(self, known: Set[str]) -> Iterator[tuple[str, int]]:
        """Blobs that are not among the known, with their lengths."""
        for entry in self._entries():
            if entry.name in known:
                continue
            with suppress(FileNotFoundError):  # somebody else has just removed it
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(found.st_mode):
                    yield entry.name, found.st_size

    def heal(self, sha256: str, size: int) -> bool:
        """Bring a whole copy into place from where bad ones were put aside: a reader may have been at fault."""
        for entry in entries(str(self.condemned)):
            if not entry.name.startswith(f"{sha256}-"):
                continue
            try:
                if not entry.is_file(follow_symlinks=False) or entry.stat(follow_symlinks=False).st_size != size:
                    continue
                sealed = self.seal(Path(entry.path))
            except (OSError, StoreError):
                continue
            if sealed.sha256 == sha256:
                self.place(sealed)
                return True
        return False

    def sweep_condemned(self, older_than: float) -> int:
        """Remove what was put aside so many seconds ago, unless it is whole after all: that goes back to its place."""
        removed = 0
        for entry in entries(str(self.condemned)):
            sha256, _, rest = entry.name.partition("-")
            moment, _, _ = rest.partition("-")
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            since = float(moment) if moment.isdecimal() and len(moment) >= 10 else max(found.st_mtime, found.st_ctime)
            if not stat.S_ISREG(found.st_mode) or time.time() - since <= older_than:
                continue
            if _SHA256.fullmatch(sha256) and self.heal(sha256, found.st_size):
                continue
            remove(Path(entry.path))
            removed += 1
        return removed

    def files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Every blob's name and what its folder says of it; the order is the disk's."""
        for entry in self._entries():
            with suppress(FileNotFoundError):
                yield entry.name, entry.stat(follow_symlinks=False)

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        self.unlisted.clear()
        for folder in self._listed(self._blobs):
            for inner in self._listed(folder.path) if folder.is_dir(follow_symlinks=False) else ():
                for entry in self._listed(inner.path) if inner.is_dir(follow_symlinks=False) else ():
                    if _SHA256.fullmatch(entry.name):
                        yield entry

    def _listed(self, folder: str) -> Iterator[os.DirEntry[str]]:
        try:
            yield from entries(folder)
        except OSError as error:
            self.unlisted[folder] = error.strerror or str(error)

    def sweep(self, folder: Path, *, older_than: float, is_dead: Callable[[str], bool]) -> int:
        """Remove left-over files: those of dead processes, and any that nobody touched for so many seconds."""
        removed = 0
        for entry in entries(str(folder)):
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # its writer has just put it into its place
            if stat.S_ISDIR(found.st_mode):
                continue
            age = time.time() - found.st_mtime
            if age > older_than or is_dead(entry.name.partition("-")[0]):
                remove(Path(entry.path))
                removed += 1
        return removed

    # -- folders

    def _is_real_below(self, name: str) -> bool:
        """Whether every folder between the gallery and ``name`` is one, and no link; each is asked once."""
        folder = name.rpartition("/")[0]
        if folder in self._real_folders:
            return True
        place, base = Path(folder), self.gallery
        while place not in (base, place.parent):
            if not stat.S_ISDIR(os.lstat(place).st_mode):
                return False
            place = place.parent
        self._real_folders.add(folder)
        return True

    def _missing_at(self, name: str) -> Condition:
        """A name that is not there: missing, or behind a folder that is a link, or none."""
        place = Path(name).parent
        while place not in (self.gallery, place.parent):
            try:
                if not stat.S_ISDIR(os.lstat(place).st_mode):
                    return Condition.LINK
                return Condition.MISSING
            except FileNotFoundError:
                place = place.parent
            except OSError as error:
                if error.errno != errno.ENOTDIR:
                    return Condition.UNREADABLE
                place = place.parent
        return Condition.MISSING

    def _make_folders(self, folder: str) -> None:
        """Every folder from the gallery down to this one, on the disk before anything is put into it."""
        if folder in self._real_folders and os.path.lexists(folder):
            return
        own_folder(self.gallery)
        below = Path(folder).relative_to(self.gallery).parts
        place = self.gallery
        for part in below:
            outer, place = place, place / part
            try:
                place.mkdir(0o755)
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(place).st_mode):
                    raise StoreError(
                        f"{place} is a link or a file, where the store keeps a folder",
                        hint="remove it: the store never follows links",
                    ) from None
            else:
                sync_folder(outer)
        self._real_folders.add(folder)

    def _copied_in(self, file: Path, sha256: str, size: int) -> Sealed:
        copy = self.temporary(file.suffix if _SUFFIX.fullmatch(file.suffix) else "")
        try:
            shutil.copyfile(file, copy, follow_symlinks=False)
            sealed = self.seal(copy)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
        if (sealed.sha256, sealed.size) != (sha256, size):
            copy.unlink(missing_ok=True)
            raise StoreError(f"{file} changed while it was copied", hint="finish writing the file first")
        return Sealed(copy, sha256, size, original=file)


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_ino, found.st_size, found.st_mtime_ns
