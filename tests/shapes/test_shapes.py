"""Each shape reports its own violations only; each has a graph that violates it.

One folder for each shapes file: ``conforming.ttl`` conforms to every shape of the file, and
``violating-X.ttl`` violates the shape ``ags:Class-X`` and no other. The graphs are made up
for these tests and describe nothing real.
"""

from __future__ import annotations

import contextlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyshacl import validate
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef

from agendagraph import __version__
from agendagraph.files import ONTOLOGY, SHAPES
from agendagraph.namespaces import NS
from agendagraph.namespaces import SHAPES as AGS
from agendagraph.validation import pyshacl_patches
from agendagraph.validation.rdflib_graph import read_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

HERE = Path(__file__).parent
COMMON = SHAPES / "shapes.ttl"
FILES = sorted(path for path in SHAPES.rglob("*.ttl") if path != COMMON)
NAMES = [path.relative_to(SHAPES).with_suffix("").as_posix() for path in FILES]
VIOLATING = sorted(HERE.rglob("violating-*.ttl"))

pyshacl_patches.install()


@cache
def shapes(name: str) -> Graph:
    """Return the shapes of one file with what all files share."""
    return read_graph([COMMON, SHAPES / f"{name}.ttl"])


@cache
def all_shapes() -> Graph:
    graph = Graph()
    for path in (COMMON, *FILES):
        graph.parse(path)
    return graph


@cache
def vocabulary() -> Graph:
    """Return what shapes look up in the ontology: subclasses and concepts."""
    graph = read_graph((ONTOLOGY / "schemes").glob("*.ttl"))
    graph += read_graph(ONTOLOGY.glob("*.ttl")).triples((None, RDFS.subClassOf, None))
    return graph


@contextlib.contextmanager
def beside_the_vocabulary(data: Path) -> Iterator[Graph]:
    """Add the triples of *data* to the vocabulary, and remove them again.

    Copying the vocabulary for each of 300 graphs took three times as long as validating them.
    """
    graph = vocabulary()
    added = [triple for triple in read_graph([data]) if triple not in graph]
    graph += added
    yield graph
    graph -= added


def findings(data: Path, shapes_graph: Graph) -> dict[str, set[str]]:
    """Return the names of the shapes that *data* breaks, each with the texts of its messages.

    Texts and no language tags: pySHACL drops the tags of a query's messages.
    """
    with beside_the_vocabulary(data) as graph:
        _, report, _ = validate(graph, shacl_graph=shapes_graph, inplace=True)
    found: dict[str, set[str]] = {}
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = str(report.value(result, SH.sourceShape)).removeprefix(AGS)
        found.setdefault(shape, set()).update(
            str(message) for message in report.objects(result, SH.resultMessage)
        )
    return found


def named(local: str) -> URIRef:
    return URIRef(AGS + local)


def checks(name: str) -> set[str]:
    """Return the shapes of a file that can report something."""
    graph = shapes(name)
    reporting = set(graph.subjects(RDF.type, SH.PropertyShape))
    for shape in graph.subjects(RDF.type, SH.NodeShape):
        says = (shape, SH.message, None) in graph or (shape, SH.sparql, None) in graph
        if says:
            reporting.add(shape)
    return {str(shape).removeprefix(AGS) for shape in reporting}


def messages(shape: str, graph: Graph) -> set[str]:
    """Return the texts, in both languages, that a shape has to report."""
    node = named(shape)
    says = {*graph.objects(node, SH.message), *graph.objects(named(f"{shape}-query"), SH.message)}
    return {str(text) for text in says}


def main_shape(name: str) -> str:
    """Return the name that the shapes of a file begin with."""
    (only,) = {check.split("-")[0] for check in checks(name)}
    return only


def broken_by(path: Path) -> str:
    """Return the shape that a violating graph says it breaks, by its file name."""
    main = main_shape(path.parent.relative_to(HERE).as_posix())
    part = path.stem.removeprefix("violating-")
    return main if part == "closed" else f"{main}-{part}"


@pytest.mark.parametrize("name", NAMES)
def test_a_graph_conforms(name: str) -> None:
    assert findings(HERE / name / "conforming.ttl", shapes(name)) == {}


@pytest.mark.parametrize(
    "path", VIOLATING, ids=lambda path: path.relative_to(HERE).with_suffix("").as_posix()
)
def test_a_graph_breaks_one_shape_and_no_other(path: Path) -> None:
    """The finding comes from the shape that the file names, in Korean and in English."""
    name, broken = path.parent.relative_to(HERE).as_posix(), broken_by(path)

    assert findings(path, shapes(name)) == {broken: messages(broken, shapes(name))}


@pytest.mark.parametrize("name", NAMES)
def test_every_shape_has_a_graph_that_breaks_it(name: str) -> None:
    assert {broken_by(path) for path in (HERE / name).glob("violating-*.ttl")} == checks(name)


def test_the_story_conforms_to_all_shapes_together() -> None:
    assert findings(HERE / "story.ttl", all_shapes()) == {}


def test_the_story_has_a_focus_node_for_every_shape() -> None:
    """A shape without focus nodes would let everything pass."""
    data = read_graph([HERE / "story.ttl"]) + vocabulary()
    graph = all_shapes()
    superclasses = {
        above
        for kind in data.objects(None, RDF.type)
        for above in data.transitive_objects(kind, RDFS.subClassOf)
    }

    idle = {
        shape
        for predicate in (SH.targetClass, SH.targetSubjectsOf)
        for shape in graph.subjects(predicate, None)
        if not any(
            target in superclasses or (None, target, None) in data
            for target in graph.objects(shape, predicate)
        )
    }

    assert idle == set()


def languages(graph: Graph, node: Node, predicate: URIRef) -> list[str]:
    """Return the languages of the texts that *node* has, one entry a text."""
    texts = (text for text in graph.objects(node, predicate) if isinstance(text, Literal))
    return sorted(text.language or "" for text in texts)


def test_no_shape_is_blank() -> None:
    graph = all_shapes()
    kinds = (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint)

    assert all(
        isinstance(shape, URIRef) for kind in kinds for shape in graph.subjects(RDF.type, kind)
    )
    assert all(isinstance(shape, URIRef) for shape in graph.objects(None, SH.property))


def test_every_shape_has_a_name_in_both_languages() -> None:
    graph = all_shapes()
    shapes_ = {
        *graph.subjects(RDF.type, SH.NodeShape),
        *graph.subjects(RDF.type, SH.PropertyShape),
    }

    assert {s for s in shapes_ if languages(graph, s, SH.name) != ["en", "ko"]} == set()


def test_every_check_has_a_message_in_both_languages_that_names_its_property() -> None:
    graph = all_shapes()
    property_shapes = set(graph.subjects(RDF.type, SH.PropertyShape))
    queries = set(graph.subjects(RDF.type, SH.SPARQLConstraint))

    mute = {s for s in property_shapes | queries if languages(graph, s, SH.message) != ["en", "ko"]}
    nameless = {
        s
        for s in property_shapes
        if isinstance(path := graph.value(s, SH.path), URIRef)
        for message in graph.objects(s, SH.message)
        if graph.qname(path) not in str(message)
    }

    assert (mute, nameless) == (set(), set())


def test_every_property_shape_states_its_severity() -> None:
    graph = all_shapes()

    for name, path in zip(NAMES, FILES, strict=True):
        expected = SH.Warning if path.parent.name == "warnings" else SH.Violation
        for check in checks(name):
            assert graph.value(named(check), SH.severity) == expected, check


def test_every_query_says_what_it_reads() -> None:
    """The properties of ``ags:reads`` are those of the query: what a change can reach."""
    graph = all_shapes()
    reads = named("reads")

    for query in graph.subjects(RDF.type, SH.SPARQLConstraint):
        text = str(graph.value(query, SH.select))
        in_query = set(re.findall(r"\b(?:agenda|oa|org):[a-z]\w*", text))
        stated = {graph.qname(str(p)) for p in graph.objects(query, reads)} - {"rdf:type"}
        assert in_query <= stated, query


def test_queries_run_once_and_not_once_a_node() -> None:
    """A query per element or mention would take fifty times as long."""
    graph = all_shapes()
    few = {"Agenda", "SourceCapture", "Country", "Membership", "Suborganization"}

    owners = {str(s).removeprefix(AGS).split("-")[0] for s in graph.subjects(SH.sparql, None)}

    assert owners <= few
    for shape in graph.subjects(SH.sparql, None):
        assert (shape, SH.targetClass, None) not in graph or graph.value(shape, SH.targetClass) in {
            URIRef(f"https://w3id.org/agendagraph/ns#{c}") for c in ("Agenda", "SourceCapture")
        }


def test_concepts_and_classes_that_shapes_name_exist() -> None:
    graph, known = all_shapes(), set(vocabulary().subjects(RDF.type, SKOS.Concept))
    schemes = set(vocabulary().subjects(RDF.type, SKOS.ConceptScheme))
    borrowed = Graph().parse(ONTOLOGY / "stubs" / "borrowed.ttl")
    classes = set(borrowed.subjects(RDF.type, OWL.Class))
    values = {
        value
        for predicate in (SH.hasValue, SH.targetNode)
        for value in graph.objects(None, predicate)
    }

    assert values <= known | schemes | classes


def test_schemes_that_patterns_name_exist() -> None:
    graph = all_shapes()
    named_schemes = {
        match[1]
        for pattern in graph.objects(None, SH.pattern)
        if (match := re.search(r"/scheme/([a-z-]+)/", str(pattern)))
    }

    known = {str(s).rpartition("/")[2] for s in vocabulary().subjects(RDF.type, SKOS.ConceptScheme)}

    assert named_schemes <= known
    assert len(named_schemes) > 10


def test_the_shapes_have_the_version_of_the_package() -> None:
    version = all_shapes().value(URIRef("https://w3id.org/agendagraph/shapes"), OWL.versionInfo)

    assert version == Literal(__version__)


def test_every_property_of_the_vocabulary_occurs_in_a_shape() -> None:
    graph = all_shapes()
    properties = {
        term
        for path in ONTOLOGY.glob("*.ttl")
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty)
        for term in Graph().parse(path).subjects(RDF.type, kind)
        if str(term).startswith(NS)
    }

    assert {term for term in properties if (None, None, term) not in graph} == set()
