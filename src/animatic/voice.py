"""A line of dialogue becomes speech, offline: phrases, a child process that speaks them, pauses, a room.

    text ──► phrases (where a reader would pause) ──► Speaker ──► speaker.py in a child process (espeak-ng)
                                                        │ pcm at 22 kHz + word times
    Speech: 48 kHz mono, word timings  ◄── timbre ◄── joined with the pauses between

The child is started for the first line, kept for the next ones, started again should it die, and ended with us.
It is given a bare environment: no key of any provider is ever in reach of it. What is spoken is data: markup is
dropped, control characters too, and no notation of the engine's is ever switched on.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import re
import struct
import subprocess
import threading
import unicodedata
import wave
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from animatic import speaker
from animatic.casting import VoiceCast, VoiceSpec
from animatic.child import end, start
from animatic.timbre import SAMPLE_RATE, polish, to_film_rate
from film.dialogue import TAG
from film.errors import ProviderError

__all__ = ["SAMPLE_RATE", "Speaker", "Speech", "VoiceCast", "VoiceSpec", "speak"]

Word = tuple[str, float, float]
"""A word as written, and when it starts and ends, in seconds."""

_DEADLINE = 60.0
"""Seconds for one phrase; the engine needs milliseconds, so a child that takes longer hangs."""

_PAUSES = {"…": 0.55, "—": 0.3, "\n": 0.5, ".": 0.36, "!": 0.36, "?": 0.42}
_TAIL = 0.25
_ABBREVIATED = re.compile(r"\b(?:mr|mrs|ms|dr|st|prof|sr|jr|capt|lt|col|gen|sgt|vs|etc|e\.g|i\.e|no|[a-z])\.$", re.I)
_BREAK = re.compile(r"\.{2,}|…+|\s*—\s*|--+|\s[–-]\s|[.!?。！？]+[\"'”’)]*(?=\s|$)|[。！？]|\n+")

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
"""A word: between blanks, or one character where the script knows no blanks."""


@dataclass(frozen=True)
class Speech:
    """What was said: 16-bit mono samples, and each word with its start and end in seconds."""

    pcm: NDArray[np.int16]
    sample_rate: int
    words: list[Word]

    @property
    def seconds(self) -> float:
        return len(self.pcm) / self.sample_rate


@dataclass(frozen=True)
class _Phrase:
    written: str
    """As it stands in the text, what is not spoken blanked out."""
    text: str
    """The same, positions kept, with an ending the engine knows how to speak."""
    pause: float


class Speaker:
    """The child process, as something that speaks. Usable from many threads; one phrase at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def say(self, text: str, voice: VoiceSpec) -> tuple[NDArray[np.float32], int, list[tuple[int, int, float]]]:
        """Samples at the engine's own rate, that rate, and (position, length, second) of each word."""
        asked = {"text": text, "voice": voice.name, "rate": voice.rate, "pitch": voice.pitch, "range": voice.spread}
        line = json.dumps(asked).encode() + b"\n"
        with self._lock:
            answer = self._ask(line) or self._ask(line)
        if answer is None:
            raise ProviderError(
                "the offline voice stopped before it answered",
                hint="shorten this line of dialogue, or choose another audio provider with --audio_provider",
                provider="draft",
            )
        header, sound = answer
        if problem := header.get("error"):
            raise ProviderError(
                f"the offline voice failed: {problem}",
                hint="choose another voice for this shot, or another audio provider with --audio_provider",
                provider="draft",
            )
        with wave.open(io.BytesIO(sound)) as file:
            rate, data = file.getframerate(), file.readframes(file.getnframes())
        samples = np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768)
        return samples, rate, [(at, length, ms / 1000) for at, length, ms in header["words"]]

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def close(self) -> None:
        """End the child; the next line starts another."""
        child, self._child = self._child, None
        if child:
            end(child, owner=self._owner)

    def _ask(self, line: bytes) -> tuple[dict[str, Any], bytes] | None:
        child = self._running()
        if child.stdin is None or child.stdout is None:
            return None
        watchdog = threading.Timer(_DEADLINE, child.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            child.stdin.write(line)
            child.stdin.flush()
            lengths = child.stdout.read(8)
            if len(lengths) == 8:
                header_length, sound_length = struct.unpack(">II", lengths)
                header = child.stdout.read(header_length)
                sound = child.stdout.read(sound_length)
                if len(sound) == sound_length and len(header) == header_length:
                    return cast("dict[str, Any]", json.loads(header)), sound
        except OSError:
            pass  # a broken pipe says what an empty answer says: the child is gone
        finally:
            watchdog.cancel()
        child.kill()
        child.wait()
        return None

    def _running(self) -> subprocess.Popen[bytes]:
        # After a fork the pipe belongs to the parent: two processes must not talk into it.
        if self._child is None or self._owner != os.getpid() or self._child.poll() is not None:
            self.close()
            self._child = start(speaker.__file__)
            self._owner = os.getpid()
        return self._child


@cache
def _shared() -> Speaker:
    shared = Speaker()
    atexit.register(shared.close)
    return shared


def speak(text: str, voice: VoiceSpec, *, by: Speaker | None = None) -> Speech:
    """Speak ``text``. What has nothing to say (blanks, emoji, a lone "…") becomes a silence of fitting length."""
    by = by or _shared()
    rate, pieces, words, clock = 0, list[NDArray[np.float32]](), list[Word](), 0.0
    for phrase in _phrases(text):
        if not any(char.isalnum() for char in phrase.text):
            pieces.append(np.zeros(round(phrase.pause * (rate or 22050)), np.float32))
            clock += phrase.pause
            continue
        samples, rate, events = by.say(phrase.text, voice)
        samples, lead = _trimmed(samples, rate)
        length = len(samples) / rate
        heard = [(at, second - lead) for at, _, second in events]
        words += _timed(phrase.written, heard, (clock, length))
        pieces += [samples, np.zeros(round(phrase.pause * rate), np.float32)]
        clock += length + phrase.pause
    if not words:
        return Speech(np.zeros(round(max(0.5, min(clock, 3.0)) * SAMPLE_RATE), np.int16), SAMPLE_RATE, [])
    spoken = np.concatenate([np.zeros(round(0.03 * rate), np.float32), *pieces])
    spoken = np.concatenate([spoken, np.zeros(round(_TAIL * rate), np.float32)])
    pcm = polish(to_film_rate(spoken, rate))
    return Speech(pcm, SAMPLE_RATE, [(word, start + 0.03, end + 0.03) for word, start, end in words])


def _phrases(text: str) -> list[_Phrase]:
    """The text cut where a reader pauses. Positions stay those of ``text``: what is not spoken becomes blanks."""
    plain = TAG.sub(lambda found: " " * len(found[0]), text)
    plain = "".join(char if char == "\n" or _spoken(char) else " " for char in plain)
    phrases: list[_Phrase] = []
    start = 0
    for found in _BREAK.finditer(plain):
        mark = found[0].strip(" ") or "\n"
        if mark == "." and _ABBREVIATED.search(plain[start : found.end()]):
            continue
        kind = "…" if mark.startswith(("..", "…")) else "—" if mark[0] in "—–-" else mark[0]
        # The engine ends an unfinished thought as it does a comma: the voice stays up.
        ending = {"…": ",", "—": ",", "\n": "."}.get(kind, mark)
        body = plain[start : found.start()]
        pause = _PAUSES.get({"。": ".", "！": "!", "？": "?"}.get(kind, kind), 0.36)
        phrases.append(_Phrase(plain[start : found.end()], _narrow(body + ending), pause))
        start = found.end()
    if plain[start:].strip():
        phrases.append(_Phrase(plain[start:], _narrow(plain[start:]), 0.0))
    return phrases


def _narrow(text: str) -> str:
    """Letters and digits of other widths and styles (Ｗ, 𝐖) as plain ones, one for one: the engine would spell them."""
    if text.isascii():
        return text
    return "".join(
        plain if char.isalnum() and len(plain := unicodedata.normalize("NFKC", char)) == 1 else char for char in text
    )


def _spoken(char: str) -> bool:
    """Letters, marks, digits, punctuation and currency; no control characters, emoji or other pictures."""
    category = unicodedata.category(char)
    return category[0] in "LMNP" or category in ("Sc", "Sm", "Zs")


def _trimmed(samples: NDArray[np.float32], rate: int) -> tuple[NDArray[np.float32], float]:
    """Without the engine's own silence at either end, and how many seconds of it there were in front."""
    loud = np.flatnonzero(np.abs(samples) > 0.004)
    if not loud.size:
        return samples[: rate // 20], 0.0
    first, last = max(0, int(loud[0]) - rate // 200), min(len(samples), int(loud[-1]) + rate // 40)
    return samples[first:last], first / rate


def _timed(written: str, heard: list[tuple[int, float]], slot: tuple[float, float]) -> list[Word]:
    """Words as written, each from its first event to the next word's; in order, inside ``slot``."""
    tokens = [found for found in _TOKEN.finditer(written) if any(char.isalnum() for char in found[0])]
    begin, length = slot
    starts: list[float] = []
    for index, found in enumerate(tokens):
        own = [second for at, second in heard if found.start() <= at < found.end()]
        guess = length * index / len(tokens)
        starts.append(min(max(own[0] if own else guess, starts[-1] if starts else 0.0), length))
    ends = [*starts[1:], length] if starts else []
    return [
        (found[0], begin + start, begin + max(start, end))
        for found, start, end in zip(tokens, starts, ends, strict=True)
    ]
