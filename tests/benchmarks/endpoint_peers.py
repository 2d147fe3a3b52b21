"""The servers that the endpoint is measured beside, and the data and questions of all of them."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

EX = "http://example.org/"
BIN = Path(sys.executable).parent
TRIPLES_EACH = 7
START_LIMIT_S = 120.0
JSON = "application/sparql-results+json"


def triples(elements: int) -> Iterator[str]:
    """Yield N-Triples, seven an element: a tree of items under goals, with labels and countries."""
    chance = random.Random(1)  # noqa: S311 - the same data every time
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    for i in range(elements):
        item = f"<{EX}e{i}>"
        yield f"{item} <{EX}type> <{EX}{'Goal' if i < 8 else 'Item'}> .\n"
        yield f'{item} <{EX}label> "element {i} about {chance.randrange(10**9):x}"@en .\n'
        yield f'{item} <{EX}label> "{i}번째 과제 {chance.randrange(10**6)}"@ko .\n'
        yield f'{item} <{EX}number> "{chance.randrange(1000)}"^^<{integer}> .\n'
        yield f"{item} <{EX}partOf> <{EX}e{i // 8}> .\n"
        yield f"{item} <{EX}names> <{EX}c{int(200 * chance.random() ** 2)}> .\n"
        yield f"{item} <{EX}goal> <{EX}e{i % 8}> .\n"


QUERIES = {
    "point lookup": "SELECT ?l { <E#> <label> ?l }",
    "four-hop join": "SELECT ?l { <E#> <partOf> ?a . ?a <partOf> ?b . ?b <names> ?c . "
    "?x <names> ?c ; <number> 7 ; <label> ?l }",
    "path": "SELECT ?a { <E#> <partOf>+ ?a }",
    "GROUP BY": "SELECT ?c ?g (COUNT(*) AS ?n) { ?x <names> ?c ; <goal> ?g "
    "FILTER(?g != <E#>) } GROUP BY ?c ?g",
    "CONSTRUCT": "CONSTRUCT { ?x ?p ?o } WHERE { ?x <partOf> <E#> ; ?p ?o }",
    "regex scan": 'SELECT ?x ?l { ?x <label> ?l FILTER(REGEX(?l, "about #[0-9]*f$")) }',
}
"""``#`` is a number that changes; ``E#`` the element of that number."""
NUMBERS = {"GROUP BY": 100_000, "CONSTRUCT": 1000, "regex scan": 1000}
SLOW_FOR_RDFLIB = ("GROUP BY", "regex scan")


def query_text(name: str, number: int) -> str:
    """Return one of the questions of a kind."""
    text = QUERIES[name].replace("E#", f"{EX}e{number}").replace("#", str(number))
    for term in ("label", "partOf", "names", "number", "goal"):
        text = text.replace(f"<{term}>", f"<{EX}{term}>")
    return text


def numbers(name: str, elements: int, how_many: int) -> list[int]:
    """Return numbers for a kind of question, spread over the data."""
    chance = random.Random(name)  # noqa: S311 - the same ones every time
    low = 8 if name == "four-hop join" else 0
    return [chance.randrange(low, NUMBERS.get(name, elements)) for _ in range(how_many)]


@dataclass(frozen=True)
class Running:
    """A server that answers at *url*; *process* is the one that was started."""

    name: str
    url: str
    process: subprocess.Popen[bytes]

    def path(self, text: str) -> str:
        """Return the path and query string that ask *text*."""
        return httpx.URL(self.url).path + "?query=" + quote(text)

    def settle(self) -> None:
        """Wait until it has answered what is still asked of it: not all servers stop."""
        params, headers = {"query": "ASK {}"}, {"accept": JSON}
        httpx.get(self.url, params=params, headers=headers, timeout=300)

    def memory_mib(self) -> float:
        """Return the resident memory of the process that speaks HTTP."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / (1 << 20)


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def started(name: str, command: list[str], url: str, **variables: str) -> Iterator[Running]:
    """Run a server until the end of the block; it has answered before the block begins."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **variables},
    )
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with contextlib.suppress(httpx.HTTPError):
                headers = {"accept": JSON}
                if httpx.get(url, params={"query": "ASK {}"}, headers=headers).status_code == 200:
                    yield Running(name, url, process)
                    return
            time.sleep(0.1)
        raise SystemExit(f"{name} did not start: {' '.join(command)}")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ours(data: Path, **variables: str) -> contextlib.AbstractContextManager[Running]:
    """Return our endpoint over a file, as it is by default."""
    port = free_port()
    command = [str(BIN / "agendagraph"), "serve", "--port", str(port), "--store", str(data)]
    variables.setdefault("AGENDAGRAPH_QUERY_LOG", "")
    return started("agendagraph", command, f"http://127.0.0.1:{port}/sparql", **variables)


@contextlib.contextmanager
def native(data: Path, folder: Path) -> Iterator[Running]:
    """Run ``oxigraph serve`` over its store on disk."""
    program, port = str(BIN / "oxigraph"), free_port()
    location = str(folder / f"oxigraph-{port}")
    subprocess.run(
        [program, "load", "--location", location, "--file", str(data)],
        check=True,
        capture_output=True,
    )
    command = [program, "serve", "--location", location, "--bind", f"127.0.0.1:{port}"]
    with started("oxigraph", command, f"http://127.0.0.1:{port}/query") as running:
        yield running


def rdflib_endpoint(data: Path) -> contextlib.AbstractContextManager[Running]:
    """Return rdflib-endpoint over the same file, with its faster store."""
    port = free_port()
    command = [str(BIN / "rdflib-endpoint"), "serve", "--store", "Oxigraph"]
    command += ["--host", "127.0.0.1", "--port", str(port), str(data)]
    return started("rdflib-endpoint", command, f"http://127.0.0.1:{port}/")
