"""``film assets show``: all that the library knows of one asset."""

from __future__ import annotations

import click

from film.cli.console import dollars, file_size, one_line, print_json
from film.cli.looking import workspace
from film.cli.options import as_json
from film.models import Asset


@click.command(short_help="Show all that is known of an asset.")
@click.argument("asset_id")
@as_json
def show(asset_id: str, json: bool) -> int:
    """Show all that the library knows of ASSET_ID: what it shows, what it holds, and how its file is read."""
    from film.app.assets import show_asset, unusual_in

    asset = show_asset(asset_id, workspace())
    if json:
        print_json(asset.model_dump(mode="json"))
        return 0
    for name, value in _facts(asset):
        if value:
            click.echo(f"{name:11} {one_line(str(value))}")
    for words in unusual_in(asset):
        click.echo(f"{'read':11} {one_line(words)}")
    return 0


def _facts(asset: Asset) -> list[tuple[str, str]]:
    details = asset.details
    size = f"{details['width']}x{details['height']}" if details.get("width") else ""
    seconds = details.get("seconds") if "samples" not in details else None
    return [
        ("asset", asset.asset_id),
        ("provider", " ".join(filter(None, (asset.provider, asset.model)))),
        ("prompt", asset.prompt),
        ("shows", ", ".join((*asset.characters, *asset.landscapes, *asset.styles))),
        ("mood", asset.mood or ""),
        ("file", f"{asset.mime}, {file_size(asset.size)}"),
        ("size", size),
        ("rate", f"{details['frame_rate']} frames a second" if details.get("frame_rate") else ""),
        ("sound", f"{details['samples']} samples at {details['sample_rate']} Hz" if details.get("samples") else ""),
        ("lasts", f"{_fraction(seconds):.2f} s" if seconds else ""),
        ("cost", dollars(asset.cost_usd)),
        ("reused", f"{asset.reuse_count}×"),
        ("made", asset.created_at),
    ]


def _fraction(text: object) -> float:
    from fractions import Fraction

    return float(Fraction(str(text)))
