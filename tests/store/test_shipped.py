"""The shipped graph is loaded whole, each file in the named graph of its place."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from agendagraph.errors import GraphSyntaxError, StoreError
from agendagraph.store import load_shipped, shipped_files, shipped_quads

TRIPLE = "<http://example.org/s> <http://example.org/p> <http://example.org/{}> ."
GRAPH = "https://w3id.org/agendagraph/graph/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An ontology of three files, of which one is a stub, and a graph of two."""
    for name in (
        "ontology/agenda.ttl",
        "ontology/schemes/stance.ttl",
        "ontology/stubs/borrowed.ttl",
        "graph/world.ttl",
        "graph/kr-mofa-2022/document.ttl",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TRIPLE.format(path.stem))
    return tmp_path


def test_a_graph_is_named_after_the_place_of_its_file(root: Path) -> None:
    found = shipped_files(ontology=root / "ontology", graph=root / "graph")

    assert [(path.name, name.removeprefix(GRAPH)) for path, name in found] == [
        ("agenda.ttl", "ontology"),
        ("stance.ttl", "ontology"),
        ("document.ttl", "kr-mofa-2022/document"),
        ("world.ttl", "world"),
    ]


def test_quads_stand_in_their_graphs(root: Path) -> None:
    store = ox.Store()

    load_shipped(store, ontology=root / "ontology", graph=root / "graph")

    assert {(q.object.value[19:], q.graph_name.value.removeprefix(GRAPH)) for q in store} == {
        ("agenda", "ontology"),
        ("stance", "ontology"),
        ("document", "kr-mofa-2022/document"),
        ("world", "world"),
    }


def test_a_graph_that_was_never_built_is_an_error(root: Path) -> None:
    with pytest.raises(StoreError, match="make it by `agendagraph build`"):
        list(shipped_quads(ontology=root / "ontology", graph=root / "nothing"))


def test_a_damaged_file_loads_nothing(root: Path) -> None:
    (root / "graph" / "world.ttl").write_text("<http://example.org/s> ")
    store = ox.Store()

    with pytest.raises(GraphSyntaxError, match=r"world\.ttl:1"):
        load_shipped(store, ontology=root / "ontology", graph=root / "graph")

    assert len(store) == 0


def test_what_we_ship_is_all_there() -> None:
    names = {name.removeprefix(GRAPH) for _, name in shipped_files()}

    assert names >= {
        "ontology",
        "world",
        "kr-mofa-2022/document",
        "kr-mofa-2022/analysis",
        "kr-mofa-2022/derived",
    }
