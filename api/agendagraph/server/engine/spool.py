"""Take an answer from a worker as fast as it comes, and give it to clients as they read.

The worker is free as soon as it has written; a client that reads slowly holds a temporary
file and nothing else. A short answer stays in memory, a longer one goes to a file without a
name, all of it. All spools together have a bounded share of the disk, and those of one client
half of that.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections import Counter
from typing import TYPE_CHECKING, Final

from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from typing import BinaryIO

PIECE_BYTES: Final = 256 << 10
"""What a reader is given at once."""


class SpoolSpace:
    """What all spools together may put on disk, in bytes."""

    def __init__(self, limit_bytes: int, *, memory_bytes: int = 1 << 20) -> None:
        """Allow *limit_bytes* on disk, and *memory_bytes* of memory to each spool."""
        self.memory_bytes = memory_bytes
        self.used_bytes = 0
        self.files = 0
        self._limit_bytes = limit_bytes
        self._used_by: Counter[str] = Counter()

    def take(self, size: int, owner: str) -> None:
        """Reserve *size* bytes, or refuse because others hold them, or *owner* half of all."""
        used = self._used_by[owner] + size
        if self.used_bytes + size > self._limit_bytes or used > self._limit_bytes / 2:
            raise Refusal(Reason.BUSY, retry_after_s=5, why="spool")
        self._used_by[owner] = used
        self.used_bytes += size

    def give_back(self, size: int, owner: str) -> None:
        """Return what was reserved."""
        self.used_bytes -= size
        self._used_by[owner] -= size
        if not self._used_by[owner]:
            del self._used_by[owner]


class Spool:
    """One answer: written once by a worker, read by any number of clients.

    Attributes:
        size: Bytes so far.
        complete: Whether the answer is whole.
        owner: The client on whose account it takes disk: the first that asked.
    """

    def __init__(self, space: SpoolSpace, owner: str = "") -> None:
        self.size = 0
        self.complete = False
        self._space = space
        self.owner = owner
        self._memory: list[bytes] = []
        self._file: BinaryIO | None = None
        self._spilled = 0
        self._hash = hashlib.blake2b(digest_size=12)
        self._readers = 0
        self._grown: asyncio.Future[None] | None = None
        self._failure: Refusal | None = None

    def write(self, data: bytes) -> None:
        """Add a piece; the disk is used when memory has its share."""
        self._hash.update(data)
        if self._file is None and self.size + len(data) <= self._space.memory_bytes:
            self._memory.append(data)
        else:
            self._spill(data)
        self.size += len(data)
        self._wake()

    def _spill(self, data: bytes) -> None:
        data = b"".join([*self._memory, data])
        self._space.take(len(data), self.owner)
        self._spilled += len(data)
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="agendagraph-", buffering=0)  # noqa: SIM115 - see _drop
            self._space.files += 1
        self._memory.clear()
        view = memoryview(data)
        while view:
            view = view[os.write(self._file.fileno(), view) :]

    def finish(self) -> None:
        """Mark the answer as whole."""
        self.complete = True
        if self._file is None:
            self._memory = [b"".join(self._memory)]
        self._wake()

    def fail(self, refusal: Refusal) -> None:
        """Mark the answer as failed: it will never be whole."""
        self._failure = refusal
        self._wake()

    def reset(self) -> None:
        """Forget what was written: the query is restarted, and no client has read yet."""
        self._drop()
        self.size = 0
        self._hash = hashlib.blake2b(digest_size=12)

    @property
    def digest(self) -> str:
        """The hash of what was written, in hexadecimal."""
        return self._hash.hexdigest()

    def body(self) -> bytes | None:
        """Return a whole answer that fits the memory share, otherwise ``None``."""
        return self._memory[0] if self.complete and self._file is None else None

    async def read(self, offset: int) -> bytes:
        """Return the next piece from *offset*, or nothing at the end.

        Raises:
            Refusal: The answer failed.
        """
        while offset >= self.size and not self.complete:
            if self._failure is not None:
                raise self._failure
            if self._grown is None:
                self._grown = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._grown)
        if self._file is not None:
            piece = os.pread(self._file.fileno(), PIECE_BYTES, offset)
            if not piece and offset < self.size:  # somebody cut the file: this is not the end
                raise Refusal(Reason.BUSY, retry_after_s=5, why="spool")
            return piece
        held = self._memory[0] if self.complete else b"".join(self._memory)
        return held[offset : offset + PIECE_BYTES]

    def _wake(self) -> None:
        if self._grown is not None:
            if not self._grown.done():
                self._grown.set_result(None)
            self._grown = None

    def attach(self) -> None:
        """Acquire a reader reference."""
        self._readers += 1

    def detach(self) -> None:
        """Release a reader reference; the last one frees memory and file."""
        self._readers -= 1
        if self._readers <= 0:
            self._drop()

    def _drop(self) -> None:
        self._memory = []
        if self._file is not None:
            self._file.close()
            self._file = None
            self._space.files -= 1
        self._space.give_back(self._spilled, self.owner)
        self._spilled = 0
