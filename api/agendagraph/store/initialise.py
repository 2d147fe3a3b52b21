"""Make the first generation of a persistent store, in a process of its own.

Run as ``python -m agendagraph.store.initialise FOLDER SOURCE [PATHS]``: a RocksDB store is made
in FOLDER, from nothing (``empty``), from the graph that we ship (``shipped``) or from RDF
files. The number of quads is printed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from agendagraph.errors import AgendaError, StoreError

if TYPE_CHECKING:
    from agendagraph.store.generations import StoreDirectory
    from agendagraph.store.snapshot import Snapshot, Source


def fill(directory: StoreDirectory, source: Source, paths: str = "") -> Snapshot:
    """Make and commit the first generation of *directory*; return it.

    Raises:
        StoreError: The data could not be loaded, or the disk is full.
    """
    folder = directory.reserve()
    child = subprocess.run(
        [sys.executable, "-P", "-m", "agendagraph.store.initialise", str(folder), source, paths],
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        reason = child.stderr.strip().rpartition("\n")[2] or f"status {child.returncode}"
        raise StoreError(f"cannot fill the store {directory.path}: {reason}")
    return directory.commit(folder, quads=int(child.stdout))


def _make(folder: Path, source: str, paths: str) -> int:
    """Load the data into a store beside *folder*, and leave a clean copy in *folder*."""
    beside = folder.with_name(folder.name + "-loading")
    try:
        store = ox.Store(str(beside))
        if source == "shipped":
            from agendagraph.store import load_shipped  # noqa: PLC0415 - heavy, and here only

            load_shipped(store)
        for path in paths.split(":") if source == "files" else ():
            store.bulk_load(path=path)
        store.flush()
        store.optimize()
        store.backup(str(folder))
        return len(store)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def main() -> None:
    """Run the command line; write a failure as one line to standard error."""
    folder, source, paths = sys.argv[1:4]
    try:
        print(_make(Path(folder), source, paths))  # noqa: T201 - the answer to our parent
    except (AgendaError, OSError, SyntaxError, ValueError) as error:
        sys.exit(str(error).replace("\n", " "))


if __name__ == "__main__":
    main()
