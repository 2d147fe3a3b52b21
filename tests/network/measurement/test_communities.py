"""Communities are a consensus, say how stable they are, and are compared with chance."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from agendagraph.errors import NetworkError, NetworkParameterError
from agendagraph.network import communities, modularity, project

# Women whom nearly all of the analyses that L. C. Freeman compares put into the same group
# ("Finding social groups: a meta-analysis of the Southern Women data", 2003).
FIRST = {"Evelyn Jefferson", "Laura Mandeville", "Theresa Anderson", "Brenda Rogers"}
SECOND = {"Katherina Rogers", "Sylvia Avondale", "Nora Fayette", "Helen Lloyd"}


def test_the_two_groups_of_southern_women(women: nx.Graph[Any]) -> None:
    found = communities(project(women, on=0), seed=1, runs=20, nulls=20, source=women)

    first, second = ({found.labels[name] for name in group} for group in (FIRST, SECOND))
    assert len(first) == len(second) == 1
    assert first != second
    assert found.p_value < 0.1


def test_a_clear_partition_is_stable() -> None:
    found = communities(nx.barbell_graph(5, 0), seed=3, runs=10, nulls=20)

    assert found.stability == 1.0
    assert found.together.loc[0, 4] == 1.0
    assert found.together.loc[0, 9] == 0.0
    assert found.modularity == pytest.approx(modularity(nx.barbell_graph(5, 0), found.labels))
    assert len(found.null_modularity) == 20
    assert found.p_value == pytest.approx(1 / 21)


def test_a_ring_has_no_stable_partition() -> None:
    """Every rotation of the partition of a ring is as good, so runs disagree."""
    found = communities(nx.cycle_graph(20), seed=3, runs=20, nulls=5)

    assert found.stability < 0.95


def test_the_same_seed_gives_the_same_answer(women: nx.Graph[Any]) -> None:
    network = project(women, on=0)

    first, again = (communities(network, seed=5, runs=5, nulls=5) for _ in range(2))

    assert first.labels == again.labels
    assert first.null_modularity == again.null_modularity


def test_the_null_keeps_the_degrees() -> None:
    import numpy as np

    from agendagraph.network.measurement.communities import _rewired

    graph = nx.karate_club_graph()
    weights = nx.to_numpy_array(graph)

    rewired = _rewired(weights, np.random.default_rng(0))

    assert ((rewired > 0).sum(axis=1) == (weights > 0).sum(axis=1)).all()
    assert sorted(rewired[rewired > 0]) == sorted(weights[weights > 0])
    assert (rewired != weights).any()
    assert (rewired == rewired.T).all()


@pytest.mark.parametrize(
    ("graph", "labels"),
    [
        pytest.param(nx.Graph(), {}, id="empty"),
        pytest.param(nx.empty_graph(1), {0: 0}, id="one node"),
        pytest.param(nx.empty_graph(3), {0: 0, 1: 1, 2: 2}, id="no edges"),
        pytest.param(nx.complete_graph(4), {0: 0, 1: 0, 2: 0, 3: 0}, id="all weights equal"),
        pytest.param(
            nx.disjoint_union(nx.path_graph(3), nx.path_graph(2)),
            {0: 0, 1: 0, 2: 0, 3: 1, 4: 1},
            id="disconnected",
        ),
    ],
)
def test_small_networks(graph: nx.Graph[Any], labels: dict[int, int]) -> None:
    found = communities(graph, runs=5, nulls=5)

    assert found.labels == labels
    if graph.number_of_edges() == 0:
        assert found.modularity != found.modularity
        assert found.p_value != found.p_value


def test_leiden_is_the_users_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "leidenalg", None)

    with pytest.raises(NetworkError, match="pip install igraph leidenalg"):
        communities(nx.path_graph(3), method="leiden", runs=1)


@pytest.mark.parametrize(
    "arguments",
    [{"method": "infomap"}, {"runs": 0}, {"nulls": -1}, {"resolution": 0}],
    ids=["method", "runs", "nulls", "resolution"],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(NetworkParameterError):
        communities(nx.path_graph(3), **arguments)
