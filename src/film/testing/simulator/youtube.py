"""YouTube's Data API, as far as publishing takes: sign-in, resumable uploads, lists, captions, quota.

    GET /o/oauth2/v2/auth ─► redirect with a code       POST /token ─► tokens (PKCE is checked)
    POST …/videos?uploadType=resumable ─► Location      PUT ─► 308 with Range | 201 with the video | 404 once it is gone

A channel's videos, captions and playlists are kept in the books. Uploads under way are not: they end with the server,
as they do at YouTube after a week. A byte-identical second video is rejected after processing. Bytes are kept in
multiples of 256 KiB, so that a cut connection loses what came after the last of them.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from film.testing.simulator.faults import Step
from film.testing.simulator.making import as_object
from film.testing.simulator.vendor import Handler, House, SimulatedVendor, visit

BLOCK = 256 << 10
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
CHANNEL, UPLOADS = "UCsimulated", "UUsimulated"
COSTS = {"captions.list": 50, "captions.insert": 400, "captions.update": 450}
_ACCESS, _REFRESH = "sim-access-", "sim-refresh-"


@dataclass
class UploadSession:
    """An upload under way; ``head`` is what came since the last whole block, ``digest`` is of all blocks before."""

    resource: dict[str, Any]
    size: int
    kept: int = 0
    head: bytearray = field(default_factory=bytearray)
    digest: Any = field(default_factory=hashlib.sha256)
    video: str = ""
    turn: int = 0
    """Whoever came last: what is left of an older connection does not count."""


class SimulatedYouTube(SimulatedVendor):
    name = "youtube"

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.sessions: dict[str, UploadSession] = {}
        self.videos: dict[str, dict[str, Any]] = {}
        self.captions: dict[str, dict[str, Any]] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.thumbnails: dict[str, str] = {}
        self.playlists = {"PLfilms": "Films"}
        self.used = {"inserts": 0, "units": 0}
        self.limits = {"inserts": 100, "units": 10_000}
        self.received = 0
        """Bytes of films that came in, those that were sent again among them."""
        self.on_bytes: Callable[[int], None] = lambda received: None
        """Called as they come."""
        self.on_call: Callable[[str], None] = lambda what: None
        """Called with "PUT /path begins" and "PUT /path done", the latter before its answer is sent."""
        self.shows_after = 5.0
        """Seconds after which a finished video is listed."""
        self.revoked: set[str] = set()
        self.seconds_of_tokens = 3600.0
        self._codes: dict[str, dict[str, str]] = {}
        self._numbers = itertools.count(1)
        for name, what in house.books.kept(self.name).items():
            kind, _, key = name.partition(" ")
            {"video": self.videos, "captions": self.captions, "item": self.items}[kind][key] = what

    def routes(self) -> list[web.RouteDef]:
        api, up = "/youtube/v3", "/upload/youtube/v3"
        return [
            web.get(f"/{self.name}/o/oauth2/v2/auth", self.consent),
            web.post(f"/{self.name}/token", self.token),
            self.route("POST", f"{up}/videos", "submit", self.begin),
            self.route("PUT", f"{up}/videos", "upload", self.put),
            self.route("GET", f"{api}/videos", "list", self.list_videos),
            self.route("PUT", f"{api}/videos", "status", self.update_video),
            self.route("GET", f"{api}/channels", "list", self.list_channels),
            self.route("GET", f"{api}/playlists", "list", self.list_playlists),
            self.route("GET", f"{api}/playlistItems", "list", self.list_items),
            self.route("POST", f"{api}/playlistItems", "result", self.insert_item),
            self.route("GET", f"{api}/captions", "list", self.list_captions),
            self.route("POST", f"{up}/captions", "result", self.insert_captions),
            self.route("PUT", f"{up}/captions", "result", self.update_captions),
            self.route("POST", f"{up}/thumbnails/set", "result", self.set_thumbnail),
        ]

    def route(self, method: str, path: str, step: Step, handler: Handler) -> web.RouteDef:
        async def watched(request: web.Request) -> web.StreamResponse:
            self.on_call(f"{method} {path} begins")
            try:
                answer = await handler(request)
            except ConnectionError:
                return web.Response()  # who asked is gone
            self.on_call(f"{method} {path} done")
            return answer

        return super().route(method, path, step, watched)

    def key_of(self, request: web.Request) -> str | None:
        """Any token that was given out here and has not ended; no key is a token."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token.startswith(_ACCESS) or token in self.revoked:
            return None
        with contextlib.suppress(ValueError):
            if float(token.removeprefix(_ACCESS).partition("-")[0]) > time.time():
                return self.house.keys.get(self.name, token)
        return None

    def error(self, status: int, kind: str, words: str) -> dict[str, Any]:
        reason = {"unauthorized": "authError", "throttle": "rateLimitExceeded", "error": "backendError"}.get(kind, kind)
        return {"error": {"code": status, "message": words, "errors": [{"reason": reason, "message": words}]}}

    def cut_off(self) -> None:
        """Lose what is on its way: of uploads under way nothing more arrives by the connections of now."""
        for session in self.sessions.values():
            session.turn += 1

    # -- sign-in

    async def consent(self, request: web.Request) -> web.StreamResponse:
        """A person who consents to everything at once."""
        asked = request.query
        code = secrets.token_hex(8)
        self._codes[code] = dict(asked)
        answer = urlencode({"state": asked.get("state", ""), "code": code, "scope": asked.get("scope", "")})
        raise web.HTTPFound(f"{asked['redirect_uri']}/?{answer}")

    async def token(self, request: web.Request) -> web.StreamResponse:
        asked = await request.post()
        if asked.get("grant_type") == "authorization_code":
            given = self._codes.pop(str(asked.get("code")), None)
            verifier = str(asked.get("code_verifier", "")).encode()
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
            same = ("client_id", "redirect_uri")
            if not given or given.get("code_challenge") != challenge or any(given.get(n) != asked.get(n) for n in same):
                return web.json_response({"error": "invalid_grant"}, status=400)
            extra = {"refresh_token": f"{_REFRESH}{secrets.token_hex(8)}", "scope": given.get("scope", "")}
        else:
            refresh = str(asked.get("refresh_token", ""))
            if not refresh.startswith(_REFRESH) or refresh in self.revoked:
                return web.json_response({"error": "invalid_grant"}, status=400)
            extra = {"scope": SCOPE}
        life = self.seconds_of_tokens
        token = f"{_ACCESS}{time.time() + life:.3f}-{secrets.token_hex(8)}"
        return web.json_response({"access_token": token, "expires_in": int(life), "token_type": "Bearer", **extra})

    # -- uploads

    async def begin(self, request: web.Request) -> web.StreamResponse:
        if (declined := self._charge("inserts", 1)) is not None:
            return declined
        body = as_object(json.loads(await request.text()))
        size = int(request.headers.get("X-Upload-Content-Length", "0"))
        snippet, status = as_object(body.get("snippet")), as_object(body.get("status"))
        title = str(snippet.get("title", ""))
        if not 0 < len(title) <= 100 or "<" in title or size <= 0:
            return self.answer(400, "invalidTitle", "The request metadata specifies an invalid video title.")
        name = secrets.token_hex(12)
        self.sessions[name] = UploadSession({"snippet": snippet, "status": {"privacyStatus": "public", **status}}, size)
        where = f"{self.base(request)}/upload/youtube/v3/videos?uploadType=resumable&upload_id={name}"
        return web.Response(headers={"Location": where})

    async def put(self, request: web.Request) -> web.StreamResponse:
        fault = visit.get().fault
        name = request.query.get("upload_id", "")
        if fault and fault.kind == "expired" and not fault.after:
            self.sessions.pop(name, None)
        session = self.sessions.get(name)
        if session is None:
            return self.answer(404, "notFound", "The upload is not known.")
        span, _, total = (
            request.headers.get("Content-Range", f"bytes 0-{session.size - 1}/{session.size}")
            .removeprefix("bytes ")
            .partition("/")
        )
        if total != str(session.size):
            return self.answer(400, "invalidContentRange", "The total is not what was announced.")
        session.turn += 1
        if span != "*" and not session.video:
            if int(span.partition("-")[0]) != session.kept:
                return self._how_far(session)
            if not await self._take(request, session):
                return web.Response()  # nobody is there to read it
        if session.kept == session.size and not session.video:
            session.video = self._publish(session)
        if fault and fault.kind == "expired":
            self.sessions.pop(name, None)
            return self.answer(404, "notFound", "The upload is not known.")
        if session.video:
            return web.json_response(self._shown(session.video), status=201)
        return self._how_far(session)

    async def _take(self, request: web.Request, session: UploadSession) -> bool:
        """Read what comes; False where the connection broke off."""
        session.head.clear()
        whole, turn = True, session.turn
        try:
            async for piece in request.content.iter_chunked(BLOCK):
                if session.turn != turn:
                    return False
                self.received += len(piece)
                session.head += piece
                while len(session.head) >= BLOCK:
                    self._keep(session, BLOCK)
                self.on_bytes(self.received)
        except Exception:  # noqa: BLE001  # however the connection broke
            whole = False
        if session.turn != turn:
            return False
        if whole and session.kept + len(session.head) == session.size:
            self._keep(session, len(session.head))
        session.head.clear()
        return whole

    def _keep(self, session: UploadSession, length: int) -> None:
        session.digest.update(session.head[:length])
        session.kept += length
        del session.head[:length]

    def _how_far(self, session: UploadSession) -> web.Response:
        headers = {"Range": f"bytes=0-{session.kept - 1}"} if session.kept else {}
        return web.Response(status=308, headers=headers, reason="Resume Incomplete")

    def _publish(self, session: UploadSession) -> str:
        now = time.time()
        number = hashlib.sha256(f"{now} {next(self._numbers)}".encode()).digest()
        video = base64.urlsafe_b64encode(number)[:11].decode()
        self.videos[video] = {
            **session.resource,
            "size": session.size,
            "sha256": session.digest.hexdigest(),
            "made": now,
            "ready": now + self.house.latency.seconds("video", len(self.videos)),
        }
        self._save("video", video, self.videos[video])
        return video

    # -- videos

    def _shown(self, video: str) -> dict[str, Any]:
        kept = self.videos[video]
        ready = time.time() >= kept["ready"]
        twins = [other for other, one in self.videos.items() if one["sha256"] == kept["sha256"]]
        status = {**kept["status"], "uploadStatus": "processed" if ready else "uploaded"}
        if ready and twins[0] != video:
            status |= {"uploadStatus": "rejected", "rejectionReason": "duplicate"}
        return {
            "kind": "youtube#video",
            "id": video,
            "snippet": {**kept["snippet"], "channelId": CHANNEL, "publishedAt": _time(kept["made"])},
            "status": status,
            "processingDetails": {"processingStatus": "succeeded" if ready else "processing"},
            "fileDetails": {"fileSize": str(kept["size"])},
        }

    async def list_videos(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("id", "").split(",")
        parts = {"kind", "id", *request.query.get("part", "").split(",")}
        found = [self._shown(one) for one in wanted if one in self.videos]
        return self._list("videos.list", [{k: v for k, v in one.items() if k in parts} for one in found])

    async def update_video(self, request: web.Request) -> web.StreamResponse:
        if (declined := self._charge("units", 50)) is not None:
            return declined
        body = as_object(await request.json())
        kept = self.videos.get(str(body.get("id")))
        if kept is None:
            return self.answer(404, "videoNotFound", "The video cannot be found.")
        for part in request.query.get("part", "").split(","):
            if part in body:
                kept[part] = body[part] if part != "status" else {"privacyStatus": "public", **as_object(body[part])}
        self._save("video", str(body["id"]), kept)
        return web.json_response(self._shown(str(body["id"])))

    async def set_thumbnail(self, request: web.Request) -> web.StreamResponse:
        if (declined := self._charge("units", 50)) is not None:
            return declined
        self.thumbnails[request.query.get("videoId", "")] = hashlib.sha256(await request.read()).hexdigest()
        return web.json_response({"kind": "youtube#thumbnailSetResponse", "items": []})

    # -- lists

    async def list_channels(self, request: web.Request) -> web.StreamResponse:
        return self._list(
            "channels.list",
            [
                {
                    "id": CHANNEL,
                    "snippet": {"title": "A simulated channel"},
                    "contentDetails": {"relatedPlaylists": {"uploads": UPLOADS}},
                }
            ],
        )

    async def list_playlists(self, request: web.Request) -> web.StreamResponse:
        return self._list("playlists.list", [{"id": k, "snippet": {"title": v}} for k, v in self.playlists.items()])

    async def list_items(self, request: web.Request) -> web.StreamResponse:
        playlist, only = request.query.get("playlistId"), request.query.get("videoId")
        if playlist == UPLOADS:
            lag = self.shows_after / self.house.latency.speed
            listed = [video for video, one in self.videos.items() if time.time() >= one["made"] + lag]
        else:
            listed = [one["video"] for one in self.items.values() if one["playlist"] == playlist]
        ids = [video for video in reversed(listed) if only in (None, video)]
        start = int(request.query.get("pageToken") or 0)
        page = [{"id": f"{playlist}.{one}", "contentDetails": {"videoId": one}} for one in ids[start : start + 50]]
        return self._list("playlistItems.list", page, token=str(start + 50) if len(ids) > start + 50 else "")

    async def insert_item(self, request: web.Request) -> web.StreamResponse:
        if (declined := self._charge("units", 50)) is not None:
            return declined
        snippet = as_object(as_object(await request.json()).get("snippet"))
        name = f"item{len(self.items) + 1}"
        video = as_object(snippet.get("resourceId")).get("videoId")
        self.items[name] = {"playlist": snippet.get("playlistId"), "video": video}
        self._save("item", name, self.items[name])
        return web.json_response({"id": name, "snippet": snippet})

    # -- captions

    async def list_captions(self, request: web.Request) -> web.StreamResponse:
        video = request.query.get("videoId")
        found = [
            {"id": name, "snippet": {**one["snippet"], "trackKind": "standard"}}
            for name, one in self.captions.items()
            if one["snippet"].get("videoId") == video
        ]
        return self._list("captions.list", found)

    async def insert_captions(self, request: web.Request) -> web.StreamResponse:
        if (declined := self._charge("units", COSTS["captions.insert"])) is not None:
            return declined
        body, data = await _related(request)
        snippet = as_object(body.get("snippet"))
        same = ("videoId", "language", "name")
        if any(all(one["snippet"].get(n) == snippet.get(n) for n in same) for one in self.captions.values()):
            return self.answer(409, "captionExists", "The specified caption track already exists.")
        name = f"captions{len(self.captions) + 1}"
        self.captions[name] = {"snippet": snippet, "sha256": hashlib.sha256(data).hexdigest()}
        self._save("captions", name, self.captions[name])
        return web.json_response({"id": name, "snippet": snippet})

    async def update_captions(self, request: web.Request) -> web.StreamResponse:
        if (declined := self._charge("units", COSTS["captions.update"])) is not None:
            return declined
        body, data = await _related(request)
        name = str(body.get("id"))
        if name not in self.captions:
            return self.answer(404, "captionNotFound", "The caption track could not be found.")
        self.captions[name]["sha256"] = hashlib.sha256(data).hexdigest()
        self._save("captions", name, self.captions[name])
        return web.json_response({"id": name, "snippet": self.captions[name]["snippet"]})

    # -- inside

    def _list(self, call: str, items: list[dict[str, Any]], *, token: str = "") -> web.Response:
        if (declined := self._charge("units", COSTS.get(call, 1))) is not None:
            return declined
        return web.json_response({"items": items, **({"nextPageToken": token} if token else {})})

    def _charge(self, bucket: str, amount: int) -> web.Response | None:
        if self.used[bucket] + amount > self.limits[bucket]:
            return self.answer(403, "quotaExceeded", "The request cannot be completed: you have exceeded your quota.")
        self.used[bucket] += amount
        return None

    def _save(self, kind: str, name: str, what: dict[str, Any]) -> None:
        self.house.books.keep(self.name, f"{kind} {name}", what)


async def _related(request: web.Request) -> tuple[dict[str, Any], bytes]:
    """The JSON and the bytes of a multipart/related body."""
    boundary = request.content_type == "multipart/related" and _parameter(request.headers["Content-Type"], "boundary")
    if not boundary:
        raise web.HTTPBadRequest(text="multipart/related expected")
    parts = (await request.read()).split(b"--" + boundary.encode())[1:3]
    bodies = [part.partition(b"\r\n\r\n")[2] or part.partition(b"\n\n")[2] for part in parts]
    return as_object(json.loads(bodies[0])), bodies[1].removesuffix(b"\r\n").removesuffix(b"\n")


def _parameter(header: str, name: str) -> str:
    found = next((part for part in header.split(";") if part.strip().startswith(f"{name}=")), "")
    return found.partition("=")[2].strip().strip('"')


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
