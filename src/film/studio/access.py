"""Who may do what: a token a person, and three roles. One token is made for each start on this machine.

    reviewer   looks, writes notes
    editor     also edits, approves, exports
    owner      also spends, sets limits, says what became of orders

A token file has a line for each person, ``name role token``; lines that begin with # are for people.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from film.errors import ConfigurationError

SHORTEST = 24


class Role(IntEnum):
    REVIEWER = 1
    EDITOR = 2
    OWNER = 3


@dataclass(frozen=True)
class Person:
    name: str
    role: Role


class Tokens:
    """The people who may come in, by their tokens."""

    def __init__(self, people: Iterable[tuple[str, Person]]) -> None:
        self._people = [(token.encode(), person) for token, person in people]

    @classmethod
    def of_this_start(cls) -> tuple[Tokens, str]:
        """One owner, whose token nobody else knows; and that token."""
        token = secrets.token_urlsafe(32)
        return cls([(token, Person("you", Role.OWNER))]), token

    @classmethod
    def of_file(cls, path: Path) -> Tokens:
        """Those of a file. ConfigurationError where it cannot be read, or a token could be guessed."""
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"the tokens in {path} cannot be read", hint="write a line for each person: name role token"
            ) from error
        people: list[tuple[str, Person]] = []
        for number, line in enumerate(lines, 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if len(words) != 3 or words[1].upper() not in Role.__members__:
                raise ConfigurationError(
                    f"{path}:{number} is not name, role and token",
                    hint="write: mara owner TOKEN (roles: owner, editor, reviewer)",
                )
            if len(words[2]) < SHORTEST:
                raise ConfigurationError(
                    f"{path}:{number} has a token of {len(words[2])} characters, {SHORTEST} at least",
                    hint="make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
                )
            people.append((words[2], Person(words[0], Role[words[1].upper()])))
        if not people:
            raise ConfigurationError(f"{path} names nobody", hint="write a line for each person: name role token")
        return cls(people)

    def person(self, token: str) -> Person | None:
        """Whose token it is. All are compared, so that the time it takes tells nothing."""
        given, found = token.encode("utf-8", "surrogatepass"), None
        for known, person in self._people:
            if hmac.compare_digest(known, given):
                found = person
        return found
