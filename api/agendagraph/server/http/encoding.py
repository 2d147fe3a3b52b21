"""Compress answers: a cached one once, a streamed one piece by piece."""

from __future__ import annotations

import asyncio
import zlib
from functools import lru_cache
from typing import Final, Protocol

import zstandard

from agendagraph.sparql.negotiation import weighted

CODINGS: Final = ("zstd", "gzip")
"""The offered codings, the preferred one first."""
WORTHWHILE_BYTES: Final = 1024
"""A smaller answer fits one packet without compression."""
INLINE_BYTES: Final = 32 << 10
"""Answers up to this size are compressed in less time than a thread needs to start."""


def choose(accept_encoding: str | None, *, size: int = WORTHWHILE_BYTES) -> str | None:
    """Return the coding to use for an answer of *size* bytes, or ``None`` for none.

    A small answer is compressed only for a client that refuses it as it is (RFC 9110, 12.5.3).

    >>> choose("gzip, br;q=1.0, zstd;q=0.5"), choose("*"), choose("gzip;q=0"), choose(None)
    ('gzip', 'zstd', None, None)
    >>> choose("gzip", size=10), choose("gzip, identity;q=0", size=10)
    (None, 'gzip')
    """
    coding, identity = _choice(accept_encoding or "")
    return coding if size >= WORTHWHILE_BYTES or not identity else None


@lru_cache(maxsize=256)
def _choice(accept_encoding: str) -> tuple[str | None, bool]:
    """Return the best coding of ours, and whether an answer without any is accepted."""
    quality: dict[str, float] = {}
    for name, weight, _ in weighted(accept_encoding):
        quality[name.removeprefix("x-")] = weight  # x-gzip is gzip: RFC 9110, section 8.4.1.3
    default = quality.get("*", 0.0)
    ranked = [(quality.get(coding, default), -rank) for rank, coding in enumerate(CODINGS)]
    best = max(ranked)
    identity = quality.get("identity", 0.0)
    coding = CODINGS[-best[1]] if best[0] > 0 and best[0] >= identity else None
    return coding, quality.get("identity", quality.get("*", 1.0)) > 0


async def compressed(coding: str, data: bytes) -> bytes:
    """Return *data* in a coding, from a thread if it is large."""
    if len(data) <= INLINE_BYTES:
        return compress(coding, data)
    return await asyncio.to_thread(compress, coding, data)


def compress(coding: str, data: bytes) -> bytes:
    """Return *data* in a coding."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=6).compress(data)
    return zlib.compress(data, 6, wbits=31)


class Compressor(Protocol):
    """Compresses a stream; both libraries have this form."""

    def compress(self, data: bytes, /) -> bytes:
        """Take a piece; return what is ready."""

    def flush(self) -> bytes:
        """Return the rest."""


def stream_compressor(coding: str) -> Compressor:
    """Return a compressor for an answer that is sent in pieces: fast rather than small."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=1).compressobj()
    return zlib.compressobj(1, wbits=31)
