"""What adapters and SDKs are asked to order, and with which key."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from film.models import AssetType
from film.providers.base import AudioConfig, ImageConfig, VideoConfig
from film.testing import synthetic
from film.testing.simulator.books import SimulatedJob

KEY = "simulated"
PICTURE = "data:image/png;base64," + b64encode(synthetic.picture(320, 180, 1)).decode()

LINE = AudioConfig(text="The light is out, and nobody climbs up there any more.")
PLATE = ImageConfig(prompt="a lighthouse", width=320, height=180, seed=7)
CLIP = VideoConfig(prompt="the beam turns", width=1280, height=720)

Order = Callable[[AssetType, str, Any], SimulatedJob]
Alike = Callable[[SimulatedJob], SimulatedJob]
