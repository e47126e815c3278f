"""Where everything lies in a film, and the film as one page that can be sent to somebody.

    what is in the library ──► FilmTimeline   clips, lines, music, effects in seconds; a shot not made yet by its length
    the board + small pictures ──► storyboard_page   one HTML file with its pictures in it: nothing is fetched

A person's words go into the page as text and never as markup.
"""

from __future__ import annotations

import base64
from html import escape

from film.app.boards import Board, board
from film.app.film_desk import FilmDesk
from film.app.from_library import timeline_in_hand
from film.app.media_files import NoMedia, film_file, small_picture
from film.errors import FilmError
from film.models import AssetType, Model, Shot
from film.shots.shotfile import ShotFile
from film.timeline import Music, Timeline


class LaidPiece(Model):
    """Something on a lane of the timeline, in seconds of the film."""

    shot: str
    start: float
    seconds: float
    text: str = ""
    speaker: str = ""


class FilmTimeline(Model):
    """``is_exact``: everything is made, and this is how the film is cut. Else lengths are those asked for."""

    is_exact: bool
    made: str | None = None
    """Names the film that was cut last at this tier, another after each cut; None where none was."""
    seconds: float
    rate: float
    clips: tuple[LaidPiece, ...]
    """``text`` is how a shot goes over into the next."""
    lines: tuple[LaidPiece, ...] = ()
    music: tuple[LaidPiece, ...] = ()
    effects: tuple[LaidPiece, ...] = ()


def film_timeline(desk: FilmDesk, tier: str | None = None) -> FilmTimeline:
    """Where each shot, line and effect lies; nothing is made for it."""
    params = desk.params(tier)
    try:
        found = _exact(timeline_in_hand(params, desk.services))
    except FilmError:  # something is not made yet
        found = _outlook(desk.book.file(), float(params.rate))
    try:
        return found.model_copy(update={"made": film_file(desk, tier, "film").tag})
    except NoMedia:
        return found


def _exact(timeline: Timeline) -> FilmTimeline:
    rate = float(timeline.rate)
    joins = [f"{t.kind} {t.frames / rate:.2f} s" if t.frames else "cut" for t in timeline.transitions]
    return FilmTimeline(
        is_exact=True,
        seconds=float(timeline.duration),
        rate=rate,
        clips=tuple(
            LaidPiece(shot=clip.shot_id, start=start / rate, seconds=clip.frames / rate, text=join)
            for clip, start, join in zip(timeline.clips, timeline.starts, [*joins, ""], strict=True)
        ),
        lines=tuple(
            LaidPiece(
                shot=line.shot_id,
                start=turn.start_frame / rate,
                seconds=turn.frames / rate,
                text=turn.text,
                speaker=turn.character,
            )
            for line in timeline.lines
            for turn in line.by_turns(timeline.rate)
        ),
        music=() if timeline.music is None else (_music(timeline.music, rate),),
        effects=tuple(
            LaidPiece(shot=cue.shot_id, start=cue.start_frame / rate + float(cue.offset), seconds=0.5, text="effect")
            for cue in timeline.effects
        ),
    )


def _music(music: Music, rate: float) -> LaidPiece:
    return LaidPiece(shot="", start=music.start_frame / rate, seconds=music.frames / rate, text="music")


def _outlook(file: ShotFile, rate: float) -> FilmTimeline:
    clips, lines, at = list[LaidPiece](), list[LaidPiece](), 0.0
    for shot in file.shots:
        seconds = float(shot.duration)
        clips.append(LaidPiece(shot=shot.shot_id, start=at, seconds=seconds))
        if spoken := shot.spoken:
            lines.append(
                LaidPiece(shot=shot.shot_id, start=at, seconds=seconds, text=spoken, speaker=shot.speaker or "")
            )
        at += seconds
    return FilmTimeline(is_exact=False, seconds=at, rate=rate, clips=tuple(clips), lines=tuple(lines))


def storyboard_page(desk: FilmDesk, tier: str | None = None) -> str:
    """One HTML page: each shot's picture, number, length, words, with nothing in it that is fetched or runs."""
    found, file = board(desk, tier), desk.book.file()
    title = file.film.title or desk.film_id
    laid = {piece.shot: piece for piece in film_timeline(desk, tier).clips}
    cards = "".join(
        _panel(place + 1, shot, laid[shot.shot_id], _picture(desk, found, place))
        for place, shot in enumerate(file.shots)
        if shot.shot_id in laid
    )
    total = sum(piece.seconds for piece in laid.values())
    return _PAGE.format(title=escape(title), shots=len(file.shots), length=_clock(total), cards=cards)


def _picture(desk: FilmDesk, found: Board, place: int) -> str:
    for asset in found.cards[place].assets:
        if asset.asset_id and asset.kind is not AssetType.AUDIO:
            try:
                data = small_picture(desk.services, asset.asset_id, 640).path.read_bytes()
            except (FilmError, OSError):
                continue
            return f"data:image/webp;base64,{base64.b64encode(data).decode()}"
    return ""


def _panel(number: int, shot: Shot, laid: LaidPiece, picture: str) -> str:
    image = f'<img src="{picture}" alt="">' if picture else '<div class="none">not drawn yet</div>'
    line = f"<blockquote>{escape(shot.written)}</blockquote>" if shot.written else ""
    head = f"<h2>{number}. {escape(shot.shot_id)} <span>{_clock(laid.start)} · {laid.seconds:.1f} s</span></h2>"
    return f"<article>{image}{head}<p>{escape(shot.enhanced_prompt)}</p>{line}</article>"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}: storyboard</title>
<style>
body{{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1100px;padding:0 1rem}}
body{{color:#16181d;background:#fff}}
main{{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fill,minmax(300px,1fr))}}
article{{break-inside:avoid}}img,.none{{width:100%;display:block;border-radius:6px;background:#e9eaee}}
.none{{aspect-ratio:16/9;display:grid;place-items:center;color:#555}}
h2{{font-size:15px;margin:.5rem 0 .2rem}}h2 span{{font-weight:400;color:#555}}p{{margin:.2rem 0}}
blockquote{{margin:.3rem 0;padding-left:.7rem;border-left:3px solid #b98a3e;font-style:italic}}
@media print{{main{{grid-template-columns:repeat(3,1fr)}}}}
</style></head>
<body><h1>{title}</h1><p>{shots} shots, {length}</p><main>{cards}</main></body></html>
"""
