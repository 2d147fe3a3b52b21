"""The files of the vocabulary and of the shapes are whole, in one style and of one version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rdflib import OWL, RDF, SKOS, Graph, Literal, Namespace, URIRef

import agendagraph
from agendagraph.files import ONTOLOGY, ROOT, SHAPES
from agendagraph.namespaces import NS, PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

DCTERMS = Namespace(PREFIXES["dcterms"])
VANN = Namespace(PREFIXES["vann"])
VOCABULARY = URIRef(NS.removesuffix("#"))
OURS = [
    *sorted(ONTOLOGY.glob("*.ttl")),
    ONTOLOGY / "stubs" / "borrowed.ttl",
    *sorted(SHAPES.rglob("*.ttl")),
]
TURTLE = [*OURS, *sorted((ONTOLOGY / "schemes").glob("*.ttl"))]
MODULES = [path for path in OURS if ONTOLOGY in path.parents]
HEADED = [*sorted(ONTOLOGY.glob("*.ttl")), *sorted((ONTOLOGY / "schemes").glob("*.ttl"))]
PREFIX = re.compile(r"^@prefix (\S*:)( +)<([^>]*)> \.$")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TURTLE, ids=name)
def test_prefixes_are_the_projects_and_all_used(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    declared = {m[1]: m[3] for line in text.splitlines() if (m := PREFIX.match(line))}
    body = "\n".join(line for line in text.splitlines() if not line.startswith(("#", "@")))
    body = re.sub(r'"""(?:.|\n)*?"""|"(?:[^"\\]|\\.)*"|<[^>]*>', "", body)

    assert declared
    for prefix, namespace in declared.items():
        assert namespace == PREFIXES.get(prefix[:-1], namespace), prefix
        assert re.search(rf"(?<![\w:-]){re.escape(prefix)}", body), f"{prefix} is not used"


@pytest.mark.parametrize("path", OURS, ids=name)
def test_namespaces_of_prefixes_stand_in_one_column(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if PREFIX.match(line)]

    assert len({line.index("<") for line in lines}) == 1
    assert lines == sorted(lines)


@pytest.mark.parametrize("path", OURS, ids=name)
def test_a_file_says_why_it_exists_and_is_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert re.match(r"# \S.*[.:]$|# \S", lines[0])
    assert len(lines) <= 400


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_has_a_header_with_the_version_of_the_package(path: Path) -> None:
    graph = Graph().parse(path)

    (header,) = graph.subjects(RDF.type, OWL.Ontology)

    assert graph.value(header, OWL.versionInfo) == Literal(agendagraph.__version__)
    assert agendagraph.__version__ in str(graph.value(header, OWL.versionIRI))
    assert {getattr(title, "language", None) for title in graph.objects(header, DCTERMS.title)} == {
        "ko",
        "en",
    }
    assert str(graph.value(header, DCTERMS.created)) == "2026-11-22"
    assert graph.value(header, DCTERMS.license)


@pytest.mark.parametrize("path", HEADED, ids=name)
def test_every_header_says_what_the_file_is_for_and_by_whom(path: Path) -> None:
    graph = Graph().parse(path)
    kinds = (OWL.Ontology, SKOS.ConceptScheme)
    (header,) = {node for kind in kinds for node in graph.subjects(RDF.type, kind)}

    described = [text.language for text in graph.objects(header, DCTERMS.description)]

    assert sorted(described) == ["en", "ko"]
    assert list(graph.objects(header, DCTERMS.creator)) == [Literal("The Agendagraph authors")]
    if (header, RDF.type, SKOS.ConceptScheme) in graph:
        definition = set(graph.objects(header, SKOS.definition))
        assert set(graph.objects(header, DCTERMS.description)) == definition


def test_the_header_names_prefix_and_namespace() -> None:
    graph = Graph().parse(ONTOLOGY / "agenda.ttl")

    assert str(graph.value(VOCABULARY, VANN.preferredNamespacePrefix)) == "agenda"
    assert str(graph.value(VOCABULARY, VANN.preferredNamespaceUri)) == NS


def test_the_header_imports_every_module_but_the_chains_and_nothing_else() -> None:
    """None of the big vocabularies is imported; the chains import the vocabulary."""
    headers = {
        header
        for path in MODULES
        if path.name not in {"agenda.ttl", "chains.ttl"}
        for header in Graph().parse(path).subjects(RDF.type, OWL.Ontology)
    }
    imports = {path.name: set(Graph().parse(path).objects(None, OWL.imports)) for path in MODULES}

    assert imports.pop("agenda.ttl") == headers
    assert imports.pop("chains.ttl") == {VOCABULARY}
    assert set().union(*imports.values()) == set()


def test_a_module_lies_under_the_last_word_of_its_iri() -> None:
    for path in MODULES:
        (header,) = Graph().parse(path).subjects(RDF.type, OWL.Ontology)
        last = str(header).removeprefix(str(VOCABULARY)).strip("/")
        assert path.stem == (last or "agenda")


def test_the_prefixes_of_shape_queries_are_the_projects() -> None:
    graph = Graph().parse(SHAPES / "shapes.ttl")
    sh = Namespace(PREFIXES["sh"])

    declared = {
        str(graph.value(entry, sh.prefix)): str(graph.value(entry, sh.namespace))
        for entry in graph.objects(None, sh.declare)
    }

    assert declared
    assert declared.items() <= PREFIXES.items()
