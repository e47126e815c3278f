"""A film goes to a place: the one walk that all targets share, in steps that may be cut off anywhere.

    claim the row ─► not out? send ─► words of today? else revise ─► each part once ─► what became of it ─► done

A step is begun only when the one before it is committed, and asked again after a crash; so each has to know for itself
what of it is there already. A place that may have the film, and cannot be made to say so, puts it before a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from film.errors import FilmError, PublishUnsure
from film.publish.journal import Fenced, Memo, Publication, PublicationJournal, key_of
from film.publish.package import Package
from film.publish.targets import Progress, Publisher


@dataclass(frozen=True)
class Intention:
    """What publishing would do. ``kind`` is new, resume, revise, parts or nothing."""

    kind: str
    words: str
    known: Publication | None = None


def intended(package: Package, publisher: Publisher, target: str, journal: PublicationJournal) -> Intention:
    """What would be done, before it is."""
    place = publisher.place()
    known = journal.of(key_of(package.sha256, target, place.id))
    if known is None:
        others = [
            one
            for one in journal.of_film(package.film_id)
            if (one.target, one.place) == (target, place.id) and one.is_out and one.state != "gone"
        ]
        if others:
            last = others[-1]
            return Intention(
                "new",
                f"another cut of {package.film_id} is at {place.words} ({last.url or last.remote_id}), and stays: "
                "this cut goes out as a new one",
            )
        return Intention("new", f"{package.film_id} goes to {place.words}")
    if not known.is_out:
        word = "is looked for there first: it may be out" if known.state == "review" else "goes on where it was cut off"
        return Intention("resume", f"{package.film_id} {word} ({place.words})", known)
    where = known.url or known.remote_id
    if known.metadata_hash != package.metadata.hash:
        return Intention("revise", f"the film is at {where}, and stays: what is said of it is changed", known)
    stale = [part.name for part in publisher.parts(package) if _there(known, part.name) != part.digest]
    if stale:
        return Intention("parts", f"the film is at {where}: {', '.join(stale)} go there", known)
    return Intention("nothing", f"the film is at {where}, as it is here", known)


def publish(
    package: Package,
    publisher: Publisher,
    target: str,
    journal: PublicationJournal,
    *,
    again: str = "",
    adopt: str = "",
    progress: Progress = lambda done, total: None,
) -> tuple[Publication, str]:
    """The publication as it stands at the end, and what its place says of it.

    ``again`` is a person's reason for why what is there does not count; ``adopt`` the name of what is there, as a
    person found it. Whatever is raised, the same call goes on where this one stopped.
    """
    place = publisher.place()
    publication, token = journal.claim(
        film_id=package.film_id, film_sha256=package.sha256, target=target, place=place.id, again=again
    )
    memo = Memo(journal, publication, token)
    try:
        if adopt and memo.remote_id != adopt:
            publisher.adopt(adopt, memo)
        if not memo.remote_id:
            memo.set(state="sending" if memo.publication.state == "intent" else memo.publication.state, error="")
            publisher.send(package, memo, progress)
            memo.set(metadata_hash=str(memo["said_hash"] or ""))
        if memo.publication.metadata_hash != package.metadata.hash:
            publisher.revise(package, memo)
        memo.set(
            metadata_hash=package.metadata.hash,
            said=package.metadata.model_dump(mode="json", exclude_none=True),
            reason=" · ".join(filter(None, (memo.publication.reason, package.metadata.disclosure.reason)))
            if package.metadata.disclosure.reason not in memo.publication.reason
            else memo.publication.reason,
        )
        for part in publisher.parts(package):
            if _there(memo.publication, part.name) == part.digest:
                continue
            memo.note(begun={**(memo["begun"] or {}), part.name: part.digest})
            part.send(memo)
            memo.note(parts={**(memo["parts"] or {}), part.name: part.digest})
        words = publisher.settle(package, memo)
        memo.set(state="done", error="")
    except Fenced:
        raise
    except FilmError as error:
        state = "review" if isinstance(error, PublishUnsure) else memo.publication.state
        memo.set(state=state, error=str(error))
        raise
    finally:
        memo.release()
    return memo.publication, words


def _there(publication: Publication, part: str) -> str:
    """The digest of a part as it is at the place; empty where it is not."""
    parts: dict[str, str] = publication.memo.get("parts") or {}
    return parts.get(part, "")
