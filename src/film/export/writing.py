"""Writes exports to a folder: each file appears when it is whole, and replaces the one before."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from film.errors import ComposeError, FilmError
from film.export.bundle import write_bundle
from film.export.editorial import editorial
from film.export.edl import edl
from film.export.library import opentimelineio
from film.export.media import ExportedMedia, Placement
from film.export.soundtracks import clip_material, is_rendered
from film.export.xmeml import xmeml
from film.files import written as record
from film.files.digests import sha256_of_file
from film.files.own_files import fresh_beside
from film.render import stems
from film.timeline import Source, Timeline

if TYPE_CHECKING:
    from PIL import Image

_PAGE = re.compile(r"(-\d+)?")
EditFormat = Literal["otio", "otioz", "xml", "edl"]
Tick = Callable[[str], None]
Failure = Callable[[str, FilmError], None]
"""Told of what could not be written, by its name, and why."""


def write_edit(
    timeline: Timeline,
    folder: Path,
    name: str,
    formats: Sequence[EditFormat],
    *,
    placement: Placement = "copy",
    tick: Tick | None = None,
    on_failure: Failure | None = None,
    force: bool = False,
) -> list[Path]:
    """Write the cut as ``folder/name.<format>`` in each of ``formats``, with its media in ``folder/media``.

    An .otioz holds its media itself. What is heard and is no file, the film's places, is rendered first. A format that
    cannot be written leaves the others: ``on_failure`` is told of it, or its error is raised when they are done.
    Files that are not this program's stay, unless ``force`` lets it.
    """
    failed: list[FilmError] = []

    def tell(form: str, error: FilmError) -> None:
        failed.append(error)
        if on_failure:
            on_failure(form, error)

    with tempfile.TemporaryDirectory(prefix="film-export-") as work:
        written = _write(timeline, folder, name, formats, placement, Path(work), tick, tell, force)
    if failed and not on_failure:
        raise failed[0]
    return written


def _write(
    timeline: Timeline,
    folder: Path,
    name: str,
    formats: Sequence[EditFormat],
    placement: Placement,
    work: Path,
    tick: Tick | None,
    failed: Failure,
    force: bool,
) -> list[Path]:
    exported = ExportedMedia(placement)
    for place, clip in enumerate(timeline.clips):
        clip_material(clip, place, exported)  # pictures are named first, and in order
    cut: object = None
    rendered: Mapping[str, Source] = {}
    able: list[EditFormat] = []
    for form in formats:
        try:
            if form != "edl":
                opentimelineio("fcp_xml" if form == "xml" else "")
            able.append(form)
        except FilmError as error:
            failed(form, error)
    if set(able) - {"edl"}:
        if is_rendered(timeline, exported):
            rendered = _rendered(timeline, work)
        cut = editorial(timeline, exported, rendered)
    if set(able) - {"otioz"}:
        exported.place(folder, tick, force=force)
    written: list[Path] = []
    for form in able:
        path = folder / f"{name}.{form}"
        try:
            with _appearing(path, force=force) as temporary:
                _write_format(form, timeline, cut, exported, rendered, temporary)
        except FilmError as error:
            failed(form, error)
        except Exception as error:  # noqa: BLE001  # an adapter is other people's code
            hint = "choose another format: the others were written"
            failed(form, ComposeError(f"the cut could not be written as .{form}: {error}", hint=hint))
        else:
            written.append(path)
    return written


def _write_format(
    form: EditFormat,
    timeline: Timeline,
    cut: object,
    exported: ExportedMedia,
    rendered: Mapping[str, Source],
    path: Path,
) -> None:
    match form:
        case "otio":
            path.write_text(opentimelineio().adapters.write_to_string(cut, "otio_json"), "utf-8")
        case "otioz":
            relative = cut if exported.placement != "in-place" else editorial(timeline, ExportedMedia(), rendered)
            write_bundle(relative, exported, path)
        case "xml":
            path.write_text(xmeml(cut, timeline, exported), "utf-8")
        case "edl":
            path.write_text(edl(timeline, exported), "utf-8")


def _rendered(timeline: Timeline, work: Path) -> Mapping[str, Source]:
    """The stems of what has no files of its own."""
    made = stems.write(timeline, work, dated=False)
    return {group: Source(sha256_of_file(path), path, "audio") for group, path in made.items()}


def write_pictures(
    pictures: Sequence[Image.Image],
    folder: Path,
    name: str,
    form: Literal["png", "jpeg"] = "png",
    *,
    force: bool = False,
) -> list[Path]:
    """Write ``folder/name.png``, or numbered ones where there are several; pages of before go.

    Files that are not this program's stay, unless ``force`` lets it.
    """
    suffix = ".png" if form == "png" else ".jpg"
    names = [name] if len(pictures) == 1 else [f"{name}-{number}" for number in range(1, len(pictures) + 1)]
    for stem in names:
        record.check(folder / f"{stem}{suffix}", force=force)
    written: list[Path] = []
    for picture, stem in zip(pictures, names, strict=True):
        with _appearing(folder / f"{stem}{suffix}", force=force) as temporary:
            picture.save(temporary, form.upper(), **({"quality": 92} if form == "jpeg" else {}))
        written.append(folder / f"{stem}{suffix}")
    for path in folder.glob(f"{escape(name)}*{suffix}"):
        if path not in written and _PAGE.fullmatch(path.stem.removeprefix(name)) and record.is_ours(path):
            path.unlink()
    return written


@contextmanager
def _appearing(path: Path, *, force: bool) -> Generator[Path, None, None]:
    temporary: Path | None = None
    record.check(path, force=force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = fresh_beside(path)
        yield temporary
        record.remember((temporary, path))
        temporary.replace(path)
    except OSError as error:
        raise ComposeError(
            f"{path} cannot be written: {error.strerror or error}", hint="check the folder and the space on its disk"
        ) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)
