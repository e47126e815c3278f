"""``export_film``: the cut for editing programs, its stems, a contact sheet, a poster. Nothing is made or paid.

ExportFilm ──► FilmParams, of a shots.json or of the film as it was made ──► Timeline ──► files in one folder
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from film.app.film_options import FilmOptions
from film.app.models import Aside, UseCaseResult
from film.app.wording import counted
from film.app.workspace import Workspace
from film.errors import FilmError, InputError
from film.files.own_files import no_link

if TYPE_CHECKING:
    from film.export import EditFormat
    from film.planning.params import FilmParams
    from film.planning.services import Services
    from film.settings import Settings
    from film.timeline import Timeline

EDITS = ("otio", "otioz", "xml", "edl")
"""Cuts for editing programs."""
OTHERS = ("stems", "contact_sheet", "poster")

ExportKind = Literal["otio", "otioz", "xml", "edl", "stems", "contact_sheet", "poster"]


class ExportFilm(FilmOptions):
    """What to export of which film. Options of the film itself go with a shots.json: else it is cut as it was made."""

    film: str
    """A shots.json, or a film's id."""
    wanted: tuple[ExportKind, ...]
    media: Literal["copy", "link", "in-place"] = "copy"
    """Media beside the cut: copied, hard-linked, or referred to where the library keeps them."""
    jpeg: bool = False
    """Pictures as JPEG instead of PNG."""
    output: Path | None = None
    """The folder; one beside the film unless given."""
    force: bool = False
    """Whether files that this program did not write may be replaced."""


class FailedExport(UseCaseResult):
    what: str
    error: str
    hint: str
    cause: Aside[FilmError]


class ExportedFilm(UseCaseResult):
    folder: Path
    written: tuple[Path, ...]
    failed: tuple[FailedExport, ...]
    """What could not be written, and left the rest."""
    warnings: tuple[str, ...]


def export_film(asked: ExportFilm, workspace: Workspace) -> ExportedFilm:
    """Write what is wanted of a film, as it would be cut from what is in the library.

    Raises ComposeError that names the shots that are not all there, InputError where nothing is asked for.
    """
    if not asked.wanted:
        raise InputError(
            "nothing is asked for", hint="add --otio, --otioz, --xml, --edl, --stems, --contact-sheet or --poster"
        )
    from film.app.from_library import timeline_in_hand

    settings, services = workspace.settings, workspace.looking()
    params = _params(asked, settings, services)
    timeline = timeline_in_hand(params, services)
    warnings = (*params.warnings, *timeline.warnings)
    for message in warnings:
        workspace.warn(message)
    name = Path(params.file_name).stem
    folder, force = _folder(asked, settings.films / params.film_id / f"{name}-export")
    writer = _Writer(timeline, folder.absolute(), name, workspace, params, force=force)
    writer.write(asked)
    return ExportedFilm(
        folder=folder.absolute(), written=tuple(writer.written), failed=tuple(writer.failed), warnings=warnings
    )


def _folder(asked: ExportFilm, own: Path) -> tuple[Path, bool]:
    """Where it goes, and whether anything there may be replaced. Raises InputError for a link."""
    folder = asked.output or own
    try:
        no_link(folder)
    except OSError as error:
        raise InputError(
            f"{folder} is not written to: {error.strerror or error}", hint="name a folder with -o that is one itself"
        ) from error
    from film.files.written import has_record

    is_of_before = asked.output is None and not has_record(folder)
    return folder, asked.force or is_of_before  # the gallery's own folder, from before files were noted


def _params(asked: ExportFilm, settings: Settings, services: Services) -> FilmParams:
    from film.app.from_library import params_of_film
    from film.planning.params import film_params

    film, said = asked.film, asked.said()
    if film.lower().endswith(".json") or Path(film).is_file():
        return film_params(Path(film), settings, **said)
    said.pop("tier", None)
    if given := next(iter(said), None):
        raise InputError(
            f"--{given} goes with a shots.json: film {film!r} is cut as it was made",
            hint="give its shots.json instead of its id",
        )
    return params_of_film(film, services, asked.tier)


class _Writer:
    """Writes what it can; what it cannot is kept in ``failed``, and leaves the rest."""

    def __init__(
        self, timeline: Timeline, folder: Path, name: str, workspace: Workspace, params: FilmParams, *, force: bool
    ) -> None:
        self._timeline = timeline
        self._folder = folder
        self._name = name
        self._note = workspace.note
        self._force = force
        self._params, self._draft = params, params.is_draft
        self.written: list[Path] = []
        self.failed: list[FailedExport] = []

    def write(self, asked: ExportFilm) -> None:
        formats: list[EditFormat] = [kind for kind in asked.wanted if kind not in ("stems", "contact_sheet", "poster")]
        form: Literal["png", "jpeg"] = "jpeg" if asked.jpeg else "png"
        shots = len(self._timeline.clips)
        if formats:
            self._note(f"cut     {counted(shots, 'shot')}, {self._timeline.frames} frames")
            self._attempt("cut", lambda: self._edit(formats, asked))
        if "stems" in asked.wanted:
            self._note("stems   mixing")
            self._attempt("stems", self._stems)
        if "contact_sheet" in asked.wanted:
            self._note(f"sheet   {counted(shots, 'still')}")
            self._attempt("contact sheet", lambda: self._sheet(form))
        if "poster" in asked.wanted:
            self._note("poster  looking for a frame")
            self._attempt("poster", lambda: self._poster(form))

    def _attempt(self, what: str, write: Callable[[], Iterable[Path]]) -> None:
        try:
            self.written.extend(write())
        except FilmError as error:
            self._tell(what, error)

    def _tell(self, what: str, error: FilmError) -> None:
        self.failed.append(FailedExport(what=what, error=error.message, hint=error.hint, cause=error))

    def _edit(self, formats: list[EditFormat], asked: ExportFilm) -> Iterable[Path]:
        from film.export import write_edit

        return write_edit(
            self._timeline,
            self._folder,
            self._name,
            formats,
            placement=asked.media,
            on_failure=self._tell,
            force=self._force,
        )

    def _stems(self) -> Iterable[Path]:
        from film.render import EncodeSettings, stems

        settings = EncodeSettings.of(self._params.film.format, draft=self._draft)  # the limiter goes by the encoder
        return stems.write(self._timeline, self._folder / "stems", settings=settings, force=self._force).values()

    def _sheet(self, form: Literal["png", "jpeg"]) -> Iterable[Path]:
        from film.export import contact_sheet, write_pictures

        pages = contact_sheet(self._timeline, draft=self._draft)
        return write_pictures(pages, self._folder, f"{self._name}-contact-sheet", form, force=self._force)

    def _poster(self, form: Literal["png", "jpeg"]) -> Iterable[Path]:
        from film.export import poster, write_pictures

        picture = poster(self._timeline).picture
        return write_pictures([picture], self._folder, f"{self._name}-poster", form, force=self._force)
