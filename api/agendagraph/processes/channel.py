"""How processes talk: frames over streams, and JSON datagrams over control sockets.

A frame is one byte of kind, four bytes of length (network order) and that many bytes. Frames
connect the server with its workers, and the writer with its validator. A control socket
(``SOCK_SEQPACKET``) carries one JSON object a datagram, and descriptors beside it; the
server sends requests over it to a zygote or a writer. Standard library only: a worker is
forked from a process that has imported nothing else.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from io import BufferedRWPair

HEADER: Final = struct.Struct("!BI")

READY: Final = 1
"""Worker to server, once: it waits for a job. JSON: ``thread``, the kernel's thread id."""
JOB: Final = 2
"""Server to worker: what to run, JSON (see `Job`)."""
HEAD: Final = 3
"""The answer's format, JSON: ``content_type``."""
DATA: Final = 4
"""A piece of the answer."""
END: Final = 5
"""The whole answer was sent. JSON: ``rows``, ``truncated``, ``run_s``, ``grown_mib``."""
FAIL: Final = 6
"""There is no answer. JSON: ``reason`` and its facts."""
OPEN: Final = 7
"""Server to idle worker: open this snapshot now, so that the next job finds it open."""

META: Final = 8
"""Server to worker: the answer of a remote store begins. JSON: ``format``."""
BODY: Final = 9
"""A piece of the remote store's answer."""
BODY_END: Final = 10
"""The remote store's answer is whole."""
REFUSE: Final = 11
"""The remote store sends no answer, or no more of it. JSON: ``reason`` and its facts."""
ASK: Final = 12
"""Worker to server, while a function runs: a query for the remote store, as text."""

MESSAGE: Final = 13
"""Writer to validator and back: one JSON object."""

DATAGRAM: Final = 1 << 17


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
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Add *data*; return the frames that are now whole."""
        rest: bytes | bytearray = data
        if self._rest:  # a bytearray grows in place: concatenation would be quadratic
            self._rest += data
            rest = self._rest
        frames = []
        at = 0
        while len(rest) - at >= HEADER.size:
            kind, length = HEADER.unpack_from(rest, at)
            end = at + HEADER.size + length
            if end > len(rest):
                break
            frames.append((kind, bytes(rest[at + HEADER.size : end])))
            at = end
        if rest is self._rest:
            del self._rest[:at]
        else:
            self._rest += rest[at:]
        return frames


def write_message(stream: BufferedRWPair, **members: object) -> None:
    """Write one message to a blocking stream."""
    stream.write(json_frame(MESSAGE, **members))
    stream.flush()


def read_message(stream: BufferedRWPair) -> dict[str, Any] | None:
    """Read one message from a blocking stream; ``None`` when the other end has gone."""
    try:
        head = stream.read(HEADER.size)
    except ConnectionError:
        head = b""
    if len(head) < HEADER.size:
        return None
    _, length = HEADER.unpack(head)
    message: dict[str, Any] = json.loads(stream.read(length))
    return message


def send(control: socket.socket, *descriptors: int, **members: object) -> None:
    """Send one datagram, and descriptors with it."""
    data = json.dumps(members).encode()
    if descriptors:
        socket.send_fds(control, [data], descriptors)
    else:
        control.send(data)


def receive(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """Receive one datagram and its descriptors; ``None`` when the other end has gone."""
    data, descriptors, _, _ = socket.recv_fds(control, DATAGRAM, 2)
    return (json.loads(data) if data else None), descriptors
