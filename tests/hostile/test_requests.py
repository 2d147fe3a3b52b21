"""No request breaks the server: it gets a status that fits, or its connection is closed.

A row is what a client writes to the socket. ``None`` as the status stands for a connection
that is closed without an answer, as it should be where there is no request to answer.
"""

# ruff: noqa: E501 - a row of the table is a line

from __future__ import annotations

import contextlib
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Server

ASK = b"/sparql?query=ASK%20%7B%7D"
HOST = b"Host: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
QUERY = b"Content-Type: application/sparql-query\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def get(target: bytes, headers: bytes = b"") -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n"


def post(body: bytes, headers: bytes = FORM, length: bytes | None = None) -> bytes:
    length = length if length is not None else b"%d" % len(body)
    head = b"POST /sparql HTTP/1.1\r\n" + HOST + headers
    return head + b"Content-Length: " + length + b"\r\n\r\n" + body


SMUGGLED = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

REQUESTS: dict[str, tuple[bytes, set[int | None]]] = {
    # the text of a query
    "bad percent": (get(b"/sparql?query=%zz"), {400}),
    "half a percent": (get(b"/sparql?query=ASK%20%7B%7D%2"), {400}),
    "percent of bad UTF-8": (get(b"/sparql?query=%ff%fe"), {400}),
    "overlong UTF-8": (get(b"/sparql?query=%c0%ae"), {400}),
    "surrogates in UTF-8": (get(b"/sparql?query=%ed%a0%80"), {400}),
    "raw bytes": (get(b"/sparql?query=ASK%7B%7D\xff\xfe"), {400}),
    "bad UTF-8 in a form": (post(b"query=ASK+%7B%7D%ff"), {400}),
    "bad UTF-8 as the body": (post(b"ASK {} #\xff\xfe", QUERY), {400}),
    "NUL in the query": (get(b"/sparql?query=ASK%00%7B%7D"), {400}),
    "UTF-16": (post("ASK {}".encode("utf-16"), QUERY), {400}),
    "UTF-16, and said": (post("ASK {}".encode("utf-16"), QUERY[:-2] + b";charset=utf-16\r\n"), {415}),
    "a mark of byte order": (post(b"\xef\xbb\xbfASK {}", QUERY), {200, 400}),
    "two queries": (get(ASK + b"&query=ASK%7B%7D"), {400}),
    "a query and an update": (post(b"query=ASK%7B%7D&update=DROP%20ALL"), {400}),
    "an update by GET": (get(b"/sparql?update=DROP%20ALL"), {400}),
    "a graph that is no IRI": (get(ASK + b"&default-graph-uri=a%20b"), {400}),
    "line ends in a graph's IRI": (get(ASK + b"&named-graph-uri=urn:x%0d%0aSet-Cookie:a=b"), {400}),
    "a thousand graphs": (get(ASK + b"&default-graph-uri=urn:a" * 1000), {200, 400, 413}),
    "a time without end": (get(ASK + b"&timeout=99999999999999999999"), {400}),
    "a time of minus one": (get(ASK + b"&timeout=-1"), {400}),
    "a million parameters": (post(b"a&" * 100_000 + b"query=ASK%7B%7D"), {200, 400, 413}),
    "a query of 300 kB": (post(b"ASK {} #" + b"x" * 300_000, QUERY), {413}),
    "a form of 400 kB": (post(b"query=" + b"%20" * 133_000), {413}),
    # headers
    "line ends in Accept": (get(ASK, b"Accept: a/b\r\n\tc\r\n"), {200, 400, 406}),
    "Accept of nothing we have": (get(ASK, b"Accept: image/png\r\n"), {406}),
    "Accept of garbage": (get(ASK, b"Accept: \xff/\xfe;q=;;;,,,=\r\n"), {200, 400, 406}),
    "Accept of 5,000 types": (get(ASK, b"Accept: " + b"a/b;q=0.1," * 2500 + b"*/*\r\n"), {200, 406, 431}),
    "bad quality": (get(ASK, b"Accept: application/json;q=1e99\r\n"), {200, 400, 406}),
    "an Accept-Encoding of garbage": (get(ASK, b"Accept-Encoding: ;q=NaN,\x01\r\n"), {200, 400}),
    "headers of 64 kB": (get(ASK, b"X: " + b"y" * 65_536 + b"\r\n"), {431}),
    "a megabyte of headers": (get(ASK, b"".join(b"X%d: y\r\n" % i for i in range(90_000))), {400, 431, None}),
    "a header without a colon": (get(ASK, b"broken\r\n"), {400}),
    "a header with a blank name": (get(ASK, b" : x\r\n"), {400, 200}),
    "NUL in a header": (get(ASK, b"X: a\x00b\r\n"), {400, 200}),
    "a header split in two": (get(ASK, b"X: a\r\n b\r\n"), {200, 400}),
    "no host": (b"GET " + ASK + b" HTTP/1.1\r\n\r\n", {400}),
    "no host in HTTP/1.0": (b"GET " + ASK + b" HTTP/1.0\r\n\r\n", {200}),
    "a host that is none": (b'GET /sparql HTTP/1.1\r\nHost: a"><script>\r\n\r\n', {200, 400}),
    "two hosts": (get(ASK, b"Host: elsewhere\r\n"), {400}),
    "an upgrade to HTTP/2": (
        get(ASK, b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"), {200}),
    "an upgrade to a socket": (
        get(ASK, b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n"), {200, 400}),
    "an expectation that nobody knows": (post(b"ASK {}", QUERY + b"Expect: 200-maybe\r\n"), {200, 417}),
    "an expectation of too much": (post(b"", QUERY + b"Expect: 100-continue\r\n", b"99999999"), {413}),
    "ranges": (get(ASK, b"Range: bytes=0-0," + b"1-2," * 500 + b"5-\r\n"), {200}),
    "tags of a megabyte": (get(ASK, b"If-None-Match: " + b'"a",' * 250_000 + b"\r\n"), {431}),
    "a tag of 20 kB": (get(ASK, b"If-None-Match: " + b'"a",' * 5000 + b"\r\n"), {200, 304, 431}),
    # the first line
    "an address of 300 kB": (get(b"/sparql?query=" + b"x" * 300_000), {414}),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200, {400}),
    "HTTP/0.9": (b"GET /health\r\n\r\n", {200, 400, None}),
    "HTTP/9.9": (b"GET /health HTTP/9.9\r\n" + HOST + b"\r\n", {200, 400, 505}),
    "HTTP/2 without asking": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 404, 405, None}),
    "a method of 10 kB": (b"G" * 10_000 + b" / HTTP/1.1\r\n\r\n", {400}),
    "TRACE": (b"TRACE /sparql HTTP/1.1\r\n" + HOST + b"\r\n", {405, 400, 501}),
    "CONNECT": (b"CONNECT 127.0.0.1:9 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
    "another server's address": (get(b"http://127.0.0.1:9/sparql"), {400, 404, 200}),
    "out of the directory": (get(b"/graphs/../../../../etc/passwd"), {400, 404}),
    "out of the directory, encoded": (get(b"/%2e%2e/%2e%2e/etc/passwd"), {400, 404}),
    "NUL in the path": (get(b"/sparql%00?query=ASK%7B%7D"), {400, 404}),
    "another path of garbage": (get(b"/%ff%c0%ae/%zz"), {400, 404}),
    "an asterisk": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", {200, 204, 400, 404}),
    "a fragment": (get(b"/sparql#" + b"x" * 1000), {200, 400}),
    "line ends only": (b"\r\n" * 20_000 + get(ASK), {200, 400, 408, 431, None}),
    # where one request ends
    "a length and chunks": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED + b"Content-Length: 6\r\n\r\n"
        b"0\r\n\r\n" + SMUGGLED, {400}),
    "two lengths": (post(b"ASK {}" + SMUGGLED, QUERY + b"Content-Length: 6\r\n"), {400}),
    "a length that is none": (post(b"ASK {}", QUERY, b"+6"), {400}),
    "a negative length": (post(b"ASK {}", QUERY, b"-6"), {400}),
    "a length beyond numbers": (post(b"ASK {}", QUERY, b"9" * 30), {400, 413}),
    "a length of ten gigabytes": (post(b"ASK {}", QUERY, b"10000000000"), {413}),
    "chunks in another word": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + b"Transfer-Encoding: xchunked\r\n\r\n"
        b"6\r\nASK {}\r\n0\r\n\r\n", {400, 415}),
    "chunked twice": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED + CHUNKED
        + b"\r\n6\r\nASK {}\r\n0\r\n\r\n", {200, 400}),
    "a chunk of a wrong size": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED + b"\r\nzz\r\nASK {}\r\n0\r\n\r\n", {400}),
    "a chunk beyond numbers": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED + b"\r\n" + b"f" * 40 + b"\r\n", {400, 413}),
    "a chunk with 200,000 extensions": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED + b"\r\n6;" + b"x=y;" * 200_000
        + b"\r\nASK {}\r\n0\r\n\r\n", {400, 431}),
    "a chunk with some extensions": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED
        + b"\r\n6;a=b;c\r\nASK {}\r\n0\r\n\r\n", {200}),
    "trailers": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED
        + b"\r\n6\r\nASK {}\r\n0\r\nAccept: image/png\r\nX: y\r\n\r\n", {200}),
    "50,000 trailers": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED
        + b"\r\n6\r\nASK {}\r\n0\r\n" + b"X: y\r\n" * 50_000 + b"\r\n", {431}),
    "an endless stream of chunks": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + CHUNKED + b"\r\n"
        + (b"8000\r\n" + b" " * 0x8000 + b"\r\n") * 64, {413}),
    "a body that never comes": (post(b"", QUERY, b"100"), {408, 400, None}),
    "a head that never ends": (b"GET " + ASK + b" HTTP/1.1\r\nHost: a\r\n", {408, None}),
    "half a request": (b"GE", {408, None}),
    "nothing at all": (b"", {408, None}),
    "a compressed query": (post(b"\x1f\x8b\x08" + b"\0" * 50, QUERY + b"Content-Encoding: gzip\r\n"), {415}),
    "no type": (post(b"ASK {}", b""), {415}),
    "a type of garbage": (post(b"ASK {}", b"Content-Type: ;;;=\xff\r\n"), {415, 400}),
}  # fmt: skip


def send(
    port: int, data: bytes, *, half_close: bool = False, linger_s: float = 0.0
) -> tuple[int | None, bytes]:
    """Write *data*, read until the server has answered or closed; return the status.

    *linger_s* more is waited for what may come after the first answer.
    """
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        with contextlib.suppress(OSError):
            client.sendall(data)
            if half_close:
                client.shutdown(socket.SHUT_WR)
        client.settimeout(4)
        with contextlib.suppress(OSError):
            while piece := client.recv(65_536):
                received += piece
                if whole(received):
                    client.settimeout(linger_s)  # at nought, what is there already is read
    status = int(received[9:12]) if received.startswith(b"HTTP/1.") else None
    return status, received


def whole(received: bytes) -> bool:
    """Whether the first answer is there to its end."""
    head, found, body = received.partition(b"\r\n\r\n")
    lower = head.lower()
    if not found:
        return False
    if b"content-length: " in lower:
        return len(body) >= int(lower.split(b"content-length: ")[1].split(b"\r\n")[0])
    return body.endswith(b"0\r\n\r\n") or b" 204 " in head[:16]


WELL_FORMED = get(ASK, b"Connection: close\r\n")
ENDLESS = b"/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B" + b"".join(
    b"%%20%%3Fa%d%%20%%3Fb%d%%20%%3Fc%d%%20." % (i, i, i) for i in range(5)
) + b"%7D"  # fmt: skip

HOLD_1_MIB = {"agendagraph.server.http.endpoint:HOLD_BYTES": 1 << 20}

pytestmark = pytest.mark.usefixtures("unharmed")


def test_there_are_enough() -> None:
    assert len({data for data, _ in REQUESTS.values()}) >= 30


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_gets_a_status_that_fits(strict: Server, name: str) -> None:
    data, expected = REQUESTS[name]

    status, received = send(strict.port, data, linger_s=0.1)

    assert status in expected, received[:500]
    head = received.partition(b"\r\n\r\n")[0].lower()
    assert b"set-cookie" not in head
    assert b"traceback" not in received.lower()
    assert b"<script" not in head
    assert received.count(b"HTTP/1.1 2") <= 1, "a second request was smuggled in"


def test_requests_all_at_once(strict: Server) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda row: send(strict.port, row[0]), REQUESTS.values()))

    for name, (status, _) in zip(REQUESTS, answers, strict=True):
        assert status in REQUESTS[name][1] | {429, 503, 504}, name


def test_ten_thousand_requests_in_one_packet(strict: Server) -> None:
    """They are answered one after the other, in their order."""
    numbers = [
        b"/sparql?query=SELECT%%20(%d%%20AS%%20%%3Fn)%%20%%7B%%7D&format=csv" % n for n in range(50)
    ]
    asked = [get(b"/health") if i % 200 else get(numbers[i // 200]) for i in range(10_000)]
    with socket.create_connection(("127.0.0.1", strict.port), timeout=30) as client:
        Thread(target=client.sendall, args=[b"".join(asked) + WELL_FORMED]).start()
        received = b"".join(iter(lambda: client.recv(1 << 20), b""))

    assert received.count(b"HTTP/1.1 200 OK") == 10_001
    found = re.findall(rb"\r\n\r\nn\r\n(\d+)\r\n", received)
    assert [int(n) for n in found] == list(range(50))


@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_a_client_that_ends_its_half_is_answered(strict: Server, version: bytes) -> None:
    """Some clients close their sending half at once; that is no reason to drop the answer."""
    request = get(ASK).replace(b"HTTP/1.1", b"HTTP/" + version)

    status, received = send(strict.port, request, half_close=True)

    assert status == 200
    assert received.endswith(b"true}")


def test_a_client_that_ends_its_half_waits_for_a_long_query(strict: Server) -> None:
    """It is told to go on waiting: that is how we learn that it has not gone."""
    _, received = send(strict.port, get(ENDLESS + b"&timeout=0.9"), half_close=True, linger_s=2)

    assert b"HTTP/1.1 504 " in received
    assert received.startswith((b"HTTP/1.1 100 Continue\r\n\r\nHTTP", b"HTTP/1.1 504"))


@pytest.fixture(scope="module")
def holding(start_server: Callable[..., Server], data_file: Path) -> Server:
    """A server that holds back 1 MiB of an answer before it begins to send."""
    return start_server("--store", data_file, constants=HOLD_1_MIB)


@pytest.mark.parametrize("when", ["while it waits", "while it reads"])
def test_a_client_that_goes_stops_its_query(holding: Server, when: str) -> None:
    """Also after the answer has begun, and also if it says good-bye with an orderly FIN."""
    server = holding
    target = ENDLESS if when == "while it waits" else (
        ENDLESS.replace(b"SELECT%20(COUNT(*)%20AS%20%3Fn)", b"SELECT%20*")
    )  # fmt: skip
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(get(target))
        if when == "while it reads":
            assert client.recv(1 << 16).startswith(b"HTTP/1.1 200")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        else:
            time.sleep(0.4)
        assert running(server) == 1

    deadline = time.monotonic() + 5
    while running(server):
        assert time.monotonic() < deadline, "the query runs on for nobody"
        time.sleep(0.05)


def running(server: Server) -> int:
    told = server.client.get("/metrics").text
    return int(float(told.partition("\nagendagraph_queries_running ")[2].split()[0]))


@pytest.mark.parametrize(
    "first", [b"/sparql?query=ASK%20%7B%7D", b"/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D"]
)
def test_garbage_behind_a_request_does_not_spoil_its_answer(strict: Server, first: bytes) -> None:
    """The answer is whole and comes first; the refusal of the garbage follows it."""
    alone = send(strict.port, get(first, b"Connection: close\r\n"), linger_s=4)[1]

    status, received = send(strict.port, get(first) + b"garbage\r\n\r\n", linger_s=4)

    answer, found, refusal = received.partition(b"HTTP/1.1 400 Bad Request")
    assert status == 200
    assert found
    assert b"application/problem+json" in refusal
    assert answer.partition(b"\r\n\r\n")[2] == alone.partition(b"\r\n\r\n")[2]


def test_clients_that_leave_at_every_byte(strict: Server) -> None:
    request = get(b"/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D")

    for end in range(0, len(request) + 1, 3):
        with socket.create_connection(("127.0.0.1", strict.port), timeout=10) as client:
            client.sendall(request[:end])

    assert strict.query("ASK {}").status_code == 200
