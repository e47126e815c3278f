"""Folders, buckets and programs that are told: each once, each going on where it stopped; and a plug-in's target."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from outlets import Receiver, Studio
from pydantic import SecretStr

from film.db.session import engine_for
from film.errors import ConfigurationError, InputError, PublishError
from film.publish import targets
from film.publish.folder import FolderPublisher
from film.publish.package import CaptionFile, Package
from film.publish.publishing import publish
from film.publish.s3 import S3Publisher
from film.publish.signed import secret_of, signed
from film.publish.targets import Opening, Outgoing, Place, Publisher, Target, open_publisher, target_named
from film.publish.webhook import WebhookPublisher
from film.testing.s3 import S3Server

SECRET = "an example of a secret"


def opening(studio: Studio, at: str, **settings: Any) -> Opening:
    return replace(studio.opening, at=at, settings=studio.settings.model_copy(update=settings))


def test_a_folder_has_all_of_it_with_checksums(studio: Studio, captions: Callable[..., CaptionFile]):
    package = studio.package(captions=(captions("en"),), thumbnail=b"\xff\xd8\xff", sidecar=b"manifest")
    publisher = FolderPublisher(opening(studio, str(studio.folder / "out")))
    done, words = publish(package, publisher, "folder", studio.journal)
    folder = studio.folder / "out" / f"harbour-{package.sha256[:16]}"
    names = {"harbour.mp4", "harbour.en.srt", "harbour.jpg", "harbour.c2pa", "metadata.json", "SHA256SUMS"}
    assert {path.name for path in folder.iterdir()} == names
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert json.loads((folder / "metadata.json").read_text())["disclosure"]["synthetic"] is True
    assert (done.state, words) == ("done", "6 files, checked by SHA256SUMS")
    assert publisher.preview(package, done) == []


def test_a_folder_goes_on_with_what_is_half_there(studio: Studio):
    package = studio.package()
    folder = studio.folder / "out" / f"harbour-{package.sha256[:16]}"
    folder.mkdir(parents=True)
    half = folder / f".harbour.mp4.{package.sha256[:16]}.part"
    half.write_bytes(package.film.read_bytes()[:1000])
    seen: list[int] = []
    publisher = FolderPublisher(opening(studio, str(studio.folder / "out")))
    publish(package, publisher, "folder", studio.journal, progress=lambda done, total: seen.append(done))
    assert (folder / "harbour.mp4").read_bytes() == package.film.read_bytes()
    assert not half.exists()


def test_what_somebody_else_left_half_is_written_anew(studio: Studio):
    package = studio.package()
    folder = studio.folder / "out" / f"harbour-{package.sha256[:16]}"
    folder.mkdir(parents=True)
    (folder / f".harbour.mp4.{package.sha256[:16]}.part").write_bytes(b"of another film")
    publisher = FolderPublisher(opening(studio, str(studio.folder / "out")))
    with pytest.raises(PublishError, match="not written as it is"):
        publish(package, publisher, "folder", studio.journal)
    publish(package, publisher, "folder", studio.journal)
    assert (folder / "harbour.mp4").read_bytes() == package.film.read_bytes()


def test_a_folder_that_is_a_link_is_not_written_to(studio: Studio):
    (studio.folder / "real").mkdir()
    (studio.folder / "link").symlink_to(studio.folder / "real")
    publisher = FolderPublisher(opening(studio, str(studio.folder / "link")))
    with pytest.raises(PublishError, match="cannot be written"):
        publish(studio.package(), publisher, "folder", studio.journal)


def test_a_bucket_has_all_of_it_once(studio: Studio, captions: Callable[..., CaptionFile]):
    with S3Server() as s3:
        options = {name: SecretStr(value) for name, value in s3.options.items()}
        made = opening(studio, "s3://films/out", store_options=options)
        package = studio.package(captions=(captions("en"),))
        done, _ = publish(package, S3Publisher(made), "s3", studio.journal)
        folder = f"out/harbour-{package.sha256[:16]}"
        assert {key.rpartition("/")[2] for key in s3.objects} == {
            "harbour.mp4", "harbour.en.srt", "metadata.json", "SHA256SUMS"
        }  # fmt: skip
        assert s3.objects[f"{folder}/harbour.mp4"] == package.film.read_bytes()
        writes = sum(method == "PUT" for method, _, _ in s3.log)
        publish(package, S3Publisher(made), "s3", studio.journal)
        assert sum(method == "PUT" for method, _, _ in s3.log) == writes
        assert done.url == f"s3://films/out/harbour-{package.sha256[:16]}"


def test_a_bucket_that_refuses_is_told_without_its_keys(studio: Studio):
    with S3Server() as s3:
        s3.refuse = 403
        options = {name: SecretStr(value) for name, value in s3.options.items()}
        made = opening(studio, "s3://films/out", store_options=options)
        with pytest.raises(PublishError) as caught:
            publish(studio.package(), S3Publisher(made), "s3", studio.journal)
        assert s3.options["aws_secret_access_key"] not in str(caught.value)


def test_a_program_is_told_once_and_can_tell_that_it_was_us(studio: Studio, receiver: Receiver):
    receiver.answers = [503, 200]
    made = opening(studio, receiver.url, webhook_secret=SecretStr(SECRET))
    package = studio.package()
    done, _ = publish(package, WebhookPublisher(made), "webhook", studio.journal)
    (first, body), (second, _) = receiver.came
    assert first["webhook-id"] == second["webhook-id"]
    said = f"{second['webhook-id']}.{second['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), said, hashlib.sha256).digest()).decode()
    assert second["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body)["data"]["sha256"] == package.sha256
    assert "hidden" not in done.url + done.place
    publish(package, WebhookPublisher(made), "webhook", studio.journal)
    assert len(receiver.came) == 2


def test_a_message_that_is_declined_is_not_sent_again_and_again(studio: Studio, receiver: Receiver):
    receiver.answers = [410]
    made = opening(studio, receiver.url, webhook_secret=SecretStr(SECRET))
    with pytest.raises(PublishError, match="did not take the message"):
        publish(studio.package(), WebhookPublisher(made), "webhook", studio.journal)
    assert len(receiver.came) == 1


def test_an_unsigned_message_is_not_sent(studio: Studio, receiver: Receiver):
    with pytest.raises(ConfigurationError, match="FILM_WEBHOOK_SECRET"):
        publish(studio.package(), WebhookPublisher(opening(studio, receiver.url)), "webhook", studio.journal)
    assert not receiver.came


@pytest.mark.parametrize("at", ["http://example.com/films", "https://user:word@example.com", "ftp://example.com", "x"])
def test_a_message_goes_over_https_alone(studio: Studio, at: str):
    with pytest.raises(InputError, match="no address for a message"):
        WebhookPublisher(opening(studio, at))


def test_secrets_in_the_form_of_standard_webhooks():
    """The example of the specification's own libraries."""
    secret = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', secret, at=1614265330)
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    for short in ("short", "whsec_!!", "whsec_c2hvcnQ="):
        with pytest.raises(ConfigurationError):
            secret_of(short)


class Shelf(Publisher):
    """A target of somebody else's."""

    def __init__(self, opening: Opening) -> None:
        self.opening = opening

    def place(self) -> Place:
        return Place("shelf", "a shelf")

    def preview(self, package: Package, known: Any) -> list[Outgoing]:
        return [Outgoing("put it there")]

    def send(self, package: Package, memo: Any, progress: Any) -> None:
        memo.is_out("1", "shelf:1")

    def revise(self, package: Package, memo: Any) -> None:
        pass


SHELF = Target("a shelf", f"{__name__}:Shelf")


def test_a_plug_in_adds_a_target(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    points = [
        EntryPoint("shelf", f"{__name__}:SHELF", targets.GROUP),
        EntryPoint("youtube", f"{__name__}:SHELF", targets.GROUP),
        EntryPoint("broken", "no.such.module:ROW", targets.GROUP),
        EntryPoint("odd", f"{__name__}:SECRET", targets.GROUP),
    ]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)
    targets.found.cache_clear()
    try:
        publisher = open_publisher("shelf", studio.opening)
        done, words = publish(studio.package(), publisher, "shelf", studio.journal)
        assert (done.url, done.state, words) == ("shelf:1", "done", "it is there")
        assert set(targets.broken()) == {"youtube", "broken", "odd"}
        assert target_named("youtube").publisher.startswith("film.publish.youtube")
        with pytest.raises(InputError, match="does not load"):
            target_named("broken")
    finally:
        targets.found.cache_clear()


def test_a_place_is_asked_for_where_a_target_takes_one(studio: Studio, tmp_path: Path):
    with pytest.raises(InputError, match="needs --at"):
        open_publisher("folder", studio.opening)
    with pytest.raises(InputError, match="takes no --at"):
        open_publisher("youtube", opening(studio, str(tmp_path)))
    with pytest.raises(InputError, match="no target"):
        open_publisher("cinema", studio.opening)
    assert engine_for(studio.settings.database_url)
