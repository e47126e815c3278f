"""``film`` as a user calls it, in this process: what is printed where, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from film.cli.main import main

ESCAPE = "\x1b"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The last ``error:`` line."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")][-1]

    @property
    def help(self) -> str:
        return [line for line in self.err.splitlines() if line.startswith("help: ")][-1]

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Film = Callable[..., Said]


def caller(capsys: pytest.CaptureFixture[str]) -> Film:
    def film(*arguments: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert ESCAPE not in out + err, "nobody watches: no colours"
        return Said(int(ended.value.code or 0), out, err)

    return film


def write_shots(folder: Path, *shots: dict[str, Any], **options: Any) -> Path:
    path = folder / "shots.json"
    path.write_text(json.dumps({"size": "128x128", **options, "shots": _numbered(shots)}))
    return path


def _numbered(shots: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"shot_id": f"shot_{n:03d}", "enhanced_prompt": f"attic {n}", "duration": 1, **shot}
        for n, shot in enumerate(shots, start=1)
    ]
