"""A server with small limits, a neighbour who goes on asking, and what must hold afterwards."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pyoxigraph as ox
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Server

EX = "http://example.org/"
LIMIT_S = 0.5
GRACE_S = 1.5
"""An answer comes within the limit and this; half a second on a machine that rests."""
NEIGHBOUR_P99_S = 1.0
"""20 to 60 ms on a machine that rests; the bound leaves room for one that builds besides."""
GROWTH_MIB = 64
EXPECTED = {200, 400, 403, 406, 413, 414, 415, 429, 431, 503, 504}
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass
class Neighbour:
    """Asks lookups from an address of its own, without pause, and remembers what it got."""

    url: str
    problems: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    going: bool = True

    def ask(self) -> None:
        """Ask until told to end."""
        transport = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(base_url=self.url, timeout=20, transport=transport) as client:
            number = 0
            while self.going:
                number += 1
                self._lookup(client, number % 2000)
                time.sleep(0.02)

    def _lookup(self, client: httpx.Client, number: int) -> None:
        query = f"SELECT ?n {{ <{EX}e{number}> <{EX}number> ?n }}"
        began = time.perf_counter()
        try:
            answer = client.get("/sparql", params={"query": query})
            found = [row["n"]["value"] for row in answer.json()["results"]["bindings"]]
        except (httpx.HTTPError, KeyError, ValueError) as error:
            self.problems.append(repr(error))
        else:
            self.seconds.append(time.perf_counter() - began)
            if found != [str(number)]:
                self.problems.append(f"e{number} has the number {found}")

    def p99_s(self) -> float:
        """Return the time within which 99 of 100 lookups were answered."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]


class Machine:
    """What the server's processes hold of the machine."""

    def __init__(self, server: Server) -> None:
        """Take the present state as what must come back."""
        self.server = server
        self.resident_mib = self.parent_mib()
        self.descriptors = self.open_descriptors()
        self.processes = len(server.children())

    def parent_mib(self) -> float:
        """Return the memory of the process that speaks HTTP."""
        pages = int(Path(f"/proc/{self.server.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / (1 << 20)

    def open_descriptors(self) -> int:
        """Return how many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.server.process.pid}/fd").iterdir()))

    def busy_s(self, within_s: float = 0.5) -> float:
        """Return the processor time that all child processes take in a while."""
        before = self._worked_s()
        time.sleep(within_s)
        after = self._worked_s()
        return sum(after[pid] - before[pid] for pid in before.keys() & after.keys())

    def _worked_s(self) -> dict[int, float]:
        worked = {}
        for pid in self.server.children():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            worked[pid] = (int(fields[11]) + int(fields[12])) * TICK_S
        return worked

    def check(self, *, growth_mib: float = GROWTH_MIB) -> None:
        """Hold the present against the beginning; things may take a moment to settle."""
        deadline = time.monotonic() + 10
        while True:
            state = {
                "busy": self.busy_s() > 0.2,
                "processes": len(self.server.children()) > self.processes + 8,
                "descriptors": self.open_descriptors() > self.descriptors + 20,
                "memory": self.parent_mib() > self.resident_mib + growth_mib,
            }
            if not any(state.values()):
                return
            assert time.monotonic() < deadline, f"left behind: {state}"


@pytest.fixture(scope="package")
def strict(start_server: Callable[..., Server], data_file: Path) -> Server:
    """A server with small limits and without a cache, so that every query runs."""
    return start_server(
        *("--store", data_file, "--query-limit-s", LIMIT_S, "--memory-limit-mib", 256),
        AGENDAGRAPH_ANSWER_LIMIT_MIB="8",
        AGENDAGRAPH_HOLD_MIB="2",
        AGENDAGRAPH_CACHE_MIB="0",
        AGENDAGRAPH_HEAD_TIMEOUT_S="1",
        AGENDAGRAPH_BODY_TIMEOUT_S="1",
    )


@pytest.fixture(scope="package")
def machine(strict: Server) -> Machine:
    """What the server holds before anything hostile was sent."""
    assert strict.query("ASK {}").status_code == 200
    time.sleep(0.5)
    return Machine(strict)


@pytest.fixture(scope="module")
def neighbour(strict: Server, machine: Machine) -> Iterator[Neighbour]:
    """Somebody who asks lookups during all tests of a module; it must not notice them."""
    asking = Neighbour(strict.url)
    thread = threading.Thread(target=asking.ask)
    thread.start()
    yield asking
    asking.going = False
    thread.join()
    assert asking.problems == []
    assert len(asking.seconds) > 20
    assert asking.p99_s() < NEIGHBOUR_P99_S
    machine.check()


@pytest.fixture
def ask(strict: Server, neighbour: Neighbour) -> Callable[[str], tuple[int, float]]:
    """Ask a hostile query; return the status (0 where the answer broke off) and the seconds."""
    del neighbour
    return partial(post, strict.url)


@pytest.fixture(scope="session")
def posting() -> Callable[[str, str], tuple[int, float]]:
    """Ask a hostile query of the server at an address."""
    return post


def post(url: str, text: str) -> tuple[int, float]:
    began = time.perf_counter()
    headers = {"content-type": "application/sparql-query", "accept": "application/json"}
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            answer = client.post("/sparql", content=text.encode(), headers=headers)
    except httpx.RemoteProtocolError:
        return 0, time.perf_counter() - began
    seconds = time.perf_counter() - began
    if answer.status_code == 200:
        check_whole(answer)
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["message"]["ko"]
    return answer.status_code, seconds


def check_whole(answer: httpx.Response) -> None:
    """Parse an answer to its end: what has status 200 must be all of it."""
    if answer.headers["content-type"].startswith("application/ld+json"):
        json.loads(answer.content)
        return
    parsed = ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)
    if isinstance(parsed, ox.QuerySolutions):
        list(parsed)


@pytest.fixture
def hold(ask: Callable[[str], tuple[int, float]]) -> Callable[[str], None]:
    """Ask a hostile query, and hold the answer to what any client may expect."""

    def check(text: str) -> None:
        status, seconds = ask(text)
        assert status in {0, *EXPECTED}
        assert seconds < LIMIT_S + GRACE_S

    return check
