"""The formats of RDF and of query results: names, media types, file endings, engine formats.

The engine knows the registered media type and the file ending of each format (`RdfFormat`,
`QueryResultsFormat`). This table adds the name that workers and ``?format=`` use, further
media types of clients, and the order of preference. Headers are not read by the engine's
``from_media_type``, which accepts ``text/plain`` as results in CSV.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import QueryResultsFormat, RdfFormat

if TYPE_CHECKING:
    from collections.abc import Iterable

RESULTS_FORMATS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
"""The engine's formats for SELECT and ASK by our names, the preferred one first."""

RDF_FORMATS: Final = {
    "turtle": RdfFormat.TURTLE,
    "n-triples": RdfFormat.N_TRIPLES,
    "json-ld": RdfFormat.JSON_LD,
    "rdf-xml": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "n-quads": RdfFormat.N_QUADS,
    "n3": RdfFormat.N3,
}
"""The engine's formats for CONSTRUCT and DESCRIBE by our names, the preferred one first."""

_XML: Final = ("application/xml", "text/xml")
_ALIASES: Final = {
    "json": ("application/json",),
    "xml": _XML,
    "turtle": ("application/turtle", "application/x-turtle"),
    "n-triples": ("text/plain",),
    "json-ld": ("application/json",),
    "rdf-xml": _XML,
    "trig": ("application/x-trig",),
    "n-quads": ("text/x-nquads",),
    "n3": ("text/rdf+n3",),
}
_WITH_CHARSET: Final = ("csv", "tsv", "turtle", "n3")


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a client can negotiate: its name and its media types.

    Attributes:
        name: Our name, a key of `RESULTS_FORMATS` or `RDF_FORMATS`.
        media_type: The registered media type, without parameters.
        aliases: Other media types under which clients ask for it.
        charset: Whether the media type defines the parameter ``charset``.
    """

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()
    charset: bool = False

    @property
    def media_types(self) -> tuple[str, ...]:
        """The registered media type, then the others."""
        return (self.media_type, *self.aliases)

    def content_type(self, media_type: str) -> str:
        """Return the ``Content-Type`` of an answer to a client that asked for *media_type*."""
        return f"{media_type}; charset=utf-8" if self.charset else media_type


def _format(name: str, engine: RdfFormat | QueryResultsFormat) -> Format:
    media_type = engine.media_type.partition(";")[0]
    return Format(name, media_type, _ALIASES.get(name, ()), name in _WITH_CHARSET)


RESULTS: Final = tuple(_format(name, engine) for name, engine in RESULTS_FORMATS.items())
"""Formats of SELECT and ASK, the preferred one first."""
GRAPHS: Final = tuple(_format(name, engine) for name, engine in RDF_FORMATS.items())
"""Formats of CONSTRUCT and DESCRIBE, the preferred one first."""
ONE_GRAPH: Final = tuple(each for each in GRAPHS if each.name not in ("trig", "n-quads"))
"""Formats of a document that is one graph."""
HTML: Final = Format("html", "text/html", charset=True)
"""A page for people, as the answer to any query."""

FILE_ENDINGS: Final = {
    f".{ending}": RdfFormat.from_extension(ending) or RdfFormat.RDF_XML  # it knows no .owl
    for ending in ("ttl", "nt", "nq", "trig", "rdf", "owl", "xml", "jsonld", "n3")
}
"""The endings of files that hold RDF, each with the engine's format."""


def of_content_type(
    content_type: str, among: Iterable[Format], *, aliases: bool = True
) -> Format | None:
    """Return the format that a ``Content-Type`` header names; ``None`` where it names another.

    >>> of_content_type("Text/Turtle; charset=utf-8", GRAPHS).name
    'turtle'
    """
    media_type = content_type.partition(";")[0].strip().lower()
    for each in among:
        if media_type in (each.media_types if aliases else (each.media_type,)):
            return each
    return None
