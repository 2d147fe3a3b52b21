"""Measure how central each node of a weighted network is.

Strong edges are short: where a measure follows paths, the length of an edge is
``1 / weight``. That is a choice, and every docstring here that makes it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import networkx as nx
import numpy as np

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agendagraph.network.bipartite import Graph

Scores: TypeAlias = dict[Any, float]


def prepared(graph: Graph) -> Graph:
    """Return a copy of *graph* with nodes and edges sorted and ``distance`` = 1 / weight.

    Raises:
        NetworkParameterError: A weight is not a positive, finite number; the message names
            the edge. (A signed backbone has positive weights; its signs are not used.)
    """
    copy: Graph = nx.Graph(**graph.graph)
    copy.add_nodes_from((node, graph.nodes[node]) for node in bipartite.ordered(graph))
    for u, v, data in bipartite.ordered_edges(graph):
        weight = data.get("weight", 1)
        if not (weight > 0 and np.isfinite(weight)):
            raise NetworkParameterError(
                f"edge {u!r} – {v!r} has the weight {weight!r}; expected a positive number"
            )
        copy.add_edge(u, v, **{**data, "weight": weight, "distance": 1 / weight})
    return copy


def numbered(graph: Graph) -> nx.Graph[int]:
    """Return a copy of *graph* whose nodes are 0, 1, 2 … in its order.

    networkx adds numbers up while it iterates over sets of nodes, and the order of a set of
    strings differs between two runs of Python, so that the last digits of the sum do too.
    Integers hash to themselves.
    """
    index = {node: at for at, node in enumerate(graph)}
    copy: nx.Graph[int] = nx.Graph()
    copy.add_nodes_from(range(len(index)))
    copy.add_edges_from((index[u], index[v], data) for u, v, data in graph.edges(data=True))
    return copy


def degree(graph: Graph) -> Scores:
    """The number of neighbours of each node."""
    return {node: float(k) for node, k in graph.degree()}


def strength(graph: Graph) -> Scores:
    r"""The sum of the weights of each node's edges, :math:`s_i = \sum_j w_{ij}`.

    References:
        A. Barrat, M. Barthélemy, R. Pastor-Satorras, A. Vespignani, "The architecture of
        complex weighted networks", PNAS 101 (2004) 3747–3752.
        https://doi.org/10.1073/pnas.0400087101
    """
    return {node: float(s) for node, s in graph.degree(weight="weight")}


def betweenness(graph: Graph) -> Scores:
    """The share of shortest paths that run through each node, with length = 1 / weight.

    Normalised by the number of pairs of other nodes, so in [0, 1]; 0 in networks of fewer
    than three nodes. Where several paths are shortest, each counts in part.

    References:
        U. Brandes, "A faster algorithm for betweenness centrality", Journal of Mathematical
        Sociology 25 (2001) 163–177. https://doi.org/10.1080/0022250X.2001.9990249
    """
    return dict(nx.betweenness_centrality(graph, weight="distance", normalized=True))


def closeness(graph: Graph) -> Scores:
    """How near each node is to the others that it reaches, with length = 1 / weight.

    The inverse of the mean distance, times the share of the network that the node reaches
    (Wasserman and Faust's correction for networks in several parts); 0 for isolates. It has
    the unit of a weight and may exceed 1.

    References:
        S. Wasserman, K. Faust, *Social Network Analysis*, Cambridge University Press, 1994,
        p. 201. https://doi.org/10.1017/CBO9780511815478
    """
    return dict(nx.closeness_centrality(graph, distance="distance", wf_improved=True))


def eigenvector(graph: Graph) -> Scores:
    r"""The principal eigenvector of the weight matrix, of Euclidean length 1.

    In a network of several parts the eigenvector belongs to the part with the largest
    eigenvalue and is 0 elsewhere; parts whose largest eigenvalues are equal share it. In a
    network without edges it is 0 for all nodes.

    References:
        P. Bonacich, "Power and centrality: a family of measures", American Journal of
        Sociology 92 (1987) 1170–1182. https://doi.org/10.1086/228631
    """
    scores = dict.fromkeys(graph, 0.0)
    parts = []
    for component in nx.connected_components(graph):
        if len(component) > 1:
            nodes = bipartite.ordered(component)
            values, vectors = np.linalg.eigh(nx.to_numpy_array(graph, nodelist=nodes))
            parts.append((float(values[-1]), nodes, np.abs(vectors[:, -1])))
    largest = max((value for value, _, _ in parts), default=0.0)
    first = [part for part in parts if part[0] >= largest * (1 - 1e-9)]
    for _, nodes, vector in first:
        scores.update(zip(nodes, (vector / np.sqrt(len(first))).tolist(), strict=True))
    return scores


def pagerank(graph: Graph) -> Scores:
    """The share of time that a random walk spends at each node, with damping 0.85.

    The walk follows edges in proportion to their weights; the scores sum to 1.

    References:
        S. Brin, L. Page, "The anatomy of a large-scale hypertextual Web search engine",
        Computer Networks 30 (1998) 107–117. https://doi.org/10.1016/S0169-7552(98)00110-X
    """
    if len(graph) == 0:
        return {}
    return dict(nx.pagerank(graph, alpha=0.85, weight="weight", max_iter=1000, tol=1e-12))


def local_clustering(graph: Graph) -> Scores:
    """The share of the pairs of each node's neighbours that are joined; weights are not used.

    References:
        D. J. Watts, S. H. Strogatz, "Collective dynamics of 'small-world' networks", Nature
        393 (1998) 440–442. https://doi.org/10.1038/30918
    """
    return {node: float(nx.clustering(graph, node)) for node in graph}  # type: ignore[arg-type]


def participation(graph: Graph, communities: Mapping[Any, int]) -> Scores:
    r"""How evenly each node's strength is spread over the communities.

    .. math:: P_i = 1 - \sum_c (s_{ic} / s_i)^2

    where :math:`s_{ic}` is the strength of node *i* towards community *c*: 0 where all of it
    stays in one community, approaching 1 where it spreads over many.

    Args:
        graph: An undirected network; edge attribute ``weight``, 1 where absent.
        communities: The community of every node.

    Returns:
        A number in [0, 1) for each node; 0 for isolates, where the formula says nothing.

    Raises:
        NetworkParameterError: A node has no community.

    References:
        R. Guimerà, L. A. N. Amaral, "Functional cartography of complex metabolic networks",
        Nature 433 (2005) 895–900, eq. 2. https://doi.org/10.1038/nature03288

    >>> g = nx.Graph([("kor", "usa"), ("kor", "chn")])
    >>> participation(g, {"kor": 0, "usa": 0, "chn": 1})
    {'kor': 0.5, 'usa': 0.0, 'chn': 0.0}
    """
    missing = [node for node in graph if node not in communities]
    if missing:
        raise NetworkParameterError(f"communities: node {missing[0]!r} has none")
    scores = {}
    for node in graph:
        towards: dict[int, float] = {}
        for other, data in graph.adj[node].items():
            group = communities[other]
            towards[group] = towards.get(group, 0.0) + data.get("weight", 1)
        total = sum(towards[group] for group in sorted(towards))
        squares = sum((towards[group] / total) ** 2 for group in sorted(towards))
        scores[node] = 1 - squares if total else 0.0
    return scores


NODE_MEASURES: Final[Mapping[str, Callable[[Graph], Scores]]] = {
    "degree": degree,
    "strength": strength,
    "betweenness": betweenness,
    "closeness": closeness,
    "eigenvector": eigenvector,
    "pagerank": pagerank,
}
"""The measures that each node of a one-mode network gets, by name."""
