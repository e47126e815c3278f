"""A measured figure, its unit, and the goal it is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``goal`` is text like ``>= 2.5``; None for a figure that only informs."""

    name: str
    value: float
    unit: str
    goal: str | None = None

    @property
    def holds(self) -> bool | None:
        if self.goal is None:
            return None
        sign, _, bound = self.goal.partition(" ")
        limit = float(bound)
        return {"<=": self.value <= limit, ">=": self.value >= limit, "=": self.value == limit}[sign]

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "goal": self.goal,
            "holds": self.holds,
        }

    def __str__(self) -> str:
        verdict = {True: "holds", False: "MISSED", None: ""}[self.holds]
        goal = f"(goal {self.goal})" if self.goal else ""
        return f"{self.name:60} {self.value:12.3f} {self.unit:14} {goal:16} {verdict}".rstrip()
