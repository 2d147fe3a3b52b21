"""A remote endpoint answers like a store here, and never half."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest

from agendagraph.errors import (
    QueryError,
    QueryStopped,
    QuerySyntaxError,
    QueryTimedOut,
    StoreError,
)
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store import dialects
from agendagraph.store.remote import RemoteStore

JSON = "application/sparql-results+json"
Answer = tuple[int, str, bytes]
Serve = Callable[[Callable[[str], Answer]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve answers on loopback: give it query → (status, type, body), get an address."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[str], Answer]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, media_type, data = answer(parse_qs(body)["query"][0])
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/sparql"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def oxigraph(query: str) -> Answer:
    """Answer from a small store, as an endpoint does."""
    store = ox.Store()
    store.load(b"<http://e.org/s> <http://e.org/p> '076', 'x'@ko .", format=ox.RdfFormat.TURTLE)
    answer = store.query(query)
    if isinstance(answer, ox.QueryTriples):
        return 200, "application/n-triples", answer.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
    return 200, f"{JSON}; charset=utf-8", answer.serialize(format=ox.QueryResultsFormat.JSON) or b""


def test_select_ask_and_construct_are_answered(serve: Serve) -> None:
    store = RemoteStore(serve(oxigraph))

    solutions = store.query("SELECT ?o { ?s ?p ?o } ORDER BY lang(?o)")
    assert isinstance(solutions, ox.QuerySolutions)
    assert [row["o"] for row in solutions] == [ox.Literal("076"), ox.Literal("x", language="ko")]
    assert bool(store.query("ASK { ?s ?p 'nothing' }")) is False
    assert len(list(store.quads())) == 2
    assert len(store) == 2


def test_a_syntax_error_keeps_its_place(serve: Serve) -> None:
    problem = {"title": "Bad", "detail": "did not expect “}”", "line": 2, "column": 5}
    url = serve(lambda _: (400, "application/problem+json", json.dumps(problem).encode()))

    with pytest.raises(QuerySyntaxError) as caught:
        RemoteStore(url).query("SELECT")

    assert (caught.value.line, caught.value.column) == (2, 5)
    assert caught.value.message == "did not expect “}”"


def test_a_place_is_told_once(serve: Serve) -> None:
    problem = {"detail": "At line 2, column 5: no “}”", "problem": "no “}”", "line": 2, "column": 5}
    url = serve(lambda _: (400, "application/problem+json", json.dumps(problem).encode()))

    with pytest.raises(QuerySyntaxError, match=r"^line 2, column 5: no “}”$"):
        RemoteStore(url).query("SELECT")


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, b"Virtuoso 37000 Error SP030", QueryError, "SP030"),
        (403, b"SERVICE is off", QueryError, "SERVICE is off"),
        (429, b"slow down", QueryStopped, "slow down"),
        (503, b"", QueryStopped, "Service Unavailable"),
        (504, b"too long", QueryStopped, "too long"),
        (404, b"no such page", StoreError, "404"),
        (500, b"boom", StoreError, "500"),
    ],
)
def test_a_refusal_says_what_the_endpoint_said(
    serve: Serve, status: int, body: bytes, error: type[Exception], words: str
) -> None:
    url = serve(lambda _: (status, "text/plain", body))

    with pytest.raises(error, match=words):
        RemoteStore(url).query("ASK {}")


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        pytest.param(JSON, b'{"head":{"vars":["x"]},"results":{"bindings":[', id="broken off"),
        pytest.param(JSON, b"{}", id="no results"),
        pytest.param("text/turtle", b"<http://e.org/s> <http://e.org/p>", id="half a triple"),
        pytest.param("text/html", b"<html>Welcome</html>", id="a web page"),
    ],
)
def test_half_an_answer_is_none(serve: Serve, media_type: str, body: bytes) -> None:
    with pytest.raises(StoreError):
        RemoteStore(serve(lambda _: (200, media_type, body))).query("SELECT ?x {}")


def test_an_endpoint_that_is_not_there_is_an_error() -> None:
    with pytest.raises(StoreError, match="no answer from"):
        RemoteStore("http://127.0.0.1:9/sparql").query("ASK {}")


def test_an_endpoint_that_sleeps_is_timed_out(serve: Serve) -> None:
    woken = threading.Event()

    def sleep(_: str) -> Answer:
        woken.wait(5)
        return oxigraph("ASK {}")

    store = RemoteStore(serve(sleep), timeout_s=0.1)

    with pytest.raises(QueryTimedOut) as caught:
        store.query("ASK {}")

    woken.set()
    assert caught.value.limit_s == 0.1


@pytest.mark.parametrize("at", range(40))
def test_a_blank_node_that_arrives_in_two_pieces_is_one(at: int) -> None:
    sent = b'{"type": "bnode", "value": "nodeID://b1"}'

    async def pieces() -> AsyncIterator[bytes]:
        yield sent[:at]
        yield sent[at:]

    async def received(server: str, limit_bytes: int = 100) -> bytes:
        answer, too_large = httpx.Response(200, content=pieces()), Refusal(Reason.ANSWER_TOO_LARGE)
        body = dialects.body(answer, dialects.dialect(server), limit_bytes, too_large)
        return b"".join([piece async for piece in body])

    assert asyncio.run(received("Virtuoso")) == b'{"type": "bnode", "value": "b1"}'
    assert asyncio.run(received("nginx")) == sent
    with pytest.raises(Refusal):
        asyncio.run(received("nginx", len(sent) - 1))
