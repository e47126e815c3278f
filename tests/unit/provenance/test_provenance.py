"""A film says what it is and who made it, and one flipped byte is noticed."""

from __future__ import annotations

import json
import os
import stat
import struct
import sys
import threading
from dataclasses import replace
from pathlib import Path

import av
import pytest
from signed import DRAFT, PAID, pair, unsigned

from film.errors import BadMedia, ComposeError, ConfigurationError, StoreError
from film.provenance import credential_of, library, local_credential, sign, verify
from film.provenance.claims import ALGORITHMIC, SHOTS, TRAINED, manifest


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return unsigned(tmp_path / "film.mp4")


def test_a_signed_film_says_what_it_is(film: Path, tmp_path: Path) -> None:
    sign(film, PAID, local_credential(tmp_path / "keys"))
    verdict = verify(film)
    assert (verdict.state, verdict.problems, verdict.test) == ("valid", (), True)
    assert (verdict.title, verdict.source_type, verdict.source) == ("The Attic <b>", TRAINED, "AI-generated")
    assert not verdict.animatic
    assert verdict.ingredients == ("fal: fal-ai/flux/schnell", "minimax: hailuo-02", "openai: gpt-4o-mini-tts")
    assert [(s["shot_id"], s["start_frame"], s["frames"]) for s in verdict.shots] == [
        ("shot_001", 0, 48),
        ("shot_002", 48, 24),
    ]
    assert verdict.shots[0]["speech"]["model"] == "gpt-4o-mini-tts"
    assert verdict.shots[1]["missing"] is True
    assert "AI-generated: pictures by fal" in verdict.description
    assert verdict.generator.startswith("film-generation ")
    assert "not a verified identity" in verdict.signer


def test_a_draft_is_drawn_by_rules_and_says_animatic(film: Path, tmp_path: Path) -> None:
    sign(film, DRAFT, local_credential(tmp_path / "keys"))
    verdict = verify(film)
    assert (verdict.source_type, verdict.animatic, verdict.source) == (ALGORITHMIC, True, "made by rules, without AI")
    assert verdict.description.startswith("Animatic")


def test_one_trained_model_makes_it_ai_generated() -> None:
    mixed = replace(DRAFT, shots=(*DRAFT.shots, PAID.shots[0]))
    assert manifest(mixed)["assertions"][0]["data"]["actions"][0]["digitalSourceType"] == TRAINED


def test_prompts_are_in_it_only_when_given() -> None:
    assert "prompt" not in json.dumps(manifest(PAID))
    asked = replace(PAID, shots=(replace(PAID.shots[0], prompt="A harbour", dialogue="Back by now."),))
    assert manifest(asked)["assertions"][1]["data"]["shots"][0]["prompt"] == "A harbour"


def test_the_film_plays_as_before(film: Path, tmp_path: Path) -> None:
    def shown(path: Path) -> list[bytes]:
        with av.open(str(path), options={"err_detect": "explode"}) as container:
            return [bytes(p) for p in container.demux(video=0) if p.size]

    before = shown(film)
    sign(film, PAID, local_credential(tmp_path / "keys"))
    assert shown(film) == before


def test_a_flipped_byte_is_noticed_wherever_it_lies(film: Path, tmp_path: Path) -> None:
    sign(film, PAID, local_credential(tmp_path / "keys"))
    whole = film.read_bytes()
    boxes = dict(_boxes(whole))
    at = {"picture": boxes["mdat"] + 2000, "index": boxes["moov"] + 40, "manifest": whole.find(b"hailuo-02")}
    for place in at.values():
        damaged = bytearray(whole)
        damaged[place] ^= 1
        film.write_bytes(damaged)
        verdict = verify(film)
        assert verdict.state == "invalid"
        assert verdict.problems
        assert not verdict.valid


def _boxes(data: bytes) -> list[tuple[str, int]]:
    found, at = [], 0
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        found.append((name.decode("latin-1"), at))
        at += size
    return found


def test_a_film_without_a_manifest_has_none(film: Path) -> None:
    assert verify(film).state == "none"


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"#EXTM3U\nhttp://127.0.0.1/x")
    with pytest.raises(BadMedia, match="is no film but text"):
        verify(path)
    with pytest.raises(BadMedia, match="cannot be read"):
        verify(tmp_path / "nothing.mp4")


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa", "ed25519"])
def test_ones_own_certificate_signs_and_is_trusted_by_those_who_trust_its_root(
    film: Path, tmp_path: Path, kind: str
) -> None:
    certificate, key, root = pair(tmp_path, kind)
    sign(film, PAID, credential_of(certificate, key))
    assert (verify(film).state, verify(film).signer, verify(film).test) == ("valid", "Jane Doe", False)
    assert verify(film, anchors=root).state == "trusted"


def test_a_pair_that_cannot_sign_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    certificate, key, _ = pair(tmp_path / "a")
    _, other, _ = pair(tmp_path / "b")
    with pytest.raises(ConfigurationError, match="not the key of"):
        credential_of(certificate, other)
    with pytest.raises(ConfigurationError, match="holds no private key"):
        credential_of(certificate, certificate)
    with pytest.raises(ConfigurationError, match="holds no certificate"):
        credential_of(key, key)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        credential_of(tmp_path / "none.pem", key)
    old, old_key, _ = pair(tmp_path, days=-1)
    with pytest.raises(ConfigurationError, match="not today"):
        credential_of(old, old_key)


def test_a_signature_that_would_not_hold_leaves_the_film_as_it_was(film: Path, tmp_path: Path) -> None:
    before = film.read_bytes()
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    chain, _, _ = pair(tmp_path / "a")
    _, key, _ = pair(tmp_path / "b")
    own = local_credential(tmp_path / "keys")
    with pytest.raises(ComposeError) as refused:
        sign(film, PAID, replace(own, chain=chain.read_bytes(), key=key.read_bytes()))
    assert "--no-provenance" in refused.value.hint
    assert film.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_the_local_pair_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    found: list[bytes] = []
    makers = [
        threading.Thread(target=lambda: found.append(local_credential(tmp_path / "keys").chain)) for _ in range(4)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(set(found)) == 1
    (file,) = (tmp_path / "keys").iterdir()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "PRIVATE" not in repr(local_credential(tmp_path / "keys"))


def test_a_gallery_that_cannot_take_the_local_pair_says_so(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder would be")
    with pytest.raises(StoreError, match=r"local-test\.pem"):
        local_credential(tmp_path / "keys")


def test_a_damaged_local_pair_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "local-test.pem").write_text("nothing")
    with pytest.raises(ConfigurationError, match="damaged") as refused:
        local_credential(tmp_path)
    assert "remove it" in refused.value.hint


def test_without_the_library_it_says_how_to_get_it(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(ConfigurationError, match="not installed") as refused:
        verify(film)
    assert library.INSTALL in refused.value.hint


def test_our_own_assertion_says_nothing_twice() -> None:
    said = manifest(PAID)["assertions"][1]
    assert said["label"] == SHOTS
    assert said["data"]["given"] == [{"role": "music", "sha256": "e" * 64}]
