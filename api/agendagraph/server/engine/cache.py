"""Cache finished answers, so that a repeated query needs no worker.

An answer depends only on the data's generation, the query, its dataset and its format; that
is the key. The cache is bounded in bytes, compressed forms included, and forgets what was
not asked for longest.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Hashable

_OVERHEAD_BYTES = 600
"""What an entry takes besides its bytes: objects, key, links."""


@dataclass(frozen=True, slots=True)
class CacheKey:
    """The key of an answer that does not come from a query, besides the data.

    Attributes:
        volatile: Whether the answer can differ over the same data: never.
        text: Describes what was asked, for the log.
        content_type: Of the answer.
    """

    volatile: ClassVar[bool] = False
    text: str
    content_type: str

    @property
    def key(self) -> tuple[object, ...]:
        """What the cache compares."""
        return (self.text, self.content_type)

    @property
    def fingerprint(self) -> str:
        """A short hash of the text, for the log."""
        return hashlib.blake2b(self.text.encode(), digest_size=8).hexdigest()


@dataclass(slots=True)
class CachedAnswer:
    """A whole answer, ready to be sent.

    Attributes:
        body: The answer without compression.
        content_type: The header of that name.
        generation: The data that it was computed from.
        digest: The hash of the body.
        rows: Rows or statements, where known.
        truncated: Whether the row limit cut it.
        encoded: The compressed forms that somebody asked for, by content coding.
        since: When it was made, on the monotonic clock.
        size: What it takes of a cache that keeps it, in bytes.
    """

    body: bytes
    content_type: str
    generation: str
    digest: str
    rows: int | None = None
    truncated: bool = False
    encoded: dict[str, bytes] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)
    size: int = 0

    @property
    def etag(self) -> str:
        """Its entity tag, without quotes and without a suffix for the content coding."""
        return f"{self.generation}-{self.digest}"


class AnswerCache:
    """A bounded mapping of keys to answers, the least recently used one leaving first.

    Args:
        limit_bytes: What it may take.
        largest_bytes: The largest answer that it keeps.
        keep_s: For how long an answer is kept, over a store that does not report changes.
    """

    def __init__(
        self, limit_bytes: int, *, largest_bytes: int = 1 << 20, keep_s: float | None = None
    ) -> None:
        self._keep_s = keep_s
        self.size = 0
        self.hits = 0
        self.misses = 0
        self._limit = limit_bytes
        self._largest = min(largest_bytes, limit_bytes // 4)
        self._entries: OrderedDict[Hashable, CachedAnswer] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of answers."""
        return len(self._entries)

    def get(self, key: Hashable) -> CachedAnswer | None:
        """Return the answer for *key*, if it is kept."""
        answer = self._entries.get(key)
        keep_s = self._keep_s
        if answer is None or (keep_s is not None and time.monotonic() - answer.since > keep_s):
            self._remove(key)
            self.misses += 1
            return None
        self.hits += 1
        self._entries.move_to_end(key)
        return answer

    def put(self, key: Hashable, answer: CachedAnswer, *, key_bytes: int = 0) -> None:
        """Keep *answer*, unless it would evict too many others."""
        self._remove(key)
        answer.size = len(answer.body) + key_bytes + _OVERHEAD_BYTES
        if answer.size <= self._largest:
            self._entries[key] = answer
            self.size += answer.size
            self._shrink()

    def add_encoded(self, key: Hashable, coding: str, data: bytes) -> None:
        """Keep a compressed form beside the answer for *key*."""
        answer = self._entries.get(key)
        if answer is not None:
            answer.encoded[coding] = data
            answer.size += len(data)
            self.size += len(data)
            self._shrink()

    def clear(self) -> None:
        """Forget everything: another generation is published."""
        self._entries.clear()
        self.size = 0

    def _remove(self, key: Hashable) -> None:
        answer = self._entries.pop(key, None)
        self.size -= answer.size if answer is not None else 0

    def _shrink(self) -> None:
        while self.size > self._limit:
            self._remove(next(iter(self._entries)))
