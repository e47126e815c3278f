"""What is proven on a cluster before anything is ordered: that both sides have one library, all nodes one version."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import func, select

import animatic
import film
from film.db.base import now
from film.db.tables import Action
from film.errors import ConfigurationError
from film.models import AssetType
from film.planning.services import Services, open_services
from film.production.engines.ray import driver
from film.production.engines.ray import library as libraries
from film.production.engines.ray.away import generate_here
from film.production.engines.ray.encoding import UnlikeUs, encode_here
from film.production.engines.ray.library import ClusterLibrary
from film.production.engines.ray.makeup import check_nodes, own_makeup, own_version, travelling_question
from film.providers.base import ImageConfig
from film.render import EncodeSettings
from film.render.conform import Screen
from film.settings import Settings

# -- one library on both sides


def services(folder: Path, *, database: str = "film", gallery: str = "gallery") -> Services:
    (folder / database).mkdir(parents=True, exist_ok=True)
    settings = Settings(gallery=folder / gallery, database_url=f"sqlite:///{folder / database}/film.db")
    return open_services(settings, whatever=True)  # the notes are to tell, and not what the library says of itself


def notes(at: Services) -> int:
    with at.engine.connect() as db:
        statement = select(func.count()).where(Action.kind == libraries.KIND, Action.state == "failed")
        return db.scalar(statement) or 0


def files(folder: Path) -> list[Path]:
    """What lies in galleries and buckets below a folder, but for a bucket's word on whose it is."""
    places = [path for part in ("blobs", "tmp", "sha256") for path in folder.glob(f"*/{part}/**/*")]
    return [path for path in places if path.is_file()]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "PATIENCE", 0.05)


def test_two_sides_of_one_library_find_what_the_other_has_left(tmp_path: Path, impatient: None) -> None:
    driver, coordinator = (
        ClusterLibrary(services(tmp_path), "driver", "a"),
        ClusterLibrary(services(tmp_path), "coordinator", "b"),
    )
    for one, other in ((driver, coordinator), (coordinator, driver)):
        mark = one.leave()
        other.look(mark)
        one.forget(mark)
    at = services(tmp_path)
    assert notes(at) == 0
    assert files(tmp_path) == [], "nothing stays in the gallery"
    assert at.cache.get_cache_stats()["total_blobs"] == 0


@pytest.mark.parametrize(
    ("other", "told"),
    [({"database": "elsewhere"}, "two databases"), ({"gallery": "elsewhere"}, "two stores")],
)
@pytest.mark.parametrize("role", ["driver", "coordinator"])
def test_another_database_or_store_is_refused_with_the_names_of_both_sides(
    tmp_path: Path, impatient: None, role: str, other: dict[str, str], told: str
) -> None:
    here, there = (
        ClusterLibrary(services(tmp_path), role, "a"),
        ClusterLibrary(services(tmp_path, **other), "other", "b"),
    )
    with pytest.raises(ConfigurationError, match=told) as refused:
        here.look(there.leave())
    assert f"the {role} on a" in str(refused.value) and "the other on b" in str(refused.value)
    assert "elsewhere" in str(refused.value), "where the other is"
    assert "FILM_" in refused.value.hint and "ray stop" in refused.value.hint


def test_galleries_of_two_machines_are_one_store_over_one_bucket_and_two_over_two(
    tmp_path: Path, impatient: None
) -> None:
    pytest.importorskip("obstore", reason="a bucket is an extra")

    def side(role: str, gallery: str, bucket: str) -> ClusterLibrary:
        at = services(tmp_path, gallery=gallery).settings
        (tmp_path / bucket).mkdir(exist_ok=True)
        given = at.model_copy(update={"store_url": f"file://{tmp_path}/{bucket}?token=secret"})
        return ClusterLibrary(open_services(given), role, gallery)

    driver, coordinator = side("driver", "one", "films"), side("coordinator", "two", "films")
    for one, other in ((driver, coordinator), (coordinator, driver)):
        mark = one.leave()
        other.look(mark)
        assert files(tmp_path)
        one.forget(mark)
        assert files(tmp_path) == []
    mark = driver.leave()
    with pytest.raises(ConfigurationError, match="two stores") as refused:
        side("coordinator", "three", "others").look(mark)
    assert f"{tmp_path}/films" in str(refused.value) and f"{tmp_path}/others" in str(refused.value)
    assert "secret" not in str(refused.value) + mark.model_dump_json()


def test_a_copy_of_a_database_is_another_one(tmp_path: Path, impatient: None) -> None:
    """It knows the film, has the same tables and the same rows: a name or an id would not tell them apart."""
    original = services(tmp_path)
    ClusterLibrary(original, "driver", "a").leave()
    original.engine.dispose()
    shutil.copytree(tmp_path / "film", tmp_path / "copy")
    mark = ClusterLibrary(original, "driver", "a").leave()
    with pytest.raises(ConfigurationError, match="two databases"):
        ClusterLibrary(services(tmp_path, database="copy"), "coordinator", "b").look(mark)


def test_a_note_of_somebody_who_was_killed_goes_with_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = services(tmp_path)
    library = ClusterLibrary(at, "driver", "a")
    library.leave()
    assert notes(at) == 1
    later = now() + timedelta(days=2)
    monkeypatch.setattr(libraries, "now", lambda: later)
    library.leave()
    assert notes(at) == 1


# -- one makeup on all nodes


def test_a_node_of_another_version_or_recipe_is_refused_by_name() -> None:
    ours = own_makeup()
    check_nodes({"10.0.0.2 (aa)": dict(ours)}, pytest.fail)
    for part, theirs in (("film-generation", "9.9"), ("drafts", "panel-9"), ("cut", "segment/9")):
        answers = {"10.0.0.2 (aa)": dict(ours), "10.0.0.3 (bb)": {**ours, part: theirs}}
        with pytest.raises(ConfigurationError) as refused:
            check_nodes(answers, pytest.fail)
        assert f"10.0.0.3 (bb) has {part} {theirs}, and this program has {part} {ours[part]}" in str(refused.value)
        assert f"here it is {own_version()}" in refused.value.hint and "ray stop" in refused.value.hint
    mute = {"10.0.0.4 (cc)": ModuleNotFoundError("film"), "10.0.0.5 (dd)": {"film-generation": "none"}}
    with pytest.raises(ConfigurationError, match=r"10.0.0.4 .*nothing to say.*1 more nodes differ"):
        check_nodes(mute, pytest.fail)


def test_other_libraries_on_a_node_are_told_and_no_hindrance() -> None:
    told = list[str]()
    check_nodes({"10.0.0.3 (bb)": {**own_makeup(), "libraries": "av 1"}}, told.append)
    assert len(told) == 1 and "10.0.0.3 (bb) has av 1" in told[0]


def test_what_is_asked_of_nodes_can_be_answered_by_any_version(monkeypatch: pytest.MonkeyPatch) -> None:
    question = travelling_question()
    assert question() == own_makeup()
    assert "<locals>" in question.__qualname__, "else it would travel by its name, which an older version lacks"
    assert question.__closure__ is None
    used = set(question.__code__.co_names) & set(question.__globals__)
    taken = {"own_makeup", "with_keys", "PackageNotFoundError", "version"}
    assert used <= taken, "and take nothing of its module with it"
    monkeypatch.setitem(sys.modules, "film.production.engines.ray.makeup", None)
    assert question() == {"film-generation": own_version()}


def test_code_that_draws_otherwise_is_noticed_although_its_recipe_keeps_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(film.__file__).parent
    for folder in ("../animatic", "render", "timeline", "media"):
        shutil.copytree(home / folder, tmp_path / Path(folder).name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(film, "__file__", str(tmp_path / "__init__.py"))
    monkeypatch.setattr(animatic, "__file__", str(tmp_path / "animatic" / "__init__.py"))
    before = own_makeup()
    fresh = own_makeup.__wrapped__
    assert fresh() == before
    drawing = tmp_path / "animatic" / "panel.py"
    drawing.write_bytes(drawing.read_bytes().replace(b"\n", b"\r\n"))
    assert fresh() == before, "line ends are a tool's affair"
    drawing.write_bytes(drawing.read_bytes() + b"# another colour\n")
    assert [part for part in before if fresh()[part] != before[part]] == ["drafts"]


def test_a_node_that_has_come_later_and_is_another_does_no_work() -> None:
    config = ImageConfig(prompt="A harbour", width=96, height=54)
    other = {**own_makeup(), "drafts": "panel-9"}
    with pytest.raises(ConfigurationError, match=r"has drafts .*, and this program has drafts panel-9"):
        generate_here(other, AssetType.IMAGE, "draft", (config.prompt, config), {})
    with pytest.raises(UnlikeUs):
        next(
            encode_here(
                {**own_makeup(), "cut": "segment/9"}, (), Screen(64, 64, Fraction(24)), EncodeSettings.preview(), {}
            )
        )


class _Cluster:
    """What there is, and what its nodes answer."""

    machines = frozenset({"10.0.0.2"})

    def __init__(self, cpus: int, answers: Mapping[str, object] | None = None) -> None:
        self.cpus, self._answers = cpus, answers or {}

    def on_every_node(self, question, *, patience: float):
        return self._answers


@pytest.mark.parametrize(
    ("cluster", "told"),
    [
        (_Cluster(0), "no node that works"),
        (_Cluster(4, {"10.0.0.2 (aa)": {"film-generation": "9.9"}}), "10.0.0.2 .* has film-generation 9.9"),
    ],
)
def test_a_cluster_is_looked_at_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: _Cluster, told: str
) -> None:
    monkeypatch.setattr(driver, "open_cluster", lambda address, environment: nullcontext(cluster))
    at = Settings(gallery=tmp_path, database_url=f"sqlite:///{tmp_path}/film.db", ray_address="10.0.0.1:6379")
    house = driver.ClusterHandle(at, pytest.fail)
    with pytest.raises(ConfigurationError, match=told):
        house.cluster()
    assert house.opened is None
