"""A program is told of a film: one signed message over HTTPS, with what is said of it, and where it lies here.

The message's id is the publication's, however often it is delivered: a receiver that keeps ids takes it once.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx

from film.environment.env_trust import is_here, shown_url
from film.errors import ConfigurationError, InputError, PublishError
from film.publish.bundle import document
from film.publish.journal import Memo, Publication
from film.publish.package import Package
from film.publish.signed import secret_of, signed
from film.publish.targets import Opening, Outgoing, Place, Progress, Publisher

TRIES = 6


class WebhookPublisher(Publisher):
    def __init__(self, opening: Opening) -> None:
        self._url, self._secret = opening.at, opening.settings.webhook_secret
        parts = urlsplit(self._url)
        if not parts.hostname or parts.username or (parts.scheme != "https" and not is_here(self._url)):
            raise InputError(
                f"{shown_url(self._url)} is no address for a message", hint="write --at https://…", field="at"
            )

    def place(self) -> Place:
        """By its whole address, of which what follows a ? may be a token: that is in no row."""
        private = hashlib.sha256(self._url.encode()).hexdigest()[:12]
        return Place(f"{shown_url(self._url)} {private}", shown_url(self._url))

    def preview(self, package: Package, known: Publication | None) -> Sequence[Outgoing]:
        if known and known.is_out and known.metadata_hash == package.metadata.hash:
            return []
        return [Outgoing(f"POST {shown_url(self._url)}", self._body(package, known.marker if known else ""))]

    def send(self, package: Package, memo: Memo, progress: Progress) -> None:
        self._deliver(package, memo)
        memo.note(said_hash=package.metadata.hash)
        memo.is_out(memo.publication.id, shown_url(self._url))

    def revise(self, package: Package, memo: Memo) -> None:
        self._deliver(package, memo)

    def settle(self, package: Package, memo: Memo) -> str:
        return "told"

    def _body(self, package: Package, marker: str) -> dict[str, object]:
        return {"type": "film.published", "data": {**document(package, marker), "path": str(package.film)}}

    def _deliver(self, package: Package, memo: Memo) -> None:
        if self._secret is None:
            raise ConfigurationError(
                "FILM_WEBHOOK_SECRET is not set: nobody could tell that the message is yours",
                hint="make one with: python -c 'import secrets; print(secrets.token_hex(32))'",
            )
        secret = secret_of(self._secret.get_secret_value())
        body = json.dumps(self._body(package, memo.marker), ensure_ascii=False).encode()
        message_id = f"msg_{memo.publication.id}_{package.metadata.hash[:12]}"
        deliver(self._url, message_id, body, secret)


def deliver(url: str, message_id: str, body: bytes, secret: bytes) -> None:
    """POST until it is taken, within reason. Raises PublishError where it is not."""
    last = ""
    with httpx.Client(timeout=30.0, follow_redirects=False, headers={"User-Agent": "film-generation"}) as http:
        for attempt in range(1, TRIES + 1):
            headers = {**signed(message_id, body, secret), "Content-Type": "application/json"}
            try:
                with http.stream("POST", url, content=body, headers=headers) as answer:
                    last = str(answer.status_code)
                    if answer.is_success:
                        return
                    if answer.status_code < 500 and answer.status_code not in (408, 425, 429):
                        break
            except (httpx.HTTPError, OSError) as error:
                last = type(error).__name__
            if attempt < TRIES:
                time.sleep(min(30.0, 0.5 * 2.0**attempt) * random.uniform(0.5, 1.0))
    raise PublishError(
        f"{shown_url(url)} did not take the message ({last})", hint="look after the receiver, and run again"
    )
