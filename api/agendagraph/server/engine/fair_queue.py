"""A queue in which no client can stand before another by asking more often."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


class FairQueue(Generic[T]):
    """First in, first out for each client; the clients take turns.

    >>> queue = FairQueue()
    >>> for client, item in [("a", 1), ("a", 2), ("b", 3)]:
    ...     queue.put(client, item)
    >>> queue.take(), queue.take(), queue.take(), queue.take()
    (1, 3, 2, None)
    """

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._lines: OrderedDict[str, deque[T]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return self._size

    def __iter__(self) -> Iterator[T]:
        """Yield all that wait, client by client."""
        for line in self._lines.values():
            yield from line

    def of(self, client: str) -> int:
        """Return how many of one client wait."""
        return len(self._lines.get(client, ()))

    def put(self, client: str, item: T) -> None:
        """Add *item* to the end of its client's line."""
        self._lines.setdefault(client, deque()).append(item)
        self._size += 1

    def take(self, may_go: Callable[[str], bool] = lambda _client: True) -> T | None:
        """Return the next item of the next client that *may_go*; that client is then last."""
        for client, line in self._lines.items():
            if may_go(client):
                item = line.popleft()
                self._size -= 1
                if line:
                    self._lines.move_to_end(client)
                else:
                    del self._lines[client]
                return item
        return None

    def remove(self, client: str, item: T) -> None:
        """Take *item* out of its line, if it stands there."""
        line = self._lines.get(client)
        if line is not None and item in line:
            line.remove(item)
            self._size -= 1
            if not line:
                del self._lines[client]
