"""The speaking process: espeak-ng behind a pipe, so that its library is never loaded into ours.

    stdin   one JSON object a line: {"text", "voice", "rate", "pitch", "range"}
    stdout  for each line: two big-endian 32-bit lengths, then that much JSON, then that much WAV
            {"words": [[position, length, milliseconds], …], "error": null}  or  {"error": "…"} and no WAV

espeak-ng is licensed GPL-3; this package is MIT. The library lives in this child process alone, started as
``python speaker.py`` (or ``python -m animatic.speaker``) and spoken to in plain data, as any other
program is. A fault in native code ends this process, not a film in the making. It ends by itself at end of input.

Only the standard library and ``espeakng_loader`` are imported, so that it starts in a blink.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import struct
import sys
import wave
from pathlib import Path
from typing import Any, BinaryIO, cast

_SYNCHRONOUS = 2
_UTF8 = 1
"""Plain text in UTF-8. The flags for SSML (0x10) and phonemes (0x100) stay off: text is data, never markup."""
_RATE, _PITCH, _RANGE = 1, 3, 4
_WORD = 1


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """One initialised engine; ``say`` collects what its callback is handed."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        # The data's path is its parent folder for some builds of the library, the folder itself for others.
        data = Path(espeakng_loader.get_data_path())
        self.sample_rate = next((rate for path in (data.parent, data) if (rate := self._initialise(path)) > 0), 0)
        if self.sample_rate <= 0:
            raise OSError("espeak-ng finds no voice data")
        self._samples, self._words = bytearray(), list[tuple[int, int, int]]()
        self._callback = _Callback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(
        self, text: str, voice: str, rate: int, pitch: int, spread: int
    ) -> tuple[bytes, list[tuple[int, int, int]]]:
        """16-bit mono samples and (position, length, milliseconds) of each word; positions count from 0."""
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"no voice {voice!r}")
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, spread)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(1))
        self._samples.clear()
        self._words.clear()
        data = text.encode() + b"\0"
        if self._library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 0, 0, _UTF8, None, None):
            raise RuntimeError("espeak-ng refused the text")
        self._library.espeak_Synchronize()
        return bytes(self._samples), list(self._words)

    def _initialise(self, data: Path) -> int:
        return self._library.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(data), 0)

    def _collect(self, samples: int | None, count: int, events: Any) -> int:
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        index = 0
        while events and events[index].type:
            if events[index].type == _WORD:
                event = events[index]
                self._words.append((event.text_position - 1, event.length, event.audio_position))
            index += 1
        return 0


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each line until there are no more.

    The engine carries noise and phase from one text to the next, so a line would sound a little different
    depending on what was said before it. Each line is therefore spoken by a fork of the fresh engine; where
    there is no fork, this process ends after one line and the parent starts another.
    """
    engine: Espeak | str
    try:
        engine = Espeak()
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent is the one who can say so
        engine = f"{type(error).__name__}: {error}"
    for line in requests:
        if not hasattr(os, "fork"):
            _answer(engine, line, answers)
            return
        child = os.fork()
        if not child:
            _answer(engine, line, answers)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            return  # it died speaking, perhaps in the middle of its answer: so does this pipe


def _answer(engine: Espeak | str, line: bytes, answers: BinaryIO) -> None:
    header: dict[str, Any] = {"error": engine}
    sound = b""
    if isinstance(engine, Espeak):
        try:
            asked = cast("dict[str, Any]", json.loads(line))
            samples, header["words"] = engine.say(
                asked["text"], asked["voice"], asked["rate"], asked["pitch"], asked["range"]
            )
            sound, header["error"] = _wav(samples, engine.sample_rate), None
        except Exception as error:  # noqa: BLE001 - as above
            header["error"] = f"{type(error).__name__}: {error}"
    head = json.dumps(header).encode()
    answers.write(struct.pack(">II", len(head), len(sound)) + head + sound)
    answers.flush()


def _wav(samples: bytes, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return out.getvalue()


def main() -> None:
    # Native code may print; what it prints must not end up between two answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
