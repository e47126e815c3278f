"""What stands before every route: where a request comes from, whose it is, how large it may be. Nothing passes it by.

    Host on the list? ─► no foreign Origin? ─► a token? ─► the role? ─► JSON, and not too much of it? ─► the route

A page somewhere else that a browser has open can send requests here; it cannot choose their Host and Origin, does not
have the cookie (SameSite=Strict) and cannot send JSON unasked. There is no CORS: asking for leave finds no answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from film.studio.access import Person, Role, Tokens
from film.studio.problems import TOO_LARGE, Problem, problem_response
from film.studio.welcome import WELCOME

SAFE = frozenset(("GET", "HEAD"))
JSON_MOST = 4 * 1024 * 1024
MOST = {"/import": 33 * 1024 * 1024, "/uploads": 2 * 1024**3}
"""Bytes of a body by how its path ends."""
UPLOADS = ("/uploads",)
REVIEW = "/review/"
"""What guests with a link see: their link is their token, and its routes look at it."""
OWNER_ONLY = ("/generations", "/limit", "/resolve", "/fetch")
REVIEWER_MAY = ("/comments",)
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware. ``hosts`` are the names under which the studio may be asked, with their ports."""

    def __init__(self, app: ASGIApp, *, tokens: Tokens, hosts: Sequence[str], cookie: str, https: bool = False) -> None:
        self.app, self.tokens, self.cookie = app, tokens, cookie
        self.hosts = frozenset(host.lower() for host in hosts)
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no web sockets here
            await send({"type": "websocket.close", "code": 1008})
            return
        send = _with_headers(send, keep=not scope["path"].startswith("/api/"))
        headers, path, method = Headers(scope=scope), str(scope["path"]), str(scope["method"])
        if refused := self._from_elsewhere(headers, method):
            await problem_response(refused)(scope, receive, send)
            return
        if path == "/" and method == "GET" and (token := _asked(scope, "token")):
            await self._sign_in(token, scope, send)
            return
        person = self._person(headers)
        if person is None and not _is_of_guests(path, method):
            await self._stranger(headers, scope, receive, send)
            return
        scope.setdefault("state", {})["person"] = person
        if method not in SAFE and (refused := _may_not(person, path, headers)):
            await problem_response(refused)(scope, receive, send)
            return
        most = next((most for end, most in MOST.items() if path.endswith(end)), JSON_MOST)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > most:
            await problem_response(TOO_LARGE)(scope, receive, send)
            return
        await self.app(scope, _counted(receive, most), send)

    def _from_elsewhere(self, headers: Headers, method: str) -> Problem | None:
        if len(headers.getlist("host")) != 1 or headers["host"].lower() not in self.hosts:
            return Problem(421, "wrong-host", "the studio has another name", "use the address that it printed")
        scheme = "https" if self.https else "http"
        for origin in headers.getlist("origin"):
            if origin.lower() not in {f"{scheme}://{host}" for host in self.hosts}:
                return Problem(403, "foreign-origin", "another page may not ask", "open the studio itself")
        site = headers.get("sec-fetch-site", "none")
        if site not in ("same-origin", "none") and (method not in SAFE or headers.get("sec-fetch-mode") != "navigate"):
            return Problem(403, "foreign-origin", "another page may not ask", "open the studio itself")
        return None

    def _person(self, headers: Headers) -> Person | None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.tokens.person(token.strip())
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return None
        return self.tokens.person(unquote(cookies[self.cookie].value)) if self.cookie in cookies else None

    async def _sign_in(self, token: str, scope: Scope, send: Send) -> None:
        """The address that was printed: its token becomes a cookie, and leaves the address bar."""
        headers = [(b"location", b"/"), (b"cache-control", b"no-store"), (b"content-length", b"0")]
        if self.tokens.person(token):
            secure = "; Secure" if self.https else ""
            cookie = f"{self.cookie}={quote(token)}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000{secure}"
            headers.append((b"set-cookie", cookie.encode()))
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def _stranger(self, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
        if "text/html" in headers.get("accept", "") and scope["method"] == "GET":
            start = {
                "type": "http.response.start",
                "status": 401,
                "headers": [(b"content-type", b"text/html; charset=utf-8")],
            }
            await send(start)
            await send({"type": "http.response.body", "body": WELCOME.encode()})
            return
        refused = Problem(401, "no-token", "nobody is signed in", "open the address that film studio printed")
        await problem_response(refused)(scope, receive, send)


def _may_not(person: Person | None, path: str, headers: Headers) -> Problem | None:
    """Why somebody may not change that; None where they may."""
    wanted = next((Role.OWNER for end in OWNER_ONLY if end in path), Role.EDITOR)
    if path.endswith(REVIEWER_MAY):
        wanted = Role.REVIEWER
    if person is not None and person.role < wanted:
        hint = f"ask somebody who is {'an owner' if wanted is Role.OWNER else 'an editor'}"
        return Problem(403, "role", f"a {person.role.name.lower()} may not do that", hint)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_upload = path.endswith(UPLOADS)
    if kind != ("application/octet-stream" if is_upload else "application/json"):
        form = "application/octet-stream" if is_upload else "application/json"
        return Problem(415, "content-type", f"a change is sent as {form}", f"say content-type: {form}")
    return None


def _is_of_guests(path: str, method: str) -> bool:
    """What somebody without a token may ask for: a link opens it, or does not. The pages' own files hold no secret."""
    if path.startswith("/api/v1/review/"):
        return method in SAFE or path.endswith(REVIEWER_MAY)
    return method in SAFE and path.startswith((REVIEW, "/pages/"))


def _asked(scope: Scope, name: str) -> str:
    found: Mapping[str, list[str]] = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=20)
    return found.get(name, [""])[0]


def _with_headers(send: Send, *, keep: bool) -> Send:
    """What goes out says what a browser may do with it; answers of the API are not kept unless they say so."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if not keep:
                headers.setdefault("cache-control", "no-store")
            message["headers"] = headers.raw
        await send(message)

    return with_headers


def _counted(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, TOO_LARGE.title)  # a body without a length, that goes on and on
        return message

    return counted
