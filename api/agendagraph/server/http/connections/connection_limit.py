"""Limit the open connections of a server, and the memory of answers that clients do not read.

No limit is for one address, because many clients share one behind a proxy; the queries of one
client are limited in `server.engine.scheduler`. Instead, idle
connections are evicted, the oldest first: those without a complete request, and those whose
client does not read the answer that is ready for it. (Without eviction, as many connections as
are allowed, each sending one byte, shut out all others until their heads time out.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Hashable

UNREAD_BYTES: Final = 256 << 20
"""Memory for complete answers in write buffers, over all connections."""


class ConnectionLimit:
    """The connections of one server.

    Args:
        limit: The most that may be open.
        unread_bytes: The most bytes that all write buffers may hold.
    """

    def __init__(self, limit: int, unread_bytes: int = UNREAD_BYTES) -> None:
        self._limit = limit
        self._unread_limit = unread_bytes
        self._open: set[Hashable] = set()
        self._idle: dict[Hashable, asyncio.Transport] = {}
        self._unread: dict[Hashable, tuple[asyncio.Transport, int]] = {}
        self._unread_bytes = 0

    def open(self, connection: Hashable, transport: asyncio.Transport) -> bool:
        """Admit a connection; evict the one that was idle longest if there are too many.

        Returns:
            Whether it is admitted: not if all others wait for an answer.
        """
        self._open.add(connection)
        if len(self._open) > self._limit:
            if not self._idle:
                return False
            oldest = next(iter(self._idle))
            evicted = self._idle.pop(oldest)
            if evicted.get_write_buffer_size():
                evicted.abort()
            else:
                evicted.close()
            self._open.discard(oldest)
        self._idle[connection] = transport
        return True

    def closed(self, connection: Hashable) -> None:
        """Forget a connection that is closed."""
        self._open.discard(connection)
        self._idle.pop(connection, None)
        self.drained(connection)

    def busy(self, connection: Hashable) -> None:
        """Note that a connection has sent a complete request."""
        self._idle.pop(connection, None)
        self.drained(connection)

    def idle(self, connection: Hashable, transport: asyncio.Transport) -> bool:
        """Note that a complete answer was handed to the transport.

        If all write buffers hold too much, the connection that is unread longest is aborted.

        Returns:
            Whether the client still has to read some of this answer.
        """
        if connection not in self._open:
            return False
        self._idle[connection] = transport
        size = transport.get_write_buffer_size()
        if not size:
            return False
        self.drained(connection)
        self._unread[connection] = (transport, size)
        self._unread_bytes += size
        while self._unread_bytes > self._unread_limit:
            oldest = next(iter(self._unread))
            late, _ = self._unread[oldest]
            self.drained(oldest)
            if late.get_write_buffer_size():
                late.abort()
        return True

    def drained(self, connection: Hashable) -> None:
        """Note that the write buffer of a connection no longer counts."""
        _, size = self._unread.pop(connection, (None, 0))
        self._unread_bytes -= size
