"""Signing in: consent over loopback with PKCE, and a file that is good for one client at one address."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from outlets import Studio
from pydantic import SecretStr

from film.errors import MissingKeyError, NotSignedIn
from film.publish.youtube.signin import SCOPE, client_of, findings, read_sign_in, sign_in, token_file, write_sign_in
from film.settings import load_settings


def test_what_is_kept_is_its_owners_alone(studio: Studio):
    file = token_file(studio.settings)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    kept = read_sign_in(studio.settings)
    assert kept is not None
    assert (kept.channel_id, kept.scope) == ("UCsimulated", SCOPE)
    assert kept.refresh_token not in repr(kept) + str(kept)


@pytest.mark.parametrize(
    "change",
    [{"base_urls": {"youtube": "https://elsewhere.example"}}, {"keys": {"youtube": SecretStr("another:secret")}}],
)
def test_a_token_is_good_for_one_client_at_one_address(studio: Studio, change: dict):
    other = studio.settings.model_copy(update=change)
    assert read_sign_in(other) is None


def test_an_answer_without_our_state_is_not_taken(studio: Studio):
    def forged(address: str) -> None:
        asked = parse_qs(urlsplit(address).query)
        door = asked["redirect_uri"][0]
        assert httpx.get(f"{door}/?state=guessed&code=theirs").status_code == 400

    with pytest.raises(NotSignedIn, match="nobody consented"):
        sign_in(studio.settings, show=lambda address: None, browse=forged, patience=0.3)


def test_a_code_is_worth_nothing_without_its_verifier(studio: Studio):
    seen: list[str] = []

    def browse(address: str) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        seen.append(asked["code_challenge_method"])
        answer = httpx.get(address)  # consent; the code is in where it leads
        code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
        stolen = {"grant_type": "authorization_code", "code": code, "client_id": asked["client_id"]}
        stolen |= {"redirect_uri": asked["redirect_uri"], "code_verifier": "a guess"}
        assert httpx.post(f"{studio.simulator.url}/youtube/token", data=stolen).status_code == 400
        httpx.get(answer.headers["location"])

    with pytest.raises(NotSignedIn, match="has ended"):  # the code was used up by whoever tried it
        sign_in(studio.settings, show=lambda address: None, browse=browse)
    assert seen == ["S256"]


def test_a_refusal_is_told(studio: Studio):
    def refuse(address: str) -> None:
        asked = parse_qs(urlsplit(address).query)
        httpx.get(asked["redirect_uri"][0], params={"state": asked["state"][0], "error": "access_denied"})

    with pytest.raises(NotSignedIn, match="access_denied"):
        sign_in(studio.settings, show=lambda address: None, browse=refuse)


def test_nothing_secret_is_logged(studio: Studio, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    sign_in(studio.settings, show=lambda address: None)
    kept = read_sign_in(studio.settings)
    assert kept is not None
    assert not any(secret in caplog.text for secret in (kept.access_token, kept.refresh_token, "a-secret"))


def test_without_a_client_the_way_to_one_is_told(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(MissingKeyError) as caught:
        client_of(load_settings())
    assert "FILM_YOUTUBE_CLIENT=ID:SECRET" in caught.value.hint
    monkeypatch.setenv("FILM_YOUTUBE_CLIENT", "id-1:secret-1")
    assert client_of(load_settings()).id == "id-1"


def test_the_doctor_says_what_is_wrong(studio: Studio):
    assert findings(studio.settings)[0][0] == "ok"
    kept = read_sign_in(studio.settings)
    assert kept is not None
    write_sign_in(studio.settings, kept.model_copy(update={"scope": "https://www.googleapis.com/auth/youtube.upload"}))
    assert findings(studio.settings)[0][:2] == (
        "problem",
        "the sign-in does not cover captions (scope youtube.force-ssl)",
    )
    token_file(studio.settings).write_text("{")
    assert findings(studio.settings)[0][0] == "problem"
    token_file(studio.settings).unlink()
    assert findings(studio.settings)[0][0] == "note"


def test_a_sign_in_of_a_project_in_testing_is_told_before_it_ends(studio: Studio):
    real = studio.settings.model_copy(update={"base_urls": {}})
    kept = read_sign_in(studio.settings)
    assert kept is not None
    write_sign_in(real, kept.model_copy(update={"home": "https://www.googleapis.com", "signed_in_at": 0.0}))
    (state, words, _), *_ = findings(real)
    assert state == "note"
    assert "in testing ends that after 7 days" in words


def test_others_who_may_read_it_are_told(studio: Studio):
    if os.name != "posix":
        pytest.skip("rights are POSIX's")
    Path(token_file(studio.settings)).chmod(0o644)
    assert any("may be read by others" in words for _, words, _ in findings(studio.settings))
