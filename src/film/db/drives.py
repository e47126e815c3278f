"""Which filesystem a path lies on: SQLite's locks and shared memory do not hold across a network.

Known exactly on Linux (``/proc/mounts``) and Windows (drive type), from ``mount`` on macOS; elsewhere nothing is
refused, since nothing is known.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

NETWORK = frozenset(
    {"afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs3"}
    | {"nfs4", "ocfs2", "panfs", "smb", "smb2", "smb3", "smbfs", "sshfs", "webdav"}
    | {"fuse." + name for name in ("beegfs", "ceph", "davfs2", "gcsfuse", "glusterfs", "goofys", "juicefs", "mount-s3")}
    | {"fuse." + name for name in ("rclone", "s3fs", "smbnetfs", "sshfs")}
)


def network_filesystem(path: Path) -> str | None:
    """The name of the network filesystem that ``path`` lies on; None for a local disk, or when it cannot be told."""
    folder = path.expanduser().resolve()
    if sys.platform == "win32":
        return _windows_share(folder)
    found = mounted_as(folder.as_posix(), _mounts())
    return found if found in NETWORK else None


def mounted_as(path: str, mounts: list[tuple[str, str]]) -> str | None:
    """The filesystem type of the deepest of ``mounts`` (mount point, type) that holds ``path``.

    Of two mounts on one point the later covers the earlier.
    """
    holding = [
        (len(PurePosixPath(point).parts), position, kind)
        for position, (point, kind) in enumerate(mounts)
        if PurePosixPath(path).is_relative_to(point)
    ]
    return max(holding)[2] if holding else None


def parse_proc_mounts(text: str) -> list[tuple[str, str]]:
    """``device point type options …`` a line; blanks in a path are written as ``\\040``."""
    lines = (line.split() for line in text.splitlines())
    return [(_unescape(fields[1]), fields[2]) for fields in lines if len(fields) > 2]


def parse_mount_command(text: str) -> list[tuple[str, str]]:
    """macOS: ``device on point (type, options)`` a line."""
    return [(m[1], m[2]) for m in re.finditer(r"^.+? on (/.*) \((\w+)[,)]", text, re.MULTILINE)]


def _mounts() -> list[tuple[str, str]]:
    try:
        if sys.platform == "darwin":
            listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=True)
            return parse_mount_command(listed.stdout)
        return parse_proc_mounts(Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape"))
    except (OSError, subprocess.SubprocessError):
        return []


def _unescape(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)


def _windows_share(folder: Path) -> str | None:
    if folder.drive.startswith("\\\\"):
        return "a network share"
    import ctypes

    windows: Any = ctypes  # its Windows half is unknown to type checkers elsewhere
    remote = 4
    return "a network drive" if windows.windll.kernel32.GetDriveTypeW(folder.drive + "\\") == remote else None


def can_write(folder: Path) -> bool:
    """Whether this process may put files into a folder: its rights, and the drive's."""
    effective = os.access in os.supports_effective_ids
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)
