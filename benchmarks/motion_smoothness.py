"""How far a camera move strays from its ideal path, in pixels: geometry, the same on every machine.

    noise picture ──► flat_panel ──► frames of a slow move, grain off ──► phase correlation of a patch, frame to
    frame ──► minus what the path says the patch should have moved ──► root mean square

A zoom built on whole-pixel crops (FFmpeg's zoompan) scores about 0.45 here, and the eye sees it shiver.
Run it: ``python benchmarks/motion_smoothness.py``
"""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from animatic.camera import Lens, Move, View
from animatic.motion import Animator, Look, flat_panel

SIZE = (640, 360)
PATCH = 128
RATE = Fraction(24)

SLOW = {
    "pan": Move("pan", View(-0.02, -0.006), View(0.02, 0.006), Lens()),
    "push": Move("push", View(), View(zoom=1.06), Lens()),
}


def measure(frame_count: int = 48, size: tuple[int, int] = SIZE) -> dict[str, float]:
    """Root mean square of the jitter of each slow move, in pixels."""
    return {name: _jitter(move, frame_count, size) for name, move in SLOW.items()}


def shift_between(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[float, float]:
    """How far ``after`` lies from ``before``, (right, down), by phase correlation with a centroid of its peak."""
    size = before.shape[0]
    window = np.hanning(size)[:, None] * np.hanning(size)[None, :]
    one = np.fft.rfft2((before - before.mean()) * window)
    two = np.fft.rfft2((after - after.mean()) * window)
    cross = two * np.conj(one)
    # Noise of the highest frequencies, where resampling aliases, must not vote.
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]
    weight = np.exp(-(fx**2 + fy**2) / (2 * 0.11**2))
    peak = np.fft.fftshift(np.fft.irfft2(cross / (np.abs(cross) + 1e-9) * weight, s=(size, size)))
    y, x = np.unravel_index(int(np.argmax(peak)), peak.shape)
    near = peak[y - 1 : y + 2, x - 1 : x + 2]
    # A Gaussian weight makes a Gaussian peak, whose logarithm is a parabola: its top is exact.
    logs = np.log(np.maximum(near, 1e-12))
    down = (logs[0, 1] - logs[2, 1]) / (2 * (logs[0, 1] - 2 * logs[1, 1] + logs[2, 1]))
    right = (logs[1, 0] - logs[1, 2]) / (2 * (logs[1, 0] - 2 * logs[1, 1] + logs[1, 2]))
    return float(x - size // 2 + right), float(y - size // 2 + down)


def _jitter(move: Move, frame_count: int, size: tuple[int, int]) -> float:
    animator = Animator(
        flat_panel(_picture(size), *size), move, frame_count, 1, rate=RATE, look=Look(grain=0, vignette=0)
    )
    left, top = round(size[0] * 0.16), round(size[1] * 0.18)
    middle = (left + PATCH / 2, top + PATCH / 2)
    strays: list[tuple[float, float]] = []
    before: NDArray[np.float32] | None = None
    for k in range(frame_count):
        after = animator.frame(k)[top : top + PATCH, left : left + PATCH].astype(np.float32)
        if before is not None:
            right, down = shift_between(before, after)
            ideal = _ideal(animator, k, middle, size)
            strays.append((right - ideal[0], down - ideal[1]))
        before = after
    return float(np.sqrt(np.mean([right**2 + down**2 for right, down in strays])))


def _ideal(animator: Animator, k: int, at: tuple[float, float], size: tuple[int, int]) -> tuple[float, float]:
    """Where the point under ``at`` goes from the frame before to frame ``k``, if all were exact."""
    one, two = animator.path.box(k - 1, 0.5), animator.path.box(k, 0.5)
    moved: list[float] = []
    for axis in (0, 1):
        point = one[axis] + at[axis] * (one[axis + 2] - one[axis]) / size[axis]
        moved.append((point - two[axis]) * size[axis] / (two[axis + 2] - two[axis]) - at[axis])
    return moved[0], moved[1]


def _picture(size: tuple[int, int]) -> NDArray[np.uint8]:
    """Structure of many sizes, soft as a picture is: what the eye, and the correlation, can hold on to."""
    rng = np.random.default_rng(7)
    total = np.zeros((size[1], size[0]), np.float32)
    for cell in (3, 6, 14):
        coarse = rng.standard_normal((size[1] // cell + 2, size[0] // cell + 2)).astype(np.float32)
        total += np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))
    grey = np.clip(128 + 30 * total, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


if __name__ == "__main__":
    print(json.dumps({name: round(value, 4) for name, value in measure(120, (960, 540)).items()}))
