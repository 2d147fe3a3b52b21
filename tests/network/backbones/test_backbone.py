"""A backbone keeps what chance does not explain, and zero edges is an answer."""


# ruff: noqa: ANN401 - parametrised values and fixtures are of several types

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pytest

from agendagraph.errors import NetworkParameterError
from agendagraph.network import backbone, disparity_p_values, project

# Two circles of four, each with its own ten events, and one event for all of them.
CIRCLES = [
    (f"{circle}{k}", f"{circle}-{e}") for circle in "ab" for k in range(4) for e in range(10)
]
EVERYBODY = [(f"{circle}{k}", "all") for circle in "ab" for k in range(4)]

# The network in the tests of Neal's R package backbone (https://github.com/zpneal/backbone,
# inst/tinytest/test_backbone.R, "Multiscale weighted matrix"), whose backbone is a tree.
MULTISCALE = np.array(
    [
        [0, 10, 10, 10, 10, 75, 0, 0, 0, 0],
        [10, 0, 1, 1, 1, 0, 0, 0, 0, 0],
        [10, 1, 0, 1, 1, 0, 0, 0, 0, 0],
        [10, 1, 1, 0, 1, 0, 0, 0, 0, 0],
        [10, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        [75, 0, 0, 0, 0, 0, 100, 100, 100, 100],
        [0, 0, 0, 0, 0, 100, 0, 10, 10, 10],
        [0, 0, 0, 0, 0, 100, 10, 0, 10, 10],
        [0, 0, 0, 0, 0, 100, 10, 10, 0, 10],
        [0, 0, 0, 0, 0, 100, 10, 10, 10, 0],
    ]
)


def test_zero_edges_is_an_answer(women: nx.Graph[Any]) -> None:
    """Nothing among Southern Women is beyond their degrees, and all pairs were tested."""
    found = backbone(women, on=0)

    assert (found.n_tested, found.n_kept) == (18 * 17 // 2, 0)
    assert len(found.graph) == 18
    assert found.graph.number_of_edges() == 0
    assert list(found.edges.columns) == [
        "source",
        "target",
        "weight",
        "p_value",
        "p_adjusted",
        "significant",
    ]
    assert not found.edges["significant"].any()


def test_pairs_that_share_nothing_are_tested_too(two_mode: Any) -> None:
    found = backbone(two_mode([*CIRCLES, *EVERYBODY]), on=0)

    across = found.edges[found.edges["source"].str[0] != found.edges["target"].str[0]]
    apart = backbone(two_mode(CIRCLES), on=0).edges
    assert (across["weight"] == 1).all()
    assert found.n_tested == 28
    assert (apart["weight"] == 0).sum() == 16
    assert (apart.loc[apart["weight"] == 0, "p_value"] == 1.0).all()


def test_two_circles_are_found(two_mode: Any) -> None:
    found = backbone(two_mode([*CIRCLES, *EVERYBODY]), on=0)

    expected = {(f"{c}{i}", f"{c}{j}") for c in "ab" for i, j in combinations(range(4), 2)}
    assert set(found.graph.edges()) == expected
    assert found.n_kept == found.edges["significant"].sum() == 12


def test_signed_backbone_finds_who_stays_apart(two_mode: Any) -> None:
    found = backbone(two_mode(CIRCLES), on=0, signed=True)

    signs = {(u, v): sign for u, v, sign in found.graph.edges(data="sign")}
    assert signs["a0", "a1"] == 1
    assert signs["a0", "b0"] == -1
    assert found.n_kept == 28


def test_p_values_by_hand(two_mode: Any) -> None:
    """A 2 × 2 table with all degrees 1 has p = 1/2 everywhere, and so products of 1/4."""
    found = backbone(two_mode([("u", 1), ("v", 2)]), on=0, correction=None)

    (row,) = found.edges.to_dict("records")
    assert (row["weight"], row["p_value"]) == (0, 1.0)

    signed = backbone(two_mode([("u", 1), ("v", 2)]), on=0, correction=None, signed=True)
    lower = Fraction(3, 4) ** 2
    assert signed.edges["p_value"][0] == pytest.approx(min(1.0, 2 * float(lower)))


def test_correction_is_over_all_tests(two_mode: Any) -> None:
    """Benjamini and Hochberg's steps, done by hand on the p-values of the frame."""
    found = backbone(two_mode([*CIRCLES, *EVERYBODY]), on=0).edges

    ordered = found.sort_values("p_value", ascending=False)
    ranks = np.arange(len(ordered), 0, -1)
    by_hand = np.minimum.accumulate(ordered["p_value"].to_numpy() * len(ordered) / ranks)
    assert ordered["p_adjusted"].to_numpy() == pytest.approx(np.minimum(by_hand, 1))


def test_the_null_model_is_that_of_the_whole_graph(women: nx.Graph[Any]) -> None:
    """Asking about three women does not change what is known about the other fifteen."""
    some = ["Evelyn Jefferson", "Flora Price", "Olivia Carleton"]
    whole = backbone(women, on=0).edges.set_index(["source", "target"])["p_value"]

    part = backbone(women, on=some)

    assert part.n_tested == 3
    for _, row in part.edges.iterrows():
        assert row["p_value"] == pytest.approx(whole[row["source"], row["target"]], rel=1e-12)


def test_disparity_of_the_published_network() -> None:
    """Neal's example: at α = 0.05, uncorrected, the backbone is a tree on all ten nodes."""
    tests = disparity_p_values(nx.from_numpy_array(MULTISCALE))

    kept = tests[tests["p_value"] < 0.05]
    tree = nx.Graph(list(zip(kept["source"], kept["target"], strict=True)))
    assert nx.is_tree(tree)
    assert len(tree) == 10


def test_disparity_by_hand() -> None:
    """Serrano et al. 2009, eq. 2: (1 - 8/10)² for the hub of three edges of 8, 1 and 1."""
    star = nx.Graph()
    star.add_weighted_edges_from([("hub", "a", 8), ("hub", "b", 1), ("hub", "c", 1)])

    assert disparity_p_values(star)["p_value"].tolist() == pytest.approx([0.04, 0.81, 0.81])


def test_disparity_tests_edges_only(women: nx.Graph[Any]) -> None:
    found = backbone(women, on=0, model="disparity", correction=None, weight="newman")

    assert found.n_tested == project(women, on=0).number_of_edges() == 139
    assert found.graph.number_of_edges() == found.n_kept


@pytest.mark.parametrize(
    "edges",
    [pytest.param([], id="no nodes"), pytest.param([("u", 1)], id="one unit")],
)
@pytest.mark.parametrize("model", ["sdsm", "disparity"])
def test_nothing_to_test(two_mode: Any, edges: list[Any], model: Any) -> None:
    found = backbone(two_mode(edges), on=0, model=model)

    assert (found.n_tested, found.n_kept, len(found.edges)) == (0, 0, 0)


def test_all_weights_equal_is_no_backbone(two_mode: Any) -> None:
    """Everybody at every event: the degrees explain all of it."""
    found = backbone(two_mode([(u, e) for u in "abc" for e in range(4)]), on=0)

    assert found.edges["p_value"].tolist() == [1.0, 1.0, 1.0]
    assert found.n_kept == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"model": "fdsm"}, "expected sdsm or disparity", id="model"),
        pytest.param({"alpha": 0}, "between 0 and 1", id="alpha of 0"),
        pytest.param({"alpha": 1.5}, "between 0 and 1", id="alpha above 1"),
        pytest.param({"correction": "bonferroni"}, "'fdr_bh' or None", id="correction"),
        pytest.param({"model": "disparity", "signed": True}, "sdsm only", id="signed"),
    ],
)
def test_bad_arguments_are_refused(
    women: nx.Graph[Any], arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(NetworkParameterError, match=message):
        backbone(women, on=0, **arguments)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_p_values_are_those_of_bicm(women: nx.Graph[Any]) -> None:
    """The probabilities of bicm and its Poisson-binomial distribution, over all 153 pairs."""
    bicm = pytest.importorskip("bicm", reason="needs the dependency group 'oracles'")
    from bicm.poibin import PoiBin

    found = backbone(women, on=0).edges
    names = sorted({*found["source"], *found["target"]})
    events = sorted(set(women) - set(names))
    matrix = nx.bipartite.biadjacency_matrix(women, names, events).toarray().astype(int)
    oracle = bicm.BipartiteGraph()
    oracle.set_biadjacency_matrix(matrix)
    oracle.solve_tool(verbose=False, tol=1e-12)
    chance = dict(zip(names, oracle.get_bicm_matrix(), strict=True))

    for _, row in found.iterrows():
        pair = PoiBin(chance[row["source"]] * chance[row["target"]])
        assert row["p_value"] == pytest.approx(pair.pval(int(row["weight"])), abs=1e-8)
