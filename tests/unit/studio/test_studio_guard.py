"""Attacks on every route: from another page, under another name, without a token, too large. Nothing may change."""

import re

import pytest
from studio_browser import HOST, TOKENS, Browser

from film.errors import ConfigurationError
from film.studio.access import Role, Tokens
from film.studio.app import routed
from film.studio.serving import check_place, hosts_of

ATTACKS = {
    "foreign host": {"host": "evil.example"},
    "rebound host": {"host": "evil.example:4000"},
    "other port": {"host": "127.0.0.1:4001"},
    "foreign origin": {"origin": "http://evil.example"},
    "null origin": {"origin": "null"},
    "other port's origin": {"origin": "http://127.0.0.1:4001"},
    "https origin": {"origin": f"https://{HOST}"},
    "cross-site": {"sec-fetch-site": "cross-site"},
    "same site, other port": {"sec-fetch-site": "same-site"},
    "no token": {"authorization": ""},
    "wrong token": {"authorization": "Bearer " + "x" * 36},
    "token with a tail": {"authorization": f"Bearer {TOKENS['owner']}x"},
    "wrong cookie": {"authorization": "", "cookie": "film_studio=" + "x" * 36},
    "huge body": {"content-length": str(10**12)},
    "length that is none": {"content-length": "-1"},
}
FORMS = {"form": "application/x-www-form-urlencoded", "text": "text/plain", "multipart": "multipart/form-data"}


def routes(studio):
    """(method, path) of all there are, with names put in."""
    found = []
    for path, methods in routed(studio).openapi()["paths"].items():
        filled = re.sub(r"\{film\}", "harbour", path)
        filled = filled.replace("{year}", "2026").replace("{month}", "11").replace("{kind}", "film")
        filled = re.sub(r"\{shot\}", "a", filled)
        filled = re.sub(r"\{\w+\}", "x", filled)
        found += [(method.upper(), filled) for method in methods]
    return found


def state(film_folder, studio):
    """All that an attack might change."""
    home = film_folder.parent
    files = {path.relative_to(home): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    return files, studio.desk("harbour").notes.path.exists(), studio.productions.of_film(studio.desk("harbour"))


def test_no_attack_on_any_route_changes_anything(app, studio, film_folder, tell):
    browser = Browser(app)
    all_routes = routes(studio)
    assert len(all_routes) > 30
    before = state(film_folder, studio)
    tried, passed = 0, []
    for method, path in all_routes:
        for name, headers in ATTACKS.items():
            if path.endswith("/events") and name in ("huge body", "length that is none"):
                continue
            answer = browser.ask(method, path, {}, headers)
            tried += 1
            if answer.status_code < 400:
                passed.append((name, method, path, answer.status_code))
        if method in ("GET", "HEAD"):
            continue
        for name, form in FORMS.items():
            tried += 1
            if browser.ask(method, path, {}, {"content-type": form}).status_code != 415:
                passed.append((name, method, path))
    assert not passed
    assert state(film_folder, studio) == before
    tell(f"studio on localhost: {len(all_routes)} routes × {len(ATTACKS) + len(FORMS)} attacks ({tried}): changes 0")


def test_the_guard_itself_lets_its_own_page_in(app):
    """The control: what an attack lacks is all that keeps it out."""
    own = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
    answer = Browser(app).post("/films", {"name": "mine"}, headers=own)
    assert answer.status_code == 201


def test_traversal_finds_nothing(app, film_folder):
    browser = Browser(app)
    (film_folder.parent.parent / "secret.json").write_text("secret", "utf-8")
    for path in ("/pages/../../secret.json", "/pages/%2e%2e/%2e%2e/secret.json", "/pages/..%2f..%2fsecret.json",
                 "/api/v1/films/..%2f..%2fsecret.json/shots", "/api/v1/films/%2e%2e/shots.json",
                 "/api/v1/films/harbour/media/..%2f..%2fsecret.json", "/pages//etc/passwd"):  # fmt: skip
        answer = browser.ask("GET", path)
        assert answer.status_code in (404, 422), path
        assert "secret" not in answer.text or answer.status_code == 404


def test_a_body_without_a_length_is_counted(app, film_folder):
    """A chunked body goes on and on: it is cut off where too much came, whatever it said."""
    import asyncio

    sent, answers = 0, []

    async def receive():
        nonlocal sent
        sent += 1
        return {"type": "http.request", "body": b"x" * 65536, "more_body": sent < 1000}

    async def send(message):
        answers.append(message)

    headers = [(b"host", HOST.encode()), (b"authorization", f"Bearer {TOKENS['owner']}".encode()),
               (b"content-type", b"application/json")]  # fmt: skip
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
             "path": "/api/v1/films", "raw_path": b"/api/v1/films", "query_string": b"", "headers": headers,
             "state": {}, "server": ("127.0.0.1", 4000), "client": ("127.0.0.1", 5), "root_path": ""}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert answers[0]["status"] == 413
    assert sent < 100


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"name": NaN}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b"\xff\xfe",
        b'{"name": "\\ud800"}',
        b"",
        b"null",
    ],
)
def test_hostile_json_is_refused(app, film_folder, body):
    answer = Browser(app).ask("POST", "/api/v1/films", content=body)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(list(film_folder.parent.iterdir())) == 1


@pytest.mark.parametrize("value", [float("nan"), 10**30, "\ud800", {"a": "\ud800"}, ["x"] * 3, True, "a\x00b"])
@pytest.mark.parametrize("field", ["duration", "enhanced_prompt", "mine", "shot_id", "effects"])
def test_no_value_of_any_field_breaks_the_file(app, film_folder, field, value):
    browser = Browser(app)
    shot = browser.get("/films/harbour/shots/a")
    changes = {"changes": {field: value}}
    answer = browser.ask("PATCH", "/api/v1/films/harbour/shots/a", changes, {"if-match": shot["revision"]})
    assert answer.status_code in (200, 400, 422), answer.text
    assert len(browser.get("/films/harbour/shots")["shots"]) == 3
    browser.get("/films/harbour/board")


def test_what_a_browser_gets_forbids_everything_else(app):
    headers = Browser(app).ask("GET", "/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    preflight = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    answer = Browser(app).ask("OPTIONS", "/api/v1/films", headers=preflight)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_the_printed_address_becomes_a_cookie(app):
    stranger = Browser(app, role=None)
    page = stranger.ask("GET", "/", headers={"accept": "text/html"})
    assert page.status_code == 401
    assert "film studio" in page.text
    signed = stranger.ask("GET", f"/?token={TOKENS['owner']}")
    cookie = signed.headers["set-cookie"]
    assert (signed.status_code, signed.headers["location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert stranger.ask("GET", "/api/v1/films", headers={"cookie": cookie.partition(";")[0]}).status_code == 200
    assert "set-cookie" not in stranger.ask("GET", "/?token=wrong").headers


@pytest.mark.parametrize(
    ("role", "edit", "spend", "note"),
    [("reviewer", 403, 403, 201), ("editor", 201, 403, 201), ("owner", 201, 422, 201)],
)
def test_each_role_may_what_it_may(app, role, edit, spend, note):
    browser = Browser(app, role)
    assert browser.post("/films/harbour/shots", {}).status_code == edit
    assert browser.post("/films/harbour/generations", {}).status_code == spend
    assert browser.post("/films/harbour/comments", {"text": "Nice"}).status_code == note
    assert browser.ask("PUT", "/api/v1/films/harbour/limit", {"limit_usd": "1"}).status_code == (
        200 if role == "owner" else 403
    )
    assert browser.get("/films/harbour/board")["cards"]


def test_beyond_this_machine_somebody_says_who_may_come_in(tmp_path):
    for host in ("0.0.0.0", "192.168.1.5", "studio.example", "::"):
        with pytest.raises(ConfigurationError):
            check_place(host, None)
    for host in ("127.0.0.1", "localhost", "::1"):
        check_place(host, None)
    check_place("192.168.1.5", tmp_path / "tokens")
    with pytest.raises(ConfigurationError):
        check_place("0.0.0.0", tmp_path / "tokens")
    assert hosts_of("192.168.1.5", 8000) == ["192.168.1.5:8000"]


@pytest.mark.parametrize(
    "text", ["", "# nobody\n", "mara owner short", "mara boss " + "x" * 30, "mara " + "x" * 30, "mara owner a b"]
)
def test_a_token_file_that_lets_anybody_in_is_refused(tmp_path, text):
    file = tmp_path / "tokens"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError):
        Tokens.of_file(file)


def test_a_token_file_says_who_may_what(tmp_path):
    file = tmp_path / "tokens"
    file.write_text(f"# ours\nmara owner {'m' * 30}\nben reviewer {'b' * 30}\n", "utf-8")
    tokens = Tokens.of_file(file)
    assert tokens.person("m" * 30).role is Role.OWNER
    assert (tokens.person("b" * 30).name, tokens.person("c" * 30)) == ("ben", None)


def test_every_family_of_routes_is_short_and_knows_no_vendor_and_no_table():
    from importlib.resources import files

    for path in files("film.studio").rglob("*.py"):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 300, path.name
        assert not re.search(r"from film\.(db|cache|jobs|cost_tracker|production|render|search)\b", text), path.name
        assert "import sqlalchemy" not in text
