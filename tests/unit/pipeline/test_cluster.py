"""What travels between driver, coordinator and nodes; and what is said where there is no Ray."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

import film
from film.compose import EncodeSettings, encode
from film.compose.encode import EncodeTask, Tick
from film.compose.segments import is_same_here, plan, screen_of
from film.db.base import now
from film.db.tables import Action
from film.engines.cluster import NodeLost
from film.errors import ConfigurationError, Interrupted
from film.json_lines import Lines
from film.models import AssetType
from film.pipeline.cluster import driver, make_film
from film.pipeline.cluster import library as libraries
from film.pipeline.cluster.away import AwayProviders, Workshop, generate_here
from film.pipeline.cluster.driver import Following
from film.pipeline.cluster.encoding import NodeEncoder, UnlikeUs, encode_here
from film.pipeline.cluster.library import Library, Mark
from film.pipeline.cluster.makeup import check_nodes, own_makeup, own_version, travelling_question
from film.pipeline.cluster.order import News, Order, Outcome, order_in
from film.pipeline.events import Events
from film.pipeline.params import FilmParams, film_params
from film.pipeline.results import CompletedShot
from film.pipeline.services import Services, open_services
from film.pipeline.stop import Stop
from film.providers.base import ImageConfig, ProviderContext
from film.settings import Settings, as_environment, load_settings
from film.shotfile import check_shots
from film.testing import synthetic
from film.timeline import ShotCut, Source, Timeline, build_timeline


def params(settings: Settings) -> FilmParams:
    shots = [{"shot_id": "one", "enhanced_prompt": "A harbour", "duration": 1, "dialogue": "Late."}]
    return film_params(check_shots(shots, Lines(""), Path("film")), settings, tier="draft", budget_limit=Decimal("2.5"))


def order(settings: Settings, **about: object) -> Order:
    return Order(
        **{
            "run_id": "run",
            "version": own_version(),
            "makeup": dict(own_makeup()),
            "params": params(settings),
            "at_most": Decimal("0.25"),
            "spend_allowed": True,
            "daily_budget": Decimal(5),
            "cache_salt": "salt",
            **about,
        }
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(gallery=tmp_path / "gallery", database_url=f"sqlite:///{tmp_path}/film.db")


def test_an_order_arrives_as_it_was_given_and_holds_no_key(settings: Settings) -> None:
    with_keys = settings.model_copy(update={"keys": {"fal": SecretStr("fal-secret")}})
    text = order(with_keys).model_dump_json()
    assert order_in(text, "here") == order(with_keys)
    assert "secret" not in text


def test_an_order_of_another_version_is_refused_whatever_is_in_it() -> None:
    with pytest.raises(ConfigurationError, match=r"coordinator on 10.0.0.3 .* this program has film-generation 99"):
        order_in(json.dumps({"version": "99", "params": "in other words"}), "10.0.0.3")


def test_of_money_the_stricter_word_counts(settings: Settings) -> None:
    own = settings.model_copy(update={"daily_budget": Decimal(3), "spend_allowed": False})
    merged = order(settings).settings(own)
    assert (merged.daily_budget, merged.spend_allowed, merged.cache_salt) == (Decimal(3), False, "salt")
    assert order(settings).settings(settings).daily_budget == Decimal(5)


def test_a_cluster_of_our_own_reads_the_same_settings(settings: Settings, tmp_path: Path) -> None:
    told = settings.model_copy(
        update={
            "keys": {"fal": SecretStr("one"), "openai": SecretStr("two")},
            "base_urls": {"fal": "http://127.0.0.1:1/fal"},
            "speeds": {"fal": 20.0},
            "daily_budget": Decimal("7.5"),
            "default_tier": "premium",
            "cache_salt": "salt",
            "spend_allowed": False,
        }
    )
    assert load_settings(as_environment(told), folder=tmp_path) == told


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed here")
def test_without_ray_it_says_how_to_get_it(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="not installed") as told:
        asyncio.run(make_film(params(settings), settings))
    assert "film-generation[ray]" in told.value.hint
    assert not settings.gallery.exists()


def test_a_local_provider_works_away_and_is_itself_in_all_else(tmp_path: Path) -> None:
    class Nodes:
        async def call(self, function, *arguments, files):
            return await asyncio.to_thread(function, *arguments, {file.path: file.path for file in files})

    providers = AwayProviders(ProviderContext(), Workshop(Nodes()))  # pyright: ignore[reportArgumentType]
    drawing = providers.get(AssetType.IMAGE, "draft")
    config = ImageConfig(prompt="A harbour", width=96, height=54)
    made = asyncio.run(drawing.generate(config.prompt, config))
    assert made == generate_here(own_makeup(), AssetType.IMAGE, "draft", (config.prompt, config), {})
    assert made.data
    assert drawing.estimate_cost(config) == 0
    assert not type(providers.get(AssetType.VIDEO, "kling")).local


class _Store(dict[str, Path]):
    """A ``SegmentStore`` in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def peek(self, keys):
        return {key: self[key] for key in keys if key in self}

    def temporary(self, suffix: str) -> Path:
        return self._folder / f"temporary-{len(self)}{suffix}"

    def put_file(self, key: str, temporary: Path, *, mime: str) -> Path:
        self[key] = temporary.replace(self._folder / key)
        return self[key]


@pytest.fixture
def timeline(tmp_path: Path) -> Timeline:
    cuts: list[ShotCut] = []
    for number in range(2):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(synthetic.clip(1, 64, 64, number))
        cuts.append(ShotCut(f"shot_{number}", Source(str(number) * 64, path), 24, source_frames=24))
    return build_timeline(cuts, rate=Fraction(24), width=64, height=64)


class _Nodes:
    """Nodes of which the first few are lost after so many steps."""

    def __init__(self, *dying: int) -> None:
        self.dying, self.asked = list(dying), list[int]()

    def stream(self, function, *arguments, files, waiting):
        self.asked.append(len(arguments[1]))
        self.at_work = True
        left = self.dying.pop(0) if self.dying else None
        try:
            for step in function(*arguments, {file.path: file.path for file in files}):
                if step.data is not None and left is not None:
                    if not left:
                        raise NodeLost("gone")
                    left -= 1
                yield step
        finally:
            self.at_work = False


def encoded(nodes: _Nodes, timeline: Timeline, folder: Path, tick: Tick) -> tuple[_Store, list[str]]:
    folder.mkdir()
    told: list[str] = []
    store, settings = _Store(folder), EncodeSettings.preview()
    task = EncodeTask(plan(timeline, settings))
    NodeEncoder(nodes, told.append)(task, screen_of(timeline), settings, store, tick)  # pyright: ignore[reportArgumentType]
    return store, told


def test_pieces_from_nodes_are_those_of_this_machine_and_a_lost_node_costs_only_its_own(
    timeline: Timeline, tmp_path: Path
) -> None:
    ticks: list[int] = []
    nodes = _Nodes(1)
    theirs, told = encoded(nodes, timeline, tmp_path / "theirs", lambda piece, count=1, /: ticks.append(count))
    assert nodes.asked == [len(theirs), len(theirs) - 1]
    assert sum(ticks) == timeline.frames, "no frame is counted twice"
    assert told == []
    (tmp_path / "ours").mkdir()
    ours, settings = _Store(tmp_path / "ours"), EncodeSettings.preview()
    encode.run(
        EncodeTask(plan(timeline, settings)), screen_of(timeline), settings, ours, lambda piece, count=1, /: None
    )
    assert {key: path.read_bytes() for key, path in theirs.items()} == {k: p.read_bytes() for k, p in ours.items()}


def test_a_cut_that_is_stopped_leaves_no_node_at_work(timeline: Timeline, tmp_path: Path) -> None:
    def stop(piece: str, count: int = 1, /) -> None:
        raise Interrupted("stopped")

    nodes = _Nodes()
    with pytest.raises(Interrupted) as stopped:
        encoded(nodes, timeline, tmp_path / "theirs", stop)
    assert stopped.tb and not nodes.at_work, "although the error, and with it the call, is still held by somebody"


def test_nodes_that_are_lost_over_and_over_are_given_up(timeline: Timeline, tmp_path: Path) -> None:
    with pytest.raises(NodeLost):
        encoded(_Nodes(*[0] * 9), timeline, tmp_path / "theirs", lambda piece, count=1, /: None)


def test_a_node_that_would_encode_otherwise_leaves_it_to_who_asked(
    timeline: Timeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = EncodeSettings.preview()
    first = plan(timeline, settings)[0]
    assert is_same_here(first, screen_of(timeline), settings)
    other = replace(first, key="of another encoder")
    assert not is_same_here(other, screen_of(timeline), settings)
    monkeypatch.setattr("film.pipeline.cluster.encoding.is_same_here", lambda *_: False)
    store, told = encoded(_Nodes(), timeline, tmp_path / "ours", lambda piece, count=1, /: None)
    assert len(store) == len(plan(timeline, settings))
    assert len(told) == 1


MARK = Mark(token="theirs", side="the coordinator", database="film on db", store="s3://films")


class _Coordinator:
    """One that answers every question for news with the next of ``news``; what is an error is raised.

    ``forgets`` times it has died between being met and being told to begin.
    """

    def __init__(self, *news: News | Exception | None, forgets: int = 0) -> None:
        self.left, self.said, self.forgets = list(news), list[str](), forgets
        names = ("meet", "begin", "news", "leave", "stop")
        self.meet, self.begin, self.news, self.leave, self.stop = map(self._method, names)

    def answer(self, name: str) -> object:
        match name:
            case "news":
                return self.left.pop(0)
            case "meet":
                return MARK.model_dump_json()
            case "begin":
                self.forgets -= 1
                return self.forgets < 0
            case _:
                return None

    def _method(self, name: str):
        class Method:
            @staticmethod
            def remote(*arguments: object) -> str:
                self.said.append(name)
                return name

        return Method


class _House:
    """A cluster with nothing but a coordinator, to which the way has to be found again after each loss."""

    def __init__(self, coordinator: _Coordinator) -> None:
        self._coordinator = coordinator
        self.patience = list[float]()

    def cluster(self) -> _House:
        return self

    def coordinator(self) -> _Coordinator:
        self._coordinator.said.append("found")
        return self._coordinator

    async def ask(self, name: str, *, patience: float):
        self.patience.append(patience)
        answer = self._coordinator.answer(name)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def find_head(self) -> None:
        self._coordinator.said.append("head")

    def begin_anew(self, coordinator: _Coordinator) -> None:
        assert coordinator is self._coordinator
        coordinator.said.append("anew")


class _Library:
    """One that both sides have; what is done with marks is noted down."""

    def __init__(self, error: Exception | None = None) -> None:
        self.said, self._error = list[str](), error

    def leave(self) -> Mark:
        self.said.append("leave")
        return MARK.model_copy(update={"token": "ours"})

    def look(self, theirs: Mark) -> None:
        assert theirs == MARK
        self.said.append("look")
        if self._error:
            raise self._error

    def forget(self, mark: Mark) -> None:
        assert mark.token == "ours"
        self.said.append("forget")


def followed(coordinator: _Coordinator, settings: Settings, stop: Stop | None = None) -> tuple[Outcome, list[str]]:
    told = list[str]()
    events = Events(lambda event: told.append(str(event.facts["message"])))
    following = Following(_House(coordinator), order(settings), _Library(), events, stop or Stop())  # pyright: ignore[reportArgumentType]
    return asyncio.run(following.to_the_end()), told


def shots(settings: Settings, error: Interrupted | None = None) -> Outcome:
    return Outcome((CompletedShot(params(settings).shots[0], error=error),))


def test_an_order_is_given_again_to_a_coordinator_that_does_not_know_it_or_is_another(settings: Settings) -> None:
    whole = shots(settings)
    forgetful = _Coordinator(None, News((), 0, whole))
    assert followed(forgetful, settings)[0] is whole
    assert forgetful.said == ["found", "meet", "begin", "news", "meet", "begin", "news", "leave"]
    dead = _Coordinator(NodeLost("gone"), News((), 0, whole))
    assert followed(dead, settings)[0] is whole
    assert dead.said == ["found", "meet", "begin", "news", "head", "found", "meet", "begin", "news", "leave"]


def test_who_was_taken_for_dead_and_did_not_stop_gives_his_order_again(settings: Settings) -> None:
    cut_short, whole = shots(settings, Interrupted("stopped")), shots(settings)
    coordinator = _Coordinator(News((), 0, cut_short), News((), 0, whole))
    outcome, told = followed(coordinator, settings)
    assert outcome is whole and "goes on" in told[0]
    assert coordinator.said == ["found", "meet", "begin", "news", "leave", "meet", "begin", "news", "leave"]
    stop = Stop()
    stop.set()
    coordinator = _Coordinator(News((), 0, cut_short))
    assert followed(coordinator, settings, stop)[0] is cut_short


def test_a_coordinator_that_takes_long_to_begin_is_given_more_time_each_time(settings: Settings) -> None:
    late = TimeoutError()
    coordinator = _Coordinator(News((), 0), late, late, None, late, News((), 0, shots(settings)))
    house = _House(coordinator)
    following = Following(house, order(settings), _Library(), Events(), Stop())  # pyright: ignore[reportArgumentType]
    asyncio.run(following.to_the_end())
    assert coordinator.said.count("anew") == 3
    usual = driver.PATIENCE
    meeting = [usual, usual]  # and beginning
    asked = [*meeting, usual, usual, 2 * usual, 4 * usual, *meeting, usual, 2 * usual]
    assert house.patience == asked


def test_an_order_is_begun_by_none_who_was_not_met(settings: Settings) -> None:
    whole = shots(settings)
    coordinator = _Coordinator(News((), 0, whole), forgets=1)
    assert followed(coordinator, settings)[0] is whole
    assert coordinator.said == ["found", "meet", "begin", "meet", "begin", "news", "leave"]


def test_nothing_is_ordered_of_a_coordinator_that_has_another_library(settings: Settings) -> None:
    library, coordinator = _Library(ConfigurationError("another")), _Coordinator()
    following = Following(_House(coordinator), order(settings), library, Events(), Stop())  # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigurationError, match="another"):
        asyncio.run(following.to_the_end())
    assert coordinator.said == ["found", "meet"], "and never begin"
    assert library.said == ["leave", "look", "forget"], "no note stays behind"


# -- one library on both sides


def services(folder: Path, *, database: str = "film", gallery: str = "gallery") -> Services:
    (folder / database).mkdir(parents=True, exist_ok=True)
    return open_services(Settings(gallery=folder / gallery, database_url=f"sqlite:///{folder / database}/film.db"))


def notes(at: Services) -> int:
    with at.engine.connect() as db:
        statement = select(func.count()).where(Action.kind == libraries.KIND, Action.state == "failed")
        return db.scalar(statement) or 0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "PATIENCE", 0.05)


def test_two_sides_of_one_library_find_what_the_other_has_left(tmp_path: Path, impatient: None) -> None:
    driver, coordinator = Library(services(tmp_path), "driver", "a"), Library(services(tmp_path), "coordinator", "b")
    for one, other in ((driver, coordinator), (coordinator, driver)):
        mark = one.leave()
        other.look(mark)
        one.forget(mark)
    at = services(tmp_path)
    assert notes(at) == 0
    for _ in range(3):
        coordinator.leave()
    assert at.cache.get_cache_stats()["by_kind"] == {libraries.KIND: 2}, "one file a side, however often they meet"


@pytest.mark.parametrize(
    ("other", "told"),
    [({"database": "elsewhere"}, "two databases"), ({"gallery": "elsewhere"}, "two stores")],
)
@pytest.mark.parametrize("role", ["driver", "coordinator"])
def test_another_database_or_store_is_refused_with_the_names_of_both_sides(
    tmp_path: Path, impatient: None, role: str, other: dict[str, str], told: str
) -> None:
    here, there = Library(services(tmp_path), role, "a"), Library(services(tmp_path, **other), "other", "b")
    with pytest.raises(ConfigurationError, match=told) as refused:
        here.look(there.leave())
    assert f"the {role} on a" in str(refused.value) and "the other on b" in str(refused.value)
    assert "elsewhere" in str(refused.value), "where the other is"
    assert "FILM_" in refused.value.hint and "ray stop" in refused.value.hint


def test_galleries_of_two_machines_are_one_store_over_one_bucket_and_two_over_two(
    tmp_path: Path, impatient: None
) -> None:
    pytest.importorskip("obstore", reason="a bucket is an extra")

    def side(role: str, gallery: str, bucket: str) -> Library:
        at = services(tmp_path, gallery=gallery).settings
        (tmp_path / bucket).mkdir(exist_ok=True)
        given = at.model_copy(update={"store_url": f"file://{tmp_path}/{bucket}?token=secret"})
        return Library(open_services(given), role, gallery)

    driver, coordinator = side("driver", "one", "films"), side("coordinator", "two", "films")
    coordinator.look(driver.leave())
    driver.look(coordinator.leave())
    mark = driver.leave()
    with pytest.raises(ConfigurationError, match="two stores") as refused:
        side("coordinator", "three", "others").look(mark)
    assert f"{tmp_path}/films" in str(refused.value) and f"{tmp_path}/others" in str(refused.value)
    assert "secret" not in str(refused.value) + mark.model_dump_json()


def test_a_copy_of_a_database_is_another_one(tmp_path: Path, impatient: None) -> None:
    """It knows the film, has the same tables and the same rows: a name or an id would not tell them apart."""
    original = services(tmp_path)
    Library(original, "driver", "a").leave()
    original.engine.dispose()
    shutil.copytree(tmp_path / "film", tmp_path / "copy")
    mark = Library(original, "driver", "a").leave()
    with pytest.raises(ConfigurationError, match="two databases"):
        Library(services(tmp_path, database="copy"), "coordinator", "b").look(mark)


def test_a_note_of_somebody_who_was_killed_goes_with_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = services(tmp_path)
    library = Library(at, "driver", "a")
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
    assert used <= {"own_makeup", "PackageNotFoundError", "version"}, "and take nothing of its module with it"
    monkeypatch.setitem(sys.modules, "film.pipeline.cluster.makeup", None)
    assert question() == {"film-generation": own_version()}


def test_code_that_draws_otherwise_is_noticed_although_its_recipe_keeps_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(film.__file__).parent
    for folder in ("providers/draft", "compose", "timeline", "media"):
        shutil.copytree(home / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(film, "__file__", str(tmp_path / "__init__.py"))
    before = own_makeup()
    fresh = own_makeup.__wrapped__
    assert fresh() == before
    drawing = tmp_path / "providers" / "draft" / "panel.py"
    drawing.write_bytes(drawing.read_bytes().replace(b"\n", b"\r\n"))
    assert fresh() == before, "line ends are a tool's affair"
    drawing.write_bytes(drawing.read_bytes() + b"# another colour\n")
    assert [part for part in before if fresh()[part] != before[part]] == ["drafts"]


def test_a_node_that_has_come_later_and_is_another_does_no_work(timeline: Timeline, tmp_path: Path) -> None:
    config = ImageConfig(prompt="A harbour", width=96, height=54)
    other = {**own_makeup(), "drafts": "panel-9"}
    with pytest.raises(ConfigurationError, match=r"has drafts .*, and this program has drafts panel-9"):
        generate_here(other, AssetType.IMAGE, "draft", (config.prompt, config), {})
    settings = EncodeSettings.preview()
    with pytest.raises(UnlikeUs):
        next(
            encode_here(
                {**own_makeup(), "cut": "segment/9"}, plan(timeline, settings), screen_of(timeline), settings, {}
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
    settings: Settings, monkeypatch: pytest.MonkeyPatch, cluster: _Cluster, told: str
) -> None:
    monkeypatch.setattr(driver, "open_cluster", lambda address, environment: nullcontext(cluster))
    house = driver.House(settings.model_copy(update={"ray_address": "10.0.0.1:6379"}), pytest.fail)
    with pytest.raises(ConfigurationError, match=told):
        house.cluster()
    assert house.opened is None
