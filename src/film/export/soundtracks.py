"""What is heard, as tracks for an editing program: a track for each character, music, effects, the clips' own sound.

    Timeline.lines, .music, .effects, Clip.sound ──► Track(name, cues): whole frames, no overlap

Two sounds at once on one track become two tracks. Levels and fades are the mix's affair; they go along as words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from film.export.media import ExportedMedia, Material
from film.export.placing import Piece, lanes, placed
from film.timeline import Clip, Music, Source, Timeline


@dataclass(frozen=True)
class TrackCue:
    """``frames`` of film from ``start``, with the material from ``source_start`` on, in frames of the film's rate."""

    name: str
    material: Material
    start: int
    frames: int
    source_start: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    notes: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Track:
    name: str
    cues: tuple[TrackCue, ...]


def is_rendered(timeline: Timeline, exported: ExportedMedia) -> bool:
    """Whether some of what is heard is no file that could be laid on a track: a place, or music that begins again."""
    return bool(timeline.beds) or (timeline.music is not None and _begins_again(timeline, timeline.music, exported))


def soundtracks(
    timeline: Timeline, exported: ExportedMedia, rendered: Mapping[str, Source] | None = None
) -> list[Track]:
    """All tracks that have anything on them.

    ``rendered`` are stems as long as the film: ``ambience``, for places have no files, and ``music``, which the mix
    joins to itself at a better seam than its end.
    """
    stems = rendered or {}
    tracks: list[Track] = []
    speakers = dict.fromkeys(line.character for line in timeline.lines)
    for speaker in speakers:
        tracks += _tracks(f"Dialogue {speaker or 'narrator'}", list(_dialogue(timeline, exported, speaker)))
    tracks += _tracks("Effects", list(_effects(timeline, exported)))
    tracks += _tracks("Clips' sound", list(_clips(timeline, exported)))
    if timeline.music:
        looped = stems.get("music") if _begins_again(timeline, timeline.music, exported) else None
        tracks += (
            [_whole("Music", looped, timeline, exported)] if looped else _music(timeline, timeline.music, exported)
        )
    if "ambience" in stems:
        tracks.append(_whole("Ambience", stems["ambience"], timeline, exported))
    return tracks


def _whole(name: str, stem: Source, timeline: Timeline, exported: ExportedMedia) -> Track:
    return Track(name, (TrackCue(name.lower(), exported.of(stem, f"{name.lower()} as mixed"), 0, timeline.frames),))


def _tracks(name: str, cues: list[TrackCue]) -> list[Track]:
    spread = lanes([(cue.start, cue.frames, cue) for cue in cues])
    return [
        Track(f"{name} {number}" if number > 1 else name, tuple(cue for _, _, cue in lane))
        for number, lane in enumerate(spread, 1)
    ]


def _dialogue(timeline: Timeline, exported: ExportedMedia, speaker: str) -> Iterator[TrackCue]:
    places = {clip.shot_id: place for place, clip in enumerate(timeline.clips, 1)}
    for line in timeline.lines:
        if line.character == speaker:
            name = f"{places.get(line.shot_id, 0):03d} {line.shot_id} {speaker}"
            notes = {"shot_id": line.shot_id, "character": speaker, "text": line.text}
            material = exported.of(line.source, name)
            yield TrackCue(name, material, line.start_frame, line.frames, line.source_in * timeline.rate, notes=notes)


def _effects(timeline: Timeline, exported: ExportedMedia) -> Iterator[TrackCue]:
    for number, effect in enumerate(timeline.effects, 1):
        material = exported.of(effect.source, f"effect {number:03d} {effect.source.path.stem}")
        lasts = min(material.frames_at(timeline.rate), timeline.frames - effect.start_frame)
        if lasts > 0:
            notes = {"shot_id": effect.shot_id, "level_lufs": str(effect.level)}
            yield TrackCue(effect.source.path.stem, material, effect.start_frame, lasts, notes=notes)


def _clips(timeline: Timeline, exported: ExportedMedia) -> Iterator[TrackCue]:
    for item in placed(timeline):
        if isinstance(item, Piece) and not item.held and (sound := timeline.clips[item.place].sound):
            clip = timeline.clips[item.place]
            material = clip_material(clip, item.place, exported)
            if sound.sha256 != clip.source.sha256:
                material = exported.of(sound, f"{item.place + 1:03d} {clip.shot_id} sound")
            notes = {"shot_id": clip.shot_id, "level_lufs": str(timeline.target.clips_level)}
            yield TrackCue(clip.shot_id, material, item.start, item.frames, item.source_start, item.speed, notes)


def clip_material(clip: Clip, place: int, exported: ExportedMedia) -> Material:
    """A shot's picture, under the name it has in every export: ``001_harbour_dawn.mp4``."""
    return exported.of(clip.source, f"{place + 1:03d} {clip.shot_id}")


def _music_material(music: Music, exported: ExportedMedia) -> Material:
    return exported.of(music.source, f"music {music.source.path.stem}")


def _begins_again(timeline: Timeline, music: Music, exported: ExportedMedia) -> bool:
    lasts = _music_material(music, exported).seconds
    return music.loop and lasts - music.offset < music.frames / timeline.rate


def _music(timeline: Timeline, music: Music, exported: ExportedMedia) -> list[Track]:
    """The bed, from its file: as long as it is wanted, or as it lasts."""
    material = _music_material(music, exported)
    begins = music.offset * timeline.rate
    lasts = min(music.frames, material.frames_at(timeline.rate) - floor(begins))
    if lasts < 1:
        return []
    notes = {
        "level_lufs": str(music.level),
        "duck_db": str(music.duck),
        "fade_in_frames": str(music.fade_in),
        "fade_out_frames": str(music.fade_out),
    }
    name = music.source.path.stem
    return [Track("Music", (TrackCue(name, material, music.start_frame, lasts, begins, notes=notes),))]
