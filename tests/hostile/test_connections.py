"""Idle and slow connections do not keep the server from answering other clients.

Goal G11: 1,500 clients that send a byte and wait, and clients that do not fetch their answers.
"""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from agendagraph.server.http.connections.connection_limit import ConnectionLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Server

SLOW = 1500
SERVED_S = 6.0
EVERYTHING = b"SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"


@pytest.fixture(autouse=True)
def many_descriptors() -> Iterator[None]:
    """The usual limit of 1,024 open files is fewer than these clients need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connected(port: int, stack: contextlib.ExitStack, data: bytes) -> socket.socket:
    client = stack.enter_context(socket.socket())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    client.sendall(data)
    return client


def ended(client: socket.socket) -> bool:
    """Whether the server has closed; what it said before is read."""
    client.settimeout(SERVED_S)
    try:
        while client.recv(65_536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


@pytest.mark.usefixtures("unharmed")
def test_1500_clients_that_send_a_byte_and_wait(strict: Server) -> None:
    """Others are served meanwhile, and those are let go when their time for a head is over."""
    with contextlib.ExitStack() as stack:
        began = time.monotonic()
        clients = [connected(strict.port, stack, b"G") for _ in range(SLOW)]
        for _ in range(20):
            asked = time.monotonic()
            assert httpx.get(f"{strict.url}/sparql?query=ASK%7B%7D").status_code == 200
            assert time.monotonic() - asked < SERVED_S
        assert all(ended(client) for client in clients)
        assert time.monotonic() - began < 30


def test_more_clients_than_places(start_server: Callable[..., Server], data_file: Path) -> None:
    """Who has been idle longest makes room; whoever asks, is answered."""
    server = start_server(
        *("--store", data_file),
        constants={"agendagraph.server.http.connections.http_protocol:HeadLimits.connections": 100},
    )
    with contextlib.ExitStack() as stack:
        clients = [connected(server.port, stack, b"GET / HT") for _ in range(300)]
        for _ in range(10):
            assert httpx.get(f"{server.url}/sparql?query=ASK%7B%7D").status_code == 200
        assert all(ended(client) for client in clients[:150])


@pytest.mark.usefixtures("unharmed")
def test_readers_of_a_byte_a_second_hold_nobody_up(strict: Server) -> None:
    with contextlib.ExitStack() as stack:
        request = b"GET /sparql?query=" + EVERYTHING + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        readers = [connected(strict.port, stack, request) for _ in range(50)]
        for _ in range(3):
            time.sleep(0.3)
            for reader in readers:
                reader.recv(1)
            assert strict.query("ASK {}").elapsed.total_seconds() < 2


def test_an_answer_that_nobody_fetches_is_let_go(
    start_server: Callable[..., Server], data_file: Path
) -> None:
    """A client that reads a byte now and then does not keep it for longer than that."""
    server = start_server(
        *("--store", data_file),
        constants={
            "agendagraph.server.http.answers:SEND_TIMEOUT_S": 2.0,
            "agendagraph.server.http.endpoint:HOLD_BYTES": 64 << 20,
        },
    )
    product = b"SELECT%20*%20%7B%3Fa%20%3Fb%20%3Fc.%3Fd%20%3Fb%20%3Fe%7D%20LIMIT%20150000"
    with contextlib.ExitStack() as stack:
        request = b"GET /sparql?query=" + product + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        reader = connected(server.port, stack, request)
        assert reader.recv(12) == b"HTTP/1.1 200"
        deadline = time.monotonic() + 20
        while spooled(server):
            assert time.monotonic() < deadline, "the answer is kept for a reader that stalls"
            reader.recv(1)
            time.sleep(0.1)


def spooled(server: Server) -> float:
    told = server.client.get("/metrics").text
    return float(told.partition("\nagendagraph_spool_bytes ")[2].split()[0])


class Line:
    """A transport in which *size* bytes lie unread."""

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self.how = ""

    def get_write_buffer_size(self) -> int:
        """Return what is unread."""
        return self.size

    def close(self) -> None:
        """End, after what is unread."""
        self.how = "closed"

    def abort(self) -> None:
        """End at once."""
        self.how = "aborted"


def test_unread_answers_have_a_limit_together() -> None:
    """Who has had longest to fetch its answer is cut off, unless it has fetched it."""
    connections = ConnectionLimit(10, unread_bytes=250)
    lines = [Line(100) for _ in range(4)]
    for each in lines[:2]:
        connections.open(each, each)  # type: ignore[arg-type]
        assert connections.idle(each, each)  # type: ignore[arg-type]
    lines[0].size = 0

    for each in lines[2:]:
        connections.open(each, each)  # type: ignore[arg-type]
        connections.idle(each, each)  # type: ignore[arg-type]

    assert [each.how for each in lines] == ["", "aborted", "", ""]


def test_a_place_is_taken_from_nobody_who_waits_for_an_answer() -> None:
    connections = ConnectionLimit(2)
    lines = [Line() for _ in range(5)]
    for each in lines[:2]:
        assert connections.open(each, each)  # type: ignore[arg-type]
        connections.busy(each)

    assert not connections.open(lines[2], lines[2])  # type: ignore[arg-type]
    connections.closed(lines[2])
    connections.idle(lines[1], lines[1])  # type: ignore[arg-type]
    assert connections.open(lines[3], lines[3])  # type: ignore[arg-type]
    assert [each.how for each in lines] == ["", "closed", "", "", ""]
