"""Where other stores depart from the SPARQL 1.1 Protocol, and how to correct it.

The ``Server`` header identifies a store; an unknown one is taken to follow the protocol. The
differences were measured on Oxigraph 0.5.13 and Virtuoso 7.2.5, and tests marked ``peer``
repeat it; ``.ci/decisions/0008-remote-stores.md`` lists those that cannot be corrected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agendagraph.rdf import formats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    import httpx

    from agendagraph.sparql.refusal import Refusal

ACCEPT_RESULTS: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
"""For SELECT and ASK."""
ACCEPT_GRAPH: Final = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
"""For CONSTRUCT and DESCRIBE. Both families at once would be right by the protocol, but
Virtuoso then sends the triples of a CONSTRUCT as the rows of a SELECT."""

FORMATS: Final = (
    *(each for each in formats.RESULTS if each.name in ("json", "xml")),
    *(each for each in formats.GRAPHS if each.name in ("n-triples", "turtle", "rdf-xml")),
)
"""The formats that both headers name."""

_GRAPH_FORMS: Final = ("CONSTRUCT", "DESCRIBE")


def accept(form: str | None) -> str:
    """Return the ``Accept`` header for a query of a form (``SELECT``, ``CONSTRUCT`` …)."""
    return ACCEPT_GRAPH if form in _GRAPH_FORMS else ACCEPT_RESULTS


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a kind of store needs beyond the protocol.

    Attributes:
        name: How its ``Server`` header begins, in lower case.
        union: Parameters that make the default graph the union of all graphs; empty where it
            is one already or cannot be made one by a request.
        limit_ms: The parameter that limits a query's time, in milliseconds; blank for none.
        joins_wrongly: Whether it answers some valid queries with wrong rows; queries of ours
            then run over a copy of its graphs.
        own_graphs: Graphs that the store keeps for itself.
    """

    name: str = ""
    union: tuple[tuple[str, str], ...] = ()
    limit_ms: str = ""
    joins_wrongly: bool = False
    own_graphs: tuple[str, ...] = ()

    def parameters(self, *, union: bool, limit_s: float | None = None) -> list[tuple[str, str]]:
        """Return the parameters to send with a query beyond those of the protocol.

        The store gets a second more than *limit_s*, so that our own limit is the one that
        clients see; the store's ends a query that outlives the closed connection.
        """
        sent = list(self.union) if union else []
        if self.limit_ms and limit_s is not None:
            sent.append((self.limit_ms, str(round(limit_s * 1000) + 1000)))
        return sent


_DIALECTS: Final = (
    Dialect("oxigraph", union=(("union-default-graph", ""),)),
    # Virtuoso 7.2.5 joins several VALUES, OPTIONAL, FILTER and BIND to nothing: the query of
    # the network counterpart-goal has 54 rows, there it has none, with status 200.
    Dialect(
        "virtuoso",
        limit_ms="timeout",
        joins_wrongly=True,
        own_graphs=(
            "http://www.openlinksw.com/schemas/virtrdf#",
            "http://www.w3.org/ns/ldp#",
            "http://localuriqaserver/sparql",
        ),
    ),
)


def dialect(server: str) -> Dialect:
    """Return the dialect of the store that calls itself *server*.

    >>> dialect("Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu").limit_ms, dialect("nginx").name
    ('timeout', '')
    """
    name = server.strip().lower()
    return next((each for each in _DIALECTS if name.startswith(each.name)), Dialect())


def answer_format(headers: Mapping[str, str]) -> str | None:
    """Return the name of an answer's format; ``None`` if it is none of `FORMATS`."""
    found = formats.of_content_type(headers.get("content-type", ""), FORMATS, aliases=False)
    return found.name if found else None


def stopped(headers: Mapping[str, str]) -> bool:
    """Whether a 200 answer is partial, because the store reached its time limit.

    The body of Virtuoso's is well formed; only a header tells it from a whole answer.
    """
    return headers.get("x-sql-state", "").startswith("S1T")


def cut_after(headers: Mapping[str, str]) -> str | None:
    """Return the number of rows after which a 200 answer was cut; ``None`` for a whole one.

    Virtuoso sends ``X-SPARQL-MaxRows`` when its ``ResultSetMaxRows`` has been reached.
    """
    return headers.get("x-sparql-maxrows")


def is_delimited(headers: Mapping[str, str], form: str) -> bool:
    """Whether a broken-off answer is seen; half a document of Turtle may be a document."""
    framed = "content-length" in headers or "transfer-encoding" in headers
    return framed or form in ("json", "xml", "json-ld", "rdf-xml")


_NAMED_BLANK: Final = b'"bnode", "value": "nodeID://'
_BLANK: Final = b'"bnode", "value": "'


def plain_blank_nodes(answer: bytes) -> bytes:
    """Take the scheme off Virtuoso's blank nodes, which ``nodeID://`` makes no blank nodes.

    The pattern holds bare quotes, so no literal of SPARQL JSON can contain it.
    """
    return answer.replace(_NAMED_BLANK, _BLANK)


async def body(
    answer: httpx.Response, server: Dialect, limit_bytes: int, too_large: Refusal
) -> AsyncIterator[bytes]:
    """Yield the body of an answer while it arrives, with plain blank nodes.

    Raises:
        Refusal: The body is longer than *limit_bytes*; it is *too_large*.
    """
    size, rest = 0, b""
    async for piece in answer.aiter_raw():
        size += len(piece)
        if size > limit_bytes:
            raise too_large
        data = rest + piece
        if server.name == "virtuoso":
            data = plain_blank_nodes(data)
            cuts = range(len(_NAMED_BLANK) - 1, 0, -1)
            rest = next((_NAMED_BLANK[:n] for n in cuts if data.endswith(_NAMED_BLANK[:n])), b"")
        yield data.removesuffix(rest)
    yield rest
