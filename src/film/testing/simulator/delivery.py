"""Sending a result, or spoiling it on the way: byte for byte what broken servers and networks do."""

from __future__ import annotations

import asyncio
import gzip
import random

from aiohttp import web

from film.testing import synthetic
from film.testing.simulator.faults import Fault

PIECES = 60
"""A slow body comes in so many."""
ENDLESS = 8 << 30
"""Bytes after which even an endless body ends, for readers without a cap."""


async def deliver(request: web.Request, body: bytes, mime: str, fault: Fault | None) -> web.StreamResponse:
    """The answer to a GET of a result, as ``fault`` has it."""
    match fault.kind if fault else None:
        case "short":
            return await _broken(request, body[: len(body) // 2], mime, declared=len(body))
        case "cut":
            return await _broken(request, body[: len(body) // 2], mime, declared=None)
        case "truncate":
            return await _unmeasured(request, body[: len(body) // 2], mime)
        case "endless":
            return await _endless(request, body, mime)
        case "slow-body" if fault:
            return await _slow(request, body, mime, fault.seconds)
        case "redirect" if fault:
            raise web.HTTPFound(fault.location or str(request.url))
        case "expired" if fault:
            status = 404 if fault.status == 404 else 403
            return web.Response(status=status, text="<Error><Code>AccessDenied</Code></Error>")
        case kind:
            return _instead(kind, body, mime)


def _instead(kind: str | None, body: bytes, mime: str) -> web.Response:
    """Whole answers that are not what was asked for; or the one that is."""
    match kind:
        case "corrupt":
            return web.Response(body=_flipped(body), content_type=mime)
        case "html":
            return web.Response(
                text="<!doctype html><html><body>Just a moment…</body></html>", content_type="text/html"
            )
        case "json":
            return web.json_response({"error": "internal", "message": "try again"})
        case "empty":
            return web.Response(body=b"", content_type=mime)
        case "wrong-type":
            other = synthetic.speech("wrong", 1) if mime.startswith("image/") else synthetic.picture(32, 32, 1)
            return web.Response(body=other, content_type=mime)
        case "gzip-bomb":
            bomb = gzip.compress(bytes(64 << 20), 9)
            return web.Response(body=bomb, content_type=mime, headers={"Content-Encoding": "gzip"})
        case _:
            return web.Response(body=body, content_type=mime)


def drop(request: web.Request) -> None:
    """Cut the connection as a crashing host does, without a goodbye."""
    if request.transport is not None:
        request.transport.abort()


async def hang(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def _broken(request: web.Request, body: bytes, mime: str, *, declared: int | None) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": mime})
    if declared is None:
        response.enable_chunked_encoding()
    else:
        response.content_length = declared
    await response.prepare(request)
    await response.write(body)
    await asyncio.sleep(0.05)  # what was written should arrive before the cut does
    drop(request)
    return response


async def _unmeasured(request: web.Request, body: bytes, mime: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": mime})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(body)
    await response.write_eof()
    return response


async def _endless(request: web.Request, body: bytes, mime: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": mime})
    response.enable_chunked_encoding()
    await response.prepare(request)
    filling, sent = body + bytes(1 << 20), 0
    while sent < ENDLESS:
        await response.write(filling)
        sent += len(filling)
    return response


async def _slow(request: web.Request, body: bytes, mime: str, seconds: float) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": mime})
    response.content_length = len(body)
    await response.prepare(request)
    size = max(1, -(-len(body) // PIECES))
    pieces = [body[n : n + size] for n in range(0, len(body), size)]
    for piece in pieces:
        await asyncio.sleep(seconds / len(pieces))
        await response.write(piece)
    await response.write_eof()
    return response


def _flipped(body: bytes) -> bytes:
    """A quarter of the bytes in the middle third are noise; head and length are right."""
    spoilt, dice = bytearray(body), random.Random(len(body))
    for place in range(len(body) // 3, 2 * len(body) // 3, 4):
        spoilt[place] = dice.randrange(256)
    return bytes(spoilt)
