"""Measure how long an update takes until it is acknowledged, and until it is seen.

Run it on a store that `agendagraph load` has made; it starts a server of its own::

    python tests/benchmarks/updates.py STORE [--kind free|valid|invalid] [--count 100]

``free`` changes a graph that is not validated, ``valid`` renames a country in the world
graph, ``invalid`` gives it a label too many. An acknowledged update is on the disk and
published: the query behind it, by the same client, always sees it, which is checked.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

import httpx

WORLD = "https://w3id.org/agendagraph/graph/world"
TOKEN = "a-token-of-the-benchmark"
COUNTRY = "<https://w3id.org/agendagraph/id/country/jpn>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
KINDS = {
    "free": "INSERT DATA {{ GRAPH <http://example.org/bench> {{ <urn:{0}> <urn:p> {0} }} }}",
    "valid": (
        f"WITH <{WORLD}> DELETE {{{{ {COUNTRY} {LABEL} ?l }}}} "
        f'INSERT {{{{ {COUNTRY} {LABEL} "Japan {{0}}"@en }}}} '
        f'WHERE {{{{ {COUNTRY} {LABEL} ?l FILTER (lang(?l) = "en") }}}}'
    ),
    "invalid": (
        f'INSERT DATA {{{{ GRAPH <{WORLD}> {{{{ {COUNTRY} {LABEL} "Nihon {{0}}"@en }}}} }}}}'
    ),
}
SEEN = {
    "free": "ASK {{ GRAPH ?g {{ <urn:{0}> <urn:p> {0} }} }}",
    "valid": f'ASK {{{{ GRAPH ?g {{{{ ?c {LABEL} "Japan {{0}}"@en }}}} }}}}',
}
STATUS = {"free": 204, "valid": 204, "invalid": 422}
UPDATE = {"Content-Type": "application/sparql-update"}
JSON = {"Accept": "application/sparql-results+json"}


def measure(client: httpx.Client, kind: str, count: int, pause_s: float) -> None:
    """Send updates one after the other, and print what they took in milliseconds."""
    acknowledged: list[float] = []
    seen: list[float] = []
    mark = time.time_ns() // 1000
    for number in range(mark, mark + count):
        begin = time.perf_counter()
        response = client.post("/update", content=KINDS[kind].format(number), headers=UPDATE)
        acknowledged.append((time.perf_counter() - begin) * 1000)
        if response.status_code != STATUS[kind]:
            sys.exit(response.text)
        if kind in SEEN:
            query = {"query": SEEN[kind].format(number)}
            if not client.get("/sparql", params=query, headers=JSON).json()["boolean"]:
                sys.exit(f"update {number} was acknowledged and not seen")
            seen.append((time.perf_counter() - begin) * 1000)
        time.sleep(pause_s)
    for name, times in (("acknowledged", acknowledged), ("seen", seen)):
        if times:
            ranked = sorted(times)
            print(
                f"{kind}: {name} p50 {statistics.median(times):.0f} ms, "
                f"p99 {ranked[int(0.99 * len(ranked))]:.0f} ms, worst {ranked[-1]:.0f} ms"
            )


def main() -> None:
    """Start a server over the store, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("store")
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--pause-s", type=float, default=0.0)
    arguments = parser.parse_args()
    command = [sys.executable, "-c", "from agendagraph.cli import main; main()", "serve"]
    server = subprocess.Popen(
        [*command, "--port", "0", "--store", arguments.store, "--writable", "--query-log", ""],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "AGENDAGRAPH_TOKEN": TOKEN},
    )
    try:
        if server.stdout is None:
            raise AssertionError
        address = server.stdout.readline().split()[1].removesuffix("/sparql")
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=address, headers=headers, timeout=120) as client:
            for kind in arguments.kind or KINDS:
                client.post("/update", content=KINDS[kind].format(0), headers=UPDATE)
                measure(client, kind, arguments.count, arguments.pause_s)
    finally:
        server.terminate()
        server.wait(15)


if __name__ == "__main__":
    main()
