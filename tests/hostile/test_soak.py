"""For as long as one likes: nothing leaks, nobody is failed, and the limits hold.

    pytest -m soak tests/hostile                     ten minutes
    SOAK_S=60 pytest -m soak tests/hostile

Deselected unless asked for.
"""

from __future__ import annotations

import os
import random
import string
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server

pytestmark = [pytest.mark.soak, pytest.mark.timeout(0)]

SOAK_S = float(os.environ.get("SOAK_S", "600"))
FUZZED = 2000
LIMIT_S, GRACE_S = 2.0, 1.5
"""Four times that of the other tests: a lookup may not fail on a machine that is busy."""
GROWTH = 1.2
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


def fuzzed(random_: random.Random) -> str:
    """Return a query that nobody wrote: tokens in any order, or a sound one with a fault."""
    if random_.random() < 0.5:
        return " ".join(random_.choices(TOKENS, k=random_.randint(1, 200)))
    text = list(random_.choice(WHOLE))
    for _ in range(random_.randint(1, 6)):
        at = random_.randrange(len(text))
        text[at] = random_.choice((*string.printable, *TOKENS, text[at] * random_.randint(2, 3000)))
    return "".join(text)[:70_000]


@pytest.fixture(scope="module")
def soaked(start_server: Callable[..., Server], data_file: Path) -> Server:
    """A server without a cache, so that every query runs."""
    return start_server(
        *("--store", data_file, "--query-limit-s", LIMIT_S, "--memory-limit-mib", 256),
        AGENDAGRAPH_ANSWER_LIMIT_MIB="8",
        AGENDAGRAPH_HOLD_MIB="2",
        AGENDAGRAPH_CACHE_MIB="0",
    )


def test_two_thousand_generated_queries(
    soaked: Server, posting: Callable[[str, str], tuple[int, float]]
) -> None:
    """Goal G1: none kills the server, none is unanswered, each ends within its limit."""
    random_ = random.Random(2026)  # noqa: S311 - the same ones every time
    queries = [fuzzed(random_) for _ in range(FUZZED)]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda text: posting(soaked.url, text), queries))

    assert len(answers) == FUZZED
    assert {status for status, _ in answers} <= {0, 200, 400, 403, 413, 429, 503, 504}
    assert max(seconds for _, seconds in answers) < LIMIT_S + GRACE_S
    assert soaked.process.poll() is None


def test_a_mixed_load_leaks_nothing(soaked: Server) -> None:
    """Goal G13: memory flat, no process, descriptor or file left, no good query failed."""
    ends = time.monotonic() + SOAK_S
    failures: list[str] = []
    kinds: list[Callable[[httpx.Client, random.Random], None]] = [
        lambda client, _: _good(client, failures),
        lambda client, _: _good(client, failures),
        _hostile,
        _leaving,
    ]
    threads = [
        threading.Thread(target=_go_on, args=[soaked.url, kind, number, ends])
        for number, kind in enumerate(kinds)
    ]
    for thread in threads:
        thread.start()
    time.sleep(min(60, SOAK_S / 4))
    before = _held(soaked)
    for thread in threads:
        thread.join()
    time.sleep(3)
    after = _held(soaked)

    assert failures == []
    assert after["memory_mib"] < before["memory_mib"] * GROWTH + 8
    assert after["descriptors"] <= before["descriptors"] + 4
    assert after["processes"] <= before["processes"] + 8
    assert after["files"] == 0
    assert soaked.query("ASK {}").status_code == 200


def _go_on(
    url: str, kind: Callable[[httpx.Client, random.Random], None], number: int, ends: float
) -> None:
    random_ = random.Random(number)  # noqa: S311 - the same ones every time
    transport = httpx.HTTPTransport(local_address=f"127.0.1.{number + 1}")
    with httpx.Client(base_url=url, timeout=20, transport=transport) as client:
        while time.monotonic() < ends:
            kind(client, random_)


def _good(client: httpx.Client, failures: list[str]) -> None:
    element = f"<http://example.org/e{random.randrange(2000)}>"  # noqa: S311 - any will do
    answer = client.get("/sparql", params={"query": f"SELECT * {{ {element} ?p ?o }}"})
    if answer.status_code != 200 or len(answer.json()["results"]["bindings"]) != 5:
        failures.append(answer.text[:200])
    time.sleep(0.01)


def _hostile(client: httpx.Client, random_: random.Random) -> None:
    text = fuzzed(random_).encode(errors="replace")
    try:
        client.post("/sparql", content=text, headers={"content-type": "application/sparql-query"})
    except httpx.RemoteProtocolError:
        """An answer that is broken off on purpose."""


def _leaving(client: httpx.Client, random_: random.Random) -> None:
    """Ask for much, read a little, and go."""
    query = {"query": "SELECT * { ?s ?p ?o . ?a ?b ?c }"}
    with client.stream("GET", "/sparql", params=query) as answer:
        for _, _piece in zip(range(random_.randint(0, 3)), answer.iter_raw(), strict=False):
            time.sleep(0.05)
    time.sleep(0.1)


def _held(server: Server) -> dict[str, float]:
    """Return what the server holds: its memory, descriptors, processes, temporary files."""
    process = Path(f"/proc/{server.process.pid}")
    pages = int((process / "statm").read_text().split()[1])
    opened = [_target(each) for each in (process / "fd").iterdir()]
    folder = tempfile.gettempdir() + "/agendagraph-"
    return {
        "memory_mib": pages * os.sysconf("SC_PAGESIZE") / (1 << 20),
        "descriptors": len([each for each in opened if not each.startswith("socket:")]),
        "processes": len(server.children()),
        "files": len([each for each in opened if each.startswith(folder)]),
    }


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""
