"""No upload and no update takes the server down, eats its memory, or makes it fetch."""

from __future__ import annotations

import gzip
import http.server
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard
from bombs import gzip_bomb, zstd_bomb

from agendagraph.server.updates.upload import quads_of, unpack
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    import pyoxigraph as ox
    from conftest import Server

MIB = 1 << 20
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
    + "x" * 100
    + '">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="http://a/"><p xmlns="http://b/">&j;</p></rdf:Description>'
    "</rdf:RDF>"
)
QUADRATIC = LAUGHS.replace("&j;", "&a;" * 50_000)
EXTERNAL = '<!DOCTYPE x [<!ENTITY % e SYSTEM "{canary}/x.dtd"> %e;]><rdf:RDF/>'
RDF_XML, TURTLE, JSON_LD = "application/rdf+xml", "text/turtle", "application/ld+json"
DEEP_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    + "<rdf:Description><e:p>" * 30_000
)
BOMB = gzip_bomb(300 * MIB)
ZSTD_BOMB = zstd_bomb(300 * MIB)
OK, BAD, FETCH = {200, 201, 204}, {400, 413}, {403}
STOPPED = BAD | {504}


def turtle(text: str) -> bytes:
    return text.encode()


UPLOADS = [
    pytest.param(RDF_XML, LAUGHS.encode(), {}, BAD, id="billion laughs"),
    pytest.param(RDF_XML, QUADRATIC.encode(), {}, BAD, id="quadratic entities"),
    pytest.param(RDF_XML, EXTERNAL.encode(), {}, BAD, id="external entity"),
    pytest.param(RDF_XML, DEEP_XML.encode(), {}, STOPPED, id="deep XML"),
    pytest.param(JSON_LD, b'{"@context": "{canary}/c.jsonld", "a": 1}', {}, BAD, id="context"),
    pytest.param(
        JSON_LD, b'{"@context": {"@import": "{canary}/c.jsonld"}, "a": 1}', {}, BAD, id="@import"
    ),
    pytest.param(JSON_LD, b'{"a":' * 100_000, {}, BAD, id="deep JSON"),
    pytest.param(TURTLE, turtle("<< " * 20_000), {}, BAD, id="deep reifiers"),
    pytest.param(TURTLE, turtle("<<( " * 20_000), {}, BAD, id="deep triple terms"),
    pytest.param(TURTLE, turtle("<a:a> <a:b> " + "[ <a:b> " * 50_000), {}, BAD, id="brackets"),
    pytest.param(TURTLE, turtle("<a:a> <a:b> " + "( " * 50_000), {}, BAD, id="lists"),
    pytest.param(TURTLE, turtle("<a:a> <a:b> <a b> ."), {}, BAD, id="a space in an IRI"),
    pytest.param(TURTLE, turtle('<a:a> <a:b> <a:"x> .'), {}, BAD, id="a quote in an IRI"),
    pytest.param(TURTLE, turtle("<a:a> <a:b> <a:\\u000d\\u000aX-Y:1> ."), {}, BAD, id="CR LF"),
    pytest.param(TURTLE, b"<a:a> <a:b> '\xff\xfe' .", {}, BAD, id="no UTF-8"),
    pytest.param(TURTLE, b"\x00" * 1000, {}, BAD, id="NUL"),
    pytest.param(TURTLE, BOMB, {"Content-Encoding": "gzip"}, BAD, id="gzip bomb"),
    pytest.param(TURTLE, ZSTD_BOMB, {"Content-Encoding": "zstd"}, BAD, id="zstd bomb"),
    pytest.param(
        TURTLE,
        gzip.compress(gzip.compress(BOMB)),
        {"Content-Encoding": "gzip, gzip, gzip"},
        BAD,
        id="packed three times",
    ),
    pytest.param(TURTLE, BOMB[:-20], {"Content-Encoding": "gzip"}, BAD, id="cut gzip"),
    pytest.param(TURTLE, b"no gzip", {"Content-Encoding": "gzip"}, BAD, id="no gzip"),
    pytest.param(
        "multipart/form-data; boundary=x", b"--x\r\n\r\n" * 1000, {}, BAD, id="many parts"
    ),
    pytest.param("multipart/form-data; boundary=x", b"--x\r\nA", {}, BAD, id="an open form"),
    pytest.param("multipart/form-data", b"--\r\n\r\n----", {}, BAD, id="no boundary"),
    pytest.param(TURTLE, b"<a:a> <a:b> '" + b"x" * (2 * MIB) + b"' .", {}, OK, id="long text"),
]
UPDATES = [
    pytest.param("INSERT DATA { <a:a> <a:b> " + "<<( " * 30_000, STOPPED, id="deep triple terms"),
    pytest.param("DELETE WHERE " + "{ " * 100_000, STOPPED, id="braces"),
    pytest.param(
        "INSERT { ?s ?p ?o } WHERE " + "{{" * 40_000 + "}}" * 40_000, STOPPED | OK, id="groups"
    ),
    pytest.param(
        "INSERT { ?s ?p 1 } WHERE { ?s ?p ?o FILTER(" + "(" * 50_000 + "1" + ")" * 50_000 + ") }",
        STOPPED | OK,
        id="brackets",
    ),
    pytest.param(
        "INSERT { ?a <a:x> ?e } WHERE { "
        + " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(40))
        + " }",
        STOPPED | OK,
        id="cartesian product",
    ),
    pytest.param("LOAD <{canary}/x>", FETCH, id="LOAD"),
    pytest.param("INSERT {?a ?b ?c} WHERE { SERVICE <{canary}/> {?a ?b ?c} }", FETCH, id="SERVICE"),
]


@pytest.fixture(scope="module")
def client(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> httpx.Client:
    server = start_server(
        *("--store", tmp_path_factory.mktemp("uploads") / "store", "--empty", "--writable"),
        *("--query-limit-s", "3", "--memory-limit-mib", "512"),
        AGENDAGRAPH_TOKEN="s3cret-s3cret-s3cret",
        AGENDAGRAPH_BODY_LIMIT_MIB="8",
        AGENDAGRAPH_UPDATE_LIMIT_S="2",
    )
    server.client.headers["Authorization"] = "Bearer s3cret-s3cret-s3cret"
    server.client.timeout = 20
    server.client.headers["X-Server-Pid"] = str(server.process.pid)
    return server.client


@pytest.fixture(scope="module")
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody must call, and the calls that it got."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def do_POST(self) -> None:
            self.do_GET()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


def resident_mib(pid: str) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / MIB


def still_answers(client: httpx.Client) -> None:
    """Reading never stopped, and the next update is carried out."""
    assert client.get("/sparql", params={"query": "ASK {}"}).is_success
    text = f"INSERT DATA {{ <urn:a> <urn:b> {time.monotonic_ns()} }}"
    headers = {"Content-Type": "application/sparql-update"}
    assert client.post("/update", content=text, headers=headers).status_code == 204


@pytest.mark.parametrize(("content_type", "body", "headers", "statuses"), UPLOADS)
def test_a_hostile_upload(
    client: httpx.Client,
    canary: tuple[str, list[str]],
    content_type: str,
    body: bytes,
    headers: dict[str, str],
    statuses: set[int],
) -> None:
    address, hits = canary
    pid = client.headers["X-Server-Pid"]
    before = resident_mib(pid)
    started = time.monotonic()

    response = client.put(
        "/graphs/hostile",
        content=body.replace(b"{canary}", address.encode()),
        headers={"Content-Type": content_type, **headers},
    )

    assert response.status_code in statuses, response.text
    assert time.monotonic() - started < 10
    assert resident_mib(pid) - before < 100
    assert hits == []
    still_answers(client)


@pytest.mark.parametrize(("text", "statuses"), UPDATES)
def test_a_hostile_update(
    client: httpx.Client, canary: tuple[str, list[str]], text: str, statuses: set[int]
) -> None:
    address, hits = canary
    headers = {"Content-Type": "application/sparql-update"}

    response = client.post("/update", content=text.replace("{canary}", address), headers=headers)

    assert response.status_code in statuses, response.text
    assert hits == []
    still_answers(client)


def test_a_body_that_is_too_large(client: httpx.Client) -> None:
    response = client.put("/graphs/x", content=b"#" * (9 * MIB), headers={"Content-Type": TURTLE})
    assert response.status_code == 413
    still_answers(client)


def parsed(body: bytes, content_type: str = TURTLE, graph: str = "") -> list[ox.Quad]:
    return quads_of(body, content_type, "", graph=graph, base="http://base/x", limit_bytes=MIB)


def test_relative_iris_are_resolved_against_the_graph() -> None:
    (quad,) = parsed(b"<#a> <b> </c> .", graph="http://g/")
    assert str(quad) == "<http://base/x#a> <http://base/b> <http://base/c> <http://g/>"


def test_blank_nodes_of_two_documents_are_not_the_same() -> None:
    first, second = (parsed(b"_:x <a:b> 1 .")[0].subject for _ in range(2))
    assert first != second


def test_a_form_may_end_its_lines_like_a_text() -> None:
    form = b"--b\nContent-Type: text/turtle\n\n<a:a> <a:b> 1 .\n--b--\n"
    quads = parsed(form, "multipart/form-data; boundary=b")
    assert len(quads) == 1


def test_what_unpacks_to_the_limit_is_taken() -> None:
    data = bytes(1000)
    assert unpack(gzip.compress(data) + gzip.compress(b"x"), "gzip", 1001) == data + b"x"
    assert unpack(zstandard.compress(data), "identity, zstd", 1000) == data
    with pytest.raises(Refusal) as refused:
        unpack(gzip.compress(data), "gzip", 999)
    assert refused.value.reason is Reason.REQUEST_TOO_LARGE
