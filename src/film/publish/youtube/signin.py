"""Signing in: Google's installed-app flow, with PKCE, over a loopback address that answers once.

    FILM_YOUTUBE_CLIENT=id:secret ──► browser: consent ──► http://127.0.0.1:PORT/?code=… ──► tokens, in one file of ours

The file (0600, in the gallery, left out of backups) is good for one client at one address: what a project's ``.env``
moves elsewhere gets no token that was given for Google. Tokens are in no log and no error.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from film.environment.env_trust import is_here
from film.errors import MissingKeyError, NotSignedIn, PublishError, disk_error
from film.files.bounds import open_plain
from film.files.own_files import fresh_beside, own_folder
from film.models import Model
from film.publish.youtube.row import CLIENT, HOME, NAME
from film.settings import Settings

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
"""Uploads, captions and all else; of the narrower ones none covers captions."""
PATIENCE = 300.0
"""Seconds that a person has for consent."""
_AUTH, _TOKEN = "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token"  # an address
_LARGEST = 1 << 16
_SIGN_IN = "sign in with: film publish --to youtube --sign-in"
TESTING_DAYS = 7


class Client(Model):
    id: str
    secret: str = ""


class SignIn(Model):
    """What is kept. ``home`` and ``client_id`` say for whom; ``channel`` is the one that films go to."""

    home: str
    client_id: str
    refresh_token: str
    access_token: str = ""
    expires_at: float = 0.0
    scope: str = ""
    signed_in_at: float = 0.0
    channel_id: str = ""
    channel_title: str = ""
    uploads: str = ""
    """The playlist of all that was uploaded to the channel."""

    def __repr__(self) -> str:
        return f"SignIn(channel_id={self.channel_id!r})"

    __str__ = __repr__


def home_of(settings: Settings) -> str:
    return settings.base_urls.get(NAME, HOME)


def client_of(settings: Settings) -> Client:
    """Raises MissingKeyError where no client is set."""
    key = settings.key(NAME)
    if not key:
        why = settings.withheld.get(NAME, f"{CLIENT} is not set")
        raise MissingKeyError(
            why, hint=f"make a desktop client at Google, and set {CLIENT}=ID:SECRET: docs/how-to/publish.md"
        )
    found, _, secret = key.partition(":")
    return Client(id=found, secret=secret)


def token_file(settings: Settings) -> Path:
    return settings.gallery / "publish" / "youtube.json"


def read_sign_in(settings: Settings) -> SignIn | None:
    """What is kept for this client at this address; None where there is nothing."""
    try:
        with open_plain(token_file(settings)) as file:
            kept = SignIn.model_validate_json(file.read(_LARGEST))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise NotSignedIn("the file of the sign-in cannot be read", hint=_SIGN_IN) from error
    mine = kept.home == _issuer(home_of(settings)) and kept.client_id == client_of(settings).id
    return kept if mine else None


def write_sign_in(settings: Settings, kept: SignIn) -> None:
    file = token_file(settings)
    try:
        own_folder(file.parent)
        temporary = fresh_beside(file, ".tmp", mode=0o600)
        try:
            temporary.write_text(kept.model_dump_json(), "utf-8")
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, file) from error


class Tokens:
    """Access tokens that are fresh, one after the other."""

    def __init__(self, settings: Settings, http: httpx.Client) -> None:
        self._settings, self._http = settings, http
        self._client = client_of(settings)
        kept = read_sign_in(settings)
        if kept is None:
            raise NotSignedIn("nobody is signed in to YouTube here", hint=_SIGN_IN)
        self.kept = kept

    def access(self) -> str:
        if not self.kept.access_token or time.time() > self.kept.expires_at - 60:
            self.renew()
        return self.kept.access_token

    def renew(self) -> None:
        """Another access token for the refresh token. Raises NotSignedIn where that has ended."""
        asked = {"grant_type": "refresh_token", "refresh_token": self.kept.refresh_token}
        told = _exchange(self._http, home_of(self._settings), self._client, asked)
        self.keep(access_token=str(told["access_token"]), expires_at=_expiry(told))

    def keep(self, **facts: Any) -> None:
        self.kept = self.kept.model_copy(update=facts)
        write_sign_in(self._settings, self.kept)


def sign_in(
    settings: Settings,
    *,
    show: Callable[[str], None],
    browse: Callable[[str], object] | None = None,
    patience: float = PATIENCE,
) -> SignIn:
    """Ask a person for consent in a browser, and keep what comes of it.

    ``show`` is told the address, for who has no browser here; ``browse`` opens it. Raises NotSignedIn where nobody
    consents in time.
    """
    client, home = client_of(settings), home_of(settings)
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(24)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    with _Door(state) as door:
        asked = {
            "client_id": client.id,
            "redirect_uri": door.address,
            "response_type": "code",
            "scope": SCOPE,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "state": state,
            "access_type": "offline",
            "prompt": "consent",
        }
        address = f"{_AUTH if home == HOME else home + '/o/oauth2/v2/auth'}?{urlencode(asked)}"
        show(address)
        (browse or (_consent_of_a_rehearsal if is_here(home) else webbrowser.open))(address)
        code = door.wait(patience)
        with httpx.Client(timeout=60.0, follow_redirects=False) as http:
            exchange = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
            told = _exchange(http, home, client, {**exchange, "redirect_uri": door.address})
    granted = str(told.get("scope", ""))
    if SCOPE not in granted.split():
        raise NotSignedIn(
            "the consent does not cover YouTube", hint="sign in again, and leave the box for YouTube ticked"
        )
    if not told.get("refresh_token"):
        raise NotSignedIn("the sign-in came without a token to renew it", hint=_SIGN_IN)
    kept = SignIn(
        home=_issuer(home),
        client_id=client.id,
        refresh_token=str(told["refresh_token"]),
        access_token=str(told["access_token"]),
        expires_at=_expiry(told),
        scope=granted,
        signed_in_at=time.time(),
    )
    write_sign_in(settings, kept)
    return kept


def findings(settings: Settings) -> list[tuple[Literal["ok", "note", "problem"], str, str]]:
    """What is to be said of the sign-in without asking anybody: state, what, what helps."""
    if not settings.key(NAME):
        return []
    file = token_file(settings)
    try:
        kept = read_sign_in(settings)
    except PublishError as error:
        return [("problem", str(error), error.hint)]
    if kept is None:
        other = ", for this client" if file.exists() else ""
        return [("note", f"nobody is signed in to YouTube{other}", _SIGN_IN)]
    found: list[tuple[Literal["ok", "note", "problem"], str, str]] = []
    with suppress(OSError):
        if file.stat().st_mode & 0o077 and hasattr(file, "owner"):
            found.append(("problem", f"{file} may be read by others", f"run: chmod 600 {file}"))
    if SCOPE not in kept.scope.split():
        found.append(("problem", "the sign-in does not cover captions (scope youtube.force-ssl)", _SIGN_IN))
    days = int((time.time() - kept.signed_in_at) / 86_400)
    where = kept.channel_title or kept.channel_id or "a channel"
    if days >= TESTING_DAYS - 1 and home_of(settings) == HOME:
        found.append(
            (
                "note",
                f"signed in to YouTube {days} days ago ({where}): a Google project in testing ends that after "
                f"{TESTING_DAYS} days",
                "publish the project in Google's console (status: in production), or sign in again when it ends",
            )
        )
    else:
        found.append(("ok", f"signed in to YouTube ({where})", ""))
    return found


def _issuer(home: str) -> str:
    """Who gave a token: every simulator of this machine is one, on whatever port it is today."""
    return "this machine" if is_here(home) else home


class _Door:
    """A server on loopback that takes one answer: the browser's, with our ``state``."""

    def __init__(self, state: str) -> None:
        self._came: dict[str, str] = {}
        self._there = threading.Event()
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the base class's name
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                mine = secrets.compare_digest(asked.get("state", ""), state)
                words = "You can close this page." if mine else "This is not the answer that was asked for."
                self.send_response(200 if mine else 400)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(words.encode())
                if mine:
                    door._came = asked
                    door._there.set()

            def log_message(self, format: str, *args: Any) -> None:  # the base class's name; the path holds the code
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def wait(self, seconds: float) -> str:
        if not self._there.wait(seconds):
            raise NotSignedIn("nobody consented in time", hint=_SIGN_IN)
        if error := self._came.get("error"):
            raise NotSignedIn(f"Google says: {error[:60]}", hint=_SIGN_IN)
        return self._came.get("code", "")

    def __enter__(self) -> _Door:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _consent_of_a_rehearsal(address: str) -> None:
    """A simulated YouTube on this machine asks nobody."""
    with httpx.Client(timeout=10.0) as http:
        answer = http.get(address)
        while answer.next_request is not None:
            answer = http.send(answer.next_request)


def _exchange(http: httpx.Client, home: str, client: Client, asked: dict[str, str]) -> dict[str, Any]:
    who = {"client_id": client.id, **({"client_secret": client.secret} if client.secret else {})}
    try:
        answer = http.post(_TOKEN if home == HOME else f"{home}/token", data={**who, **asked})
    except httpx.HTTPError as error:
        raise PublishError(
            f"Google's sign-in cannot be reached ({type(error).__name__})", hint="check the connection, and run again"
        ) from None  # the request holds the tokens
    told: Any = None
    with suppress(ValueError):
        told = json.loads(answer.content[:_LARGEST])
    if answer.status_code == 200 and isinstance(told, dict) and "access_token" in told:
        return cast("dict[str, Any]", told)
    code = str(cast("dict[str, Any]", told).get("error", "")) if isinstance(told, dict) else ""
    if code == "invalid_grant":
        raise NotSignedIn(
            "the sign-in to YouTube has ended",
            hint=f"{_SIGN_IN} (a Google project in testing ends it after {TESTING_DAYS} days)",
        )
    if code == "invalid_client":
        raise NotSignedIn(f"Google does not know the client of {CLIENT}", hint="check it in Google's console")
    raise PublishError(
        f"Google's sign-in answers {answer.status_code} {code[:60]}".rstrip(), hint="run again in a while"
    )


def _expiry(told: dict[str, Any]) -> float:
    try:
        return time.time() + float(told.get("expires_in", 3600))
    except (TypeError, ValueError):
        return time.time() + 3600
