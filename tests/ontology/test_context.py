"""The JSON-LD context knows every term of the vocabulary, and loses nothing on the way."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, SH, XSD, Graph, URIRef

from agendagraph.files import ONTOLOGY, ROOT, SHAPES
from agendagraph.namespaces import NS, PREFIXES

CONTEXT = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))
ENTRIES = CONTEXT["@context"]


def expanded(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def own(vocabulary: Graph, kind: URIRef) -> set[str]:
    return {str(s) for s in vocabulary.subjects(RDF.type, kind) if str(s).startswith(NS)}


def test_prefixes_are_the_projects() -> None:
    prefixes = {key: value for key, value in ENTRIES.items() if str(value).startswith("http")}

    assert prefixes.items() <= PREFIXES.items()


def test_every_term_has_its_local_name_as_key(vocabulary: Graph) -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)

    for iri in set().union(*(own(vocabulary, kind) for kind in kinds)):
        entry = ENTRIES[iri.removeprefix(NS)]
        assert expanded(entry if isinstance(entry, str) else entry["@id"]) == iri


def test_every_key_of_ours_is_a_term(vocabulary: Graph) -> None:
    known = {str(s) for s in vocabulary.subjects(RDF.type, None)}
    named = {expanded(iri) for iri in term_iris()}

    built_in = (PREFIXES["rdfs"], PREFIXES["rdf"])
    assert {iri for iri in named if not str(iri).startswith(built_in)} <= known


def term_iris() -> list[str]:
    entries = (entry["@id"] if isinstance(entry, dict) else entry for entry in ENTRIES.values())
    return [iri for iri in entries if isinstance(iri, str) and ":" in iri and "//" not in iri]


def test_values_are_typed_as_the_shapes_want_them(vocabulary: Graph) -> None:
    """Things are IRIs, words carry a language, and a datatype is that of the shapes."""
    shapes = Graph()
    for path in SHAPES.rglob("*.ttl"):
        shapes.parse(path)

    for iri in own(vocabulary, OWL.ObjectProperty):
        assert ENTRIES[iri.removeprefix(NS)]["@type"] == "@id", iri
    for iri in own(vocabulary, OWL.DatatypeProperty):
        entry = ENTRIES[iri.removeprefix(NS)]
        datatypes = {
            datatype
            for shape in shapes.subjects(SH.path, URIRef(iri))
            for datatype in shapes.objects(shape, SH.datatype)
        }
        if datatypes == {RDF.langString}:
            assert entry.get("@container") == "@language", iri
        elif len(datatypes) == 1 and datatypes != {XSD.string}:
            assert URIRef(expanded(entry["@type"])) in datatypes, iri
        else:
            assert "@type" not in entry, iri


@pytest.mark.parametrize("file", ["story.ttl", "engagement/conforming.ttl"])
def test_a_graph_survives_the_way_there_and_back(file: str) -> None:
    """Written by rdflib with the context, and read by Oxigraph: two who must agree."""
    turtle = ROOT / "tests" / "shapes" / file

    document = Graph().parse(turtle).serialize(format="json-ld", context=ENTRIES)

    again = {quad.triple for quad in ox.parse(document.encode(), format=ox.RdfFormat.JSON_LD)}
    assert again == {quad.triple for quad in ox.parse(path=turtle)}
    assert '"engagementRole": "https://' in document
