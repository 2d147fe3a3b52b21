"""No request breaks the server: it is answered with a status that says why, or let go.

A row is what a client writes to the socket. ``None`` as the status stands for a connection
that is closed without an answer, as it should be where there is no request to answer.
"""

# ruff: noqa: E501 - a row of the table is a line

from __future__ import annotations

import contextlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
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
    "no host": (b"GET " + ASK + b" HTTP/1.1\r\n\r\n", {200, 400}),
    "a host that is none": (b'GET /sparql HTTP/1.1\r\nHost: a"><script>\r\n\r\n', {200, 400}),
    "two hosts": (get(ASK, b"Host: elsewhere\r\n"), {200, 400}),
    "ranges": (get(ASK, b"Range: bytes=0-0," + b"1-2," * 500 + b"5-\r\n"), {200, 206, 416}),
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


def send(port: int, data: bytes, *, half_close: bool = False) -> tuple[int | None, bytes]:
    """Write *data*, read until the server has answered or closed; return the status."""
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
                    break
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


def test_there_are_enough() -> None:
    assert len(REQUESTS) >= 30


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.usefixtures("neighbour")
def test_a_request_gets_a_status_that_fits(strict: Server, name: str) -> None:
    data, expected = REQUESTS[name]

    status, received = send(strict.port, data)

    assert status in expected, received[:500]
    head = received.partition(b"\r\n\r\n")[0].lower()
    assert b"set-cookie" not in head
    assert b"traceback" not in received.lower()
    assert b"<script" not in head
    assert received.count(b"HTTP/1.1 2") <= 1, "a second request was smuggled in"


@pytest.mark.usefixtures("neighbour")
def test_requests_all_at_once(strict: Server) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda row: send(strict.port, row[0]), REQUESTS.values()))

    assert strict.query("ASK {}").status_code == 200


@pytest.mark.usefixtures("neighbour")
def test_a_client_that_ends_its_half_is_answered(strict: Server) -> None:
    """Some clients close their sending half at once; that is no reason to drop the answer."""
    status, received = send(strict.port, get(ASK), half_close=True)

    assert status in {200, None}
    assert status is None or b"true" in received


@pytest.mark.usefixtures("neighbour")
def test_clients_that_leave_at_every_byte(strict: Server) -> None:
    request = get(b"/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D")

    for end in range(0, len(request) + 1, 3):
        with socket.create_connection(("127.0.0.1", strict.port), timeout=10) as client:
            client.sendall(request[:end])

    assert strict.query("ASK {}").status_code == 200


def test_a_thousand_idle_connections(strict: Server) -> None:
    """They send a byte and wait; others are served meanwhile, and they are let go."""
    with contextlib.ExitStack() as stack:
        clients = []
        for _ in range(1000):
            client = stack.enter_context(
                socket.create_connection(("127.0.0.1", strict.port), timeout=10)
            )
            client.sendall(b"G")
            clients.append(client)
        began = time.perf_counter()
        assert strict.query("ASK {}").status_code == 200
        assert time.perf_counter() - began < 2
        for client in clients:
            client.settimeout(10)
            with contextlib.suppress(ConnectionError):
                while client.recv(4096):
                    """Read the refusal, and the end."""
    assert strict.query("ASK {}").status_code == 200


@pytest.mark.usefixtures("neighbour")
def test_readers_of_a_byte_a_second_hold_nobody_up(strict: Server) -> None:
    request = get(b"/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D")
    with contextlib.ExitStack() as stack:
        readers = [
            stack.enter_context(socket.create_connection(("127.0.0.1", strict.port), timeout=10))
            for _ in range(12)
        ]
        for reader in readers:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.sendall(request)
        for _ in range(3):
            time.sleep(0.3)
            for reader in readers:
                reader.recv(1)
            assert strict.query("ASK {}").elapsed.total_seconds() < 2
