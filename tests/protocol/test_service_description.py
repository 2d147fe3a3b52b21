"""A GET without a query is answered by what the service is and what data it has."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from agendagraph.version import RELEASED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Server

    Serving = Callable[..., AbstractContextManager[Server]]

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
    assert (service, SD.feature, SD.BasicFederatedQuery) not in description
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


def test_it_has_a_tag_is_compressed_and_depends_on_the_host(server: Server) -> None:
    first = server.client.get("/sparql", headers={"Accept-Encoding": "gzip"})
    tag = first.headers["etag"]

    assert first.headers["content-encoding"] == "gzip"
    assert {each.strip() for each in first.headers["vary"].split(",")} >= {"Accept", "Host"}
    again = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    assert server.client.get("/sparql", headers=again).status_code == 304
    elsewhere = server.client.get("/sparql", headers={**again, "Host": "kg.example"})
    assert (elsewhere.status_code, "http://kg.example/sparql" in elsewhere.text) == (200, True)


DCTERMS = Namespace("http://purl.org/dc/terms/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
AGENDA = "https://w3id.org/agendagraph/"


def test_the_names_of_its_parts_are_short(server: Server) -> None:
    text = server.client.get("/sparql", headers={"Accept": "text/turtle"}).text
    graph = Graph().parse(data=text, format="turtle")
    fragments = [str(each).partition("#")[2] for each in graph.subjects(VOID.property)]

    assert f"@prefix : <{server.url}/sparql#> ." in text
    assert len({*fragments}) == 4
    assert {len(each.removeprefix("property-")) for each in fragments} == {16}
    assert "%23" not in text


def test_of_other_data_nothing_is_claimed(description: Graph) -> None:
    (dataset,) = description.subjects(RDF.type, DCAT.Dataset)

    assert not list(description.objects(dataset, DCTERMS.license))
    assert not list(description.objects(dataset, DCTERMS.title))
    assert not list(description.objects(dataset, VOID.uriSpace))
    assert not list(description.objects(dataset, VOID.vocabulary))


def test_the_shipped_graph_says_what_it_is(serving: Serving) -> None:
    with serving() as shipped:
        response = shipped.client.get("/sparql", headers={"Accept": "text/turtle"})
        found = Graph().parse(data=response.text, format="turtle")
        (dataset,) = found.subjects(RDF.type, DCAT.Dataset)
        (agenda,) = found.objects(dataset, VOID.exampleResource)
        asked = shipped.query(f"ASK {{ <{agenda}> a <{AGENDA}ns#Agenda> }}")
        again = {"Accept": "text/turtle", "If-None-Match": response.headers["etag"]}
        unchanged = shipped.client.get("/sparql", headers=again)

    (service,) = found.subjects(RDF.type, DCAT.DataService)
    assert (service, DCAT.servesDataset, dataset) in found
    assert {title.language for title in found.objects(dataset, DCTERMS.title)} == {"ko", "en"}
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert list(found.objects(dataset, DCTERMS.license)) == [licence]
    assert list(found.objects(dataset, DCTERMS.creator)) == [Literal("The Agendagraph authors")]
    assert list(found.objects(dataset, DCTERMS.issued)) == [Literal(date.fromisoformat(RELEASED))]
    assert list(found.objects(dataset, VOID.uriSpace)) == [Literal(AGENDA)]
    assert URIRef(f"{AGENDA}ns#") in set(found.objects(dataset, VOID.vocabulary))
    assert not list(found.objects(dataset, VOID.dataDump))
    assert b"true" in asked.content
    assert unchanged.status_code == 304
    assert ":property-agenda-partOf" in response.text
    assert ":graph-kr-mofa-2022-document" in response.text


def test_a_change_is_told(serving: Serving, tmp_path: Path) -> None:
    token = "a-token-of-the-tests-of-descriptions"
    arguments = ("--store", tmp_path / "store", "--empty", "--writable")
    with serving(*arguments, AGENDAGRAPH_TOKEN=token) as writable:
        before = writable.client.get("/sparql", headers={"Accept": "text/turtle"})
        writable.client.post(
            "/update",
            data={"update": "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"},
            headers={"Authorization": f"Bearer {token}"},
        ).raise_for_status()
        conditional = {"Accept": "text/turtle", "If-None-Match": before.headers["etag"]}
        after = writable.client.get("/sparql", headers=conditional)

    times = [
        list(Graph().parse(data=each.text, format="turtle").objects(None, DCTERMS.modified))
        for each in (before, after)
    ]
    assert [len(each) for each in times] == [0, 1]
