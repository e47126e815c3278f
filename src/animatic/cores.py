"""How many cores there are for us: not all that the machine has, where a scheduler or a container allows fewer.

A container with two cores of a machine with sixty-four still counts sixty-four; a process for each of them would
spend its time on starting them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def cores(cgroups: Path = CGROUPS) -> int:
    """Cores that this process may keep busy, at least one."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(cgroups)
    return max(1, min(allowed, round(quota)) if quota else allowed)


def _quota(cgroups: Path) -> float | None:
    """What a Linux container is given of its machine, in cores; None for no limit."""
    with suppress(OSError, ValueError):
        most, period = (cgroups / "cpu.max").read_text("ascii").split()
        return None if most == "max" else int(most) / int(period)
    with suppress(OSError, ValueError):
        most = int((cgroups / "cpu/cpu.cfs_quota_us").read_text("ascii"))
        period = int((cgroups / "cpu/cpu.cfs_period_us").read_text("ascii"))
        return most / period if most > 0 else None
    return None
