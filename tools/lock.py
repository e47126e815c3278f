"""What is installed here is what was tested: the lock, and the pins that make `uv run` keep to it.

    python tools/lock.py                     bring both up to date with pyproject.toml; what can stay stays
    python tools/lock.py -P NAME [-P NAME]   let NAME go to the newest version that its bounds allow
    python tools/lock.py -U                  let everything go there
    python tools/lock.py --check             fail where a resolution made now differs from the lock

`requirements.lock` has every version of every extra and group with its hashes, and no index's address. `uv run` does
not read it, so its versions stand once more in pyproject.toml, as `constraint-dependencies`; those of what builds the
package are `build-constraint-dependencies`, since a build is an environment of its own.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT, LOCK, UV_LOCK = ROOT / "pyproject.toml", ROOT / "requirements.lock", ROOT / "uv.lock"

Locked = dict[str, frozenset[str]]
"""From a requirement, as it is written (``av==18.1.0 ; python_full_version < '3.12'``), to the hashes of its files."""


def read(text: str) -> Locked:
    """What a hashed list of requirements pins."""
    requirements = text.replace("\\\n", " ").splitlines()
    lines = [line.split("--hash=") for line in requirements if line.strip()]
    return {line[0].strip(): frozenset(map(str.strip, line[1:])) for line in lines}


def pins(locked: Locked) -> list[str]:
    """What constrains a resolution to these versions.

    A marker stays only where it tells two versions of a name apart: every other one would merely split the resolution.
    """
    bare = [requirement.partition(" ;")[0] for requirement in locked]
    times = Counter(map(name_of, bare))
    both = zip(locked, bare, strict=True)
    return [whole if times[name_of(pinned)] > 1 else pinned for whole, pinned in both]


def name_of(requirement: str) -> str:
    return re.split(r"[=\[ ]", requirement, maxsplit=1)[0]


def with_list(text: str, key: str, values: list[str]) -> str:
    """The pyproject.toml ``text`` in which the list ``key`` of [tool.uv] has these values."""
    lines = "\n" * bool(values) + "".join(f'    "{value}",\n' for value in values)
    text, found = re.subn(rf"^{key} = \[\n?(?:    .*\n)*\]$", lambda _: f"{key} = [{lines}]", text, flags=re.MULTILINE)
    if found != 1:
        raise SystemExit(f"error: pyproject.toml has no list {key}\nhelp: write {key} = [] under [tool.uv]")
    return text


def write_pins(everything: list[str], building: list[str]) -> None:
    text = with_list(PROJECT.read_text("utf-8"), "constraint-dependencies", everything)
    PROJECT.write_text(with_list(text, "build-constraint-dependencies", building), "utf-8")


def uv(*words: str) -> str:
    done = subprocess.run(["uv", *words], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def export(*which: str) -> str:
    return uv("export", "--no-emit-project", "--no-header", "--no-annotate", "--quiet", *which)


def export_all() -> str:
    return export("--all-extras", "--all-groups")


def lock(names: list[str], *, everything: bool) -> None:
    """Resolve anew and write all three lists; ``names``, or ``everything``, may leave the versions they have."""
    before = PROJECT.read_text("utf-8")
    held = [] if everything else [pin for pin in pins(read(LOCK.read_text("utf-8"))) if name_of(pin) not in names]
    try:
        if everything:
            UV_LOCK.unlink(missing_ok=True)
        else:
            # uv prefers the versions that its own lock has, so that one is first made of ours.
            write_pins(held, [])
            uv("lock", "--quiet")
        write_pins([], [])
        uv("lock", *(f"--upgrade-package={name}" for name in names))
        text = export_all()
        write_pins(pins(read(text)), pins(read(export("--only-group", "build"))))
        uv("lock", "--quiet")
        if differences(read(text), read(export_all())):
            raise SystemExit("error: the pins lead to another resolution than the one that they were made from")
    except BaseException:
        PROJECT.write_text(before, "utf-8")
        print("help: where a new bound stands against a version of the lock: just lock -P NAME", file=sys.stderr)
        raise
    LOCK.write_text(text, "utf-8")


def differences(locked: Locked, now: Locked) -> list[str]:
    """Why ``now`` is not what was ``locked``.

    Files that a project adds to a version later, or that a mirror lacks, are none: whoever installs by hashes never
    sees them. Both for one version are a file in place of another.
    """
    found = [f"not in the lock: {requirement}" for requirement in now if requirement not in locked]
    found += [f"only in the lock: {requirement}" for requirement in locked if requirement not in now]
    for requirement in sorted(locked.keys() & now.keys()):
        if locked[requirement] - now[requirement] and now[requirement] - locked[requirement]:
            found.append(f"other files than in the lock: {requirement}")
    return found


def check() -> int:
    found = differences(read(LOCK.read_text("utf-8")), read(export_all()))
    for line in found:
        print(line)
    if found:
        print("error: requirements.lock is out of date\nhelp: run just lock, and look its diff over", file=sys.stderr)
    return len(found) > 0


def main() -> int:
    says = argparse.ArgumentParser(prog="just lock", description="Write the lock and its pins.")
    says.add_argument("-P", "--upgrade-package", metavar="NAME", action="append", default=[], help="let NAME move")
    says.add_argument("-U", "--upgrade", action="store_true", help="let everything move")
    says.add_argument("--check", action="store_true", help="write nothing; fail where the lock is out of date")
    asked = says.parse_args()
    if asked.check:
        return check()
    lock(asked.upgrade_package, everything=asked.upgrade)
    return 0


if __name__ == "__main__":
    sys.exit(main())
