"""The Graph Store Protocol is answered as the Recommendation and its W3C tests ask.

The tests of the suite are re-created in its order, each named as there; the data is ours.
What follows them holds the rest of "SPARQL 1.1 Graph Store HTTP Protocol" (2013).
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from conftest import Server

TOKEN = "s3cret-s3cret-s3cret"
TURTLE = {"Content-Type": "text/turtle; charset=utf-8"}
EX = "http://example.org/"


@pytest.fixture(scope="module")
def client(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> httpx.Client:
    store = tmp_path_factory.mktemp("graphs") / "store"
    server = start_server("--store", store, "--empty", "--writable", AGENDAGRAPH_TOKEN=TOKEN)
    server.client.headers["Authorization"] = f"Bearer {TOKEN}"
    return server.client


def triples(response: httpx.Response) -> set[str]:
    """Return a graph that was sent as Turtle, its blank nodes as one."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/turtle")
    parsed = ox.parse(response.content, format=ox.RdfFormat.TURTLE)
    return {
        " ".join("_:" if str(t).startswith("_:") else str(t) for t in quad.triple)
        for quad in parsed
    }


def card(name: str) -> str:
    return f'<#me> a <{EX}Person> ; <{EX}card> [ <{EX}fn> "{name}" ] .'


def me(client: httpx.Client, graph: str, name: str) -> set[str]:
    subject = f"<{client.base_url}{graph}#me>"
    return {
        f"{subject} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{EX}Person>",
        f"{subject} <{EX}card> _:",
        f'_: <{EX}fn> "{name}"',
    }


ONE = "/graphs/person/1.ttl"
TWO = "/graphs/person/2.ttl"


def test_the_suite_from_beginning_to_end(client: httpx.Client) -> None:
    """The tests of the W3C suite build on each other, so that they are one here."""
    # put__initial_state, get_of_put__initial_state
    assert client.put(ONE, content=card("John"), headers=TURTLE).status_code == 201
    got = client.get("/graphs", params={"graph": f"{client.base_url}{ONE}"})
    assert triples(got) == me(client, ONE, "John")
    # put__graph_already_in_store, get_of_put__graph_already_in_store
    assert client.put(ONE, content=card("Jane"), headers=TURTLE).status_code == 204
    assert triples(client.get(ONE)) == me(client, ONE, "Jane")
    # put__default_graph, get_of_put__default_graph
    alice = f'[] <{EX}name> "Alice" .'
    assert client.put("/graphs?default", content=alice, headers=TURTLE).status_code == 201
    assert triples(client.get("/graphs?default")) == {f'_: <{EX}name> "Alice"'}
    # put__mismatched_payload
    wrong = {"Content-Type": "application/rdf+xml"}
    assert client.put("/graphs?default", content=alice, headers=wrong).status_code == 400
    # delete__existing_graph, get_of_delete__existing_graph, delete__nonexistent_graph
    client.put(TWO, content=card("Joe"), headers=TURTLE)
    assert client.delete(TWO).status_code == 200
    assert client.get(TWO).status_code == 404
    assert client.delete(TWO).status_code == 404
    # post__existing_graph, get_of_post__existing_graph
    more = f'<#me> <{EX}name> "Jane Doe" .'
    assert client.post(ONE, content=more, headers=TURTLE).status_code == 200
    subject = f"<{client.base_url}{ONE}#me>"
    expected = me(client, ONE, "Jane") | {f'{subject} <{EX}name> "Jane Doe"'}
    assert triples(client.get(ONE)) == expected
    # post__multipart_formdata, get_of_post__multipart_formdata
    parts = [
        ("a.ttl", ("a.ttl", f'<#me> <{EX}family> "Doe" .', "text/turtle; charset=utf-8")),
        ("b.nt", ("b.nt", f'{subject} <{EX}given> "Jane" .', "application/n-triples")),
    ]
    assert client.post(ONE, files=parts).status_code == 200
    expected |= {f'{subject} <{EX}family> "Doe"', f'{subject} <{EX}given> "Jane"'}
    assert triples(client.get(ONE)) == expected
    # post__create__new_graph, get_of_post__create__new_graph
    made = client.post("/graphs", content=alice, headers=TURTLE)
    assert made.status_code == 201
    place = made.headers["location"]
    assert place.startswith(f"{client.base_url}/graphs/")
    assert triples(client.get(place)) == {f'_: <{EX}name> "Alice"'}
    # post__empty_graph_to_existing_graph, get_of_post__after_noop
    assert client.post(place, content="", headers=TURTLE).status_code == 204
    assert triples(client.get(place)) == {f'_: <{EX}name> "Alice"'}
    # put__empty_graph, get_of_replacement_for_empty_graph
    assert client.put(place, content="", headers=TURTLE).status_code == 204
    assert triples(client.get(place)) == set()
    # head_on_an_existing_graph, head_on_a_nonexisting_graph
    head, got = client.head(ONE), client.get(ONE)
    assert (head.status_code, head.content) == (200, b"")
    for header in ("content-type", "content-length", "etag"):
        assert head.headers[header] == got.headers[header]
    assert client.head("/graphs/person/4.ttl").status_code == 404


def test_a_change_with_something_to_tell_is_200_with_its_count(client: httpx.Client) -> None:
    """Sections 5.4 and 5.5: 200 with an entity that describes it, 204 without one."""
    address = "/graphs/counted"
    client.put(address, content=f"<{EX}a> <{EX}b> 1, 2 .", headers=TURTLE)

    more = client.post(address, content=f"<{EX}a> <{EX}b> 2, 3 .", headers=TURTLE)
    same = client.post(address, content=f"<{EX}a> <{EX}b> 3 .", headers=TURTLE)
    gone = client.delete(address)

    assert (more.status_code, same.status_code, gone.status_code) == (200, 204, 200)
    assert more.json() == {
        "graph": f"{client.base_url}{address}",
        "added": 1,
        "removed": 0,
        "generation": more.headers["agendagraph-generation"],
    }
    assert (gone.json()["added"], gone.json()["removed"]) == (0, 3)
    assert (same.content, same.headers.get("content-type")) == (b"", None)


def test_an_empty_graph_that_was_put_exists(client: httpx.Client) -> None:
    address = "/graphs/empty"
    assert client.put(address, content="", headers=TURTLE).status_code == 201
    assert triples(client.get(address)) == set()
    assert client.delete(address).status_code == 200
    assert client.get(address).status_code == 404


def test_the_suites_template_for_an_indirect_name(client: httpx.Client) -> None:
    """``http://$HOST$/$GRAPHSTORE$/…`` of get_of_put__initial_state, with its two slashes."""
    client.put("/graphs/template", content=card("T"), headers=TURTLE)

    got = client.get("/graphs", params={"graph": f"{client.base_url}//graphs/template"})

    assert triples(got) == me(client, "/graphs/template", "T")
    elsewhere = client.get("/graphs", params={"graph": "http://elsewhere//graphs/template"})
    assert elsewhere.status_code == 404


def test_the_name_of_a_graph_follows_the_host_that_was_asked(client: httpx.Client) -> None:
    """Section 4.1: the request's own address is the name; the suite asks for www.example."""
    host = {"Host": "www.example"}
    client.put("/graphs/host", content=card("H"), headers={**TURTLE, **host})

    named = {"graph": "http://www.example/graphs/host"}
    got = client.get("/graphs", params=named, headers=host)

    assert "<http://www.example/graphs/host#me>" in {each.split()[0] for each in triples(got)}
    assert client.get("/graphs/host").status_code == 404


def test_a_graph_below_its_address_is_the_same_as_by_name(client: httpx.Client) -> None:
    """Percent-encoding stays as it is: the address is the name."""
    address = "/graphs/%ED%95%9C%EA%B5%AD"
    client.put(address, content=f"<{EX}a> <{EX}b> <{EX}c> .", headers=TURTLE)

    named = client.get("/graphs", params={"graph": f"{client.base_url}{address}"})

    assert triples(named) == {f"<{EX}a> <{EX}b> <{EX}c>"}
    assert triples(client.get("/graphs", params={"graph": address})) == triples(named)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle;q=0.2, application/n-triples;q=0.9", "application/n-triples"),
        ("*/*", "text/turtle; charset=utf-8"),
    ],
)
def test_the_format_is_negotiated(client: httpx.Client, accept: str, content_type: str) -> None:
    client.put("/graphs/formats", content=card("F"), headers=TURTLE)

    got = client.get("/graphs/formats", headers={"Accept": accept})

    assert got.headers["content-type"] == content_type
    assert "Accept" in got.headers["vary"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(gzip.compress(card("G").encode()), {"Content-Encoding": "gzip"}, id="gzip"),
        pytest.param(
            zstandard.ZstdCompressor().compress(card("G").encode()),
            {"Content-Encoding": "zstd"},
            id="zstd",
        ),
    ],
)
def test_a_compressed_body(client: httpx.Client, body: bytes, headers: dict[str, str]) -> None:
    assert client.put("/graphs/packed", content=body, headers={**TURTLE, **headers}).is_success
    assert triples(client.get("/graphs/packed")) == me(client, "/graphs/packed", "G")


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["message"]["ko"]
    return response.status_code, problem["type"].rpartition("/")[2]


@pytest.mark.parametrize(
    ("method", "url", "headers", "expected"),
    [
        pytest.param("GET", "/graphs/none", {}, (404, "no-such-graph"), id="unknown"),
        pytest.param("GET", "/graphs", {}, (400, "bad-request"), id="no graph named"),
        pytest.param("PUT", "/graphs", TURTLE, (400, "bad-request"), id="put without a name"),
        pytest.param("GET", "/graphs?default&graph=http://a/", {}, (400, "bad-request"), id="two"),
        pytest.param("GET", "/graphs?graph=relative", {}, (400, "bad-request"), id="relative"),
        pytest.param("GET", "/graphs?graph=http://a/%3E", {}, (400, "bad-request"), id="no IRI"),
        pytest.param(
            "GET",
            "/graphs?default",
            {"Accept": "image/png"},
            (406, "not-acceptable"),
            id="no such format",
        ),
        pytest.param(
            "PUT",
            "/graphs/x",
            {"Content-Type": "image/png"},
            (415, "unsupported-media-type"),
            id="no RDF",
        ),
        pytest.param("PUT", "/graphs/x", {}, (415, "unsupported-media-type"), id="no type"),
        pytest.param(
            "PUT",
            "/graphs/x",
            {**TURTLE, "Content-Encoding": "br"},
            (415, "unsupported-media-type"),
            id="unknown coding",
        ),
        pytest.param(
            "PUT",
            "/graphs/x",
            {"Content-Type": "application/trig"},
            (415, "unsupported-media-type"),
            id="a dataset is no graph",
        ),
        pytest.param("PATCH", "/graphs/x", TURTLE, (405, "method-not-allowed"), id="PATCH"),
    ],
)
def test_what_is_refused(
    client: httpx.Client,
    method: str,
    url: str,
    headers: dict[str, str],
    expected: tuple[int, str],
) -> None:
    content = b"" if method == "GET" else b"<http://a/> <http://b/> <http://c/> ."

    response = client.request(method, url, content=content, headers=headers)

    assert problem(response) == expected
    if response.status_code == 405:
        assert response.headers["allow"] == "GET, HEAD, PUT, POST, DELETE, OPTIONS"


def test_a_document_that_does_not_parse_is_told_with_its_place(client: httpx.Client) -> None:
    response = client.put("/graphs/x", content="<a> <b> .\n<c", headers=TURTLE)

    assert problem(response) == (400, "document-syntax")
    assert response.json()["line"] == 1
    assert client.get("/graphs/x").status_code == 404


def test_options_tells_the_methods(client: httpx.Client) -> None:
    response = client.options("/graphs")
    assert (response.status_code, response.headers["allow"]) == (
        204,
        "GET, HEAD, PUT, POST, DELETE, OPTIONS",
    )
    assert response.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "If-None-Match" in response.headers["access-control-allow-headers"]


def test_a_conditional_write_holds_while_the_graph_is_unchanged(client: httpx.Client) -> None:
    """Another graph's change does not matter; its own does."""
    address = "/graphs/conditional"
    client.put(address, content=card("1"), headers=TURTLE)
    tag = client.get(address).headers["etag"]
    client.put("/graphs/other", content=card("x"), headers=TURTLE)

    first = client.put(address, content=card("2"), headers={**TURTLE, "If-Match": tag})
    second = client.put(address, content=card("3"), headers={**TURTLE, "If-Match": tag})
    third = client.delete(address, headers={"If-Match": tag})

    assert first.status_code == 204
    assert problem(second) == problem(third) == (412, "precondition-failed")
    assert triples(client.get(address)) == me(client, address, "2")


def test_if_none_match_star_only_makes_new_graphs(client: httpx.Client) -> None:
    address, only_new = "/graphs/new-only", {**TURTLE, "If-None-Match": "*"}

    assert client.put(address, content=card("1"), headers=only_new).status_code == 201
    assert client.put(address, content=card("2"), headers=only_new).status_code == 412
    none = {**TURTLE, "If-Match": "*"}
    assert client.put("/graphs/none-yet", content=card("1"), headers=none).status_code == 412


def test_a_get_with_the_tag_is_not_sent_again(client: httpx.Client) -> None:
    client.put("/graphs/tagged", content=card("1"), headers=TURTLE)
    tag = client.get("/graphs/tagged").headers["etag"]

    assert client.get("/graphs/tagged", headers={"If-None-Match": tag}).status_code == 304


def test_the_history_of_updates_is_read_and_not_written(client: httpx.Client) -> None:
    client.put("/graphs/any", content=card("1"), headers=TURTLE)
    history = {"graph": "https://w3id.org/agendagraph/graph/updates"}

    assert any("any" in each for each in triples(client.get("/graphs", params=history)))
    for method in ("PUT", "POST", "DELETE"):
        response = client.request(method, "/graphs", params=history, headers=TURTLE)
        assert problem(response) == (403, "reserved-graph")


def test_a_read_only_server_says_so(server: Server) -> None:
    for method in ("PUT", "POST", "DELETE"):
        assert problem(server.client.request(method, "/graphs/x")) == (403, "writes-off")
    response = server.client.patch("/graphs/x")
    assert problem(response) == (405, "method-not-allowed")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    got = server.client.get("/graphs", params={"graph": f"{EX}g1"})
    assert len(triples(got)) == 2500
