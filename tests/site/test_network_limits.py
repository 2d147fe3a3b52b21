"""A calculation that takes too long, too much, or that nobody waits for any more is ended."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph.processes import channel
from agendagraph.site.networks import calculation_frames

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from conftest import Server

SMALL = Path(__file__).parents[1] / "network" / "small.ttl"
CALCULATION = b"agendagraph.site.networks.calculation"
TOGETHER = "/api/networks/counterparts-together"
SLOW = "/api/networks/counterpart-commitment/measures?project=counterpart&replicates=2000"


@pytest.fixture(scope="module")
def served(start_server: Callable[..., Server]) -> Server:
    return start_server("--store", SMALL)


def get(server: Server, path: str) -> httpx.Response:
    return server.client.get(path)


def calculating(server: Server) -> int:
    """How many calculations run: the children of the process that forks them."""
    found = 0
    for pid in server.children():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        found += CALCULATION in command
    return max(0, found - 1)


def until(holds: Callable[[], bool], limit_s: float = 30) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_what_takes_too_long_is_killed(start_server: Callable[..., Server]) -> None:
    server = start_server("--store", SMALL, "--query-limit-s", "1")

    answer = get(server, SLOW)

    assert answer.status_code == 504
    assert answer.json()["type"].endswith("/time-limit")
    assert until(lambda: calculating(server) == 0)
    assert get(server, TOGETHER).status_code == 200


def test_what_needs_too_much_memory_ends_without_a_document() -> None:
    """A real child with one mebibyte is told an answer of a hundred; the test is its server."""
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", calculation_frames.BOOT]
    with theirs, control:
        parent = subprocess.Popen(
            [*command, str(theirs.fileno()), json.dumps(sys.path)],
            pass_fds=[theirs.fileno()],
            env={**os.environ, **calculation_frames.ONE_THREAD},
        )
        control.send(json.dumps({"memory_limit_bytes": 1 << 20}).encode())
        assert json.loads(control.recv(1000)) == {"single": True}
        ours, child = socket.socketpair()
        with ours:
            with child:
                socket.send_fds(control, [b"{}"], [child.fileno()])
            job = {"do": "network", "name": "ministry-goal", "parameters": {}, "options": {}}
            ours.sendall(channel.frame(calculation_frames.JOB, json.dumps(job).encode()))
            kind, _ = channel.HEADER.unpack(ours.recv(channel.HEADER.size))
            assert kind == calculation_frames.ASK
            with contextlib.suppress(OSError):
                ours.sendall(channel.frame(calculation_frames.TOLD, b" " * (100 << 20)))
            said = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := ours.recv(1 << 16):
                    said += piece
    parent.wait(10)

    assert not any(kind == calculation_frames.DONE for kind, _ in channel.FrameReader().feed(said))


def test_a_client_that_leaves_ends_its_calculation(served: Server) -> None:
    get(served, TOGETHER)  # the process that forks is there
    with socket.create_connection(("127.0.0.1", served.port)) as leaving:
        leaving.sendall(f"GET {SLOW}&seed=77 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert until(lambda: calculating(served) == 1)

    assert until(lambda: calculating(served) == 0, 5)
    assert get(served, TOGETHER).status_code == 200


def test_a_lookup_does_not_wait_for_calculations(served: Server) -> None:
    get(served, TOGETHER)
    address = ("127.0.0.1", served.port)
    with socket.create_connection(address) as first, socket.create_connection(address) as second:
        for seed, connection in enumerate((first, second), 100):
            connection.sendall(f"GET {SLOW}&seed={seed} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert until(lambda: calculating(served) == 2)

        began = time.monotonic()
        assert served.query("ASK { ?s ?p ?o }").status_code == 200
        assert time.monotonic() - began < 1
    assert until(lambda: calculating(served) == 0, 5)


def test_calculations_survive_the_death_of_their_parent(served: Server) -> None:
    """Only the process that forks is killed here, which this test's own server started."""
    get(served, TOGETHER)
    (forking,) = (
        pid for pid in served.children() if CALCULATION in Path(f"/proc/{pid}/cmdline").read_bytes()
    )

    os.kill(forking, 9)

    answers = [get(served, f"{TOGETHER}?kinds=Country&level=item") for _ in range(3)]
    assert answers[-1].status_code == 200
    assert all(one.status_code in (200, 503) for one in answers)
