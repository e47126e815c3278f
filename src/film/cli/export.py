"""``film export``: the cut for editing programs, its stems, a contact sheet, a poster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from film.cli.console import print_json, print_path, warn
from film.cli.looking import workspace
from film.cli.options import as_json, film_options, option


@click.command(name="export")
@click.argument("film", metavar="SHOTS|FILM_ID")
@option("otio", is_flag=True, help="OpenTimelineIO, for Resolve and others.")
@option("otioz", is_flag=True, help="The same with all media in one file.")
@option("xml", is_flag=True, help="Final Cut Pro 7 XML, for Premiere, Resolve and Final Cut.")
@option("edl", is_flag=True, help="CMX 3600 edit decision list: pictures only, for anything.")
@option("stems", is_flag=True, help="Dialogue, music, effects and ambience as WAV files.")
@option("contact_sheet", is_flag=True, help="A frame of each shot with number, name, time code and words, as PNG.")
@option("poster", is_flag=True, help="The film's best frame, at full size, as PNG.")
@option("jpeg", is_flag=True, help="Pictures as JPEG instead of PNG.")
@option(
    "media",
    type=click.Choice(["copy", "link", "in-place"]),
    default="copy",
    show_default=True,
    help="Media beside the cut: copied, hard-linked, or referred to where the library keeps them.",
)
@option("output", "-o", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Where it goes.")
@option("force", is_flag=True, help="Let it take the place of files that this program did not write.")
@film_options
@as_json
def command(**options: Any) -> int:
    """Export the film of SHOTS (a shots.json) or of FILM_ID as film make would cut it from what is in the library.

    Nothing is made and nothing is paid; shots that are not in the library are named. Prints what was written.
    """
    from film.app.exports import EDITS, OTHERS, ExportFilm, export_film

    wanted = [name for name in (*EDITS, *OTHERS) if options.pop(name)]
    json = options.pop("json")
    done = export_film(ExportFilm.model_validate({"wanted": wanted, **options}), workspace())
    if json:
        print_json(done.model_dump(mode="json"))
    else:
        for path in done.written:
            print_path(path)
    for failure in done.failed:
        warn(f"{failure.what} was not written: {failure.error}; {failure.hint}")
    return done.failed[0].cause.exit_code if done.failed else 0
