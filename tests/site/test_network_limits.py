"""A calculation that takes too long, too much, or that nobody waits for any more is ended."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph.processes import boot, channel
from agendagraph.server.engine.job import Job
from agendagraph.server.engine.worker import STACK_BYTES
from agendagraph.site.networks.routes import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from conftest import Server

SMALL = Path(__file__).parents[1] / "network" / "small.ttl"
TOGETHER = "/api/networks/counterparts-together"
SLOW = "/api/networks/counterpart-commitment/measures?project=counterpart&replicates=2000"


@pytest.fixture(scope="module")
def served(start_server: Callable[..., Server]) -> Server:
    return start_server("--store", SMALL)


def get(server: Server, path: str) -> httpx.Response:
    return server.client.get(path)


def calculating(server: Server) -> int:
    """How many calculations run."""
    found = 0
    for pid in server.children():
        found += named(pid) == DOCUMENT.name
    return found


def named(pid: int) -> str:
    """What a process is called, as ``ps`` shows it."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


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


@pytest.mark.server
def test_what_needs_too_much_memory_ends_without_a_document() -> None:
    """A real worker with one mebibyte is sent an answer of a hundred; the test is its server."""
    process, control = boot.start("agendagraph.processes.zygote", environment=boot.ENVIRONMENT)
    setup = {
        "load": "",
        "data": None,
        "serve": "agendagraph.server.engine.worker:run",
        "memory_limit_bytes": 1 << 20,
        "reserved_bytes": STACK_BYTES - (160 << 20),
    }
    with control:
        channel.send(control, **setup)
        assert channel.receive(control)[0]["single"] is True
        within, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        preload = {"modules": list(DOCUMENT.modules), "name": DOCUMENT.name}
        channel.send(control, theirs.fileno(), do="fork", preload=preload)
        assert channel.receive(within)[0] == {"single": True}
        ours, child = socket.socketpair()
        with ours, theirs, within:
            with child:
                channel.send(within, child.fileno(), do="fork")
            arguments = {"do": "network", "name": "ministry-goal", "parameters": {}, "options": {}}
            job = Job(
                "",
                "",
                results=("document", "x"),
                function=DOCUMENT.path,
                arguments=arguments,
            )
            ours.sendall(job.frame("", from_afar=True))
            frames = channel.FrameReader()
            kinds: list[int] = []
            while channel.ASK not in kinds:
                kinds += [kind for kind, _ in frames.feed(ours.recv(1 << 16))]
            ours.sendall(channel.json_frame(channel.META, format="json"))
            with contextlib.suppress(OSError):
                ours.sendall(channel.frame(channel.BODY, b" " * (100 << 20)))
            with contextlib.suppress(ConnectionResetError):
                while channel.FAIL not in kinds and (piece := ours.recv(1 << 16)):
                    kinds += [kind for kind, _ in frames.feed(piece)]
    process.wait(10)

    assert channel.DATA not in kinds
    assert channel.END not in kinds


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
    (forking,) = (pid for pid in served.children() if named(pid) == f"{DOCUMENT.name}-zygote")

    os.kill(forking, 9)

    answers = [get(served, f"{TOGETHER}?kinds=Country&level=item") for _ in range(3)]
    assert answers[-1].status_code == 200
    assert all(one.status_code in (200, 503) for one in answers)


def mapped(pid: int) -> bytes:
    """Return the memory map of a process; nothing for one that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/maps").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_workers_of_queries_do_not_carry_the_numerical_modules(served: Server) -> None:
    get(served, f"{TOGETHER}/measures")

    loaded = {named(pid): b"numpy" in maps for pid in served.children() if (maps := mapped(pid))}
    assert loaded.pop(f"{DOCUMENT.name}-zygote")
    assert loaded
    assert not any(loaded.values())


def test_a_network_keeps_to_the_row_limit(start_server: Callable[..., Server]) -> None:
    server = start_server("--store", SMALL, AGENDAGRAPH_ROW_LIMIT="1")

    answer = get(server, TOGETHER)

    assert answer.status_code == 400
    assert "more rows than the 1 " in answer.json()["detail"]
