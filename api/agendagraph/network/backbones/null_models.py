"""The null models of a backbone: the p-value of each edge if only chance joined the nodes.

- The stochastic degree sequence model (SDSM) draws the bipartite graph anew, with the same
  expected degrees. It uses `configuration_model` (the probability of each edge) and
  `poisson_binomial` (the tails of the number of shared events).
- The disparity filter spreads each node's strength at random over its edges. It needs the
  weighted projection alone.
"""

# ruff: noqa: N803 - B is networkx's name for a bipartite graph

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite
from agendagraph.network.backbones.configuration_model import configuration
from agendagraph.network.backbones.poisson_binomial import tails
from agendagraph.network.engines.sparse import incidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from agendagraph.network.bipartite import Graph

    Floats = NDArray[np.float64]

Column: TypeAlias = "NDArray[Any] | list[float]"
"""The values of one column of a frame."""


def sdsm_p_values(
    B: Graph, sides: bipartite.Sides, network: Graph, *, signed: bool
) -> pd.DataFrame:
    """Return the p-value of each pair of units under the stochastic degree sequence model.

    The number of events that a pair shares is a Poisson-binomial variable; the probabilities
    of the edges are those of the `configuration_model`. See `backbone` for the definition.

    Args:
        B: The bipartite graph, whose degrees the model has.
        sides: The units whose pairs are tested, and the events.
        network: The projection of *B* on the units, for the column ``weight``.
        signed: Whether the p-value is two-sided.

    Returns:
        A frame with one row for each pair, in the order of the units: source, target, weight,
        p_value, sign.
    """
    i, j = np.triu_indices(len(sides.units), k=1)
    nodes = np.empty(len(sides.units), dtype=object)
    nodes[:] = list(sides.units)
    shared = incidence(B, sides)
    overlap = (shared @ shared.T).toarray()[i, j]
    upper, lower = _pair_tails(B, sides, i, j, overlap)
    tests = pd.DataFrame({"source": nodes[i], "target": nodes[j]})
    tests["weight"] = _weights(network, overlap, nodes[i], nodes[j])
    tests["p_value"] = np.minimum(2 * np.minimum(upper, lower), 1.0) if signed else upper
    tests["sign"] = np.where(upper <= lower, 1, -1)
    return tests


def _weights(network: Graph, overlap: Column, source: Column, target: Column) -> Column:
    """The weight of each tested pair; zero for a pair that shares nothing."""
    if network.graph["projection"] == "count":
        return overlap
    weight = network.get_edge_data
    return [weight(u, v, {"weight": 0.0})["weight"] for u, v in zip(source, target, strict=True)]


def _pair_tails(
    B: Graph,
    sides: bipartite.Sides,
    i: NDArray[np.int64],
    j: NDArray[np.int64],
    overlap: NDArray[np.int64],
) -> tuple[Floats, Floats]:
    """Both tails for each pair, computed once for pairs that are alike."""
    if i.size == 0:
        return np.empty(0), np.empty(0)
    # The null model is that of the whole graph: the units may be a part of their side.
    whole = bipartite.sides(B, int(B.nodes[sides.units[0]]["bipartite"]))
    degree = {node: len(neighbours) for node, neighbours in B.adjacency()}
    model = configuration(
        [degree[unit] for unit in whole.units], [degree[event] for event in whole.events]
    )
    class_of = dict(zip(whole.units, model.row_class.tolist(), strict=True))
    own = np.array([class_of[unit] for unit in sides.units], dtype=np.int64)
    low, high = np.minimum(own[i], own[j]), np.maximum(own[i], own[j])
    kinds, back = np.unique(np.column_stack([low, high, overlap]), axis=0, return_inverse=True)
    joint = model.probability[kinds[:, 0]] * model.probability[kinds[:, 1]]
    upper, lower = tails(joint, model.column_count, kinds[:, 2])
    return upper[back.ravel()], lower[back.ravel()]


def disparity_p_values(graph: Graph) -> pd.DataFrame:
    r"""Return the p-value of each edge of a weighted one-mode network.

    Under the null hypothesis a node's strength :math:`s` is spread uniformly at random over
    its :math:`k` edges. An edge's share is then at least :math:`w / s` with probability
    :math:`(1 - w / s)^{k - 1}`; of its two ends the one that gives the smaller probability
    counts. A node with a single edge says nothing about it: its probability is 1.

    Args:
        graph: An undirected network with positive edge weights (attribute ``weight``; 1
            where absent), without loops.

    Returns:
        A frame with one row for each edge, sorted: source, target, weight, p_value.

    Raises:
        NetworkParameterError: A weight is not positive, or an edge is a loop.

    References:
        M. Á. Serrano, M. Boguñá, A. Vespignani, "Extracting the multiscale backbone of complex
        weighted networks", PNAS 106 (2009) 6483–6488, eq. 2.
        https://doi.org/10.1073/pnas.0808904106

    >>> import networkx as nx
    >>> g = nx.Graph()
    >>> g.add_weighted_edges_from([("a", "b", 8), ("a", "c", 1), ("a", "d", 1)])
    >>> disparity_p_values(g)["p_value"].round(2).tolist()
    [0.04, 0.81, 0.81]
    """
    rows = []
    for u, v, data in bipartite.ordered_edges(graph):
        weight = data.get("weight", 1)
        if u == v or not weight > 0:
            raise NetworkParameterError(
                f"edge {u!r} – {v!r} of weight {weight!r}: the disparity filter needs positive "
                "weights and no loops"
            )
        rows.append((u, v, weight))
    tests = pd.DataFrame(rows, columns=["source", "target", "weight"])
    strength = dict(graph.degree(weight="weight"))
    degree = dict(graph.degree())
    p_values = [
        min((1 - weight / strength[end]) ** (degree[end] - 1) for end in (u, v))
        for u, v, weight in rows
    ]
    tests["p_value"] = np.array(p_values, dtype=np.float64)
    return tests
