"""The draft tier as providers: a drawn panel, a camera move over it, an offline voice. Local, repeatable, $0.

    ImageConfig ──► PanelSpec ─────────────┐
    picture + VideoConfig ──► Clip ────────┴─► workers: this process and its drawing processes ──► drawing
    AudioConfig ──► VoiceCast ──► speak (in a child process) ──► WAV with word times

A picture that carries no spec, a user's own or a vendor's, is moved over as the flat picture that it is.
"""

from __future__ import annotations

import asyncio
import io
import re
import uuid
import wave
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

import animatic
from animatic.recipes import FIRST_PANEL_RECIPE, MOVE_RECIPE, PANEL_RECIPE, VOICE_RECIPE
from film.errors import BadMedia, InputError
from film.files.digests import code_digest
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

if TYPE_CHECKING:
    from animatic.elements import PanelSpec

T = TypeVar("T")

_ONCE_SILENT = re.compile(r"</?[a-zA-Z][^<>]*>|\[[^\[\]]*\]|\*[^*\n]+\*|\((?:[^\s()]+\s*){1,4}\)")


class _Draft(BaseProvider):
    """What the three share: no key, no price, work in the context's threads."""

    name = "draft"
    local = True
    by_rules = True

    def estimate_cost(self, config: Any) -> Decimal:
        return Decimal(0)

    @classmethod
    def workings(cls) -> str:
        code = code_digest(Path(animatic.__file__ or "").parent)
        return f"{PANEL_RECIPE}, {MOVE_RECIPE}, {VOICE_RECIPE}, code {code}"

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

    @classmethod
    def get_ready(cls, pieces: int) -> None:
        from animatic import workers

        workers.shared().start(pieces)

    async def generate(self, prompt: str, config: ImageConfig) -> Generated:
        return await self._work(_draw, spec_of(config), config.width, config.height, self.context.should_stop)


class DraftVideoProvider(_Draft, BaseVideoProvider):
    """Moves a camera over the panel: eased, with parallax, with rain and dust where there are some."""

    default_model = MOVE_RECIPE
    image_url_form = "file"
    made_to_fit = True

    def check_config(self, config: VideoConfig) -> None:
        from animatic.camera import move_for

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
            **({} if PANEL_RECIPE == FIRST_PANEL_RECIPE else {"panel": PANEL_RECIPE}),
            **({"continues": 1} if config.continues else {}),
            **({"colours": 2} if config.height % 4 else {}),  # at such heights they once lay eight pixels too low
        }

    async def generate(self, image_url: str, prompt: str, config: VideoConfig) -> Generated:
        folder = self.context.scratch or Path(gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"draft-{uuid.uuid4().hex}.mp4"
        return await self._work(_animate, _path_of(image_url), config, path, self.context.should_stop)


class DraftAudioProvider(_Draft, BaseAudioProvider):
    """Speaks a line with an offline voice, one for each character."""

    default_model = VOICE_RECIPE

    @classmethod
    def try_out(cls) -> str:
        from animatic.voice import VoiceCast, speak

        speech = speak("Ready.", VoiceCast().voice_for(None, None, "Ready."))
        return f"offline voice: {len(speech.pcm) / speech.sample_rate:.1f} s of speech made"

    def check_config(self, config: AudioConfig) -> None:
        from animatic.voice import VoiceCast

        super().check_config(config)
        VoiceCast().voice_for(config.character, config.voice, config.text)

    def request_params(self, config: AudioConfig) -> dict[str, Any]:
        """Brackets were left out once: where the words alone would name that sound, the key says that they are read."""
        params = super().request_params(config)
        return {**params, "brackets": "read"} if _ONCE_SILENT.search(config.text) else params

    async def generate(self, text: str, config: AudioConfig) -> Generated:
        return await self._work(_speak, text, config)


def spec_of(config: ImageConfig) -> PanelSpec:
    from animatic.elements import PanelSpec

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


def _draw(spec: PanelSpec, width: int, height: int, should_stop: Callable[[], bool] | None) -> Generated:
    from animatic import workers

    data = workers.shared().draw(spec, width, height, should_stop)
    return Generated(data=data, mime="image/png", details={"width": width, "height": height})


def _animate(picture: Path, config: VideoConfig, path: Path, should_stop: Callable[[], bool] | None) -> Generated:
    from animatic import workers
    from animatic.drawing import Clip, spec_in

    rate = Fraction(config.frame_rate)
    clip = Clip(
        picture=picture,
        spec=spec_in(picture),
        width=config.width,
        height=config.height,
        frames=max(1, round(Fraction(str(config.duration)) * rate)),
        rate=rate,
        prompt=config.prompt,
        camera=config.camera,
        shot_type=config.scene.shot_type,
        mood=config.scene.mood,
        seed=config.seed or 0,
        continues=config.continues,
    )
    workers.shared().animate(clip, path, should_stop)
    return Generated(path=path, mime="video/mp4")


def _speak(text: str, config: AudioConfig) -> Generated:
    from animatic.voice import VoiceCast, speak

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
