"""A ``.env`` may be a stranger's: what is read of it, and what it can never get."""

from __future__ import annotations

import os
import socket
import time
import traceback
from pathlib import Path

import pytest

from film.app.plans import moved_to
from film.errors import ConfigurationError
from film.settings import Settings, load_settings

CANARY = "canary-7d1e"


def project(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    (folder / ".env").write_text(text)
    return folder


def test_the_folder_of_the_shots_and_the_current_one_are_looked_in(tmp_path: Path) -> None:
    folder, elsewhere = project(tmp_path, "FAL_KEY=theirs\n"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert load_settings({}, folder=elsewhere).key("fal") is None
    assert load_settings({}, folder=elsewhere, project=folder).key("fal") == "theirs"
    (elsewhere / ".env").write_text("FAL_KEY=here\n")
    assert load_settings({}, folder=elsewhere, project=folder).key("fal") == "here"


def test_nothing_is_filled_in_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SECRET", CANARY)
    folder = project(tmp_path, "FILM_FAL_URL=https://evil.example/${MY_SECRET}\nFAL_KEY=k${MY_SECRET}\n")
    settings = load_settings({"MY_SECRET": CANARY}, folder=folder)
    assert settings.base_urls["fal"] == "https://evil.example/${MY_SECRET}"
    assert settings.key("fal") == "k${MY_SECRET}"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_is_not_read_but_told(tmp_path: Path) -> None:
    folder = project(tmp_path, "FAL_KEY=theirs\n")
    os.chown(folder / ".env", 65534, 65534)
    settings = load_settings({}, folder=folder)
    assert settings.keys == {} and settings.dotenv_path is None
    assert "belongs to another user" in settings.notes[0]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives folders away")
def test_a_folder_above_that_is_anothers_is_not_looked_in(tmp_path: Path) -> None:
    folder = project(tmp_path, "FAL_KEY=theirs\n")
    inner = folder / "film"
    inner.mkdir()
    assert load_settings({}, folder=inner).key("fal") == "theirs"
    folder.chmod(0o777)
    assert load_settings({}, folder=inner).keys == {}, "anybody may have put it there"
    folder.chmod(0o755)
    os.chown(folder, 65534, 65534)
    assert load_settings({}, folder=inner).keys == {}


def test_what_everybody_may_write_to_is_not_read(tmp_path: Path) -> None:
    folder = project(tmp_path, "FAL_KEY=theirs\n")
    (folder / ".env").chmod(0o666)
    settings = load_settings({}, folder=folder)
    assert settings.keys == {} and "chmod 600" in settings.notes[0]


@pytest.mark.parametrize("kind", ["fifo", "socket", "device", "folder"])
def test_what_is_no_plain_file_is_not_opened(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    match kind:
        case "fifo":
            os.mkfifo(".env")
        case "socket":
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(".env")
        case "device":
            Path(".env").symlink_to("/dev/zero")
        case _:
            Path(".env").mkdir()
    began = time.monotonic()
    assert load_settings({}, folder=tmp_path).dotenv_path is None
    assert time.monotonic() - began < 2


def test_a_file_that_is_no_dotenv_is_refused_and_not_quoted(tmp_path: Path) -> None:
    folder = project(tmp_path, "")
    for data in (b"\xff\xfe" + CANARY.encode(), b"A=" + CANARY.encode() * 20_000):
        (folder / ".env").write_bytes(data)
        with pytest.raises(ConfigurationError) as told:
            load_settings({}, folder=folder)
        assert CANARY not in str(told.value) + told.value.hint
        assert CANARY not in "".join(traceback.format_exception(told.value))


def test_an_endpoint_named_there_gets_no_key_from_elsewhere(tmp_path: Path) -> None:
    folder = project(tmp_path, "FILM_FAL_URL=https://user:pw@evil.example/v1?x=y\n")
    settings = load_settings({"FAL_KEY": CANARY, "OPENAI_API_KEY": "mine"}, folder=folder)
    assert settings.key("fal") is None and settings.key("openai") == "mine"
    assert "https://evil.example/v1" in settings.withheld["fal"] and "pw@" not in settings.withheld["fal"]
    assert settings.notes == (settings.withheld["fal"],) and CANARY not in settings.notes[0]
    # A key that stands beside it goes there, and one that the user moved himself.
    (folder / ".env").write_text("FILM_FAL_URL=https://gateway.example\nFAL_KEY=for-the-gateway\n")
    assert load_settings({}, folder=folder).key("fal") == "for-the-gateway"
    assert load_settings({"FAL_API_KEY": CANARY}, folder=folder).withheld.keys() == {"fal"}, "the user's own is another"
    told = load_settings({"FAL_KEY": "mine", "FILM_FAL_URL": "https://my.example"}, folder=folder)
    assert told.key("fal") == "mine" and not told.withheld


@pytest.mark.parametrize(
    "url", ["http://gateway.example/v1", "http://10.0.0.4:8080", "HTTP://[2001:db8::1]/", "ftp://x"]
)
def test_plain_http_beyond_this_machine_gets_no_key(tmp_path: Path, url: str) -> None:
    settings = load_settings({"FAL_KEY": CANARY, "FILM_FAL_URL": url}, folder=tmp_path)
    assert settings.key("fal") is None and "https://" in settings.withheld["fal"]
    for here in ("http://127.0.0.1:9/fal", "http://localhost:9", "http://[::1]:9"):
        assert load_settings({"FAL_KEY": "k", "FILM_FAL_URL": here}, folder=tmp_path).key("fal") == "k"


def test_a_store_named_there_gets_no_key_from_elsewhere(tmp_path: Path) -> None:
    own = {
        "AWS_ACCESS_KEY_ID": CANARY,
        "AWS_SECRET_ACCESS_KEY": CANARY,
        "AWS_SESSION_TOKEN": CANARY,
        "AWS_REGION": "eu",
    }
    for text, environment in (
        ("FILM_STORE_URL=s3://evil/films\n", own),
        ("AWS_ENDPOINT_URL=https://evil.example\n", {**own, "FILM_STORE_URL": "s3://mine/films"}),
        (
            "FILM_STORE_URL=s3://evil/films\nAWS_ACCESS_KEY_ID=theirs\nAWS_SECRET_ACCESS_KEY=theirs\n",
            {"AWS_SESSION_TOKEN": CANARY},
        ),
    ):
        folder = project(tmp_path, text)
        options = {k: v.get_secret_value() for k, v in load_settings(environment, folder=folder).store_options.items()}
        assert CANARY not in options.values(), text
        assert options.get("skip_signature") == "true" or options["aws_secret_access_key"] == "theirs"
    folder = project(tmp_path, "AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=b\n")
    mine = load_settings({"FILM_STORE_URL": "s3://mine/films"}, folder=folder)
    assert mine.store_options["aws_secret_access_key"].get_secret_value() == "b" and not mine.notes


def test_a_database_named_there_gets_no_password_from_elsewhere(tmp_path: Path) -> None:
    folder = project(tmp_path, "FILM_DATABASE_URL=postgresql://me@evil.example/films\n")
    with pytest.raises(ConfigurationError, match="PGPASSWORD") as told:
        load_settings({"PGPASSWORD": CANARY}, folder=folder)
    assert CANARY not in str(told.value)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".pgpass").write_text(f"*:*:*:*:{CANARY}\n")
    with pytest.raises(ConfigurationError, match="pgpass"):
        load_settings({"HOME": str(home)}, folder=folder)
    mine = {"FILM_DATABASE_URL": "postgresql://me@db.example/films", "PGPASSWORD": CANARY}
    assert load_settings(mine, folder=folder).database_url.startswith("postgresql://me@db")
    (folder / ".env").write_text("FILM_DATABASE_URL=postgresql://me:own@db.example/films\n")
    assert "own" in load_settings({"PGPASSWORD": CANARY}, folder=folder).database_url


def test_a_cluster_is_named_in_the_environment_only(tmp_path: Path) -> None:
    folder = project(tmp_path, "FILM_RAY_ADDRESS=evil.example:6379\n")
    with pytest.raises(ConfigurationError, match="names a cluster"):
        load_settings({}, folder=folder)
    assert load_settings({"FILM_RAY_ADDRESS": "head:6379"}, folder=folder).ray_address == "head:6379"


def test_no_print_of_settings_holds_a_password(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "FILM_DATABASE_URL": f"postgresql://me:{CANARY}@db.example/films",
            "FILM_STORE_URL": f"s3://bucket/films?token={CANARY}",
            "FILM_FAL_URL": f"https://me:{CANARY}@gateway.example",
            "FAL_KEY": CANARY,
            "AWS_SECRET_ACCESS_KEY": CANARY,
        },
        folder=tmp_path,
    )
    assert CANARY not in repr(settings) and CANARY not in str(settings)
    assert CANARY not in f"{settings!r}{settings}"
    with pytest.raises(ValueError) as told:  # whatever pydantic says
        Settings.model_validate({"gallery": 5, "database_url": f"postgresql://me:{CANARY}@db", "default_budget": "x"})
    assert CANARY not in "".join(traceback.format_exception(told.value))


def test_who_is_asked_to_spend_is_told_where_it_goes(tmp_path: Path) -> None:
    from types import SimpleNamespace as One

    order = One(ask=One(provider=One(account="fal")))
    plan = One(assets=[One(orders=[order])])
    url = "https://me:secret@gateway.example/v1?token=secret"
    settings = Settings(gallery=tmp_path, database_url="", base_urls={"fal": url, "openai": "https://other.example"})
    assert moved_to(plan, settings) == ("fal at https://gateway.example/v1",)
