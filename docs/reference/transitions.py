"""Writes transitions.md beside it, from the table of kinds. ``just docs`` runs it, a test compares."""

from __future__ import annotations

from pathlib import Path

from film.transitions import ROWS

HEAD = """\
# Transitions

Written by `just docs` from the table in `film.transitions`. `transition` in [shots.json](shots-json.md) and
[film.toml](film-toml.md) takes these names; wipes, slides and pushes are named for the way their edge moves.

| | what is seen | Final Cut Pro 7 XML | CMX 3600 |
|---|---|---|---|
| `cut` | the next shot, at once | a cut | C |
"""


def page() -> str:
    rows = (f"| `{row.name}` | {row.words} | {row.effect[0]} | {row.edl} |\n" for row in ROWS.values())
    return HEAD + "".join(rows)


if __name__ == "__main__":
    Path(__file__).with_name("transitions.md").write_text(page(), "utf-8")
