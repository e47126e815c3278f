"""The model that comes as a package: offline, quiet, and loaded only by those who search."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from film.errors import ConfigurationError
from film.search import has_embedder, load_embedder
from film.search.embedder import Embedder

pytest.importorskip("wordllama")

OFFLINE = """
import json, logging, os, socket, sys, threading
def refuse(*_, **__):
    raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from film.search import load_embedder
before = threading.active_count()
vectors = load_embedder().embed(["a ship at sea", "", "a boat on the ocean", "bread"] * 3)
if (child := os.fork()) == 0:
    os._exit(0)
os.waitpid(child, 0)
print(json.dumps({
    "alike": float(vectors[0] @ vectors[2]), "unlike": float(vectors[0] @ vectors[3]),
    "requests": "requests" in sys.modules, "log": logging.getLogger().handlers != [],
    "level": logging.getLogger().level, "threads": threading.active_count() - before,
}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_it_works_offline_and_leaves_the_process_as_it_was() -> None:
    done = subprocess.run([sys.executable, "-c", OFFLINE], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    said = json.loads(done.stdout)
    assert said["alike"] > 0.5 > said["unlike"]
    assert (said["requests"], said["log"], said["level"], said["threads"]) == (False, False, 30, 0)


def test_vectors_are_those_of_the_package_itself() -> None:
    texts = ["Emma opens the attic door", "night", "Ein Mädchen 夜 in the rain, 8K"]
    code = (
        "import sys, json; from pathlib import Path; import wordllama;"
        "model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True);"
        "print(json.dumps(model.embed(json.loads(sys.argv[1]), norm=True).tolist()))"
    )
    theirs = subprocess.run(
        [sys.executable, "-c", code, json.dumps(texts)], capture_output=True, text=True, check=True
    ).stdout
    ours = load_embedder()
    vectors = ours.embed(texts)
    assert vectors.shape == (3, ours.dim) and vectors.dtype == np.float32
    assert np.allclose(vectors, np.array(json.loads(theirs)), atol=1e-3)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_are_no_vectors() -> None:
    embedder: Embedder = load_embedder()
    assert embedder.embed([]).shape == (0, embedder.dim)


def test_without_the_package_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    load_embedder.cache_clear()
    monkeypatch.setattr("film.search.embedder._PACKAGE", "no_such_package")
    assert not has_embedder()
    with pytest.raises(ConfigurationError, match="not installed") as caught:
        load_embedder()
    assert "film-generation[meaning]" in caught.value.hint
    load_embedder.cache_clear()


def test_nobody_who_does_not_search_loads_it() -> None:
    code = (
        "import sys, film.app.films, film.cli.main, film.cli.assets, film.cli.similar;"
        "sys.exit(str([m for m in ('film.search', 'tokenizers', 'safetensors', 'wordllama') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"
