"""A film goes to the simulated YouTube once, whatever is done to it on its way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from outlets import CHUNK, Studio

from film.errors import FilmError, NotSignedIn, PublishError, PublishRefused, PublishUnsure, QuotaExceeded
from film.publish.journal import Fenced, Memo
from film.publish.package import CaptionFile, Chapter
from film.publish.youtube.api import LIMITS
from film.publish.youtube.upload import Upload
from film.testing.simulator import Fault


def only_video(studio: Studio) -> dict:
    (video,) = studio.youtube.videos.values()
    return video


def test_a_film_is_there_private_disclosed_and_marked(studio: Studio, captions: Callable[..., CaptionFile]):
    package = studio.package(
        captions=(captions("en"), captions("de", "Hallo")), thumbnail=b"\xff\xd8\xff picture", playlist="Films"
    )
    done, words = studio.publish(package)
    video = only_video(studio)
    assert (done.state, done.remote_id, words) == ("done", next(iter(studio.youtube.videos)), "private")
    assert video["sha256"] == package.sha256
    assert video["status"] == {
        "privacyStatus": "private",
        "selfDeclaredMadeForKids": False,
        "containsSyntheticMedia": True,
    }
    assert video["snippet"]["description"] == "AI-generated: a test"
    assert video["snippet"]["tags"] == [f"film:{done.marker}"]
    tracks = {one["snippet"]["language"]: one["sha256"] for one in studio.youtube.captions.values()}
    assert tracks == {"de": hashlib.sha256(b"Hallo").hexdigest(), "en": hashlib.sha256(b"Hello").hexdigest()}
    assert list(studio.youtube.thumbnails) == [done.remote_id]
    assert [one["video"] for one in studio.youtube.items.values()] == [done.remote_id]


def test_once_more_sends_nothing(studio: Studio, captions: Callable[..., CaptionFile]):
    package = studio.package(captions=(captions("en"),))
    first, _ = studio.publish(package)
    received, inserts = studio.youtube.received, studio.youtube.used["inserts"]
    again, _ = studio.publish(package)
    assert again.remote_id == first.remote_id
    assert (studio.youtube.received, studio.youtube.used["inserts"]) == (received, inserts)
    assert len(studio.youtube.captions) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("error", step="upload", status=503),
        Fault("error", step="upload", status=503, times=3),
        Fault("reset", step="upload"),
        Fault("reset", step="upload", after=True),
        Fault("expired", step="upload"),
        Fault("expired", step="upload", after=True),
        Fault("garbage", step="upload", after=True),
        Fault("throttle", step="submit", seconds=0),
        Fault("reset", step="submit"),
        Fault("reset", step="submit", after=True),
        Fault("error", step="submit", after=True),
        Fault("error", step="list", status=500),
        Fault("reset", step="list"),
        Fault("reset", step="result"),
        Fault("reset", step="result", after=True),
        Fault("error", step="result", after=True),
        Fault("garbage", step="result", after=True),
        Fault("unauthorized", step="upload"),
        Fault("unauthorized", step="list"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.step}-{'after' if fault.after else 'before'}-{fault.times}",
)
def test_a_fault_is_gone_past_and_there_is_one_video(
    studio: Studio, captions: Callable[..., CaptionFile], fault: Fault
):
    studio.simulator.add_fault(fault)
    package = studio.package(captions=(captions("en"),), playlist="Films")
    for _ in range(3):
        try:
            done, _ = studio.publish(package)
            break
        except PublishError as error:
            assert error.hint
    assert studio.simulator.struck
    assert done.state == "done"
    assert only_video(studio)["sha256"] == package.sha256
    assert len(studio.youtube.captions) == len(studio.youtube.items) == 1


def test_the_last_answer_lost_and_the_upload_forgotten_finds_the_video_by_its_marker(studio: Studio):
    package = studio.package(size=CHUNK)  # one chunk: the first is the last
    studio.simulator.add_fault(Fault("expired", step="upload", after=True))
    done, _ = studio.publish(package)
    assert done.remote_id == next(iter(studio.youtube.videos))
    assert len(studio.youtube.videos) == 1


def test_what_cannot_be_found_is_put_before_a_person_and_never_sent_again(studio: Studio):
    studio.youtube.shows_after = 1e9
    package = studio.package(size=CHUNK)
    studio.simulator.add_fault(Fault("expired", step="upload", after=True))
    for _ in range(2):
        with pytest.raises(PublishUnsure) as caught:
            studio.publish(package)
        assert "--adopt" in caught.value.hint
    assert len(studio.youtube.videos) == 1
    assert [one.state for one in studio.journal.of_film("harbour")] == ["review"]


def test_a_person_adopts_what_is_there(studio: Studio):
    studio.youtube.shows_after = 1e9
    package = studio.package(size=CHUNK)
    studio.simulator.add_fault(Fault("expired", step="upload", after=True))
    with pytest.raises(PublishUnsure):
        studio.publish(package)
    (video,) = studio.youtube.videos
    done, _ = studio.publish(package, adopt=video)
    assert (done.state, done.remote_id) == ("done", video)
    with pytest.raises(PublishRefused, match="not at YouTube"):
        studio.publish(studio.package("other"), adopt="nobody")


def test_a_person_says_that_it_is_not_there(studio: Studio):
    package = studio.package(size=CHUNK)
    first, _ = studio.publish(package)
    del studio.youtube.videos[first.remote_id]
    with pytest.raises(PublishRefused, match="not at YouTube any more"):
        studio.publish(replace(package, metadata=package.metadata.model_copy(update={"title": "Another"})))
    done, _ = studio.publish(package, again="taken away by hand")
    assert done.remote_id != first.remote_id
    assert (done.attempt, done.reason) == (2, "taken away by hand")
    assert len(studio.youtube.videos) == 1


def test_without_its_row_a_film_that_is_there_is_found(studio: Studio):
    package = studio.package()
    first, _ = studio.publish(package)
    elsewhere = studio.with_another_database()
    done, _ = elsewhere.publish(package)
    assert done.remote_id == first.remote_id
    assert studio.youtube.received == package.size


def test_other_words_change_the_video_and_leave_its_privacy(studio: Studio):
    package = studio.package()
    first, _ = studio.publish(package)
    studio.youtube.videos[first.remote_id]["status"]["privacyStatus"] = "public"  # by hand, at YouTube
    other = replace(package, metadata=package.metadata.model_copy(update={"title": "Harbour at night"}))
    done, words = studio.publish(other)
    video = only_video(studio)
    assert (done.remote_id, words) == (first.remote_id, "public")
    assert video["snippet"]["title"] == "Harbour at night"
    assert f"film:{done.marker}" in video["snippet"]["tags"]
    assert video["status"]["containsSyntheticMedia"] is True
    assert studio.youtube.received == package.size


def test_words_that_were_changed_at_youtube_are_told(studio: Studio):
    package = studio.package()
    first, _ = studio.publish(package)
    studio.youtube.videos[first.remote_id]["snippet"]["title"] = "By hand"
    studio.publish(replace(package, metadata=package.metadata.model_copy(update={"tags": ("sea",)})))
    assert any("title was changed at YouTube" in told for told in studio.told)


def test_changed_captions_take_the_place_of_those_there(studio: Studio, captions: Callable[..., CaptionFile]):
    studio.publish(studio.package(captions=(captions("en"),)))
    studio.publish(studio.package(captions=(captions("en", "Good evening"),)))
    (track,) = studio.youtube.captions.values()
    assert track["sha256"] == hashlib.sha256(b"Good evening").hexdigest()


def test_a_file_that_the_channel_has_already_is_told(studio: Studio):
    studio.publish(studio.package())
    twin = studio.package()
    studio.youtube.videos[next(iter(studio.youtube.videos))]["snippet"]["tags"] = []  # by hand, without a marker
    elsewhere = studio.with_another_database()
    with pytest.raises(PublishError, match="duplicate") as caught:
        elsewhere.publish(twin)
    assert "--adopt" in caught.value.hint
    assert [one.state for one in elsewhere.journal.of_film("harbour")] == ["refused"]


def test_a_film_that_changes_on_its_way_is_not_finished(studio: Studio):
    package = studio.package(size=4 * CHUNK)

    def change(received: int) -> None:
        if received > CHUNK:
            package.film.write_bytes(b"x" * package.size)

    studio.youtube.on_bytes = change
    with pytest.raises(PublishError, match="changed while it went out"):
        studio.publish(package)
    assert not studio.youtube.videos


def test_the_days_calls_are_a_limit(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(LIMITS, "inserts", 1)
    studio.publish(studio.package())
    with pytest.raises(QuotaExceeded) as caught:
        studio.publish(studio.package("pier"))
    assert caught.value.exit_code == 3
    assert studio.publisher().standing()["inserts"].left == 0
    assert studio.youtube.used["inserts"] == 1


def test_what_youtube_says_of_its_quota_counts_more(studio: Studio):
    studio.youtube.limits["inserts"] = 0
    with pytest.raises(PublishError, match="quotaExceeded"):
        studio.publish(studio.package())
    assert studio.publisher().standing()["inserts"].left == 0


def test_a_token_that_ends_in_the_middle_is_renewed(studio: Studio):
    package = studio.package(size=6 * CHUNK)

    def revoke(received: int) -> None:
        studio.youtube.revoked.add(studio.publisher()._tokens.kept.access_token)
        studio.youtube.on_bytes = lambda received: None

    studio.youtube.on_bytes = revoke
    done, _ = studio.publish(package)
    assert done.state == "done"


def test_a_sign_in_that_ended_says_so(studio: Studio):
    kept = studio.publisher()._tokens.kept
    studio.youtube.revoked.update((kept.access_token, kept.refresh_token))
    with pytest.raises(NotSignedIn, match="has ended") as caught:
        studio.publish(studio.package())
    assert kept.refresh_token not in str(caught.value) + caught.value.hint


def test_an_upload_address_elsewhere_gets_neither_token_nor_film(studio: Studio):
    package = studio.package()
    publication, token = studio.journal.claim(
        film_id="harbour", film_sha256=package.sha256, target="youtube", place="UCsimulated"
    )
    memo = Memo(studio.journal, publication, token)
    memo.note(session="https://upload.example/take?it=1", begun_looking=True)
    with pytest.raises(PublishError, match="not its own"):
        studio.publisher()._upload.send(package, memo, lambda done, total: None)


def test_who_was_taken_over_sends_nothing_more(studio: Studio):
    package = studio.package()
    publication, token = studio.journal.claim(
        film_id="harbour", film_sha256=package.sha256, target="youtube", place="UCsimulated"
    )
    memo = Memo(studio.journal, publication, token)
    memo.release()
    publisher = studio.publisher()
    with pytest.raises(Fenced):
        Upload(publisher._api, "UUsimulated", CHUNK).send(package, memo, lambda done, total: None)
    assert studio.youtube.received == 0


def test_a_film_that_is_to_appear_later_is_private_until_then(studio: Studio):
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    _, words = studio.publish(studio.package(metadata={"publish_at": at}))
    assert only_video(studio)["status"]["publishAt"] == at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert words.startswith("private, public from")


def test_what_would_be_sent_is_what_is_sent(studio: Studio, captions: Callable[..., CaptionFile]):
    chapters = tuple(Chapter(start=20 * n, title=f"Part {n}") for n in range(3))
    package = studio.package(captions=(captions("en"),), metadata={"chapters": chapters})
    calls = studio.publisher().preview(package, None)
    before = dict(studio.youtube.used)
    assert studio.youtube.received == 0
    body = next(one.body for one in calls if one.call == "POST videos.insert")
    studio.publish(package)
    video = only_video(studio)
    assert {part: body[part] for part in ("snippet", "status")} == {part: video[part] for part in ("snippet", "status")}
    assert "0:20 Part 1" in video["snippet"]["description"]
    costs = {bucket: sum(one.cost.get(bucket, 0) for one in calls) for bucket in LIMITS}
    assert costs["inserts"] == studio.youtube.used["inserts"] - before["inserts"]
    assert abs(costs["units"] - (studio.youtube.used["units"] - before["units"])) <= 5  # lists that find nothing


def test_nothing_secret_is_in_what_is_told(studio: Studio):
    told: list[str] = []
    kept = studio.publisher()._tokens.kept
    for fault in (Fault("error", step="upload", times=0), Fault("error", step="list", status=403, times=0)):
        studio.simulator.clear_faults()
        studio.simulator.add_fault(fault)
        with pytest.raises(FilmError) as caught:
            studio.publish(studio.package())
        told += [str(caught.value), caught.value.hint, repr(kept)]
    text = " ".join(told + [one.error for one in studio.journal.of_film()])
    for secret in (kept.access_token, kept.refresh_token, "a-secret", "upload_id"):
        assert secret not in text
