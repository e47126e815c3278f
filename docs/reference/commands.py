"""Writes commands.md beside it: the help of every command, as it is printed. ``just docs`` runs it, a test compares."""

from __future__ import annotations

from pathlib import Path

import click

from film.cli.film_generation import command as description_command
from film.cli.main import COMMANDS, film

HEAD = """\
# Commands

Written by `just docs` from the commands themselves.

Data goes to stdout, everything else to stderr; there is colour and there are bars only on a terminal, and `NO_COLOR`
is honoured. Options are spelled with `_` or `-`, as you like.

| exit code | |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | wrong usage or wrong input |
| 3 | over budget, or a price is not known |
| 4 | an API key is missing or was rejected |
| 5 | declined |
| 6 | partial: the film is there, some of its shots are stand-ins |
| 7 | the film is all there, and a bill was higher than its quote |
| 130 | interrupted |
"""


def page() -> str:
    parts = [HEAD, section(film, "film")]
    with click.Context(film, info_name="film") as context:
        for name in COMMANDS:
            command = film.get_command(context, name)
            assert command is not None
            parts.append(section(command, f"film {name}"))
            if isinstance(command, click.Group):
                parts += [section(inner, f"film {name} {sub}") for sub, inner in sorted(command.commands.items())]
    parts.append(section(description_command, "python -m pipelines.film_generation"))
    return "\n".join(parts)


def section(command: click.Command, name: str) -> str:
    names = ["-h", "--help"]
    context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100, help_option_names=names)
    return f"## `{name}`\n\n```text\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    Path(__file__).with_name("commands.md").write_text(page(), "utf-8")
