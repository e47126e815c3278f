"""``film assets``, ``film costs`` and ``film doctor``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from desk import Film, write_shots

from film.testing.simulator import Fault, Simulator, SimulatorThread
from film.testing.simulator import elevenlabs as simulated

CANARY = "canary-5ecret-key-0123456789"


@pytest.fixture
def made(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path, {"characters": ["emma"], "mood": "calm"}, {"characters": ["ida"]})
    assert film("make", shots, "--tier", "draft", "--film_id", "attic", "-q").code == 0


@pytest.mark.usefixtures("made")
def test_assets_are_found_and_counted(film: Film) -> None:
    said = film("assets", "--character", "Emma", "--type", "image")
    assert said.code == 0 and said.err.strip() == "1 found"
    header, row = said.out.splitlines()
    assert header.split() == ["asset", "provider", "prompt", "characters", "cost", "reused"]
    assert row.split()[0].startswith("image_") and "emma" in row
    (asset,) = film("assets", "--character", "emma", "--mood", "calm", "--type", "image", "--json").json
    assert asset["asset_id"] == row.split()[0] and asset["film_id"] == "attic"
    assert film("assets", "--character", "nobody", "--json").json == []
    assert "more with --limit 2" in film("assets", "--limit", "1").err


@pytest.mark.usefixtures("made")
def test_stats_and_the_gallerys_health(film: Film, tmp_path: Path) -> None:
    stats = film("assets", "--stats", "--json").json
    assert stats["library"]["total_assets"] == 4
    assert "hit rate" in film("assets", "--stats").out
    assert film("fsck").code == 0 and "ledger: adds up" in film("fsck").err
    blob = max((tmp_path / "gallery" / "blobs").rglob("*"), key=lambda p: p.stat().st_size if p.is_file() else 0)
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes()[:-1])
    said = film("fsck")
    assert said.code == 1 and "1 with a problem" in said.err and len(said.out.splitlines()) == 1
    assert film("fsck", "--json").json["problems"] == said.out.splitlines()
    assert film("fsck", "--repair").code == 0 and film("fsck").code == 0
    assert "removed 0 files" in film("fsck", "--collect").err


def test_costs_by_film_and_month(film: Film, tmp_path: Path, vendors: Simulator) -> None:
    before = vendors.total()
    assert film("make", write_shots(tmp_path, {}), "--film_id", "attic", "--yes", "-q").code == 0
    spent = vendors.total() - before
    assert film("costs", "attic").out.splitlines()[0] == f"attic: ${spent}"
    assert film("costs", "attic", "--json").json["total_cost"] == str(spent)
    month = film("costs").out
    assert f": ${spent}" in month.splitlines()[0] and "fal" in month and "minimax" in month
    assert film("costs", "--month", "2025-11").out.splitlines() == ["2025-11: $0"]
    assert film("costs", "--month", "2025-13").code == 2


def test_costs_show_what_was_quoted_against_what_was_billed(
    film: Film, tmp_path: Path, vendors: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(simulated.CREDITS, "eleven_multilingual_v2", Decimal("0.8"))  # a voice at a lower rate
    shots = write_shots(tmp_path, {"dialogue": "x" * 100})
    assert film("make", shots, "--tier", "draft", "--audio_provider", "elevenlabs", "--yes", "-q").code == 0
    rows = [line.split() for line in film("costs").out.splitlines()]
    assert ["provider", "pieces", "quoted", "billed"] in rows
    assert ["elevenlabs", "1", "$0.01", "$0.008"] in rows and ["asset", "type", "pieces", "quoted", "billed"] in rows


def test_the_doctor_is_content_without_keys(film: Film) -> None:
    said = film("doctor")
    assert said.code == 0 and "problem" not in said.out
    assert "FAL_API_KEY is not set" in said.out and "tier draft is ready" in said.out
    assert {finding["state"] for finding in film("doctor", "--json").json} <= {"ok", "note"}


def test_a_readable_dotenv_is_a_problem(film: Film, tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"FAL_API_KEY={CANARY}\n")
    dotenv.chmod(0o644)
    said = film("doctor")
    assert said.code == 1 and "may be read by others (644)" in said.out and "chmod 600" in said.out
    dotenv.chmod(0o600)
    assert film("doctor").code == 0


def test_online_every_key_is_tried_and_none_is_shown(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatorThread(keys={"fal": CANARY, "runway": CANARY}) as vendors:
        for name, value in vendors.environment().items():
            monkeypatch.setenv(name, value)
        said = film("doctor", "--online")
        assert said.code == 0 and said.out.count("the key works") == 5
        monkeypatch.setenv("FAL_API_KEY", f"{CANARY}-wrong")
        monkeypatch.setenv("ELEVENLABS_API_KEY", "“pasted”")
        vendors.add_fault(Fault("no-credit", vendor="replicate", step="list"))
        vendors.add_fault(Fault("error", vendor="openai", step="list", times=0))
        said = film("doctor", "--online")
        findings = {line.split()[1]: line for line in said.out.splitlines() if " at http://127.0.0.1" in line}
        assert said.code == 1
        assert findings["fal"].startswith("problem") and "FAL_API_KEY does not work" in findings["fal"]
        assert "https://fal.ai/dashboard/keys" in said.out
        assert findings["elevenlabs"].startswith("problem") and "out of credit" in findings["replicate"]
        assert findings["openai"].startswith("note") and findings["runway"].startswith("ok")
        assert CANARY not in said.out + said.err
        assert not vendors.posts(), "nothing was ordered"
