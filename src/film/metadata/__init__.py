"""The library: which assets there are, by who and what is seen in them, so that they are used again.

    index      MetadataIndex: index, find, page, count
    query      AssetQuery: what is asked, as plain data
    words      the tags of an asset, and when two words are the same
    selection  a query as SQL            fulltext  its words, as each database looks them up
    facets     how many of the found have which tags         many, postings, blocks  the same of a million at once
    entries    writing assets with their tags and everything counted of them, in one transaction
    counters   what all assets come to; counted again to check

An asset has tags in several dimensions (character, landscape, style, mood …). A search names some of them; the rarest
is walked through newest first, and the others are looked up beside it.
"""

from film.metadata.counters import recount_library, verify_library
from film.metadata.index import IndexStats, MetadataIndex
from film.metadata.query import AssetQuery
from film.metadata.results import Facet, Facets, Hit, ResultPage
from film.metadata.words import Dimension

__all__ = [
    "AssetQuery",
    "Dimension",
    "Facet",
    "Facets",
    "Hit",
    "IndexStats",
    "MetadataIndex",
    "ResultPage",
    "recount_library",
    "verify_library",
]
