"""What well-known clients send is understood, and each is answered in a format that it reads.

rdflib's own stores speak to a server. Of the others, the requests are written down as they
leave them; where one departs from the Recommendation, its test says how.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from conftest import Server

EX = "http://example.org/"
TOKEN = "s3cret-s3cret-s3cret"
SELECT = "SELECT (1 AS ?x) {}"
CONSTRUCT = "CONSTRUCT { <urn:a> <urn:b> 1 } WHERE {}"
TRIPLE_TERM = "CONSTRUCT { <urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> } WHERE {}"


@pytest.fixture(scope="module")
def writable(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    store = tmp_path_factory.mktemp("clients") / "store"
    return start_server("--store", store, "--empty", "--writable", AGENDAGRAPH_TOKEN=TOKEN)


def content_type(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return response.headers["content-type"].partition(";")[0]


@pytest.mark.parametrize(
    ("accept", "results", "graphs"),
    [
        pytest.param(
            "application/sparql-results+json,*/*;q=0.9",
            "application/sparql-results+json",
            "text/turtle",
            id="YASGUI, results",
        ),
        pytest.param(
            "text/turtle,*/*;q=0.9",
            "application/sparql-results+json",
            "text/turtle",
            id="YASGUI, graphs",
        ),
        pytest.param(
            "application/sparql-results+json, application/sparql-results+xml;q=0.9,"
            " text/tab-separated-values;q=0.7, text/csv;q=0.5, application/json;q=0.2,"
            " application/xml;q=0.2, */*;q=0.1",
            "application/sparql-results+json",
            "application/json",
            id="Jena, results",
        ),
        pytest.param(
            "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,"
            "application/rdf+xml;q=0.7,*/*;q=0.3",
            "application/sparql-results+json",
            "text/turtle",
            id="Jena, graphs",
        ),
        pytest.param(
            "application/sparql-results+xml;q=0.8, application/x-binary-rdf-results-table,"
            " application/sparql-results+json;q=0.8, text/csv;q=0.6",
            "application/sparql-results+json",
            None,
            id="RDF4J, results",
        ),
        pytest.param(
            "application/x-binary-rdf;q=0.8, application/rdf+xml, text/turtle;q=0.9",
            None,
            "application/rdf+xml",
            id="RDF4J, graphs",
        ),
        pytest.param(
            "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,"
            "application/n-triples;q=0.8,text/turtle;q=0.6,application/rdf+xml;q=0.5,"
            "text/n3;q=0.35,application/json;q=0.135,application/xml;q=0.09,text/html;q=0.2",
            "application/json",
            "application/n-quads",
            id="Comunica",
        ),
        pytest.param(
            "application/rdf+xml, application/xml;q=0.9, text/xml;q=0.5, application/x-turtle",
            "application/xml",
            "application/x-turtle",
            id="OWL API of Protege",
        ),
        pytest.param(
            "application/sparql-results+json,application/json,text/javascript",
            "application/sparql-results+json",
            "application/json",
            id="SPARQLWrapper, JSON",
        ),
    ],
)
def test_the_accept_header_of_clients(
    server: Server, accept: str, results: str | None, graphs: str | None
) -> None:
    for query, expected in ((SELECT, results), (CONSTRUCT, graphs)):
        response = server.query(query, Accept=accept)
        if expected is None:
            assert response.status_code == 406
        else:
            assert content_type(response) == expected


@pytest.mark.parametrize(
    ("query", "names", "expected"),
    [
        (SELECT, ["tsv", "text/tab-separated-values"], "text/tab-separated-values"),
        (CONSTRUCT, ["json-ld", "application/ld+json"], "application/ld+json"),
        (CONSTRUCT, ["rdf+xml", "application/rdf+xml"], "application/rdf+xml"),
        (CONSTRUCT, ["n3"], "text/n3"),
        (SELECT, [""], "application/sparql-results+json"),
    ],
)
def test_sparqlwrapper_names_a_format_in_two_ways_at_once(
    server: Server, query: str, names: list[str], expected: str
) -> None:
    """It sends each name under three parameters; the first of ``format`` counts."""
    parameters = {"format": names, "output": names, "results": names}

    by_get = server.client.get("/sparql", params={"query": query, **parameters})
    by_form = server.client.post("/sparql", data={"query": query, **parameters})

    assert content_type(by_get) == content_type(by_form) == expected


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads(server: Server, method: str) -> None:
    for form in ("xml", "json", "csv", "tsv"):
        store = SPARQLStore(f"{server.url}/sparql", method=method, returnFormat=form)
        rows = Graph(store).query(f"SELECT ?o {{ <{EX}e1> <{EX}type> ?o }}")
        assert [row.o for row in rows] == [URIRef(f"{EX}Thing")]
    remote = Graph(SPARQLStore(f"{server.url}/sparql", method=method))
    assert remote.query(f"ASK {{ <{EX}e1> ?p ?o }}").askAnswer is True
    assert len(remote.query(f"DESCRIBE <{EX}e1>").graph or ()) == 5


@pytest.mark.parametrize("encoded", [True, False])
def test_rdflib_writes_with_the_token(writable: Server, *, encoded: bool) -> None:
    store = SPARQLUpdateStore(
        f"{writable.url}/sparql",
        f"{writable.url}/update",
        postAsEncoded=encoded,
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    graph = Graph(store, identifier=URIRef(f"{EX}of-rdflib"))
    korea = (URIRef(f"{EX}kor"), URIRef(f"{EX}name"), Literal("한국", lang="ko"))

    graph.add(korea)
    assert list(graph) == [korea]

    graph.remove((korea[0], None, None))
    assert len(graph) == 0


def test_a_slash_at_the_end_is_the_same_address(writable: Server) -> None:
    """As the requests of the W3C manifests are written; a redirect would lose what is posted."""
    client, headers = writable.client, {"Authorization": f"Bearer {TOKEN}"}
    insert = {"update": f"INSERT DATA {{ <{EX}a> <{EX}b> 1 }}"}

    assert content_type(client.get("/sparql/", params={"query": "ASK {}"}))
    assert content_type(client.post("/sparql/", data={"query": "ASK {}"}))
    assert client.post("/update/", data=insert, headers=headers).status_code == 204
    described = Graph().parse(data=client.get("/sparql/").text)
    endpoint = URIRef("http://www.w3.org/ns/sparql-service-description#endpoint")
    assert [str(each) for each in described.objects(None, endpoint)] == [f"{writable.url}/sparql/"]


def test_a_page_of_another_site_may_ask_with_a_tag(server: Server) -> None:
    """A browser asks first: ``If-None-Match`` is no header that it sends unasked."""
    for path in ("/sparql", "/graphs", "/graphs/a/b", "/api/networks", "/api/networks/x/measures"):
        response = server.client.options(
            path,
            headers={
                "Origin": "http://elsewhere.example",
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "if-none-match",
            },
        )
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["access-control-allow-origin"] == "*"
        assert "GET" in response.headers["access-control-allow-methods"]
        assert "If-None-Match" in response.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in response.headers


def test_a_posted_query_is_answered_whatever_tag_it_brings(server: Server) -> None:
    """RFC 9110, section 13.1.2: 304 is for GET and HEAD."""
    response = server.client.post(
        "/sparql",
        content="ASK {}",
        headers={"Content-Type": "application/sparql-query", "If-None-Match": "*"},
    )
    assert response.json()["boolean"] is True


def test_who_refuses_an_answer_as_it_is_gets_a_small_one_compressed(server: Server) -> None:
    """RFC 9110, section 12.5.3: ``identity;q=0``."""
    plain = server.query(SELECT, Accept_Encoding="gzip")
    assert "content-encoding" not in plain.headers

    for accepted in ("gzip, identity;q=0", "x-gzip, *;q=0"):
        request = server.client.build_request(
            "GET", "/sparql", params={"query": SELECT}, headers={"Accept-Encoding": accepted}
        )
        response = server.client.send(request, stream=True)
        assert response.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(response.iter_raw())) == plain.content


def test_a_range_is_not_an_answer(server: Server) -> None:
    """RFC 9110, section 14.2: who does not know ranges sends the whole, and says 200."""
    response = server.query(SELECT, Range="bytes=0-3")

    assert (response.status_code, response.content) == (200, server.query(SELECT).content)


def test_what_json_ld_cannot_say_is_406_and_other_formats_can(server: Server) -> None:
    """RDF 1.2: triple terms have no place in JSON-LD 1.1."""
    refused = server.query(TRIPLE_TERM, Accept="application/ld+json")

    assert refused.status_code == 406
    assert "text/turtle" in refused.json()["offered"]
    assert "ld+json" not in refused.json()["offered"]
    assert "<<(" in server.query(TRIPLE_TERM, Accept="text/turtle").text


def test_directions_of_text_arrive_in_every_format(server: Server) -> None:
    """RDF 1.2: a language tag with a base direction."""
    query = 'SELECT ("שלום"@he--rtl AS ?x) {}'

    results = server.query(query, Accept="application/sparql-results+json").json()
    value = results["results"]["bindings"][0]["x"]

    assert (value["xml:lang"], value["its:dir"]) == ("he", "rtl")
    assert 'its:dir="rtl"' in server.query(query, Accept="application/sparql-results+xml").text
    assert '"שלום"@he--rtl' in server.query(query, Accept="text/tab-separated-values").text
