"""What an inspection says: findings with their place and their remedy, and the figures they were judged by.

error      the film should not be shown like this: film inspect ends with 1
warning    somebody should look at it
note       worth knowing, and often meant
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from film.timecode import clock, nominal, timecode

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
Kind = Literal[
    "unreadable",
    "truncated",
    "damaged",
    "changed",
    "missing-shot",
    "black",
    "blank",
    "frozen",
    "held",
    "stutter",
    "repeated-frame",
    "judder",
    "dropped-frame",
    "odd-frame",
    "flash",
    "red-flash",
    "interlaced",
    "levels",
    "letterbox",
    "pillarbox",
    "windowbox",
    "blanking",
    "pixel-aspect",
    "silence",
    "clipping",
    "loudness",
    "few-words",
    "true-peak",
    "sound-gap",
    "one-sided",
    "out-of-phase",
    "no-sound",
    "dead-channel",
    "mono",
    "dc-offset",
    "hum",
    "dropout",
    "click",
    "captions",
    "length",
    "sync",
    "timestamps",
    "frame-count",
    "frame-rate",
    "size",
    "colour-tags",
    "not-faststart",
]
_NAMES: dict[str, str] = {
    "dropped-frame": "dropped frame",
    "odd-frame": "odd frame",
    "red-flash": "red flash",
    "pixel-aspect": "shape of pixels",
    "dead-channel": "dead channel",
    "dc-offset": "DC offset",
    "held": "held picture",
    "repeated-frame": "repeated frame",
    "missing-shot": "missing shot",
    "true-peak": "true peak",
    "sound-gap": "gap in the sound",
    "one-sided": "sound on one side",
    "out-of-phase": "sides out of phase",
    "no-sound": "no sound",
    "few-words": "few words",
    "sync": "sound out of step",
    "frame-count": "frame count",
    "frame-rate": "frame rate",
    "colour-tags": "colour tags",
    "not-faststart": "index at the end",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. ``start`` and ``seconds`` say where; without them it is the whole film."""

    kind: Kind
    severity: Severity
    what: str
    fix: str
    start: Fraction | None = None
    seconds: Fraction | None = None
    shot_id: str = ""

    @property
    def name(self) -> str:
        return _NAMES.get(self.kind, self.kind)


@dataclass(frozen=True)
class Facts:
    """What was counted and measured. Loudness is in LUFS, LU and dBTP, None where it was not measured."""

    width: int = 0
    height: int = 0
    rate: Fraction = Fraction(0)
    frames: int = 0
    seconds: Fraction = Fraction(0)
    video_codec: str = ""
    audio_codec: str = ""
    sample_rate: int = 0
    channels: int = 0
    integrated: float | None = None
    loudness_range: float | None = None
    true_peak: float | None = None
    container: str = ""


@dataclass(frozen=True)
class Report:
    """An inspected film. ``thorough`` is False where pictures were judged by their packets and not decoded."""

    path: Path
    facts: Facts
    findings: tuple[Finding, ...] = ()
    thorough: bool = True
    missing: tuple[str, ...] = field(default=())
    """The shots that stand-ins are shown for."""
    profile: str = ""
    """The desk it was held against, where one was named."""

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == severity)

    @property
    def clean(self) -> bool:
        """Whether there is no error."""
        return not self.of("error")

    def place(self, at: Fraction | None) -> str:
        """A time as the film's time code, or as a clock where it has no one rate."""
        if at is None:
            return ""
        rate = self.facts.rate
        if rate <= 0 or at < 0 or nominal(rate) > 1000:
            return clock(at)
        return timecode(round(at * rate), rate)

    @property
    def summary(self) -> str:
        """One line: what is wrong, or what was looked for and not found."""
        grave, doubtful = self.of("error"), self.of("warning")
        if grave or doubtful:
            groups = ((grave, "error"), (doubtful, "warning"))
            counted = ", ".join(_counted(len(group), noun) for group, noun in groups if group)
            first = (grave or doubtful)[0]
            return f"{counted}: {self._briefly(first)}"
        kinds = {f.kind for f in self.findings}
        looked = [word for word, kind in (("black", "black"), ("frozen", "frozen")) if kind not in kinds]
        if self.facts.audio_codec and "silence" not in kinds:
            looked.append("silent")
        said = [f"no {_or(looked)} stretches"] if looked else []
        if self.facts.integrated is not None:
            why = " over all, as few words are spoken" if "few-words" in kinds else ""
            said.append(f"{decibels(self.facts.integrated)} LUFS{why}")
        return ", ".join(said) or "nothing amiss"

    def _briefly(self, found: Finding) -> str:
        if found.start is None:
            return f"{found.name}: {found.what}"
        lasts = f" for {float(found.seconds):.1f} s" if found.seconds and found.seconds >= Fraction(1, 20) else ""
        return f"{found.name} at {self.place(found.start)}{lasts}"

    def as_document(self) -> dict[str, Any]:
        """For ``--json`` and for the film's build manifest."""
        facts = self.facts
        return {
            "path": str(self.path),
            "clean": self.clean,
            "thorough": self.thorough,
            "profile": self.profile or None,
            "summary": self.summary,
            "errors": len(self.of("error")),
            "warnings": len(self.of("warning")),
            "notes": len(self.of("note")),
            "frames": facts.frames,
            "frame_rate": str(facts.rate),
            "seconds": float(facts.seconds),
            "width": facts.width,
            "height": facts.height,
            "container": facts.container,
            "video_codec": facts.video_codec,
            "audio_codec": facts.audio_codec,
            "sample_rate": facts.sample_rate,
            "channels": facts.channels,
            "integrated_lufs": _tenths(facts.integrated),
            "loudness_range_lu": _tenths(facts.loudness_range),
            "true_peak_dbtp": _tenths(facts.true_peak),
            "findings": [self._finding(f) for f in self.findings],
        }

    def _finding(self, found: Finding) -> dict[str, Any]:
        return {
            "kind": found.kind,
            "severity": found.severity,
            "timecode": self.place(found.start) or None,
            "start_seconds": None if found.start is None else float(found.start),
            "seconds": None if found.seconds is None else float(found.seconds),
            "frame": None if found.start is None or not self.facts.rate else round(found.start * self.facts.rate),
            "shot_id": found.shot_id or None,
            "what": found.what,
            "fix": found.fix,
        }


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What concerns the whole film first, then as the film runs."""
    return tuple(
        sorted(findings, key=lambda f: (f.start is not None, f.start or Fraction(0), SEVERITIES.index(f.severity)))
    )


def decibels(value: float) -> str:
    """With a true minus, and no minus zero: ``−14.0``."""
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
