"""How numbers read in sentences, whoever says them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 shot``, ``2 shots``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def file_size(size: float) -> str:
    """Bytes as ``312 bytes``, ``4.2 MB``."""
    for unit in ("bytes", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
