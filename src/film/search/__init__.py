"""Search by meaning: assets whose prompt says the same in other words.

    semantic   SemanticSearch: find like a text, like an asset; combined with every facet of the library
    embedder   who turns a prompt into a vector: the protocol, and the light model that comes as a package
    vectors    the vectors in the database, and which of them are missing or out of date
    exact      comparing with NumPy: every vector that the facets leave, none skipped
    matrix     all vectors in one mapped file, made of the database and made again whenever it is missing
    pgvector   the same inside PostgreSQL, where it has the extension

    prompt ─(embedding_queue)─► embedder ─► embeddings ─► matrix file │ pgvector table
    text ───────────────────────► embedder ─► facets first, then the nearest of what is left ─► hits with a score

The database holds the truth; file and table are caught up by the number that grows with every change, and may be
deleted at any time. Nothing here is imported before somebody searches.
"""

from film.search.embedder import Embedder, has_embedder, load_embedder
from film.search.semantic import FOLDER, SemanticSearch

__all__ = ["FOLDER", "Embedder", "SemanticSearch", "has_embedder", "load_embedder"]
