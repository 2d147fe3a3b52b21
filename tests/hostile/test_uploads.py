"""No upload and no update breaks the server, connects to another host or is half committed.

Each request has a token that may write. Afterwards the data are unchanged, another client got
all its answers, no connection was made, and a bomb (goal G10) has allocated no memory.
"""

# ruff: noqa: E501 - a row of the table is a line

from __future__ import annotations

import gzip
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import pytest
import zstandard
from bombs import gzip_bomb, zstd_bomb

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Server, Watched

TOKEN = "a-token-of-the-hostile-tests-0123456789"
LIMIT_S = 4.0
TURTLE, XML, JSONLD = "text/turtle", "application/rdf+xml", "application/ld+json"
NT, NQ, TRIG = "application/n-triples", "application/n-quads", "application/trig"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/"'
KEPT = "<http://e.org/kept> <http://e.org/p> 'kept'"
BAD = {400, 408, 413, 415, 422, 431, 503, 504}


@dataclass(frozen=True)
class Row:
    """A request that writes: the document, or what makes it, its type, and where it goes."""

    body: bytes | Callable[[], bytes]
    content_type: str = TURTLE
    path: str = "/graphs?graph=http://e.org/other"
    method: str = "PUT"
    headers: dict[str, str] = field(default_factory=dict)
    expected: frozenset[int] = frozenset(BAD)


def entities(levels: int, width: int) -> bytes:
    """Return XML whose entities unfold to *width* to the power of *levels*."""
    declared = b'<!ENTITY a0 "lol">' + b"".join(
        b'<!ENTITY a%d "%b">' % (i, b"&a%d;" % (i - 1) * width) for i in range(1, levels)
    )
    return (
        b"<?xml version='1.0'?><!DOCTYPE r [" + declared + b"]><rdf:RDF " + RDF.encode()
        + b"><rdf:Description rdf:about='urn:x'><e:p>&a%d;</e:p>" % (levels - 1)
        + b"</rdf:Description></rdf:RDF>"
    )  # fmt: skip


def xml(body: str, doctype: str = "") -> bytes:
    return f"<?xml version='1.0'?>{doctype}<rdf:RDF {RDF}>{body}</rdf:RDF>".encode()


def description(value: str) -> str:
    return f"<rdf:Description rdf:about='urn:x'><e:p>{value}</e:p></rdf:Description>"


GZIP = {"content-encoding": "gzip"}
OK = frozenset({200, 201, 204, *BAD})
BOUNDARY = "multipart/form-data; boundary=b"
PART = b"--b\r\nContent-Type:text/turtle\r\n\r\n\r\n"


def rows(url: str) -> dict[str, Row]:
    """Return the table; *url* is an address that nobody may call."""
    external = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{url}">]>'
    secret = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return {
        # entities and outside documents
        "a billion laughs": Row(entities(10, 10), XML),
        "entities by squares": Row(
            b"<!DOCTYPE r [<!ENTITY a '" + b"x" * 50_000 + b"'>]><rdf:RDF " + RDF.encode() + b">"
            + description("&a;" * 5_000).encode() + b"</rdf:RDF>", XML),
        "an external entity": Row(xml(description("&x;"), external), XML),
        "a file as an entity": Row(xml(description("&x;"), secret), XML),
        "an external definition": Row(xml("", f'<!DOCTYPE r SYSTEM "{url}x.dtd">'), XML, expected=OK),
        "a parameter entity": Row(xml("", f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{url}">%p;]>'), XML),
        "entities in capitals": Row(entities(8, 9).replace(b"ENTITY", b"EnTiTy"), XML),
        "entities in UTF-16": Row(entities(8, 9).decode().encode("utf-16"), XML),
        "an inclusion": Row(xml(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}"/>'), XML, expected=OK),
        "a remote context": Row(f'{{"@context": "{url}", "@id": "urn:x", "p": 1}}'.encode(), JSONLD),
        "a remote context inside": Row(f'{{"@id":"urn:x","http://e.org/p":{{"@context":["{url}"],"q":1}}}}'.encode(), JSONLD),
        "an imported context": Row(f'{{"@context":{{"@version":1.1,"@import":"{url}"}},"@id":"urn:x"}}'.encode(), JSONLD),
        "a context that is a file": Row(b'{"@context": "file:///etc/passwd", "p": 1}', JSONLD),
        "LOAD": Row(f"LOAD <{url}>".encode(), "application/sparql-update", "/sparql", "POST", expected=frozenset({400, 403})),
        "LOAD of a file": Row(b"LOAD SILENT <file:///etc/passwd> INTO GRAPH <urn:x>", "application/sparql-update", "/update", "POST", expected=frozenset({400, 403})),
        "SERVICE in an update": Row(f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}".encode(), "application/sparql-update", "/sparql", "POST", expected=frozenset({400, 403})),
        # sizes
        "a gigabyte in gzip": Row(lambda: gzip_bomb(1 << 30), TURTLE, headers=GZIP),
        "gzip in gzip": Row(lambda: gzip.compress(gzip_bomb(1 << 28), 1), TURTLE, headers={"content-encoding": "gzip, gzip"}),
        "a gigabyte in zstd": Row(lambda: zstd_bomb(1 << 30), TURTLE, headers={"content-encoding": "zstd"}),
        "garbage behind gzip": Row(gzip.compress(b"<urn:a> <urn:b> <urn:c> .") + b"garbage", TURTLE, headers=GZIP),
        "garbage behind zstd": Row(zstandard.compress(b"<urn:a> <urn:b> <urn:c> .") + b"garbage", TURTLE, headers={"content-encoding": "zstd"}),
        "zeros in deflate": Row(zlib.compress(b"\0" * (1 << 24)), TURTLE, headers={"content-encoding": "deflate"}),
        "gzip that ends too early": Row(gzip.compress(b"<urn:a> <urn:b> <urn:c> ." * 1000)[:-12], TURTLE, headers=GZIP),
        "no gzip at all": Row(b"<urn:a> <urn:b> <urn:c> .", TURTLE, headers=GZIP),
        "a coding that nobody knows": Row(b"x", TURTLE, headers={"content-encoding": "x-none"}),
        "ten megabytes": Row(b"<urn:a> <urn:b> '" + b"x" * 10_000_000 + b"' .", TURTLE),
        # depth
        "a nested list": Row(b"<urn:a> <urn:b> " + b"(" * 100_000 + b")" * 100_000 + b" .", TURTLE, expected=OK),
        "a nested list left open": Row(b"<urn:a> <urn:b> " + b"(" * 500_000, TURTLE),
        "nested blank nodes": Row(b"<urn:a> <urn:b> " + b"[ <urn:p> " * 100_000 + b"1" + b"]" * 100_000 + b" .", TURTLE, expected=OK),
        "nested triple terms": Row(b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 40_000 + b"1" + b" )>>" * 40_000 + b" .", TURTLE),
        "nested elements": Row(xml("<e:a><e:B>" * 50_000), XML),
        "nested arrays": Row(b"[" * 200_000 + b"]" * 200_000, JSONLD),
        "nested objects": Row(b'{"http://e.org/p":' * 100_000 + b"1" + b"}" * 100_000, JSONLD),
        "nested contexts": Row(b'{"@context":{"p":{"@id":"urn:p","@context":' * 3000 + b"{}" + b"}}}" * 3000, JSONLD),
        "a nested update": Row(b"INSERT DATA { <urn:a> <urn:b> " + b"(" * 60_000 + b")" * 60_000 + b" }", "application/sparql-update", "/sparql", "POST", expected=OK),
        "an update of nested triple terms": Row(b"INSERT DATA { <urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 1000 + b"1" + b" )>>" * 1000 + b" }", "application/sparql-update", "/sparql", "POST"),
        "an update of nested groups": Row(b"DELETE WHERE " + b"{" * 100_000, "application/sparql-update", "/sparql", "POST"),
        # text
        "bad UTF-8": Row(b"<urn:a> <urn:b> '\xff\xfe' .", TURTLE),
        "NUL in an IRI": Row(b"<urn:a\0> <urn:b> 1 .", TURTLE),
        "a line end in an IRI": Row(b"<urn:a\r\nSet-Cookie:x> <urn:b> 1 .", TURTLE),
        "half a document": Row(f"{KEPT} . <urn:a> <urn:b> ".encode(), TURTLE),
        "half of JSON": Row(b'{"@id": "urn:x", "http://e.org/p": [1, 2', JSONLD),
        "half of XML": Row(xml(description("x"))[:-9], XML),
        "another format than it says": Row(b'{"@id": "urn:x"}', XML),
        "a type of garbage": Row(b"x", "\\//;;;="),
        "a prefix of a prefix": Row(b"".join(b"@prefix p%d: <urn:%d> ." % (i, i) for i in range(100_000)), TURTLE, expected=OK),
        # names
        "a graph with line ends": Row(b"", TURTLE, "/graphs?graph=urn:x%0d%0aSet-Cookie:%20a=b"),
        "a graph that is no IRI": Row(b"", TURTLE, "/graphs?graph=../../etc"),
        "two graphs": Row(b"", TURTLE, "/graphs?graph=urn:a&default"),
        "the history": Row(f"{KEPT} .".encode(), TURTLE, "/graphs?graph=https://w3id.org/agendagraph/graph/updates", expected=frozenset({400, 403, 422})),
        "out of the directory": Row(f"{KEPT} .".encode(), NT, "/graphs/..%2f..%2f..%2ftmp%2fx", expected=OK),
        # forms
        "parts without an end": Row(b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n" * 10_000, BOUNDARY, method="POST"),
        "100,000 parts": Row(PART * 100_000 + b"--b--\r\n", BOUNDARY, method="POST"),
        "no boundary": Row(b"--b\r\n\r\n", "multipart/form-data", method="POST"),
        "a boundary of 10 kB": Row(b"x", "multipart/form-data; boundary=" + "b" * 10_000, method="POST"),
        "a part that names a file": Row(b'--b\r\nContent-Disposition: form-data; name="f"; filename="../../etc/x"\r\nContent-Type: text/turtle\r\n\r\n<urn:a>\r\n--b--\r\n', BOUNDARY, method="POST"),
        "a part with headers without end": Row(b"--b\r\n" + b"X: y\r\n" * 100_000, BOUNDARY, method="POST"),
        # updates that take for ever, or too much
        "a product inserted": Row(b"INSERT { ?s ?p2 ?o3 } WHERE { ?s ?p ?o . ?s2 ?p2 ?o2 . ?s3 ?p3 ?o3 . ?a ?b ?c . ?d ?e ?f }", "application/sparql-update", "/sparql", "POST", expected=OK),
        "a string doubled": Row(("INSERT { <urn:x> <urn:y> ?x50 } WHERE { BIND('xy' AS ?x0) " + " ".join(f"BIND(CONCAT(?x{i},?x{i}) AS ?x{i + 1})" for i in range(50)) + " }").encode(), "application/sparql-update", "/sparql", "POST", expected=OK),
        "a good operation and a bad one": Row(f"DELETE DATA {{ GRAPH <http://e.org/g> {{ {KEPT} }} }} ; LOAD <{url}>".encode(), "application/sparql-update", "/sparql", "POST", expected=frozenset({400, 403})),
        "a good operation and half of one": Row(b"DROP ALL ; INSERT DATA { <urn:x>", "application/sparql-update", "/sparql", "POST"),
    }  # fmt: skip


NAMES = list(rows("http://127.0.0.1:9/"))


BOMBS = (
    *("a billion laughs", "entities by squares", "entities in capitals", "entities in UTF-16"),
    *("a gigabyte in gzip", "gzip in gzip", "a gigabyte in zstd", "zeros in deflate"),
    *("ten megabytes", "a nested list left open", "nested triple terms", "nested elements"),
    *("nested arrays", "nested objects", "nested contexts", "an update of nested groups"),
)
"""What is refused in any case, and in time."""
READ = 200
"""Statements that the neighbour reads, in a graph that no row of the table names."""


@pytest.fixture(scope="module")
def watch(
    start_server: Callable[..., Server],
    watching: Callable[..., contextlib.AbstractContextManager[Watched]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    """A server that may be written to, and its neighbour."""
    store: Path = tmp_path_factory.mktemp("writable") / "store"
    server = start_server(
        *("--store", store, "--empty", "--writable", "--query-limit-s", 1),
        *("--memory-limit-mib", 256),
        AGENDAGRAPH_TOKEN=TOKEN,
        AGENDAGRAPH_BODY_LIMIT_MIB="4",
        AGENDAGRAPH_VALIDATED_GRAPHS="",
        AGENDAGRAPH_CACHE_MIB="0",
    )
    bearer = {"authorization": f"Bearer {TOKEN}", "content-type": TURTLE}
    read = "".join(f"<http://e.org/e{i}> <http://e.org/number> {i} ." for i in range(READ))
    made = server.client.put(
        "/graphs?graph=http://e.org/g", content=f"{KEPT} . {read}", headers=bearer
    )
    assert made.status_code == 201, made.text
    pattern = "GRAPH <http://e.org/g> { <http://e.org/e#> <http://e.org/number> ?n }"
    with watching(server, pattern=pattern, numbers=READ) as watch:
        yield watch
    assert still_there(server)


@pytest.fixture
def writable(watch: Watched, unharmed: None) -> Server:
    """The server; after each test, nothing hostile may be left of it."""
    del unharmed
    return watch.server


def still_there(server: Server) -> bool:
    """Whether what was written first can be read."""
    answer = server.client.get("/sparql", params={"query": f"ASK {{ {KEPT} }}"})
    assert answer.status_code == 200, answer.text
    return answer.json()["boolean"] is True


def generation(server: Server) -> str:
    found: str = server.client.get("/ready").json()["generation"]
    return found


def sent(server: Server, row: Row) -> tuple[int, str]:
    """Send a row of the table; return the status and the text of the answer."""
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": row.content_type, **row.headers}
    body = row.body if isinstance(row.body, bytes) else row.body()
    try:
        with httpx.Client(base_url=server.url, timeout=30) as client:
            answer = client.request(row.method, row.path, content=body, headers=headers)
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return 413, ""  # refused and closed while we still wrote
    return answer.status_code, answer.text


def test_there_are_enough() -> None:
    assert len(NAMES) >= 30
    assert len(BOMBS) >= 12
    assert {*BOMBS} <= {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_an_upload_is_refused_and_changes_nothing(
    writable: Server, canary: tuple[int, list[object]], name: str
) -> None:
    port, connected = canary
    row = rows(f"http://127.0.0.1:{port}/")[name]
    if not isinstance(row.body, bytes):
        row.body()  # it is cached, and making a bomb is no time of the server's
    before = generation(writable)

    began = time.monotonic()
    status, text = sent(writable, row)

    assert status in (row.expected - {201, 204} if name in BOMBS else row.expected), text[:500]
    assert time.monotonic() - began < LIMIT_S
    assert "root:" not in text
    assert connected == []
    if status >= 400:
        assert generation(writable) == before
    assert still_there(writable)


def test_uploads_all_at_once(writable: Server, canary: tuple[int, list[object]]) -> None:
    port, connected = canary
    table = rows(f"http://127.0.0.1:{port}/")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda row: sent(writable, row), table.values()))

    for name, (status, text) in zip(table, answers, strict=True):
        assert status in table[name].expected | {429, 503, 504}, (name, text[:200])
    assert connected == []
    assert still_there(writable)


@pytest.mark.parametrize("path", ["/sparql", "/update", "/graphs?default"])
@pytest.mark.parametrize(
    "token",
    ["", "Bearer", "Bearer wrong", "Basic YTpi", f"Bearer {TOKEN} x", f"bearer\t{TOKEN[:-1]}"],
)
def test_without_the_token_nothing_is_written(writable: Server, path: str, token: str) -> None:
    graphs = path.startswith("/graphs")
    headers = {"content-type": TURTLE if graphs else "application/sparql-update"}
    if token:
        headers["authorization"] = token

    answer = writable.client.request(
        "PUT" if graphs else "POST", path, content="" if graphs else "DROP ALL", headers=headers
    )

    assert answer.status_code == 401
    assert still_there(writable)


def test_a_form_of_another_site_writes_nothing(writable: Server) -> None:
    """A browser would send it with cookies; there are none, and no token either."""
    answer = writable.client.post(
        "/sparql", data={"update": "DROP ALL"}, headers={"origin": "http://evil.example"}
    )

    assert answer.status_code == 401
    assert "access-control-allow-credentials" not in answer.headers
    assert still_there(writable)
