"""Extract a network from a graph by the query of its definition.

The store counts and groups: the query returns the edges of the network, and further queries
the attributes of its nodes in batches. A remote endpoint gets the same queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import networkx as nx

from agendagraph.namespaces import ID, NS, SCHEME
from agendagraph.network import parameters, query_templates
from agendagraph.network.definitions import NetworkDefinition, definition
from agendagraph.network.provenance import Evidence, evidence
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.network.parameters import Parameters, Source

    Base = nx.Graph[str]
else:
    Base = nx.Graph

_BATCH: Final = 500
"""Nodes in one query; endpoints reject queries that are too long."""

_ATTRIBUTES: Final = ("iso3", "kind", "label_ko", "label_en", "region")

_CLASSES: Final = (
    "Country",
    "Organization",
    "CountryGroup",
    "Region",
    "UnnamedActor",
    "Ministry",
    "GovernmentBody",
    "Goal",
    "ContentItem",
    "Objective",
    "ExpectedEffect",
    "Note",
    "Commitment",
)
"""The values of ``kind``; the first that fits, as a ministry is also a government body."""


class AgendaNetwork(Base):
    """A networkx graph with a reference to its source, from which it gets its evidence.

    Copies keep the reference.
    """

    source: Source | None = None

    def evidence(self, u: str, v: str) -> list[Evidence]:
        """Return the sentences that are the evidence of an edge; see `provenance.evidence`."""
        return evidence(self.source, self, u, v)

    def copy(self, as_view: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - networkx's
        """Return a copy of the graph, as networkx does."""
        copied = super().copy(as_view=as_view)
        copied.source = self.source
        return copied


def network(source: Source, name: str, **given: object) -> AgendaNetwork:
    """Extract the network called *name* from a graph.

    Args:
        source: A graph that answers queries, such as `open_graph` returns.
        name: A name of `networks`.
        given: The parameters of that network:

            - ``level``: of ``counterparts-together``; ``commitment`` (the default), ``item`` or
              ``goal``. An item is what stands directly in a section: a content item, an objective,
              an expected effect or a note.
            - ``kinds``: kinds of counterparts (``Country``, ``Organization``,
              ``CountryGroup``, ``Region``, ``UnnamedActor``); all by default.
            - ``counterparts``: only these, as ``country/jpn``, ``JPN`` or an IRI.
            - ``roles``: engagement roles; all but ``context`` by default. Of ``ministry-goal``:
              responsibility roles; all by default.
            - ``stances``, ``explicitness``: concepts of these schemes; all by default.
              ``explicitness=["named", "abbreviated"]`` takes only who is called by name.
            - ``expand``: ``none`` (the default), ``groups`` (the members of enumerated groups
              are engaged too) or ``memberships`` (and those of organisations, on a date). The
              group stays a node; ``kinds="Country"`` leaves it out.
            - ``on``: the date of the memberships; by default the day of the agenda.
            - ``include_self``: whether the country that issued the agenda is a counterpart;
              False by default.
            - ``agendas``: these only; all by default.
            - ``organizations``: of ``shared-memberships``; all by default.
            - ``themes``: these only; all by default.

    Returns:
        A graph whose nodes are named by their IRIs without our base (``country/jpn``).

        Nodes have ``iri``, ``iso3``, ``kind``, ``label_ko``, ``label_en``, ``region`` and, where
        bipartite, ``bipartite``; beside commitments also ``goal`` and ``item``. Edges have
        ``weight`` (what it counts is in the query's header), ``n_evidence`` and ``evidence``:
        the IRIs of the elements, sorted and joined by spaces. The graph has ``network``,
        ``dataset_version``, ``code_version``, ``parameters`` (JSON), ``seed`` (0: nothing here
        is random), ``mode`` and, where bipartite, ``side_0`` and ``side_1``.

        All values are strings and numbers; what does not apply is an empty string.
        Nodes and edges are sorted. An empty network is an answer: nothing fits.

    Raises:
        UnknownNetworkError: There is no network of that name.
        NetworkParameterError: A parameter is invalid; the message names it, and what is
            expected.
        QueryError: The store could not evaluate the query.
    """
    defined = definition(name)
    chosen = parameters.validate(source, defined, given)
    rows = source.query(query_templates.fill(defined.query, parameters.terms(defined, chosen)))
    edges = _edges(rows, chosen if name != "shared-memberships" else None, defined)
    graph = AgendaNetwork()
    graph.source = source
    _add_nodes(graph, source, edges, two_mode=bool(defined.sides))
    graph.add_edges_from(edges)
    graph.graph.update(
        network=name,
        dataset_version=source.version or "unknown",
        code_version=__version__,
        parameters=chosen.as_json(),
        seed=0,
        mode="bipartite" if defined.sides else "one-mode",
    )
    for side, label in enumerate(defined.sides):
        graph.graph[f"side_{side}"] = label
    return graph


def _edges(
    rows: Iterable[Any], chosen: Parameters | None, defined: NetworkDefinition
) -> list[tuple[str, str, dict[str, Any]]]:
    """The rows of the query as sorted edges."""
    only = None if chosen is None or chosen.counterparts is None else set(chosen.counterparts)
    edges = []
    for row in rows:
        if row["u"] is None or row["v"] is None:
            continue  # an aggregate over nothing is one row without a group
        u, v = parameters.relative(str(row["u"])), parameters.relative(str(row["v"]))
        if only is not None and (u not in only or not (defined.sides or v in only)):
            continue
        columns = [name for name in ("evidence", "evidenceU", "evidenceV") if name in _names(row)]
        elements = sorted({iri for name in columns for iri in str(row[name] or "").split()})
        data = {
            "weight": _number(row["weight"]),
            "n_evidence": len(elements),
            "evidence": " ".join(elements),
        }
        edges.append((u, v, data))
    return sorted(edges, key=lambda edge: edge[:2])


def _names(row: Any) -> list[str]:  # noqa: ANN401 - a row of whatever answers
    return list(row.as_dict() if hasattr(row, "as_dict") else row)


def _number(value: Any) -> int | float:  # noqa: ANN401 - an integer or a decimal
    number = float(value)
    return int(number) if number.is_integer() else round(number, 12)


def _add_nodes(
    graph: AgendaNetwork,
    source: Source,
    edges: list[tuple[str, str, dict[str, Any]]],
    *,
    two_mode: bool,
) -> None:
    """Add the ends of the edges, sorted, with their attributes."""
    side = {u: 0 for u, _, _ in edges} | {v: int(two_mode) for _, v, _ in edges}
    nodes = sorted(side)
    described: dict[str, dict[str, Any]] = {}
    for start in range(0, len(nodes), _BATCH):
        described |= _attributes(source, nodes[start : start + _BATCH])
    placed = any("goal" in data for data in described.values())
    names = (*_ATTRIBUTES, *(("goal", "item") if placed else ()))
    for node in nodes:
        graph.add_node(
            node, iri=_iri(node), **{**dict.fromkeys(names, ""), **described.get(node, {})}
        )
        if two_mode:
            graph.nodes[node]["bipartite"] = side[node]


def _attributes(source: Source, nodes: list[str]) -> dict[str, dict[str, Any]]:
    terms = [query_templates.iri(_iri(node)) for node in nodes]
    attributes = {}
    for row in source.query(query_templates.fill("nodes.rq", {"node": terms})):
        node = parameters.relative(str(row["node"]))
        kind = _kind(node, str(row["types"] or "").split())
        attributes[node] = {
            "iso3": str(row["iso3"] or ""),
            "kind": kind,
            "label_ko": str(row["labelKo"] or ""),
            "label_en": str(row["labelEn"] or ""),
            "region": parameters.relative(str(row["region"] or "")),
        }
    commitments = [_iri(node) for node, data in attributes.items() if data["kind"] == "Commitment"]
    if commitments:
        query = query_templates.fill(
            "commitment-place.rq", {"node": map(query_templates.iri, commitments)}
        )
        for row in source.query(query):
            place = attributes[parameters.relative(str(row["node"]))]
            place["goal"] = parameters.relative(str(row["goal"] or ""))
            place["item"] = parameters.relative(str(row["item"] or ""))
    return attributes


def _kind(node: str, types: list[str]) -> str:
    """The most specific class of a node."""
    for name in _CLASSES:
        if NS + name in types:
            return name
    return "Theme" if node.startswith("theme/") else ""


def _iri(node: str) -> str:
    """The IRI of a node: the inverse of `parameters.relative`."""
    if ":" in node:
        return node
    return (SCHEME if node.startswith("theme/") else ID) + node
