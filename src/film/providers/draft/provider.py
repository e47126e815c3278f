"""The draft tier as providers: a drawn panel, a camera move over it, an offline voice. Local, repeatable, $0.

    ImageConfig ──► PanelSpec ──► draw_panel ──► PNG that carries its own spec
    that PNG + VideoConfig ──► the same panel's layers again ──► Animator ──► MP4
    AudioConfig ──► VoiceCast ──► speak (in a child process) ──► WAV with word times

A picture that carries no spec, a user's own or a vendor's, is moved over as the flat picture that it is.
"""

from __future__ import annotations

import asyncio
import io
import json
import threading
import uuid
import wave
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

from film.errors import BadMedia, InputError
from film.media import open_picture
from film.models import Generated, SpokenWord
from film.providers.base import (
    AudioConfig,
    BaseAudioProvider,
    BaseImageProvider,
    BaseProvider,
    BaseVideoProvider,
    ImageConfig,
    VideoConfig,
)
from film.providers.draft.elements import Panel, PanelSpec, rng_of

if TYPE_CHECKING:
    from PIL import Image

T = TypeVar("T")

PANEL_TEXT = "film-panel"
"""Name of the PNG text that holds the spec a panel was drawn from."""
PANEL_RECIPE = "panel-1"
MOVE_RECIPE = "move-1"
VOICE_RECIPE = "espeak-ng-1"
"""Change these with what is drawn, moved or spoken: they are the models' names, and so part of every key."""


class _Draft(BaseProvider):
    """What the three share: no key, no price, work in the context's threads."""

    name = "draft"
    local = True

    def estimate_cost(self, config: Any) -> Decimal:
        return Decimal(0)

    def check_config(self, config: Any) -> None:
        if config.model not in (None, self.default_model):
            raise InputError(
                f"the draft tier has no {self.asset_type.value} model {config.model!r}",
                hint=f"leave the model out, or name another provider with --{self.asset_type.value}_provider",
            )

    async def _work(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.context.workers, work, *args)


class DraftImageProvider(_Draft, BaseImageProvider):
    """Draws a storyboard panel of what the shot says."""

    default_model = PANEL_RECIPE

    async def generate(self, prompt: str, config: ImageConfig) -> Generated:
        return await self._work(_draw, spec_of(config), config.width, config.height)


class DraftVideoProvider(_Draft, BaseVideoProvider):
    """Moves a camera over the panel: eased, with parallax, with rain and dust where there are some."""

    default_model = MOVE_RECIPE
    image_url_form = "file"

    def check_config(self, config: VideoConfig) -> None:
        from film.providers.draft.camera import move_for

        super().check_config(config)
        move_for(config.camera, config.scene.shot_type, config.prompt, config.scene.mood, 0)

    def request_params(self, config: VideoConfig) -> dict[str, Any]:
        return {
            "prompt": config.prompt,
            "duration": config.duration,
            "width": config.width,
            "height": config.height,
            "frame_rate": config.frame_rate,
            "camera": config.camera,
            "seed": config.seed,
            "shot_type": config.scene.shot_type,
            "mood": config.scene.mood,
        }

    async def generate(self, image_url: str, prompt: str, config: VideoConfig) -> Generated:
        folder = self.context.scratch or Path(gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"draft-{uuid.uuid4().hex}.mp4"
        return await self._work(_animate, _path_of(image_url), config, path, self.context.should_stop)


class DraftAudioProvider(_Draft, BaseAudioProvider):
    """Speaks a line with an offline voice, one for each character."""

    default_model = VOICE_RECIPE

    def check_config(self, config: AudioConfig) -> None:
        from film.providers.draft.voice import VoiceCast

        super().check_config(config)
        VoiceCast().voice_for(config.character, config.voice, config.text)

    async def generate(self, text: str, config: AudioConfig) -> Generated:
        return await self._work(_speak, text, config)


def spec_of(config: ImageConfig) -> PanelSpec:
    scene = config.scene
    return PanelSpec(
        prompt=config.prompt,
        negative_prompt=config.negative_prompt,
        shot_type=scene.shot_type,
        characters=scene.characters,
        landscapes=scene.landscapes,
        styles=scene.styles,
        mood=scene.mood,
        time_of_day=scene.time_of_day,
        seed=config.seed or 0,
    )


class _Panels:
    """The last panels drawn: a clip is mostly made right after its picture, and drawing again costs a second."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[tuple[PanelSpec, int, int], Panel] = OrderedDict()
        self._mutex = threading.Lock()

    def get(self, spec: PanelSpec, width: int, height: int) -> Panel:
        from film.providers.draft.panel import draw_panel

        place = (spec, width, height)
        with self._mutex:
            kept = self._kept.pop(place, None)
        panel = kept or draw_panel(spec, width, height)
        with self._mutex:
            self._kept[place] = panel
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return panel

    def forget(self, spec: PanelSpec, width: int, height: int) -> None:
        with self._mutex:
            self._kept.pop((spec, width, height), None)


_panels = _Panels(room=3)


def _draw(spec: PanelSpec, width: int, height: int) -> Generated:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from film.providers.draft.panel import still

    text = PngInfo()
    text.add_itxt(PANEL_TEXT, json.dumps({"recipe": PANEL_RECIPE, "spec": asdict(spec)}, ensure_ascii=False))
    out = io.BytesIO()
    picture = Image.fromarray(still(_panels.get(spec, width, height)))
    picture.save(out, "PNG", pnginfo=text, compress_level=1)
    return Generated(data=out.getvalue(), mime="image/png", details={"width": width, "height": height})


def _animate(picture: Path, config: VideoConfig, path: Path, should_stop: Callable[[], bool] | None) -> Generated:
    from film.providers.draft.camera import move_for
    from film.providers.draft.encode import write_clip
    from film.providers.draft.motion import frames

    rate = Fraction(config.frame_rate)
    count = max(1, round(Fraction(str(config.duration)) * rate))
    panel, spec = _panel_in(picture, config.width, config.height)
    seed = int(rng_of("move", config.prompt, config.seed or 0).integers(2**31))
    move = move_for(config.camera, config.scene.shot_type, config.prompt, config.scene.mood, seed)
    drawn = frames(panel, move, count, seed, rate=rate)
    write_clip(path, drawn, config.width, config.height, rate, should_stop=should_stop)
    if spec:
        _panels.forget(spec, config.width, config.height)
    return Generated(path=path, mime="video/mp4")


def _panel_in(path: Path, width: int, height: int) -> tuple[Panel, PanelSpec | None]:
    """The panel a picture was drawn from, at the clip's size; any other picture as a flat one."""
    import numpy as np

    from film.providers.draft.motion import flat_panel

    try:
        with open_picture(path) as picture:
            picture.load()
            spec = _spec_in(picture)
            if spec is None:
                return flat_panel(np.asarray(picture.convert("RGB")), width, height), None
    except BadMedia as error:
        hint = "make the shot's picture again, or give a PNG, JPEG or WebP"
        raise BadMedia(error.message, hint=hint, provider="draft") from error
    return _panels.get(spec, width, height), spec


def _spec_in(picture: Image.Image) -> PanelSpec | None:
    try:
        carried = json.loads(picture.info.get(PANEL_TEXT, "null"))
        if not carried or carried["recipe"] != PANEL_RECIPE:
            return None
        fields: dict[str, Any] = carried["spec"]
        fields |= {name: tuple(cast("list[Any]", value)) for name, value in fields.items() if isinstance(value, list)}
        return PanelSpec(**fields)
    except (TypeError, ValueError, KeyError):
        return None


def _speak(text: str, config: AudioConfig) -> Generated:
    from film.providers.draft.voice import VoiceCast, speak

    speech = speak(text, VoiceCast().voice_for(config.character, config.voice, text))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.sample_rate)
        file.writeframes(speech.pcm.astype("<i2").tobytes())
    words = tuple(SpokenWord(word=w, start=a, end=b) for w, a, b in speech.words)
    return Generated(data=out.getvalue(), mime="audio/wav", words=words)


def _path_of(image_url: str) -> Path:
    parts = urlsplit(image_url)
    if parts.scheme != "file":
        raise BadMedia(
            f"the draft tier animates pictures on this machine, not {parts.scheme or 'that'}:",
            hint="give a file: URL, as Path.as_uri() makes them",
            provider="draft",
        )
    return Path(url2pathname(parts.path))
