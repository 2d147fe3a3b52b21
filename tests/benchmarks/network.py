"""Measure projection and backbone against networkx, igraph and bicm, side by side in one run.

    .venv/bin/python tests/benchmarks/network.py              # up to 10⁶ commitments
    .venv/bin/python tests/benchmarks/network.py --large      # and 10⁷ from Parquet, out of core

Each line says what was measured, in seconds of wall-clock time and as ratios to ours; each
measurement is the best of a few in a process of its own, whose peak memory it reports.
The synthetic agenda has 250 counterparts whose shares fall off like a power law, and each
commitment engages one to six of them. igraph and bicm are of the dependency group ``oracles``;
neither is imported by Agendagraph.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import networkx as nx

COUNTERPARTS = 250
SAMPLE = 200
LIMIT_S = 300


def agenda(commitments: int, seed: int = 0) -> tuple[Any, Any]:
    """Arrays of counterparts and commitments: the distinct edges of a synthetic agenda."""
    random = np.random.default_rng(seed)
    share = 1 / np.arange(1, COUNTERPARTS + 1) ** 0.8
    sizes = random.choice(np.arange(1, 7), size=commitments, p=[0.3, 0.3, 0.2, 0.1, 0.06, 0.04])
    events = np.repeat(np.arange(commitments), sizes)
    units = random.choice(COUNTERPARTS, size=events.size, p=share / share.sum())
    keys = np.unique(events * COUNTERPARTS + units)
    return keys % COUNTERPARTS, keys // COUNTERPARTS


def graph(commitments: int) -> nx.Graph[str]:
    """The agenda as a networkx graph."""
    import networkx as nx

    units, events = agenda(commitments)
    made: nx.Graph[str] = nx.Graph(side_0="counterpart", side_1="commitment")
    made.add_nodes_from((f"country/c{u:03}" for u in range(COUNTERPARTS)), bipartite=0)
    made.add_nodes_from((f"k{e}" for e in range(commitments)), bipartite=1)
    pairs = zip(units.tolist(), events.tolist(), strict=True)
    made.add_edges_from((f"country/c{u:03}", f"k{e}") for u, e in pairs)
    return made


def table(commitments: int, folder: Path) -> Path:
    """The agenda as a Parquet file with IRIs, written in pieces of a million commitments."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    base = "https://w3id.org/agendagraph/id/"
    names = pa.array([f"{base}country/c{u:03}" for u in range(COUNTERPARTS)])
    path = folder / f"{commitments}.parquet"
    schema = pa.schema([("counterpart", pa.string()), ("commitment", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, commitments, 1_000_000):
            units, events = agenda(min(1_000_000, commitments - start), seed=start)
            texts = [f"{base}agenda/x/k{e + start}" for e in events.tolist()]
            columns = [names.take(pa.array(units)), pa.array(texts)]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=200_000)
    return path


def best(call: Callable[[], object], times: int) -> float:
    """The shortest of some runs, in seconds."""
    found = math.inf
    for _ in range(times):
        start = time.perf_counter()
        call()
        found = min(found, time.perf_counter() - start)
    return found


def ours_from_graph(commitments: int) -> float:
    from agendagraph.network import project

    made = graph(commitments)
    return best(lambda: project(made), 3)


def networkx_from_graph(commitments: int) -> float:
    import networkx as nx

    made = graph(commitments)
    units = [f"country/c{u:03}" for u in range(COUNTERPARTS)]
    return best(lambda: nx.bipartite.weighted_projected_graph(made, units), 1)


def igraph_from_graph(commitments: int) -> float:
    """The projection of igraph, from its own graph (built before the clock starts)."""
    import igraph

    units, events = agenda(commitments)
    pairs = np.column_stack([units, events + COUNTERPARTS])
    types = [False] * COUNTERPARTS + [True] * commitments
    made = igraph.Graph.Bipartite(types, pairs.tolist())
    return best(lambda: made.bipartite_projection(which=0, multiplicity=True), 1)


def ours_from_table(commitments: int, path: str) -> float:
    from agendagraph.network import EdgeTable, project

    return best(lambda: project(EdgeTable(path), engine="duckdb"), 1 if commitments > 1e6 else 3)


def extraction(_: int, name: str) -> float:
    """From the graph that we ship, in memory, to a networkx graph."""
    import agendagraph as ag

    kg = ag.open_graph()
    return best(lambda: kg.network(name), 5)


def ours_backbone(commitments: int) -> float:
    from agendagraph.network import backbone

    made = graph(commitments)
    return best(lambda: backbone(made), 2)


def bicm_exact(commitments: int) -> float:
    """The solver of bicm and its exact Poisson binomial, compared with ours.

    Its transform takes time quadratic in the number of commitments (some 50 s for one pair
    at 10⁵), so this is measured on fewer commitments and a sample of the pairs, scaled to
    all. A p-value that differs from ours by more than 1e-6 stops the benchmark.
    """
    from bicm.poibin import PoiBin

    from agendagraph.network import backbone

    ours = backbone(graph(commitments)).edges
    sample = ours.iloc[:: len(ours) // SAMPLE]
    start = time.perf_counter()
    chance = _bicm(commitments).get_bicm_matrix()
    solved = time.perf_counter() - start
    start = time.perf_counter()
    for row in sample.itertuples():
        u, v = int(row.source[-3:]), int(row.target[-3:])
        theirs = PoiBin(chance[u] * chance[v]).pval(int(row.weight))
        if abs(theirs - row.p_value) > 1e-6:
            raise SystemExit(f"{row}: bicm has {theirs}")
    return solved + (time.perf_counter() - start) * len(ours) / len(sample)


def bicm_poisson(commitments: int) -> float:
    """The default of bicm, the Poisson approximation, over all pairs that share something."""

    def run() -> None:
        made = _bicm(commitments)
        made.compute_projection(approx_method="poisson", threads_num=2, progress_bar=False)

    return best(run, 1)


def _bicm(commitments: int) -> Any:  # noqa: ANN401 - bicm has no types
    from bicm import BipartiteGraph

    units, events = agenda(commitments)
    matrix = np.zeros((COUNTERPARTS, commitments), dtype=np.int64)
    matrix[units, events] = 1
    made = BipartiteGraph()
    made.set_biadjacency_matrix(matrix)
    made.solve_tool(verbose=False, tol=1e-10)
    return made


MEASURES: dict[str, Callable[..., float]] = {
    function.__name__: function
    for function in (
        ours_from_graph,
        networkx_from_graph,
        igraph_from_graph,
        ours_from_table,
        extraction,
        ours_backbone,
        bicm_exact,
        bicm_poisson,
    )
}


def measure(name: str, *arguments: object, timeout_s: float = LIMIT_S) -> tuple[float, float]:
    """Run one measurement in a process of its own: seconds, and peak memory in MiB."""
    command = [sys.executable, __file__, "--one", name, *map(str, arguments)]
    # A session of its own: bicm starts processes, which would outlive it at the time limit.
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        answer, _ = child.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return math.inf, math.nan
    if child.returncode:
        raise SystemExit(f"{name} failed")
    seconds, memory = json.loads(answer.splitlines()[-1])
    return seconds, memory


def one(name: str, arguments: list[str]) -> None:
    """What the process of one measurement does."""
    seconds = MEASURES[name](int(arguments[0]), *arguments[1:])
    print(json.dumps([seconds, peak_mib()]))


def peak_mib() -> float:
    """The most memory that this process has held; getrusage would count its parent's too."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if "VmHWM" in line)


def tell(what: str, seconds: float, memory: float, ours: float) -> None:
    if math.isinf(seconds):
        print(f"{what:<52} not finished in {LIMIT_S} s, more than {LIMIT_S / ours:.0f} × ours")
    else:
        print(f"{what:<52}{seconds:>10.3f} s {memory:>7.0f} MiB {seconds / ours:>9.2f} × ours")


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """The slope of time against size, both in logarithms."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="10⁷ commitments as well")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one[0], given.one[1:])
        return
    for commitments in (1_000, 100_000):
        print(f"projection of {commitments:,} commitments × {COUNTERPARTS}, in memory")
        ours, memory = measure("ours_from_graph", commitments)
        tell("  ours, from a networkx graph", ours, memory, ours)
        tell("  networkx", *measure("networkx_from_graph", commitments), ours)
        tell("  igraph, from its own graph", *measure("igraph_from_graph", commitments), ours)
    print("projection out of core, from Parquet with IRIs (DuckDB)")
    with tempfile.TemporaryDirectory() as folder:
        times = {}
        for commitments in (1_000, 100_000, 1_000_000, *([10_000_000] if given.large else [])):
            path = table(commitments, Path(folder))
            times[commitments], memory = measure(
                "ours_from_table", commitments, path, timeout_s=1800
            )
            tell(f"  ours, {commitments:,} commitments", times[commitments], memory, times[1_000])
        sizes = sorted(times)
        slope = exponent((100_000, times[100_000]), (sizes[-1], times[sizes[-1]]))
        print(f"  growth exponent from 10⁵ to {sizes[-1]:,}: {slope:.2f}")
    print("extraction from the shipped graph, by SPARQL")
    for name in ("counterpart-goal", "counterpart-commitment", "counterparts-together"):
        seconds, memory = measure("extraction", 0, name)
        print(f"  {name:<50}{seconds * 1000:>10.1f} ms {memory:>6.0f} MiB")
    for commitments, theirs in ((1_000, "bicm_exact"), (100_000, "bicm_poisson")):
        print(f"SDSM backbone of {commitments:,} commitments × {COUNTERPARTS}")
        ours, memory = measure("ours_backbone", commitments)
        tell("  ours, exact", ours, memory, ours)
        tell(f"  {theirs.replace('_', ', ')}", *measure(theirs, commitments), ours)


if __name__ == "__main__":
    main()
