"""The messages between the writer and the process that validates: JSON behind its length.

Apart from both, so that the writer need not import what validates.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any, Final

BOOT: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from agendagraph.server.updates.gate.incremental_validation import main; main()"
)
"""What the writer gives to ``python -c``; the interpreter runs isolated and without site."""
_LENGTH: Final = struct.Struct("!I")


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message."""
    data = json.dumps(message).encode()
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read one message; ``None`` at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    message: dict[str, Any] = json.loads(stream.read(*_LENGTH.unpack(head)))
    return message
