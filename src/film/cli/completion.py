"""``film completion``: what a shell has to read to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = {
    "bash": "film completion bash > ~/.local/share/bash-completion/completions/film",
    "zsh": "film completion zsh > ~/.zfunc/_film   (with fpath+=~/.zfunc and compinit in .zshrc)",
    "fish": "film completion fish > ~/.config/fish/completions/film.fish",
}


@click.command(
    name="completion",
    epilog="\b\n" + "\n".join(SHELLS.values()),
)
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> int:
    """Print what SHELL reads to complete film's commands and options."""
    from film.cli.main import film

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(film, {}, "film", "_FILM_COMPLETE").source())
    return 0
