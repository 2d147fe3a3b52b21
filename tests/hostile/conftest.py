"""A server with small limits, a second client that sends lookups, and the checks after an attack.

After each hostile request (`unharmed`): the server answers, the second client (the neighbour) got
every answer in time, no process still computes, and memory is released.
"""

from __future__ import annotations

import contextlib
import json
import os
import string
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
    import random
    from collections.abc import Callable, Iterator

    from conftest import Server

EX = "http://example.org/"
LIMIT_S = 1.0
"""The limit of a query; a lookup that waits longer for a worker is refused, and so not answered."""
GRACE_S = 1.5
"""An answer comes within the limit and this; half a second on a machine that rests."""
NEIGHBOUR_P99_S = 1.0
"""20 to 60 ms on a machine that rests; the bound leaves room for one that builds besides."""
NEIGHBOUR_SLOWEST_S = 4.0
GROWTH_MIB = 64
CHILDREN_GROWTH_MIB = 320
"""A few workers more than at the beginning, none of them with a result of its own."""
EXPECTED = {0, 200, 400, 403, 413, 503, 504}
"""Of one query at a time; 0 stands for an answer that was broken off."""
AT_ONCE = EXPECTED | {429}


@dataclass(repr=False)  # thousands of lookups would fill the report of a failure
class Neighbour:
    """Sends lookups from an address of its own, without pause, and records answers and latencies.

    Attributes:
        url: The server.
        pattern: What ``?n`` is asked of, with ``#`` for a number.
        numbers: How many numbers there are.
    """

    url: str
    pattern: str = f"<{EX}e#> <{EX}number> ?n"
    numbers: int = 2000
    problems: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    reported: int = 0
    going: bool = True

    def ask(self) -> None:
        """Send lookups until ``going`` is unset."""
        transport = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(base_url=self.url, timeout=20, transport=transport) as client:
            number = 0
            while self.going:
                number += 1
                self._lookup(client, number % self.numbers)
                time.sleep(0.02)

    def _lookup(self, client: httpx.Client, number: int) -> None:
        query = f"SELECT ?n {{ {self.pattern.replace('#', str(number))} }}"
        began = time.perf_counter()
        try:
            answer = client.get("/sparql", params={"query": query})
        except httpx.HTTPError as error:
            self.problems.append(repr(error))
        else:
            rows = answer.json()["results"]["bindings"] if answer.status_code == 200 else []
            if [row["n"]["value"] for row in rows] != [str(number)]:
                self.problems.append(f"e{number}: {answer.status_code} {answer.text[:500]}")
        self.seconds.append(time.perf_counter() - began)

    def p99_s(self) -> float:
        """Return the time within which 99 of 100 lookups were answered."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]

    def check(self, since: int = 0) -> None:
        """Assert that every lookup got the right answer in time, and that lookups go on."""
        deadline = time.monotonic() + NEIGHBOUR_SLOWEST_S
        asked = len(self.seconds)
        while len(self.seconds) < asked + 2:  # the second one began after we looked
            assert time.monotonic() < deadline, "the neighbour has no answer"
            time.sleep(0.005)
        problems = self.problems[self.reported :]  # each is the failure of one test
        self.reported += len(problems)
        assert problems[:3] == []
        assert max(self.seconds[since:]) < NEIGHBOUR_SLOWEST_S
        assert self.p99_s() < NEIGHBOUR_P99_S or len(self.seconds) < 100


class Machine:
    """The memory, descriptors and processes that the server uses."""

    def __init__(self, server: Server) -> None:
        """Record the state to which the server must return."""
        self.server = server
        self.resident_mib = self.parent_mib()
        self.children = self.children_mib()
        self.descriptors = self.open_descriptors()
        self.processes = len(server.children())

    def parent_mib(self) -> float:
        """Return the memory of the process that speaks HTTP."""
        pages = int(Path(f"/proc/{self.server.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / (1 << 20)

    def children_mib(self) -> float:
        """Return the memory of all other processes, with what they share counted once."""
        total = 0
        for pid in self.server.children():
            with contextlib.suppress(OSError, IndexError):
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += int(rollup.partition("\nPss:")[2].split()[0])
        return total / 1024

    def open_descriptors(self) -> int:
        """Return how many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.server.process.pid}/fd").iterdir()))

    def computing(self) -> set[int]:
        """Return the child processes that have the processor, or want it."""
        found = set()
        for pid in self.server.children():
            with contextlib.suppress(OSError):
                if "R" in {
                    (task / "stat").read_text().rpartition(")")[2].split()[0]
                    for task in Path(f"/proc/{pid}/task").iterdir()
                }:
                    found.add(pid)
        return found

    def runaways(self) -> set[int]:
        """Return the child processes that compute whenever one looks, for a tenth of a second."""
        found = self.computing()
        for _ in range(10):
            if not found:
                break
            time.sleep(0.01)
            found &= self.computing()
        return found

    def check(self) -> None:
        """Assert that the state is that of the beginning again, within ten seconds."""
        deadline = time.monotonic() + 10
        while True:
            state = {
                "running on": self.runaways(),
                "processes": len(self.server.children()) > self.processes + 8,
                "descriptors": self.open_descriptors() > self.descriptors + 20,
                "memory": self.parent_mib() > self.resident_mib + GROWTH_MIB,
                "memory of workers": self.children_mib() > self.children + CHILDREN_GROWTH_MIB,
            }
            if not any(state.values()):
                return
            assert time.monotonic() < deadline, f"left behind: {state}"
            time.sleep(0.1)


@dataclass(repr=False)
class Watched:
    """A server, a client that sends it lookups, and the resources that it used at first."""

    server: Server
    neighbour: Neighbour
    machine: Machine

    def check(self, since: int) -> None:
        """Assert everything that must be true after a hostile request."""
        assert self.server.process.poll() is None
        self.neighbour.check(since)
        self.machine.check()


@contextlib.contextmanager
def watched(server: Server, **asked: object) -> Iterator[Watched]:
    """Send lookups to *server* during a block; check once more at its end."""
    assert server.query("ASK {}").status_code == 200
    time.sleep(0.5)
    machine = Machine(server)
    neighbour = Neighbour(server.url, **asked)  # type: ignore[arg-type]
    thread = threading.Thread(target=neighbour.ask)
    thread.start()
    try:
        yield Watched(server, neighbour, machine)
    finally:
        neighbour.going = False
        thread.join()
    assert neighbour.problems[:3] == []
    assert len(neighbour.seconds) > 20
    assert neighbour.p99_s() < NEIGHBOUR_P99_S
    machine.check()


@pytest.fixture(scope="session")
def watching() -> Callable[..., contextlib.AbstractContextManager[Watched]]:
    """Return `watched`, for tests that start a server of their own."""
    return watched


@pytest.fixture(scope="package")
def strict(start_server: Callable[..., Server], data_file: Path) -> Server:
    """A server with small limits and without a cache, so that every query runs."""
    return start_server(
        *("--store", data_file, "--query-limit-s", LIMIT_S, "--memory-limit-mib", 256),
        AGENDAGRAPH_ANSWER_LIMIT_MIB="8",
        AGENDAGRAPH_CACHE_MIB="0",
        constants={
            "agendagraph.server.http.endpoint:HOLD_BYTES": 2 << 20,
            "agendagraph.server.http.context:BODY_TIMEOUT_S": 1.0,
            "agendagraph.server.http.connections.http_protocol:HeadLimits.head_timeout_s": 1.0,
        },
    )


@pytest.fixture(scope="module")
def watch(strict: Server) -> Iterator[Watched]:
    """The strict server, with a neighbour, during all tests of a module."""
    with watched(strict) as watch:
        yield watch


@pytest.fixture
def unharmed(watch: Watched) -> Iterator[None]:
    """Check the strict server after each test that attacks it."""
    since = len(watch.neighbour.seconds)
    yield
    watch.check(since)


@pytest.fixture
def ask(strict: Server, unharmed: None) -> Callable[[str], tuple[int, float]]:
    """Ask a hostile query; return the status (0 where the answer broke off) and the seconds."""
    del unharmed
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
def hold(ask: Callable[[str], tuple[int, float]]) -> Callable[[str], int]:
    """Send a hostile query; assert that the answer is an expected one, and in time."""

    def check(text: str) -> int:
        status, seconds = ask(text)
        assert status in EXPECTED
        assert seconds < LIMIT_S + GRACE_S
        return status

    return check


@pytest.fixture(scope="session")
def at_once() -> set[int]:
    """What a query may end with when one client sends many at once."""
    return AT_ONCE


WORDS = """
SELECT ASK CONSTRUCT DESCRIBE WHERE FILTER OPTIONAL UNION MINUS GRAPH BIND VALUES EXISTS NOT IN
GROUP BY ORDER HAVING LIMIT OFFSET DISTINCT AS COUNT SUM CONCAT REGEX STR IF COALESCE RAND
* ?s ?p ?o ?x { } ( ) [ ] . ; , | / ^ + - ! = < > && || 1 0.5 1e9 'x' "y" true
<http://example.org/partOf> <http://example.org/label> <urn:x> a _:b << >> {| |} # \\u0041
"""
TOKENS = WORDS.split()
WHOLE = (
    "SELECT * { ?s ?p ?o . ?a ?b ?c }",
    "SELECT ?o (COUNT(*) AS ?n) { ?s ?p ?o . ?x ?y ?o } GROUP BY ?o ORDER BY ?n",
    "CONSTRUCT { ?s ?p ?x } WHERE { ?s ?p ?o . ?o ?q ?x . ?u ?v ?w }",
    "ASK { ?a (<http://example.org/partOf>|^<http://example.org/partOf>)* ?b . ?b ?c 'no' }",
)


def fuzz(random_: random.Random) -> str:
    if random_.random() < 0.5:
        return " ".join(random_.choices(TOKENS, k=random_.randint(1, 200)))
    text = list(random_.choice(WHOLE))
    for _ in range(random_.randint(1, 6)):
        at = random_.randrange(len(text))
        text[at] = random_.choice((*string.printable, *TOKENS, text[at] * random_.randint(2, 3000)))
    return "".join(text)[:70_000]


@pytest.fixture(scope="session")
def fuzzed() -> Callable[[random.Random], str]:
    """Return what generates a query: tokens in any order, or a valid query with errors in it."""
    return fuzz
