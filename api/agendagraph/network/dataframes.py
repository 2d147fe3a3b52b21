"""Convert a network to two data frames: its nodes and its edges."""

# ruff: noqa: N803 - B and G are networkx's names for a bipartite graph and a graph

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from agendagraph.network import bipartite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agendagraph.network.bipartite import Graph


class Frames(NamedTuple):
    """The nodes and the edges of a network, as two frames."""

    nodes: pd.DataFrame
    edges: pd.DataFrame


def to_frames(G: Graph) -> Frames:
    """Return a frame of the nodes and one of the edges of *G*.

    Args:
        G: Any undirected networkx graph.

    Returns:
        ``nodes`` has the column ``node`` and one column for each node attribute; ``edges``
        has ``source``, ``target`` and one column for each edge attribute. Rows are sorted,
        columns stand in the order in which the attributes first occur, and an attribute
        that a node does not have is missing (``NaN``). Of an edge, ``source`` is the end
        that comes first in the order of the nodes.

    >>> import networkx as nx
    >>> g = nx.Graph()
    >>> g.add_node("일본", iso3="JPN")
    >>> g.add_edge("일본", "미국", weight=2)
    >>> nodes, edges = to_frames(g)
    >>> nodes["node"].tolist(), edges.to_dict("records")
    (['미국', '일본'], [{'source': '미국', 'target': '일본', 'weight': 2}])
    """
    nodes = ({"node": node, **G.nodes[node]} for node in bipartite.ordered(G))
    edges = ({"source": u, "target": v, **data} for u, v, data in bipartite.ordered_edges(G))
    return Frames(_frame(nodes, ["node"]), _frame(edges, ["source", "target"]))


def _frame(rows: Iterable[Mapping[str, object]], keys: list[str]) -> pd.DataFrame:
    records = list(rows)
    columns = dict.fromkeys(keys)
    for row in records:
        columns.update(dict.fromkeys(row))
    return pd.DataFrame(records, columns=list(columns))
