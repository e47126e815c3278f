"""People in the draft storyboard panels.

    PanelSpec ──► casting (who) ──► staging (where, which way, doing what)
                      │                        │
                appearance (looks)             ▼
                      └───────────────► figure.paint (body, clothes, hair, light, face) ──► one Layer each

A character is a pure function of their name: shots differ in pose, light and size, never in who is seen.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from animatic.elements import MARGIN, FloatArray, Framing, Layer, Light, PanelSpec
from animatic.figures import appearance, skeleton
from animatic.figures.bearing import carried
from animatic.figures.casting import cast_of
from animatic.figures.expressions import expression_of
from animatic.figures.figure import Placement, Sprite, paint
from animatic.figures.hands import draw_hands
from animatic.figures.shading import blur
from animatic.figures.shadow import ground_shadow
from animatic.figures.staging import SAFE, Actor, block, is_full

__all__ = ["draw_figures"]


def draw_figures(
    spec: PanelSpec, light: Light, framing: Framing, width: int, height: int, ground: FloatArray | None
) -> list[Layer]:
    """The people of a panel as layers from far to near, each on its shadow where its feet are seen.

    ``width`` and ``height`` are of the drawn picture, MARGIN larger than the frame in its middle; ``ground`` is the
    floor's height in it, in pixels per column.
    """
    cast = cast_of(spec, framing.name)
    if cast.hands:
        return draw_hands(spec, light, cast.names[0], width, height)
    layers: list[Layer] = []
    merged: Layer | None = None
    actors = block(spec, framing, cast, width / height)
    tallest = max((appearance.of(actor.name, actor.told).height for actor in actors), default=1.0)
    for asked in actors:
        look = appearance.of(asked.name, asked.told)
        actor = replace(asked, pose=carried(look, asked.pose))
        place = placed(actor, framing, width, height, ground, tallest)
        mood = expression_of(spec.mood, "" if actor.extra else spec.prompt, actor.pose.head[1])
        sprite = paint(look, actor.pose, mood, place, light, width, height)
        if sprite is None:
            continue
        made: list[Layer] = []
        if place.foot < height * 0.5 * (1 + 1 / MARGIN):
            shadow = ground_shadow(sprite, place, light, width, height, lying=actor.pose.lying)
            if shadow is not None:
                made.append(Layer(*shadow, actor.depth - 0.005))
        made.append(as_layer(sprite, actor, width, height))
        if cast.dark:
            made[-1].rgb[:] = np.asarray(light.shade, np.float32) * 0.22
        if actor.extra:
            for layer in made:
                merged = layer if merged is None else _merge(merged, layer)
            continue
        if merged is not None:
            layers.append(merged)
            merged = None
        layers += made
    if merged is not None:
        layers.append(merged)
    return layers


def placed(
    actor: Actor, framing: Framing, width: int, height: int, ground: FloatArray | None, tallest: float = 0.0
) -> Placement:
    """The actor's fractions as pixels of the drawn picture; ``tallest`` is the height of the tallest beside them."""
    frame_w, frame_h = width / MARGIN, height / MARGIN
    left, top = (width - frame_w) / 2, (height - frame_h) / 2
    look = appearance.of(actor.name, actor.told)
    x = left + actor.x * frame_w
    tall = framing.figure_height * actor.size * frame_h
    if is_full(framing):
        foot = top + (framing.head_top + framing.figure_height) * frame_h
        if ground is not None:
            column = int(np.clip(round(x), 0, width - 1))
            foot = float(ground[column])
        foot -= actor.lift * frame_h
        lowest = top + (1 - SAFE - 0.012) * frame_h
        foot = min(foot, lowest - actor.lift * frame_h)
    else:
        # The camera finds the head: half of a difference in height is kept, so that a child looks up to an adult.
        bones = skeleton.build(look, actor.pose)
        crown = float(bones.head[1]) + (0.5 + (headroom(look) if framing.figure_height < 6 else 0.05)) * bones.size.head
        camera = 0.55 * crown + 0.45 * min(1.0, crown * 1.06) if framing.figure_height > 3.2 else 0.8 * crown + 0.2
        # a child beside a grown person reaches their chest
        if framing.figure_height < 2 and tallest - look.height > 0.2:
            camera = crown + 0.55 * (tallest - look.height)
        camera = crown if framing.figure_height > 6 else camera
        foot = top + framing.head_top * frame_h + camera * tall - actor.lift * frame_h
    return Placement(float(x), float(foot), float(tall), actor.yaw)


def headroom(look: appearance.Appearance) -> float:
    """How far hair or hat stand over the skull, in heads."""
    if look.hat is not None:
        return {"fedora": 0.20, "crown": 0.10, "straw": 0.13, "hood": 0.16, "helmet": 0.12}.get(look.hat, 0.11)
    return {"topknot": 0.20, "afro": 0.25, "curly": 0.17, "quiff": 0.12, "wavy": 0.11, "bald": 0.01}.get(
        look.hair, 0.07
    )


def as_layer(sprite: Sprite, actor: Actor, width: int, height: int) -> Layer:
    """The sprite on a sheet of the drawn picture; its colour runs on under its edge, so that no fringe shows."""
    rgb, alpha = np.empty((height, width, 3), np.float32), np.zeros((height, width), np.float32)
    tall, wide = sprite.alpha.shape
    weight = max(float(sprite.alpha.sum()), 1e-6)
    mean = (sprite.rgb * sprite.alpha[..., None]).sum(axis=(0, 1)) / weight
    rgb[:] = mean
    window = slice(sprite.top, sprite.top + tall), slice(sprite.left, sprite.left + wide)
    rgb[window] = np.where(sprite.alpha[..., None] > 0.004, sprite.rgb, mean)
    alpha[window] = sprite.alpha
    if actor.blur > 0:
        radius = actor.blur * height / MARGIN
        soft = blur(alpha, radius)
        premultiplied = [blur(rgb[..., k] * alpha, radius) for k in range(3)]
        rgb = (np.stack(premultiplied, axis=-1) / np.maximum(soft, 1e-3)[..., None]).astype(np.float32)
        alpha = soft
        if actor.depth > 0.9:
            # A foreground back frames the shot; its own light must not draw the eye.
            rgb = rgb * 0.55
    return Layer(np.clip(rgb, 0, 1), alpha, actor.depth)


def _merge(under: Layer, over: Layer) -> Layer:
    """Two sheets as one, straight colour."""
    alpha = over.alpha + under.alpha * (1 - over.alpha)
    share = (over.alpha / np.maximum(alpha, 1e-6))[..., None]
    rgb = under.rgb + (over.rgb - under.rgb) * share
    return Layer(rgb.astype(np.float32), alpha.astype(np.float32), max(under.depth, over.depth))
