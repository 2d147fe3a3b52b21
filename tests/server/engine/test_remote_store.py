"""Whatever another store sends, a client gets a whole answer or an error."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Server

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n"
TRIPLES = b"HTTP/1.1 200 OK\r\nContent-Type: application/n-triples\r\n"
TRUE = b'{"head":{},"boolean":true}'
ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":['
ROW = b'{"x":{"type":"literal","value":"row"}}'
TRIPLE = b"<http://e.org/s> <http://e.org/p> <http://e.org/o> .\n"


def whole(head: bytes, body: bytes) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class FakeStore:
    """An endpoint on loopback that answers ``ASK {}`` rightly and all else as it is told."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.answer: bytes | Callable[[socket.socket], None] = b""
        self.requests: list[bytes] = []
        self.closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://user:secret@127.0.0.1:{self._listener.getsockname()[1]}/sparql"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(20)
            data = b""
            while b"query=" not in data:
                piece = connection.recv(65_536)
                if not piece:
                    return
                data += piece
            self.requests.append(data)
            if b"query=ASK+%7B%7D" in data:
                connection.sendall(whole(JSON, TRUE))
            elif callable(self.answer):
                self.answer(connection)
            else:
                connection.sendall(self.answer)

    def close(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture(scope="module")
def store() -> Iterator[FakeStore]:
    fake = FakeStore()
    yield fake
    fake.close()


@pytest.fixture(scope="module")
def server(store: FakeStore, start_server: Callable[..., Server]) -> Server:
    return start_server(
        *("--store", f"{store.url}?infer=false&reasoning=", "--query-limit-s", 3),
        AGENDAGRAPH_ANSWER_LIMIT_MIB="1",
        AGENDAGRAPH_CACHE_MIB="0",
    )


@pytest.fixture(autouse=True)
def another_query(request: pytest.FixtureRequest) -> str:
    """A query that no other test asks: answers in flight are shared."""
    return f"SELECT * {{ ?s ?p 'test {request.node.name!r}' }}".replace("'", '"')


def test_what_is_sent(store: FakeStore, server: Server) -> None:
    store.answer = whole(JSON, ROWS + ROW + b"]}}")

    answer = server.client.get(
        "/sparql",
        params={
            "query": "SELECT ?한 {}",
            "default-graph-uri": ["urn:a", "urn:b"],
            "named-graph-uri": "urn:c",
        },
    )

    assert answer.json()["results"]["bindings"][0]["x"]["value"] == "row"
    sent = store.requests[-1].decode()
    assert "infer=false&reasoning=&" in sent
    assert "default-graph-uri=urn%3Aa&default-graph-uri=urn%3Ab&named-graph-uri=urn%3Ac" in sent
    assert "Authorization: Basic" in sent
    assert "application/sparql-results+json" in sent


def nested(depth: int) -> bytes:
    return ROWS + b'{"x":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}]}}"


BROKEN = {
    "broken off in the middle": JSON + b"Content-Length: 999\r\n\r\n" + ROWS,
    "chunks without an end": JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(ROWS + ROW),
    "short and whole by its length": whole(JSON, ROWS + ROW),
    "an error after the rows": whole(JSON, ROWS + b"The operation has been cancelled"),
    "no results": whole(JSON, b"{}"),
    "nothing": b"",
    "not HTTP": b"hello\r\n\r\n",
    "a web page": whole(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"<html>"),
    "no type": whole(b"HTTP/1.1 200 OK\r\n", TRUE),
    "a compressed answer": whole(JSON + b"Content-Encoding: gzip\r\n", b"\x1f\x8b" + b"0" * 99),
    "a redirect": whole(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n", b""),
    "cut by Virtuoso": whole(JSON + b"X-SPARQL-MaxRows: 1\r\n", ROWS + ROW + b"]}}"),
    "triples without a length": TRIPLES + b"Connection: close\r\n\r\n" + TRIPLE,
    "triples that break off": whole(TRIPLES, TRIPLE + TRIPLE[:30]),
    "100,000 levels of JSON": whole(JSON, nested(100_000)),
    "bad UTF-8": whole(JSON, ROWS + ROW.replace(b"row", b"\xff\xfe") + b"]}}"),
    "no right to ask": whole(b"HTTP/1.1 401 Unauthorized\r\n", b"who are you?"),
    "a fault": whole(b"HTTP/1.1 500 Oh\r\n", b"boom"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_answer_is_none(
    store: FakeStore, server: Server, another_query: str, name: str
) -> None:
    store.answer = BROKEN[name]

    answer = server.query(another_query, accept="text/csv, application/n-triples;q=0.5")

    assert answer.status_code == 502, answer.text
    assert "secret" not in answer.text
    assert answer.json()["message"]["ko"]
    assert server.query("ASK {}").status_code == 200


@pytest.mark.parametrize(
    ("head", "body", "status", "words"),
    [
        (b"400 Bad Request", b"error at 2:5: expected FROM", 400, "line 2, column 5"),
        (b"400 Bad Request", b"Virtuoso 37000 Error SP030: line 2: syntax", 400, "line 2"),
        (b"500 Oh", b"Virtuoso 42000 Error The estimated execution time", 400, "estimated"),
        (b"429 Slow", b"", 503, "Try again"),
        (b"503 Busy\r\nRetry-After: 7", b"", 503, "in 7 s"),
        (b"504 Gateway Timeout", b"", 400, "stopped the query"),
        (b"200 OK\r\nX-SQL-State: S1TAT", b"", 504, "time limit"),
    ],
)
def test_a_refusal_keeps_its_meaning(
    store: FakeStore,
    server: Server,
    another_query: str,
    head: bytes,
    body: bytes,
    status: int,
    words: str,
) -> None:
    store.answer = whole(b"HTTP/1.1 " + head + b"\r\nContent-Type: text/plain\r\n", body)

    answer = server.query(another_query)

    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_an_answer_that_is_too_large_is_an_error(
    store: FakeStore, server: Server, another_query: str
) -> None:
    store.answer = whole(JSON, ROWS + b",".join([ROW] * 100_000) + b"]}}")

    assert server.query(another_query).status_code == 413


@pytest.mark.parametrize("begun", [b"", JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(ROWS)])
def test_at_the_time_limit_the_connection_is_closed(
    store: FakeStore, server: Server, another_query: str, begun: bytes
) -> None:
    closed = threading.Event()

    def stall(connection: socket.socket) -> None:
        connection.sendall(begun)
        if connection.recv(1) == b"":
            closed.set()

    store.answer = stall
    started = time.monotonic()
    answer = server.client.get("/sparql", params={"query": another_query, "timeout": "500ms"})

    assert answer.status_code == 504
    assert time.monotonic() - started < 2
    assert closed.wait(2)


def test_an_answer_streams_while_the_store_still_sends(
    store: FakeStore, server: Server, another_query: str
) -> None:
    """More than fits any buffer between the store and the worker arrives whole."""
    rows = 20_000
    body = ROWS + b",".join([ROW] * rows) + b"]}}"

    def drip(connection: socket.socket) -> None:
        connection.sendall(JSON + b"Transfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 10_000):
            connection.sendall(chunk(body[start : start + 10_000]))
        connection.sendall(chunk(b""))

    store.answer = drip
    answer = server.query(another_query, accept="text/tab-separated-values")

    assert answer.status_code == 200
    assert answer.text.count("\n") == rows + 1


@pytest.mark.server
def test_a_store_that_is_not_there_is_told_at_the_start() -> None:
    command = [sys.executable, "-c", "from agendagraph.cli import main; main()", "serve"]
    address = "http://user:secret@127.0.0.1:9/sparql"

    ended = subprocess.run(
        [*command, "--port", "0", "--store", address], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2, ended.stderr
    assert "the store http://127.0.0.1:9/sparql does not answer" in ended.stderr
    assert "secret" not in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.server
@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--writable"], "another endpoint's URL"),
        (["--empty"], "--empty makes no sense"),
    ],
)
def test_what_cannot_be_combined_with_another_store(flags: list[str], words: str) -> None:
    from agendagraph.server.settings import Settings

    given: dict[str, object] = {flag.strip("-"): True for flag in flags}
    with pytest.raises(ValueError, match=words):
        Settings.read({"AGENDAGRAPH_TOKEN": "x" * 40}, {"store": "http://e.org/sparql", **given})


def test_the_answer_of_a_fake_store_is_json(store: FakeStore, server: Server) -> None:
    """The fake itself is sound: what the tests above break is an answer when left alone."""
    store.answer = whole(JSON, ROWS + ROW + b"]}}")

    assert json.loads(server.query("SELECT * { ?sound ?s ?p }").content)["results"]["bindings"]
