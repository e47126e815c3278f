"""Who turns prompts into vectors, so that what means the same lies close together.

WordLlama is the light default: 16 MB of word vectors and their tokenizer in a package, 0.05 ms a prompt, no network.
Its files are read directly. Importing the package would load an HTTP client that nobody needs here, and would switch
on the log of every library in the process.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from film.errors import ConfigurationError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

_PACKAGE = "wordllama"
_WEIGHTS = Path("weights", "l2_supercat_256.safetensors")
_TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")


class Embedder(Protocol):
    """``name`` and ``dim`` go with every vector: with another embedder everything is embedded again."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text, all zeros for one without a known word."""
        ...


class WordLlamaEmbedder:
    """The mean of the vectors of a text's words."""

    name = "wordllama/l2_supercat_256"
    dim = 256

    def __init__(self, tokenizer: Tokenizer, table: NDArray[Any]) -> None:
        self._tokenizer, self._table = tokenizer, table

    def embed(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), self.dim), np.float32)
        for place, encoded in enumerate(self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)):
            if encoded.ids:
                found[place] = self._table[encoded.ids].mean(axis=0, dtype=np.float32)
        return unit_length(found)


def unit_length(vectors: Vectors) -> Vectors:
    """Rows of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def has_embedder() -> bool:
    """Whether the default embedder is installed; imports nothing."""
    return importlib.util.find_spec(_PACKAGE) is not None


@cache
def load_embedder() -> Embedder:
    """The default embedder; ConfigurationError says how to get it."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ConfigurationError(
            "searching by meaning needs a language model, which is not installed",
            hint="install it with: pip install 'film-generation[meaning]', or search words with --text",
        )
    # The tokenizer would start threads of its own, and complain on stderr whenever the process forks.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from safetensors import safe_open
    from tokenizers import Tokenizer

    folder = Path(found.origin).parent
    opened: Any = safe_open(str(folder / _WEIGHTS), framework="np")
    with opened as weights:
        table = weights.get_tensor("embedding.weight")
    return WordLlamaEmbedder(Tokenizer.from_file(str(folder / _TOKENIZER)), table)
