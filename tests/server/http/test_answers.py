"""An answer over HTTP: its headers, its tag, its compression, its other methods."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Server

LABELS = "SELECT ?l { ?s <http://example.org/label> ?l } ORDER BY ?l LIMIT 100"
CSV = {"Accept": "text/csv"}


def test_a_cached_answer_equals_the_first_one(server: Server) -> None:
    query = LABELS + "#cached"
    before = hits(server)
    first = server.query(query, Accept="text/csv")
    second = server.query(query, Accept="text/csv")

    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert hits(server) == before + 1


def hits(server: Server) -> float:
    lines = server.client.get("/metrics").text.splitlines()
    return next(
        float(line.split()[1]) for line in lines if line.startswith("agendagraph_cache_hits_total ")
    )


def test_the_tag_saves_the_transfer(server: Server) -> None:
    tag = server.query(LABELS).headers["etag"]
    assert tag.startswith('"')

    for sent in (tag, f'W/{tag}, "x"', "*"):
        again = server.query(LABELS, If_None_Match=sent)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert server.query(LABELS, If_None_Match='"other"').status_code == 200


def test_each_format_and_each_coding_has_its_own_tag(server: Server) -> None:
    tags = {
        server.query(LABELS, Accept=accept, Accept_Encoding=coding).headers["etag"]
        for accept in ("text/csv", "application/sparql-results+json")
        for coding in ("identity", "gzip", "zstd")
    }

    assert len(tags) == 6


@pytest.mark.parametrize("query", [LABELS, "SELECT * { ?s ?p ?o }"], ids=["cached", "streamed"])
def test_compression(server: Server, query: str) -> None:
    """On request only; the content is the same, and Vary names the header."""
    plain = server.query(query, Accept="text/csv", Accept_Encoding="identity")
    for coding, decode in (
        ("gzip", gzip.decompress),
        ("zstd", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ):
        request = server.client.build_request(
            "GET", "/sparql", params={"query": query}, headers={**CSV, "Accept-Encoding": coding}
        )
        response = server.client.send(request, stream=True)
        raw = b"".join(response.iter_raw())

        assert response.headers["content-encoding"] == coding
        assert "Accept-Encoding" in response.headers["vary"]
        assert sorted(decode(raw).splitlines()) == sorted(plain.content.splitlines())
        assert len(raw) < len(plain.content) / 2


def test_a_refused_coding_is_not_used(server: Server) -> None:
    response = server.query(LABELS, Accept_Encoding="gzip;q=0, zstd;q=0")

    assert "content-encoding" not in response.headers


def test_head_is_get_without_the_body(server: Server) -> None:
    for query in (LABELS, "SELECT * { ?s ?p ?o }"):
        params = {"query": query}
        headers = {**CSV, "Accept-Encoding": "identity"}
        head = server.client.head("/sparql", params=params, headers=headers)
        get = server.client.get("/sparql", params=params, headers=headers)

        assert head.content == b""
        assert head.status_code == 200
        for name in ("content-type", "content-length", "vary"):
            assert head.headers[name] == get.headers[name]


def test_options_tells_what_a_page_of_another_site_may_do(server: Server) -> None:
    response = server.client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    )

    assert response.status_code == 204
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert response.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in response.headers["access-control-allow-headers"].split(", ")
    assert "access-control-allow-credentials" not in response.headers


def test_every_answer_is_safe_and_public(server: Server) -> None:
    for response in (server.query("ASK {}"), server.query("ASK {"), server.client.get("/sparql")):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers


def test_a_syntax_error_tells_its_place_in_two_languages(server: Server) -> None:
    response = server.query('SELECT * {\n  ?s ?p "한국" . FILTER(\n}')
    problem = response.json()

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert (problem["line"], problem["column"]) == (3, 1)
    assert problem["status"] == 400
    assert "line 3" in problem["message"]["en"]
    assert "3행" in problem["message"]["ko"]


def test_the_form_of_the_query_decides_between_406_and_an_answer(server: Server) -> None:
    assert server.query("ASK {}", Accept="text/turtle").status_code == 406
    assert server.query("CONSTRUCT WHERE { ?s ?p ?o }", Accept="text/csv").status_code == 406
    assert server.query("ASK {}", Accept="text/turtle, text/csv;q=0.1").text == "true"


def test_a_graph_is_written_with_the_prefixes_of_its_query(server: Server) -> None:
    query = "PREFIX ex: <http://example.org/> CONSTRUCT WHERE { ex:e1 ex:label ?l }"

    assert "ex:e1 ex:label" in server.query(query, Accept="text/turtle").text


def test_status_routes(server: Server) -> None:
    for path in ("/health", "/ready", "/metrics"):
        assert server.client.get(path).status_code == 200
        head = server.client.head(path)
        assert (head.status_code, head.content) == (200, b"")
    ready = server.client.get("/ready").json()
    assert (ready["ready"], ready["quads"], ready["in_memory"]) == (True, 10_000, True)


def test_an_address_of_nothing_is_a_problem_document(server: Server) -> None:
    response = server.client.get("/nothing/%0d%0aSet-Cookie:x")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in response.headers


@pytest.fixture(scope="module")
def limited(start_server: Callable[..., Server], data_file: Path) -> Server:
    return start_server("--store", data_file, "--row-limit", "10")


@pytest.mark.parametrize(
    ("accept", "lines"),
    [("text/csv", 11), ("text/tab-separated-values", 11), ("application/n-triples", 11)],
)
def test_a_cut_answer_says_so_in_its_head(limited: Server, accept: str, lines: int) -> None:
    query = "SELECT * { ?s ?p ?o }"
    if "triples" in accept:
        query = "CONSTRUCT WHERE { ?s ?p ?o }"
    response = limited.query(query, Accept=accept)

    assert response.headers["row-limit"] == "10"
    assert response.headers["row-limit-reached"] == "true"
    assert len(response.text.splitlines()) == lines


def test_a_cut_answer_says_so_in_its_body(limited: Server) -> None:
    everything = "SELECT * { ?s ?p ?o }"
    results = limited.query(everything, Accept="application/sparql-results+json").json()
    xml = limited.query(everything, Accept="application/sparql-results+xml").text
    turtle = limited.query("CONSTRUCT WHERE { ?s ?p ?o }", Accept="text/turtle").text

    assert len(results["results"]["bindings"]) == 10
    assert results["head"]["link"] == ["https://w3id.org/agendagraph/problem/row-limit"]
    assert xml.count("<result>") == 10
    assert "<link href=" in xml
    assert turtle.startswith("# cut: see <")


def test_an_answer_within_the_row_limit_says_nothing(limited: Server) -> None:
    response = limited.query("SELECT * { ?s ?p ?o } LIMIT 10", Accept="text/csv")

    assert "row-limit-reached" not in response.headers
    assert len(response.text.splitlines()) == 11
