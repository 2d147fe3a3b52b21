"""A network that is written and read back is the same network, in every format."""


# ruff: noqa: ANN401, FBT001, FBT003 - parametrised values and fixtures are of several types

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agendagraph import __version__
from agendagraph.errors import NetworkError, NetworkParameterError
from agendagraph.network import EdgeTable, project, read, write
from agendagraph.network.attributes import normalise, normalise_value
from agendagraph.network.exports import encode
from agendagraph.network.extraction import network

if TYPE_CHECKING:
    from pathlib import Path

    from agendagraph.knowledge import KnowledgeGraph

WHOLE = ("graphml", "gexf", "json", "csv")

TEXT = st.text(st.characters(exclude_categories=("C",)), max_size=12).map(str.strip)


def same(one: nx.Graph[Any], other: nx.Graph[Any]) -> bool:
    """Whether nodes, edges and all attributes are equal, whatever the order."""
    return nx.utils.graphs_equal(one, other)


@pytest.mark.parametrize("format_", WHOLE)
@pytest.mark.parametrize("name", ["counterpart-goal", "counterparts-together", "goals-by-theme"])
def test_our_networks_come_back_equal(
    small: KnowledgeGraph, tmp_path: Path, format_: Any, name: str
) -> None:
    made = network(small, name)

    write(made, tmp_path / f"net.{format_}")

    assert same(read(tmp_path / f"net.{format_}"), nx.Graph(made))


@pytest.mark.parametrize("format_", ["graphml", "gexf", "json"])
@settings(max_examples=25, deadline=None)
@given(label=TEXT, weight=st.floats(1e-9, 1e9), count=st.integers(0, 2**40), flag=st.booleans())
def test_any_plain_values_come_back_equal(
    tmp_path_factory: pytest.TempPathFactory,
    format_: Any,
    label: str,
    weight: float,
    count: int,
    flag: bool,
) -> None:
    path = tmp_path_factory.mktemp("net") / f"net.{format_}"
    made: nx.Graph[Any] = nx.Graph(title=label, seed=count)
    made.add_node('<일본> & "co"', label_ko=label, count=count, flag=flag)
    made.add_node("alone", label_ko="")
    made.add_edge('<일본> & "co"', "미국", weight=weight, evidence=label)

    write(made, path)

    assert same(read(path), made)


def test_parquet_keeps_edges_and_is_projected_as_it_stands(
    small: KnowledgeGraph, tmp_path: Path
) -> None:
    """The columns are called like the sides, so the file is the input of the large path."""
    made = network(small, "counterpart-commitment")
    path = tmp_path / "edges.parquet"

    write(made, path)

    back = read(path)
    assert dict(back.graph) == made.graph
    assert {frozenset(edge) for edge in back.edges} == {frozenset(edge) for edge in made.edges}
    assert all(back.edges[edge] == made.edges[edge] for edge in made.edges)
    projected = project(EdgeTable(path, "counterpart", "commitment"))
    assert list(projected.edges(data="weight")) == list(project(made).edges(data="weight"))


@pytest.mark.parametrize("format_", [*WHOLE, "parquet"])
def test_the_version_is_inside(small: KnowledgeGraph, tmp_path: Path, format_: Any) -> None:
    back = read(
        write(network(small, "counterpart-goal"), tmp_path / f"n.{format_}")
        and (tmp_path / f"n.{format_}")
    )

    assert back.graph["code_version"] == __version__
    assert back.graph["dataset_version"] == "0.1.0"


@pytest.mark.parametrize("format_", [*WHOLE, "parquet"])
def test_the_same_graph_gives_the_same_bytes(small: KnowledgeGraph, format_: Any) -> None:
    made = network(small, "counterpart-goal")
    shuffled = nx.Graph(**made.graph)
    shuffled.add_nodes_from(reversed(list(made.nodes(data=True))))
    shuffled.add_edges_from(reversed(list(made.edges(data=True))))

    assert encode(shuffled, format_) == encode(made, format_)


def test_gexf_is_labelled_for_gephi(small: KnowledgeGraph) -> None:
    text = encode(network(small, "counterpart-goal"), "gexf").decode()

    assert 'label="일본"' in text
    assert "<creator>Agendagraph" in text
    assert "lastmodifieddate" not in text


@pytest.mark.parametrize("format_", [*WHOLE, "parquet"])
@pytest.mark.parametrize("graph", [nx.Graph(), nx.empty_graph(["가"])], ids=["empty", "one node"])
def test_small_graphs_are_written(tmp_path: Path, graph: nx.Graph[Any], format_: Any) -> None:
    write(graph, tmp_path / f"n.{format_}")

    back = read(tmp_path / f"n.{format_}")
    assert len(back) == (0 if format_ == "parquet" else len(graph))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(np.int64(3), 3, id="numpy integer"),
        pytest.param(np.float64(0.5), 0.5, id="numpy float"),
        pytest.param(np.bool_(True), True, id="numpy truth"),
        pytest.param(Decimal("0.5"), 0.5, id="decimal"),
        pytest.param(dt.date(2022, 7, 26), "2022-07-26", id="date"),
        pytest.param(["b", "a"], "b a", id="list keeps its order"),
        pytest.param({"b", "a"}, "a b", id="set is sorted"),
        pytest.param({"나": 1}, '{"나": 1}', id="mapping"),
        pytest.param(None, None, id="nothing"),
        pytest.param(float("inf"), None, id="infinity"),
        pytest.param("a\x00b\r\n", "a\ufffdb\n", id="characters that XML forbids"),
    ],
)
def test_values_are_made_plain(value: object, expected: object) -> None:
    assert normalise_value(value) == expected
    assert type(normalise_value(value)) is type(expected)


def test_nothing_is_left_out_and_never_written() -> None:
    graph = nx.Graph([("a", "b", {"share": float("nan"), "note": None})])

    assert normalise(graph).edges["a", "b"] == {}
    assert "null" not in encode(graph, "json").decode()


def test_two_nodes_written_alike_are_refused() -> None:
    with pytest.raises(NetworkParameterError, match="both written '1'"):
        encode(nx.Graph([(1, "1")]), "json")


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkParameterError, match=r"net\.xlsx: expected the format"):
        write(nx.Graph(), tmp_path / "net.xlsx")
    with pytest.raises(NetworkParameterError, match="format='dot'"):
        encode(nx.Graph(), "dot")  # type: ignore[arg-type]


@pytest.mark.parametrize("format_", ["graphml", "gexf", "json", "parquet"])
def test_a_file_of_another_format_is_refused(tmp_path: Path, format_: Any) -> None:
    path = tmp_path / f"net.{format_}"
    path.write_text("not a network")

    with pytest.raises(NetworkError, match=f"not a network in {format_}"):
        read(path)


def test_numbers_with_leading_zeros_stay_text(tmp_path: Path) -> None:
    """The M49 code 076 is no 76, and Namibia's NA is no missing value."""
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_node("bra", m49="076", iso2="NA")

    write(graph, tmp_path / "n.csv")

    assert read(tmp_path / "n.csv").nodes["bra"] == {"m49": "076", "iso2": "NA"}


def test_json_is_what_d3_reads(small: KnowledgeGraph) -> None:
    data = json.loads(encode(network(small, "counterpart-goal"), "json"))

    assert {"nodes", "edges", "graph"} <= set(data)
    assert data["nodes"][0]["id"] == "agenda/small/g1"
