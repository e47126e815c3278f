"""A film's bytes go up once, whatever cuts them off.

    no address ─► is it there already? ─► POST ─► address committed ─► PUT, PUT, … ─► PUT of the last chunk ─► the id
         ▲                                                 │              (noted before it is begun)             ▲
         │                                        after any break: how far?  ── 200/201: it was finished ────────┘
         └── gone, and the last chunk never begun: no video   ├─ 308: go on from there
                                                              └─ gone after the last was begun: look for the marker;
                                                                 not found: a person looks

An upload becomes a video with its last byte and not before, which is why the note before the last chunk tells "there is
none" from "there may be one".
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BufferedReader

from film.errors import PublishError, PublishUnsure
from film.publish.journal import RENEW_SECONDS, Memo
from film.publish.package import Package
from film.publish.targets import Progress
from film.publish.youtube.api import TRANSPORT, TRIES, Standing, YouTube, as_dict, as_list, items_of, standing_of
from film.publish.youtube.api import unreachable as _unreachable
from film.publish.youtube.words import resource, tag, writable

CHUNK = 8 << 20
"""A multiple of 256 KiB, as the protocol wants it; what a break costs at most."""
PIECE = 256 << 10
MIME = "video/*"
SHOWS_AFTER = 180.0
"""Seconds that a finished upload may take to be listed."""
PAGES = 10
"""Of fifty uploads each, newest first, that are looked through for the marker."""
NEW_ADDRESSES = 3


class Upload:
    def __init__(self, api: YouTube, uploads: str, chunk: int = CHUNK) -> None:
        self._api, self._uploads, self._chunk = api, uploads, chunk

    def send(self, package: Package, memo: Memo, progress: Progress) -> str:
        """The id of the film's video. Raises PublishUnsure where there may be one that nobody can find."""
        if memo.publication.state == "review" or (not memo["session"] and not memo["begun_looking"]):
            if found := self.find(memo, package.size):
                return found
            if memo.publication.state == "review":
                raise _unsure(package)
            memo.note(begun_looking=True)
        for _ in range(NEW_ADDRESSES):
            if not memo["session"]:
                body = resource(package.metadata, memo.marker, package.metadata.privacy or "private")
                address = self._api.begin(body, package.size, MIME)
                memo.note(session=address, final=None, said_hash=package.metadata.hash, snippet=writable(body))
                standing = Standing()
            else:
                standing = self._api.ask_upload(str(memo["session"]), package.size)
            standing = self._go_on(package, memo, standing, progress)
            if standing.video is not None:
                return str(standing.video["id"])
            if memo["final"]:
                return self._look_for(package, memo)
            memo.note(session=None)
        raise PublishError(
            "YouTube forgets the upload again and again", hint="run again in a while: no video was made of it"
        )

    # -- bytes

    def _go_on(self, package: Package, memo: Memo, standing: Standing, progress: Progress) -> Standing:
        """PUT chunk after chunk, until there is a video or the address is gone."""
        address, failures = str(memo["session"]), 0
        with package.opened() as file:
            while standing.video is None and not standing.gone:
                offset = standing.offset
                progress(offset, package.size)
                length = self._length(offset, package.size)
                if length > 0 and offset + length == package.size and not memo["final"]:
                    memo.note(final=True)
                if failures >= TRIES:
                    raise _unreachable("no progress")
                if failures:
                    self._api.pause(failures)
                found = None
                if length > 0:
                    package.check(file)
                    file.seek(offset)
                    about = f"bytes {offset}-{offset + length - 1}/{package.size}"
                    try:
                        answer = self._api.put(address, about, length, self._pieces(file, length, memo))
                        found = standing_of(answer)
                    except TRANSPORT:
                        found = None
                    memo.hold()
                if found is None:
                    found = self._api.ask_upload(address, package.size)
                failures = 0 if found.offset > offset else failures + 1
                standing = found
        if standing.video is not None:
            progress(package.size, package.size)
        return standing

    def _length(self, offset: int, size: int) -> int:
        """Bytes of the next chunk. The last is a small one: only while it is on its way may there be a video or not."""
        left = size - offset
        last = (size - 1) % PIECE + 1
        return left - last if last < left <= self._chunk else min(self._chunk, left)

    def _pieces(self, file: BufferedReader, length: int, memo: Memo) -> Iterator[bytes]:
        held, left = time.monotonic(), length
        while left:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise PublishError("the film became shorter while it went out", hint="run again once it is finished")
            left -= len(piece)
            if time.monotonic() - held > RENEW_SECONDS:
                memo.hold()
                held = time.monotonic()
            yield piece

    # -- looking

    def find(self, memo: Memo, size: int) -> str:
        """The id of the channel's own video with the marker; empty where none is listed."""
        wanted = tag(memo.marker)
        for page in self._api.pages(
            "playlistItems", PAGES, part="contentDetails", playlistId=self._uploads, maxResults=50
        ):
            ids = [str(as_dict(one.get("contentDetails")).get("videoId", "")) for one in page]
            if not any(ids):
                continue
            videos = self._api.get(
                "videos", part="snippet,status,fileDetails", id=",".join(filter(None, ids)), maxResults=50
            )
            for video in items_of(videos):
                if wanted in as_list(as_dict(video.get("snippet")).get("tags")):
                    told = str(as_dict(video.get("fileDetails")).get("fileSize", size))
                    if told == str(size):
                        return str(video.get("id", ""))
        return ""

    def _look_for(self, package: Package, memo: Memo) -> str:
        waited = 0.0
        while True:
            if found := self.find(memo, package.size):
                return found
            if waited >= SHOWS_AFTER:
                raise _unsure(package)
            time.sleep(20.0 / self._api.speed)
            waited += 20.0
            memo.hold()


def _unsure(package: Package) -> PublishUnsure:
    return PublishUnsure(
        f"the last bytes of {package.film.name} went out, YouTube has forgotten the upload, and lists no such video",
        hint="look into YouTube Studio: if it is there, add --adopt ITS_ID, if not, --again 'it is not there'",
    )
