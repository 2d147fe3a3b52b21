"""Measures follow their definitions, carry their uncertainty, and show ties as ties."""


# ruff: noqa: ANN401 - parametrised values and fixtures are of several types

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest

from agendagraph.errors import NetworkParameterError
from agendagraph.network import assortativity, core_periphery, measures, nodf, project
from agendagraph.network.measurement.bootstrap import rank


def weighted(*edges: tuple[Any, Any, float]) -> nx.Graph[Any]:
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_weighted_edges_from(edges)
    return graph


def test_paths_follow_the_strong_edges() -> None:
    """Length is 1 / weight, so the way over c (1/4 + 1/4) is shorter than the edge (1)."""
    found = measures(weighted(("a", "b", 1), ("a", "c", 4), ("c", "b", 4))).nodes

    assert found["betweenness"].to_dict() == {"a": 0.0, "b": 0.0, "c": 1.0}
    assert found["closeness"]["a"] == pytest.approx(2 / (0.25 + 0.5))


def test_measures_are_those_of_networkx(women: nx.Graph[Any]) -> None:
    network = project(women, on=0)
    for _, _, data in network.edges(data=True):
        data["length"] = 1 / data["weight"]

    found = measures(network).nodes

    oracles = {
        "strength": dict(network.degree(weight="weight")),
        "betweenness": nx.betweenness_centrality(network, weight="length"),
        "closeness": nx.closeness_centrality(network, distance="length"),
        "eigenvector": nx.eigenvector_centrality_numpy(network, weight="weight"),
        "pagerank": nx.pagerank(network, tol=1e-12, max_iter=500),
    }
    for name, oracle in oracles.items():
        assert found[name].to_dict() == pytest.approx(oracle, rel=1e-6), name


def test_eigenvector_of_two_equal_parts_is_shared() -> None:
    """A case that networkx calls ambiguous: the two parts share the vector of length 1."""
    found = measures(nx.Graph([("a", "b"), ("c", "d")])).nodes["eigenvector"]

    assert found.to_list() == pytest.approx([0.5] * 4)


def test_eigenvector_is_zero_outside_the_leading_part() -> None:
    found = measures(nx.disjoint_union(nx.complete_graph(4), nx.path_graph(2))).nodes

    assert found["eigenvector"].to_list() == pytest.approx([0.5] * 4 + [0.0] * 2)


def test_participation() -> None:
    """Guimerà and Amaral: 1 - (3/4)² - (1/4)² for strength split three to one."""
    graph = weighted(("kor", "usa", 3), ("kor", "chn", 1))

    found = measures(graph, communities={"kor": 0, "usa": 0, "chn": 1})

    assert found.nodes["participation"]["kor"] == pytest.approx(0.375)
    assert found.graph["modularity"] == pytest.approx(
        nx.community.modularity(graph, [{"kor", "usa"}, {"chn"}])
    )


def test_nestedness_of_the_published_example(two_mode: Any) -> None:
    """Almeida-Neto et al. 2008: their hypothetical matrix has NODF 58.33."""
    rows = ["10111", "11100", "01110", "11000", "11000"]
    cells = [(f"r{i}", j) for i, row in enumerate(rows) for j, one in enumerate(row) if one == "1"]

    assert nodf(two_mode(cells)) == pytest.approx(58.33, abs=0.005)
    assert nodf(two_mode(cells), on=1) == pytest.approx(58.33, abs=0.005)


def test_the_discrete_core_is_optimal() -> None:
    """Against all 2⁹ cores of a random network."""
    graph = nx.gnp_random_graph(9, 0.4, seed=3)

    def mismatches(core: set[int]) -> int:
        inside = sum(not graph.has_edge(u, v) for u in core for v in core if u < v)
        rest = set(graph) - core
        return inside + sum(graph.has_edge(u, v) for u in rest for v in rest if u < v)

    subsets = [{n for n in range(9) if mask >> n & 1} for mask in range(2**9)]
    found = core_periphery(graph)
    assert found.mismatches == mismatches(set(found.core)) == min(map(mismatches, subsets))


def test_a_perfect_core_is_fitted_perfectly() -> None:
    """Weights that are products of corenesses are recovered, with correlation 1."""
    true = np.array([0.8, 0.5, 0.3, 0.1, 0.1])
    true /= np.linalg.norm(true)
    pairs = [(i, j, true[i] * true[j]) for i in range(5) for j in range(i)]

    found = core_periphery(weighted(*pairs))

    assert found.fit == pytest.approx(1.0, abs=1e-6)
    assert [found.coreness[i] for i in range(5)] == pytest.approx(true.tolist(), abs=1e-3)


def test_assortativity_is_that_of_networkx() -> None:
    club = nx.karate_club_graph()

    assert assortativity(club, "club") == pytest.approx(
        nx.attribute_assortativity_coefficient(club, "club")
    )


def test_assortativity_by_membership() -> None:
    members = {"kor": True, "jpn": True, "rus": False, "chn": False}
    graph = nx.Graph([("kor", "jpn"), ("rus", "chn")])

    found = measures(graph, attributes={"oecd": members})

    assert found.graph["assortativity_oecd"] == pytest.approx(1.0)


def test_ties_are_ties() -> None:
    """0.1 + 0.2 and 0.3 are one value written twice, and share a rank."""
    assert rank([0.1 + 0.2, 0.3, 1.0, 0.0, -2.0]).tolist() == [2, 2, 1, 4, 5]

    table = measures(nx.star_graph(3)).ranks.query("measure == 'strength'")
    assert table[["rank", "tied"]].to_numpy().tolist() == [[1, 1], [2, 3], [2, 3], [2, 3]]


def test_intervals_hold_the_value_of_a_steady_network(two_mode: Any) -> None:
    """Where all events are alike the bootstrap changes nothing, and intervals are points."""
    source = two_mode([(unit, event) for unit in "abc" for event in range(6)])

    found = measures(project(source, on=0), source=source, replicates=20).ranks

    strength = found.query("measure == 'strength'")
    assert strength["low"].tolist() == strength["high"].tolist() == strength["value"].tolist()
    assert strength["rank_low"].tolist() == strength["rank_high"].tolist() == [1, 1, 1]


def test_intervals_widen_with_chance(women: nx.Graph[Any]) -> None:
    network = project(women, on=0)

    found = measures(network, names=["strength"], source=women, replicates=100, seed=7)
    again = measures(network, names=["strength"], source=women, replicates=100, seed=7)
    other = measures(network, names=["strength"], source=women, replicates=100, seed=8)

    assert (found.ranks["low"] < found.ranks["high"]).all()
    assert (found.ranks["rank_low"] <= found.ranks["rank_high"]).all()
    assert found.ranks["rank_high"].max() <= 18
    assert found.ranks.equals(again.ranks)
    assert not found.ranks.equals(other.ranks)


@pytest.mark.parametrize("weight", ["count", "newman", "jaccard"])
def test_a_draw_of_every_event_once_is_the_projection(women: nx.Graph[Any], weight: Any) -> None:
    from agendagraph.network.measurement.bootstrap import EventSource

    network = project(women, on=0, weight=weight)
    source = EventSource.of(network, women, None)

    drawn = source.draw(np.ones(14, dtype=np.int64))

    expected = nx.to_numpy_array(network, nodelist=list(source.units))
    assert drawn == pytest.approx(expected, rel=1e-12)


def test_a_level_groups_the_events(two_mode: Any) -> None:
    """Commitments are drawn, goals are shared: a and b share one goal by two commitments."""
    from agendagraph.network.measurement.bootstrap import EventSource

    source = two_mode([("a", "g1/k1"), ("b", "g1/k2"), ("a", "g2/k1")])
    nx.set_node_attributes(source, {"g1/k1": "g1", "g1/k2": "g1", "g2/k1": "g2"}, "goal")
    network = nx.Graph([("a", "b")])

    events = EventSource.of(network, source, "goal")

    assert events.draw(np.array([1, 1, 1])).tolist() == [[0, 1], [1, 0]]
    assert events.draw(np.array([0, 2, 1])).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        pytest.param(nx.Graph(), {"nodes": 0, "edges": 0, "components": 0}, id="empty"),
        pytest.param(nx.empty_graph(1), {"nodes": 1, "components": 1}, id="one node"),
        pytest.param(nx.empty_graph(3), {"density": 0, "components": 3}, id="no edges"),
        pytest.param(nx.complete_graph(4), {"density": 1.0, "transitivity": 1.0}, id="complete"),
        pytest.param(
            nx.disjoint_union(nx.path_graph(3), nx.path_graph(2)),
            {"components": 2, "largest_component": 0.6},
            id="disconnected",
        ),
    ],
)
def test_small_networks_are_measured(graph: nx.Graph[Any], expected: dict[str, float]) -> None:
    found = measures(graph)

    assert len(found.nodes) == len(graph)
    assert {name: found.graph[name] for name in expected} == expected
    assert not found.nodes.isna().any().any()


def test_a_bipartite_graph_has_its_own_measures(women: nx.Graph[Any]) -> None:
    found = measures(women)

    assert list(found.nodes.columns) == ["degree", "strength", "clustering"]
    assert (found.graph["nodes_0"], found.graph["nodes_1"], found.graph["edges"]) == (18, 14, 89)
    assert found.graph["density"] == pytest.approx(89 / (18 * 14))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"names": ["power"]}, "no measure 'power'", id="measure"),
        pytest.param({"communities": {}}, "has none", id="a node without community"),
        pytest.param({"attributes": ["region"]}, "no node has the attribute", id="attribute"),
        pytest.param({"source": nx.Graph()}, "source: it has no node", id="another source"),
        pytest.param({"replicates": 3, "source": 1}, "at least 10", id="few draws"),
        pytest.param({"confidence": 1, "source": 1}, "between 0 and 1", id="certainty"),
        pytest.param({"level": "goal", "source": 1}, "no such attribute", id="level"),
    ],
)
def test_bad_arguments_are_refused(
    women: nx.Graph[Any], arguments: dict[str, Any], message: str
) -> None:
    arguments = {
        key: women if value == 1 and key == "source" else value for key, value in arguments.items()
    }

    with pytest.raises(NetworkParameterError, match=message):
        measures(project(women, on=0), **arguments)


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_a_weight_must_be_positive(weight: float) -> None:
    with pytest.raises(NetworkParameterError, match="expected a positive number"):
        measures(weighted(("a", "b", weight)))
