"""The cut as Final Cut Pro 7 XML, which Premiere, Resolve and Final Cut (through a converter) all open.

    editorial(timeline) ──► prepared: sizes, kinds of transition, speeds, stills ──► the library's adapter ──► xml

The adapter writes clips, transitions, markers and tracks, and leaves out what editing programs need beside them: the
picture's size, whether a file has sound, how a clip is slowed or held, which transition is meant. All of that is laid
into the metadata that it copies into the file. Times of a slowed clip count in its slowed frames, as the format wants.

The format knows the rates of time codes and no others. A film at another one is counted at the nearest, where every cut
is rounded from its exact time; Premiere's own ticks say where a clip's in and out lie exactly. A file at another one is
said to be at the nearest, and as long as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

from film.export.editorial import NAMESPACE
from film.export.library import opentimelineio
from film.export.media import ExportedMedia, Material
from film.timecode import smpte
from film.timeline import Timeline
from film.transitions import ROWS, TransitionKind

_XML = "fcp_xml"
_TICKS = "ticks"
_A_SECOND = 254_016_000_000
"""Premiere's ticks."""


def xmeml(cut: Any, timeline: Timeline, exported: ExportedMedia) -> str:
    """``cut`` is what ``editorial`` made of ``timeline`` with ``exported``; it is not changed."""
    otio = opentimelineio("fcp_xml")
    copy = cut.clone()
    _at_known_rates(otio, copy, timeline.rate, {exported.url(material): material for material in exported})
    copy.metadata[_XML] = {"media": {"video": {"format": {"samplecharacteristics": _picture(timeline, None)}}}}
    materials = {exported.url(material): material for material in exported}
    number = 0
    for track in copy.tracks:
        is_sound = track.kind == otio.schema.TrackKind.Audio
        for item in track:
            if isinstance(item, otio.schema.Clip):
                number += 1
                _prepare_clip(otio, item, materials[item.media_reference.target_url], timeline, is_sound=is_sound)
                item.metadata[_XML]["@id"] = f"clipitem-{number}"  # else two like it would be one, at the first's place
            elif isinstance(item, otio.schema.Transition):
                _prepare_transition(item)
    return _tidied(otio.adapters.write_to_string(copy, "fcp_xml"))


def _at_known_rates(otio: Any, cut: Any, rate: Fraction, materials: Mapping[str, Material]) -> None:
    """Count ``cut``, and the files in it, at rates that the format knows."""
    known = smpte(rate)
    for track in cut.tracks:
        at = 0
        for item in track:
            if isinstance(item, otio.schema.Clip):
                _rated(otio, item, materials[item.media_reference.target_url], known)
            if known == rate:
                continue
            if isinstance(item, otio.schema.Transition):
                item.in_offset = _time(otio, item.in_offset.value * known / rate, known)
                item.out_offset = _time(otio, item.out_offset.value * known / rate, known)
                continue
            first, frames = Fraction(item.source_range.start_time.value), round(item.source_range.duration.value)
            if isinstance(item, otio.schema.Clip):
                item.metadata[_TICKS] = [str(round(f * _A_SECOND / rate)) for f in (first, first + frames)]
            start, stop = round(at * known / rate), round((at + frames) * known / rate)
            item.source_range = otio.opentime.TimeRange(
                _time(otio, first * known / rate, known), _time(otio, max(1, stop - start), known)
            )
            _mark(otio, item.markers, rate, known)
            at += frames
    if known != rate:
        cut.global_start_time = _time(otio, 0, known)
        _mark(otio, cut.tracks.markers, rate, known)


def _rated(otio: Any, clip: Any, material: Material, film: Fraction) -> None:
    reference = clip.media_reference
    rate = smpte(material.rate) if material.rate else film
    if float(rate) == reference.available_range.duration.rate:
        return
    seconds = material.seconds if material.rate else Fraction(reference.available_range.duration.to_seconds())
    whole = _time(otio, max(1, round(seconds * rate)), rate)
    reference.available_range = otio.opentime.TimeRange(_time(otio, 0, rate), whole)


def _mark(otio: Any, markers: Any, rate: Fraction, known: Fraction) -> None:
    for marker in markers:
        marked = marker.marked_range
        first, last = (Fraction(t.value) * known / rate for t in (marked.start_time, marked.duration))
        marker.marked_range = otio.opentime.TimeRange(_time(otio, first, known), _time(otio, max(1, last), known))


def _time(otio: Any, frames: float | Fraction, rate: Fraction) -> Any:
    return otio.opentime.RationalTime(round(frames), float(rate))


def _tidied(written: str) -> str:
    """With the document type that Final Cut asks for, and each clip's rate once: the adapter writes it twice."""
    root = ElementTree.fromstring(written)  # noqa: S314  # what was just written here
    for clip in root.iter("clipitem"):
        for again in clip.findall("rate")[1:]:
            clip.remove(again)
    for element in root.iter():
        if not (element.text or "").strip():
            element.text = None
        element.tail = None
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{body}\n'


def _prepare_clip(otio: Any, clip: Any, material: Material, timeline: Timeline, *, is_sound: bool) -> None:
    clip.media_reference.metadata[_XML] = {"media": _file(material, timeline)}
    clip.media_reference.name = material.name
    notes: dict[str, Any] = {"masterclipid": f"master {material.name}"}
    if is_sound:
        notes["sourcetrack"] = {"mediatype": "audio", "trackindex": "1"}
        if material.channels > 1:
            notes["@premiereChannelType"] = "stereo"
    for effect in clip.effects:
        if isinstance(effect, otio.schema.FreezeFrame):
            notes["stillframe"] = "TRUE"
            notes["stillframeoffset"] = f"{clip.source_range.start_time.value:.0f}"
        elif isinstance(effect, otio.schema.LinearTimeWarp):
            notes["filter"] = {"effect": _time_remap(effect.time_scalar)}
            start = clip.source_range.start_time
            slowed = otio.opentime.RationalTime(round(start.value / effect.time_scalar), start.rate)
            clip.source_range = otio.opentime.TimeRange(slowed, clip.source_range.duration)
    if _TICKS in clip.metadata:
        notes["pproTicksIn"], notes["pproTicksOut"] = clip.metadata[_TICKS]
    clip.metadata[_XML] = notes


def _prepare_transition(transition: Any) -> None:
    kind: TransitionKind = transition.metadata[NAMESPACE]["kind"]
    effect, category = ROWS[kind].effect  # the nearest: which way it moves, the name and the metadata say
    notes: dict[str, Any] = {
        "effect": {
            "name": kind,
            "effectid": effect,
            "effectcategory": category,
            "effecttype": "transition",
            "mediatype": "video",
        }
    }
    if not transition.out_offset.value:
        notes["alignment"] = "end"
    transition.metadata[_XML] = notes


def _file(material: Material, timeline: Timeline) -> dict[str, Any]:
    media: dict[str, Any] = {}
    if material.source.kind != "audio":
        media["video"] = {"samplecharacteristics": _picture(timeline, material)}
    if material.with_sound:
        characteristics = {"depth": "16", "samplerate": str(material.sample_rate or 48_000)}
        media["audio"] = {"samplecharacteristics": characteristics, "channelcount": str(material.channels or 2)}
    return media


def _picture(timeline: Timeline, material: Material | None) -> dict[str, Any]:
    width, height = (material.width, material.height) if material else (timeline.width, timeline.height)
    rate = material.rate if material and material.rate else timeline.rate
    return {
        "rate": _rate(smpte(rate)),
        "width": str(width),
        "height": str(height),
        "anamorphic": "FALSE",
        "pixelaspectratio": "square",
        "fielddominance": "none",
    }


def _rate(rate: Fraction) -> dict[str, str]:
    whole = -(-rate.numerator // rate.denominator)
    return {"timebase": str(whole), "ntsc": "TRUE" if rate.denominator != 1 else "FALSE"}


def _time_remap(scalar: float) -> dict[str, Any]:
    def parameter(name: str, value: str) -> dict[str, str]:
        return {"parameterid": name, "name": name, "value": value}

    return {
        "name": "Time Remap",
        "effectid": "timeremap",
        "effectcategory": "motion",
        "effecttype": "motion",
        "mediatype": "video",
        "parameter": [
            parameter("variablespeed", "0"),
            parameter("speed", f"{100 * scalar:g}"),
            parameter("reverse", "FALSE"),
            parameter("frameblending", "FALSE"),
        ],
    }
