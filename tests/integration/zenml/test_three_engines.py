"""One shots.json, three engines: the same bytes, whoever has the work done and where."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from film.app.films import run_film_pipeline
from film.planning.results import FilmResult
from film.production.engines import ENGINES
from film.settings import Settings

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is an extra: just test-engines"),
    pytest.mark.usefixtures("zenml_home"),
    pytest.mark.filterwarnings("default"),  # of ZenML and Ray: theirs are not ours to raise
]

SHOTS = """[
    {"shot_id": "one", "enhanced_prompt": "A harbour at dawn, mist", "duration": 1, "landscapes": ["harbour"]},
    {"shot_id": "two", "enhanced_prompt": "Mara, close", "duration": 1, "characters": ["mara"], "dialogue": "Late.",
     "transition": "crossfade"}
]"""


def blobs(gallery: Path) -> set[str]:
    """All that a gallery holds, by what is in it: assets, parts of lines, pieces of the cut."""
    return {file.name for file in (gallery / "blobs").rglob("*") if file.is_file()}


def assets(film: FilmResult) -> dict[tuple[str, str], tuple[str, str]]:
    return {(s.shot_id, kind.value): (a.key, a.asset.sha256) for s in film.shots for kind, a in s.assets.items()}


def test_one_shots_json_comes_to_the_same_bytes_and_a_second_run_makes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "shots.json"
    file.write_text(SHOTS)
    films, made = dict[str, FilmResult](), dict[str, set[str]]()
    for engine in ENGINES:
        gallery = tmp_path / engine
        settings = Settings(gallery=gallery, database_url=f"sqlite:///{gallery}/film.db")
        options = {"tier": "draft", "size": "128x128", "settings": settings, "engine": engine}
        films[engine] = run_film_pipeline("film", file, **options)
        assert (films[engine].shots_made, films[engine].failed, films[engine].cost_usd) == (2, (), 0)
        made[engine] = blobs(gallery)
        again = run_film_pipeline("film", file, **options)
        assert (again.shots_reused, again.unchanged) == (2, True)
    assert set(films) == {"local", "ray", "zenml"}
    assert assets(films["ray"]) == assets(films["zenml"]) == assets(films["local"])
    assert len(assets(films["local"])) == 5
    assert made["ray"] == made["zenml"] == made["local"]
    assert len(made["local"]) >= 5 + 3  # what is seen and heard, and the pieces of the cut
