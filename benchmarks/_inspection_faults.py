"""Films with one defect each, and what an inspection has to find in them.

Each kind is made three times: as its detector was written for it (``TUNED``), with other sizes, rates, lengths and
levels, by which it was mended where it missed some (``HELD``), and with a third set that nothing was ever changed for
(``FRESH``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._inspection_lab import (
    RATE,
    Job,
    Lab,
    Picture,
    Sound,
    barred,
    cut,
    during,
    fields,
    figures,
    film_sound,
    frozen,
    grainy,
    landscape,
    lit,
    music,
    noise,
    plain,
    pulled_down,
    talk,
    times,
    write,
)
from film.testing.faulty_films import cut_short, damaged

_WITH_DAMAGE = (
    "frame-count damaged timestamps length odd-frame frozen stutter click dropout dropped-frame repeated-frame blank "
    "levels sound-gap loudness truncated black"
)
_SLOW = frozenset(("hum", "letterbox", "pillarbox", "interlaced"))
TUNED, HELD, FRESH = "tuned", "held back", "fresh"


@dataclass(frozen=True)
class Defect:
    """``kinds`` are those of findings that name it, ``beside`` those that may come with it.

    ``at`` is the second at which it lies, None for the whole film.
    """

    name: str
    make: Callable[[Path], Path]
    kinds: frozenset[str]
    at: float | None = None
    beside: frozenset[str] = frozenset()
    profile: str = ""
    suffix: str = "mp4"

    @property
    def within(self) -> float:
        """Seconds by which its place may be told wrongly: bars and hum are looked for in longer pieces."""
        return 1.1 if self.kinds & _SLOW else 0.3


def defects(which: str) -> Iterator[Defect]:
    kit = _Kit(which)
    yield from kit.pictures()
    yield from kit.frames()
    yield from kit.flashes()
    yield from kit.sounds()
    yield from kit.files()
    yield from kit.captioned()


class _Kit:
    """The parameters of one set."""

    def __init__(self, which: str) -> None:
        self.held, self._fresh = which != TUNED, which == FRESH
        self.lab = Lab(640, 360, Fraction(30), 6.0, 11, 23) if self.held else Lab()
        if self._fresh:
            self.lab = Lab(480, 272, Fraction(25), 5.6, 99, 25)
        lab = self.lab
        self.first = landscape(lab, seed=1, speed=4.0 if self.held else 2.5)
        self.second = figures(lab) if not self.held else landscape(lab, seed=8, speed=-1.5)
        self.film = cut(lab.at(0.6), self.first, self.second)
        self.sound = music(lab) if self.held else film_sound(lab)

    def pick(self, tuned: float, held: float) -> float:
        if self._fresh:
            return round(tuned + 0.4 * (held - tuned), 4)
        return held if self.held else tuned

    def seen(
        self,
        name: str,
        kinds: str,
        picture: Picture,
        at: int | None = None,
        *,
        beside: str = "",
        lab: Lab | None = None,
        shown: Callable[[int], float] | None = None,
        **more: Any,
    ) -> Defect:
        lab = lab or self.lab
        where = None if at is None else float(at / lab.rate)
        sound = self.sound if lab.seconds == self.lab.seconds else film_sound(lab)
        return self.of(name, kinds, Job(lab, picture, sound, times=shown, **more), where, beside=beside)

    def heard(self, name: str, kinds: str, sound: Sound | None, at: float | None = None, **more: Any) -> Defect:
        beside, profile = str(more.pop("beside", "")), str(more.pop("profile", ""))
        job = Job(self.lab, self.film, sound, **more)
        return self.of(name, kinds, job, at, beside=beside, profile=profile)

    def of(
        self, name: str, kinds: str, job: Job, at: float | None = None, *, beside: str = "", profile: str = ""
    ) -> Defect:
        return Defect(
            name,
            lambda path: write(path, job),
            frozenset(kinds.split()),
            at,
            frozenset(beside.split()),
            profile,
            job.suffix,
        )

    # -- what is seen

    def pictures(self) -> Iterator[Defect]:
        lab, film = self.lab, self.film
        black, at, join = plain(lab), lab.at(self.pick(0.3, 0.22)), lab.at(0.6)
        few, some = int(self.pick(1, 2)), int(self.pick(3, 4))
        yield self.seen("black for a frame", "odd-frame black", during(at, at + few, black, film), at)
        yield self.seen("black for some frames", "odd-frame black", during(at, at + some, black, film), at)
        yield self.seen("black frame at a cut", "black", during(join, join + few, black, film), join)
        yield self.seen("some black frames at a cut", "black", during(join - some, join, black, film), join - some)
        for seconds in (self.pick(0.8, 0.5), self.pick(2.5, 2.1)):
            stop = at + lab.lasting(seconds)
            yield self.seen(f"black for {seconds} s", "black", during(at, stop, black, film), at)
        white = plain(lab, (255, 255, 255) if not self.held else (238, 240, 235))
        yield self.seen("white flash of a frame", "odd-frame", during(at, at + 1, white, film), at)
        yield self.seen("white frames at a cut", "blank", during(join, join + 2, white, film), join)
        green = plain(lab, (0, 180, 0) if not self.held else (20, 120, 60))
        yield self.seen("green frame", "odd-frame", during(at, at + 1, green, film), at)
        yield self.seen("some green frames", "odd-frame", during(at, at + some, green, film), at)
        shift = np.array([40, -30, 40] if not self.held else [-25, 10, 35])
        tinted: Picture = lambda k: np.clip(film(k).astype(int) + shift, 0, 255).astype(np.uint8)  # noqa: E731
        yield self.seen("frame of a wrong tint", "odd-frame", during(at, at + few, tinted, film), at)
        other = landscape(lab, seed=77, speed=0)
        yield self.seen("frame of another shot", "odd-frame", during(at, at + few, other, film), at)
        yield self.seen("negative frame", "odd-frame", during(at, at + 1, lambda k: 255 - film(k), film), at)
        upset: Picture = lambda k: film(k)[::-1]  # noqa: E731
        yield self.seen("frame upside down", "odd-frame", during(at, at + 1, upset, film), at)
        for seconds in (self.pick(1.04, 1.1), self.pick(2, 1.6)):
            stop = at + lab.lasting(seconds)
            yield self.seen(f"freeze of {seconds} s", "frozen", frozen(at, stop, film), at)
        for sigma in (self.pick(6, 4), self.pick(12, 9)):
            stop = at + lab.lasting(2)
            grained = grainy(sigma, frozen(at, stop, film))
            yield self.seen(f"freeze of 2 s under grain {sigma:g}", "frozen", grained, at)
        grey = plain(lab, (90, 90, 95))
        stop = at + lab.lasting(self.pick(1, 0.6))
        yield self.seen("one colour", "blank", during(at, stop, grey, film), at)
        yield from self._rhythm()

    def _rhythm(self) -> Iterator[Defect]:
        lab, move, at = self.lab, self.first, self.lab.at(self.pick(0.5, 0.37))
        for every in (5, 2) if not self.held else (4, 3):
            again: Picture = lambda k, n=every: move(k - (k + 1) // n)  # noqa: E731
            yield self.seen(f"every {every}th frame twice", "stutter", again)
        yield self.seen("a frame twice", "repeated-frame", lambda k: move(k - 1 if k == at else k), at)
        two = figures(lab)
        yield self.seen("a frame twice, camera still", "repeated-frame", lambda k: two(k - 1 if k == at else k), at)
        hang = int(self.pick(6, 8))
        yield self.seen("a hang of some frames", "stutter", frozen(at, at + hang, move), at)
        every = int(self.pick(4, 5))
        long = replace(lab, seconds=lab.seconds * 1.5)
        fast = landscape(long, seed=1, speed=2.5)
        yield self.seen("left-out frames", "judder", lambda k: fast(k + k // every))
        for count in (1, 2):
            yield self.seen(
                f"{count} dropped and closed over",
                "dropped-frame",
                lambda k, n=count: fast(k + (n if k >= at else 0)),
                at,
            )
        grained = grainy(self.pick(2, 3), lambda k: fast(k + (k >= at)))
        yield self.seen("dropped frame under grain", "dropped-frame", grained, at)

    def frames(self) -> Iterator[Defect]:
        lab, film = self.lab, self.film
        double = landscape(replace(lab, seconds=2 * lab.seconds + 1), seed=1, speed=self.pick(2.0, 1.2))
        woven = "interlaced"
        for name, top, params in (("said", True, "tff=1"), ("unsaid", True, ""), ("unsaid, bottom first", False, "")):
            yield self.seen(f"fields, {name}", woven, fields(double, top_first=top), params=params)
        yield self.seen(
            "3:2 pulldown", woven, pulled_down(landscape(lab, seed=1, speed=4)), beside="stutter repeated-frame"
        )
        part = lab.at(0.5)
        half = during(part, lab.frames, fields(double, top_first=not self.held), film)
        yield self.seen("fields in one shot", woven, half, part)
        walk = figures(replace(lab, rate=lab.rate * 2, seconds=lab.seconds + 1))
        yield self.seen("fields, camera still", woven, fields(walk, top_first=True))
        hard: Picture = lambda k: np.clip((film(k) - 125.0) * self.pick(3, 2.6) + 125, 0, 255).astype(np.uint8)  # noqa: E731
        bright = cut(lab.at(0.5), film, plain(lab, (2, 2, 2))) if self.held else hard
        yield self.seen("full range tagged as limited", "levels", bright, full=True, beside="black")
        high = lab.height
        yield self.seen("letterbox 2.39", "letterbox", barred(round((high - lab.width / 2.39) / 2), 0, film))
        yield self.seen(
            "letterbox 1.85", "letterbox", barred(round((high - lab.width / self.pick(1.85, 2.0)) / 2), 0, film)
        )
        bars = barred(0, round((lab.width - high * 4 / 3) / 2), film)
        yield self.seen("pillarbox 4:3", "pillarbox", bars)
        yield self.seen(
            "pillarbox 1:1, night", "pillarbox", lit(lambda _: 0.4, barred(0, (lab.width - high) // 2, film))
        )
        yield self.seen("windowbox", "windowbox", barred(round(high * 0.12), round(lab.width * 0.1), film))
        one = during(lab.at(0.1), lab.at(0.6), barred(round(high * self.pick(0.12, 0.07)), 0, film), film)
        yield self.seen("letterbox in one shot", "letterbox", one, lab.at(0.1))

        def lined(k: int) -> np.ndarray:
            picture = film(k).copy()
            picture[:, : int(self.pick(4, 3))] = 0
            return picture

        yield self.seen("black columns at one edge", "blanking", lined)
        yield self.seen("pixels of 4:3", "pixel-aspect", film, aspect=Fraction(4, 3))
        yield self.seen("pixels of 3:4", "pixel-aspect", film, aspect=Fraction(*((3, 4) if not self.held else (8, 9))))
        television = Lab(720, 576, Fraction(25), 2.0) if not self.held else Lab(720, 480, Fraction(30000, 1001), 2.0)
        yield self.seen("television size, square pixels", "pixel-aspect", landscape(television), lab=television)

    def flashes(self) -> Iterator[Defect]:
        lab, film = self.lab, self.film
        rate = float(lab.rate)

        def on(k: int, hertz: float) -> bool:
            return (k * 2 * hertz / rate) % 2 < 1

        white, black = plain(lab, (255, 255, 255)), plain(lab)
        first, stop = lab.at(0.2), lab.at(0.7)

        def flicker(hertz: float, bright: Picture, dark: Picture) -> Picture:
            return during(first, stop, lambda k: bright(k) if on(k - first, hertz) else dark(k), film)

        fast = self.pick(6, 7.5)
        beside = "black blank"
        yield self.seen(f"{fast} Hz white and black", "flash", flicker(fast, white, black), first, beside=beside)
        yield self.seen("4 Hz white and the film", "flash", flicker(self.pick(4, 5), white, film), first, beside=beside)
        most = self.pick(12, 15)
        yield self.seen(f"{most:g} Hz over the film", "flash", flicker(most, lit(lambda _: 1.6, film), film), first)

        def window(k: int) -> np.ndarray:
            shown = film(k).copy()
            if first <= k < stop and on(k - first, self.pick(5, 4)):
                shown[:, : round(lab.width * self.pick(0.4, 0.32))] = 255
            elif first <= k < stop:
                shown[:, : round(lab.width * self.pick(0.4, 0.32))] = 20
            return shown

        yield self.seen("5 Hz in a third of the picture", "flash", window, first)
        dim = plain(lab, (150, 150, 150)), plain(lab, (105, 105, 105))
        yield self.seen("6 Hz, low contrast", "flash", flicker(self.pick(6, 5), *dim), first, beside="blank frozen")
        red, dark = plain(lab, (230, 0, 0)), plain(lab, (60, 10, 10))
        yield self.seen("5 Hz red", "red-flash flash", flicker(self.pick(5, 4), red, dark), first, beside="blank")
        blue = plain(lab, (40, 40, 255) if not self.held else (0, 60, 140))
        yield self.seen("red and blue", "red-flash flash", flicker(self.pick(4, 6), red, blue), first, beside="blank")
        night = lit(lambda _: 0.25, film)
        bolt = flicker(self.pick(8, 5), lit(lambda _: 1.3, film), night)
        yield self.seen("lightning 8 times a second", "flash", bolt, first)

        def swing(k: int) -> float:
            return 0.55 + 0.45 * float(np.sin(2 * np.pi * self.pick(5, 3.6) * (k - first) / rate))

        yield self.seen(
            "light that swings", "flash", during(first, stop, lit(swing, white), film), first, beside=beside
        )

    # -- what is heard

    def sounds(self) -> Iterator[Defect]:
        lab, sound = self.lab, self.sound
        t = times(lab)
        at = self.pick(1.5, 2.2)
        inside = (t >= at) & (t < at + self.pick(1.5, 1.2))
        side = np.array([1.0, 0.0])
        yield self.heard("direct current", "dc-offset", sound + self.pick(0.05, -0.03))
        yield self.heard(
            "direct current in a line", "dc-offset", sound + self.pick(0.1, 0.06) * inside[:, None], at, beside="click"
        )
        yield self.heard("direct current on one side", "dc-offset", sound + self.pick(0.08, 0.02) * side)
        both = sound.mean(axis=1)[:, None]
        yield self.heard("sides against each other", "out-of-phase", both * np.array([1, -1]), beside="loudness")
        turned = np.where(inside[:, None], both * np.array([1, -self.pick(1, 0.7)]), sound)
        yield self.heard("a line against itself", "out-of-phase", turned, at, beside="click")
        yield self.heard("right side silent", "one-sided dead-channel", sound * side, beside="loudness")
        away = np.where(inside[:, None], sound * (1 - side), sound)
        yield self.heard("a side that goes away", "dead-channel one-sided", away, at, beside="click dropout")
        yield self.heard(
            "mono in stereo",
            "mono",
            np.repeat(both, 2, 1),
            profile=str("" if not self.held else "ebu"),
            beside="loudness frame-rate true-peak",
        )
        wide = noise(lab, 0.01, channels=6) + talk(lab, 0.1)[:, None] * np.array([0.2, 0.2, 1, 0, 0.1, 0.1])
        dead = np.array([1, 1, 0, 1, 1, 1] if not self.held else [1, 0, 1, 1, 1, 1])
        yield self.heard("a dead channel of six", "dead-channel", wide * dead, suffix="mkv", beside="loudness")

        yield from self._hums()
        yield from self._breaks()
        yield from self._levels()

    def _hums(self) -> Iterator[Defect]:
        lab, sound, t = self.lab, self.sound, times(self.lab)

        def hum(mains: float, levels: dict[int, float]) -> Sound:
            wave = np.sum([v * np.sin(2 * np.pi * mains * n * t + n) for n, v in levels.items()], axis=0)
            return np.repeat(wave[:, None], 2, 1)

        strong = self.pick(0.01, 0.006)
        spoken = film_sound(lab, seed=12) if self.held else sound  # under a bass that sounds there nobody hears it
        off = self.pick(0, 0.04)
        yield self.heard(
            "hum at 50 Hz", "hum", spoken + hum(50 + off, {1: strong, 2: strong, 3: strong / 2, 4: strong / 3})
        )
        yield self.heard(
            "hum at 60 Hz", "hum", spoken + hum(60 - off, {1: strong, 2: strong / 2, 3: strong, 5: strong / 3})
        )
        yield self.heard("hum of a rectifier", "hum", spoken + hum(50, {2: strong, 4: strong / 1.5, 6: strong / 2}))
        yield self.heard("pure hum", "hum", spoken + hum(self.pick(50, 60), {1: 2 * strong}))
        part = (t >= 0.5) & (t < self.pick(4.9, 5.6))
        yield self.heard(
            "hum in one shot",
            "hum",
            spoken + hum(60, {1: strong, 2: strong, 3: strong}) * part[:, None],
            0.5,
            beside="click",
        )

    def _breaks(self) -> Iterator[Defect]:
        sound, t = self.sound, times(self.lab)
        at, side = self.pick(1.5, 2.2), np.array([1.0, 0.0])
        pcm: dict[str, Any] = {"suffix": "mkv"}
        shapes: tuple[tuple[float, dict[str, Any]], ...] = (
            (self.pick(20, 30), {}),
            (self.pick(8, 12), pcm),
            (self.pick(60, 45), {}),
        )
        for milliseconds, more in shapes:
            place = _loud_place(sound, at)
            gone = (t >= place) & (t < place + milliseconds / 1000)
            yield self.heard(
                f"dropout of {milliseconds:g} ms", "dropout", sound * ~gone[:, None], place, beside="click", **more
            )
        place = _loud_place(sound, at)
        gone = ((t >= place) & (t < place + self.pick(0.04, 0.025)))[:, None] & (side > 0)
        yield self.heard("dropout on one side", "dropout", sound * ~gone, place, beside="click")
        counts: tuple[tuple[int, dict[str, Any]], ...] = ((1, {}), (3, pcm))
        for count, more in counts:
            clicked = sound.copy()
            for n in range(count):
                clicked[round((at + 0.3 * n) * RATE)] += self.pick(0.6, -0.45)
            yield self.heard(f"{count} clicks", "click", clicked, at, **more)
        stepped = sound.copy()
        stepped[round(at * RATE) : round(at * RATE) + 2] = self.pick(0.7, -0.6)
        yield self.heard("a bad sample", "click", stepped, at, **pcm)

    def _levels(self) -> Iterator[Defect]:
        sound, t = self.sound, times(self.lab)
        at = self.pick(1.5, 2.2)
        pcm: dict[str, Any] = {"suffix": "mkv"}
        loud = np.clip(sound * self.pick(8, 5), -1, 1)
        yield self.heard("overload", "clipping", loud, beside="loudness true-peak mono click")
        yield self.heard("overload, turned down", "clipping", loud * self.pick(0.4, 0.25), beside="loudness", **pcm)
        still = (t >= at) & (t < at + self.pick(2.4, 3.1))
        yield self.heard("silence", "silence", sound * ~still[:, None], at, beside="dropout click")
        yield self.heard("silence throughout", "silence", 0 * sound)
        yield self.heard("far too quiet", "loudness", sound * self.pick(0.05, 0.03), beside="hum")
        yield self.heard(
            "too loud for television", "loudness", sound, profile="ebu", beside="frame-rate true-peak mono"
        )
        yield self.heard("too quiet for the web", "loudness", sound * 0.25, profile="web")
        yield self.heard("too loud for Netflix", "loudness", sound, profile="netflix", beside="true-peak mono")
        hot = sound * 0.98 / np.abs(sound).max() * self.pick(1.0, 1.02)
        yield self.heard("peaks", "true-peak", np.clip(hot, -1, 1), beside="loudness clipping", **pcm)

    # -- the file

    def files(self) -> Iterator[Defect]:
        lab, film, sound = self.lab, self.film, self.sound
        less = round(self.pick(0.5, 0.3) * RATE)
        yield self.heard("sound that ends early", "length", sound[:-less], lab.seconds - less / RATE)
        yield self.heard(
            "sound that ends late", "length", np.concatenate([sound, sound[: 2 * less]]), lab.seconds, beside="click"
        )
        yield self.heard(
            "sound that begins late",
            "sync",
            sound,
            0.0,
            sound_starts=self.pick(0.2, 0.12),
            suffix="mkv",
            beside="length",
        )
        hole = self.pick(1.5, 2.5), self.pick(1.56, 2.65)
        yield self.heard(
            "a hole in the sound", "sound-gap", sound, hole[0], suffix="mkv", hole=hole, beside="click length"
        )
        gap, at = int(self.pick(3, 2)), lab.at(0.4)
        yield self.seen(
            "frames missing", "timestamps", film, at, shown=lambda k: k + gap * (k >= at), beside="length sync"
        )
        yield self.seen(
            "a late frame", "timestamps", film, at, shown=lambda k: k + 0.4 * (k == at), beside="length sync"
        )
        yield self.seen(
            "no constant rate",
            "frame-rate",
            film,
            suffix="mkv",
            shown=lambda k: k + (k * 7 % 5) / 8,
            beside="length sync",
        )
        yield self.seen("index at the end", "not-faststart", film, faststart=False)
        yield self.seen("no colour tags", "colour-tags", film, tags=None)
        large = Lab(1280, 720, Fraction(25), 1.2)
        yield self.seen("wrong matrix for its size", "colour-tags", landscape(large), lab=large, tags=(6, 6, 6))
        job = Job(lab, grainy(4, film), sound)
        beside = frozenset(_WITH_DAMAGE.split())
        keep, hit = self.pick(0.7, 0.45), self.pick(0.5, 0.3)
        yield Defect(
            "cut short", lambda p: cut_short(write(p, job), keep=keep), frozenset(("truncated",)), None, beside
        )
        yield Defect(
            "damaged", lambda p: damaged(write(p, job), at=hit, length=2000), frozenset(("damaged",)), None, beside
        )

    def captioned(self) -> Iterator[Defect]:
        lab = self.lab
        line = "Nobody has been here since the winter"
        cases: tuple[tuple[str, tuple[float, float, str]], ...] = (
            ("caption too long on", (0.3, 0.3 + self.pick(7.6, 8.4), line)),
            ("caption of three lines", (0.5, 4.0, "\n".join(["Nobody", "has been here", "since"][:3]))),
            ("caption too wide", (0.5, 4.4, line + ("" if not self.held else " of all") + " came and went")),
            ("caption too fast", (1.0, 1.0 + self.pick(1.0, 1.3), line)),
            ("caption too short", (1.0, 1.0 + self.pick(0.2, 0.4), "No")),
        )
        for name, caption in cases:
            longer = replace(lab, seconds=max(lab.seconds, caption[1] + 0.5))
            job = Job(longer, landscape(longer), film_sound(longer), captions=[caption])
            yield self.of(name, "captions", job, caption[0], profile="netflix", beside="loudness true-peak mono")
        job = Job(lab, self.film, self.sound, captions=[(0.5, 3.0, line), (2.0, 4.0, line)], suffix="mkv")
        yield self.of("captions over each other", "captions", job, 2.0)


def _loud_place(sound: Sound, after: float) -> float:
    """The first second from ``after`` on in which it is well heard."""
    level = np.abs(sound[:, 0])
    window = RATE // 10
    for at in range(round(after * RATE), len(level) - 2 * window, window // 4):
        near = level[at - window // 4 : at].mean(), level[at + window // 2 : at + window].mean()
        if min(near) > 0.6 * level.mean():
            return at / RATE
    return after
