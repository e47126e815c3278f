"""What does not belong together is refused before anything is ordered: two libraries, or two versions."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from cluster_room import Room, room, shot

import animatic
from animatic.recipes import PANEL_RECIPE

pytest.importorskip("ray", reason="Ray is an extra: just test-engines")
pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]  # Ray's own processes are left to the garbage collector


def refused(made: Room, **environment: str) -> str:
    """What a film is told that must not be made."""
    code, said = made.make("film", [shot(1, "film")], **environment).wait()
    assert code != 0, said
    assert made.bills() == [], "nothing was ordered"
    return " ".join(said.split())


def test_another_store_database_or_recipe_is_refused_before_the_first_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    shutil.copytree(Path(animatic.__file__).parent, other / "animatic", ignore=shutil.ignore_patterns("__pycache__"))
    recipes = other / "animatic" / "recipes.py"
    line = f'PANEL_RECIPE: str = "{PANEL_RECIPE}"'
    assert line in recipes.read_text(), "where the recipe of a picture is named"
    recipes.write_text(recipes.read_text().replace(line, 'PANEL_RECIPE: str = "panel-99"', 1))
    with room(tmp_path, f"sqlite:///{tmp_path}/film.db", workers=1, speed=20, monkeypatch=monkeypatch) as made:
        said = refused(made, FILM_GALLERY_DIR=str(tmp_path / "elsewhere"))
        assert "two stores" in said and f"{tmp_path}/elsewhere" in said and f"{tmp_path}/gallery" in said
        said = refused(made, FILM_DATABASE_URL=f"sqlite:///{tmp_path}/foreign.db")
        assert "is of library" in said or "two databases" in said, (
            "the gallery itself may say it before the cluster does"
        )
        assert f"{tmp_path}/foreign.db" in said
        with monkeypatch.context() as environment:
            environment.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(other), os.environ.get("PYTHONPATH")])))
            odd = made.add(num_cpus=1)
        said = refused(made)
        assert "has drafts panel-99" in said and f"this program has drafts {PANEL_RECIPE}" in said
        assert odd.node_id[:8] in said, "the node by its name"
        made.kill(odd)
        code, said = made.make("film", [shot(1, "film")]).wait()
        assert code == 0, said
        assert len(made.bills()) == 3
