"""Names of contents: the SHA-256 of bytes, of a file, of a package's code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from film.files.bounds import open_plain


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_digest(home: Path, folders: Iterable[str] = (".",)) -> str:
    """12 hex digits that stand for the modules in these folders of a package; ``home`` is the package's own folder.

    Line ends do not count: tools change them.
    """
    digest = hashlib.sha256()
    modules = {path.relative_to(home).as_posix(): path for each in folders for path in (home / each).rglob("*.py")}
    for name in sorted(modules):
        digest.update(name.encode() + b"\0" + modules[name].read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:12]
