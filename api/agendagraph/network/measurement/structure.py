"""Measure the shape of a whole network: core and periphery, nestedness, assortativity."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import networkx as nx
import numpy as np
from scipy.optimize import minimize

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite
from agendagraph.network.engines.sparse import incidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from agendagraph.network.bipartite import Graph

Pairs: TypeAlias = tuple[Any, ...]
"""Two arrays of indices: numpy's upper triangle."""


@dataclass(frozen=True, slots=True)
class CorePeriphery:
    """The coreness of each node (Euclidean length 1), the discrete core, and both fits.

    ``fit`` is the correlation of the continuous model with the weights, in [-1, 1], and NaN
    where the weights do not vary. ``core`` is the optimal discrete core; ``mismatches`` is the
    number of pairs that contradict it.
    """

    coreness: dict[Any, float] = field(repr=False)
    fit: float
    core: tuple[Any, ...]
    mismatches: int


def core_periphery(graph: Graph) -> CorePeriphery:
    r"""Fit the two core–periphery models of Borgatti and Everett.

    The continuous model finds the vector :math:`c \ge 0` whose products :math:`c_i c_j`
    correlate best with the weights :math:`w_{ij}`, over all pairs; the maximum is sought by
    L-BFGS from fixed starting points, so it is the same in every run. The discrete model
    finds the set of nodes for which the number of missing edges inside the core and of
    present edges inside the periphery is smallest (edges between the two are free); Lip's
    algorithm finds it exactly. Of equal solutions the smallest core is taken.

    Args:
        graph: An undirected one-mode network; edge attribute ``weight``, 1 where absent.

    Returns:
        Coreness, fit, core and mismatches. Where weights do not vary over the pairs (no
        edges, or all pairs joined with one weight) every node has the same coreness.

    References:
        S. P. Borgatti, M. G. Everett, "Models of core/periphery structures", Social Networks
        21 (2000) 375–395. https://doi.org/10.1016/S0378-8733(99)00019-2

        S. Z. W. Lip, "A fast algorithm for the discrete core/periphery bipartitioning problem"
        (2011). https://arxiv.org/abs/1102.5511

    >>> star = nx.star_graph(4)
    >>> core_periphery(star).core
    (0,)
    """
    nodes = bipartite.ordered(graph)
    weights = nx.to_numpy_array(graph, nodelist=nodes)
    pairs = np.triu_indices(len(nodes), k=1)
    seen = weights[pairs]
    core, mismatches = _discrete_core(nodes, (weights > 0).astype(np.int64))
    if seen.size == 0 or np.ptp(seen) == 0:
        even = 1 / np.sqrt(len(nodes)) if nodes else 0.0
        return CorePeriphery(dict.fromkeys(nodes, float(even)), float("nan"), core, mismatches)
    vector, fit = _continuous_core(weights, pairs, seen)
    return CorePeriphery(dict(zip(nodes, vector.tolist(), strict=True)), fit, core, mismatches)


def _continuous_core(
    weights: NDArray[np.float64], pairs: Pairs, seen: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Maximise the correlation between weights and products, over non-negative vectors."""
    i, j = pairs
    centred = seen - seen.mean()
    centred /= np.linalg.norm(centred)

    def loss(c: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        ideal = c[i] * c[j]
        spread = ideal - ideal.mean()
        norm = float(np.linalg.norm(spread))
        if norm < 1e-15:
            return 0.0, np.zeros_like(c)
        fit = float(spread @ centred) / norm
        slope = (centred - fit * spread / norm) / norm
        gradient = np.bincount(i, slope * c[j], c.size) + np.bincount(j, slope * c[i], c.size)
        return -fit, np.asarray(-gradient, dtype=np.float64)

    strength = weights.sum(axis=1)
    principal = np.abs(np.linalg.eigh(weights)[1][:, -1])
    starts = [strength / np.linalg.norm(strength), principal, np.sqrt(strength / strength.max())]
    bounds = [(0.0, None)] * strength.size
    solutions = [minimize(loss, c, jac=True, method="L-BFGS-B", bounds=bounds) for c in starts]
    best = min(solutions, key=lambda one: round(float(one.fun), 9))
    vector: NDArray[np.float64] = best.x / np.linalg.norm(best.x)
    return vector, float(-best.fun)


def _discrete_core(nodes: list[Any], edges: NDArray[np.int64]) -> tuple[tuple[Any, ...], int]:
    """Lip's algorithm: some number of the nodes of largest degree is an optimal core."""
    degrees = edges.sum(axis=1)
    order = np.argsort(-degrees, kind="stable")
    mismatches = best = int(degrees.sum()) // 2
    size = 0
    for k, at in enumerate(order.tolist()):
        # Moving the k-th node into the core frees its edges to the periphery from blame,
        # and blames it for each core node that it is not joined to: k - degree in all.
        mismatches += k - int(degrees[at])
        if mismatches < best:
            best, size = mismatches, k + 1
    return tuple(nodes[at] for at in sorted(order[:size].tolist())), best


def nodf(graph: Graph, on: bipartite.On = 0) -> float:
    r"""Return the nestedness of a bipartite graph: overlap and decreasing fill (NODF).

    For two nodes of one side with unequal degrees, the share of the smaller one's
    neighbours that the larger one has too; for equal degrees, 0. NODF is the mean over all
    pairs of both sides, times 100.

    Args:
        graph: A bipartite graph.
        on: One of its sides; the measure is the same for both.

    Returns:
        A number from 0 (none) to 100 (perfectly nested); NaN if no side has two nodes.

    References:
        M. Almeida-Neto, P. Guimarães, P. R. Guimarães, R. D. Loyola, W. Ulrich, "A consistent
        metric for nestedness analysis in ecological systems: reconciling concept and
        measurement", Oikos 117 (2008) 1227–1239.
        https://doi.org/10.1111/j.0030-1299.2008.16644.x

    >>> B = nx.Graph([("a", 1), ("a", 2), ("b", 1)])
    >>> for node in B:
    ...     B.nodes[node]["bipartite"] = int(isinstance(node, int))
    >>> nodf(B)
    100.0
    """
    sides = bipartite.sides(graph, on)
    matrix = incidence(graph, sides)
    total, pairs = 0.0, 0
    for side in (matrix, matrix.T.tocsr()):
        n = side.shape[0]
        pairs += n * (n - 1) // 2
        degrees = np.asarray(side.sum(axis=1)).ravel()
        shared = (side @ side.T).tocoo()
        fewer, more = degrees[shared.row], degrees[shared.col]
        inside = fewer < more
        total += float(np.sum(shared.data[inside] / fewer[inside]))
    return 100 * total / pairs if pairs else float("nan")


def assortativity(graph: Graph, attribute: str | Mapping[Any, object]) -> float:
    r"""Return how far edges join nodes of one kind: Newman's coefficient for categories.

    .. math:: r = \frac{\sum_i e_{ii} - \sum_i a_i b_i}{1 - \sum_i a_i b_i}

    where :math:`e_{ij}` is the share of edges that join kind *i* to kind *j*. Weights are not
    used. Nodes without a value form a kind of their own.

    Args:
        graph: An undirected one-mode network.
        attribute: The name of a node attribute (a region), or the value of each node (is it
            a member of an organisation?).

    Returns:
        A number in [-1, 1]; NaN without edges, or where all edges join one single kind.

    Raises:
        NetworkParameterError: No node has the attribute.

    References:
        M. E. J. Newman, "Mixing patterns in networks", Physical Review E 67 (2003) 026126,
        eq. 2. https://doi.org/10.1103/PhysRevE.67.026126

    >>> g = nx.Graph([("kor", "jpn"), ("fra", "deu")])
    >>> assortativity(g, {"kor": "asia", "jpn": "asia", "fra": "europe", "deu": "europe"})
    1.0
    """
    if isinstance(attribute, str):
        values = {node: data.get(attribute) for node, data in graph.nodes(data=True)}
        if graph and all(value is None for value in values.values()):
            raise NetworkParameterError(f"no node has the attribute {attribute!r}")
    else:
        values = {node: attribute.get(node) for node in graph}
    kinds = {kind: at for at, kind in enumerate(dict.fromkeys(values.values()))}
    mixing = np.zeros((len(kinds), len(kinds)))
    for u, v in graph.edges():
        i, j = kinds[values[u]], kinds[values[v]]
        mixing[i, j] += 1
        mixing[j, i] += 1
    if mixing.sum() == 0:
        return float("nan")
    mixing /= mixing.sum()
    expected = float(mixing.sum(axis=0) @ mixing.sum(axis=1))
    if np.isclose(expected, 1.0):
        return float("nan")
    return (float(np.trace(mixing)) - expected) / (1 - expected)
