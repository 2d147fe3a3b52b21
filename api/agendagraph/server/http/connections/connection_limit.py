"""All connections of a server together: how many there are, and what their readers owe.

No limit is for one address, because many readers share one behind a proxy. Instead, who holds
a place and does nothing with it makes room for the next one: a connection without a whole
request, or one whose client does not fetch the answer that lies ready for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Hashable

UNREAD_BYTES: Final = 256 << 20
"""Memory for answers that are ready and not fetched, over all connections."""


class ConnectionLimit:
    """The connections of one server.

    Args:
        most: How many may be open.
        unread_bytes: What all of them may leave unread.
    """

    def __init__(self, most: int, unread_bytes: int = UNREAD_BYTES) -> None:
        """Begin with nobody."""
        self._most = most
        self._unread_limit = unread_bytes
        self._open: set[Hashable] = set()
        self._idle: dict[Hashable, asyncio.Transport] = {}
        self._unread: dict[Hashable, tuple[asyncio.Transport, int]] = {}
        self._unread_bytes = 0

    def enter(self, one: Hashable, transport: asyncio.Transport) -> bool:
        """Let one more in; the one that was idle longest goes if there is no place.

        Returns:
            Whether there is a place: not if everybody waits for an answer.
        """
        self._open.add(one)
        if len(self._open) > self._most:
            if not self._idle:
                return False
            oldest = next(iter(self._idle))
            idle = self._idle.pop(oldest)
            if idle.get_write_buffer_size():
                idle.abort()
            else:
                idle.close()
            self._open.discard(oldest)
        self._idle[one] = transport
        return True

    def leave(self, one: Hashable) -> None:
        """Forget a connection that is closed."""
        self._open.discard(one)
        self._idle.pop(one, None)
        self.fetched(one)

    def asked(self, one: Hashable) -> None:
        """Note that a whole request is there."""
        self._idle.pop(one, None)
        self.fetched(one)

    def answered(self, one: Hashable, transport: asyncio.Transport) -> bool:
        """Note that all of an answer was handed to the transport.

        Where too much lies unread in all, who has had longest to fetch it is cut off.

        Returns:
            Whether some of this answer lies unread.
        """
        if one not in self._open:
            return False
        self._idle[one] = transport
        size = transport.get_write_buffer_size()
        if not size:
            return False
        self.fetched(one)
        self._unread[one] = (transport, size)
        self._unread_bytes += size
        while self._unread_bytes > self._unread_limit:
            oldest = next(iter(self._unread))
            late, _ = self._unread[oldest]
            self.fetched(oldest)
            if late.get_write_buffer_size():
                late.abort()
        return True

    def fetched(self, one: Hashable) -> None:
        """Note that a connection owes nothing any more."""
        _, size = self._unread.pop(one, (None, 0))
        self._unread_bytes -= size
