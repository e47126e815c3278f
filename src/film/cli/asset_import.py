"""``film assets import``: a user's own pictures, clips and sounds, with what they show."""

from __future__ import annotations

from pathlib import Path

import click

from film.cli.asset_filters import print_assets
from film.cli.console import note, print_json, shorten
from film.cli.looking import workspace
from film.cli.options import as_json, option
from film.models import AssetType


@click.command(name="import", short_help="Put pictures, clips and sounds of your own into the library.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@option("prompt", metavar="TEXT", help="What is seen, or said; by default the file's name.")
@option("character", multiple=True, metavar="NAME", help="Shows this character; may be repeated.")
@option("landscape", multiple=True, metavar="NAME", help="Shows this place; may be repeated.")
@option("style", multiple=True, metavar="NAME", help="Has this style; may be repeated.")
@option("mood", metavar="NAME")
@option("time_of_day", metavar="NAME")
@option("shot_type", metavar="NAME")
@option(
    "type", "-t", type=click.Choice([t.value for t in AssetType]), help="What a file is that may be a clip or a sound."
)
@as_json
def import_files(files: tuple[Path, ...], json: bool, **said: object) -> int:
    """Put FILEs of your own into the library, for shots to take with "reuse". The files themselves stay as they are.

    The same bytes are one asset, however often and under whatever name they come; what is said the next time counts.
    """
    from film.app.imports import ImportFiles
    from film.app.imports import import_files as take_in

    names = {"character": "characters", "landscape": "landscapes", "style": "styles", "type": "asset_type"}
    asked = ImportFiles.model_validate(
        {"files": files, **{names.get(name, name): value for name, value in said.items()}}
    )
    found = take_in(asked, workspace())
    if json:
        print_json(found.model_dump(mode="json"))
        return 0
    print_assets(found.assets)
    for asset in found.assets:
        for words in asset.told:
            note(f"{asset.asset_id} ({shorten(asset.prompt, 40)}): {words}")
    note(f'{len(found.assets)} in the library; "reuse": "{found.assets[0].asset_id}" in a shot takes the first')
    return 0
