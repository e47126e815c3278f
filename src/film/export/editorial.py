"""The film as an OpenTimelineIO timeline: tracks, clips with handles, transitions, speeds, holds, markers.

    Timeline ──► Picture: clips and transitions     LinearTimeWarp where a clip is slowed, FreezeFrame where it is held
             ──► sound:   a track per soundtrack    captions are markers of the whole

``source_range`` is what is shown; ``available_range`` is all of the file, so that every cut can be moved by hand. What
OpenTimelineIO has no word for stands in ``metadata["film_generation"]``, exactly, as fractions in text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from film.export.library import opentimelineio
from film.export.media import ExportedMedia, Material
from film.export.placing import Join, Piece, placed
from film.export.soundtracks import Track, clip_material, soundtracks
from film.timeline import Source, Timeline

NAMESPACE = "film_generation"
STILL_SECONDS = 60
"""A still has no length of its own; this much of it is offered as handles."""
MISSING = "MISSING"


def editorial(timeline: Timeline, exported: ExportedMedia, rendered: Mapping[str, Source] | None = None) -> Any:
    """An ``opentimelineio.schema.Timeline`` of the film; its media are on ``exported`` and not placed yet."""
    otio = opentimelineio()
    write = _Writer(otio, timeline, exported)
    cut = otio.schema.Timeline(name=timeline.title, global_start_time=write.time(0))
    cut.metadata[NAMESPACE] = {
        "comment": timeline.comment,
        "width": timeline.width,
        "height": timeline.height,
        "frame_rate": str(timeline.rate),
        "frames": timeline.frames,
    }
    cut.tracks.append(write.pictures())
    for track in soundtracks(timeline, exported, rendered):
        cut.tracks.append(write.sound(track))
    cut.tracks.markers.extend(write.captions())
    return cut


class _Writer:
    """Makes OpenTimelineIO's objects at one rate."""

    def __init__(self, otio: Any, timeline: Timeline, exported: ExportedMedia) -> None:
        self._otio, self._timeline, self._exported = otio, timeline, exported
        self._rate = float(timeline.rate)

    def time(self, frames: int | Fraction) -> Any:
        whole = isinstance(frames, int) or frames.denominator == 1
        return self._otio.opentime.RationalTime(int(frames) if whole else float(frames), self._rate)

    def range(self, start: int | Fraction, frames: int) -> Any:
        return self._otio.opentime.TimeRange(self.time(start), self.time(frames))

    def pictures(self) -> Any:
        schema = self._otio.schema
        track = schema.Track(name="Picture", kind=schema.TrackKind.Video)
        for item in placed(self._timeline):
            track.append(self._transition(item) if isinstance(item, Join) else self._piece(item))
        return track

    def sound(self, track: Track) -> Any:
        schema = self._otio.schema
        made = schema.Track(name=track.name, kind=schema.TrackKind.Audio)
        at = 0
        for cue in track.cues:
            if cue.start > at:
                made.append(schema.Gap(source_range=self.range(0, cue.start - at)))
            clip = schema.Clip(
                name=cue.name,
                media_reference=self._reference(cue.material),
                source_range=self.range(cue.source_start, cue.frames),
                metadata={NAMESPACE: dict(cue.notes)},
            )
            if cue.speed != 1:
                clip.effects.append(schema.LinearTimeWarp(name="slowed", time_scalar=float(cue.speed)))
            made.append(clip)
            at = cue.start + cue.frames
        return made

    def captions(self) -> Sequence[Any]:
        schema = self._otio.schema
        return [
            schema.Marker(
                name=" ".join(caption.text.split()),
                marked_range=self.range(caption.start_frame, caption.frames),
                color=schema.MarkerColor.YELLOW,
                metadata={NAMESPACE: {"kind": "caption", "text": caption.text, "speaker": caption.speaker}},
            )
            for caption in self._timeline.captions
        ]

    def _piece(self, piece: Piece) -> Any:
        schema = self._otio.schema
        clip = self._timeline.clips[piece.place]
        material = clip_material(clip, piece.place, self._exported)
        is_still = clip.source.kind == "image"
        notes = {
            "shot_id": clip.shot_id,
            "shot_number": clip.number,
            "source_start": str(Fraction(0) if is_still else piece.source_start),
            "speed": str(clip.speed),
            "sha256": clip.source.sha256,
        }
        made = schema.Clip(
            name=f"{piece.place + 1:03d} {clip.shot_id}",
            media_reference=self._reference(material),
            source_range=self.range(0 if is_still else piece.source_start, piece.frames),
            metadata={NAMESPACE: notes},
        )
        if piece.held and not is_still:
            made.effects.append(schema.FreezeFrame(name="held"))
        elif piece.speed != 1 and not is_still:
            made.effects.append(schema.LinearTimeWarp(name="slowed", time_scalar=float(piece.speed)))
        if clip.slate and clip.slate.badge == MISSING:
            made.markers.append(
                schema.Marker(
                    name=f"{clip.shot_id} is missing: a still stands in for it",
                    marked_range=made.source_range,
                    color=schema.MarkerColor.RED,
                    metadata={NAMESPACE: {"kind": "missing"}},
                )
            )
        return made

    def _transition(self, join: Join) -> Any:
        """Editing programs know a dissolve by this name; which kind it is here, the metadata says."""
        schema = self._otio.schema
        return schema.Transition(
            name=join.kind,
            transition_type=schema.TransitionTypes.SMPTE_Dissolve,
            in_offset=self.time(join.in_offset),
            out_offset=self.time(join.out_offset),
            metadata={NAMESPACE: {"kind": join.kind}},
        )

    def _reference(self, material: Material) -> Any:
        opentime = self._otio.opentime
        frames, rate = material.frames_at(self._timeline.rate), self._rate
        if material.source.kind == "image":
            frames = max(self._timeline.frames, round(STILL_SECONDS * self._timeline.rate))
        elif material.rate:
            frames, rate = material.frames, float(material.rate)
        facts: Mapping[str, Any] = {
            "sha256": material.source.sha256,
            "kind": material.source.kind,
            "seconds": str(material.seconds),
        }
        return self._otio.schema.ExternalReference(
            target_url=self._exported.url(material),
            available_range=opentime.TimeRange(opentime.RationalTime(0, rate), opentime.RationalTime(frames, rate)),
            metadata={NAMESPACE: dict(facts)},
        )
