"""Measure building and validating the graph at 1, 10 and 100 copies of the agenda.

    python tests/benchmarks/graph.py [COPIES ...]

Each size runs in a process of its own and prints one row: seconds of processor time, which
other load on the machine does not lengthen, to assemble (read, link, make the layers), to
write Turtle and to validate; the peak memory of the builder and of the validator; the whole
by processor and by the clock; and, against the row before, the exponent of processor time
over the number of triples (1.0 is linear). The 100 copies that are the last by default take
some minutes.
"""

from __future__ import annotations

import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from agendagraph import files
from agendagraph.agenda.pipeline.assembly import assemble, validate_graphs
from agendagraph.agenda.pipeline.sources import Folders

AGENDA = "kr-mofa-2022"
COLUMNS = ("copies", "triples", "assemble_s", "turtle_s", "validate_s", "build_mib", "child_mib")


def copies_of_the_tables(folder: Path, copies: int) -> Path:
    """Write the tables with *copies* agendas, which differ in nothing but their ids."""
    tables = folder / "tables"
    for name in ("world", "names"):
        shutil.copytree(files.TABLES / name, tables / name)
    for number in range(1, copies + 1):
        copy = tables / f"copy-{number}"
        shutil.copytree(files.TABLES / AGENDA, copy)
        path = copy / "agenda.csv"
        text = path.read_text(encoding="utf-8").replace(f"\n{AGENDA},", f"\ncopy-{number},")
        path.write_text(text, encoding="utf-8")
    return tables


def measure(copies: int) -> dict[str, float]:
    """Build and validate *copies* agendas in this process."""
    with tempfile.TemporaryDirectory() as folder:
        folders = Folders(tables=copies_of_the_tables(Path(folder), copies))
        began, start = time.perf_counter(), processor_s()
        graphs = assemble(folders)
        assembled = processor_s()
        for graph in graphs:
            graph.turtle()
        written = processor_s()
        report = validate_graphs(graphs, folders)
        validated, ended = processor_s(), time.perf_counter()
    if not report.conforms:
        raise SystemExit("the copies do not conform: the times would mean nothing")
    return {
        "copies": copies,
        "triples": sum(len(graph.triples) for graph in graphs),
        "assemble_s": assembled - start,
        "turtle_s": written - assembled,
        "validate_s": validated - written,
        "clock_s": ended - began,
        "build_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "child_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def processor_s() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def total(row: dict[str, float]) -> float:
    """Return the processor time of a whole build."""
    return row["assemble_s"] + row["turtle_s"] + row["validate_s"]


def exponent(before: dict[str, float], after: dict[str, float]) -> float:
    """Return by which power of the triples the time has grown."""
    return math.log(total(after) / total(before)) / math.log(after["triples"] / before["triples"])


def write(*cells: str) -> None:
    """Write a line at once, so that a long run can be watched."""
    sys.stdout.write(" ".join(cells) + "\n")
    sys.stdout.flush()


def main(sizes: list[int]) -> None:
    """Print one row a size."""
    write(*(f"{name:>11}" for name in (*COLUMNS, "total_s", "clock_s", "exponent")))
    before: dict[str, float] | None = None
    for copies in sizes:
        child = subprocess.run(
            [sys.executable, __file__, "--one", str(copies)], capture_output=True, check=True
        )
        row = json.loads(child.stdout)
        shown = [f"{row[name]:>11.1f}" for name in COLUMNS]
        power = f"{exponent(before, row):.2f}" if before else "-"
        write(*shown, f"{total(row):>11.1f}", f"{row['clock_s']:>11.1f}", f"{power:>11}")
        before = row


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        write(json.dumps(measure(int(sys.argv[2]))))
    else:
        main([int(size) for size in sys.argv[1:]] or [1, 10, 100])
