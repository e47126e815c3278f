"""The same film as one FFmpeg command, as people write it: every clip an input, xfade after xfade, the sound beside."""

from __future__ import annotations

from fractions import Fraction

from benchmarks._cut_material import FADE, HEIGHT, LINE_AFTER, RATE, WIDTH, Material
from film.render.conform import Screen
from film.render.settings import EncodeSettings


def x264_options(settings: EncodeSettings) -> dict[str, str]:
    """The film's own settings, but for the one that only pieces which are to be joined need."""
    options = settings.x264(Screen(WIDTH, HEIGHT, Fraction(RATE)))
    return options | {"x264-params": options["x264-params"].replace("stitchable=1:", "")}


def command(exe: str, material: Material, out: str) -> list[str]:
    settings = EncodeSettings()
    options = x264_options(settings)
    files = [*material.clips, *(line.path for line in material.lines)]
    inputs = [word for path in files for word in ("-i", path)]
    inputs += ["-stream_loop", "-1", "-i", material.music]
    encoder = ["-c:v", "libx264", "-preset", options["preset"], "-crf", options["crf"], "-profile:v", "high"]
    encoder += ["-level", options["level"], "-x264-params", options["x264-params"], "-pix_fmt", "yuv420p"]
    sound = ["-c:a", "aac", "-aac_coder", settings.aac_coder, "-b:a", str(settings.audio_bitrate)]
    graph = ";".join([*_picture(material), *_sound(material)])
    maps = ["-filter_complex", graph, "-map", "[v]", "-map", "[a]"]
    return [exe, "-v", "error", "-y", *inputs, *maps, *encoder, *sound, "-movflags", "+faststart", out]


def _picture(material: Material) -> list[str]:
    count = len(material.clips)
    chains = [f"[{n}:v]fps={RATE},settb=1/{RATE},setsar=1,format=yuv420p[v{n}]" for n in range(count)]
    last = "v0"
    for n in range(1, count):
        name = "v" if n == count - 1 else f"x{n}"
        offset = material.start(n) / RATE
        chains.append(f"[{last}][v{n}]xfade=transition=fade:duration={FADE / RATE}:offset={offset:.6f}[{name}]")
        last = name
    return chains


def _sound(material: Material) -> list[str]:
    first, lines, seconds = len(material.clips), material.lines, material.frames / RATE
    stereo = "aformat=sample_rates=48000:channel_layouts=stereo"
    both_sides = "aformat=sample_rates=48000,pan=stereo|c0=c0|c1=c0"
    bed = f"atrim=0:{seconds},afade=t=out:st={seconds - 3}:d=3,volume={material.music_volume:.5f}"
    chains: list[str] = []
    for place, line in enumerate(lines):
        after = Fraction(material.start(line.clip), RATE) + LINE_AFTER
        chains.append(f"[{first + place}:a]{both_sides},adelay={round(after * 1000)}:all=1[d{place}]")
    named = "".join(f"[d{place}]" for place in range(len(lines)))
    return [
        *chains,
        f"{named}amix=inputs={len(lines)}:normalize=0:duration=longest,apad=whole_dur={seconds},asplit[dk][dm]",
        f"[{first + len(lines)}:a]{stereo},{bed}[mus]",
        "[mus][dk]sidechaincompress=threshold=0.03:ratio=8:attack=20:release=400[duck]",
        "[duck][dm]amix=inputs=2:normalize=0:duration=first,loudnorm=I=-14:TP=-1.5:LRA=11,aresample=48000[a]",
    ]
