"""The messages between the HTTP process, the zygote and the workers.

A frame is one byte of kind, four bytes of length (network order) and that many bytes. Over
the zygote's control socket every message is one JSON datagram. Standard library only: a
worker is forked from a process that has imported nothing else.
"""

from __future__ import annotations

import json
import struct
from typing import Final

HEADER: Final = struct.Struct("!BI")

READY: Final = 1
"""Worker to server, once: it waits for a job. JSON: ``thread``, the kernel's thread id."""
JOB: Final = 2
"""Server to worker: what to run, JSON (see `Job`)."""
HEAD: Final = 3
"""The answer's format, JSON: ``content_type``, ``form``."""
DATA: Final = 4
"""A piece of the answer."""
END: Final = 5
"""The whole answer was sent. JSON: ``rows``, ``truncated``, ``run_s``, ``grown_mib``."""
FAIL: Final = 6
"""There is no answer. JSON: ``reason`` and its facts."""
OPEN: Final = 7
"""Server to idle worker: open this snapshot now, so that the next job finds it open."""

META: Final = 8
"""Server to worker, first of a remote store's answer: it begins. JSON: ``format``."""
BODY: Final = 9
"""A piece of the store's answer."""
BODY_END: Final = 10
"""The store's answer is whole."""
REFUSE: Final = 11
"""There is no answer of the store, or no more of it. JSON: ``reason`` and its facts."""

DATAGRAM: Final = 65_536


def frame(kind: int, payload: bytes) -> bytes:
    """Return *payload* as one frame."""
    return HEADER.pack(kind, len(payload)) + payload


def json_frame(kind: int, **members: object) -> bytes:
    """Return *members* as one frame of JSON."""
    return frame(kind, json.dumps(members).encode())


class FrameReader:
    """Cut a stream of bytes into frames.

    >>> reader = FrameReader()
    >>> reader.feed(frame(DATA, b"abc")[:6]), reader.feed(b"bc")
    ([], [(4, b'abc')])
    """

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        """Begin before the first frame."""
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Take what arrived; return the frames that are now whole."""
        data = self._rest + data if self._rest else data
        frames = []
        at = 0
        while len(data) - at >= HEADER.size:
            kind, length = HEADER.unpack_from(data, at)
            end = at + HEADER.size + length
            if end > len(data):
                break
            frames.append((kind, data[at + HEADER.size : end]))
            at = end
        self._rest = data[at:]
        return frames
