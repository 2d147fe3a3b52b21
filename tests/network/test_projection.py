"""A projection weighs each pair by what it shares, and every engine gives the same bits."""


# ruff: noqa: ANN401 - parametrised values and fixtures are of several types

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agendagraph.errors import NetworkParameterError
from agendagraph.network import EdgeTable, project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agendagraph.network.projection import Engine, Weight

pytestmark = pytest.mark.slow

WEIGHTS: tuple[Weight, ...] = ("count", "newman", "jaccard")

PAIRS = st.lists(
    st.tuples(st.sampled_from("가나다라마바사"), st.integers(0, 9)), min_size=1, max_size=60
)


def graph_of(pairs: list[tuple[str, int]]) -> nx.Graph[Any]:
    graph: nx.Graph[Any] = nx.Graph(side_0="counterpart", side_1="commitment")
    graph.add_nodes_from({unit for unit, _ in pairs}, bipartite=0)
    graph.add_nodes_from({event for _, event in pairs}, bipartite=1)
    graph.add_edges_from(pairs)
    return graph


def edges(network: nx.Graph[Any]) -> list[tuple[Any, Any, Any]]:
    return list(network.edges(data="weight"))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session on this machine alone, with two cores."""
    sql = pytest.importorskip("pyspark.sql", reason="needs the dependency group 'oracles'")
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.parametrize(
    ("weight", "oracle"),
    [
        pytest.param("count", nx.bipartite.weighted_projected_graph, id="count"),
        pytest.param("newman", nx.bipartite.collaboration_weighted_projected_graph, id="newman"),
        pytest.param("jaccard", nx.bipartite.overlap_weighted_projected_graph, id="jaccard"),
    ],
)
def test_weights_are_those_of_networkx(women: nx.Graph[Any], weight: Weight, oracle: Any) -> None:
    """The three definitions are in networkx too; ours agree with them on Southern Women."""
    names = [node for node, data in women.nodes(data=True) if data["bipartite"] == 0]

    ours, theirs = project(women, on=0, weight=weight), oracle(women, names)

    assert ours.number_of_edges() == theirs.number_of_edges() == 139
    for u, v, data in theirs.edges(data=True):
        assert ours[u][v]["weight"] == pytest.approx(data["weight"], rel=1e-12)


def test_published_counts(women: nx.Graph[Any]) -> None:
    """The women-by-women matrix of R. L. Breiger, "The duality of persons and groups", 1974.

    Social Forces 53, 181–190: Evelyn was with Laura at 6 events, with Theresa at 7, with
    Brenda at 6.
    """
    network = project(women, on=0)

    assert network["Evelyn Jefferson"]["Laura Mandeville"]["weight"] == 6
    assert network["Evelyn Jefferson"]["Theresa Anderson"]["weight"] == 7
    assert network["Evelyn Jefferson"]["Brenda Rogers"]["weight"] == 6


def test_newman_strength_is_the_number_of_shared_events(women: nx.Graph[Any]) -> None:
    """With Newman's weights a node's strength counts its events that it shares with anyone."""
    network = project(women, on=0, weight="newman")

    for node, strength in network.degree(weight="weight"):
        assert strength == pytest.approx(women.degree(node))


@pytest.mark.parametrize("engine", ["sparse", "duckdb"])
@settings(max_examples=12, deadline=None)
@given(pairs=PAIRS)
def test_engines_in_memory_agree_bit_for_bit(engine: Engine, pairs: list[tuple[str, int]]) -> None:
    graph = graph_of(pairs)
    sides = ("counterpart", "commitment", sorted({unit for unit, _ in pairs})[:3])

    for weight, on in product(WEIGHTS, sides):
        expected = project(graph, on=on, weight=weight, engine="python")
        found = project(graph, on=on, weight=weight, engine=engine)

        assert edges(found) == edges(expected)
        assert list(found) == list(expected)


@settings(max_examples=12, deadline=None)
@given(pairs=PAIRS)
def test_tables_agree_with_graphs(
    pairs: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A Parquet file of edges, repeated ones too, gives the projection of its graph."""
    path = tmp_path_factory.mktemp("edges") / "edges.parquet"
    frame = pd.DataFrame(pairs, columns=["counterpart", "commitment"])
    frame.to_parquet(path)

    for weight, on in product(WEIGHTS, ("counterpart", "commitment")):
        found = project(EdgeTable(path), on=on, weight=weight)

        assert edges(found) == edges(project(graph_of(pairs), on=on, weight=weight))


def test_a_table_in_many_parts_is_counted_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agendagraph.network.engines import relational

    monkeypatch.setattr(relational, "_ROWS_IN_A_PART", 7)
    pairs = [(f"u{k % 5}", k // 3) for k in range(60)]
    path = tmp_path / "edges.parquet"
    pd.DataFrame(pairs, columns=["counterpart", "commitment"]).to_parquet(path)

    for weight in WEIGHTS:
        found = project(EdgeTable(path), weight=weight)

        assert edges(found) == edges(project(graph_of(pairs), weight=weight))


@pytest.mark.oracle
@pytest.mark.parametrize("weight", WEIGHTS)
def test_spark_agrees_bit_for_bit(spark: Any, weight: Weight, tmp_path: Path) -> None:
    pairs = [(unit, event) for event in range(9) for unit in "가나다라마바사"[event % 4 : event]]
    graph = graph_of(pairs)
    path = tmp_path / "edges.parquet"
    pd.DataFrame(pairs + pairs[:5], columns=["counterpart", "commitment"]).to_parquet(path)
    expected = edges(project(graph, weight=weight, engine="python"))

    assert edges(project(graph, weight=weight, engine="spark", spark=spark)) == expected
    assert edges(project(EdgeTable(path), weight=weight, engine="spark", spark=spark)) == expected


@pytest.mark.oracle
def test_spark_says_what_a_table_lacks(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "edges.parquet"
    pd.DataFrame({"a": ["x"], "b": ["y"]}).to_parquet(path)

    with pytest.raises(NetworkParameterError, match="counterpart"):
        project(EdgeTable(path), engine="spark", spark=spark)


def test_isolates_and_attributes_stay(women: nx.Graph[Any]) -> None:
    women.add_node("Alone", bipartite=0, label_ko="혼자")

    network = project(women, on=0)

    assert network.nodes["Alone"] == {"label_ko": "혼자"}
    assert network.degree("Alone") == 0


def test_the_source_is_not_changed(women: nx.Graph[Any]) -> None:
    before = nx.node_link_data(women, edges="edges")

    project(women, on=0)

    assert nx.node_link_data(women, edges="edges") == before


def test_an_explicit_collection_is_projected_alone(women: nx.Graph[Any]) -> None:
    network = project(women, on=["Laura Mandeville", "Evelyn Jefferson"])

    assert edges(network) == [("Evelyn Jefferson", "Laura Mandeville", 6)]


def test_a_kind_names_some_nodes_of_a_side() -> None:
    graph = graph_of([("가", 1), ("나", 1), ("다", 1)])
    nx.set_node_attributes(graph, {"가": "Country", "나": "Country", "다": "Region"}, "kind")

    assert edges(project(graph, on="Country")) == [("가", "나", 1)]


def test_an_empty_graph_has_an_empty_projection() -> None:
    assert len(project(nx.Graph())) == 0


@pytest.mark.parametrize(
    ("table", "on", "message"),
    [
        pytest.param("missing.parquet", "counterpart", "expected a Parquet file", id="no file"),
        pytest.param("text.parquet", "counterpart", "expected a Parquet file", id="no Parquet"),
        pytest.param("good.parquet", "country", "has the columns", id="no such side"),
        pytest.param("other.parquet", "counterpart", "no column 'counterpart'", id="no column"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, table: str, on: str, message: str) -> None:
    (tmp_path / "text.parquet").write_text("no parquet")
    good = pd.DataFrame({"counterpart": ["x"], "commitment": ["y"]})
    good.to_parquet(tmp_path / "good.parquet")
    good.rename(columns={"counterpart": "a"}).to_parquet(tmp_path / "other.parquet")

    with pytest.raises(NetworkParameterError, match=message):
        project(EdgeTable(tmp_path / table), on=on)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"weight": "sum"}, "expected count, newman or jaccard", id="weight"),
        pytest.param({"engine": "gpu"}, "expected one of", id="engine"),
        pytest.param({"engine": "spark"}, "needs the session", id="no session"),
        pytest.param({"on": "women"}, "give 0, 1 or the nodes", id="a side without a name"),
        pytest.param({"on": 2}, "0 or 1", id="a third side"),
        pytest.param({"on": ["Nobody"]}, "no node 'Nobody'", id="an unknown node"),
        pytest.param({"on": ["E1", "Flora Price"]}, "both sides", id="nodes of both sides"),
    ],
)
def test_bad_arguments_are_refused(
    women: nx.Graph[Any], arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(NetworkParameterError, match=message):
        project(women, **{"on": 0, **arguments})


def test_a_graph_that_is_not_bipartite_is_refused() -> None:
    unmarked = nx.path_graph(2)
    inside = graph_of([("가", 1), ("나", 1)])
    inside.add_edge("가", "나")

    with pytest.raises(NetworkParameterError, match="bipartite = 0 or 1"):
        project(unmarked, on=0)
    with pytest.raises(NetworkParameterError, match="two nodes of side 0"):
        project(inside, on=0)
    with pytest.raises(NetworkParameterError, match="undirected"):
        project(nx.DiGraph([(1, 2)]), on=0)
