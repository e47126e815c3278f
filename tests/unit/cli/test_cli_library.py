"""``film assets``, ``film costs`` and ``film doctor``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from desk import Film, write_shots

from film.cli.console import dollars
from film.search import load_embedder
from film.testing.simulator import Fault, Simulator, SimulatorThread
from film.testing.simulator import elevenlabs as simulated

CANARY = "canary-5ecret-key-0123456789"


@pytest.fixture
def made(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path, {"characters": ["emma"], "mood": "calm"}, {"characters": ["ida"]})
    assert film("make", shots, "--tier", "draft", "--film_id", "attic", "-q").code == 0


def test_what_an_asset_has_once_is_not_asked_for_twice(film: Film) -> None:
    said = film("assets", "--mood", "tense", "--mood", "calm")
    assert said.code == 2 and "no asset has 2 of mood" in said.err and "--any mood=calm,tense" in said.err
    assert film("assets", "--type", "image", "--type", "video").code == 2


@pytest.mark.usefixtures("made")
def test_assets_are_found_and_counted(film: Film) -> None:
    said = film("assets", "--character", "Emma", "--type", "image")
    assert said.code == 0 and said.err.strip() == "1 found"
    header, row = said.out.splitlines()
    assert header.split() == ["asset", "provider", "prompt", "characters", "cost", "reused"]
    assert row.split()[0].startswith("image_") and "emma" in row
    (asset,) = film("assets", "--character", "emma", "--mood", "calm", "--type", "image", "--json").json["assets"]
    assert asset["asset_id"] == row.split()[0] and asset["film_id"] == "attic"
    assert film("assets", "--character", "nobody", "--json").json == {"assets": [], "next": None}


@pytest.mark.usefixtures("made")
def test_pages_go_on_where_the_one_before_ended(film: Film) -> None:
    everything = [asset["asset_id"] for asset in film("assets", "--json").json["assets"]]
    seen: list[str] = []
    page = film("assets", "--limit", "3", "--json").json
    assert f"3 found; more with --cursor {page['next']}" in film("assets", "--limit", "3").err
    while page["next"]:
        seen += [asset["asset_id"] for asset in page["assets"]]
        page = film("assets", "--limit", "3", "--cursor", page["next"], "--json").json
    assert seen + [asset["asset_id"] for asset in page["assets"]] == everything and len(everything) == 4
    assert film("assets", "--cursor", "nowhere").code == 2


@pytest.mark.usefixtures("made")
def test_words_facets_and_any_of(film: Film) -> None:
    assert len(film("assets", "--text", "attics 2", "--json").json["assets"]) == 2, "a picture and its clip"
    best = film("assets", "--text", "attic", "--best", "--type", "image")
    assert best.out.split()[0] == "fit" and len(best.out.splitlines()) == 3
    counted = film("assets", "--any", "character=emma,ida", "--type", "image", "--facets", "--json").json
    assert counted["total"] == 2 and counted["facets"]["character"] == {"emma": 1, "ida": 1}
    assert counted["facets"]["asset_type"] == {"image": 2, "video": 2}
    listed = film("assets", "--type", "image", "--facets")
    assert "asset_type           2  image *" in listed.out and listed.err.startswith("2 assets; *: asked for")
    for wrong in (["--any", "emma"], ["--any", "colour=red"], ["--best"], ["--facets", "--stats"],
                  ["--mood", "calm", "similar", "attic"]):  # fmt: skip
        assert film("assets", *wrong).code == 2


@pytest.mark.usefixtures("made")
def test_what_means_the_same_with_how_near_it_is(film: Film, tmp_path: Path) -> None:
    said = film("assets", "--like", "a loft under the roof", "--type", "image", "--character", "emma")
    assert said.code == 0 and said.out.split()[0] == "alike" and len(said.out.splitlines()) == 2
    (hit,) = film("assets", "similar", "loft", "--character", "emma", "--type", "video", "--json").json["assets"]
    assert 0 < hit["score"] <= 1 and hit["asset_id"].startswith("video_")
    first = film("assets", "similar", "shot_001", "--shots", tmp_path / "shots.json", "--json").json["assets"][0]
    assert first["score"] > 0.99 and first["prompt"] == "attic 1"
    others = film("assets", "similar", hit["asset_id"], "--json").json["assets"]
    assert len(others) == 3 and hit["asset_id"] not in [other["asset_id"] for other in others]
    missing = film("assets", "similar", "shot_009", "--shots", tmp_path / "shots.json")
    assert missing.code == 2 and "has no shot 'shot_009'" in missing.error and "shot_001" in missing.help
    assert film("assets", "similar", " ").code == 2
    assert film("assets", "reindex").err.strip() == "0 prompts embedded"
    assert film("assets", "reindex", "--from-scratch").err.strip() == "4 prompts embedded"


@pytest.mark.usefixtures("made")
def test_without_the_model_words_are_pointed_to(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    load_embedder.cache_clear()
    monkeypatch.setattr("film.search.embedder._PACKAGE", "no_such_package")
    for asked in (["--like", "loft"], ["similar", "loft"], ["reindex"]):
        said = film("assets", *asked)
        assert said.code == 2 and "film-generation[meaning]" in said.help
    assert film("assets", "--text", "attic").code == 0
    load_embedder.cache_clear()


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
    assert film("costs", "attic").out.splitlines()[0] == f"attic: {dollars(spent)}"
    assert Decimal(film("costs", "attic", "--json").json["total_cost"]) == spent
    month = film("costs").out
    assert month.splitlines()[0].endswith(f": {dollars(spent)}") and "fal" in month and "minimax" in month
    assert film("costs", "--month", "2025-11").out.splitlines() == ["2025-11: $0"]
    assert film("costs", "--month", "2025-13").code == 2
    assert "no film" not in film("costs", "attic").err
    assert "no film in this gallery is called 'atic'" in film("costs", "atic").err


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
        assert said.code == 0 and said.out.count("the key works") == 6
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
