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
    from collections.abc import Mapping

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


_NAMED_BLANK: Final = b'"bnode", "value": "nodeID://'
_BLANK: Final = b'"bnode", "value": "'


def plain_blank_nodes(answer: bytes) -> bytes:
    """Return a whole answer as `BlankNodes` returns one in pieces."""
    return answer.replace(_NAMED_BLANK, _BLANK)


class BlankNodes:
    """Take the scheme off Virtuoso's blank nodes, which ``nodeID://`` makes no blank nodes.

    The pattern holds bare quotes, so no literal of SPARQL JSON can contain it.

    >>> fix = BlankNodes()
    >>> fix.feed(b'{"type": "bnode", "value": "node'), fix.feed(b'ID://b1"}'), fix.end()
    (b'{"type": ', b'"bnode", "value": "b1"}', b'')
    """

    def __init__(self) -> None:
        """Start with an empty buffer."""
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Take a piece of an answer; return what is now ready."""
        data = (self._rest + data).replace(_NAMED_BLANK, _BLANK)
        kept = next(
            (n for n in range(len(_NAMED_BLANK) - 1, 0, -1) if data.endswith(_NAMED_BLANK[:n])), 0
        )
        self._rest = data[len(data) - kept :]
        return data[: len(data) - kept]

    def end(self) -> bytes:
        """Return the rest."""
        rest, self._rest = self._rest, b""
        return rest
