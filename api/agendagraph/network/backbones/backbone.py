"""Keep the edges of a projection that chance does not explain.

Busy nodes share many events whatever they do. A backbone compares the weight of each pair
with its distribution under a null model and keeps the pairs that stand out, after a
correction for the number of pairs that were tested. Zero edges is an answer: it says that
the projection holds nothing beyond the degrees.

The null models are in `null_models`.
"""

# ruff: noqa: N803 - B and G are networkx's names for a bipartite graph and a graph

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np
from scipy.stats import false_discovery_control

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite
from agendagraph.network.backbones.null_models import disparity_p_values, sdsm_p_values
from agendagraph.network.projection import Weight, project

if TYPE_CHECKING:
    import pandas as pd

    from agendagraph.network.bipartite import Graph, On

Model: TypeAlias = Literal["sdsm", "disparity"]
Correction: TypeAlias = Literal["fdr_bh"]

COLUMNS: Final = ("source", "target", "weight", "p_value", "p_adjusted", "significant")


@dataclass(frozen=True, slots=True, eq=False)
class Backbone:
    """A backbone: the edges that were kept, and every test that was made.

    ``graph`` holds all chosen nodes and the kept edges, with ``weight``, ``p_value``,
    ``p_adjusted`` and, where *signed*, ``sign`` (1 or -1). ``edges`` has one row for each test,
    in the order of the nodes: source, target, weight, p_value, p_adjusted, significant
    (and sign). ``n_tested`` is its length, ``n_kept`` the number of edges of ``graph``.
    """

    graph: Graph = field(repr=False)
    edges: pd.DataFrame = field(repr=False)
    n_tested: int
    n_kept: int
    model: Model
    alpha: float
    correction: Correction | None
    signed: bool
    weight: Weight


def backbone(
    B: Graph,
    on: On = "counterpart",
    model: Model = "sdsm",
    alpha: float = 0.05,
    correction: Correction | None = "fdr_bh",
    *,
    signed: bool = False,
    weight: Weight = "count",
) -> Backbone:
    r"""Return the edges of the projection of *B* that a null model does not explain.

    ``sdsm``, the stochastic degree sequence model [1]_: *B* is compared with the bipartite
    graphs of maximum entropy whose expected degrees are those of *B* [2]_. There, the
    number of events that *u* and *v* share is a Poisson-binomial variable :math:`X_{uv}` with
    probabilities :math:`p_{uk} p_{vk}` over the events *k*, and

    .. math:: p\text{-value} = P(X_{uv} \ge w_{uv}).

    It is computed exactly and not by Monte Carlo or an approximation. All
    :math:`n (n - 1) / 2` pairs are tested, those that share nothing too (their p-value
    is 1).

    ``disparity``, the disparity filter [3]_: of each node's strength *s*, spread at random
    over its *k* edges, an edge gets a share of at least :math:`w/s` with probability
    :math:`(1 - w/s)^{k - 1}`; the p-value is the smaller one of the edge's two ends. The
    edges of the projection are tested, and a pair without an edge is not.

    Args:
        B: An undirected graph whose nodes have the attribute ``bipartite``, 0 or 1.
        on: The nodes to project on; see `project`. The null model
            is always that of the whole graph.
        model: ``sdsm`` or ``disparity``.
        alpha: The level, in (0, 1): of the false discovery rate with a correction, and of
            each single test without one.
        correction: ``fdr_bh`` (Benjamini and Hochberg [4]_, over all tests), or None.
        signed: Whether to look for pairs that share too little as well (sdsm only). The
            p-value is then two-sided: twice the smaller tail, at most 1.
        weight: The weight of the edges; for ``disparity`` also what is tested.

    Returns:
        The kept edges as a graph, and all tests as a frame. Nodes without a kept edge stay
        in the graph as isolates.

    Raises:
        NetworkParameterError: *B* is not bipartite, *on* names nothing in it, or another
            argument is not as described.

    Notes:
        Two nodes are tested with the same numbers if they have the same degrees and share
        as much; such pairs are computed once.

        The original disparity filter makes no correction for the number of tests; for its
        own numbers give ``correction=None``.

    References:
        .. [1] Z. Neal, "The backbone of bipartite projections: Inferring relationships from
           co-authorship, co-sponsorship, co-attendance and other co-behaviors", Social
           Networks 39 (2014) 84–97. https://doi.org/10.1016/j.socnet.2014.06.001
        .. [2] Z. P. Neal, R. Domagalski, B. Sagan, "Comparing alternatives to the fixed degree
           sequence model for extracting the backbone of bipartite projections", Scientific
           Reports 11 (2021) 23929. https://doi.org/10.1038/s41598-021-03238-3
        .. [3] M. Á. Serrano, M. Boguñá, A. Vespignani, "Extracting the multiscale backbone of
           complex weighted networks", PNAS 106 (2009) 6483–6488.
           https://doi.org/10.1073/pnas.0808904106
        .. [4] Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of
           the Royal Statistical Society B 57 (1995) 289–300.
           https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    >>> import networkx as nx
    >>> women = nx.davis_southern_women_graph()
    >>> found = backbone(women, on=0)
    >>> found.n_tested, found.n_kept
    (153, 0)
    >>> backbone(women, on=0, alpha=0.1, correction=None).n_kept
    2
    """
    _check(model, alpha, correction, signed=signed)
    network = project(B, on, weight)
    if model == "sdsm":
        tests = sdsm_p_values(B, bipartite.sides(B, on), network, signed=signed)
    else:
        tests = disparity_p_values(network)
    p_values = tests["p_value"].to_numpy(dtype=np.float64)
    adjusted = p_values
    if correction == "fdr_bh" and p_values.size:
        adjusted = np.asarray(false_discovery_control(p_values, method="bh"))
    tests["p_adjusted"] = adjusted
    tests["significant"] = adjusted < alpha
    tests = tests[[*COLUMNS, "sign"] if signed else list(COLUMNS)]
    graph = _kept(network, tests, model, alpha, correction)
    return Backbone(
        graph=graph,
        edges=tests,
        n_tested=len(tests),
        n_kept=graph.number_of_edges(),
        model=model,
        alpha=alpha,
        correction=correction,
        signed=signed,
        weight=weight,
    )


def _check(model: object, alpha: object, correction: object, *, signed: bool) -> None:
    if model not in get_args(Model):
        raise NetworkParameterError(f"model={model!r}: expected sdsm or disparity")
    if not isinstance(alpha, (int, float)) or not 0 < alpha < 1:
        raise NetworkParameterError(f"alpha={alpha!r}: a level lies between 0 and 1, exclusive")
    if correction not in (*get_args(Correction), None):
        raise NetworkParameterError(f"correction={correction!r}: expected 'fdr_bh' or None")
    if signed and model != "sdsm":
        raise NetworkParameterError("signed=True is defined for the model sdsm only")


def _kept(
    network: Graph, tests: pd.DataFrame, model: str, alpha: float, correction: str | None
) -> Graph:
    """The network with the significant pairs as its edges."""
    graph = network.copy()
    graph.remove_edges_from(list(network.edges()))
    names = [name for name in tests.columns if name not in ("source", "target", "significant")]
    for row in tests[tests["significant"]].to_dict("records"):
        data = {name: row[name] for name in names}
        graph.add_edge(row["source"], row["target"], **data)
    graph.graph.update(
        backbone=model, alpha=float(alpha), correction=correction or "none", n_tested=len(tests)
    )
    return graph
