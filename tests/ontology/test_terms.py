"""Every term is labelled and defined in both languages, and only declared terms are used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

from agendagraph.files import DATA, GRAPH, ONTOLOGY, ROOT, SHAPES
from agendagraph.namespaces import NS

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.term import Node

VOCABULARY = URIRef(NS.removesuffix("#"))
PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty)


def own_terms(graph: Graph) -> list[URIRef]:
    return sorted(
        {s for s in graph.subjects(RDF.type, None) if isinstance(s, URIRef) and s.startswith(NS)}
    )


def own_properties(graph: Graph) -> list[URIRef]:
    kinds = set(PROPERTY_KINDS)
    return [t for t in own_terms(graph) if kinds & set(graph.objects(t, RDF.type))]


def texts(graph: Graph, term: Node, predicate: URIRef) -> dict[str, str]:
    """Return the texts of *term* by language; two in one language are an error."""
    found = [
        (text.language or "", str(text))
        for text in graph.objects(term, predicate)
        if isinstance(text, Literal)
    ]
    assert len(found) == len(dict(found)), (term, predicate)
    return dict(found)


def test_there_are_terms(vocabulary: Graph) -> None:
    assert len(own_terms(vocabulary)) > 140


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition], ids=["label", "definition"])
def test_every_term_speaks_korean_and_english(vocabulary: Graph, predicate: URIRef) -> None:
    silent = [
        term
        for term in own_terms(vocabulary)
        if texts(vocabulary, term, predicate).keys() != {"ko", "en"}
    ]

    assert silent == []


def test_scope_notes_speak_korean_and_english(vocabulary: Graph) -> None:
    for term in set(vocabulary.subjects(SKOS.scopeNote, None)):
        assert texts(vocabulary, term, SKOS.scopeNote).keys() == {"ko", "en"}, term


def test_definitions_define(vocabulary: Graph) -> None:
    """A definition is a sentence, and no other term has the same one."""
    seen: dict[str, URIRef] = {}

    for term in own_terms(vocabulary):
        labels = texts(vocabulary, term, RDFS.label)
        for language, text in texts(vocabulary, term, SKOS.definition).items():
            assert text.endswith("."), term
            assert text.rstrip(".").lower() != labels[language].lower(), term
            assert len(text) > len(labels[language]), term
            assert seen.setdefault(text, term) == term, term


def test_labels_are_words_and_not_code(vocabulary: Graph) -> None:
    for term in own_terms(vocabulary):
        label = texts(vocabulary, term, RDFS.label)["en"]
        assert not re.search(r"[a-z][A-Z]", label), term
        assert re.search("[가-힣A-Z]", texts(vocabulary, term, RDFS.label)["ko"]), term


def test_every_term_is_defined_by_the_vocabulary(vocabulary: Graph) -> None:
    for term in own_terms(vocabulary):
        assert list(vocabulary.objects(term, RDFS.isDefinedBy)) == [VOCABULARY], term


@pytest.mark.parametrize("predicate", [RDFS.domain, RDFS.range], ids=["domain", "range"])
def test_every_property_has_one_named_and_known(vocabulary: Graph, predicate: URIRef) -> None:
    classes = {*vocabulary.subjects(RDF.type, OWL.Class), OWL.Thing}

    for term in own_properties(vocabulary):
        (only,) = vocabulary.objects(term, predicate)
        literal = predicate == RDFS.range and (term, RDF.type, OWL.DatatypeProperty) in vocabulary
        assert only == RDFS.Literal if literal else only in classes, term


def test_names_are_spelt_as_is_usual(vocabulary: Graph) -> None:
    """Classes begin with a capital, properties with a small letter."""
    for term in own_terms(vocabulary):
        initial = term.removeprefix(NS)[0]
        assert initial.isupper() == ((term, RDF.type, OWL.Class) in vocabulary), term


def test_own_terms_are_declared_in_one_file_each() -> None:
    homes: dict[str, list[str]] = {}
    for path in sorted(ONTOLOGY.glob("*.ttl")):
        graph = Graph().parse(path)
        for term in own_terms(graph):
            homes.setdefault(term, []).append(path.name)

    assert {term: files for term, files in homes.items() if len(files) > 1} == {}


TURTLE = sorted(
    path
    for folder in (ONTOLOGY, SHAPES, GRAPH, ROOT / "tests" / "shapes")
    for path in folder.rglob("*.ttl")
    if not path.name.startswith("violating-")
)


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_turtle_uses_declared_terms_only(path: Path, everything: Graph) -> None:
    """No own term that is not declared, and no borrowed one that the stubs do not declare."""
    declared = set(everything.subjects(RDF.type, None))
    graph = Graph().parse(path)
    used = {
        node
        for s, p, o in graph
        for node in (p, o if p in {RDF.type, RDFS.subClassOf} else s)
        if isinstance(node, URIRef)
    } | {node for triple in graph for node in triple if str(node).startswith(NS)}
    vocabularies = (*borrowed_namespaces(), NS)

    unknown = {
        term
        for term in used
        if str(term).startswith(vocabularies)
        and re.search(r"[#/]\w+$", str(term))
        and term not in declared
    }

    assert unknown == set()


def borrowed_namespaces() -> tuple[str, ...]:
    """Return the namespaces from which the stubs declare terms."""
    stubs = Graph().parse(ONTOLOGY / "stubs" / "borrowed.ttl")
    terms = (str(s) for s in stubs.subjects(RDF.type, None) if not str(s).startswith(NS[:-1]))
    return tuple(sorted({re.sub(r"[^#/]+$", "", term) for term in terms}))


SPARQL = sorted(
    path for folder in (DATA / "queries", ROOT / "api") for path in folder.rglob("*.rq")
)


@pytest.mark.skipif(not SPARQL, reason="there is no query yet")
def test_queries_use_declared_terms_only(vocabulary: Graph) -> None:
    declared = {term.removeprefix(NS) for term in own_terms(vocabulary)}

    unknown = {
        (path.name, name)
        for path in SPARQL
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for name in re.findall(r"\bagenda:(\w+)", line)
        if name not in declared
    }

    assert unknown == set()


def test_code_uses_declared_terms_only(vocabulary: Graph) -> None:
    declared = {term.removeprefix(NS) for term in own_terms(vocabulary)}

    unknown = {
        (path.name, name)
        for path in (ROOT / "api" / "agendagraph").rglob("*.py")
        for name in re.findall(r"\bAGENDA\.(\w+)", path.read_text(encoding="utf-8"))
        if name not in declared
    }

    assert unknown == set()


def test_examples_of_the_source_stand_in_the_source(vocabulary: Graph) -> None:
    """An example in Korean is quoted from the page, up to an arrow that explains it."""
    page = (DATA / "source" / "kr-mofa-2022.txt").read_text(encoding="utf-8")
    page = page.replace("\u00a0", " ")

    invented = [
        example
        for example in vocabulary.objects(None, SKOS.example)
        if isinstance(example, Literal) and example.language == "ko"
        if str(example).partition(" →")[0] not in page
    ]

    assert invented == []
