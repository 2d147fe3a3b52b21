"""Write the patch of a bulk load: what a store has now and did not have before.

A bulk load does not tell which of its quads are new. Both stores are written out, in the
order of the engine's index, which depends on nothing but the quads; what is in the one and
not in the other is found in one pass, in little memory. Rows are in that order, and not
sorted as in other patches.
"""

from __future__ import annotations

import hashlib
import tempfile
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import pyoxigraph as ox

from agendagraph import durable
from agendagraph.server.updates import patch

if TYPE_CHECKING:
    from pathlib import Path


def write(
    before: ox.Store, after: ox.Store, path: Path, *, identifier: str, created: set[str]
) -> str | None:
    """Write a patch to the disk, atomic and durable, and return the SHA-256 of the file.

    Args:
        before: The store before the load.
        after: The store after it: all of *before*, and more.
        path: The file.
        identifier: The IRI of the update that the patch belongs to.
        created: The named graphs that came to be.

    Returns:
        The hash; ``None``, and no file, where something of *before* is not found again in
        its place, so that the difference is not known.
    """
    with tempfile.TemporaryFile(dir=path.parent) as old:
        before.dump(old, ox.RdfFormat.N_QUADS)
        old.seek(0)
        try:
            with durable.replacing(path) as file:
                added = _Added(file, old)
                added.put(patch.head(identifier, created=created))
                after.dump(cast("IO[bytes]", added), ox.RdfFormat.N_QUADS)
                added.end()
        except _UnknownDifferenceError:
            return None
    return added.sha256


class _UnknownDifferenceError(Exception):
    """Something of the older dump is not in its place in the newer one."""


class _Added:
    """A binary file that keeps those lines of a dump that an older dump does not have."""

    def __init__(self, file: BinaryIO, old: IO[bytes]) -> None:
        self._file = file
        self._old = old
        self._expected = old.readline()
        self._rest = b""
        self._hash = hashlib.sha256()

    def put(self, data: bytes) -> None:
        """Write *data* as it is."""
        self._hash.update(data)
        self._file.write(data)

    def end(self) -> None:
        """Write the last rows, once every line of the older dump was met."""
        if not self.whole:
            raise _UnknownDifferenceError
        self.put(patch.END)

    def write(self, data: bytes) -> int:
        """Take a piece of the newer dump (the engine calls this)."""
        lines = (self._rest + data).splitlines(keepends=True)
        self._rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        new = []
        for line in lines:
            if line == self._expected:
                self._expected = self._old.readline()
            else:
                new += [b"A ", line]
        self.put(b"".join(new))
        return len(data)

    def flush(self) -> None:
        """Do nothing: the file is flushed at the end (the engine calls this)."""

    @property
    def whole(self) -> bool:
        """Whether everything of the older dump was met, and the newer one ended with a line."""
        return not self._expected and not self._rest

    @property
    def sha256(self) -> str:
        """The hash of what was written."""
        return self._hash.hexdigest()
