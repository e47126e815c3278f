"""``film assets import``: a user's own pictures, clips and sounds, with what they show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from film.cli.asset_filters import document, print_assets, told_of
from film.cli.console import note, print_json, shorten
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
def import_files(files: tuple[Path, ...], json: bool, **said: Any) -> int:
    """Put FILEs of your own into the library, for shots to take with "reuse". The files themselves stay as they are.

    The same bytes are one asset, however often and under whatever name they come; what is said the next time counts.
    """
    from film.app.imports import import_assets

    assets = import_assets(
        files,
        prompt=said["prompt"],
        characters=said["character"],
        landscapes=said["landscape"],
        styles=said["style"],
        mood=said["mood"],
        time_of_day=said["time_of_day"],
        shot_type=said["shot_type"],
        asset_type=said["type"],
    )
    if json:
        print_json({"assets": [{**document(asset), "told": told_of(asset)} for asset in assets]})
        return 0
    print_assets(assets)
    for asset in assets:
        for words in told_of(asset):
            note(f"{asset.asset_id} ({shorten(asset.prompt, 40)}): {words}")
    note(f'{len(assets)} in the library; "reuse": "{assets[0].asset_id}" in a shot takes the first')
    return 0
