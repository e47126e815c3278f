"""What travels between driver, coordinator and nodes; and what is said where there is no Ray."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import SecretStr

from film.cluster.cluster import NodeLost
from film.errors import ConfigurationError, Interrupted
from film.models import AssetType
from film.planning.params import FilmParams, film_params
from film.planning.results import CompletedShot
from film.production.engines.ray import driver, make_film
from film.production.engines.ray.away import AwayProviders, RemoteWorkers, generate_here
from film.production.engines.ray.driver import Following
from film.production.engines.ray.encoding import NodeEncoder
from film.production.engines.ray.library import Mark
from film.production.engines.ray.makeup import own_makeup, own_version
from film.production.engines.ray.order import News, Order, Outcome, order_in
from film.production.events import Events
from film.production.stop import Stop
from film.providers.base import ImageConfig, ProviderContext
from film.render import EncodeSettings, encode
from film.render.encode import EncodeTask, Tick
from film.render.segments import is_same_here, plan, screen_of
from film.settings import Settings, as_environment, load_settings
from film.shots.json_lines import JsonLines
from film.shots.shotfile import check_shots
from film.testing import synthetic
from film.timeline import ShotCut, Source, Timeline, build_timeline


def params(settings: Settings) -> FilmParams:
    shots = [{"shot_id": "one", "enhanced_prompt": "A harbour", "duration": 1, "dialogue": "Late."}]
    return film_params(
        check_shots(shots, JsonLines(""), Path("film")), settings, tier="draft", budget_limit=Decimal("2.5")
    )


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

    providers = AwayProviders(ProviderContext(), RemoteWorkers(Nodes()))  # pyright: ignore[reportArgumentType]
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
    monkeypatch.setattr("film.production.engines.ray.encoding.is_same_here", lambda *_: False)
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
