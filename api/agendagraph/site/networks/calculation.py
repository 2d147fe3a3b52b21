"""Make and measure networks in processes of their own, which may be killed at any moment.

A parent without threads imports what calculating needs, once, and forks a child for every
job. The child gives up what a calculation does not need (files, sockets, other processes,
more memory than its share), asks the server for the answers of its queries, and sends back the
bytes of one document. It holds no data: queries are answered by the server's own workers,
under their limits.

Run as ``python -c`` with `BOOT` and the
descriptor of a control socket, whose first message configures it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NoReturn

import pyoxigraph as ox

from agendagraph.errors import (
    MissingExtraError,
    NetworkError,
    NetworkParameterError,
    UnknownNetworkError,
)
from agendagraph.knowledge.solutions import Solutions
from agendagraph.namespaces import NS, PREFIXES
from agendagraph.network.extraction import network
from agendagraph.processes import channel, confinement
from agendagraph.site.networks import calculation_frames
from agendagraph.site.networks import documents as network_documents
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store import snapshot, with_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEEDED: Final = ("measurement.measures", "projection", "exports")
_SLACK: Final = 32 << 20
"""Address space that numerical libraries reserve without using it."""
_VERSION: Final = f"SELECT ?version {{ <{NS[:-1]}> <{PREFIXES['owl']}versionInfo> ?version }}"


class ServerSource:
    """The server's data, as `network` wants its source."""

    def __init__(self, connection: socket.socket) -> None:
        """Ask over *connection*, at whose other end is the server."""
        self._connection = connection
        self._frames = channel.FrameReader()
        self._arrived: list[tuple[int, bytes]] = []

    @cached_property
    def version(self) -> str | None:
        """The version of the vocabulary in the data; None where it holds none."""
        rows = self.query(_VERSION)
        return str(rows[0].version) if rows else None

    def query(self, text: str) -> Solutions:
        """Have the server answer a SELECT.

        Raises:
            Refusal: There is no answer.
        """
        self.send(calculation_frames.ASK, with_prefixes(text).encode())
        kind, payload = self.receive()
        if kind == calculation_frames.REFUSED:
            told = json.loads(payload)
            raise Refusal(Reason(told["reason"]), **told["facts"])
        answer = ox.parse_query_results(payload, format=ox.QueryResultsFormat.JSON)
        if not isinstance(answer, ox.QuerySolutions):
            raise TypeError("a network is made from the answers of SELECT")
        return Solutions.of(answer)

    def send(self, kind: int, payload: bytes) -> None:
        """Send one frame to the server."""
        self._connection.sendall(channel.frame(kind, payload))

    def receive(self) -> tuple[int, bytes]:
        """Wait for the server's next frame; without a server there is nobody to work for."""
        while not self._arrived:
            data = self._connection.recv(1 << 16)
            if not data:
                os._exit(0)
            self._arrived += self._frames.feed(data)
        return self._arrived.pop(0)


def answer(source: ServerSource, job: dict[str, Any]) -> bytes:
    """Return the document that *job* asks for.

    Raises:
        Refusal: There is none, for a reason that the client is told.
    """
    try:
        made = network(source, job["name"], **job["parameters"])
        return network_documents.WRITERS[job["do"]](made, **job["options"])
    except NetworkParameterError as error:
        raise Refusal(Reason.PARAMETER, **error.details) from None
    except UnknownNetworkError as error:
        raise Refusal(Reason.NO_NETWORK, **error.details) from None
    except MissingExtraError as error:
        facts = {"package": error.package, "extra": error.extra}
        raise Refusal(Reason.MISSING_EXTRA, **facts) from None
    except NetworkError as error:
        raise Refusal(Reason.EVALUATION, problem=str(error)) from None
    except MemoryError:
        raise Refusal(Reason.MEMORY) from None


def _run(source: ServerSource) -> None:
    """Take one job, and send its document or the reason why there is none."""
    _, payload = source.receive()
    try:
        source.send(calculation_frames.DONE, answer(source, json.loads(payload)))
    except Refusal as refusal:
        told = {"reason": refusal.reason, "facts": refusal.facts}
        source.send(calculation_frames.REFUSED, json.dumps(told).encode())
    except Exception:  # noqa: BLE001 - whatever it is, the server's log must have it
        source.send(calculation_frames.FAULT, traceback.format_exc().encode(errors="replace"))


def _become_child(descriptor: int, parent: int, memory_limit_bytes: int) -> NoReturn:
    """Confine this new process, do one job, and end."""
    with suppress(OSError):
        confinement.die_with_parent(parent)
        confinement.confine(memory_limit_bytes=memory_limit_bytes, reserved_bytes=_SLACK)
        _run(ServerSource(socket.socket(fileno=descriptor)))
    os._exit(0)


def main() -> None:
    """Fork a child for each message on the control socket, until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when we end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a child ended
    confinement.die_with_parent(os.getppid())
    control = socket.socket(fileno=int(sys.argv[1]))
    setup = json.loads(control.recv(channel.DATAGRAM))
    for name in _NEEDED:
        with suppress(MissingExtraError, ModuleNotFoundError):
            import_module(f"agendagraph.network.{name}")
    gc.freeze()
    control.send(json.dumps({"single": snapshot.only_thread()}).encode())
    for descriptor in _requests(control):
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_child(descriptor, parent, setup["memory_limit_bytes"])
        os.close(descriptor)
        # The server holds the child itself and not its number, which another may get.
        handle = os.pidfd_open(pid)
        socket.send_fds(control, [b"{}"], [handle])
        os.close(handle)


def _requests(control: socket.socket) -> Iterator[int]:
    """Yield the socket of each child that is asked for."""
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, channel.DATAGRAM, 1)
        if not data:
            return
        yield descriptors[0]
