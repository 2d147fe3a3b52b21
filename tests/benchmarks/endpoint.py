"""Measure the endpoint beside native Oxigraph and rdflib-endpoint, as ratios of one run.

    python tests/benchmarks/endpoint.py [--triples 50000] [--rounds 5] [--seconds 2]
                                        [--only latency,zipf,stream,endless,load]

Needs the dependency group ``peers`` and Debian's ``wrk``. Each round measures every server
in turn on every question, and the figures are medians of the rounds, so that other load on
the machine meets all alike. A row says what is measured, what we and the peer got, their
ratio, and the bar; the last column is ``MISS`` where the bar is missed. Five rounds over
50,000 triples take about ten minutes, most of them rdflib-endpoint's; ``load`` takes three
more and 2 GB of disk for a while.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import operator
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from endpoint_peers import (
    BIN,
    EX,
    JSON,
    QUERIES,
    SLOW_FOR_RDFLIB,
    TRIPLES_EACH,
    Running,
    native,
    numbers,
    ours,
    query_text,
    rdflib_endpoint,
    triples,
)

PARTS = ("latency", "zipf", "stream", "endless", "load")
UNCACHED = {"AGENDAGRAPH_CACHE_MIB": "0"}
PATHS_EACH = 500
ZIPF_QUERIES = 200
STREAMED_ROWS = 100_000
LOADED_TRIPLES = 5_000_000
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?i) }"
_HOLDS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_PATIENCE = 5
"""How much longer than the others rdflib-endpoint is asked what takes it a second and more."""
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
_ROUND = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at], {["Accept"] = "%s"})
end
"""


def write(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Table:
    """Prints a row for each figure, and remembers how many missed their bar."""

    def __init__(self) -> None:
        """Print the head."""
        self.missed = 0
        write(f"{'measure':<44}{'ours':>12}{'peer':>12}{'ratio':>9}  bar")

    def row(self, name: str, values: tuple[float, float], bar: str, *, unit: str) -> None:
        """Print one figure; *bar* is ``<= 4`` or ``>= 10`` for the ratio of ours to theirs."""
        ratio = values[0] / values[1] if values[1] else math.inf
        sign, _, limit = bar.partition(" ")
        kept = not bar or _HOLDS[sign](ratio, float(limit))
        self.missed += not kept
        figures = "".join(f"{value:>9.2f} {unit:<2}" for value in values)
        write(f"{name:<44}{figures}{ratio:>9.2f}  {bar}{'' if kept else '  MISS'}")


def wrk(
    server: Running, paths: list[str], seconds: float, connections: int = 1
) -> dict[str, float]:
    """Ask *paths* in turn for a while; return median and p99 in ms, and requests a second."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "round.lua"
        listed.write_text("\n".join(paths) + "\n")
        accept = f"{JSON}, application/n-triples;q=0.9"
        script.write_text(_ROUND % (listed, accept))
        threads = min(2, connections)
        command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
        command += ["--latency", "--timeout", "30s", "-s", str(script), server.url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"{server.name} refused: {said}")
    found = {f"p{part}": _ms(said, part) for part in (50, 99)}
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    return {**found, "rate": float(rate[1]) if rate else 0.0}


def _ms(said: str, part: int) -> float:
    match = re.search(rf"{part}%\s+([\d.]+)(us|ms|s|m)", said)
    return float(match[1]) * _UNITS[match[2]] if match else math.nan


def paths_of(server: Running, name: str, elements: int) -> list[str]:
    """Return the addresses of many questions of a kind."""
    asked = numbers(name, elements, PATHS_EACH)
    return [server.path(query_text(name, number)) for number in asked]


def latency(table: Table, data: Path, folder: Path, options: argparse.Namespace) -> None:
    """Every question once at a time, without our cache; then by eight clients."""
    elements = options.triples // TRIPLES_EACH
    single: dict[tuple[str, str], list[float]] = {}
    crowd: dict[tuple[str, str], list[float]] = {}
    with (
        ours(data, **UNCACHED) as we,
        native(data, folder) as oxigraph,
        rdflib_endpoint(data) as rdflib,
    ):
        for _, name, server in itertools.product(
            range(options.rounds), QUERIES, (we, oxigraph, rdflib)
        ):
            paths = paths_of(server, name, elements)
            random.shuffle(paths)
            patience = _PATIENCE if server is rdflib and name in SLOW_FOR_RDFLIB else 1
            seconds = options.seconds * patience
            told = wrk(server, paths, seconds)
            single.setdefault((name, server.name), []).append(told["p50"])
            told = wrk(server, paths, seconds, connections=8)
            crowd.setdefault((name, server.name), []).append(told["rate"])
            server.settle()
    middle = {key: statistics.median(values) for key, values in single.items()}
    rates = {key: statistics.median(values) for key, values in crowd.items()}
    for name in QUERIES:
        pair = middle[name, "agendagraph"], middle[name, "oxigraph"]
        bar = "<= 4" if name == "point lookup" else "<= 0.7" if pair[1] > 10 else ""
        table.row(f"{name}, median, uncached, to oxigraph", pair, bar, unit="ms")
    for name in QUERIES:
        pair = rates[name, "agendagraph"], rates[name, "oxigraph"]
        table.row(f"{name}, 8 clients, uncached, to oxigraph", pair, "", unit="/s")
    for name in QUERIES:
        pair = rates[name, "agendagraph"], rates[name, "rdflib-endpoint"]
        table.row(f"{name}, 8 clients, to rdflib-endpoint", pair, ">= 10", unit="/s")


def zipf(table: Table, data: Path, folder: Path, options: argparse.Namespace) -> None:
    """Repeated questions: 200 of each kind, the one of rank r asked 1/r as often as the first."""
    elements = options.triples // TRIPLES_EACH
    chance = random.Random(3)  # noqa: S311 - the same ones every time
    rates: dict[tuple[str, str], list[float]] = {}
    with ours(data) as we, native(data, folder) as oxigraph:
        for _, name, server in itertools.product(range(options.rounds), QUERIES, (we, oxigraph)):
            asked = numbers(name, elements, ZIPF_QUERIES)
            weights = [1 / rank for rank in range(1, ZIPF_QUERIES + 1)]
            drawn = chance.choices(asked, weights, k=5000)
            paths = [server.path(query_text(name, number)) for number in drawn]
            told = wrk(server, paths, options.seconds, connections=8)
            rates.setdefault((name, server.name), []).append(told["rate"])
    middle = {key: statistics.median(values) for key, values in rates.items()}
    for name in QUERIES:
        pair = middle[name, "agendagraph"], middle[name, "oxigraph"]
        table.row(f"{name}, 8 clients, repeated", pair, "", unit="/s")
    means = [
        statistics.geometric_mean([middle[name, server] for name in QUERIES])
        for server in ("agendagraph", "oxigraph")
    ]
    table.row("geometric mean of repeated questions", (means[0], means[1]), "> 1", unit="/s")


def stream(table: Table, data: Path, folder: Path, options: argparse.Namespace) -> None:
    """Answers of 100,000 rows: bytes a second, and our memory while eight are sent."""
    text = f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {STREAMED_ROWS}"
    rates: dict[str, list[float]] = {}
    with ours(data, **UNCACHED) as we, native(data, folder) as oxigraph:
        for _, server in itertools.product(range(options.rounds), (we, oxigraph)):
            rates.setdefault(server.name, []).append(_read(server, text))
        before = we.memory_mib()
        with ThreadPoolExecutor(8) as pool:
            peaks = list(pool.map(lambda _: (_read(we, text), we.memory_mib()), range(16)))
    pair = statistics.median(rates["agendagraph"]), statistics.median(rates["oxigraph"])
    table.row("100,000 rows, rate", pair, ">= 0.5", unit="MB/s")
    grown = max(peak for _, peak in peaks) - before
    table.row("our memory for 8 of them, beside 64 MiB", (grown, 64.0), "<= 1", unit="Mi")


def _read(server: Running, text: str) -> float:
    """Read an answer to its end; return MB a second."""
    began, size = time.perf_counter(), 0
    params, headers = {"query": text}, {"accept": JSON, "accept-encoding": "identity"}
    with httpx.stream("GET", server.url, params=params, headers=headers, timeout=120) as answer:
        answer.raise_for_status()
        for piece in answer.iter_raw(1 << 18):
            size += len(piece)
    return size / 1e6 / (time.perf_counter() - began)


def endless(table: Table, data: Path, _folder: Path, options: argparse.Namespace) -> None:
    """Lookups while two queries run that never end."""
    elements = options.triples // TRIPLES_EACH
    p99s = []
    with ours(data, **UNCACHED) as we:
        for number in range(options.rounds):
            askers = [
                threading.Thread(
                    target=_ask_endlessly, args=[we.url, f"127.0.0.{3 + each}", number]
                )
                for each in range(2)
            ]
            for asker in askers:
                asker.start()
            time.sleep(0.5)
            told = wrk(we, paths_of(we, "point lookup", elements), options.seconds, connections=4)
            p99s.append(told["p99"])
            for asker in askers:
                asker.join()
    pair = statistics.median(p99s), 50.0
    table.row("lookups beside two endless queries: p99, to 50", pair, "< 1", unit="ms")


def _ask_endlessly(url: str, address: str, number: int) -> None:
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(transport=transport, timeout=60) as client:
        asked = {"query": f"{ENDLESS} # {number} {address}", "timeout": "4"}
        client.get(url, params=asked)


def load(table: Table, _data: Path, folder: Path, options: argparse.Namespace) -> None:
    """Load five million triples into an empty store."""
    path = folder / "large.nt"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(triples(LOADED_TRIPLES // TRIPLES_EACH))
    seconds: dict[str, list[float]] = {"ours": [], "native": []}
    for number in range(min(3, options.rounds)):
        for name, taken in seconds.items():
            store = folder / f"{name}-{number}"
            command = {
                "ours": [str(BIN / "agendagraph"), "load", str(store), str(path)],
                "native": [
                    str(BIN / "oxigraph"),
                    "load",
                    "--location",
                    str(store),
                    "--file",
                    str(path),
                ],
            }[name]
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken.append(time.perf_counter() - began)
            shutil.rmtree(store)
    path.unlink()
    pair = statistics.median(seconds["ours"]), statistics.median(seconds["native"])
    table.row("load 5,000,000 triples", pair, "<= 1.2", unit="s")


def main() -> int:
    """Measure what the command line asks for; return how many figures missed their bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--only", default=",".join(PARTS))
    options = parser.parse_args()
    for program in ("wrk", str(BIN / "oxigraph"), str(BIN / "rdflib-endpoint")):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data.nt"
        with data.open("w", encoding="utf-8") as file:
            file.writelines(triples(options.triples // TRIPLES_EACH))
        write(json.dumps({"triples": options.triples, "data": EX, "rounds": options.rounds}))
        table = Table()
        for part in options.only.split(","):
            {"latency": latency, "zipf": zipf, "stream": stream, "endless": endless, "load": load}[
                part
            ](table, data, folder, options)
    return table.missed


if __name__ == "__main__":
    sys.exit(main())
