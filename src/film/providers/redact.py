"""Text from the wire, made fit to be shown, logged and stored: no keys, signed URLs, pictures or control codes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]+")
_QUERY = re.compile(r"(https?://[^\s\"'<>?]+)\?[^\s\"'<>]+")
_CREDENTIAL = re.compile(
    r"""(?ix) (authorization|xi-api-key|x-api-key|api[_-]?key|token|secret) (["']?\s*[:=]\s*["']?)
        (?:(?:bearer|key|token)\s+)? [^\s"',}]{6,}"""
)
_BEARER = re.compile(r"(?i)\b(bearer|key)\s+[A-Za-z0-9_\-.:]{16,}")


def redact(text: str, secrets: Iterable[str] = (), *, limit: int = 400) -> str:
    """One line of at most ``limit`` characters without ``secrets``, nor anything that looks like one."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    text = _DATA_URI.sub("data:…", text)
    text = _QUERY.sub(r"\1?…", text)
    text = _CREDENTIAL.sub(r"\1\2***", text)
    text = _BEARER.sub(r"\1 ***", text)
    text = "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
