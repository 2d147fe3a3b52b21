"""Test the edges of a weighted network by the disparity filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite

if TYPE_CHECKING:
    from agendagraph.network.bipartite import Graph


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
    rank = {node: at for at, node in enumerate(bipartite.ordered(graph))}
    rows = []
    for u, v, data in graph.edges(data=True):
        weight = data.get("weight", 1)
        if u == v or not weight > 0:
            raise NetworkParameterError(
                f"edge {u!r} – {v!r} of weight {weight!r}: the disparity filter needs positive "
                "weights and no loops"
            )
        rows.append((*sorted((u, v), key=rank.__getitem__), weight))
    rows.sort(key=lambda row: (rank[row[0]], rank[row[1]]))
    tests = pd.DataFrame(rows, columns=["source", "target", "weight"])
    strength = dict(graph.degree(weight="weight"))
    ends = (
        [
            (1 - tests["weight"].to_numpy(dtype=np.float64) / tests[end].map(strength).to_numpy())
            ** (tests[end].map(dict(graph.degree())).to_numpy() - 1)
            for end in ("source", "target")
        ]
        if rows
        else [np.empty(0), np.empty(0)]
    )
    tests["p_value"] = np.minimum(*ends)
    return tests
