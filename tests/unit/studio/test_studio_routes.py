"""Every family of routes, as a browser uses it; the files stay the truth, and nothing is made that was not priced."""

import json

import pytest

FILM = "/films/harbour"


def test_films_are_listed_begun_taken_in_and_refused(browser, film_folder):
    assert [film["id"] for film in browser.get("/films")] == ["harbour"]
    assert browser.post("/films", {"name": "second"}).json()["shots"] == 1
    assert browser.post("/films", {"name": "second"}).status_code == 422
    assert browser.post("/films", {"name": "../out"}).status_code == 422
    assert not (film_folder.parent.parent / "out").exists()
    taken = browser.post("/films/import", {"name": "third", "text": '[{"shot_id": "x", "prompt": "A room"}]'})
    assert (taken.status_code, taken.json()["id"]) == (201, "third")
    wrong = browser.post(
        "/films/import", {"name": "fourth", "text": '[{"shot_id": "x", "prompt": "A", "duration": 90}]'}
    )
    assert wrong.status_code == 422
    assert "duration is 90" in wrong.json()["title"]
    assert wrong.json()["hint"]
    assert {film["id"] for film in browser.get("/films")} == {"harbour", "second", "third"}


def test_the_sample_is_there_once(browser):
    first, again = browser.post("/films/sample"), browser.post("/films/sample")
    assert first.status_code == again.status_code == 200
    assert first.json()["shots"] == 5
    assert len(browser.get("/films")) == 2


def test_a_film_that_cannot_be_read_is_listed_with_the_reason(browser, film_folder):
    (film_folder / "shots.json").write_text("[{]", "utf-8")
    (film,) = browser.get("/films")
    assert "not valid JSON" in film["problem"]
    answer = browser.ask("GET", f"/api/v1{FILM}/shots")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"code", "hint", "title", "status"} <= answer.json().keys()


def test_an_edit_touches_nothing_but_itself(browser, film_folder):
    before = (film_folder / "shots.json").read_text("utf-8")
    shot = browser.get(f"{FILM}/shots/a")
    answer = browser.ask(
        "PATCH", f"/api/v1{FILM}/shots/a", {"changes": {"duration": 2}}, {"if-match": f'"{shot["revision"]}"'}
    )
    assert answer.status_code == 200
    assert (film_folder / "shots.json").read_text("utf-8") == before.replace(
        'boats", "duration": 1', 'boats", "duration": 2'
    )
    assert browser.get(f"{FILM}/shots")["can_undo"] == "the edit of a"
    assert browser.post(f"{FILM}/undo").status_code == 200
    assert (film_folder / "shots.json").read_text("utf-8") == before
    assert browser.post(f"{FILM}/undo").status_code == 422


def test_an_edit_without_a_revision_is_refused(browser):
    assert browser.ask("PATCH", f"/api/v1{FILM}/shots/a", {"changes": {"duration": 2}}).status_code == 428
    assert browser.ask("DELETE", f"/api/v1{FILM}/shots/a").status_code == 428


def test_a_wrong_value_is_refused_at_its_field(browser, film_folder):
    before = (film_folder / "shots.json").read_bytes()
    shot = browser.get(f"{FILM}/shots/a")
    answer = browser.ask(
        "PATCH", f"/api/v1{FILM}/shots/a", {"changes": {"duration": 40}}, {"if-match": f'"{shot["revision"]}"'}
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "duration")
    assert answer.json()["title"] == "duration is 40, allowed 1 to 30"
    assert (film_folder / "shots.json").read_bytes() == before


def test_edits_of_other_fields_merge_and_of_the_same_conflict(browser, film_folder):
    path = film_folder / "shots.json"
    seen = browser.get(f"{FILM}/shots/c")
    path.write_text(path.read_text("utf-8").replace("An empty road", "A full road"), "utf-8")
    stale = {"if-match": f'"{seen["revision"]}"'}
    merged = browser.ask(
        "PATCH", f"/api/v1{FILM}/shots/c", {"changes": {"mood": "calm"}, "base": {"mood": None}}, stale
    )
    assert merged.status_code == 200
    assert (merged.json()["fields"]["mood"], merged.json()["fields"]["enhanced_prompt"]) == ("calm", "A full road")
    both = {"changes": {"enhanced_prompt": "A long road"}, "base": {"enhanced_prompt": "An empty road"}}
    refused = browser.ask("PATCH", f"/api/v1{FILM}/shots/c", both, stale)
    assert refused.status_code == 409
    assert refused.json()["yours"] == {"enhanced_prompt": "A long road"}
    assert refused.json()["theirs"]["enhanced_prompt"] == "A full road"
    assert "A full road" in path.read_text("utf-8")


def test_shots_are_added_copied_ordered_and_deleted(browser):
    assert browser.post(f"{FILM}/shots", {"fields": {"enhanced_prompt": "A door"}, "before": "b"}).status_code == 201
    copy = browser.post(f"{FILM}/shots/b/duplicate").json()
    assert copy["fields"]["dialogue"] == "They should be back."
    sheet = browser.get(f"{FILM}/shots")
    ids = [shot["id"] for shot in sheet["shots"]]
    assert ids[0] == "a"
    assert ids[2:] == ["b", copy["id"], "c"]
    moved = browser.post(f"{FILM}/order", {"shots": ["c", "b"], "before": "a", "order": sheet["order"]})
    assert [shot["id"] for shot in moved.json()["shots"]][:3] == ["b", "c", "a"]
    assert browser.post(f"{FILM}/order", {"shots": ["c"], "before": None, "order": sheet["order"]}).status_code == 409
    shot = browser.get(f"{FILM}/shots/{copy['id']}")
    gone = browser.ask("DELETE", f"/api/v1{FILM}/shots/{copy['id']}", headers={"if-match": shot["revision"]})
    assert gone.status_code == 200
    assert browser.ask("GET", f"/api/v1{FILM}/shots/{copy['id']}").status_code == 404
    for _ in range(4):
        assert browser.post(f"{FILM}/undo").status_code == 200
    assert [shot["id"] for shot in browser.get(f"{FILM}/shots")["shots"]] == ["a", "b", "c"]


def test_many_shots_change_together_or_not_at_all(browser, film_folder):
    sheet = browser.get(f"{FILM}/shots")
    shots = {shot["id"]: shot["revision"] for shot in sheet["shots"]}
    before = (film_folder / "shots.json").read_bytes()
    wrong = {"changes": {"mood": "calm"}, "shots": {**shots, "c": "another"}}
    assert browser.post(f"{FILM}/edits", wrong).status_code == 409
    assert (film_folder / "shots.json").read_bytes() == before
    done = browser.post(f"{FILM}/edits", {"changes": {"mood": "calm"}, "shots": shots}).json()
    assert [shot["fields"]["mood"] for shot in done["shots"]] == ["calm"] * 3


def test_a_price_before_saving_and_what_it_makes_stale(browser, film_folder):
    before = (film_folder / "shots.json").read_bytes()
    asked = {"stage": "shots", "tier": "budget", "shots": ["a"], "changes": {"a": {"duration": 6}}}
    estimate = browser.post(f"{FILM}/estimates", asked).json()
    assert float(estimate["at_most_usd"]) > 0
    assert estimate["is_saved"] is False
    assert estimate["missing_keys"]
    agreed = {"estimate_id": estimate["id"]}
    refused = browser.post(f"{FILM}/generations", agreed, headers={"idempotency-key": "12345678"})
    assert (refused.status_code, refused.json()["code"]) == (409, "estimate-changed")
    assert (film_folder / "shots.json").read_bytes() == before


def test_over_the_limit_is_402_with_ways_out(browser):
    assert browser.ask("PUT", f"/api/v1{FILM}/limit", {"limit_usd": "0.30"}).status_code == 200
    estimate = browser.post(f"{FILM}/estimates", {"tier": "budget"}).json()
    assert estimate["fits"] is False
    assert estimate["ways_out"]["fitting"] == ["a"]
    assert estimate["ways_out"]["cheaper"] == {"draft": "0"}
    agreed = {"estimate_id": estimate["id"]}
    refused = browser.post(f"{FILM}/generations", agreed, headers={"idempotency-key": "12345678"})
    assert (refused.status_code, refused.json()["code"]) == (402, "budget-exceeded")
    assert browser.get(f"{FILM}/generations") == []
    assert browser.get(f"{FILM}/costs")["total_cost"] in ("0", "0.00")


def test_an_estimate_of_another_film_or_time_is_no_consent(browser):
    estimate = browser.post(f"{FILM}/estimates", {}).json()
    browser.post(f"{FILM}/shots", {"fields": {"enhanced_prompt": "One more"}})
    for estimate_id, code in ((estimate["id"], "estimate-changed"), ("made up", "estimate-expired")):
        agreed = {"estimate_id": estimate_id}
        refused = browser.post(f"{FILM}/generations", agreed, headers={"idempotency-key": "12345678"})
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert browser.post(f"{FILM}/generations", agreed).status_code == 422  # no Idempotency-Key


def test_a_shot_that_starts_from_another_passes_the_gates_with_it(browser, film_folder):
    shots = json.loads((film_folder / "shots.json").read_text("utf-8"))
    shots[2]["start_from"] = "previous"
    (film_folder / "shots.json").write_text(json.dumps(shots), "utf-8")
    stills = browser.post(f"{FILM}/estimates", {"stage": "stills"}).json()
    assert stills["shots"] == ["a", "b"], "no still is made of what begins with the clip before"
    assert browser.make(stills, "the stills")["state"] == "done"
    board = browser.get(f"{FILM}/board")
    picture = next(one for one in board["cards"][1]["assets"] if one["kind"] == "image")
    assert browser.post(f"{FILM}/approvals", {"shot": "b", "kind": "image", "key": picture["key"]}).status_code == 204
    clips = browser.post(f"{FILM}/estimates", {"stage": "clips"}).json()
    assert clips["shots"] == ["b", "c"]
    assert browser.make(clips, "the clips")["state"] == "done"
    assert browser.post(f"{FILM}/estimates", {"stage": "clips"}).json()["shots"] == []


def test_a_draft_from_stills_to_film_takes_approvals_and_notes(browser, studio):
    drawn = browser.make(browser.post(f"{FILM}/estimates", {"stage": "stills"}).json(), "the stills")
    assert (drawn["state"], drawn["made"]) == ("done", 3)
    board = browser.get(f"{FILM}/board")
    assert [card["status"] for card in board["cards"]] == ["still"] * 3

    # a gate makes only what is approved below it
    assert browser.post(f"{FILM}/estimates", {"stage": "clips"}).json()["shots"] == []
    picture = next(one for one in board["cards"][1]["assets"] if one["kind"] == "image")
    approval = {"shot": "b", "kind": "image", "key": picture["key"]}
    assert browser.post(f"{FILM}/approvals", {**approval, "key": "0" * 64}).status_code == 409
    assert browser.post(f"{FILM}/approvals", approval).status_code == 204
    clips = browser.post(f"{FILM}/estimates", {"stage": "clips"}).json()
    assert clips["shots"] == ["b"]
    assert browser.make(clips, "the clips")["state"] == "done"
    assert [card["status"] for card in browser.get(f"{FILM}/board")["cards"]] == ["still", "review", "still"]

    whole = browser.post(f"{FILM}/estimates", {}).json()
    made = browser.make(whole, "the film")
    assert (made["state"], made["path"]) == ("done", "harbour-draft.mp4")
    again = browser.post(f"{FILM}/generations", {"estimate_id": "any"}, headers={"idempotency-key": "the film"})
    assert again.json()["id"] == made["id"]

    # pictures by id, with ranges, never by a path
    part = browser.ask("GET", f"/api/v1{FILM}/film/film", headers={"range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)
    assert part.headers["x-content-type-options"] == "nosniff"
    address = f"/api/v1{FILM}/media/{_asset(browser, 1, 'image')['asset_id']}"
    small = browser.ask("GET", f"{address}/small?width=320")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert browser.ask("GET", f"{address}/small?width=321").status_code == 422
    known = {"if-none-match": browser.ask("GET", address).headers["etag"]}
    same = browser.ask("GET", address, headers=known)
    assert same.status_code == 304
    for name in ("nobody", "..%2f..%2fetc%2fpasswd", "%2e%2e", "a%00b"):
        assert browser.ask("GET", f"/api/v1{FILM}/media/{name}").status_code == 404

    # an approval is of a content key: an edit takes it back, undoing gives it again
    approval = {"shot": "b", "kind": "video", "key": _asset(browser, 1, "video")["key"]}
    assert browser.post(f"{FILM}/approvals", approval).status_code == 204
    assert browser.get(f"{FILM}/board")["cards"][1]["status"] == "approved"
    shot = browser.get(f"{FILM}/shots/b")
    changes = {"changes": {"enhanced_prompt": "Close-up of Mara, smiling"}}
    browser.ask("PATCH", f"/api/v1{FILM}/shots/b", changes, {"if-match": shot["revision"]})
    assert browser.get(f"{FILM}/board?shots=b")["cards"][0]["status"] == "stale"
    browser.post(f"{FILM}/undo")
    assert browser.get(f"{FILM}/board?shots=b")["cards"][0]["status"] == "approved"

    # another take, and the first one again
    first = [take["asset_id"] for take in browser.get(f"{FILM}/shots/b/takes") if take["kind"] == "video"]
    shot = browser.get(f"{FILM}/shots/b")
    changes = {"changes": browser.get(f"{FILM}/shots/b/takes/next")["changes"]}
    browser.ask("PATCH", f"/api/v1{FILM}/shots/b", changes, {"if-match": shot["revision"]})
    second = browser.post(f"{FILM}/estimates", {"stage": "shots", "shots": ["b"]}).json()
    assert {one["why"] for one in second["stale"]} == {"take changed"}
    assert browser.make(second, "a new take")["state"] == "done"
    takes = [take for take in browser.get(f"{FILM}/shots/b/takes") if take["kind"] == "video"]
    assert [take["in_use"] for take in takes] == [False, True]
    assert browser.post(f"{FILM}/shots/b/takes/mark", {"asset_id": first[0], "mark": "star"}).status_code == 204
    shot = browser.get(f"{FILM}/shots/b")
    chosen = browser.post(
        f"{FILM}/shots/b/takes/select", {"asset_id": first[0]}, headers={"if-match": shot["revision"]}
    )
    assert chosen.json()["fields"]["reuse"] == first
    takes = [take for take in browser.get(f"{FILM}/shots/b/takes") if take["kind"] == "video"]
    assert [(take["in_use"], take["mark"]) for take in takes] == [(True, "star"), (False, "")]
    assert browser.post(f"{FILM}/estimates", {"stage": "shots", "shots": ["b"]}).json()["shots"] == []

    # the page that is sent to somebody holds its pictures, and fetches and runs nothing
    page = browser.ask("GET", f"/api/v1{FILM}/storyboard.html")
    assert page.text.count("data:image/webp;base64,") == 3
    assert "default-src 'none'" in page.text
    assert "attachment" in page.headers["content-disposition"]

    timeline = browser.get(f"{FILM}/timeline")
    assert [clip["shot"] for clip in timeline["clips"]] == ["a", "b", "c"]
    assert timeline["lines"][0]["text"] == "They should be back."
    assert browser.get(f"{FILM}/assets?asset_type=image")["assets"]
    assert browser.get(f"{FILM}/facets?asset_type=image")["total"] >= 3
    assert browser.get(f"{FILM}/jobs")["jobs"] == []
    written = browser.post(f"{FILM}/exports", {"edl": True}).json()
    assert [path.rpartition(".")[2] for path in written["written"]] == ["edl"]
    assert browser.post(f"{FILM}/exports", {}).status_code == 422

    # what was said stands in a file, with who said it
    said = [json.loads(line) for line in studio.desk("harbour").notes.path.read_text("utf-8").splitlines()]
    assert {"approve", "spend", "mark"} == {line["what"] for line in said}
    assert {line["who"] for line in said} == {"owner"}


def _asset(browser, place, kind):
    card = browser.get(f"{FILM}/board")["cards"][place]
    return next(one for one in card["assets"] if one["kind"] == kind)


def test_notes_are_written_and_put_away(browser):
    note = browser.post(
        f"{FILM}/comments", {"text": "<script>alert(1)</script> too dark", "shot": "a", "at": 1.5}
    ).json()
    assert note["text"].startswith("<script>")  # text, and shown as text
    assert browser.ask("PATCH", f"/api/v1{FILM}/comments/{note['id']}", {"resolved": True}).json()["resolved"] is True
    assert [one["resolved"] for one in browser.get(f"{FILM}/comments")] == [True]
    assert browser.post(f"{FILM}/comments", {"text": ""}).status_code == 422
    assert browser.ask("PATCH", f"/api/v1{FILM}/comments/none", {"resolved": True}).status_code == 422


def test_a_tier_is_remembered(browser):
    assert browser.ask("PATCH", f"/api/v1{FILM}", {"tier": "premium"}).json()["tier"] == "premium"
    assert browser.get(f"{FILM}/board")["tier"] == "premium"
    assert browser.ask("PATCH", f"/api/v1{FILM}", {"tier": "golden"}).status_code == 422


@pytest.mark.parametrize("limit", ["NaN", "-5", "1e999", "x", "10000001"])
def test_a_limit_that_is_no_sum_is_refused(browser, limit):
    assert browser.ask("PUT", f"/api/v1{FILM}/limit", {"limit_usd": limit}).status_code == 422
    assert browser.get(FILM)["money"]["limit_usd"] == "10.00"


def test_keys_are_never_told(browser, studio):
    from pydantic import SecretStr

    canary = "canary-key-0123456789"
    studio.settings = studio.settings.model_copy(update={"keys": {"fal": SecretStr(canary)}})
    about = browser.ask("GET", "/api/v1/about")
    assert canary not in about.text
    assert next(key for key in about.json()["keys"] if key["account"] == "fal")["is_set"] is True


def test_the_schema_of_a_shot_has_every_field_and_its_help(browser):
    from film.models import Shot

    schema = browser.get("/schema/shot")
    assert schema["properties"].keys() == Shot.model_fields.keys()


def test_the_pages_are_whole_and_ask_nobody_else(browser, app):
    import re
    from importlib.resources import files

    pages = files("film.studio").joinpath("pages")
    found = [path for path in pages.rglob("*") if path.suffix in (".js", ".css", ".html")]
    assert len(found) > 20
    for path in found:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 300, f"{path.name} is over 300 lines"
        assert not re.findall(r"https?://(?!www\.w3\.org/)", text), path.name
        for name in re.findall(r"from \"(/pages/[^\"]+)\"", text):
            assert browser.ask("GET", name).status_code == 200, f"{path.name} asks for {name}"
    assert browser.ask("GET", "/").status_code == 200
    assert browser.ask("GET", "/films/harbour/board").status_code == 200
    assert browser.ask("GET", "/pages/../app.py").status_code == 404


def test_a_picture_of_ones_own_is_taken_in_and_used(browser, own_settings):
    import io

    from PIL import Image

    data = io.BytesIO()
    Image.new("RGB", (320, 180), (200, 60, 30)).save(data, "PNG")
    raw = {"content-type": "application/octet-stream"}
    sent = browser.ask(
        "POST", f"/api/v1{FILM}/uploads?name=..%2f..%2fa red wall.png", headers=raw, content=data.getvalue()
    )
    assert sent.status_code == 201, sent.text
    (asset,) = sent.json()["assets"]
    assert asset["prompt"].endswith("a red wall")
    shot = browser.get(f"{FILM}/shots/c")
    changes = {"changes": {"reuse": [asset["asset_id"]]}}
    used = browser.ask("PATCH", f"/api/v1{FILM}/shots/c", changes, {"if-match": shot["revision"]})
    assert used.status_code == 200
    (card,) = browser.get(f"{FILM}/board?shots=c")["cards"]
    assert next(one for one in card["assets"] if one["kind"] == "image")["asset_id"] == asset["asset_id"]
    wrong = browser.ask(
        "POST", f"/api/v1{FILM}/uploads?name=page.png", headers=raw, content=b"<script>alert(1)</script>"
    )
    assert wrong.status_code == 422
    assert not list((own_settings.gallery / "tmp").glob("upload-*"))


def test_files_that_rest_are_not_read_again_and_any_change_of_them_is_seen(studio, film_folder):
    import os
    import time

    book, path = studio.desk("harbour").book, film_folder / "shots.json"
    old = time.time() - 60
    os.utime(path, (old, old))
    first = book.sheet()
    assert book.sheet() is first
    text = path.read_text("utf-8")
    path.write_text(text.replace("An empty road", "An empty moor"), "utf-8")  # as long as before
    assert book.sheet().shots[2].fields["enhanced_prompt"] == "An empty moor"
    path.write_text(text, "utf-8")
    assert book.sheet().shots[2].fields["enhanced_prompt"] == "An empty road"
    os.utime(path, (old, old))
    (film_folder / "film.toml").write_text('title = "Roads"\n', "utf-8")
    assert book.sheet().revision != first.revision
