"""The bipartite configuration model reproduces every degree, or settles what has no choice."""


# ruff: noqa: ANN401 - parametrised values and fixtures are of several types

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agendagraph.errors import NetworkParameterError
from agendagraph.network.backbones.configuration_model import configuration

MATRICES = st.tuples(st.integers(1, 7), st.integers(1, 9)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 1))
)


def degrees(matrix: Any) -> tuple[list[int], list[int]]:
    return matrix.sum(axis=1).tolist(), matrix.sum(axis=0).tolist()


def test_published_probabilities() -> None:
    """The example in the tests of Neal's R package backbone.

    https://github.com/zpneal/backbone, inst/tinytest/test_backbone.R, "BiCM probabilities".
    """
    matrix = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 1]])

    found = configuration(*degrees(matrix)).matrix()

    expected = [[0.216, 0.216, 0.568], [0.216, 0.216, 0.568], [0.568, 0.568, 0.863]]
    assert found.round(3).tolist() == expected


@settings(max_examples=150, deadline=None)
@given(MATRICES)
def test_expected_degrees_are_the_given_ones(matrix: Any) -> None:
    rows, columns = degrees(matrix)

    found = configuration(rows, columns).matrix()

    assert found.min() >= 0
    assert found.max() <= 1
    assert found.sum(axis=1) == pytest.approx(rows, abs=1e-9)
    assert found.sum(axis=0) == pytest.approx(columns, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=8))
def test_a_nested_graph_has_no_choice(rows: list[int]) -> None:
    """Only one graph has the degrees of a perfectly nested one, and it is found."""
    matrix = np.array([[int(column < row) for column in range(6)] for row in rows])

    assert configuration(*degrees(matrix)).matrix() == pytest.approx(matrix, abs=1e-9)


def test_a_block_that_is_certain_is_cut_off() -> None:
    """Full corner, empty corner, and two free blocks: general solvers diverge here."""
    matrix = np.array([[1, 1, 1, 0], [1, 1, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]])

    found = configuration(*degrees(matrix)).matrix()

    expected = [[1, 1, 0.5, 0.5], [1, 1, 0.5, 0.5], [0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0]]
    assert found == pytest.approx(np.array(expected), abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        pytest.param([1, 1], [1], "sum to 2 and 1", id="unequal sums"),
        pytest.param([3, 0], [1, 2], "no bipartite graph", id="a row longer than the table"),
        pytest.param([-1, 2], [1], "no bipartite graph", id="a negative degree"),
    ],
)
def test_impossible_degrees_are_refused(rows: list[int], columns: list[int], message: str) -> None:
    with pytest.raises(NetworkParameterError, match=message):
        configuration(rows, columns)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_probabilities_are_those_of_bicm(women: nx.Graph[Any]) -> None:
    bicm = pytest.importorskip("bicm", reason="needs the dependency group 'oracles'")
    names = [node for node, data in women.nodes(data=True) if data["bipartite"] == 0]
    events = [node for node, data in women.nodes(data=True) if data["bipartite"] == 1]
    matrix = nx.bipartite.biadjacency_matrix(women, names, events).toarray().astype(int)
    oracle = bicm.BipartiteGraph()
    oracle.set_biadjacency_matrix(matrix)
    oracle.solve_tool(verbose=False, tol=1e-12)

    found = configuration(*degrees(matrix)).matrix()

    assert found == pytest.approx(oracle.get_bicm_matrix(), abs=1e-8)
