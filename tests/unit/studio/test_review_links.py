"""A guest with a link sees one film and writes notes, until its day; and nothing else, whatever is tried."""

from datetime import UTC, datetime, timedelta

import pytest
from studio_browser import Browser

FILM = "/films/harbour"


@pytest.fixture
def guest(app):
    return Browser(app, role=None)


@pytest.fixture
def link(browser):
    made = browser.post(f"{FILM}/links", {"guest": "Ann", "days": 3})
    assert made.status_code == 201
    return made.json()


def test_a_guest_sees_the_film_and_writes_notes(browser, guest, link):
    shown = guest.get(f"/review/{link['token']}")
    assert [shot["id"] for shot in shown["shots"]] == ["a", "b", "c"]
    assert "price" not in str(shown)
    note = guest.post(f"/review/{link['token']}/comments", {"text": "Too dark", "shot": "b"})
    assert (note.status_code, note.json()["author"]) == (201, "Ann (guest)")
    assert [one["text"] for one in browser.get(f"{FILM}/comments")] == ["Too dark"]
    assert guest.ask("GET", f"/review/{link['token']}").status_code == 200


def test_a_link_opens_nothing_else(browser, guest, link):
    token = link["token"]
    drawn = browser.make(browser.post(f"{FILM}/estimates", {"stage": "stills", "shots": ["a"]}).json())
    assert drawn["state"] == "done"
    used = guest.get(f"/review/{token}")["shots"][0]["picture"]
    assert guest.ask("GET", f"/api/v1/review/{token}/media/{used}?width=320").status_code == 200
    shot = browser.get(f"{FILM}/shots/a")
    changed = {"changes": {"enhanced_prompt": "A pier"}}
    assert browser.ask("PATCH", f"/api/v1{FILM}/shots/a", changed, {"if-match": shot["revision"]}).status_code == 200
    assert guest.ask("GET", f"/api/v1/review/{token}/media/{used}").status_code == 404  # no longer the film's
    for method, path in (
        ("GET", FILM), ("GET", f"{FILM}/shots"), ("POST", f"{FILM}/comments"), ("POST", f"{FILM}/generations"),
        ("GET", "/films"), ("POST", f"{FILM}/links"), ("POST", f"/review/{token}"),
        ("DELETE", f"/review/{token}/comments"),
    ):  # fmt: skip
        assert guest.ask(method, f"/api/v1{path}").status_code in (401, 405), (method, path)
    for wrong in ("harbour.", "harbour", f"other.{token.partition('.')[2]}", f"{token}x", "harbour." + "x" * 43):
        assert guest.ask("GET", f"/api/v1/review/{wrong}").status_code in (403, 404), wrong


def test_a_link_ends(browser, guest, link, studio, monkeypatch):
    (known,) = browser.get(f"{FILM}/links")
    assert "token" not in known
    assert link["token"].partition(".")[2] not in studio.desk("harbour").notes.path.with_name("links.jsonl").read_text()
    later = datetime.now(UTC) + timedelta(days=4)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return later

    with monkeypatch.context() as patched:
        patched.setattr("film.app.review_links.datetime", Later)
        assert guest.ask("GET", f"/api/v1/review/{link['token']}").status_code == 403
    assert guest.ask("GET", f"/api/v1/review/{link['token']}").status_code == 200
    assert browser.ask("DELETE", f"/api/v1{FILM}/links/{known['id']}").status_code == 204
    assert guest.ask("GET", f"/api/v1/review/{link['token']}").status_code == 403
    assert browser.ask("DELETE", f"/api/v1{FILM}/links/none").status_code == 403


def test_a_reviewer_makes_no_links(app):
    assert Browser(app, "reviewer").post(f"{FILM}/links", {}).status_code == 403
