"""FAL's queue: FLUX pictures, Hailuo and Kling clips.

There is no state "failed": a failure is COMPLETED with an error, or a 4xx where the result is asked for. The sub-path
of a model id is missing in the URLs that the queue hands out. Listing answers with nothing unless ``lists`` is set, as
it does for endpoints that one does not own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, cast

from aiohttp import web

from film.testing.simulator.books import SimulatedJob, digest_of
from film.testing.simulator.making import SIZES, UPLOADS, as_object, frame_of
from film.testing.simulator.vendor import BadOrder, SimulatedVendor, read_order

PAGE = 100
STORE_TOKEN = "simulated-store-token"  # noqa: S105  # it opens nothing but this simulator
Price = Callable[[dict[str, Any]], Decimal]


def _megapixels(order: dict[str, Any]) -> Decimal:
    width, height, _ = frame_of(order)
    return (Decimal(width * height) / 1_000_000).to_integral_value(ROUND_CEILING)


def _per_megapixel(price: str) -> Price:
    return lambda order: Decimal(price) * _megapixels(order) * int(order.get("num_images", 1))


def _per_second(price: str, *, default: int) -> Price:
    return lambda order: Decimal(price) * int(order.get("duration", default))


def _per_clip(**prices: str) -> Price:
    return lambda order: Decimal(prices[f"s{order.get('duration', next(iter(prices))[1:])}"])


def _hailuo_02(order: dict[str, Any]) -> Decimal:
    return Decimal("0.017" if order.get("resolution") == "512P" else "0.045") * int(order.get("duration", 6))


def _kling_26(order: dict[str, Any]) -> Decimal:
    return Decimal("0.14" if order.get("generate_audio", True) else "0.07") * int(order.get("duration", 5))


def _banana(order: dict[str, Any]) -> Decimal:
    """https://fal.ai/models/fal-ai/nano-banana-2/edit: 2K and 4K at 1.5 times and twice the standard rate."""
    return Decimal("0.08") * {"0.5K": Decimal("0.75"), "2K": Decimal("1.5"), "4K": Decimal(2)}.get(
        str(order.get("resolution", "1K")), Decimal(1)
    )


PICTURES: dict[str, Price] = {
    "fal-ai/flux/schnell": _per_megapixel("0.003"),
    "fal-ai/flux/dev": _per_megapixel("0.025"),
    "fal-ai/flux-2-pro": lambda order: Decimal("0.03") + Decimal("0.015") * (_megapixels(order) - 1),
    "fal-ai/nano-banana-2": _banana,
    "fal-ai/nano-banana-2/edit": _banana,
}
CLIPS: dict[str, tuple[Price, tuple[int, ...]]] = {
    "fal-ai/minimax/hailuo-02/standard/image-to-video": (_hailuo_02, (6, 10)),
    "fal-ai/minimax/hailuo-2.3/standard/image-to-video": (_per_clip(s6="0.28", s10="0.56"), (6, 10)),
    "fal-ai/minimax/hailuo-2.3-fast/standard/image-to-video": (_per_clip(s6="0.19", s10="0.32"), (6, 10)),
    "fal-ai/kling-video/v2.1/standard/image-to-video": (_per_second("0.056", default=5), (5, 10)),
    "fal-ai/kling-video/v2.1/pro/image-to-video": (_per_second("0.098", default=5), (5, 10)),
    "fal-ai/kling-video/v2.1/master/image-to-video": (_per_second("0.28", default=5), (5, 10)),
    "fal-ai/kling-video/v2.5-turbo/standard/image-to-video": (_per_second("0.042", default=5), (5, 10)),
    "fal-ai/kling-video/v2.5-turbo/pro/image-to-video": (_per_second("0.07", default=5), (5, 10)),
    "fal-ai/kling-video/v2.6/pro/image-to-video": (_kling_26, (5, 10)),
}


class SimulatedFal(SimulatedVendor):
    name = "fal"
    lists = False

    def routes(self) -> list[web.RouteDef]:
        job = "/{owner}/{app}/requests/{id}"
        return [
            self.route("POST", "/storage/auth/token", "list", self.token),
            self.route("POST", "/files/upload", "upload", self.upload),
            self.route("GET", "/v1/models/requests/by-endpoint", "list", self.listing),
            self.route("GET", "/v1/models/pricing", "list", self.pricing),
            self.media_route(),
            self.route("GET", f"{job}/status", "status", self.status),
            self.route("PUT", f"{job}/cancel", "cancel", self.cancel),
            self.route("GET", job, "result", self.result),
            self.route("POST", "/{model:.+}", "submit", self.submit),
        ]

    def key_of(self, request: web.Request) -> str | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return key if scheme == "Key" and key else None

    def error(self, status: int, kind: str, words: str) -> dict[str, Any]:
        if kind == "refuse":
            return {"detail": [{"loc": ["body", "prompt"], "msg": words, "type": "content_policy_violation"}]}
        return {"detail": words, "error_type": {"error": "internal_error"}.get(kind, kind)}

    def no_credit(self) -> web.Response:
        words = "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."
        return web.json_response({"detail": words}, status=403)

    async def token(self, request: web.Request) -> web.StreamResponse:
        expires = datetime.fromtimestamp(time.time() + 3600, UTC).isoformat()
        token = {"token": STORE_TOKEN, "token_type": "Bearer", "base_url": self.base(request), "expires_at": expires}
        return web.json_response(token)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {STORE_TOKEN}":
            return web.json_response({"detail": "Invalid token"}, status=401)
        content = await request.read()
        name = request.headers.get("X-Fal-File-Name") or "upload.bin"
        url = f"{self.base(request)}{UPLOADS}{digest_of(self.name, name, {})[:8]}_{name}"
        self.house.uploads[url] = content
        return web.json_response({"access_url": url})

    async def submit(self, request: web.Request) -> web.StreamResponse:
        model, order = request.match_info["model"], await read_order(request)
        if model in PICTURES:
            self._require(order, "prompt")
            if model.endswith("/edit"):
                self._check_references(order)
            if not (as_object(order.get("image_size")) or order.get("image_size", "square") in SIZES):
                raise _wrong("image_size", f"Input should be {', '.join(SIZES)} or width and height", "literal_error")
            job = self.take(model, "image", order, PICTURES[model](order))
        elif model in CLIPS:
            price, lengths = CLIPS[model]
            self._check_clip(model, order, lengths)
            job = self.take(model, "video", order, price(order))
        else:
            return web.json_response({"detail": f"Application {model!r} not found"}, status=404)
        at = f"{self.base(request)}/{'/'.join(model.split('/')[:2])}/requests/{job.id}"
        return web.json_response(
            {
                "status": "IN_QUEUE",
                "request_id": job.id,
                "response_url": at,
                "status_url": f"{at}/status",
                "cancel_url": f"{at}/cancel",
                "queue_position": self._position(job),
            }
        )

    def _check_references(self, order: dict[str, Any]) -> None:
        """Of the edit endpoint: at least one picture, at most fourteen, each an address or a data URI."""
        given = order.get("image_urls")
        pictures = cast("list[object]", given) if isinstance(given, list) else []
        if not 1 <= len(pictures) <= 14:
            raise _wrong("image_urls", "List should have 1 to 14 items", "too_short")
        if not all(isinstance(url, str) and url.startswith(("data:image/", "http")) for url in pictures):
            raise _wrong("image_urls", "Failed to load the image", "image_load_error")

    async def status(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None:
            return web.json_response({"detail": "Request not found"}, status=404)
        at = f"{self.base(request)}/{request.match_info['owner']}/{request.match_info['app']}/requests/{job.id}"
        reply: dict[str, Any] = {
            "request_id": job.id,
            "response_url": at,
            "status_url": f"{at}/status",
            "cancel_url": f"{at}/cancel",
        }
        state = job.state(time.time())
        if job.fate == "malformed":
            return web.Response(text='{"status": "IN_PRO', content_type="application/json")
        if job.fate == "strange":
            return web.json_response({**reply, "status": "PONDERING"}, status=202)
        if state == "queued":
            return web.json_response({**reply, "status": "IN_QUEUE", "queue_position": self._position(job)}, status=202)
        if state == "running":
            return web.json_response({**reply, "status": "IN_PROGRESS", "logs": []}, status=202)
        reply |= {"status": "COMPLETED", "logs": [], "metrics": {"inference_time": job.ends - job.starts}}
        if job.cancelled:
            reply |= {"error": "Request cancelled by user", "error_type": "request_cancelled"}
        elif job.fate == "fail":
            reply |= {"error": "The model crashed", "error_type": "internal_error"}
        return web.json_response(reply)

    async def result(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None:
            return web.json_response({"detail": "Request not found"}, status=404)
        if job.state(time.time()) not in ("over", "cancelled"):
            return web.json_response({"detail": "Request is still in progress"}, status=400)
        if job.cancelled or job.fate == "fail":
            body = {"detail": "The model crashed", "error_type": "internal_error"}
            return web.json_response(body, status=500, headers={"X-Fal-Retryable": "true"})
        if job.fate == "refuse":
            body = self.error(422, "refuse", "The prompt violates the content policy")
            return web.json_response(body, status=422, headers={"X-Fal-Retryable": "false"})
        if job.kind == "video":
            url = self.media_url(request, job, ".mp4")
            return web.json_response({"video": {"url": url, "content_type": "video/mp4", "file_name": "output.mp4"}})
        suffix = {"png": ".png", "jpeg": ".jpg"}.get(str(job.order.get("output_format", "jpeg")), ".jpg")
        width, height, _ = frame_of(job.order)
        image = {"url": self.media_url(request, job, suffix), "width": width, "height": height}
        return web.json_response(
            {
                "images": [{**image, "content_type": "image/png" if suffix == ".png" else "image/jpeg"}],
                "seed": job.order.get("seed", job.seed),
                "has_nsfw_concepts": [job.fate == "black"],
                "prompt": job.order.get("prompt"),
                "timings": {"inference": job.ends - job.starts},
            }
        )

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None:
            return web.json_response({"status": "NOT_FOUND"}, status=404)
        state = job.state(time.time())
        if state in ("over", "cancelled"):
            return web.json_response({"status": "ALREADY_COMPLETED"}, status=400)
        self.house.books.cancel(job, free=state == "queued")
        return web.json_response({"status": "CANCELLATION_REQUESTED"}, status=202)

    async def listing(self, request: web.Request) -> web.StreamResponse:
        endpoint = request.query.get("endpoint_id", "")
        mine = [job for job in self.house.books.jobs(self.name) if job.endpoint == endpoint and self.lists]
        begin = _moment(request.query.get("start"))
        newest_first = [job for job in reversed(mine) if job.created >= begin]
        size, start = int(request.query.get("limit", PAGE)), int(request.query.get("cursor", "0"))
        more = start + size < len(newest_first)
        items = [
            {
                "request_id": job.id,
                "sent_at": datetime.fromtimestamp(job.created, UTC).isoformat(),
                "json_input": job.order if request.query.get("expand") == "payloads" else None,
            }
            for job in newest_first[start : start + size]
        ]
        return web.json_response({"items": items, "next_cursor": str(start + size) if more else None, "has_more": more})

    async def pricing(self, request: web.Request) -> web.StreamResponse:
        asked = request.query.get("endpoint_id", "").split(",")
        prices = [
            {"endpoint_id": model, "unit_price": float(price), "unit": unit, "currency": "USD"}
            for model in asked
            if (known := _list_price(model))
            for price, unit in [known]
        ]
        return web.json_response({"prices": prices, "has_more": False, "next_cursor": None})

    def _check_clip(self, model: str, order: dict[str, Any], lengths: tuple[int, ...]) -> None:
        picture = "start_image_url" if "/v2.6/" in model else "image_url"
        self._require(order, "prompt", picture)
        if str(order.get("duration", lengths[0])) not in [str(n) for n in lengths]:
            raise _wrong("duration", f"Input should be one of {', '.join(map(str, lengths))}", "literal_error")
        try:
            self.check_picture(str(order[picture]))
        except ValueError as error:
            raise _wrong(picture, str(error), "image_load_error") from error

    def _require(self, order: dict[str, Any], *names: str) -> None:
        for name in names:
            if not order.get(name):
                raise _wrong(name, "Field required", "missing")

    def _position(self, job: SimulatedJob) -> int:
        return sum(other.starts < job.starts and other.starts > time.time() for other in self.house.books.jobs("fal"))


def _moment(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _list_price(model: str) -> tuple[Decimal, str] | None:
    """One figure and its unit, all that the price list has for a model: of its usual form where it has several."""
    if model in PICTURES:
        return PICTURES[model]({"image_size": "square"}), "images" if PICTURES[model] is _banana else "megapixels"
    if model not in CLIPS:
        return None
    price, lengths = CLIPS[model]
    plain = {"generate_audio": False}
    short, long = (price({**plain, "duration": length}) for length in lengths)
    a_second = short / lengths[0]
    return (a_second, "seconds") if long == a_second * lengths[1] else (short, "videos")


def _wrong(name: str, words: str, kind: str) -> BadOrder:
    return BadOrder(422, {"detail": [{"loc": ["body", name], "msg": words, "type": kind}]})
