"""Find communities, and how stable and how surprising they are.

A community detection run once gives one of many nearly equal answers. Here it is run with
many seeds; how often two nodes end up together is reported, and the partition returned is
the consensus of all runs. Its modularity is compared with that of random networks, since
random networks have communities too.
"""

# ruff: noqa: N803 - B and G are networkx's names for a bipartite graph and a graph

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import networkx as nx
import numpy as np
import pandas as pd

from agendagraph.errors import NetworkError, NetworkParameterError
from agendagraph.network.backbones.configuration_model import configuration
from agendagraph.network.measurement.bootstrap import EventSource
from agendagraph.network.measurement.centrality import numbered, prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from agendagraph.network.bipartite import Graph

Method: TypeAlias = Literal["louvain", "leiden"]
_ROUNDS: Final = 20
"""Rounds of consensus; Lancichinetti and Fortunato need a handful."""


@dataclass(frozen=True, slots=True, eq=False)
class Communities:
    """A consensus partition, its stability and its modularity against chance.

    ``labels`` gives each node's community: 0 is the largest; of equally large ones, the one
    with the first node. ``together`` is the share of runs in which two nodes were in one
    community. ``stability`` is the mean over the pairs of nodes of how far that share is from
    a coin toss: 1 if every run gave the same partition, 0 if all shares are one half.
    ``p_value`` is (1 + r) / (1 + n) with *r* of the *n* null networks at least as modular.
    """

    labels: dict[Any, int] = field(repr=False)
    together: pd.DataFrame = field(repr=False)
    stability: float
    modularity: float
    null_modularity: tuple[float, ...] = field(repr=False)
    p_value: float
    method: Method
    runs: int
    resolution: float
    seed: int
    null: str


def communities(
    G: Graph,
    seed: int = 0,
    *,
    runs: int = 100,
    method: Method = "louvain",
    resolution: float = 1.0,
    source: Graph | None = None,
    nulls: int = 100,
) -> Communities:
    r"""Return the consensus communities of *G* over many runs.

    Each run maximises the weighted modularity

    .. math:: Q = \frac{1}{2W} \sum_{ij} \left( w_{ij} - γ \frac{s_i s_j}{2W} \right)
       δ(c_i, c_j)

    from another order of the nodes. Pairs that are together in at least half of the runs
    form a new weighted network, on which the runs are repeated until all agree
    (consensus clustering [1]_).

    Args:
        G: An undirected one-mode network; edge attribute ``weight``, 1 where absent.
        seed: The seed of everything random here.
        runs: How often the method is run.
        method: ``louvain`` (networkx) or ``leiden``, if igraph and leidenalg are installed
            (both are GPL, so Agendagraph neither needs nor installs them).
        resolution: γ; larger values give smaller communities.
        source: The bipartite source of *G*. The null networks are then projections of random
            bipartite graphs with its expected degrees; without it they are *G* with its edges
            rewired at fixed degrees and its weights shuffled.
        nulls: How many null networks to compare with.

    Returns:
        The partition, its stability, and its modularity against the null. In a network
        without edges every node is a community of its own, and modularity and p-value are
        NaN.

    Raises:
        NetworkParameterError: An argument is not as described.
        NetworkError: ``leiden`` is asked for and is not installed.

    References:
        .. [1] A. Lancichinetti, S. Fortunato, "Consensus clustering in complex networks",
           Scientific Reports 2 (2012) 336. https://doi.org/10.1038/srep00336
        .. [2] V. D. Blondel, J.-L. Guillaume, R. Lambiotte, E. Lefebvre, "Fast unfolding of
           communities in large networks", Journal of Statistical Mechanics (2008) P10008.
           https://doi.org/10.1088/1742-5468/2008/10/P10008
        .. [3] V. A. Traag, L. Waltman, N. J. van Eck, "From Louvain to Leiden: guaranteeing
           well-connected communities", Scientific Reports 9 (2019) 5233.
           https://doi.org/10.1038/s41598-019-41695-z

    >>> found = communities(nx.barbell_graph(4, 0), seed=1, runs=10, nulls=10)
    >>> found.labels
    {0: 0, 1: 0, 2: 0, 3: 0, 4: 1, 5: 1, 6: 1, 7: 1}
    >>> found.stability
    1.0
    """
    if method not in get_args(Method):
        raise NetworkParameterError(f"method={method!r}: expected louvain or leiden")
    if runs < 1 or nulls < 0 or not resolution > 0:
        raise NetworkParameterError(
            f"runs={runs}, nulls={nulls}, resolution={resolution}: expected at least one run, "
            "no negative number of null networks and a positive resolution"
        )
    network = prepared(G)
    nodes = list(network)
    weights = nx.to_numpy_array(network, nodelist=nodes)
    random = np.random.default_rng(seed)
    find = _Finder(method, resolution, random)
    together, labels = _consensus(find, weights, runs)
    found = dict(zip(nodes, labels, strict=True))
    observed = modularity(network, found, resolution=resolution)
    draw = _null(network, weights, source, random)
    chance = [find.best(draw()) for _ in range(nulls if network.number_of_edges() else 0)]
    above = sum(value >= observed - 1e-12 for value in chance)
    pairs = np.triu_indices(len(nodes), k=1)
    shares = together[pairs]
    return Communities(
        labels=found,
        together=pd.DataFrame(together, index=nodes, columns=nodes),
        stability=float(np.mean(np.abs(2 * shares - 1))) if shares.size else 1.0,
        modularity=observed,
        null_modularity=tuple(chance),
        p_value=(1 + above) / (1 + len(chance)) if chance else float("nan"),
        method=method,
        runs=runs,
        resolution=resolution,
        seed=seed,
        null="configuration" if source is None else "bipartite configuration",
    )


def modularity(graph: Graph, labels: Mapping[Any, int], *, resolution: float = 1.0) -> float:
    """Return the weighted modularity of a partition; NaN in a network without edges.

    Raises:
        NetworkParameterError: A node has no community.

    References:
        M. E. J. Newman, M. Girvan, "Finding and evaluating community structure in networks",
        Physical Review E 69 (2004) 026113. https://doi.org/10.1103/PhysRevE.69.026113

    >>> modularity(nx.barbell_graph(3, 0), {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1}).__round__(3)
    0.357
    """
    missing = [node for node in graph if node not in labels]
    if missing:
        raise NetworkParameterError(f"communities: node {missing[0]!r} has none")
    if graph.number_of_edges() == 0:
        return float("nan")
    groups: dict[int, set[int]] = {}
    for at, node in enumerate(graph):
        groups.setdefault(labels[node], set()).add(at)
    parts = [groups[label] for label in sorted(groups)]
    value = nx.community.modularity(numbered(graph), parts, resolution=resolution)
    return float(value)


@dataclass(frozen=True, slots=True)
class _Finder:
    """One method of detection, run on a weight matrix whose nodes are numbered from 0.

    Integers hash to themselves, so that sets of them are iterated alike in every process.
    """

    method: Method
    resolution: float
    random: Generator

    def __call__(self, weights: NDArray[np.float64]) -> list[int]:
        """The community of each node, from one run."""
        seed = int(self.random.integers(2**31))
        if self.method == "leiden":
            return _leiden(weights, self.resolution, seed)
        parts = nx.community.louvain_communities(
            nx.from_numpy_array(weights), weight="weight", resolution=self.resolution, seed=seed
        )
        return _numbered(parts, len(weights))

    def best(self, weights: NDArray[np.float64]) -> float:
        """The modularity that one run reaches."""
        labels = dict(enumerate(self(weights)))
        return modularity(nx.from_numpy_array(weights), labels, resolution=self.resolution)


def _numbered(parts: Sequence[Any], n: int) -> list[int]:
    """Number communities by size, then by their first node."""
    labels = [0] * n
    order = sorted((sorted(part) for part in parts), key=lambda part: (-len(part), part))
    for number, part in enumerate(order):
        for node in part:
            labels[node] = number
    return labels


def _consensus(
    find: _Finder, weights: NDArray[np.float64], runs: int
) -> tuple[NDArray[np.float64], list[int]]:
    """The co-assignment of the first round, and the partition on which all runs agree."""
    current, first = weights, None
    labels: list[int] = []
    for _ in range(_ROUNDS):
        partitions = [find(current) for _ in range(runs)]
        together = np.zeros_like(weights, dtype=np.float64)
        for partition in partitions:
            marks = np.asarray(partition)
            together += marks[:, None] == marks[None, :]
        together /= runs
        first = together if first is None else first
        labels = partitions[0]
        if all(partition == labels for partition in partitions):
            break
        current = np.where(together >= 0.5, together, 0.0)
        np.fill_diagonal(current, 0.0)
    return (weights if first is None else first), labels


def _leiden(weights: NDArray[np.float64], resolution: float, seed: int) -> list[int]:
    try:
        igraph, leidenalg = import_module("igraph"), import_module("leidenalg")
    except ModuleNotFoundError as error:
        raise NetworkError(
            "method='leiden' needs the packages igraph and leidenalg, which are not installed. "
            "They are under the GPL, so Agendagraph does not install them: "
            "pip install igraph leidenalg, or use method='louvain'"
        ) from error
    i, j = np.nonzero(np.triu(weights))
    graph = igraph.Graph(n=len(weights), edges=list(zip(i.tolist(), j.tolist(), strict=True)))
    parts = leidenalg.find_partition(
        graph,
        leidenalg.RBConfigurationVertexPartition,
        weights=weights[i, j].tolist(),
        resolution_parameter=resolution,
        seed=seed,
    )
    return _numbered(list(parts), len(weights))


def _null(
    network: Graph, weights: NDArray[np.float64], source: Graph | None, random: Generator
) -> Callable[[], NDArray[np.float64]]:
    """How to draw one null network."""
    if source is None:
        return lambda: _rewired(weights, random)
    events = EventSource.of(network, source, None)
    rows, columns = events.matrix.sum(axis=1), events.matrix.sum(axis=0)
    chance = configuration(rows.tolist(), columns.tolist()).matrix()
    once = np.ones(events.groups.size, dtype=np.int64)

    def draw() -> NDArray[np.float64]:
        sample = (random.random(chance.shape) < chance).astype(np.int64)
        return EventSource(events.units, sample, events.groups, events.weight).draw(once)

    return draw


def _rewired(weights: NDArray[np.float64], random: Generator) -> NDArray[np.float64]:
    """Swap the ends of random pairs of edges, keeping degrees; then shuffle the weights."""
    i, j = np.nonzero(np.triu(weights))
    edges = [tuple(edge) for edge in zip(i.tolist(), j.tolist(), strict=True)]
    present = set(edges)
    for _ in range(10 * len(edges)):
        a, b = random.integers(len(edges), size=2).tolist()
        (u, v), (x, y) = edges[a], edges[b]
        if random.random() < 0.5:
            x, y = y, x
        new = (min(u, x), max(u, x)), (min(v, y), max(v, y))
        if a == b or u == x or v == y or new[0] in present or new[1] in present:
            continue
        present -= {edges[a], edges[b]}
        present |= set(new)
        edges[a], edges[b] = new
    shuffled = np.zeros_like(weights)
    values = random.permutation(weights[i, j])
    for (u, v), value in zip(edges, values.tolist(), strict=True):
        shuffled[u, v] = shuffled[v, u] = value
    return shuffled
