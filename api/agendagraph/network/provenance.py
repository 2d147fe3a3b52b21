"""Retrieve the sentences that are the evidence of an edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import NetworkParameterError, UnknownNetworkError
from agendagraph.network import query_templates
from agendagraph.network.parameters import relative

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.network.bipartite import Graph
    from agendagraph.network.parameters import Source

_BATCH: Final = 500
"""Elements in one query; endpoints reject queries that are too long."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that is evidence of an edge, and its position.

    ``element`` is the IRI of an element of the agenda. ``text_ko`` is its exact official
    wording and ``text_en`` our translation. ``start`` and ``end`` are code points of the captured
    page, half-open. An unknown value is an empty string, or -1.

    Where memberships are the evidence, ``element`` is an organisation and the texts are its
    names.
    """

    element: str
    text_ko: str
    text_en: str
    goal: str
    goal_ko: str
    goal_en: str
    start: int
    end: int


def evidence(source: Source | None, graph: Graph, u: str, v: str) -> list[Evidence]:
    """Return the sentences that are the evidence of the edge between *u* and *v*.

    Args:
        source: The graph that *graph* was made from.
        graph: A network with the edge attribute ``evidence``.
        u: One end of the edge.
        v: The other end.

    Returns:
        The sentences, in the order of the document.

    Raises:
        UnknownNetworkError: The network has no such node, or no such edge.
        NetworkParameterError: There is no source, or the edges carry no evidence.
    """
    for node in (u, v):
        if node not in graph:
            raise UnknownNetworkError(f"the network has no node {node!r}")
    if not graph.has_edge(u, v):
        raise UnknownNetworkError(f"the network has no edge {u!r} – {v!r}")
    if source is None:
        raise NetworkParameterError(
            "this network was not made from a graph, or was read from a file; "
            "give the graph: agendagraph.network.evidence(kg, network, u, v)"
        )
    named = graph.edges[u, v].get("evidence")
    if named is None:
        raise NetworkParameterError(f"the edge {u!r} – {v!r} has no attribute 'evidence'")
    return sentences(source, str(named).split())


def sentences(source: Source, elements: Iterable[str]) -> list[Evidence]:
    """Return the texts of *elements*, given by their IRIs, in the order of the document.

    Elements that are not in the graph are left out.
    """
    wanted = sorted(set(elements))
    results = []
    for start in range(0, len(wanted), _BATCH):
        terms = [query_templates.iri(iri) for iri in wanted[start : start + _BATCH]]
        rows = source.query(query_templates.fill("evidence.rq", {"element": terms}))
        results += [_evidence(row) for row in rows if row["element"] is not None]
    return results if len(wanted) <= _BATCH else sorted(results, key=_place)


def _place(sentence: Evidence) -> tuple[bool, int, str]:
    """The position of a sentence; an element without one (an organisation) comes last."""
    return sentence.start < 0, sentence.start, sentence.element


def _evidence(row: Any) -> Evidence:  # noqa: ANN401 - a row of whatever answers
    def text(name: str) -> str:
        return "" if row[name] is None else str(row[name])

    def number(name: str) -> int:
        return -1 if row[name] is None else int(row[name])

    return Evidence(
        element=text("element"),
        text_ko=text("ko"),
        text_en=text("en"),
        goal=relative(text("goal")),
        goal_ko=text("goalKo"),
        goal_en=text("goalEn"),
        start=number("start"),
        end=number("end"),
    )
