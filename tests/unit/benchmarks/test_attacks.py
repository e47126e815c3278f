"""The count of attacks: what fails was let in, what is skipped was not tried, and controls attack nothing."""

from __future__ import annotations

from pathlib import Path

from benchmarks.attacks import CONTROLS, ROWS, outcomes

REPORT = """<testsuites><testsuite>
<testcase name="test_a[x]"/><testcase name="test_b"><failure message="it got in"/></testcase>
<testcase name="test_c"><skipped/></testcase><testcase name="test_d"><error/></testcase>
<testcase name="test_the_traps_work"/>
</testsuite></testsuites>"""


def test_what_does_not_hold_was_let_in() -> None:
    assert outcomes(REPORT) == {"kept out": 1, "let in": 2, "not tried": 1}


def test_the_attacks_and_their_controls_are_there() -> None:
    texts = "".join(Path(file).read_text() for files in ROWS.values() for file in files)
    assert [name for name in CONTROLS if f"def {name}(" not in texts] == []
