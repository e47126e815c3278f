"""``film studio``: the browser's door."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from film.cli.console import note
from film.cli.loading import loading
from film.cli.options import option
from film.errors import ConfigurationError, InputError


@click.command(name="studio")
@click.argument("folder", type=click.Path(path_type=Path, exists=True), default=Path())
@option("host", default="127.0.0.1", show_default=True, help="Where to listen; other machines need --token-file.")
@option("port", type=click.IntRange(0, 65535), default=0, help="A free one unless given.")
@option(
    "token_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Who may come in, a line each: name, role (owner, editor, reviewer), token.",
)
@option("name", multiple=True, metavar="HOST[:PORT]", help="A further name that it is reached by, through a proxy.")
@option("https", is_flag=True, help="A proxy in front of it speaks HTTPS.")
@option("no_browser", is_flag=True, help="Only print the address.")
def command(
    folder: Path, host: str, port: int, token_file: Path | None, name: tuple[str, ...], https: bool, no_browser: bool
) -> None:
    """See, edit, approve and make films in a browser: those in FOLDER, a film's own or one with several films.

    It listens on this machine alone. The address that it prints has a token in it, which nobody else has.
    """
    with loading():
        try:
            import fastapi  # noqa: F401  # pyright: ignore[reportUnusedImport]
            import uvicorn  # noqa: F401  # pyright: ignore[reportUnusedImport]
        except ImportError as error:
            raise ConfigurationError(
                "the studio's libraries are not installed", hint="pip install 'film-generation[studio]'"
            ) from error
        from film.studio.serving import serve

    if folder.is_file() and folder.name != "shots.json":
        raise InputError(
            f"{folder} is no film's folder",
            hint="give the folder that has a shots.json, or one with such folders in it",
        )

    def ready(address: str, token: str) -> None:
        whole = f"{address}?token={token}" if token else address
        click.echo(whole)
        note("the studio is open until Ctrl-C; what is ordered then is collected by the next run")
        if not no_browser:
            webbrowser.open(whole)

    serve(folder, host=host, port=port, token_file=token_file, names=name, https=https, ready=ready)
