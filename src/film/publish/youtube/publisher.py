"""Films on a YouTube channel: upload, words, captions, picture, playlist, and what YouTube made of them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import httpx

from film.errors import NotSignedIn, PublishError, PublishRefused
from film.publish.journal import Memo, Publication, key_of
from film.publish.package import CaptionFile, Package
from film.publish.quota import Quota, Standing
from film.publish.targets import Opening, Outgoing, Part, Place, Progress, Publisher
from film.publish.youtube.api import COSTS, LIMITS, UNITS, Unanswered, YouTube, as_dict, items_of
from film.publish.youtube.row import NAME
from film.publish.youtube.signin import Tokens, client_of, home_of, read_sign_in
from film.publish.youtube.upload import CHUNK, MIME, Upload
from film.publish.youtube.words import resource, writable

LONGEST_CAPTIONS, LARGEST_PICTURE = 100 << 20, 2_000_000
PROCESSING_SECONDS = 60.0
"""For which processing is waited; who runs the command again asks again."""
_INSERTS_AGAIN = 3


class YouTubePublisher(Publisher):
    def __init__(self, opening: Opening, *, chunk: int = CHUNK, wait: float = PROCESSING_SECONDS) -> None:
        self._settings, self._tell = opening.settings, opening.tell
        self._engine = opening.engine
        self._chunk, self._wait = chunk, wait
        self._http = httpx.Client(
            timeout=httpx.Timeout(120.0, connect=15.0),
            follow_redirects=False,
            headers={"User-Agent": "film-generation", "Accept-Encoding": "identity"},
        )

    @property
    def quota(self) -> Quota:
        client = hashlib.sha256(client_of(self._settings).id.encode()).hexdigest()[:16]
        return Quota(self._engine, f"{NAME} {client}", LIMITS)

    def close(self) -> None:
        self._http.close()

    def standing(self) -> Mapping[str, Standing]:
        return self.quota.standing()

    def place(self) -> Place:
        kept = read_sign_in(self._settings)
        if kept is None or not kept.channel_id:
            Tokens(self._settings, self._http)  # raises where nobody is signed in
            self.find_channel()
            kept = read_sign_in(self._settings)
        assert kept is not None
        return Place(kept.channel_id, f"the channel {kept.channel_title or kept.channel_id}")

    def find_channel(self) -> str:
        """Ask which channel the sign-in is for, and keep it; its title. Raises NotSignedIn where there is none."""
        found = items_of(self._api.get("channels", part="snippet,contentDetails", mine="true"))
        if not found:
            raise NotSignedIn("the account has no channel", hint="make one at youtube.com, then sign in again")
        uploads = as_dict(as_dict(found[0].get("contentDetails")).get("relatedPlaylists")).get("uploads", "")
        title = str(as_dict(found[0].get("snippet")).get("title", ""))
        self._tokens.keep(channel_id=str(found[0].get("id")), channel_title=title, uploads=str(uploads))
        return title

    # -- the walk

    def send(self, package: Package, memo: Memo, progress: Progress) -> None:
        self._checked(package)
        video = self._upload.send(package, memo, progress)
        memo.is_out(video, f"https://youtu.be/{video}")

    def revise(self, package: Package, memo: Memo) -> None:
        """Send the words of today. What somebody changed at YouTube since is not written over, its privacy least."""
        self._checked(package)
        video = self._video(memo.remote_id, "snippet,status")
        there = as_dict(video.get("status"))
        privacy = package.metadata.privacy or str(there.get("privacyStatus", "private"))
        body = resource(package.metadata, memo.marker, privacy)
        sent = memo["snippet"]
        if sent and memo.publication.metadata_hash:
            now = as_dict(video.get("snippet"))
            changed = [name for name in sent if name != "tags" and str(now.get(name)) != str(sent[name])]
            if changed:
                self._tell(f"{', '.join(changed)} was changed at YouTube since: what stands here takes its place")
        snippet = {**as_dict(video.get("snippet")), **body["snippet"]}
        kept = {name: there[name] for name in ("embeddable", "license", "publicStatsViewable") if name in there}
        if "publishAt" in there and privacy == "private":
            kept["publishAt"] = there["publishAt"]
        body = {
            "id": memo.remote_id,
            "snippet": {name: snippet[name] for name in body["snippet"]},
            "status": kept | body["status"],
        }
        self._api.call("videos.update", "PUT", "/youtube/v3/videos", params={"part": "snippet,status"}, body=body)
        memo.note(snippet=writable(body))

    def parts(self, package: Package) -> Sequence[Part]:
        parts = [Part(f"captions {one.language}", one.digest, self._captions(one)) for one in package.captions]
        if picture := package.thumbnail:
            parts.append(Part("thumbnail", hashlib.sha256(picture).hexdigest(), self._picture(picture)))
        if package.playlist:
            parts.append(Part("playlist", package.playlist, self._playlist(package.playlist)))
        return parts

    def adopt(self, remote_id: str, memo: Memo) -> None:
        self._video(remote_id, "snippet")
        channel = as_dict(self._video(remote_id, "snippet").get("snippet")).get("channelId")
        if channel != memo.publication.place:
            raise PublishRefused(f"{remote_id[:20]} is another channel's video", hint="name one of your own channel's")
        memo.note(said_hash=None)
        memo.is_out(remote_id, f"https://youtu.be/{remote_id}")

    def settle(self, package: Package, memo: Memo) -> str:
        waited = 0.0
        while True:
            video = self._video(memo.remote_id, "status,processingDetails")
            status = as_dict(video.get("status"))
            if status.get("uploadStatus") in ("rejected", "failed"):
                why = str(status.get("rejectionReason") or status.get("failureReason") or "it does not say why")
                memo.set(state="refused")
                raise PublishError(
                    f"YouTube took {memo.publication.url}, and then declined it: {why}",
                    hint="the channel has this very file already: adopt that one with --adopt ITS_ID"
                    if why == "duplicate"
                    else "see YouTube Studio for what it says",
                )
            privacy = str(status.get("privacyStatus", ""))
            if status.get("uploadStatus") == "processed":
                later = f", public from {status['publishAt']}" if status.get("publishAt") else ""
                return f"{privacy}{later}"
            if waited >= self._wait:
                return f"{privacy}; YouTube still processes it: run the same command to ask again"
            time.sleep(5.0 / self._api.speed)
            waited += 5.0
            memo.hold()

    # -- what would be sent

    def preview(self, package: Package, known: Publication | None) -> Sequence[Outgoing]:
        self._checked(package)
        calls: list[Outgoing] = []
        if known is None or not known.is_out:
            marker = (known or _unborn(package, self.place().id)).marker
            body = resource(package.metadata, marker, package.metadata.privacy or "private")
            if not (known and known.memo.get("session")):
                calls.append(Outgoing("GET playlistItems, videos", "is the film there already?", {UNITS: 2}))
                about = {
                    "uploadType": "resumable",
                    "X-Upload-Content-Length": package.size,
                    "X-Upload-Content-Type": MIME,
                }
                calls.append(Outgoing("POST videos.insert", {**about, **body}, _cost("videos.insert")))
            calls.append(Outgoing("PUT the film", {"bytes": package.size, "sha256": package.sha256}))
        elif known.metadata_hash != package.metadata.hash:
            body = resource(package.metadata, known.marker, package.metadata.privacy or "(as it is there)")
            calls.append(Outgoing("GET videos", "what stands there now", {UNITS: 1}))
            calls.append(Outgoing("PUT videos.update", {"id": known.remote_id, **body}, _cost("videos.update")))
        there: dict[str, str] = known.memo.get("parts", {}) if known else {}
        for part in self.parts(package):
            if there.get(part.name) != part.digest:
                calls += self._previewed(package, part, part.name in there)
        calls.append(Outgoing("GET videos", "what YouTube made of it", {UNITS: 1}))
        return calls

    def _previewed(self, package: Package, part: Part, is_there: bool) -> list[Outgoing]:
        kind, _, what = part.name.partition(" ")
        if kind == "captions":
            size = next(len(one.data) for one in package.captions if one.language == what)
            call = "captions.update" if is_there else "captions.insert"
            return [
                Outgoing("GET captions.list", "are they there already?", _cost("captions.list")),
                Outgoing(
                    f"POST {call}",
                    {"snippet": {"language": what, "name": "", "isDraft": False}, "bytes": size},
                    _cost(call),
                ),
            ]
        if kind == "thumbnail":
            return [Outgoing("POST thumbnails.set", {"bytes": len(package.thumbnail or b"")}, _cost("thumbnails.set"))]
        return [
            Outgoing("GET playlists, playlistItems", "is it in there already?", {UNITS: 2}),
            Outgoing("POST playlistItems.insert", {"playlist": package.playlist}, _cost("playlistItems.insert")),
        ]

    # -- parts

    def _captions(self, captions: CaptionFile) -> Any:
        def send(memo: Memo) -> None:
            def there() -> str:
                listed = self._api.call(
                    "captions.list",
                    "GET",
                    "/youtube/v3/captions",
                    params={"part": "snippet", "videoId": memo.remote_id},
                )
                for one in items_of(listed):
                    about = as_dict(one.get("snippet"))
                    if (
                        about.get("language") == captions.language
                        and about.get("trackKind") != "asr"
                        and not about.get("name")
                    ):
                        return str(one.get("id"))
                return ""

            snippet = {"videoId": memo.remote_id, "language": captions.language, "name": "", "isDraft": False}

            def put(found: str) -> None:
                body: dict[str, Any] = {"id": found, "snippet": {"isDraft": False}} if found else {"snippet": snippet}
                content, mime = _related(body, captions.data, "application/octet-stream")
                self._api.call(
                    "captions.update" if found else "captions.insert",
                    "PUT" if found else "POST",
                    "/upload/youtube/v3/captions",
                    params={"uploadType": "multipart", "part": "snippet"},
                    content=content,
                    mime=mime,
                    once=not found,
                )

            _once(there, put)

        return send

    def _picture(self, picture: bytes) -> Any:
        def send(memo: Memo) -> None:
            about = {"uploadType": "media", "videoId": memo.remote_id}
            self._api.call(
                "thumbnails.set",
                "POST",
                "/upload/youtube/v3/thumbnails/set",
                params=about,
                content=picture,
                mime="image/jpeg",
            )

        return send

    def _playlist(self, named: str) -> Any:
        def send(memo: Memo) -> None:
            playlist = self._playlist_id(named)

            def there() -> str:
                found = self._api.get("playlistItems", part="id", playlistId=playlist, videoId=memo.remote_id)
                return str(items_of(found)[0].get("id")) if items_of(found) else ""

            def put(found: str) -> None:
                if found:
                    return
                resource_id = {"kind": "youtube#video", "videoId": memo.remote_id}
                body = {"snippet": {"playlistId": playlist, "resourceId": resource_id}}
                self._api.call(
                    "playlistItems.insert",
                    "POST",
                    "/youtube/v3/playlistItems",
                    params={"part": "snippet"},
                    body=body,
                    once=True,
                )

            _once(there, put)

        return send

    def _playlist_id(self, named: str) -> str:
        for page in self._api.pages("playlists", 20, part="snippet", mine="true", maxResults=50):
            for one in page:
                if named in (one.get("id"), as_dict(one.get("snippet")).get("title")):
                    return str(one["id"])
        raise PublishRefused(f"the channel has no playlist {named[:60]!r}", hint="make it at YouTube, or name another")

    # -- inside

    @cached_property
    def _tokens(self) -> Tokens:
        return Tokens(self._settings, self._http)

    @cached_property
    def _api(self) -> YouTube:
        home, speed = home_of(self._settings), self._settings.speeds.get(NAME, 1.0)
        return YouTube(self._http, self._tokens, self.quota, home, speed=speed)

    @property
    def _upload(self) -> Upload:
        return Upload(self._api, self._tokens.kept.uploads, self._chunk)

    def _video(self, video: str, parts: str) -> dict[str, Any]:
        found = items_of(self._api.get("videos", part=parts, id=video))
        if not found:
            raise PublishRefused(
                f"the video {video[:20]} is not at YouTube any more",
                hint="if it was taken away, publish it anew with --again 'why'",
            )
        return found[0]

    def _checked(self, package: Package) -> None:
        resource(package.metadata, "0" * 16, package.metadata.privacy or "private")
        if package.size == 0:
            raise PublishRefused(f"{package.film.name} is empty", hint="make the film first")
        for one in package.captions:
            if len(one.data) > LONGEST_CAPTIONS:
                raise PublishRefused(f"{one.path.name} is larger than 100 MB", hint="leave it out, or shorten it")
        if package.thumbnail and len(package.thumbnail) > LARGEST_PICTURE:
            raise PublishRefused("the thumbnail is larger than 2 MB", hint="give a smaller one with --thumbnail")


def _once(there: Any, put: Any) -> None:
    """Put something that is there at most once: after a lost answer it is looked for, and put where it is not."""
    for attempt in range(_INSERTS_AGAIN):
        try:
            put(there())
        except Unanswered:
            if attempt == _INSERTS_AGAIN - 1:
                raise
        else:
            return


def _cost(call: str) -> Mapping[str, int]:
    bucket, amount = COSTS[call]
    return {bucket: amount}


def _related(body: Mapping[str, Any], data: bytes, mime: str) -> tuple[bytes, str]:
    """JSON and bytes as one multipart/related body; the boundary is not in either."""
    boundary = f"film-{hashlib.sha256(data).hexdigest()[:32]}"
    head = f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(body)}\r\n"
    middle = f"--{boundary}\r\nContent-Type: {mime}\r\n\r\n"
    content = head.encode() + middle.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return content, f"multipart/related; boundary={boundary}"


def _unborn(package: Package, place: str) -> Publication:
    """The row that a first attempt would have: its marker is known before it is."""
    key = key_of(package.sha256, NAME, place)
    return Publication(
        id="",
        key=key,
        attempt=1,
        film_id=package.film_id,
        film_sha256=package.sha256,
        target=NAME,
        place=place,
        state="intent",
    )
