"""The offline voice: stable casting, text that stays data, timings that fit, a child that can die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from animatic import voice
from animatic.casting import VoiceCast, VoiceSpec, language_of
from animatic.voice import SAMPLE_RATE, Speaker, Speech, speak
from film.errors import InputError, ProviderError

CAST = VoiceCast()
LINE = "I haven't been up here in years... Do you remember the summer?"
PLAIN = VoiceSpec("en-us+f3")


@pytest.fixture(scope="module")
def speaker() -> Iterator[Speaker]:
    one = Speaker()
    yield one
    one.close()


def decibels(value: float) -> float:
    return 20 * float(np.log10(max(value, 1e-9)))


def test_a_character_has_one_voice_and_characters_differ() -> None:
    names = ["emma", "john", "Mr. Vale", "Captain Ahab", "Luna", "Ravi", "Sofia", "the stranger", "Otto", "Mina"]
    voices = {name: CAST.voice_for(name, None, "Hello.") for name in names}
    assert voices == {name: VoiceCast().voice_for(name, None, "Something else.") for name in reversed(names)}
    assert len(set(voices.values())) == len(names)
    assert voices["emma"] == CAST.voice_for("  EMMA ", None, "Hello.")


def test_many_names_use_at_least_ten_variants() -> None:
    assert len({CAST.voice_for(f"person {n}", None, "Hi.").name for n in range(200)}) >= 8
    names = ["anna", "emma", "julia", "maria", "rosa", "tom", "max", "jack", "leo", "sam", "otto", "finn", "karl"]
    everyone = {CAST.voice_for(f"{name} {n}", None, "Hi.").name for name in names for n in range(30)}
    assert len(everyone) >= 10


def pitch_of(speech: Speech) -> float:
    """Median fundamental, by autocorrelation."""
    samples = speech.pcm.astype(np.float64)
    found: list[float] = []
    for start in range(0, len(samples) - 2400, 1200):
        part = samples[start : start + 2400] * np.hanning(2400)
        if np.sqrt(np.mean(part**2)) > 600:
            echo = np.fft.irfft(np.abs(np.fft.rfft(part, 8192)) ** 2)[:1000]
            lag = 120 + int(np.argmax(echo[120:800]))
            found.append(SAMPLE_RATE / lag)
    return float(np.median(found))


@pytest.mark.parametrize(
    ("higher", "lower"), [("Emma", "John"), ("Grandma Rose", "Old Tom"), ("a little girl", "the king")]
)
def test_names_lean_to_fitting_voices(speaker: Speaker, higher: str, lower: str) -> None:
    def pitch(name: str) -> float:
        return pitch_of(speak("Come in, close the door.", CAST.voice_for(name, None, "x"), by=speaker))

    assert pitch(higher) > 1.25 * pitch(lower)


@pytest.mark.parametrize(
    "wanted",
    ["female", "deep", "child", "old", "old british woman", "male scottish", "robot", "whisper", "narrator", "nova",
     "en-gb", "en-gb+f3", "EN-US", "fr", "zh", "f3", "pt-br", "21m00Tcm4TlvDq8ikWAM"],
)  # fmt: skip
def test_wanted_voices_can_all_speak(speaker: Speaker, wanted: str) -> None:
    spec = CAST.voice_for("emma", wanted, "Hello there.")
    assert spec == CAST.voice_for("emma", wanted, "Hello there.")
    assert speak("Hello there.", spec, by=speaker).seconds > 0.5


@pytest.mark.parametrize("wanted", ["velvet", "en-gb+velvet", "xx-yy", "very squeaky"])
def test_an_unknown_voice_lists_the_choices(wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        CAST.voice_for("emma", wanted, "Hello.")
    assert "female" in caught.value.hint and "en-gb+f3" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Привет, как дела?", "ru"), ("Привіт, як ти її знайшов?", "uk"), ("Καλημέρα", "el"), ("你好", "cmn"),
        ("こんにちは", "ja"), ("日本へようこそ", "ja"), ("안녕하세요", "ko"), ("مرحبا", "ar"), ("چطوری؟", "fa"),
        ("नमस्ते", "hi"), ("שלום", "he"), ("สวัสดี", "th"), ("Je ne suis pas là.", "fr"), ("Das ist nicht wahr.", "de"),
        ("¿Qué es lo que no está?", "es"), ("Hello, it is me.", "en"), ("1234 !?", "en"), ("", "en"),
    ],
)  # fmt: skip
def test_the_language_follows_the_text(speaker: Speaker, text: str, language: str) -> None:
    assert language_of(text) == language
    assert speak(text, CAST.voice_for("emma", None, text), by=speaker).seconds > 0.3


def test_levels_and_rate_suit_a_mix(speaker: Speaker) -> None:
    for name in ("emma", "john", "old tom", "robot", "child"):
        speech = speak(LINE, CAST.voice_for(name, None, LINE), by=speaker)
        samples = speech.pcm / 32768
        blocks: NDArray[np.float64] = np.sqrt(
            np.mean(samples[: len(samples) // 2400 * 2400].reshape(-1, 2400) ** 2, axis=1)
        )
        level = np.sqrt(np.mean(blocks[blocks > 0.1 * blocks.max()] ** 2))
        assert speech.sample_rate == 48_000 and speech.pcm.dtype == np.int16
        assert -22 < decibels(float(level)) < -18.5
        assert decibels(float(np.abs(samples).max())) < -3
        assert abs(float(samples.mean())) < 1e-3


def test_word_timings_follow_the_text_and_stay_inside_the_sound(speaker: Speaker) -> None:
    speech = speak(LINE, PLAIN, by=speaker)
    assert [word for word, _, _ in speech.words] == LINE.split()
    starts = [start for _, start, _ in speech.words]
    assert starts == sorted(starts) and starts[0] >= 0
    assert all(start <= end <= speech.seconds for _, start, end in speech.words)
    ends = [end for _, _, end in speech.words]
    assert all(end <= start + 1e-9 for end, start in zip(ends, starts[1:], strict=False))
    # The pause after "years..." is silent, and where the words say it is.
    pause = speech.pcm[round((ends[6] + 0.12) * SAMPLE_RATE) : round((starts[7] - 0.05) * SAMPLE_RATE)]
    assert len(pause) > 0.2 * SAMPLE_RATE and np.abs(pause).max() < 500


def test_ellipsis_and_dash_are_pauses(speaker: Speaker) -> None:
    plain = speak("I know where you are", PLAIN, by=speaker).seconds
    assert speak("I know… where you are", PLAIN, by=speaker).seconds > plain + 0.4
    assert speak("I know — where you are", PLAIN, by=speaker).seconds > plain + 0.2
    assert [w for w, _, _ in speak("Mr. Smith is in St. Ives.", PLAIN, by=speaker).words] == [
        "Mr.",
        "Smith",
        "is",
        "in",
        "St.",
        "Ives.",
    ]


@pytest.mark.parametrize(
    "text", ["", "   \n\t ", "...", "—", "🙂🙃", "?!", "\x00\x01\x02", "<speak></speak>", "\ud83d"]
)
def test_nothing_to_say_is_a_silence(speaker: Speaker, text: str) -> None:
    speech = speak(text, PLAIN, by=speaker)
    assert 0.3 <= speech.seconds <= 3 and not speech.pcm.any() and speech.words == []


def test_markup_is_never_obeyed(speaker: Speaker) -> None:
    plain = speak("One two", PLAIN, by=speaker).seconds
    for marked in (
        'One <break time="9s"/> two',
        "<speak>One two</speak>",
        "One\x00 two",
        "One 🙂 two",
    ):
        speech = speak(marked, PLAIN, by=speaker)
        assert [word for word, _, _ in speech.words] == ["One", "two"]
        assert speech.seconds < plain + 1
    # The engine's own command for speed, less the control character that would make it one, is a word.
    assert [word for word, _, _ in speak("One \x0190S two", PLAIN, by=speaker).words] == ["One", "90S", "two"]
    assert speak('<prosody rate="x-slow">One two', PLAIN, by=speaker).seconds < plain + 1


def test_the_same_line_sounds_the_same(speaker: Speaker) -> None:
    one, two = speak(LINE, PLAIN, by=speaker), speak(LINE, PLAIN, by=speaker)
    assert np.array_equal(one.pcm, two.pcm) and one.words == two.words


def test_a_killed_child_is_replaced_and_a_kept_one_reused() -> None:
    speaker = Speaker()
    assert speaker.pid is None
    first = speak("Hello.", PLAIN, by=speaker)
    pid = speaker.pid
    assert pid is not None
    speak("Hello again.", PLAIN, by=speaker)
    assert speaker.pid == pid
    os.kill(pid, signal.SIGTERM)
    assert np.array_equal(speak("Hello.", PLAIN, by=speaker).pcm, first.pcm)
    assert speaker.pid not in (None, pid)
    speaker.close()
    assert speaker.pid is None


def test_no_key_is_in_the_childs_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_API_KEY", "secret-1")
    monkeypatch.setenv("SOME_FUTURE_TOKEN", "secret-2")
    given: dict[str, str] = {}
    real = subprocess.Popen

    def watched(*args: object, env: dict[str, str], **kwargs: object) -> object:
        given.update(env)
        return real(*args, env=env, **kwargs)  # pyright: ignore[reportCallIssue, reportArgumentType]

    monkeypatch.setattr(voice.subprocess, "Popen", watched)
    speaker = Speaker()
    assert speak("Hello.", PLAIN, by=speaker).words
    if sys.platform == "linux":
        assert b"secret" not in Path(f"/proc/{speaker.pid}/environ").read_bytes()
    speaker.close()
    assert given and not any("secret" in value for value in given.values())


def test_many_threads_share_one_child(speaker: Speaker) -> None:
    alone = {text: speak(text, PLAIN, by=speaker).pcm for text in ("One.", "Two words.", "Three words here.")}
    heard: list[bool] = []

    def say(text: str) -> None:
        heard.append(np.array_equal(speak(text, PLAIN, by=speaker).pcm, alone[text]))

    threads = [threading.Thread(target=say, args=(text,)) for text in alone for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [True] * 9


def test_a_voice_the_engine_lacks_says_what_to_do(speaker: Speaker) -> None:
    with pytest.raises(ProviderError) as caught:
        speak("Hello.", VoiceSpec("no-such-voice"), by=speaker)
    assert caught.value.hint
    assert speak("Hello.", PLAIN, by=speaker).words


def test_the_engine_is_never_loaded_into_our_process() -> None:
    code = (
        "import sys; from animatic.voice import *; "
        "assert speak('Hello.', VoiceCast().voice_for('emma', None, 'Hello.')).words; "
        "assert 'espeakng_loader' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=600)
