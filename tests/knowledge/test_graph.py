"""A graph opens from anywhere and answers with Python values."""

import subprocess
import sys
from pathlib import Path

import pytest
import rdflib

import agendagraph as ag
from agendagraph import files
from agendagraph.errors import GraphSyntaxError, QueryError, QuerySyntaxError, StoreError
from agendagraph.knowledge import KnowledgeGraph, Solutions, open_graph
from agendagraph.store import open_directory

COUNTRIES = """
@prefix agenda: <https://w3id.org/agendagraph/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@base <https://w3id.org/agendagraph/id/> .

<country/jpn> a agenda:Country ; agenda:iso3 "JPN" ; rdfs:label "일본"@ko .
<country/nam> a agenda:Country ; agenda:iso3 "NAM" .
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "countries.ttl"
    path.write_text(COUNTRIES, encoding="utf-8")
    return path


@pytest.fixture
def kg(file: Path) -> KnowledgeGraph:
    return open_graph(file)


@pytest.fixture(scope="module")
def shipped() -> KnowledgeGraph:
    return ag.open_graph()


def test_rows_have_names_and_values(kg: KnowledgeGraph) -> None:
    answer = kg.query(
        "SELECT ?code ?label { ?c agenda:iso3 ?code OPTIONAL { ?c rdfs:label ?label } }"
        "ORDER BY ?code"
    )

    assert isinstance(answer, Solutions)
    assert answer.variables == ("code", "label")
    assert answer[0] == ("JPN", "일본")
    assert answer[1].label is None
    assert answer[1]["code"] == answer[1].code == answer[1][0] == "NAM"
    assert [list(row) for row in answer] == [["JPN", "일본"], ["NAM", None]]
    assert answer[0].as_dict() == {"code": "JPN", "label": "일본"}
    assert answer.column("code") == ["JPN", "NAM"]


def test_a_variable_that_is_not_there_is_named(kg: KnowledgeGraph) -> None:
    row = kg.select("SELECT ?code { ?c agenda:iso3 ?code }")[0]

    with pytest.raises(KeyError, match=r"no variable \?name in this answer; it has \?code"):
        row["name"]
    with pytest.raises(AttributeError, match=r"no variable \?name"):
        _ = row.name


def test_ask_is_a_truth_value(kg: KnowledgeGraph) -> None:
    assert kg.query("ASK { ?c a agenda:Country }") is True
    assert kg.query("ASK { ?c a agenda:Goal }") is False


def test_construct_is_a_graph(kg: KnowledgeGraph) -> None:
    answer = kg.query("CONSTRUCT { ?c rdfs:label ?label } WHERE { ?c rdfs:label ?label }")

    assert isinstance(answer, rdflib.Graph)
    (label,) = answer.objects()
    assert label == rdflib.Literal("일본", lang="ko")


def test_select_refuses_another_form(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="expected a SELECT query"):
        kg.select("ASK {}")


def test_a_syntax_error_has_the_place_in_the_text_that_was_given(kg: KnowledgeGraph) -> None:
    text = "SELECT * { ?c agenda:iso3 }"

    with pytest.raises(QuerySyntaxError) as caught:
        kg.query(text)

    assert (caught.value.line, caught.value.column) == (1, text.index("}") + 1)


def test_an_answer_that_breaks_off_is_an_error(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="could not be answered to its end"):
        kg.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_rdflib_sees_the_same_store(kg: KnowledgeGraph) -> None:
    dataset = kg.rdflib
    new = rdflib.URIRef("https://w3id.org/agendagraph/id/country/prk")

    dataset.graph("https://w3id.org/agendagraph/graph/x").add((new, rdflib.RDF.type, new))

    assert isinstance(dataset, rdflib.Dataset)
    assert kg.rdflib is dataset
    assert bool(dataset.query(f"ASK {{ <{new}> a ?x }}"))
    assert kg.query(f"ASK {{ <{new}> a ?x }}") is True
    assert len(kg) == 6


def test_a_folder_a_store_and_a_path_as_text_open_too(tmp_path: Path, file: Path) -> None:
    store = open_directory(tmp_path / "store", create=True)
    store.oxigraph.extend(open_graph(file).store.quads())
    store.oxigraph.flush()
    del store

    assert len(open_graph(str(file))) == 5
    assert len(open_graph(tmp_path / "store")) == 5


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("broken.ttl", "<a> <b> .", GraphSyntaxError),
        ("missing.ttl", None, StoreError),
        ("page.html", "<html>", GraphSyntaxError),
    ],
)
def test_what_cannot_be_opened_is_an_error(
    tmp_path: Path, name: str, content: str | None, error: type[Exception]
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)

    with pytest.raises(error, match=name):
        open_graph(tmp_path / name)


def test_an_endpoint_is_asked_when_it_is_queried() -> None:
    remote = open_graph("http://127.0.0.1:9/sparql")

    with pytest.raises(StoreError, match="no answer from"):
        remote.query("ASK {}")


def test_the_shipped_graph_answers(shipped: KnowledgeGraph) -> None:
    titles = shipped.select(
        "SELECT ?title { ?g a agenda:Goal ; agenda:text ?title ; agenda:order ?n } ORDER BY ?n"
    )

    assert len(titles) == 8
    assert titles[0].title == "북한 비핵화 추진"


def test_graph_vocabulary_and_code_have_one_version(shipped: KnowledgeGraph) -> None:
    assert shipped.version == ag.__version__


@pytest.mark.slow
def test_the_shipped_graph_keeps_its_shapes(shipped: KnowledgeGraph) -> None:
    assert shipped.validate().conforms


def test_other_shapes_can_be_asked_for(kg: KnowledgeGraph, tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text("""
        @prefix agenda: <https://w3id.org/agendagraph/ns#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        <urn:S> a sh:NodeShape ; sh:targetClass agenda:Country ; sh:property <urn:S-label> .
        <urn:S-label> a sh:PropertyShape ; sh:path rdfs:label ; sh:minCount 1 .
    """)

    report = kg.validate(shapes)

    assert [r.focus_node.rpartition("/")[2] for r in report.violations] == ["nam"]


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = "import sys, agendagraph; print(*sorted(m.partition('.')[0] for m in sys.modules))"

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"rdflib", "pyoxigraph", "pyshacl", "networkx", "pandas", "fastapi", "pydantic"}
    assert heavy.isdisjoint(loaded)
    assert files.ROOT.is_dir()


def test_what_the_package_offers_is_listed() -> None:
    assert dir(ag) == ["KnowledgeGraph", "__version__", "open_graph"]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ag.nothing
