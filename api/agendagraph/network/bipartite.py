"""Read a bipartite graph: its two sides, checked and in a fixed order.

Everything in this package that takes a bipartite graph ``B`` reads it through this
module: an undirected networkx graph in which each node has the attribute ``bipartite``,
0 or 1 (networkx's convention), and no edge joins two nodes of one side. Our own graphs
also name their sides in the graph attributes ``side_0`` and ``side_1`` ("counterpart",
"goal"); others need not.

Iteration over a set of strings differs between two runs of Python. So no function here
returns a set, and no algorithm of this package sees nodes in another order than
`ordered` gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import networkx as nx

from agendagraph.errors import NetworkParameterError

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    Graph: TypeAlias = nx.Graph[Any]
    On: TypeAlias = str | int | Collection[Hashable]


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of a bipartite graph, as an analysis sees them.

    ``units`` are the nodes under study (the counterparts that a projection joins), ``events``
    all nodes of the other side (the commitments that they share); both in the order of
    `ordered`.
    """

    units: tuple[Hashable, ...]
    events: tuple[Hashable, ...]


def ordered(nodes: Iterable[Hashable]) -> list[Any]:
    """Return *nodes* in an order that is the same in every run of Python.

    Nodes of one sortable type are sorted by value; where types are mixed, by the name
    of the type and then by the written form.

    >>> ordered({"대한민국", "일본", "apec"})
    ['apec', '대한민국', '일본']
    >>> ordered([2, "a", 10, 1])
    [1, 10, 2, 'a']
    """
    items: list[Any] = list(nodes)
    if set(map(type, items)) == {str}:
        return sorted(items)
    try:
        return sorted(items)
    except TypeError:
        return sorted(items, key=lambda node: (type(node).__name__, str(node)))


def ordered_edges(graph: Graph) -> list[tuple[Any, Any, dict[str, Any]]]:
    """Return the edges of *graph* and their attributes, ends and edges in the order of the nodes.

    >>> ordered_edges(nx.Graph([("c", "b"), ("b", "a")]))
    [('a', 'b', {}), ('b', 'c', {})]
    """
    nodes = ordered(graph)
    rank = {node: at for at, node in enumerate(nodes)}
    pairs = sorted(sorted((rank[u], rank[v])) for u, v in graph.edges())
    return [(nodes[i], nodes[j], graph.edges[nodes[i], nodes[j]]) for i, j in pairs]


def is_bipartite(graph: Graph) -> bool:
    """Whether *graph* is marked as bipartite: it has nodes, and each has ``bipartite``.

    >>> is_bipartite(nx.Graph([("kor", "jpn")]))
    False
    """
    return len(graph) > 0 and all("bipartite" in data for _, data in graph.nodes(data=True))


def check(graph: Graph) -> dict[Any, int]:
    """Return the side of each node, of a graph that is bipartite in networkx's convention.

    Raises:
        NetworkParameterError: The graph is directed, a node has no attribute
            ``bipartite`` of 0 or 1, or an edge joins two nodes of one side. The message
            names the first node or edge at fault.
    """
    if not isinstance(graph, nx.Graph) or graph.is_directed():
        raise NetworkParameterError(
            f"expected an undirected networkx graph, found {type(graph).__name__}"
        )
    marks: dict[Any, int] = dict(graph.nodes(data="bipartite"))
    node = _unmarked(marks)
    if node is not None:
        raise NetworkParameterError(
            f"node {node[0]!r}: expected the attribute bipartite = 0 or 1, found {marks[node[0]]!r}"
        )
    edge = _inside(graph, marks)
    if edge is not None:
        raise NetworkParameterError(
            f"edge {edge[0]!r} – {edge[1]!r} joins two nodes of side {int(marks[edge[0]])}; in a "
            "bipartite graph an edge joins a node of side 0 and one of side 1"
        )
    return marks


def _unmarked(marks: dict[Any, Any]) -> tuple[Hashable] | None:
    """The first node whose mark is neither 0 nor 1, if there is one."""
    try:
        if set(marks.values()) <= {0, 1}:
            return None
    except TypeError:
        pass  # an unhashable mark is neither 0 nor 1
    return next((node,) for node, mark in marks.items() if mark not in (0, 1))


def _inside(graph: Graph, marks: dict[Any, int]) -> tuple[Hashable, Hashable] | None:
    """The first edge inside one side, if there is one.

    Where no edge is inside side 0, the degrees of side 0 sum to the number of edges across;
    those of side 1 sum to the same number only if no edge is inside side 1 either.
    """
    adjacency = dict(graph.adjacency())
    first = {node for node, mark in marks.items() if mark == 0}
    across = sum(len(adjacency[node]) for node in first)
    total = sum(map(len, adjacency.values()))
    if all(first.isdisjoint(adjacency[node]) for node in first) and total == 2 * across:
        return None
    return next((u, v) for u, v in graph.edges() if marks[u] == marks[v])


def sides(graph: Graph, on: On = "counterpart") -> Sides:
    """Return the nodes that *on* chooses, and all nodes of the opposite side.

    Args:
        graph: An undirected graph whose nodes have ``bipartite`` 0 or 1.
        on: The name of a side (graph attribute ``side_0`` or ``side_1``), the ``kind`` of
            some nodes of one side, the number of a side (0 or 1), or the nodes
            themselves.

    Returns:
        The two sides, sorted. In an empty graph both are empty, whatever *on* is.

    Raises:
        NetworkParameterError: The graph is not bipartite (see `check`), *on* names
            nothing in it, or it names nodes of both sides.

    >>> B = nx.Graph([("kor", "g1"), ("jpn", "g1")], side_0="counterpart", side_1="goal")
    >>> for node in B:
    ...     B.nodes[node]["bipartite"] = int(node == "g1")
    >>> sides(B, "counterpart")
    Sides(units=('jpn', 'kor'), events=('g1',))
    """
    marks = check(graph)
    if not marks:
        return Sides((), ())
    units = _chosen(graph, marks, on)
    numbers = {marks[node] for node in units}
    if len(numbers) > 1:
        raise NetworkParameterError(f"on={on!r} chooses nodes of both sides; choose those of one")
    mark = numbers.pop() if numbers else 0
    events = (node for node, other in marks.items() if other != mark)
    return Sides(tuple(ordered(units)), tuple(ordered(events)))


def _chosen(graph: Graph, marks: dict[Any, int], on: On) -> list[Hashable]:
    """The nodes that *on* names."""
    if isinstance(on, str):
        return _named(graph, marks, on)
    if isinstance(on, int):
        if on not in (0, 1):
            raise NetworkParameterError(f"on={on!r}: a side has the number 0 or 1")
        return [node for node, mark in marks.items() if mark == on]
    nodes = list(dict.fromkeys(on))
    for node in nodes:
        if node not in graph:
            raise NetworkParameterError(f"on: the graph has no node {node!r}")
    return nodes


def _named(graph: Graph, marks: dict[Any, int], name: str) -> list[Hashable]:
    """The nodes of the side that is called *name*, or else those whose kind it is."""
    names = {graph.graph.get(f"side_{mark}"): mark for mark in (1, 0)}
    if name in names:
        return [node for node, mark in marks.items() if mark == names[name]]
    nodes = [node for node, data in graph.nodes(data=True) if data.get("kind") == name]
    if not nodes:
        kinds = {str(data["kind"]) for _, data in graph.nodes(data=True) if "kind" in data}
        known = ", ".join(sorted(kinds | {str(side) for side in names if side is not None}))
        raise NetworkParameterError(
            f"on={name!r} is neither a side nor a kind of node of this graph; "
            f"it has {known or 'no named sides and no kinds: give 0, 1 or the nodes'}"
        )
    return nodes
