"""An effect is heard when its shot says, to the millisecond, however long the film's frames are."""

from __future__ import annotations

import asyncio
import json
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from film.app.films import make_film
from film.planning.params import film_params
from film.settings import load_settings

RATE = 48_000


def beep(path: Path) -> None:
    samples = (np.sin(np.arange(RATE // 20) * 2 * np.pi * 3000 / RATE) * 20000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def heard(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        parts = [frame.to_ndarray()[0] for frame in container.decode(audio=0) if (frame.pts or 0) >= 0]
    return np.concatenate(parts)


@pytest.mark.parametrize(("rate", "at"), [("8", "0.31"), ("24", "0.5"), ("25", "0.017"), ("30000/1001", "0.777")])
def test_an_effect_begins_at_its_millisecond(tmp_path: Path, rate: str, at: str) -> None:
    beep(tmp_path / "beep.wav")
    shots = tmp_path / "shots.json"
    shots.write_text(
        json.dumps(
            {
                "sound": {"ambience": False},
                "shots": [
                    {
                        "shot_id": "a",
                        "enhanced_prompt": "A wall",
                        "duration": 2,
                        "effects": [{"file": "beep.wav", "at": float(at)}],
                    }
                ],
            }
        )
    )
    settings = load_settings()
    params = film_params(
        shots, settings, tier="draft", size="128x128", frame_rate=rate, output=tmp_path / "film.mp4", provenance=False
    )
    asyncio.run(make_film(params, settings))
    sound = np.abs(heard(tmp_path / "film.mp4"))
    first = int(np.flatnonzero(sound > 0.25 * sound.max())[0])
    assert first / RATE == pytest.approx(float(at), abs=0.003)
