"""Name the data that a generation of the endpoint answers from, and load it.

A snapshot never changes. It is either held in memory by a zygote, which loads it once and
forks workers that inherit it, or lies on disk as a RocksDB checkpoint, which every worker
opens for itself, read-only.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyoxigraph as ox

from agendagraph.rdf.formats import FILE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

Source = Literal["empty", "shipped", "files", "checkpoint"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An immutable state of the data.

    Attributes:
        generation: Names the state; part of every ETag. Equal names mean equal data.
        source: Where it comes from: nothing, the shipped graph, RDF files, a checkpoint.
        path: The checkpoint's directory, or the RDF files separated by ``os.pathsep``.
        quads: How many quads it holds, where that is known.
    """

    generation: str
    source: Source
    path: str = ""
    quads: int | None = None


def load_json(members: dict[str, Any]) -> ox.Store:
    """Return the snapshot with these attributes as a store in memory."""
    return load(Snapshot(**members))


def load(snapshot: Snapshot) -> ox.Store:
    """Return the snapshot as a store in memory.

    RocksDB is not opened in this process: a checkpoint is read by a child that was forked
    before, and arrives through a pipe. (After RocksDB was opened, a fork hangs for ever.)
    """
    store = ox.Store()
    if snapshot.source == "shipped":
        from agendagraph.store import load_shipped  # noqa: PLC0415 - heavy, and here only

        load_shipped(store)
    elif snapshot.source == "files":
        for path in snapshot.path.split(os.pathsep):
            store.bulk_load(path=path, format=FILE_ENDINGS.get(Path(path).suffix.lower()))
    elif snapshot.source == "checkpoint":
        with _quads_of_checkpoint(snapshot.path) as stream:
            store.bulk_load(stream, ox.RdfFormat.N_QUADS, lenient=True)
    return store


def open_checkpoint(path: str) -> ox.Store:
    """Open a checkpoint for reading; nothing may ever write to it."""
    return ox.Store.read_only(path)


@contextlib.contextmanager
def _quads_of_checkpoint(path: str) -> Iterator[BinaryIO]:
    """Yield a checkpoint's quads as N-Quads, read by a child process."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        with contextlib.suppress(BaseException):
            os.close(ours)
            with open(theirs, "wb", buffering=1 << 18) as out:  # noqa: PTH123 - a descriptor
                open_checkpoint(path).dump(out, ox.RdfFormat.N_QUADS)
            status = 0
        os._exit(status)
    os.close(theirs)
    with open(ours, "rb", buffering=1 << 18) as stream:  # noqa: PTH123 - a descriptor
        yield stream
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise OSError(f"the checkpoint {Path(path).name} could not be read")
