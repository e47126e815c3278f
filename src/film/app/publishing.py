"""Publish a film: what a command, a page and a program ask for, and what they are told.

    PublishFilm ─► the film's file, its manifest, its words ─► Package ─► film.publish ─► PublishedFilm
                                                                        └─► PublicationPreview: all that would be sent

Nothing is sent for a preview. What is published is the file as it lies there: it is never made for the occasion.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import Field

from film.app.film_files import film_file
from film.app.models import UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import InputError, PublishRefused
from film.files.bounds import open_plain
from film.inspect.stills_at import pictures_at
from film.planning.services import Services
from film.provenance.sidecar import manifest_store
from film.publish.chapters import chapters_of
from film.publish.disclosure import disclosed
from film.publish.journal import Publication, PublicationJournal
from film.publish.package import CaptionFile, Metadata, Package, Privacy, hashed
from film.publish.publishing import intended, publish
from film.publish.targets import Opening, Outgoing, Progress, open_publisher
from film.shots.filmfile import PublishSettings

CAPTIONS = (".srt", ".vtt")
"""The first that is there counts."""
_ACROSS = 1280
_PICTURES = (Fraction(1, 4), Fraction(2, 5), Fraction(1, 2), Fraction(3, 5), Fraction(3, 4))
"""Where in a film a picture of it is looked for."""
_LARGEST_CAPTIONS = 100 << 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LARGEST_PICTURE = 50 << 20


class PublishFilm(UseCaseInput):
    """What is asked for. What is None is taken from ``[publish]`` of film.toml, and from the film.

    ``film`` is a film's id, its shots.json or its file; ``to`` a target and ``at`` the place there, where it takes one.
    """

    film: str
    to: str
    at: str = ""
    tier: str | None = None
    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    playlist: str | None = None
    privacy: Privacy | None = None
    publish_at: datetime | None = None
    made_for_kids: bool | None = None
    thumbnail: Path | None = None
    captions: bool = True
    undisclosed: str = ""
    """Why it is not said that the film is synthetic; kept with the publication."""
    again: str = ""
    """Why what is out already does not count."""
    adopt: str = ""
    """What the place calls the film that is out already."""


class PublishCall(UseCaseResult):
    """A call that would be made, and what it takes from the day's quota."""

    call: str
    body: Any = None
    cost: Mapping[str, int] = Field(default_factory=dict[str, int])


class QuotaBucket(UseCaseResult):
    used: int
    limit: int
    takes: int


class PublicationPreview(UseCaseResult):
    """What publishing would do. ``kind`` is new, resume, revise, parts or nothing."""

    film: Path
    place: str
    kind: str
    words: str
    synthetic: bool
    calls: tuple[PublishCall, ...]
    quota: Mapping[str, QuotaBucket] = Field(default_factory=dict[str, QuotaBucket])


class PublishedFilm(UseCaseResult):
    """Where the film is now. ``notes`` are what a person should know."""

    film: Path
    film_id: str
    target: str
    place: str
    id: str
    url: str
    state: str
    words: str
    did: str


class ListedPublication(UseCaseResult):
    """A publication as it is listed."""

    film_id: str
    target: str
    place: str
    state: str
    url: str
    title: str
    sha256: str
    error: str


def preview_publication(asked: PublishFilm, workspace: Workspace) -> PublicationPreview:
    """Exactly what ``publish_film`` would send. Nothing is sent and nothing is written."""
    settings, services = workspace.settings, workspace.looking(strict=True)
    with open_publisher(asked.to, Opening(settings, services.engine, asked.at)) as publisher:
        package = package_of(asked, services)
        intention = intended(package, publisher, asked.to, PublicationJournal(services.engine))
        calls = publisher.preview(package, None if asked.again else intention.known)
        return PublicationPreview(
            film=package.film,
            place=publisher.place().words,
            kind=intention.kind,
            words=intention.words,
            synthetic=package.metadata.disclosure.synthetic,
            calls=tuple(PublishCall(call=one.call, body=one.body, cost=one.cost) for one in calls),
            quota={
                name: QuotaBucket(used=of.used, limit=of.limit, takes=_taken(calls, name))
                for name, of in publisher.standing().items()
            },
        )


def publish_film(
    asked: PublishFilm,
    workspace: Workspace,
    *,
    progress: Progress = lambda done, total: None,
) -> PublishedFilm:
    """Publish a film once; whatever interrupts it, the same call goes on where it stopped.

    What will be done is noted before it is, in the workspace; ``progress`` is told of bytes.
    """
    with (
        _opened(workspace) as services,
        open_publisher(asked.to, Opening(workspace.settings, services.engine, asked.at, workspace.note)) as publisher,
    ):
        package = package_of(asked, services)
        journal = PublicationJournal(services.engine)
        intention = intended(package, publisher, asked.to, journal)
        workspace.note(intention.words)
        if asked.again and not (intention.known and (intention.known.is_out or intention.known.state == "review")):
            raise InputError("there is nothing that --again could replace", hint="leave it out", field="again")
        done, words = publish(
            package,
            publisher,
            asked.to,
            journal,
            again=asked.again,
            adopt=asked.adopt,
            progress=progress,
        )
        return PublishedFilm(
            film=package.film,
            film_id=package.film_id,
            target=asked.to,
            place=publisher.place().words,
            id=done.remote_id,
            url=done.url,
            state=done.state,
            words=words,
            did=intention.kind,
        )


def sign_in(workspace: Workspace) -> str:
    """Sign in to YouTube in a browser; the channel's title. The address to open is noted, too."""
    from film.publish.youtube import signin
    from film.publish.youtube.publisher import YouTubePublisher

    with _opened(workspace) as services:
        signin.sign_in(workspace.settings, show=lambda address: workspace.note(f"open in a browser: {address}"))
        with YouTubePublisher(Opening(workspace.settings, services.engine)) as publisher:
            return publisher.find_channel()


def list_publications(workspace: Workspace, film_id: str = "") -> list[ListedPublication]:
    """What was published of a film, or of all, and what is still under way."""
    return [_listed(one) for one in PublicationJournal(workspace.looking().engine).of_film(film_id)]


def package_of(asked: PublishFilm, services: Services) -> Package:
    """The film with all that goes out with it. Raises PublishRefused for one whose manifest does not hold."""
    found = film_file(asked.film, asked.tier, services)
    sha256, size, identity = hashed(found.path)
    disclosure, _ = disclosed(found.path, without=asked.undisclosed)
    said = found.settings.publish
    language = found.settings.captions.language
    metadata = Metadata(
        title=asked.title or said.title or found.settings.title or _title(found.film_id),
        description=said.description if asked.description is None else asked.description,
        tags=said.tags if asked.tags is None else asked.tags,
        chapters=chapters_of(found.shots, found.manifest.get("clips"), _rate(found.manifest)) if found.shots else (),
        language=language,
        category=said.category,
        privacy=asked.privacy,
        publish_at=_moment(asked.publish_at),
        made_for_kids=_audience(asked, said, found.film_id, services),
        disclosure=disclosure,
    )
    with suppress(OSError):
        sidecar = manifest_store(found.path)
        return Package(
            film_id=found.film_id,
            film=found.path,
            sha256=sha256,
            size=size,
            identity=identity,
            metadata=metadata,
            captions=tuple(_captions(found.path, language)) if asked.captions else (),
            thumbnail=_thumbnail(asked.thumbnail or said.thumbnail, found.path, found.manifest),
            playlist=said.playlist if asked.playlist is None else asked.playlist,
            sidecar=sidecar,
        )
    raise PublishRefused(f"{found.path} cannot be read", hint="check the file, and run again")


# -- inside


@contextmanager
def _opened(workspace: Workspace) -> Generator[Services]:
    services = workspace.working()
    try:
        yield services
    finally:
        services.cache.close()


def _title(film_id: str) -> str:
    return film_id.replace("_", " ").replace("-", " ").strip().capitalize()


def _rate(manifest: Mapping[str, Any]) -> Fraction:
    try:
        return Fraction(str(manifest.get("frame_rate", "24"))) or Fraction(24)
    except (ValueError, ZeroDivisionError):
        return Fraction(24)


def _moment(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    found = at.astimezone(UTC)  # without a zone: this machine's
    if found <= datetime.now(UTC):
        raise InputError(f"--publish_at {at} is over", hint="name a moment to come", field="publish_at")
    return found


def _audience(asked: PublishFilm, said: PublishSettings, film_id: str, services: Services) -> bool:
    """Whether the film is made for kids: the law wants an answer, and it is asked for once."""
    for answer in (asked.made_for_kids, said.made_for_kids):
        if answer is not None:
            return answer
    for one in reversed(PublicationJournal(services.engine).of_film(film_id)):
        if isinstance(one.said.get("made_for_kids"), bool):
            return one.said["made_for_kids"]
    if asked.to != "youtube":
        return False
    raise InputError(
        f"nobody has said whether {film_id} is made for kids, and YouTube wants to know",
        hint="say it once: --made-for-kids yes or no, or made_for_kids in film.toml under [publish]",
        field="made_for_kids",
    )


def _captions(film: Path, language: str) -> Iterator[CaptionFile]:
    """``film.srt`` in the film's language, and ``film.de.srt`` and the like, that others have put beside it."""
    found: dict[str, Path] = {}
    for suffix in CAPTIONS:
        own = film.with_suffix(suffix)
        if own.is_file():
            found.setdefault(language, own)
        for path in sorted(film.parent.glob(f"*{suffix}")):
            stem, _, tag = path.stem.rpartition(".")
            if stem == film.stem and _LANGUAGE.fullmatch(tag):
                found.setdefault(tag, path)
    for tag, path in sorted(found.items()):
        yield CaptionFile(path, tag, _read(path, _LARGEST_CAPTIONS, "captions"))


def _thumbnail(named: Path | None, film: Path, manifest: Mapping[str, Any]) -> bytes | None:
    """The picture that a person names, else the frame of the film with most to see: the largest as a JPEG."""
    if named is not None:
        data = _read(named, _LARGEST_PICTURE, "picture")
        if not data.startswith((b"\xff\xd8\xff", b"\x89PNG")):
            raise InputError(
                f"{named} is no JPEG and no PNG", hint="name a picture with --thumbnail", field="thumbnail"
            )
        return data
    frames = manifest.get("frames")
    seconds = frames / _rate(manifest) if isinstance(frames, int) and frames > 0 else Fraction(2)
    pictures = pictures_at(film, [seconds * share for share in _PICTURES], _ACROSS)
    return max(pictures.values(), key=len, default=None)


def _read(path: Path, most: int, what: str) -> bytes:
    try:
        with open_plain(path) as file:
            data = file.read(most + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}", hint="check the path") from error
    if len(data) > most:
        raise InputError(f"{path} is larger than {most >> 20} MB, the most for {what}", hint="name a smaller one")
    return data


def _taken(calls: Sequence[Outgoing], bucket: str) -> int:
    return sum(one.cost.get(bucket, 0) for one in calls)


def _listed(one: Publication) -> ListedPublication:
    return ListedPublication(
        film_id=one.film_id,
        target=one.target,
        place=one.place,
        state=one.state,
        url=one.url,
        title=str(one.said.get("title", "")),
        sha256=one.film_sha256,
        error=one.error,
    )
