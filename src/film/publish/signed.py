"""Messages that a receiver can tell are ours, in the form of Standard Webhooks.

webhook-id: the same for every delivery of one message, so that a second one can be told
webhook-timestamp: seconds
webhook-signature: v1,base64(HMAC-SHA256(secret, "id.timestamp.body"))
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping

from film.errors import ConfigurationError

PREFIX = "whsec_"
LEAST = 16
"""Bytes of a secret."""


def secret_of(text: str) -> bytes:
    """The secret's bytes: ``whsec_`` and base64, or a text as it is. Raises ConfigurationError for too short a one."""
    found = text.encode()
    if text.startswith(PREFIX):
        try:
            found = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except (ValueError, binascii.Error):
            found = b""
    if len(found) < LEAST:
        raise ConfigurationError(
            f"FILM_WEBHOOK_SECRET is too short, or no base64 behind {PREFIX}",
            hint="make one with: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return found


def signed(message_id: str, body: bytes, secret: bytes, at: int | None = None) -> Mapping[str, str]:
    """The headers that go with ``body``."""
    moment = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
