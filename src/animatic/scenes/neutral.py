"""The stage for a place that nobody knows: a sweep of backdrop and floor in the hour's light, and never another place.

It says of itself that it is no place: the slate carries the name of what was asked for.
"""

from __future__ import annotations

import numpy as np

from animatic.canvas import mix, ramp
from animatic.light import blend
from animatic.scenes.setup import Place, Setup


def neutral(setup: Setup) -> Place:
    """A cyclorama: lit from the key's side, its floor a little darker, no seam between them."""
    canvas, light = setup.canvas, setup.light
    paper = blend(blend(light.middle, light.horizon, 0.45), (0.50, 0.49, 0.48), 0.55)
    top = blend(paper, light.zenith, 0.40)
    floor = blend(paper, light.shade, 0.45)
    sheet = canvas.sheet(paper)
    line = np.float32(min(max(setup.framing.horizon + 0.10, 0.30), 0.80))
    height = np.clip(canvas.y, -0.2, 1.2) + 0 * canvas.x
    sheet.rgb = mix(top, paper, ramp(height, -0.1, float(line)))
    sheet.rgb = mix(sheet.rgb, floor, ramp(height, float(line) - 0.10, float(line) + 0.30))
    pool = np.exp(-((canvas.distance(0.5 + 0.16 * light.key_side, float(line) - 0.12) / np.float32(0.55)) ** 2))
    glow = blend(light.sun, (1.0, 0.97, 0.92), 0.4)
    sheet.rgb += (np.asarray(glow, np.float32) - sheet.rgb) * (pool * np.float32(0.24))[..., None]
    grain = canvas.noise(setup.rng, 3.0, 3, stretch=1.4)
    sheet.rgb *= (np.float32(0.97) + grain * np.float32(0.06))[..., None]
    sheet.alpha[:] = 1
    return Place([sheet.layer(0.10)], setup.outdoor(yaw=0.0), frozenset({"floor"}))
