"""Machines that do what may be done in any order, run for as many histories as are asked for."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def run_histories(
    machine: type[RuleBasedStateMachine], name: str, histories: int, steps: int = 25, **fields: Any
) -> None:
    """The same ones each time. ``fields`` are set on the machine's class, whose copy is called ``name``."""
    run_state_machine_as_test(
        type(name, (machine,), fields),
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # a failure is told at once: making it small takes longer than reading it
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
