"""What an order comes to: real media of the asked kind, frame and length, drawn and not dreamt."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from PIL import Image

from film.testing import synthetic
from film.testing.simulator.books import SimulatedJob

UPLOADS = "/uploads/"
"""In the name of every file that customers put into the vendors' stores."""
NOTHING: Mapping[str, bytes] = MappingProxyType({})
WORKING_SIZE = 320
"""Longest side of a simulated clip: its shape is the one asked for, its size is kind to the test's machine."""


def make_media(job: SimulatedJob, uploads: Mapping[str, bytes] = NOTHING) -> tuple[bytes, str]:
    """The result of a job and its type; equal for every download of it, different for every job.

    ``uploads`` are the pictures that orders name.
    """
    order, label = job.order, str(job.order.get("prompt") or job.order.get("promptText") or "")
    unique = f"{label} {job.id}"
    if job.kind == "image":
        width, height, form = frame_of(order)
        mime = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}[form]
        return _picture(width, height, job.seed, unique, form), mime
    if job.kind == "video":
        width, height = _shape(order, uploads)
        return synthetic.clip(float(order.get("duration") or 5), width, height, job.seed, unique), "video/mp4"
    form, mime = SOUND[str(order.get("response_format") or "mp3")]
    text = str(order.get("input") or order.get("text") or "")
    return synthetic.speech(text, job.seed, form=form, speed=float(order.get("speed") or 1)), mime


@lru_cache(maxsize=32)
def _picture(width: int, height: int, seed: int, label: str, form: synthetic.PictureFormat) -> bytes:
    """Kept, since a result is downloaded again and again where downloads are spoilt."""
    return synthetic.picture(width, height, seed, label, form=form)


SOUND: dict[str, tuple[synthetic.SpeechFormat, str]] = {
    "mp3": ("mp3", "audio/mpeg"),
    "opus": ("opus", "audio/ogg"),
    "aac": ("aac", "audio/aac"),
    "flac": ("flac", "audio/flac"),
    "wav": ("wav", "audio/wav"),
    "pcm": ("pcm", "audio/pcm"),
}

SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}


def frame_of(order: dict[str, Any]) -> tuple[int, int, synthetic.PictureFormat]:
    """Width, height and format of the picture that an order asks for, in the words of FAL or of Replicate."""
    forms: dict[str, synthetic.PictureFormat] = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}
    form = forms[str(order.get("output_format") or "png")]
    if "aspect_ratio" in order:
        across, down = (int(n) for n in str(order["aspect_ratio"]).split(":"))
        size = {"0.25": 18, "2K": 22, "4K": 24}
        area = 1 << size.get(str(order.get("megapixels") or order.get("resolution")), 20)
        height = (area * down / across) ** 0.5
        return round(height * across / down / 16) * 16, round(height / 16) * 16, form
    size = order.get("image_size", "landscape_4_3")
    if exact := as_object(size):
        return int(exact["width"]), int(exact["height"]), form
    return *SIZES[str(size)], form


def _shape(order: dict[str, Any], uploads: Mapping[str, bytes]) -> tuple[int, int]:
    """The clip's frame: the ratio asked for, else the picture's own, at working size."""
    if "ratio" in order:
        width, height = (int(n) for n in str(order["ratio"]).split(":"))
    else:
        picture = str(order.get("image_url") or order.get("start_image_url") or "")
        width, height = picture_size(picture, uploads) or (16, 9)
    scale = WORKING_SIZE / max(width, height)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def picture_size(url: str, uploads: Mapping[str, bytes]) -> tuple[int, int] | None:
    """Width and height of a picture in a data URI or among ``uploads``; None where it lies elsewhere.

    Raises ValueError when it is no picture.
    """
    if not url.startswith("data:") and url not in uploads:
        return None
    try:
        content = uploads[url] if url in uploads else base64.b64decode(url.partition(",")[2], validate=True)
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (OSError, binascii.Error) as error:
        raise ValueError(f"not a picture: {error}") from error


def as_object(value: object) -> dict[str, Any]:
    """A JSON object as such; empty for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
