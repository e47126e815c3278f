"""``film export``: the cut for editing programs, its stems, a contact sheet, a poster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from film.cli.console import counted, note, print_json, print_path, warn
from film.cli.looking import library
from film.cli.options import as_json, film_options, option
from film.errors import FilmError, InputError
from film.files.own_files import no_link
from film.settings import Settings

if TYPE_CHECKING:
    from film.export import EditFormat
    from film.planning.params import FilmParams
    from film.planning.services import Services
    from film.timeline import Timeline

_EDITS = ("otio", "otioz", "xml", "edl")
_OTHERS = ("stems", "contact_sheet", "poster")
_OF_THE_CALL = frozenset(("film", "tier", "json", "output", "media", "jpeg", "force", *_EDITS, *_OTHERS))


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
    wanted = [name for name in (*_EDITS, *_OTHERS) if options[name]]
    if not wanted:
        raise InputError(
            "nothing is asked for", hint="add --otio, --otioz, --xml, --edl, --stems, --contact-sheet or --poster"
        )
    from film.settings import load_settings

    settings = load_settings()
    services = library(settings)
    params = _params(options, settings, services)
    from film.app.from_library import timeline_in_hand

    timeline = timeline_in_hand(params, services)
    for message in (*params.warnings, *timeline.warnings):
        warn(message)
    name = Path(params.file_name).stem
    folder: Path = options["output"] or settings.films / params.film_id / f"{name}-export"
    try:
        no_link(folder)
    except OSError as error:
        raise InputError(
            f"{folder} is not written to: {error.strerror or error}", hint="name a folder with -o that is one itself"
        ) from error
    from film.files.written import has_record

    if options["output"] is None and not has_record(folder):
        options["force"] = True  # the gallery's own folder, from before files were noted
    failed: list[tuple[str, FilmError]] = []
    written = _write(timeline, folder.absolute(), name, options, failed, params)
    if options["json"]:
        wrong = [{"what": what, "error": error.message, "hint": error.hint} for what, error in failed]
        told = {"folder": str(folder.absolute()), "written": [str(path) for path in written], "failed": wrong}
        print_json({**told, "warnings": [*params.warnings, *timeline.warnings]})
    else:
        for path in written:
            print_path(path)
    for what, error in failed:
        warn(f"{what} was not written: {error.message}; {error.hint}")
    return failed[0][1].exit_code if failed else 0


def _params(options: dict[str, Any], settings: Settings, services: Services) -> FilmParams:
    from film.app.from_library import params_of_film
    from film.planning.params import film_params

    film: str = options["film"]
    of_film = {name: value for name, value in options.items() if name not in _OF_THE_CALL}
    if film.lower().endswith(".json") or Path(film).is_file():
        return film_params(Path(film), settings, tier=options["tier"], **of_film)
    given = [name for name, value in of_film.items() if value is not None]
    if given:
        raise InputError(
            f"--{given[0]} goes with a shots.json: film {film!r} is cut as it was made",
            hint="give its shots.json instead of its id",
        )
    return params_of_film(film, services, options["tier"])


def _write(
    timeline: Timeline,
    folder: Path,
    name: str,
    options: dict[str, Any],
    failed: list[tuple[str, FilmError]],
    params: FilmParams,
) -> list[Path]:
    """What could be written; what could not is added to ``failed``, and leaves the rest."""
    from film.export import contact_sheet, poster, write_edit, write_pictures

    def tell(what: str, error: FilmError) -> None:
        failed.append((what, error))

    def attempt(what: str, write: Callable[[], Iterable[Path]]) -> None:
        try:
            written.extend(write())
        except FilmError as error:
            tell(what, error)

    form: Literal["png", "jpeg"] = "jpeg" if options["jpeg"] else "png"
    force: bool = options["force"]
    written: list[Path] = []
    formats: list[EditFormat] = [name for name in _EDITS if options[name]]
    if formats:
        note(f"cut     {counted(len(timeline.clips), 'shot')}, {timeline.frames} frames")
        placement = options["media"]
        attempt(
            "cut",
            lambda: write_edit(timeline, folder, name, formats, placement=placement, on_failure=tell, force=force),
        )
    if options["stems"]:
        from film.render import EncodeSettings, stems

        settings = EncodeSettings.of(params.film.format, draft=params.is_draft)  # the limiter goes by the encoder
        note("stems   mixing")
        attempt("stems", lambda: stems.write(timeline, folder / "stems", settings=settings, force=force).values())
    if options["contact_sheet"]:
        note(f"sheet   {counted(len(timeline.clips), 'still')}")
        pages = f"{name}-contact-sheet"
        attempt(
            "contact sheet",
            lambda: write_pictures(contact_sheet(timeline, draft=params.is_draft), folder, pages, form, force=force),
        )
    if options["poster"]:
        note("poster  looking for a frame")
        attempt(
            "poster", lambda: write_pictures([poster(timeline).picture], folder, f"{name}-poster", form, force=force)
        )
    return written
