"""The same film in MoviePy 2.2, as its documents show it; run in an environment of its own, which has MoviePy.

uv run --isolated --no-project --with "moviepy>=2.2,<3" python _cut_moviepy.py MATERIAL OUT OPTIONS
"""
# MoviePy is not among the packages that are checked here.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import json
import sys
from pathlib import Path

from moviepy import AudioFileClip, CompositeAudioClip, CompositeVideoClip, VideoFileClip, afx, vfx

FADE, RATE, LINE_AFTER = 0.5, 24, 0.6


def main(folder: str, out: str, options: str) -> None:
    material = json.loads((Path(folder) / "material.json").read_text())
    clips, start, starts = [], 0.0, []
    for number, path in enumerate(material["clips"]):
        clip = VideoFileClip(path, audio=False)
        starts.append(start)
        clips.append(clip.with_start(start).with_effects([vfx.CrossFadeIn(FADE)] if number else []))
        start += clip.duration - FADE
    film = CompositeVideoClip(clips)
    spoken = [AudioFileClip(line["path"]).with_start(starts[line["clip"]] + LINE_AFTER) for line in material["lines"]]
    bed = AudioFileClip(material["music"]).with_effects([afx.AudioLoop(duration=film.duration), afx.AudioFadeOut(3)])
    bed = bed.with_volume_scaled(material["music_volume"])  # and stays there: MoviePy has no sidechain
    film = film.with_audio(CompositeAudioClip([bed, *spoken]).with_duration(film.duration))
    film.write_videofile(
        out, fps=RATE, codec="libx264", audio_codec="aac", preset="veryfast", logger=None,
        ffmpeg_params=json.loads(options), temp_audiofile_path=str(Path(out).parent),
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
