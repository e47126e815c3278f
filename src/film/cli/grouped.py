"""A command whose help has its options in groups, and examples first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import click


class Grouped(click.Command):
    """``groups`` are headings → names of options; what no group names stands last, under "Other options"."""

    groups: ClassVar[Mapping[str, Sequence[str]]] = {}
    examples: ClassVar[Sequence[tuple[str, str]]] = ()
    """What to type → what it does."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                formatter.write_dl(list(self.examples))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = {p.name: record for p in self.get_params(ctx) if (record := p.get_help_record(ctx)) is not None}
        for heading, names in self.groups.items():
            rows = [records.pop(name) for name in names if name in records]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)
        if records:
            with formatter.section("Other options" if self.groups else "Options"):
                formatter.write_dl(list(records.values()))
