"""A truncated answer is never a valid one, in any format and for any reason of its end.

Goal G2. Answers are read from the socket: what ends as HTTP/1.1 says that an answer ends must
have every row, and what does not have every row must end as no answer does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server

RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "n-quads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "json-ld": ox.RdfFormat.JSON_LD,
    "rdf-xml": ox.RdfFormat.RDF_XML,
}
PRODUCT = "?a ?b ?c . ?d ?e ?f"
ROWS = "SELECT * { %s } LIMIT %d"
PAIRS = "?a <http://example.org/type> ?c . ?d <http://example.org/type> ?f"
STATEMENTS = "CONSTRUCT { ?a <urn:x> ?d } WHERE { { SELECT ?a ?d { %s } LIMIT %d } }"
SLOW_END = (
    "UNION { SELECT * { ?g ?h ?i . ?j ?k ?l . ?m ?n ?o"
    " FILTER(CONCAT(STR(?g), STR(?j), STR(?m)) = '') } } }"
)
FEW, MANY = 2000, 1_000_000


@dataclass(frozen=True)
class Ending:
    """What came from the socket until it was closed."""

    status: int
    body: bytes
    complete: bool


def read(
    server: Server, query: str, name: str, *, version: str = "1.1", coding: str = ""
) -> Ending:
    """Ask, and read to the end as RFC 9112 (section 6.3) defines it."""
    target = "/sparql?" + urlencode({"query": query, "format": name})
    wanted = f"Accept-Encoding: {coding}\r\n" if coding else ""
    head = f"GET {target} HTTP/{version}\r\nHost: a\r\nConnection: close\r\n{wanted}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(head.encode())
        received = bytearray()
        with contextlib.suppress(ConnectionResetError):
            while piece := client.recv(1 << 20):
                received += piece
    said, _, rest = bytes(received).partition(b"\r\n\r\n")
    lines = dict(line.lower().split(b": ", 1) for line in said.split(b"\r\n")[1:])
    if lines.get(b"transfer-encoding") == b"chunked":
        body, complete = unchunked(rest)
    elif b"content-length" in lines:
        body, complete = rest, len(rest) == int(lines[b"content-length"])
    else:
        body, complete = rest, True  # a client can only believe the end of the connection
    if complete and b"content-encoding" in lines:
        body = unpacked(lines[b"content-encoding"], body)
    return Ending(int(said.split()[1]), body, complete)


def unchunked(data: bytes) -> tuple[bytes, bool]:
    body, at = bytearray(), 0
    while (end := data.find(b"\r\n", at)) >= 0:
        size = int(data[at:end], 16)
        if size == 0:
            return bytes(body), data[end : end + 4] == b"\r\n\r\n"
        body += data[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
    return bytes(body), False


def unpacked(coding: bytes, body: bytes) -> bytes:
    if coding == b"gzip":
        return zlib.decompress(body, wbits=31)
    return zstandard.ZstdDecompressor().decompressobj().decompress(body)


def rows(body: bytes, name: str) -> int:
    """Return how many rows or statements a document has; one that is cut does not parse."""
    if name == "csv":  # each of six columns stands in one line of our data
        assert body.endswith(b"\r\n")
        return body.count(b"\r\n") - 1
    if name in RESULTS:
        parsed = ox.parse_query_results(body, format=RESULTS[name])
        assert isinstance(parsed, ox.QuerySolutions)
        return sum(1 for _ in parsed)
    return sum(1 for _ in ox.parse(body, format=GRAPHS[name]))


def asked(name: str, number: int) -> str:
    return ROWS % (PRODUCT, number) if name in RESULTS else STATEMENTS % (PAIRS, number)


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("name", [*RESULTS, *GRAPHS])
def test_what_ends_well_is_whole(strict: Server, name: str) -> None:
    ending = read(strict, asked(name, FEW), name)

    assert (ending.status, ending.complete) == (200, True)
    assert rows(ending.body, name) == FEW


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    ("name", "coding", "version"),
    [
        *((name, "", version) for name in (*RESULTS, *GRAPHS) for version in ("1.0", "1.1")),
        *((name, coding, "1.1") for name in ("csv", "turtle") for coding in ("gzip", "zstd")),
    ],
)
def test_what_is_too_large_does_not_end_well(
    strict: Server, name: str, coding: str, version: str
) -> None:
    """8 MiB are allowed, of which 2 are held back; these would be a hundred, at least."""
    ending = read(strict, asked(name, MANY), name, version=version, coding=coding)

    assert ending.status in {413, 503, 504} or (ending.status == 200 and not ending.complete)
    assert ending.status == 200 or ending.complete


HOLD_1_MIB = {"agendagraph.server.http.endpoint:HOLD_BYTES": 1 << 20}


@pytest.fixture(scope="module")
def patient(start_server: Callable[..., Server], data_file: Path) -> Server:
    """A server that holds back 1 MiB only, and lets a query have two seconds."""
    return start_server(
        *("--store", data_file, "--query-limit-s", 2, "--memory-limit-mib", 256),
        constants=HOLD_1_MIB,
        AGENDAGRAPH_CACHE_MIB="0",
    )


@pytest.mark.parametrize("name", RESULTS)
def test_time_that_runs_out_within_an_answer(patient: Server, name: str) -> None:
    """All rows of its first half are sent at once; the second half never comes."""
    query = f"SELECT * {{ {{ {ROWS % (PRODUCT, 40_000)} }} {SLOW_END}"
    began = time.monotonic()

    ending = read(patient, query, name)

    assert ending.status == 504 or (ending.status == 200 and not ending.complete)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("name", ["json", "csv", "turtle", "n-triples"])
def test_a_worker_that_dies_within_an_answer(patient: Server, name: str) -> None:
    """It is killed as the kernel kills what takes too much memory."""
    killed: list[int] = []

    def kill() -> None:
        time.sleep(0.6)
        for pid in patient.children():
            with contextlib.suppress(OSError):
                if parent_of(pid) != patient.process.pid:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    ending = read(patient, asked(name, 10 * MANY), name)
    thread.join()

    assert killed
    assert ending.status in {413, 503} or (ending.status == 200 and not ending.complete)
    assert patient.query("ASK {}").status_code == 200


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_disk_that_is_full_within_an_answer(
    start_server: Callable[..., Server], data_file: Path
) -> None:
    """The temporary file cannot grow: that is told, and short answers need none."""
    import resource

    server = start_server("--store", data_file, constants=HOLD_1_MIB)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))

    ending = read(server, asked("csv", 200_000), "csv")

    assert ending.status == 503 or (ending.status == 200 and not ending.complete)
    assert server.query("ASK {}").status_code == 200


def test_a_server_that_ends_within_an_answer(
    serving: Callable[..., object], data_file: Path
) -> None:
    """It waits a while for those who read, tells those who wait, and breaks off the rest."""
    with serving(
        *("--store", data_file),
        constants={**HOLD_1_MIB, "agendagraph.server.http.connections.server:SHUTDOWN_S": 1.0},
    ) as server:  # type: ignore[attr-defined]
        waiting: list[Ending] = []
        endless = f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} . ?g ?h ?i }}"
        thread = threading.Thread(target=lambda: waiting.append(read(server, endless, "json")))
        thread.start()
        request = "/sparql?" + urlencode({"query": asked("csv", 200_000), "format": "csv"})
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(20)
            client.connect(("127.0.0.1", server.port))
            client.sendall(f"GET {request} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            received = bytearray(client.recv(4096))
            time.sleep(0.5)
            server.process.terminate()
            time.sleep(2)
            with contextlib.suppress(ConnectionResetError):
                while piece := client.recv(1 << 16):
                    received += piece
        thread.join()

        assert received.startswith(b"HTTP/1.1 200")
        assert not received.endswith(b"0\r\n\r\n")
        assert waiting[0].status == 503
        assert server.process.wait(5) == 0
        assert "Traceback" not in server.errors.read_text()
