"""``film``: the door. Commands are imported when they are called, so that ``film --help`` is quick."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from film.cli.console import one_line
from film.cli.loading import loading, process_is_ours
from film.errors import FilmError

COMMANDS = {
    "new": "begin a film: a folder with shots, settings and a cast",
    "make": "make a film: reuse what is there, make what is missing",
    "watch": "draw the draft again whenever a file is saved",
    "shot": "make one shot, and show where it lies",
    "takes": "every take of a shot, and which one the film uses",
    "open": "show a film in the program for such files",
    "plan": "say what would be made, why, and what it costs; nothing is sent",
    "read": "what a draft shows of each shot, and what it does not",
    "vocabulary": "the places, things and roles that a draft can draw",
    "templates": "looks that are written once and make every shot's prompt",
    "studio": "see, edit, approve and make films in a browser",
    "export": "the cut for editing programs, stems, a contact sheet, a poster",
    "publish": "bring a film to YouTube, a folder, a bucket: once",
    "inspect": "say what is wrong with a film file, and where",
    "assets": "find pictures, clips and speech in the library",
    "costs": "what was spent, by film, month and provider",
    "prices": "the rate card: who charges what, and since when",
    "provenance": "what a film says of its origin, and whether it holds",
    "jobs": "paid jobs and what became of them",
    "simulate": "rehearse paid tiers at $0 with vendors simulated here",
    "fsck": "check every file, the library and the ledger; repair",
    "library": "carry the library elsewhere: export, import, push, attach",
    "backup": "copy the gallery while it is at work; check the copies",
    "restore": "bring the gallery back from a backup",
    "upgrade": "bring an older database to this program's schema",
    "gc": "remove what nothing uses any more; keep the gallery small",
    "completion": "complete commands and options in your shell",
    "doctor": "check keys, gallery, database and tools",
}
"""Name → what it does; each lives in ``film.cli.<name>`` as ``command``."""

SECOND_NAMES = {
    "draft-vocabulary": ("vocabulary",),
    "export-library": ("library", "export"),
    "import-library": ("library", "import"),
}
"""In one word what is also a command of a group; not listed."""

INTRO = """\
A film is a build: shots.json in, a finished, spoken film out, and nothing is ever paid for twice.

  film make examples/attic/shots.json --tier draft    a whole draft film now: no key, no network, $0
  film plan shots.json                                what it would cost for real, and why
  film make shots.json --budget_limit 5               make it, and never spend more than $5
"""


class Commands(click.Group):
    """A group that knows its commands by name and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name, *inner = SECOND_NAMES.get(cmd_name, (cmd_name,))
        if name not in COMMANDS:
            return None
        with loading():
            command = importlib.import_module(f"film.cli.{name}").command
        return command.commands[inner[0]] if inner else command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if meant := _meant(args[0]):
                raise click.UsageError(f"{error.message} Did you mean {meant!r}?", ctx) from None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _meant(typed: str) -> str | None:
    """The command that is nearest to what was typed, or the one for a file."""
    import difflib

    if typed.endswith(".json"):
        return f"make {typed}"
    return next(iter(difflib.get_close_matches(typed, COMMANDS, n=1)), None)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=INTRO.splitlines()[0],
)
@click.version_option(package_name="film-generation", prog_name="film")
@click.pass_context
def film(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        _first_screen()


def _first_screen() -> None:
    from film.app.workspace import keys_present
    from film.settings import load_settings

    click.echo(INTRO)
    width = max(map(len, COMMANDS))
    for name, summary in COMMANDS.items():
        click.echo(f"  film {name:<{width}}  {summary}")
    settings = load_settings()
    click.echo(f"\nAPI keys set: {', '.join(keys_present(settings)) or 'none (the draft tier needs none)'}")
    click.echo(f"Gallery: {one_line(str(settings.gallery))}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and exit with its code; the one place where errors become text."""
    return run(film, arguments)


def run(command: click.Command, arguments: Sequence[str] | None = None, name: str = "film") -> int:
    """Call ``command`` as a program named ``name`` and exit: 0 ok, 2 usage, else the error's own code."""
    if arguments is None:
        process_is_ours()
        _have_streams()
        _keep_files_to_ourselves()
    try:
        code = command.main(
            args=list(arguments) if arguments is not None else None, prog_name=name, standalone_mode=False
        )
    except FilmError as error:
        report(error)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:  # whose message is the help of a group of commands
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        _usage(error)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # whatever it is, a user is told in one line
        if sys.flags.dev_mode:
            raise
        told = _the_error_in(error)
        report(told)
        sys.exit(told.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _keep_files_to_ourselves() -> None:
    """Where the umask lets everybody write to what is made, as in some containers, it is the usual one from here on."""
    before = os.umask(0o022)
    if not before & 0o002:
        return
    os.umask(before)


def _have_streams() -> None:
    """What was started without stdin, stdout or stderr gets them, to nowhere.

    Else the next file to be opened would take the place of stderr, and what libraries print would go into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: those below are open by now
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115  # for good


def _the_error_in(error: BaseException) -> FilmError:
    """The deliberate error in a group of them, or one that says that the program is at fault, and with what."""
    if isinstance(error, FilmError):
        return error
    inner: Sequence[BaseException] = getattr(error, "exceptions", ())
    if told := [_the_error_in(one) for one in inner]:
        return next((one for one in told if type(one) is not FilmError), told[0])
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return FilmError(
            f"the system says: {error.strerror}{where}",
            hint=f"look after that path, or where the output goes, and run again; {_ORDERS}",
        )
    import sqlite3

    cause = getattr(error, "orig", error)
    if isinstance(cause, sqlite3.DatabaseError):
        return FilmError(
            f"the database says: {cause}",
            hint="look at it with film fsck; a whole copy of it comes back with film restore BACKUP, its rows with "
            f"film fsck --rebuild; {_ORDERS}",
        )
    return FilmError(
        f"{type(error).__name__}: {error}",
        hint=f"run python -P -X dev -m film … for the place in the code, and report it; {_ORDERS}",
    )


_ORDERS = "what was ordered stands in the gallery's orders.log, too"
MOST = 50
"""Mistakes that are told beside the first."""


def report(error: FilmError) -> None:
    """``error: what`` and ``help: the next step``, on stderr."""
    for other in (error, *getattr(error, "others", ())[:MOST]):
        _tell(other)
    if (more := len(getattr(error, "others", ())) - MOST) > 0:
        click.echo(f"and {more} more", err=True)


def _tell(error: FilmError) -> None:
    click.echo(click.style("error", fg="red", bold=True) + f": {one_line(str(error))}", err=True)
    if error.hint:
        click.echo(click.style("help", fg="cyan", bold=True) + f": {one_line(error.hint)}", err=True)


def _usage(error: click.ClickException) -> None:
    click.echo(click.style("error", fg="red", bold=True) + f": {one_line(error.format_message())}", err=True)
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "film"
    click.echo(click.style("help", fg="cyan", bold=True) + f": see {path} --help", err=True)
