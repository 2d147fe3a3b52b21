"""A GET without a query is answered by what the service is and what data it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

if TYPE_CHECKING:
    from conftest import Server

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
EX = Namespace("http://example.org/")


@pytest.fixture(scope="module")
def description(server: Server) -> Graph:
    response = server.client.get("/sparql", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    return Graph().parse(data=response.text, format="turtle")


def test_it_is_rdf_in_every_format_that_we_offer(server: Server) -> None:
    for media_type in (
        "text/turtle",
        "application/rdf+xml",
        "application/n-triples",
        "application/ld+json",
    ):
        response = server.client.get("/sparql", headers={"Accept": media_type})

        form = ox.RdfFormat.from_media_type(media_type)
        assert response.headers["content-type"].startswith(media_type)
        assert len(list(ox.parse(response.content, form))) > 20


def test_it_names_the_endpoint_at_the_address_that_was_asked(
    server: Server, description: Graph
) -> None:
    assert list(description.objects(None, SD.endpoint)) == [URIRef(f"{server.url}/sparql")]


def test_it_says_what_the_service_can(description: Graph) -> None:
    (service,) = description.subjects(RDF.type, SD.Service)

    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in description
    assert (service, SD.supportedLanguage, SD.SPARQL11Update) not in description
    assert (service, SD.feature, SD.UnionDefaultGraph) in description
    assert len(list(description.objects(service, SD.resultFormat))) >= 8


def test_void_is_counted_from_the_data(description: Graph) -> None:
    (dataset,) = description.subjects(RDF.type, VOID.Dataset)
    number = {
        name: int(description.value(dataset, VOID[name]))
        for name in ("triples", "distinctSubjects", "properties")
    }

    assert number == {"triples": 10_000, "distinctSubjects": 2000, "properties": 4}
    part = description.value(None, VOID.property, EX.label)
    assert description.value(part, VOID.triples) == Literal(4000)


def test_every_named_graph_is_listed_with_its_size(description: Graph) -> None:
    named = {
        str(description.value(graph, SD.name)): int(
            description.value(description.value(graph, SD.graph), VOID.triples)
        )
        for graph in description.subjects(RDF.type, SD.NamedGraph)
    }

    assert named == {f"{EX}g{i}": 2500 for i in range(4)}


def test_a_client_that_takes_no_rdf_gets_406(server: Server) -> None:
    response = server.client.get("/sparql", headers={"Accept": "text/csv"})

    assert response.status_code == 406
