"""Where a stranger's ``.env`` may have things written, and what it may not get at by a detour."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, nullcontext
from pathlib import Path

import httpx
import pytest

from film.app.doctor import check_accounts
from film.db.session import engine_for
from film.errors import BadMedia, ConfigurationError
from film.providers.addresses import check_outside
from film.providers.vendor_client import KeyAuth
from film.settings import load_settings


@pytest.mark.parametrize("name", ["FILM_GALLERY_DIR={}", "FILM_STORE_URL=file://{}"])
def test_a_folder_with_something_else_in_it_becomes_no_gallery_and_no_store(tmp_path: Path, name: str) -> None:
    theirs, project = tmp_path / "my keys", tmp_path / "project"
    theirs.mkdir()
    project.mkdir()
    (project / ".env").write_text(name.format(theirs) + "\n")
    load_settings({}, folder=project)  # an empty one may
    (theirs / "id_ed25519").write_text("secret")

    with pytest.raises(ConfigurationError, match="something else in it") as told:
        load_settings({}, folder=project)
    assert "id_ed25519" not in str(told.value)

    variable = name.partition("=")[0]
    load_settings({variable: name.partition("=")[2].format(theirs)}, folder=project)  # who says so himself may
    (theirs / ("blobs" if variable == "FILM_GALLERY_DIR" else "sha256")).mkdir()
    load_settings({}, folder=project)  # and one that is one already


def test_another_programs_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(file)) as db:
        db.execute("create table bookmarks (url)")
    before = file.read_bytes()

    with pytest.raises(ConfigurationError, match="another program's"):
        engine_for(f"sqlite:///{file}")
    assert file.read_bytes() == before and [f.name for f in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@evil.example/db?passfile=/home/me/secrets",
        "postgresql://u:p@evil.example/db?service=prod",
        "postgresql://evil.example/db?servicefile=/home/me/x",
        "postgresql://u:p@evil.example/db?sslkeylogfile=/home/me/.bashrc",
    ],
)
def test_a_database_by_way_of_the_users_files_is_refused(tmp_path: Path, url: str) -> None:
    (tmp_path / ".env").write_text(f"FILM_DATABASE_URL={url}\n")
    with pytest.raises(ConfigurationError, match="by way of a file"):
        load_settings({}, folder=tmp_path)
    assert load_settings({"FILM_DATABASE_URL": url}, folder=tmp_path).database_url == url


@pytest.mark.parametrize(
    "query", ["host=/tmp,evil.example", "host=/tmp&host=evil.example", "host=/tmp&hostaddr=8.8.4.4"]
)
def test_a_socket_with_another_host_beside_it_is_no_socket(tmp_path: Path, query: str) -> None:
    (tmp_path / ".env").write_text(f"FILM_DATABASE_URL=postgresql:///db?{query}\n")
    with pytest.raises(ConfigurationError, match="PGPASSWORD"):
        load_settings({"PGPASSWORD": "mine"}, folder=tmp_path)
    (tmp_path / ".env").write_text("FILM_DATABASE_URL=postgresql:///db?host=/var/run/postgresql\n")
    load_settings({"PGPASSWORD": "mine"}, folder=tmp_path)


@pytest.mark.parametrize(
    ("endpoint", "goes"), [("http://10.0.0.9:9000", 0), ("http://127.0.0.1:9000", 1), ("https://s3.x.de", 1)]
)
def test_a_store_in_clear_gets_no_keys(tmp_path: Path, endpoint: str, goes: int) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c"}
    where = {"FILM_STORE_URL": "s3://bucket", "AWS_ENDPOINT_URL": endpoint}
    settings = load_settings({**keys, **where}, folder=tmp_path)

    found = {value.get_secret_value() for value in settings.store_options.values()} & set(keys.values())
    assert found == ({"a", "b", "c"} if goes else set())
    assert ("skip_signature" in settings.store_options, len(settings.notes)) == (not goes, 1 - goes)


def test_a_key_in_an_answer_is_struck_out_before_it_is_kept() -> None:
    auth = KeyAuth("Authorization", "Key fal-0123456789abcdef", "fal-0123456789abcdef")
    assert auth.struck(b'{"request_id": "fal-0123456789abcdef"}') == b'{"request_id": "***"}'
    assert KeyAuth("x", "simulated", "simulated").struck(b"simulated") == b"simulated"


@pytest.mark.parametrize(("port", "refused"), [(25, True), (22, True), (80, True), (443, False), (8443, False)])
def test_results_lie_where_the_web_answers(port: int, refused: bool) -> None:
    url = httpx.URL(f"https://cdn.example:{port}/a.png")
    with pytest.raises(BadMedia, match=f"port {port}") if refused else nullcontext():
        check_outside(url, "fal")


def test_doctor_shows_no_token_of_a_gateways_address(tmp_path: Path) -> None:
    where = "http://127.0.0.1:1/fal?token=hush-hush"
    settings = load_settings({"FILM_FAL_URL": where, "FAL_KEY": "k", "HOME": str(tmp_path)}, folder=tmp_path)
    told = [finding.what for finding in asyncio.run(check_accounts(settings))]
    assert told and "http://127.0.0.1:1/fal" in told[0] and "hush" not in "".join(told)


@pytest.mark.parametrize("url", ["sqlite:///file:{}?mode=rwc&uri=true", "sqlite:///file:{}", "sqlite:///{}?uri=true"])
def test_a_database_is_the_file_that_its_address_says(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="URI"):
        engine_for(url.format(tmp_path / "outside.db"))
    assert not list(tmp_path.iterdir())
