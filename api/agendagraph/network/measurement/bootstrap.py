"""Rank nodes by a measure, and estimate by a bootstrap over the events how far ranks may move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
import pandas as pd
from scipy.stats import rankdata

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite
from agendagraph.network.engines.sparse import incidence
from agendagraph.network.measurement import structure
from agendagraph.network.measurement.centrality import (
    NODE_MEASURES,
    local_clustering,
    participation,
    prepared,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from agendagraph.network.bipartite import Graph

_FEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals were made: grouping, number of draws, confidence and seed."""

    level: str | None
    replicates: int
    confidence: float
    seed: int

    def __post_init__(self) -> None:
        """Refuse a number of draws or a confidence that gives no interval."""
        if self.replicates < _FEWEST:
            raise NetworkParameterError(
                f"replicates={self.replicates}: an interval needs at least {_FEWEST} draws"
            )
        if not 0 < self.confidence < 1:
            raise NetworkParameterError(
                f"confidence={self.confidence!r}: expected a share between 0 and 1, exclusive"
            )


@dataclass(frozen=True, slots=True, eq=False)
class EventSource:
    """The bipartite source of a network, as a matrix that can be drawn from.

    ``matrix`` is units × events; ``groups[j]`` is the group of event *j* at the level asked
    for (each event its own group where there is no level).
    """

    units: tuple[Hashable, ...]
    matrix: Any
    groups: NDArray[np.int64]
    weight: str

    @classmethod
    def of(cls, network: Graph, source: Graph, level: str | None) -> EventSource:
        """Read *source* as that of *network*; refuse one that does not fit."""
        unknown = [node for node in network if node not in source]
        if unknown:
            raise NetworkParameterError(f"source: it has no node {unknown[0]!r}")
        sides = bipartite.sides(source, list(network))
        names = list(sides.events)
        if level is not None:
            names = [source.nodes[event].get(level) for event in sides.events]
            if any(name is None for name in names):
                at = sides.events[names.index(None)]
                raise NetworkParameterError(f"level={level!r}: event {at!r} has no such attribute")
        index = {name: at for at, name in enumerate(bipartite.ordered(set(names)))}
        groups = np.array([index[name] for name in names], dtype=np.int64)
        weight = str(network.graph.get("projection", "count"))
        return cls(sides.units, incidence(source, sides).toarray(), groups, weight)

    def draw(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """The projection's weights when event *j* stands *times[j]* times in the sample."""
        if self.groups.size and int(self.groups.max()) + 1 < self.groups.size:
            held = np.zeros((len(self.units), int(self.groups.max()) + 1))
            np.add.at(held.T, self.groups, (self.matrix * times).T)
            matrix = (held > 0).astype(np.float64)
            times = np.ones(matrix.shape[1], dtype=np.int64)
        else:
            matrix = self.matrix.astype(np.float64)
        share = times.astype(np.float64)
        if self.weight == "newman":
            share = share / np.maximum(matrix.sum(axis=0) - 1, 1)
        weights = (matrix * share) @ matrix.T
        if self.weight == "jaccard":
            own = np.diag(weights)
            union = own[:, None] + own[None, :] - weights
            weights = np.divide(weights, union, out=np.zeros_like(weights), where=union > 0)
        np.fill_diagonal(weights, 0.0)
        answer: NDArray[np.float64] = weights
        return answer


def rank(values: ArrayLike) -> NDArray[np.int64]:
    """Return the rank of each value: 1 for the largest; equal values share the smallest.

    Nodes in the same position of a network have the same value, but the order of a sum
    changes its last digits. So values are equal here if ten significant digits agree.

    >>> rank([5.0, 0.1 + 0.2, 0.3, 7.0]).tolist()
    [2, 3, 3, 1]
    """
    given = np.asarray(values, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(given)))
    scale = 10.0 ** (9 - np.where(np.isfinite(size), size, 0))
    rounded = np.round(given * scale) / scale
    found: NDArray[np.int64] = rankdata(-rounded, method="min").astype(np.int64)
    return found


def ranked(nodes: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each node and measure of *nodes*, with its rank and its ties."""
    parts = []
    for name in nodes.columns:
        ranks = rank(nodes[name].to_numpy())
        part = pd.DataFrame({"node": list(nodes.index), "measure": name})
        part["value"] = nodes[name].to_numpy(dtype=np.float64)
        part["rank"] = ranks
        part["tied"] = pd.Series(ranks, dtype="int64").map(pd.Series(ranks).value_counts())
        part = part.sort_values(["rank"], kind="stable")
        parts.append(part)
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    for name in ("low", "high", "rank_low", "rank_high"):
        table[name] = np.nan
    return table


def intervals(
    network: Graph,
    source: Graph,
    nodes: pd.DataFrame,
    communities: Mapping[Any, int] | None,
    resampling: Resampling,
) -> pd.DataFrame:
    """Return the rank table of *nodes* with the intervals of values and ranks.

    Raises:
        NetworkParameterError: The source does not fit; see `EventSource.of`.
    """
    table = ranked(nodes)
    events = EventSource.of(network, source, resampling.level)
    n = events.groups.size
    if n == 0 or nodes.empty:
        return table
    random = np.random.default_rng(resampling.seed)
    drawn = np.empty((resampling.replicates, nodes.shape[1], len(events.units)))
    for at in range(resampling.replicates):
        times = random.multinomial(n, np.full(n, 1 / n))
        graph = _graph(events.units, events.draw(times))
        for column, name in enumerate(nodes.columns):
            scores = _score(name, graph, communities)
            drawn[at, column] = [scores[unit] for unit in events.units]
    ranks = np.array([[rank(values) for values in one] for one in drawn], dtype=np.float64)
    where = {unit: at for at, unit in enumerate(events.units)}
    rows = [where[node] for node in table["node"]]
    columns = [list(nodes.columns).index(name) for name in table["measure"]]
    tail = (1 - resampling.confidence) / 2
    for name, values, end in (
        ("low", drawn, tail),
        ("high", drawn, 1 - tail),
        ("rank_low", ranks, tail),
        ("rank_high", ranks, 1 - tail),
    ):
        ends = np.quantile(values, end, axis=0, method="linear")
        table[name] = np.asarray(ends)[columns, rows]
    table["rank_low"] = np.floor(table["rank_low"])
    table["rank_high"] = np.ceil(table["rank_high"])
    return table


def _graph(units: tuple[Hashable, ...], weights: NDArray[np.float64]) -> Graph:
    graph: Graph = nx.Graph()
    graph.add_nodes_from(units)
    for i, j in zip(*np.nonzero(np.triu(weights)), strict=True):
        graph.add_edge(units[i], units[j], weight=float(weights[i, j]))
    return prepared(graph)


def _score(name: str, graph: Graph, communities: Mapping[Any, int] | None) -> Mapping[Any, float]:
    """One measure of one drawn network."""
    if name == "coreness":
        return structure.core_periphery(graph).coreness
    if name == "clustering":
        return local_clustering(graph)
    if name == "participation":
        return participation(graph, communities or {})
    return NODE_MEASURES[name](graph)
