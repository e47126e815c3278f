"""Where the camera is, frame by frame: the words of a shot become a move, the move boxes over the drawing.

    name, shot type, prompt, mood, seed ──► move_for ──► Move (pure data)
    Move + length + sizes ──► Path ──► path.box(frame, depth) ──► the part of that layer which fills the frame

A move is two views and the lens between them. How far an offset or a zoom reaches a layer depends on its
depth, and that is what tells a dolly from a zoom and a truck from a pan: turning on the spot moves everything
alike, travelling moves near things more. Offsets are fractions of the frame, so a move is the same at every
size and shape, and a path is shrunk until no layer shows its edge. All is a pure function of its arguments.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from animatic.elements import rng_of
from film.errors import InputError

Depth = TypeVar("Depth", float, NDArray[np.floating])
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the drawn area, sub-pixel."""

REFERENCE_SECONDS = 5.0
"""The length the amplitudes below are meant for; shorter shots travel less, so that speed stays alike."""


@dataclass(frozen=True)
class View:
    """Centre of view from the middle of the drawing, in fractions of the frame, and how near it is (>= 1)."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0


@dataclass(frozen=True)
class Lens:
    """How strongly a layer follows, at depth 0 and at depth 1: offsets as factors, zoom as exponents."""

    offset_far: float = 1.0
    offset_near: float = 1.0
    zoom_far: float = 1.0
    zoom_near: float = 1.0

    def offset(self, depth: Depth) -> Depth:
        return self.offset_far + (self.offset_near - self.offset_far) * depth

    def zoom(self, depth: Depth) -> Depth:
        return self.zoom_far + (self.zoom_near - self.zoom_far) * depth


# Depth is held back: a floor is one sheet, and what stands on it must not be seen to slide.
TURN = Lens(offset_far=0.94, offset_near=1.12)
TRAVEL = Lens(offset_far=0.6, offset_near=1.2, zoom_far=0.7, zoom_near=1.25)
AROUND = Lens(offset_far=-0.3, offset_near=0.8, zoom_far=0.8, zoom_near=1.2)
VERTIGO = Lens(zoom_far=1.0, zoom_near=0.12)


@dataclass(frozen=True)
class Move:
    """A camera move of one shot; ``sway`` is the unrest of the hand that holds the camera."""

    name: str
    start: View
    end: View
    lens: Lens = TRAVEL
    sway: float = 0.0
    phase: float = 0.0


_STILL = View()
MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move("static", _STILL, _STILL),
        Move("push in", _STILL, View(0, -0.012, 1.09)),
        Move("pull back", View(0, -0.012, 1.1), _STILL),
        Move("zoom in", _STILL, View(0, -0.01, 1.14), Lens()),
        Move("zoom out", View(0, -0.01, 1.14), _STILL, Lens()),
        Move("pan left", View(0.068, 0, 1.01), View(-0.068, 0, 1.01), TURN),
        Move("pan right", View(-0.068, 0, 1.01), View(0.068, 0, 1.01), TURN),
        Move("tilt up", View(0, 0.068, 1.01), View(0, -0.068, 1.01), TURN),
        Move("tilt down", View(0, -0.068, 1.01), View(0, 0.068, 1.01), TURN),
        Move("crane up", View(0, 0.058, 1.04), View(0, -0.058, 1.0)),
        Move("crane down", View(0, -0.058, 1.0), View(0, 0.058, 1.04)),
        Move("truck left", View(0.06, 0, 1.02), View(-0.06, 0, 1.02)),
        Move("truck right", View(-0.06, 0, 1.02), View(0.06, 0, 1.02)),
        Move("arc left", View(0.075, 0, 1.02), View(-0.075, 0, 1.045), AROUND),
        Move("arc right", View(-0.075, 0, 1.02), View(0.075, 0, 1.045), AROUND),
        Move("drift", View(-0.024, 0.008, 1.015), View(0.024, -0.01, 1.045), sway=0.0012),
        Move("handheld", View(-0.004, 0.002, 1.03), View(0.004, -0.003, 1.045), sway=0.0075),
        Move("dolly zoom", _STILL, View(0, 0, 1.13), VERTIGO),
    )
}

# What people write as the name of a move: lenient, for the whole text is about the camera.
_NAMED: tuple[tuple[str, str], ...] = (
    (r"dolly zoom|vertigo|zolly", "dolly zoom"),
    (r"static|lock|still|fixed|station|tripod|\bnone\b|no (camera )?mov", "static"),
    (r"hand ?held|shak|\bpov\b", "handheld"),
    (r"zoom", "zoom in|out"),
    (r"pull|(dolly|track|push|move|moving)\w* (slowly )?(out|back|away)", "pull back"),
    (
        r"(dolly|slid\w*|track\w*|truck\w*|travel\w*|move|moving) (slowly )?(to the )?(left|right)",
        "truck left|right",
    ),
    (r"push|dolly|(track|move|moving)\w* (slowly )?(in|forward|closer)", "push in"),
    (r"\bpan", "pan left|right"),
    (r"tilt", "tilt up|down"),
    (r"crane|boom|jib|pedestal|\brise|\brising|ascend|descend", "crane up|down"),
    (r"truck|track|steadi ?cam|slid(e|ing)|lateral|follow", "truck left|right"),
    (r"orbit|\barc|circl|revolv|around|360", "arc left|right"),
    (r"drift|float|glid|hover", "drift"),
)

# What counts in a prompt, where "the train track", "a crane" and "a frying pan" are things, not camera work.
_SLOW = r"(?:slow(?:ly)? |gently |gentle |smooth(?:ly)? )?"
_WRITTEN: tuple[tuple[str, str], ...] = (
    (r"dolly zoom|vertigo effect|zolly", "dolly zoom"),
    (rf"pull(?:s|ing)? {_SLOW}(?:back|out|away)\b(?! (?:the|a|an|his|her|their|its)\b)", "pull back"),
    (rf"(?:dolly|dollies|dollying|camera (?:moves|tracks)) {_SLOW}(?:out|back|away)", "pull back"),
    (r"(?:dolly|dollies|dollying|camera (?:moves|slides)) (?:to the )?(?:left|right)", "truck left|right"),
    (
        rf"(?:push(?:es|ing)?|dolly|dollies|dollying|creep(?:s|ing)?) {_SLOW}(?:in\b|forward|toward)",
        "push in",
    ),
    (
        r"camera (?:moves|tracks) (?:slowly )?(?:in|forward|closer)|dolly shot|camera (?:dollies|pushes)",
        "push in",
    ),
    (r"zoom(?:s|ing)? (?:slowly )?(?:in|out)|slow zoom|camera zooms", "zoom in|out"),
    (
        r"pan(?:s|ning)? (?:slowly )?(?:to the |from )?(?:left|right)|panning (?:shot|camera)",
        "pan left|right",
    ),
    (r"(?:slow|smooth|gentle|whip|quick|camera) pans?\b|pans (?:across|over|along)", "pan left|right"),
    (r"tilt(?:s|ing)? (?:slowly )?(?:up|down)|tilt shot", "tilt up|down"),
    (r"crane (?:shot|up|down)|camera (?:cranes|rises|ascends|descends)|jib shot", "crane up|down"),
    (r"(?:boom|pedestal|jib)(?:s|ing)? (?:up|down)", "crane up|down"),
    (
        r"truck(?:s|ing)? (?:left|right|shot)|tracking (?:shot|camera|left|right)|steadicam",
        "truck left|right",
    ),
    (r"camera (?:tracks|trucks|follows|slides)|(?:slider|lateral) shot", "truck left|right"),
    (r"orbit(?:s|ing)? (?:shot|camera|around)|camera (?:orbits|circles|arcs)|arc shot", "arc left|right"),
    (r"camera (?:drifts|floats|glides)|(?:drifting|floating|gliding) (?:camera|shot)", "drift"),
    (r"hand ?held(?! (?:lantern|lamp|torch|fan|mirror|radio|device|phone|light))|shaky cam", "handheld"),
    (r"(?:static|locked|locked off|fixed|stationary) (?:shot|camera|frame|tripod)|locked off", "static"),
    (r"no camera mov|tripod shot|camera (?:is |stays |remains )?(?:static|still|locked)", "static"),
)

_BACKWARD = re.compile(r"\b(out|down|back|away|backwards?|descends?|descending|lower\w*)\b")
_FORWARD = re.compile(r"\b(in|up|forwards?|rises?|rising|ascends?|ascending|closer)\b")

# A tasteful default: what a director would try first for this size of shot, heavier words first.
_BY_SHOT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"handheld|pov|point of view", ("handheld",)),
    (r"track|follow|travel", ("truck left", "truck right")),
    (r"aerial|drone|bird|top|overhead", ("drift", "pull back", "arc right")),
    (
        r"establish|extreme (wide|long)|\bews\b|panor",
        ("crane up", "pan right", "pan left", "push in", "drift"),
    ),
    (r"extreme close|macro|insert|detail|\becu\b", ("drift", "push in")),
    (r"close|\bcu\b|portrait|headshot", ("push in", "push in", "drift", "arc left")),
    (r"shoulder|\bots\b|two", ("drift", "truck left", "truck right", "push in")),
    (r"low angle|worm", ("tilt up", "push in")),
    (r"high angle", ("crane down", "drift")),
    (r"wide|long|full|\bws\b", ("push in", "truck left", "truck right", "pull back", "drift")),
    (r"", ("push in", "drift", "truck left", "truck right")),
)
_BY_WORDS: tuple[tuple[str, str], ...] = (
    (r"\b(run|runs|running|chas\w+|fight\w*|battle|panic\w*|escap\w+|riot)\b", "handheld"),
    (r"\b(reveal\w*|alone|lonely|farewell|abandon\w*|leav(es|ing)|vast|empty)\b", "pull back"),
    (r"\b(tower\w*|skyscraper\w*|cathedral|cliff|waterfall|looks? up|gaz\w+ up)\b", "tilt up"),
    (r"\b(walk\w*|train|car|drives?|driving|rid(es|ing)|street|corridor|crowd)\b", "truck right"),
    (r"\b(realis\w+|realiz\w+|whisper\w*|tears?|discover\w*|notic\w+|stares?|staring|secret)\b", "push in"),
    (r"\b(horizon|landscape|valley|desert|coast\w*|skyline|plains?)\b", "pan right"),
)
_BY_MOOD: tuple[tuple[str, str], ...] = (
    (r"tens|anxi|panic|franti|urgent|chao|fear|terri|horror|angr", "handheld"),
    (r"sad|lonel|melanch|grie|desol|wist|bitter", "pull back"),
    (r"epic|triumph|majest|hope|heroic|awe|grand", "crane up"),
    (r"calm|peace|seren|dream|gentle|quiet|tender", "drift"),
    (r"myster|susp|curious|omin|intim|romant|nostalg|eerie", "push in"),
)
_QUICK = re.compile(r"\b(fast|quick\w*|rapid\w*|whip|crash|swift\w*)\b")
_GENTLE = re.compile(r"\b(slow\w*|subtle|gentl\w+|soft\w*)\b")


def move_for(name: str | None, shot_type: str, prompt: str, mood: str | None, seed: int) -> Move:
    """The move asked for by ``name`` or in the prompt, else one that suits the shot; same words, same move."""
    rng = rng_of("move", name, shot_type, prompt, mood, seed)
    right = bool(rng.integers(2))
    text = _plain(prompt)
    if name and name.strip():
        asked = _plain(name)
        chosen, pace = _match(_NAMED, asked, right), asked
        if chosen is None:
            raise InputError(
                f"unknown camera move {name!r}",
                hint=f"use one of: {', '.join(MOVES)}; or leave it out and the shot chooses",
                field="camera_move",
            )
    else:
        written = _plain(f"{shot_type} . {prompt}")
        chosen, pace = _match(_WRITTEN, written, right), text
        if chosen is None:
            candidates = _candidates(_plain(shot_type), text, _plain(mood or ""), right)
            chosen, pace = candidates[int(rng.integers(len(candidates)))], ""
    move = replace(MOVES[chosen], phase=float(rng.uniform(0, 1000)))
    factor = 1.5 if _QUICK.search(pace) else 0.7 if _GENTLE.search(pace) else 1.0
    if re.search(r"close|macro|insert|detail", _plain(shot_type)):
        factor *= 0.75
    return scaled(move, factor)


def scaled(move: Move, factor: float) -> Move:
    """The same move travelling ``factor`` times as far; the nearer end's framing is what gives."""
    base = min(move.start.zoom, move.end.zoom)

    def view(at: View) -> View:
        return View(at.x * factor, at.y * factor, base + (at.zoom - base) * factor)

    return replace(move, start=view(move.start), end=view(move.end))


def onward(move: Move) -> Move:
    """The move from the whole picture on: where it would go, as far as nearing it leaves room to turn."""
    turns = move.start.x != move.end.x or move.start.y != move.end.y
    nearer = max(move.end.zoom / move.start.zoom, 1.09 if turns else 1.0)
    end = View((move.end.x - move.start.x) / 2, (move.end.y - move.start.y) / 2, nearer)
    return replace(move, start=_STILL, end=end, sway=0.0)


def ease(progress: float) -> float:
    """0..1 → 0..1, at rest at both ends, even speed between: a dolly on rails, not a pendulum."""
    ramp = 0.3

    def rise(at: float) -> float:
        return (at - ramp / math.pi * math.sin(math.pi * at / ramp)) / 2

    if progress < ramp:
        travelled = rise(progress)
    elif progress > 1 - ramp:
        travelled = 1 - ramp - rise(1 - progress)
    else:
        travelled = progress - ramp / 2
    return travelled / (1 - ramp)


class Path:
    """A move laid over a drawing: which part of each depth fills frame ``k``, never outside what is drawn."""

    def __init__(
        self, move: Move, frame_count: int, rate: Fraction, frame: tuple[int, int], drawn: tuple[int, int]
    ) -> None:
        self.frame, self.drawn = frame, drawn
        self._count, self._rate = frame_count, float(rate)
        seconds = frame_count / self._rate
        self.move = scaled(move, min(1.5, max(0.3, (seconds / REFERENCE_SECONDS) ** 0.8)))
        self.reach = 1.0
        self.reach = self._fit()

    def view(self, k: int) -> View:
        """The view of frame ``k``, sway included."""
        start, end = self.move.start, self.move.end
        at = ease(k / (self._count - 1)) if self._count > 1 else 0.0
        sway_x, sway_y = self._sway(k / self._rate)
        return View(
            (start.x + (end.x - start.x) * at + sway_x) * self.reach,
            (start.y + (end.y - start.y) * at + sway_y) * self.reach,
            # Even steps in ratio look even in speed.
            start.zoom * (end.zoom / start.zoom) ** at,
        )

    def box(self, k: int, depth: float) -> Box:
        """The box of the drawn area that a layer at ``depth`` shows in frame ``k``."""
        view, (width, height), (drawn_w, drawn_h) = self.view(k), self.frame, self.drawn
        zoom = max(1.0, view.zoom ** self.move.lens.zoom(depth))
        reach = self.move.lens.offset(depth)
        w, h = min(width / zoom, drawn_w), min(height / zoom, drawn_h)
        # The path already fits; this only swallows rounding, and frames too small to have a margin.
        left = min(max((drawn_w - w) / 2 + view.x * reach * width, 0.0), drawn_w - w)
        top = min(max((drawn_h - h) / 2 + view.y * reach * height, 0.0), drawn_h - h)
        return left, top, left + w, top + h

    def _sway(self, seconds: float) -> tuple[float, float]:
        amplitude, phase = self.move.sway, self.move.phase
        if not amplitude:
            return 0.0, 0.0

        def wave(offset: float) -> float:
            tau = 2 * math.pi
            slow = math.sin(tau * 0.29 * seconds + phase + offset)
            middle = math.sin(tau * 0.71 * seconds + 2.3 * phase + 1.7 * offset)
            quick = math.sin(tau * 1.43 * seconds + 3.1 * phase + 2.9 * offset)
            return 0.6 * slow + 0.3 * middle + 0.1 * quick

        return amplitude * wave(0.0), amplitude * wave(2.0)

    def _fit(self) -> float:
        """The largest part of the offsets, at most 1, that keeps every depth inside the drawing."""
        reach, lens = 1.0, self.move.lens
        for k in range(self._count):
            view = self.view(k)
            for depth in (0.0, 0.5, 1.0):
                zoom = max(1.0, view.zoom ** lens.zoom(depth))
                for offset, size, drawn in zip((view.x, view.y), self.frame, self.drawn, strict=True):
                    room = max(0.0, (drawn / size - 1 / zoom) / 2)
                    needed = abs(offset * lens.offset(depth))
                    if needed > room:
                        reach = min(reach, room / needed)
        return reach


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[-_/]+", " ", text.lower()).split())


def _match(table: tuple[tuple[str, str], ...], text: str, right: bool) -> str | None:
    for pattern, name in table:
        if found := re.search(pattern, text):
            return _directed(name, text[found.start() : found.end() + 24], right)
    return None


def _directed(name: str, words: str, right: bool) -> str:
    """``pan left|right`` → the side the words name, else the seed's; in and up unless the words say otherwise."""
    verb, _, pair = name.rpartition(" ")
    if "|" not in pair:
        return name
    first, second = pair.split("|")
    if pair == "left|right":
        sides = re.findall(r"\b(left|right)\b", words)
        if not sides:
            return f"{verb} {second if right else first}"
        return f"{verb} {sides[-1] if 'from' in words else sides[0]}"
    backward, forward = _BACKWARD.search(words), _FORWARD.search(words)
    if backward and (forward is None or backward.start() < forward.start()):
        return f"{verb} {second}"
    return f"{verb} {first}"


def _candidates(shot_type: str, prompt: str, mood: str, right: bool) -> list[str]:
    names = list(next(moves for pattern, moves in _BY_SHOT if re.search(pattern, shot_type)))
    if len(names) > 1:
        names += [name for pattern, name in _BY_WORDS if re.search(pattern, prompt)] * 2
        names += [name for pattern, name in _BY_MOOD if re.search(pattern, mood)] * 2
    return [name if right else name.replace("right", "left") for name in names]
