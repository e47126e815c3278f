"""The studio as people use it, in a real browser: from nothing to a film, paid stages, several hands, keys."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from studio_in_browser import PATIENCE, RunningStudio, chromium, ended, looked_at, studio_running, violations

pytest.importorskip("playwright")
from playwright.sync_api import sync_playwright

PAGES = ("board", "takes", "film", "assets", "costs", "jobs", "settings")
SHOTS = [
    {"shot_id": "pier", "enhanced_prompt": "A pier in the rain at dawn", "duration": 1, "landscapes": ["harbour"]},
    {"shot_id": "mara", "enhanced_prompt": "Close-up of Mara", "duration": 1, "dialogue": "They are late."},
    {"shot_id": "boat", "enhanced_prompt": "A fishing boat comes in", "duration": 1},
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[RunningStudio]:
    with studio_running(tmp_path / "films", tmp_path / "gallery") as running:
        yield running


def film_of(studio: RunningStudio, shots: list[dict[str, Any]], name: str = "pier") -> Path:
    folder = studio.root / name
    folder.mkdir()
    (folder / "shots.json").write_text(json.dumps(shots, indent=1), "utf-8")
    return folder / "shots.json"


def opened(engine: Any, studio: RunningStudio, path: str, **context: Any) -> tuple[Any, Any]:
    """A page of a person who is signed in."""
    page, seen = looked_at(engine.new_context(viewport={"width": 1280, "height": 800}, **context))
    page.goto(studio.door)
    page.wait_for_selector("h1")
    page.goto(studio.page(path))
    return page, seen


def test_a_new_user_has_a_film_in_a_few_clicks(engine, studio, tell):
    page, seen = looked_at(engine.new_context(viewport={"width": 1280, "height": 800}))
    began = time.monotonic()
    page.goto(studio.door)
    page.get_by_role("button", name="Open the sample film").click()  # 1
    page.get_by_role("button", name="Draft film, $0").click()  # 2
    page.locator("dialog").get_by_role("button", name="Make it, $0").click()  # 3
    page.locator("nav a[data-page=film]").click()  # 4
    page.locator("video.film").wait_for()
    seconds = time.monotonic() - began
    page.get_by_role("button", name="Play or stop").click()  # 5
    page.wait_for_function("() => document.querySelector('video.film').currentTime > 0.2")
    assert seen.faults == []
    assert seen.hosts == {studio.address.split("/")[2]}
    tell(
        f"a new user's first film in the studio: 5 clicks, {seconds:.1f} s until it can be played, 0 requests elsewhere"
    )


def test_a_film_is_edited_priced_compared_approved_and_bought_in_stages(engine, studio):
    path = film_of(studio, SHOTS)
    page, seen = opened(engine, studio, "films/pier/board")
    page.get_by_role("button", name="Draft film, $0").click()
    page.locator("dialog").get_by_role("button", name="Make it, $0").click()
    assert "Done" in ended(page)
    page.get_by_text("Ready to review 3").wait_for()

    # one line is edited: what it makes stale is said before it is saved
    page.locator(".card[data-id=mara]").click()
    page.get_by_role("textbox", name="Dialogue", exact=True).fill("They are very late.")
    page.locator(".receipt", has_text="speech (dialogue changed)").wait_for()
    assert "very late" not in path.read_text("utf-8")
    page.get_by_role("button", name="Save and make, $0").click()
    page.get_by_role("button", name="All of it is there").wait_for()
    assert json.loads(path.read_text("utf-8"))[1]["dialogue"] == "They are very late."

    # another take, beside the first, and the first again
    page.locator(".shot-panel").get_by_role("button", name="New take").click()
    page.locator("dialog").get_by_role("button", name="Make it, $0").click()
    page.get_by_role("link", name="Takes (").wait_for()
    page.wait_for_function("() => /Takes \\([3-9]/.test(document.querySelector('.shot-panel').textContent)")
    page.get_by_role("link", name="Takes (").click()
    page.locator(".two-up section").nth(1).wait_for()
    page.get_by_role("button", name="Use this, $0").first.click()
    page.locator("[data-side='0']:disabled").wait_for()
    assert json.loads(path.read_text("utf-8"))[1]["reuse"]

    # paid stages: each gate buys what is approved below it, at a price that was seen
    page.locator("nav a[data-page=board]").click()
    page.get_by_label("Tier").select_option("budget")
    page.get_by_role("button", name="Draw 2 stills").click()
    page.locator("dialog").get_by_role("button", name="Spend up to $").click()
    assert "Done" in ended(page)
    page.get_by_text("Still only 2").wait_for()
    page.locator(".card[data-id=pier]").click()
    page.get_by_role("button", name="Approve this picture").click()
    page.get_by_role("button", name="✓ picture approved").wait_for()
    page.locator(".shot-panel").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Animate").click()
    page.locator("dialog td", has_text="clip").wait_for()
    assert page.evaluate("() => document.activeElement.textContent") == "Cancel"
    page.locator("dialog").get_by_role("button", name="Spend up to $").click()
    ended(page)
    page.get_by_role("button", name="Make the film, $").click()
    page.locator("dialog").get_by_role("button", name="Spend up to $").click()
    assert "Done" in ended(page)
    page.locator("nav a[data-page=costs]").click()
    page.get_by_text("By provider").wait_for()
    assert page.locator(".bar-line").count() > 0

    # and it leaves the studio
    page.locator("nav a[data-page=film]").click()
    page.locator("video.film").wait_for()
    page.get_by_text("For editing programs").click()
    page.get_by_label("EDL").check()
    page.get_by_role("button", name="Write them").click()
    page.get_by_text("pier.edl").wait_for()
    assert seen.faults == []


def test_over_the_limit_nothing_is_sent_and_ways_out_are_shown(engine, studio):
    film_of(studio, SHOTS)
    page, _ = opened(engine, studio, "films/pier/costs")
    page.get_by_label("This film may cost at most").fill("0.30")
    page.get_by_role("button", name="Set the limit").click()
    page.get_by_label("Tier").select_option("budget")
    page.get_by_role("button", name="Make the film, $").click()
    page.get_by_text("over what may be spent").wait_for()
    assert page.locator("dialog").get_by_role("button", name="Spend up to $").is_disabled()
    assert page.get_by_role("button", name="Only the first 1 shot").is_visible()
    assert page.get_by_role("button", name="Tier draft instead, $0").is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")


def test_two_hands_on_one_shot_lose_nothing(engine, studio):
    path = film_of(studio, SHOTS)
    page, _ = opened(engine, studio, "films/pier/board/boat")
    page.get_by_role("textbox", name="Prompt", exact=True).fill("A fishing boat sinks")
    path.write_text(path.read_text("utf-8").replace("A fishing boat comes in", "A ferry comes in"), "utf-8")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("This shot was changed elsewhere").wait_for()
    assert page.get_by_text("A ferry comes in").first.is_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Save mine").click()
    page.locator("dialog").wait_for(state="detached")
    page.locator(".card[data-id=boat]", has_text="A fishing boat sinks").wait_for()
    assert json.loads(path.read_text("utf-8"))[2]["enhanced_prompt"] == "A fishing boat sinks"

    # an edit on disk is seen without a reload, in a second browser, too
    other, _ = opened(engine, studio, "films/pier/board")
    path.write_text(path.read_text("utf-8").replace("A fishing boat sinks", "A sail"), "utf-8")
    for one in (page, other):
        one.locator(".card[data-id=boat]", has_text="A sail").wait_for()


def test_a_reload_in_the_middle_finds_everything(engine, studio):
    film_of(studio, [{"shot_id": f"s{n}", "enhanced_prompt": f"Street number {n}", "duration": 2} for n in range(8)])
    page, _ = opened(engine, studio, "films/pier/board")
    page.get_by_role("button", name="Draft film, $0").click()
    page.locator("dialog").get_by_role("button", name="Make it, $0").click()
    page.locator(".progress progress").wait_for()
    page.reload()
    page.locator(".progress .notice").wait_for()
    assert "Done" in ended(page)
    page.get_by_text("Ready to review 8").wait_for()
    assert page.title().startswith("pier")


def test_shots_are_moved_by_keys_and_by_mouse(engine, studio):
    path = film_of(studio, SHOTS)
    page, _ = opened(engine, studio, "films/pier/board")

    def order() -> list[str]:
        return [shot["shot_id"] for shot in json.loads(path.read_text("utf-8"))]

    def until(wanted: list[str]) -> None:
        for _ in range(PATIENCE // 100):
            if order() == wanted:
                return
            page.wait_for_timeout(100)
        assert order() == wanted

    page.locator(".card").first.wait_for()
    page.keyboard.press("Alt+ArrowRight")
    until(["mara", "pier", "boat"])
    page.wait_for_function("() => document.getElementById('said').textContent.startsWith('Moved')")
    page.keyboard.press("Control+z")
    until(["pier", "mara", "boat"])
    page.locator(".card[data-id=pier][aria-posinset='1']").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("d")
    until(["pier", "mara", "mara_2", "boat"])
    page.locator(".card[data-id=mara_2]").wait_for()
    page.keyboard.press("Control+z")
    until(["pier", "mara", "boat"])

    page.wait_for_function("() => document.querySelectorAll('.card').length === 3")
    source, target = (
        page.locator(".card[data-id=boat]").bounding_box(),
        page.locator(".card[data-id=pier]").bounding_box(),
    )
    page.mouse.move(source["x"] + 60, source["y"] + 60)
    page.mouse.down()
    page.mouse.move(target["x"] + 80, target["y"] + 70, steps=8)
    page.mouse.move(target["x"] + 15, target["y"] + 60, steps=3)
    page.mouse.up()
    until(["boat", "pier", "mara"])


def test_a_thousand_shots_are_a_few_cards(engine, studio):
    film_of(studio, [{"shot_id": f"s{n:04}", "enhanced_prompt": f"Street number {n}"} for n in range(1000)])
    page, _ = opened(engine, studio, "films/pier/board")
    page.locator(".card").first.wait_for()
    assert page.locator(".card").count() < 80
    page.locator(".card").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    page.locator(".card[data-id=s0999]").wait_for()
    assert page.locator(".card").count() < 80
    page.keyboard.press("/")
    page.keyboard.type("number 77")
    page.wait_for_function("() => document.querySelector('.pill').textContent === 'All 19'")


def test_a_studio_that_is_gone_says_so(engine, tmp_path):
    with studio_running(tmp_path / "films", tmp_path / "gallery", rehearsed=False) as studio:
        film_of(studio, SHOTS)
        page, _ = opened(engine, studio, "films/pier/board")
        page.locator(".card").first.wait_for()
    page.get_by_text("Reconnecting").wait_for()
    assert page.locator(".card").count() == 3


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_for_everybody(engine, studio, tell, width):
    film_of(studio, SHOTS)
    touch = {"has_touch": True, "is_mobile": True} if width < 500 else {}
    context = engine.new_context(viewport={"width": width, "height": 844}, bypass_csp=True, **touch)
    page, seen = looked_at(context)
    page.goto(studio.door)
    page.get_by_role("button", name="Import shots.json").wait_for()
    found, looks = {"films": violations(page)}, 1
    page.goto(studio.page("films/pier/board"))
    page.get_by_role("button", name="Draft film, $0").click()
    page.locator("dialog").get_by_role("button", name="Make it, $0").wait_for()
    found["spending"] = violations(page)
    page.locator("dialog").get_by_role("button", name="Make it, $0").click()
    page.locator(".progress progress").wait_for()
    found["making"] = violations(page)
    ended(page)
    page.get_by_text("Ready to review 3").wait_for()
    page.locator(".card[data-id=mara]").click()
    page.get_by_role("button", name="All of it is there").wait_for()
    page.get_by_text("More fields").click()
    found["shot"] = violations(page)
    page.get_by_label("Duration").fill("99")
    page.get_by_text("duration is 99").wait_for()
    found["mistake"] = violations(page)
    page.get_by_label("Duration").fill("1")
    page.locator(".shot-panel").get_by_role("button", name="Close").click()
    for name in PAGES:
        page.locator(f"nav a[data-page={name}]").click()
        page.locator(f"main.on-{name} h1, main.on-{name} h2, main.on-{name} .card").first.wait_for()
        page.wait_for_timeout(400)
        found[name] = violations(page)
        looks += 1
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth + 1"), f"{name} is too wide"
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert seen.faults == []
    tell(f"axe, WCAG 2.2 AA, {width} px: {len(found)} pages and states, violations 0")
