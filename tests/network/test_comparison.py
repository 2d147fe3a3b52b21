"""Networks are compared by ranks and edges, and two agendas by a permutation test."""


# ruff: noqa: ANN401 - parametrised values and fixtures are of several types

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from agendagraph.errors import NetworkParameterError
from agendagraph.network import compare, compare_agendas, project


def test_the_sensitivity_table(women: nx.Graph[Any]) -> None:
    definitions = {name: project(women, on=0, weight=name) for name in ("count", "newman")}

    found = compare(definitions)

    (row,) = found.table.to_dict("records")
    assert (row["first"], row["second"], row["nodes"]) == ("count", "newman", 18)
    assert (row["gained"], row["lost"], row["changed"] + row["unchanged"]) == (0, 0, 139)
    assert 0.5 < row["kendall"] < row["spearman"] <= 1


def test_edges_gained_lost_and_changed() -> None:
    before, after = nx.Graph(), nx.Graph()
    before.add_weighted_edges_from([("a", "b", 1), ("b", "c", 2), ("c", "d", 3)])
    after.add_weighted_edges_from([("b", "c", 2), ("c", "d", 4), ("a", "d", 1)])

    found = compare({"before": before, "after": after}).edges

    assert {(row.source, row.target): row.change for row in found.itertuples()} == {
        ("a", "b"): "lost",
        ("a", "d"): "gained",
        ("b", "c"): "unchanged",
        ("c", "d"): "changed",
    }


def test_correlations_by_hand() -> None:
    """Strengths 1 2 3 against 1 3 2: ρ = 1/2, τ = 1/3."""
    first, second = nx.Graph(), nx.Graph()
    first.add_weighted_edges_from([("a", "x", 1), ("b", "y", 2), ("c", "z", 3)])
    second.add_weighted_edges_from([("a", "u", 1), ("b", "v", 3), ("c", "w", 2)])

    (row,) = compare({"first": first, "second": second}).table.to_dict("records")

    assert row["nodes"] == 3
    assert row["spearman"] == pytest.approx(0.5)
    assert row["kendall"] == pytest.approx(1 / 3)


def test_a_correlation_without_variation_is_not_a_number() -> None:
    (row,) = compare({"a": nx.complete_graph(3), "b": nx.path_graph(3)}).table.to_dict("records")

    assert row["spearman"] != row["spearman"]


def test_equal_agendas_do_not_differ(women: nx.Graph[Any]) -> None:
    found = compare_agendas(women, women.copy(), on=0, permutations=50)

    assert (found.distance, found.p_value) == (0.0, 1.0)
    assert (found.edges["change"] == "unchanged").all()


def test_opposite_agendas_differ(two_mode: Any) -> None:
    """One agenda always names a with b, the other always c with d."""
    first = two_mode([(unit, event) for unit in "ab" for event in range(12)])
    second = two_mode([(unit, event) for unit in "cd" for event in range(12)])

    found = compare_agendas(first, second, on=0, permutations=99)

    assert found.distance == pytest.approx(2.0)
    assert found.p_value == pytest.approx(0.01)
    assert found.edges["change"].tolist() == ["lost", "gained"]


@pytest.mark.parametrize(
    ("networks", "measure", "message"),
    [
        pytest.param({"a": nx.path_graph(2)}, "strength", "at least two", id="one network"),
        pytest.param(
            {"a": nx.path_graph(2), "b": nx.path_graph(2)}, "power", "one of", id="measure"
        ),
    ],
)
def test_bad_arguments_are_refused(networks: Any, measure: str, message: str) -> None:
    with pytest.raises(NetworkParameterError, match=message):
        compare(networks, measure=measure)


def test_an_agenda_without_events_cannot_be_compared(two_mode: Any) -> None:
    with pytest.raises(NetworkParameterError, match="without events"):
        compare_agendas(two_mode([("a", 1)]), nx.Graph(), on=0)
    with pytest.raises(NetworkParameterError, match="at least one"):
        compare_agendas(two_mode([("a", 1)]), two_mode([("a", 1)]), on=0, permutations=0)
