"""Google's own client uploads to the simulated YouTube: its discovery document, its resumable upload, its captions.

Only the address is ours. It resumes after a 503 and after a lost answer by the same protocol as the program does.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from film.testing.simulator import Fault, Latency, SimulatorThread
from film.testing.simulator.youtube import SimulatedYouTube

pytestmark = [pytest.mark.conformance, pytest.mark.filterwarnings("ignore")]
CHUNK = 256 << 10


@pytest.fixture
def youtube():
    discovery = pytest.importorskip("googleapiclient.discovery")
    http = pytest.importorskip("googleapiclient.http")
    with SimulatorThread(latency=Latency(speed=1000)) as simulator:
        documents = Path(discovery.__file__).parent / "discovery_cache" / "documents"
        document = json.loads((documents / "youtube.v3.json").read_text())
        document["rootUrl"] = f"{simulator.url}/youtube/"
        document["baseUrl"] = f"{simulator.url}/youtube/{document['servicePath']}"
        client = discovery.build_from_document(document, http=_signed(http.build_http()))
        played = simulator.vendors["youtube"]
        assert isinstance(played, SimulatedYouTube)
        yield client, simulator, played, http
        client.close()


def _signed(http: Any) -> Any:
    """Every request with a token, as google-auth would have it."""
    ask = http.request

    def request(uri: str, method: str = "GET", body: Any = None, headers: Any = None, **about: Any) -> Any:
        token = f"Bearer sim-access-{time.time() + 3600:.3f}-conformance"
        return ask(uri, method, body=body, headers={**(headers or {}), "Authorization": token}, **about)

    http.request = request
    return http


def test_googles_client_completes_an_upload(youtube: Any):
    client, simulator, played, http = youtube
    film = bytes(range(256)) * (3 * CHUNK // 256) + b"end"
    simulator.add_fault(Fault("error", step="upload", status=503))
    media = http.MediaIoBaseUpload(io.BytesIO(film), "video/mp4", chunksize=CHUNK, resumable=True)
    body = {"snippet": {"title": "Harbour", "tags": ["film:0"]}, "status": {"privacyStatus": "private"}}
    upload = client.videos().insert(part="snippet,status", body=body, media_body=media)
    answer, broke = None, 0
    while answer is None:
        try:
            _, answer = upload.next_chunk()
        except http.HttpError as error:  # then it asks how far it came, as its documentation has it
            assert error.status_code == 503
            broke += 1
    assert broke == 1
    assert answer["status"]["privacyStatus"] == "private"
    assert played.videos[answer["id"]]["sha256"] == hashlib.sha256(film).hexdigest()
    listed = client.videos().list(part="snippet,status,fileDetails", id=answer["id"]).execute()
    assert listed["items"][0]["fileDetails"]["fileSize"] == str(len(film))


def test_googles_client_sends_captions_a_picture_and_a_place_in_a_playlist(youtube: Any):
    client, _, played, http = youtube
    media = http.MediaIoBaseUpload(io.BytesIO(b"x" * 100), "video/mp4", resumable=True)
    video = (
        client.videos().insert(part="snippet", body={"snippet": {"title": "Pier"}}, media_body=media).execute()["id"]
    )
    assert played.videos[video]["status"]["privacyStatus"] == "public", "what an insert without a status is"
    words = http.MediaIoBaseUpload(io.BytesIO(b"1\n"), "application/octet-stream")
    about = {"snippet": {"videoId": video, "language": "en", "name": ""}}
    client.captions().insert(part="snippet", body=about, media_body=words).execute()
    assert [one["sha256"] for one in played.captions.values()] == [hashlib.sha256(b"1\n").hexdigest()]
    picture = http.MediaIoBaseUpload(io.BytesIO(b"\xff\xd8\xff"), "image/jpeg")
    client.thumbnails().set(videoId=video, media_body=picture).execute()
    assert played.thumbnails[video] == hashlib.sha256(b"\xff\xd8\xff").hexdigest()
    place = {"snippet": {"playlistId": "PLfilms", "resourceId": {"kind": "youtube#video", "videoId": video}}}
    client.playlistItems().insert(part="snippet", body=place).execute()
    found = client.playlistItems().list(part="contentDetails", playlistId="PLfilms").execute()
    assert [one["contentDetails"]["videoId"] for one in found["items"]] == [video]
