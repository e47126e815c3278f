"""A film in a folder: every file once, whole or not at all, checked after it was written.

FOLDER/FILM-0123456789abcdef/…   the folder's name ends in the film's hash: another cut lies beside it
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

from film.errors import PublishError
from film.files.bounds import open_plain
from film.files.digests import sha256_of_file
from film.files.own_files import check_no_link, no_link
from film.publish.bundle import SUMS, BundleFile, bundle
from film.publish.journal import RENEW_SECONDS, Memo, Publication
from film.publish.package import Package
from film.publish.targets import Opening, Outgoing, Part, Place, Progress, Publisher

_PIECE = 1 << 20


class FolderPublisher(Publisher):
    def __init__(self, opening: Opening) -> None:
        self._root = Path(opening.at).expanduser().absolute()

    def place(self) -> Place:
        return Place(str(self._root), str(self._root))

    def preview(self, package: Package, known: Publication | None) -> Sequence[Outgoing]:
        folder = self._folder(package)
        files = bundle(package, known.marker if known else "")
        lacking = [one for one in files if not _is_there(folder / one.name, one)]
        return [Outgoing(f"write {folder / one.name}", {"bytes": one.size, "sha256": one.sha256}) for one in lacking]

    def send(self, package: Package, memo: Memo, progress: Progress) -> None:
        folder = self._folder(package)
        self._write(package, memo, progress)
        memo.note(said_hash=package.metadata.hash)
        memo.is_out(folder.name, folder.as_uri())

    def revise(self, package: Package, memo: Memo) -> None:
        self._write(package, memo, lambda done, total: None)

    def parts(self, package: Package) -> Sequence[Part]:
        """All files as one: who changes a line of the captions has new checksums, too."""
        digest = hashlib.sha256(str([(f.name, f.sha256) for f in bundle(package, "")]).encode()).hexdigest()
        return [Part("files", digest, lambda memo: self._write(package, memo, lambda done, total: None))]

    def settle(self, package: Package, memo: Memo) -> str:
        files = bundle(package, memo.marker)
        wrong = [one.name for one in files if not _is_there(self._folder(package) / one.name, one)]
        if wrong:
            raise PublishError(f"{wrong[0]} is not what was written", hint="check the disk, and run again")
        return f"{len(files)} files, checked by {SUMS}"

    # -- inside

    def _folder(self, package: Package) -> Path:
        return self._root / f"{package.film.stem}-{package.sha256[:16]}"

    def _write(self, package: Package, memo: Memo, progress: Progress) -> None:
        folder = self._folder(package)
        try:
            check_no_link(self._root)
            self._root.mkdir(parents=True, exist_ok=True)
            no_link(folder)
            for one in bundle(package, memo.marker):
                target = folder / one.name
                if not _is_there(target, one):
                    _write_whole(target, one, package, memo, progress)
        except OSError as error:
            raise PublishError(
                f"{folder} cannot be written: {error.strerror or error}", hint="check the folder and its disk"
            ) from error


def _is_there(target: Path, one: BundleFile) -> bool:
    try:
        return not target.is_symlink() and target.stat().st_size == one.size and sha256_of_file(target) == one.sha256
    except OSError:
        return False


def _write_whole(target: Path, one: BundleFile, package: Package, memo: Memo, progress: Progress) -> None:
    """Go on with what an earlier run left of this very file, or begin; it gets its name once its hash is right."""
    part = target.with_name(f".{one.name}.{one.sha256[:16]}.part")
    if part.is_symlink():
        part.unlink()
    with part.open("ab") as out:
        if one.data is not None:
            out.truncate(0)
            out.write(one.data)
        else:
            with package.opened() as source:
                done = min(out.tell(), one.size)
                out.truncate(done)
                source.seek(done)
                held = time.monotonic()
                while piece := source.read(_PIECE):
                    out.write(piece)
                    done += len(piece)
                    progress(done, one.size)
                    if time.monotonic() - held > RENEW_SECONDS:
                        memo.hold()
                        held = time.monotonic()
        out.flush()
        os.fsync(out.fileno())
    with open_plain(part) as written:
        whole = hashlib.file_digest(written, "sha256").hexdigest() == one.sha256
    if not whole:
        part.unlink()
        raise PublishError(f"{one.name} was not written as it is", hint="run again: it is written anew")
    part.replace(target)
