"""Compare networks: the same data under other definitions, or two agendas.

A finding that holds at one level of aggregation and vanishes at the next is a finding
about the definition. `compare` shows that in one table. `compare_agendas` asks
whether two agendas differ by more than chance, by a permutation test over their commitments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, spearmanr

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite
from agendagraph.network.engines.sparse import incidence
from agendagraph.network.measurement.centrality import NODE_MEASURES, prepared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from agendagraph.network.bipartite import Graph, On


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A sensitivity table, and the edges behind it.

    ``table`` has one row for each pair of networks: first, second, nodes in common, the rank
    correlations over those nodes (spearman, kendall: Kendall's tau-b), and how many edges
    are gained, lost, changed and unchanged from the first to the second. ``edges`` has one row
    for each of those edges: first, second, source, target, weight_first, weight_second, change.
    """

    table: pd.DataFrame = field(repr=False)
    edges: pd.DataFrame = field(repr=False)
    measure: str


@dataclass(frozen=True, slots=True, eq=False)
class AgendaComparison:
    """Two agendas' projections, their edges, and the test of their difference.

    ``edges`` is as in `Comparison`, with the shares of events in place of counts.
    ``distance`` is the sum over all pairs of the absolute difference of the shares;
    ``p_value`` is (1 + r) / (1 + n) with *r* of the *n* permutations at least as distant.
    """

    edges: pd.DataFrame = field(repr=False)
    distance: float
    p_value: float
    permutations: int
    seed: int


def compare(networks: Mapping[str, Graph], *, measure: str = "strength") -> Comparison:
    """Return how the ranks and the edges of networks differ, for each pair of them.

    Args:
        networks: The same network under several definitions, by name; at least two.
        measure: The node measure to rank by: degree, strength, betweenness, closeness,
            eigenvector or pagerank.

    Returns:
        The sensitivity table. A correlation is NaN where fewer than two nodes are shared, or
        where one network gives all of them the same value. An edge counts as changed where
        its weights differ by more than one part in a billion.

    Raises:
        NetworkParameterError: There are fewer than two networks, or no such measure.

    References:
        M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33 (1945)
        239–251. https://doi.org/10.1093/biomet/33.3.239

    >>> import networkx as nx
    >>> first, second = nx.path_graph(4), nx.path_graph(3)
    >>> second.add_node(3)
    >>> found = compare({"all": first, "some": second}).table
    >>> found[["gained", "lost", "unchanged"]].to_dict("records")
    [{'gained': 0, 'lost': 1, 'unchanged': 2}]
    """
    if len(networks) < 2:
        raise NetworkParameterError("compare: expected at least two networks, by name")
    if measure not in NODE_MEASURES:
        raise NetworkParameterError(
            f"measure={measure!r}: expected one of {', '.join(NODE_MEASURES)}"
        )
    graphs = {name: prepared(graph) for name, graph in networks.items()}
    scores = {name: NODE_MEASURES[measure](graph) for name, graph in graphs.items()}
    rows, changes = [], []
    for first, second in combinations(graphs, 2):
        found = _changes(_weights(graphs[first]), _weights(graphs[second]))
        found.insert(0, "second", second)
        found.insert(0, "first", first)
        changes.append(found)
        counts = found["change"].value_counts()
        row = {"first": first, "second": second, **_correlations(scores[first], scores[second])}
        for change in ("gained", "lost", "changed", "unchanged"):
            row[change] = int(counts.get(change, 0))
        rows.append(row)
    return Comparison(pd.DataFrame(rows), pd.concat(changes, ignore_index=True), measure)


def compare_agendas(
    first: Graph,
    second: Graph,
    on: On = "counterpart",
    *,
    permutations: int = 999,
    seed: int = 0,
) -> AgendaComparison:
    r"""Compare the projections of two agendas, with a permutation test.

    The weight of a pair is the share of an agenda's events that it shares, so that agendas of
    unequal length can be compared. The distance is
    :math:`\sum_{u<v} |w^{(1)}_{uv} - w^{(2)}_{uv}|`. Under the null hypothesis it does not
    matter which event stands in which agenda; so the events are dealt anew to two agendas of
    the same lengths, *permutations* times.

    Args:
        first: The bipartite graph of one agenda.
        second: That of the other; a unit is the same where its node is the same.
        on: The nodes to project on, by name or number of the side.
        permutations: How many times to deal; at least 1.
        seed: The seed of the dealing.

    Returns:
        The edges with their shares in both, the distance and its p-value. Events are taken
        as different even where they have the same name.

    Raises:
        NetworkParameterError: A graph is not bipartite or has no events, or *on* names nothing
            in it.

    References:
        B. Phipson, G. K. Smyth, "Permutation p-values should never be zero", Statistical
        Applications in Genetics and Molecular Biology 9 (2010) 39.
        https://doi.org/10.2202/1544-6115.1585
    """
    if permutations < 1:
        raise NetworkParameterError(f"permutations={permutations}: expected at least one")
    sides = [bipartite.sides(graph, on) for graph in (first, second)]
    if not all(side.events for side in sides):
        raise NetworkParameterError("compare_agendas: an agenda without events cannot be compared")
    units = bipartite.ordered(set(sides[0].units) | set(sides[1].units))
    index = {unit: at for at, unit in enumerate(units)}
    pooled = np.zeros((len(units), len(sides[0].events) + len(sides[1].events)))
    start = 0
    for graph, side in zip((first, second), sides, strict=True):
        rows = [index[unit] for unit in side.units]
        pooled[rows, start : start + len(side.events)] = incidence(graph, side).toarray()
        start += len(side.events)
    order, size = np.arange(start), len(sides[0].events)
    shares = [_shares(pooled, order[:size]), _shares(pooled, order[size:])]
    distance = float(np.abs(shares[0] - shares[1]).sum())
    random = np.random.default_rng(seed)
    further = 0
    for _ in range(permutations):
        dealt = random.permutation(order)
        moved = np.abs(_shares(pooled, dealt[:size]) - _shares(pooled, dealt[size:])).sum()
        further += bool(moved >= distance - 1e-12)
    weights = [_named(share, units) for share in shares]
    p_value = (1 + further) / (1 + permutations)
    return AgendaComparison(_changes(*weights), distance, p_value, permutations, seed)


def _shares(pooled: NDArray[np.float64], events: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of the chosen events that each pair of units is together in."""
    matrix = pooled[:, events]
    answer: NDArray[np.float64] = np.triu(matrix @ matrix.T, k=1) / events.size
    return answer


def _named(shares: NDArray[np.float64], units: list[Any]) -> dict[tuple[Any, Any], float]:
    pairs = zip(*np.nonzero(shares), strict=True)
    return {(units[i], units[j]): float(shares[i, j]) for i, j in pairs}


def _weights(graph: Graph) -> dict[tuple[Any, Any], float]:
    return {(u, v): float(data["weight"]) for u, v, data in graph.edges(data=True)}


def _changes(
    before: Mapping[tuple[Any, Any], float], after: Mapping[tuple[Any, Any], float]
) -> pd.DataFrame:
    """One row for each edge of either network, and how it changed."""
    rows = []
    for u, v in bipartite.ordered(set(before) | set(after)):
        old, new = before.get((u, v), 0.0), after.get((u, v), 0.0)
        change = "unchanged" if abs(new - old) <= 1e-9 * max(old, new) else "changed"
        change = "gained" if old == 0 else "lost" if new == 0 else change
        rows.append((u, v, old, new, change))
    columns = ["source", "target", "weight_first", "weight_second", "change"]
    return pd.DataFrame(rows, columns=columns)


def _correlations(first: Mapping[Any, float], second: Mapping[Any, float]) -> dict[str, float]:
    shared = [node for node in first if node in second]
    x = [round(first[node], 12) for node in shared]
    y = [round(second[node], 12) for node in shared]
    spearman = kendall = float("nan")
    if len(set(x)) > 1 and len(set(y)) > 1:
        spearman, kendall = float(spearmanr(x, y)[0]), float(kendalltau(x, y)[0])
    return {"nodes": len(shared), "spearman": spearman, "kendall": kendall}
