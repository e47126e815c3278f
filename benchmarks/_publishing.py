"""Publishing programs that are killed, and what became of their films: the room of ``publish`` and of the crash tests.

    Room (here): the simulated YouTube ── a JSON line ──► this module as a program ── fork ──► a child that publishes
         kills the child at a byte of its upload, at a call, at a moment ◄── hooks of the simulator

A child is the program itself from the row in the database on; what is published is random bytes, with captions.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
from pydantic import SecretStr

from film.errors import FilmError, PublishUnsure
from film.settings import Settings
from film.testing.simulator import Fault, Latency, Simulator, SimulatorThread
from film.testing.simulator.youtube import SimulatedYouTube

CHUNK = 1 << 20
SPEED = 200.0
CLIENT = "a-client:a-secret"
DONE, FELL_OVER, SAID_WHY, UNSURE = 0, 1, 3, 4
PATIENCE = 300.0


@dataclass
class Toll:
    """What killing films came to."""

    kills: int = 0
    films: int = 0
    doubles: int = 0
    lost: int = 0
    unfinished: int = 0
    """Films that runs without a kill did not bring to an end."""
    asked: int = 0
    """Films that were put before a person: the last bytes were cut off, and the upload forgotten."""
    captions_doubled: int = 0
    sent_again: int = 0
    """Bytes that had to be sent a second time."""
    worst_again: float = 0.0
    """The most of one film, in chunks by kill."""
    places: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])


class Room:
    """A gallery, a simulated YouTube, and a program that starts publishers."""

    def __init__(self, folder: Path, simulator: Simulator, seed: int) -> None:
        self.folder, self.simulator = folder, simulator
        self.dice = random.Random(seed)
        self._program = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._publishing", str(folder / "gallery"), simulator.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        assert self._ask("sign in") == DONE

    @property
    def youtube(self) -> SimulatedYouTube:
        played = self.simulator.vendors["youtube"]
        assert isinstance(played, SimulatedYouTube)
        return played

    def film(self, name: str, size: int) -> Path:
        path = self.folder / f"{name}.mp4"
        path.write_bytes(self.dice.randbytes(size))
        path.with_suffix(".srt").write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{name}\n")
        return path

    def run(
        self,
        film: Path,
        kill: Kill | None = None,
        *,
        naive: bool = False,
        chunk: int = CHUNK,
        again: str = "",
        adopt: str = "",
    ) -> int:
        """Let a child publish ``film``, or kill it; how it ended. ``again`` and ``adopt`` are a person's."""
        if kill:
            kill.arm(self.youtube)
        pid = self._ask("start", film=str(film), naive=naive, chunk=chunk, again=again, adopt=adopt)
        timer = threading.Timer(PATIENCE, _kill, (pid,))
        timer.start()
        try:
            if kill:
                kill.meet(pid)
            return self._ask("wait", pid=pid)
        finally:
            timer.cancel()
            if kill:
                kill.disarm(self.youtube)

    def sent(self) -> int:
        """Bytes of films that all children together have handed to their connections, those that died among them."""
        return _Counter(self.folder / "gallery").value

    def peak(self) -> int:
        """Bytes that the child that ended last had in memory at most."""
        return self._ask("peak")

    def close(self) -> None:
        self._program.communicate()

    def _ask(self, what: str, **about: Any) -> int:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps([what, about]) + "\n")
        self._program.stdin.flush()
        line = self._program.stdout.readline()
        assert line, "the program is gone"
        return int(line)


@contextmanager
def room(folder: Path, seed: int = 1) -> Generator[Room]:
    (folder / "gallery").mkdir(parents=True, exist_ok=True)
    with SimulatorThread(latency=Latency(speed=SPEED, video=5.0)) as simulator:
        played = simulator.vendors["youtube"]
        assert isinstance(played, SimulatedYouTube)
        played.limits = {"inserts": 10**9, "units": 10**9}
        opened = Room(folder, simulator, seed)
        try:
            yield opened
        finally:
            opened.close()


class Kill:
    """When a child dies: at a byte of what it sends, at the n-th call, as it begins or is done, or after a while."""

    def __init__(self, dice: random.Random, size: int, usual: float, *, naive: bool) -> None:
        self.place = "a call" if naive else dice.choices(("a byte", "a call", "a moment"), (6, 3, 1))[0]
        self._bytes = dice.randint(1, size)
        self._calls = dice.randint(3, 4) if naive else dice.randint(1, 40)  # 4: the film is there, and unnoted
        self._seconds = dice.uniform(0.0, usual)
        self._pid = 0
        self._due = threading.Event()

    def arm(self, youtube: SimulatedYouTube) -> None:
        begin = youtube.received

        def on_bytes(received: int) -> None:
            if received - begin >= self._bytes:
                youtube.cut_off()  # a killed program's last bytes arrive all the same; those of a machine do not
                self._strike()

        def on_call(what: str) -> None:
            self._calls -= 1
            if self._calls == 0:
                self._strike()

        if self.place == "a byte":
            youtube.on_bytes = on_bytes
        elif self.place == "a call":
            youtube.on_call = on_call

    def meet(self, pid: int) -> None:
        """The child's number is known: from here on it can die, at once where it is due already."""
        self._pid = pid
        if self.place == "a moment":
            time.sleep(self._seconds)
            _kill(pid)
        elif self._due.is_set():
            _kill(pid)

    def disarm(self, youtube: SimulatedYouTube) -> None:
        youtube.on_bytes = lambda received: None
        youtube.on_call = lambda what: None

    def _strike(self) -> None:
        self._due.set()
        if self._pid:
            _kill(self._pid)


def kill_films(room: Room, kills: int, *, size: int, naive: bool = False, faults: bool = True) -> Toll:
    """One film after the other, each begun again until it was killed a few times, and then finished."""
    toll, usual = Toll(), 0.3
    while toll.kills < kills:
        toll.films += 1
        name = f"{'naive' if naive else 'film'}{toll.films}"
        length = room.dice.randint(size // 2, size)
        film = room.film(name, length)
        before, died = room.sent(), 0
        spoilt = 0
        for _ in range(room.dice.randint(3, 8)):
            if faults and not naive and room.dice.random() < 0.3:
                room.simulator.add_fault(fault := _fault(room.dice))
                spoilt += fault.step == "upload"  # what is sent again then is no kill's doing
            kill = Kill(room.dice, length, usual, naive=naive)
            code = room.run(film, kill, naive=naive)
            if code == -signal.SIGKILL:
                died += 1
                toll.places[kill.place] += 1
            elif code == UNSURE:
                break
            elif code == FELL_OVER:
                toll.wrong.append(f"{name}: ended with {code} at {kill.place}")
        room.simulator.clear_faults()
        began = time.monotonic()
        code = room.run(film, naive=naive)
        if code == UNSURE:
            toll.asked += 1
            adopt = _seen_by_a_person(room, name)
            code = room.run(film, adopt=adopt, again="" if adopt else "it is not there")
        usual = 0.7 * usual + 0.3 * (time.monotonic() - began)
        toll.kills += died
        again = room.sent() - before - length
        if not spoilt and not naive:
            toll.sent_again += again
            toll.worst_again = max(toll.worst_again, again / CHUNK / max(1, died))
        _judge(room, toll, film, name, code)
    return toll


def _seen_by_a_person(room: Room, name: str) -> str:
    """The video that somebody who looks at the channel finds; empty where there is none."""
    return next((video for video, one in room.youtube.videos.items() if one["snippet"]["title"] == name), "")


def _judge(room: Room, toll: Toll, film: Path, name: str, code: int) -> None:
    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    videos = [video for video, one in room.youtube.videos.items() if one["snippet"]["title"] == name]
    whole = [video for video in videos if room.youtube.videos[video]["sha256"] == digest]
    if len(videos) > 1:
        toll.doubles += len(videos) - 1
    if not whole:
        toll.lost += 1
        toll.wrong.append(f"{name}: no video of it is whole")
    if code != DONE:
        toll.unfinished += 1
        toll.wrong.append(f"{name}: a run without a kill ended with {code}")
    tracks = [one for one in room.youtube.captions.values() if one["snippet"]["videoId"] in videos]
    toll.captions_doubled += max(0, len(tracks) - max(1, len(videos)))
    film.unlink()


def _fault(dice: random.Random) -> Fault:
    return dice.choice(
        (
            Fault("error", step="upload", status=503),
            Fault("reset", step="upload", after=True),
            Fault("reset", step="upload"),
            Fault("expired", step="upload"),
            Fault("expired", step="upload", after=True),
            Fault("reset", step="submit", after=True),
            Fault("error", step="list", status=500),
            Fault("reset", step="result", after=True),
            Fault("garbage", step="result", after=True),
        )
    )


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


# -- the program


class _Counter:
    """A number in a file that outlives whoever counts, to the last byte before a kill."""

    def __init__(self, gallery: Path) -> None:
        self._file = gallery / "sent.count"
        if not self._file.exists():
            self._file.write_bytes(bytes(8))

    @property
    def value(self) -> int:
        return int.from_bytes(self._file.read_bytes(), "little")

    def counting(self, pieces: Callable[..., Iterator[bytes]]) -> Callable[..., Iterator[bytes]]:
        file = self._file.open("r+b")
        there = mmap.mmap(file.fileno(), 8)

        def counted(*about: Any) -> Iterator[bytes]:
            for piece in pieces(*about):
                there[:8] = (int.from_bytes(there[:8], "little") + len(piece)).to_bytes(8, "little")
                yield piece

        return counted


def _settings(gallery: Path, url: str) -> Settings:
    return Settings(
        gallery=gallery,
        database_url=f"sqlite:///{gallery / 'film.db'}",
        keys={"youtube": SecretStr(CLIENT)},
        base_urls={"youtube": f"{url}/youtube"},
        speeds={"youtube": SPEED},
    )


def _package(film: Path) -> Any:
    from film.publish.package import CaptionFile, Disclosure, Metadata, Package, hashed

    sha256, size, identity = hashed(film)
    words = Disclosure(synthetic=True, sentence="AI-generated: a test")
    captions = film.with_suffix(".srt")
    return Package(
        film_id=film.stem,
        film=film,
        sha256=sha256,
        size=size,
        identity=identity,
        metadata=Metadata(title=film.stem, disclosure=words),
        captions=(CaptionFile(captions, "en", captions.read_bytes()),) if captions.is_file() else (),
        playlist="Films",
    )


def _publish(settings: Settings, film: Path, chunk: int, again: str, adopt: str) -> int:
    from film.db.session import engine_for
    from film.publish.journal import PublicationJournal
    from film.publish.publishing import publish
    from film.publish.targets import Opening
    from film.publish.youtube import api, upload
    from film.publish.youtube.publisher import YouTubePublisher

    upload.Upload._pieces = _Counter(settings.gallery).counting(upload.Upload._pieces)  # pyright: ignore[reportPrivateUsage]
    api.LIMITS.update(inserts=10**9, units=10**9)
    engine = engine_for(settings.database_url)
    publisher = YouTubePublisher(Opening(settings, engine), chunk=chunk)
    publish(_package(film), publisher, "youtube", PublicationJournal(engine), again=again, adopt=adopt)
    return DONE


def _publish_naively(settings: Settings, film: Path) -> int:
    """As one would without thinking of kills: a note that it is done, once it is."""
    from film.publish.youtube.signin import read_sign_in

    note = film.with_suffix(".done")
    kept = read_sign_in(settings)
    if note.exists() or kept is None:
        return DONE
    data = film.read_bytes()
    signed = {"Authorization": f"Bearer {kept.access_token}"}
    where = f"{settings.base_urls['youtube']}/upload/youtube/v3/videos"
    with httpx.Client(timeout=30.0) as http:
        body = {"snippet": {"title": film.stem}, "status": {"privacyStatus": "private"}}
        about = {**signed, "X-Upload-Content-Length": str(len(data))}
        asked = {"uploadType": "resumable", "part": "snippet,status"}
        address = http.post(where, params=asked, json=body, headers=about).headers["location"]
        whole = {**signed, "Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}"}
        note.write_text(http.put(address, content=data, headers=whole).json()["id"])
    return DONE


def _sign_in(settings: Settings) -> int:
    from film.db.session import engine_for
    from film.publish.targets import Opening
    from film.publish.youtube.publisher import YouTubePublisher
    from film.publish.youtube.signin import sign_in

    engine = engine_for(settings.database_url)
    sign_in(settings, show=lambda address: None)
    YouTubePublisher(Opening(settings, engine)).find_channel()
    from film.db.session import close_engines

    close_engines()
    return DONE


def _live(settings: Settings, about: dict[str, Any]) -> int:
    try:
        film = Path(about["film"])
        return (
            _publish_naively(settings, film)
            if about["naive"]
            else _publish(settings, film, about["chunk"], about["again"], about["adopt"])
        )
    except PublishUnsure as error:
        print(f"{about['film']}: {error}", file=sys.stderr)
        return UNSURE
    except FilmError as error:
        print(f"{about['film']}: {error}", file=sys.stderr)
        return SAID_WHY
    except Exception as error:  # noqa: BLE001  # whatever it is, who ordered it wants to read it
        print(f"{about['film']}: {type(error).__name__}: {error}", file=sys.stderr)
        return SAID_WHY if about["naive"] else FELL_OVER


def main() -> None:
    settings = _settings(Path(sys.argv[1]), sys.argv[2])
    answer = 0
    for line in sys.stdin:
        what, about = cast("tuple[str, dict[str, Any]]", json.loads(line))
        match what:
            case "sign in":
                answer = _sign_in(settings)
            case "start":
                answer = os.fork()
                if answer == 0:
                    os._exit(_live(settings, about))
            case "peak":
                answer = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
            case _:
                answer = os.waitstatus_to_exitcode(os.waitpid(about["pid"], 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
