"""``film publish``: a film goes to a channel, a folder, a bucket or a program, once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from film.cli.console import file_size, note, print_json, print_path, table, watched
from film.cli.looking import workspace
from film.cli.options import as_json, option
from film.errors import InputError
from film.settings import TIERS

if TYPE_CHECKING:
    from film.app.publishing import PublicationPreview, PublishFilm
    from film.app.workspace import Workspace

T = TypeVar("T")


class YesOrNo(click.ParamType[bool]):
    name = "yes|no"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bool:
        answer = {"yes": True, "no": False}.get(str(value).lower(), value if isinstance(value, bool) else None)
        if answer is None:
            self.fail(f"{value!r} is neither yes nor no", param, ctx)
        return answer


@click.command(name="publish")
@click.argument("film", metavar="[SHOTS|FILM_ID|FILE]", required=False)
@option("to", metavar="TARGET", default="youtube", show_default=True, help="youtube, folder, s3, webhook, a plug-in's.")
@option("at", metavar="PLACE", default="", help="The folder, the bucket (s3://…) or the address (https://…).")
@option("tier", "-t", type=click.Choice(TIERS), help="Which of the film's versions; by default the newest.")
@option("title", metavar="TEXT", help="Instead of the film's own.")
@option("description", metavar="TEXT", help="What is said of it; chapters and what it is are added.")
@click.option("--tag", "tags", metavar="WORD", multiple=True, help="A word to find it by; may be given several times.")
@option("playlist", metavar="NAME", help="A playlist that is there already.")
@option("privacy", type=click.Choice(["private", "unlisted", "public"]), help="Private, unless you say so.")
@option("publish_at", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]), help="When a private one is shown.")
@option("made_for_kids", type=YesOrNo(), help="Asked once.")
@option("thumbnail", type=click.Path(path_type=Path, dir_okay=False), help="A JPEG or PNG instead of a frame of it.")
@option("no_captions", is_flag=True, help="Leave the captions beside the film where they are.")
@option("no_disclosure", metavar="WHY", default="", help="Do not say that it is synthetic; the reason is kept.")
@option("again", metavar="WHY", default="", help="Publish anew what is out, or may be; the reason is kept.")
@option("adopt", metavar="ID", default="", help="Take what is there under this name for the film.")
@option("dry_run", is_flag=True, help="Print exactly what would be sent, and send nothing.")
@option("sign_in", is_flag=True, help="Sign in to YouTube in a browser.")
@click.option("--list", "listed", is_flag=True, help="What was published, and what is under way.")
@as_json
def command(film: str | None, listed: bool, sign_in: bool, dry_run: bool, json: bool, **options: Any) -> int:
    """Publish a film, once: whatever interrupts it, the same command goes on where it stopped.

    On YouTube it is private until you say otherwise. What was made by models is disclosed as the film's own signed
    manifest says. Prints where the film is.
    """
    here = workspace()
    if sign_in:
        from film.app.publishing import sign_in as ask

        note(f"signed in to {ask(here)}")
        if film is None:
            return 0
    if listed:
        return _list(here, film or "", json=json)
    if film is None:
        raise InputError("which film?", hint="give its shots.json, its id or its file; see film publish --help")
    request = _request(film, options)
    if dry_run:
        from film.app.publishing import preview_publication

        found = _asking(request, lambda asked: preview_publication(asked, here))
        if json:
            print_json(found.model_dump(mode="json"))
        else:
            _show(found)
        return 0
    from film.app.publishing import publish_film

    done = _asking(request, lambda asked: publish_film(asked, here, progress=_progress()))
    if json:
        print_json(done.model_dump(mode="json"))
    else:
        note(f"{done.place}: {done.words}")
        print_path(done.url)
    return 0


def _request(film: str, options: dict[str, Any]) -> PublishFilm:
    from film.app.publishing import PublishFilm

    moment: datetime | None = options["publish_at"]
    return PublishFilm(
        film=film,
        captions=not options["no_captions"],
        undisclosed=options["no_disclosure"],
        tags=options["tags"] or None,
        publish_at=moment.astimezone() if moment else None,
        **{k: options[k] for k in ("to", "at", "tier", "title", "description", "playlist", "privacy")},
        **{k: options[k] for k in ("made_for_kids", "thumbnail", "again", "adopt")},
    )


def _asking(request: PublishFilm, do: Callable[[PublishFilm], T]) -> T:
    """Do it; where nobody has said whom the film is for, a person who is there is asked."""
    try:
        return do(request)
    except InputError as error:
        if error.field != "made_for_kids" or not sys.stdin.isatty():
            raise
        answer = click.confirm("Is the film made for kids?", err=True)
        return do(request.model_copy(update={"made_for_kids": answer}))


def _progress() -> Callable[[int, int], None]:
    """A line that is written over where somebody watches; nothing elsewhere."""
    if not watched():
        return _silence
    last = [-1]

    def show(done: int, total: int) -> None:
        share = 100 * done // max(1, total)
        if share != last[0]:
            last[0] = share
            click.echo(f"\r{share:3} % of {file_size(total)}" + ("\n" if done >= total else ""), err=True, nl=False)

    return show


def _silence(done: int, total: int) -> None:
    pass


def _show(found: PublicationPreview) -> None:
    click.echo(f"film        {found.film}")
    click.echo(f"to          {found.place}")
    click.echo(f"what        {found.words}")
    click.echo(f"disclosed   {'synthetic' if found.synthetic else 'nothing to disclose, or left out'}")
    for name, bucket in found.quota.items():
        left = max(0, bucket.limit - bucket.used)
        click.echo(f"{name:11} takes {bucket.takes:,} of the {left:,} left today ({bucket.limit:,} a day)")
    for call in found.calls:
        click.echo()
        click.echo(call.call)
        if call.body is not None:
            print_json(call.body)


def _list(here: Workspace, film: str, *, json: bool) -> int:
    from film.app.publishing import list_publications

    found = list_publications(here, film)
    if json:
        print_json([one.model_dump(mode="json") for one in found])
    elif found:
        rows = [(one.film_id, one.target, one.state, one.sha256[:12], one.url or one.error[:60]) for one in found]
        click.echo(table(rows, ("film", "to", "state", "cut", "where")))
    else:
        note("nothing was published from this gallery")
    return 0
