"""The library: which assets there are, by who and what is seen in them, so that they are used again.

    index     MetadataIndex: index, find, count
    words     the tags of an asset, and when two words are the same
    entries   writing assets with their tags and the tags' counters, in one transaction

An asset has tags in several dimensions (character, landscape, style, mood …). A search names some of them; the rarest
is walked through newest first, and the others are looked up beside it.
"""

from film.metadata.index import IndexStats, MetadataIndex

__all__ = ["IndexStats", "MetadataIndex"]
