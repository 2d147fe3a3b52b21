"""Measure a network: its nodes, its whole, and how sure one can be of either.

A count of sentences is a sample of what a government might have written. So where the
bipartite source is given, each measure comes with an interval and each rank with an
interval, from a bootstrap over the events; and equal values have one rank.
"""

# ruff: noqa: N803 - B and G are networkx's names for a bipartite graph and a graph

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite
from agendagraph.network.measurement import structure
from agendagraph.network.measurement.bootstrap import Resampling, intervals, ranked
from agendagraph.network.measurement.centrality import (
    NODE_MEASURES,
    Scores,
    local_clustering,
    numbered,
    participation,
    prepared,
)
from agendagraph.network.measurement.communities import modularity

if TYPE_CHECKING:
    from agendagraph.network.bipartite import Graph

Attributes = Collection[str] | Mapping[str, Mapping[Any, object]]


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What was measured of a network.

    ``nodes`` has one row for each node (its index) and one column for each measure.
    ``ranks`` has one row for each node and measure: node, measure, value, rank (1 is the
    largest; equal values share the smallest rank), tied (how many nodes share it), and low,
    high, rank_low, rank_high, which are missing without a bootstrap.
    ``graph`` holds the measures of the whole, by name. ``resampling`` says how the intervals
    were made; it is None where there are none.
    """

    nodes: pd.DataFrame = field(repr=False)
    ranks: pd.DataFrame = field(repr=False)
    graph: dict[str, float] = field(repr=False)
    names: tuple[str, ...]
    resampling: Resampling | None = None


def measures(  # noqa: PLR0913 - each is one choice of the analyst
    G: Graph,
    *,
    names: Collection[str] | None = None,
    communities: Mapping[Any, int] | None = None,
    attributes: Attributes = (),
    source: Graph | None = None,
    level: str | None = None,
    replicates: int = 200,
    confidence: float = 0.95,
    seed: int = 0,
) -> Measures:
    r"""Measure the nodes of *G* and its whole.

    Nodes of a one-mode network: degree, strength, betweenness and closeness (both with
    length = 1 / weight), eigenvector, pagerank, coreness, clustering, and participation
    where communities are given. Whole: nodes, edges, density, components, share of the
    largest component, transitivity, mean clustering, fit of the core–periphery model,
    modularity where communities are given, and assortativity by each attribute.

    Nodes of a bipartite graph: degree, strength and clustering (Latapy, Magnien and Del
    Vecchio's, with the overlap over the union). Whole: nodes of each side, edges, density
    (edges over possible edges), components, mean clustering and nestedness (NODF).

    With *source*, the events of the bipartite graph that *G* was projected from are drawn
    anew, with replacement, *replicates* times; each time the projection is made and measured
    again. The interval holds the middle *confidence* of the values (percentile bootstrap),
    and the rank interval the middle *confidence* of the ranks.

    Args:
        G: An undirected network; edge attribute ``weight``, 1 where absent.
        names: The node measures to compute; all by default. Fewer make a bootstrap faster.
        communities: The community of every node, as `communities` gives them.
        attributes: Node attributes to compute the assortativity by; or, for each name, the
            value of each node.
        source: The bipartite graph with the commitments that *G* comes from. Its nodes of one
            side must be the nodes of *G*.
        level: The attribute of the source's events (``goal``, ``item``) that groups them
            before the projection; None projects on the events themselves.
        replicates: How many times to draw; at least 10.
        confidence: The share of draws inside an interval, in (0, 1).
        seed: The seed of the draws.

    Returns:
        All measures. For an empty network the frames are empty and the density is NaN; one
        node is measured like any other.

    Raises:
        NetworkParameterError: A weight is not positive, a name is unknown, a node has no
            community, or the source does not fit the network.

    Notes:
        A bootstrap over commitments says how much the measures hang on single commitments. It
        says nothing about what the coder did not see.

    References:
        B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap*, Chapman & Hall, 1993,
        ch. 13. https://doi.org/10.1201/9780429246593

        M. Latapy, C. Magnien, N. Del Vecchio, "Basic notions for the analysis of large two-mode
        networks", Social Networks 30 (2008) 31–48.
        https://doi.org/10.1016/j.socnet.2007.04.006

    >>> g = nx.Graph()
    >>> g.add_weighted_edges_from([("kor", "usa", 3), ("kor", "jpn", 1)])
    >>> found = measures(g)
    >>> found.nodes["strength"].to_dict()
    {'jpn': 1.0, 'kor': 4.0, 'usa': 3.0}
    >>> round(found.graph["density"], 3)
    0.667
    """
    network = prepared(G)
    two_mode = bipartite.is_bipartite(G)
    if two_mode:
        bipartite.check(G)
    scores = _bipartite_nodes(network) if two_mode else _nodes(network, communities)
    chosen = _chosen(names, scores)
    nodes = pd.DataFrame({name: scores[name] for name in chosen}, index=list(network))
    nodes.index.name = "node"
    whole = _bipartite_whole(network) if two_mode else _whole(network, communities, attributes)
    table, resampling = ranked(nodes), None
    if source is not None:
        resampling = Resampling(level, replicates, confidence, seed)
        table = intervals(network, source, nodes, communities, resampling)
    return Measures(nodes, table, whole, chosen, resampling)


def _chosen(names: Collection[str] | None, scores: Mapping[str, Scores]) -> tuple[str, ...]:
    """The measures asked for, in our order."""
    unknown = sorted(set(names or ()) - set(scores))
    if unknown:
        raise NetworkParameterError(
            f"names: there is no measure {unknown[0]!r} here; there are {', '.join(scores)}"
        )
    return tuple(name for name in scores if names is None or name in names)


def _nodes(network: Graph, communities: Mapping[Any, int] | None) -> dict[str, Scores]:
    scores = {name: measure(network) for name, measure in NODE_MEASURES.items()}
    scores["coreness"] = structure.core_periphery(network).coreness
    scores["clustering"] = local_clustering(network)
    if communities is not None:
        scores["participation"] = participation(network, communities)
    return scores


def _whole(
    network: Graph, communities: Mapping[Any, int] | None, attributes: Attributes
) -> dict[str, float]:
    n = len(network)
    parts = [len(part) for part in nx.connected_components(network)]
    clustering = list(local_clustering(network).values())
    whole: dict[str, float] = {
        "nodes": n,
        "edges": network.number_of_edges(),
        "density": nx.density(network) if n > 1 else float("nan"),
        "components": len(parts),
        "largest_component": max(parts) / n if n else float("nan"),
        "transitivity": float(nx.transitivity(network)),
        "mean_clustering": sum(clustering) / n if n else float("nan"),
        "core_periphery_fit": structure.core_periphery(network).fit,
    }
    if communities is not None:
        whole["modularity"] = modularity(network, communities)
    for name in attributes:
        values = attributes[name] if isinstance(attributes, Mapping) else name
        whole[f"assortativity_{name}"] = structure.assortativity(network, values)
    return whole


def _bipartite_nodes(network: Graph) -> dict[str, Scores]:
    return {
        "degree": NODE_MEASURES["degree"](network),
        "strength": NODE_MEASURES["strength"](network),
        "clustering": _two_mode_clustering(network),
    }


def _two_mode_clustering(network: Graph) -> Scores:
    scores = nx.bipartite.latapy_clustering(numbered(network), mode="dot")
    return {node: float(scores[at]) for at, node in enumerate(network)}


def _bipartite_whole(network: Graph) -> dict[str, float]:
    sides = bipartite.sides(network, 0)
    possible = len(sides.units) * len(sides.events)
    clustering = list(_two_mode_clustering(network).values())
    edges = network.number_of_edges()
    return {
        "nodes_0": len(sides.units),
        "nodes_1": len(sides.events),
        "edges": edges,
        "density": edges / possible if possible else float("nan"),
        "components": nx.number_connected_components(network),
        "mean_clustering": float(sum(clustering) / len(clustering)),
        "nestedness": structure.nodf(network),
    }
