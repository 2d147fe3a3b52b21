"""Load a snapshot once, and fork a ready worker whenever the server asks for one.

This process has one thread for all its life and never updates a store: a fork taken while
another thread holds a lock hangs. It keeps a dead worker's process id reserved (as a
zombie) until the server has asked for its burial, so that the server can never kill a
stranger that got the same number.

Run as ``python -c <BOOT> <control socket's descriptor>``; the first message configures it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from agendagraph.processes import channel, confinement
from agendagraph.server.engine import worker
from agendagraph.store import snapshot

if TYPE_CHECKING:
    import pyoxigraph as ox

BOOT: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]);"
    " from agendagraph.server.engine.zygote import main; main()"
)
"""What the server gives to ``python -c``; the interpreter runs isolated and without site."""


@dataclass(slots=True)
class _Zygote:
    control: socket.socket
    store: ox.Store | None
    memory_limit_bytes: int
    dying: set[int]

    def handle(self, message: dict[str, Any], descriptors: list[int]) -> None:
        """Do what one message asks: fork a worker or bury one."""
        if message["do"] == "fork":
            self.fork(descriptors[0])
        elif message["do"] == "bury":
            self.dying.add(message["pid"])
            self.bury()

    def fork(self, descriptor: int) -> None:
        """Start a worker that serves the socket *descriptor*, if the machine has a process left."""
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(descriptor)
            self.tell(unforked=str(error))
            return
        if pid == 0:
            try:
                self.control.close()
                self.become_worker(descriptor, parent)
            finally:
                os._exit(70)
        os.close(descriptor)
        self.tell(pid=pid)

    def become_worker(self, descriptor: int, parent: int) -> NoReturn:
        """Confine this new process, and answer queries until it is killed."""
        confinement.die_with_parent(parent)
        confinement.confine(
            memory_limit_bytes=self.memory_limit_bytes, reserved_bytes=worker.STACK_BYTES + _SLACK
        )
        worker.run(socket.socket(fileno=descriptor), self.store)

    def bury(self) -> None:
        """Collect the workers that the server has given up, and tell how they ended."""
        for pid in tuple(self.dying):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.dying.discard(pid)
                self.tell(buried=pid, status=os.waitstatus_to_exitcode(status))

    def tell(self, **members: object) -> None:
        """Send one message to the server."""
        self.control.send(json.dumps(members).encode())


_SLACK: Final = 192 << 20
"""Address space for arenas that the allocator reserves a thread without using them."""


def main() -> None:
    """Serve the control socket whose descriptor is the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when we end
    confinement.die_with_parent(os.getppid())
    control = socket.socket(fileno=int(sys.argv[1]))
    with contextlib.suppress(ConnectionError):  # the server is gone, and nobody is left to tell
        _serve(control)


def _serve(control: socket.socket) -> None:
    setup = json.loads(control.recv(channel.DATAGRAM))
    zygote = _Zygote(control, None, setup["memory_limit_bytes"], set())
    started = time.perf_counter()
    try:
        if setup["in_memory"]:
            zygote.store = snapshot.load(snapshot.from_json(setup["snapshot"]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the server must learn of it
        zygote.tell(failed=f"{type(error).__name__}: {error}"[:2000])
        return
    zygote.tell(
        loaded_s=round(time.perf_counter() - started, 3),
        quads=len(zygote.store) if zygote.store is not None else None,
        single=snapshot.only_thread(),
        missing=_missing_confinement(zygote.memory_limit_bytes),
    )
    gc.freeze()
    _loop(zygote)


def _loop(zygote: _Zygote) -> None:
    """Handle messages until the server is gone; workers follow by their parent's death."""
    while True:
        wait_s = 0.01 if zygote.dying else None
        ready, _, _ = select.select([zygote.control], [], [], wait_s)
        if ready:
            data, descriptors, _, _ = socket.recv_fds(zygote.control, channel.DATAGRAM, 1)
            if not data:
                return
            zygote.handle(json.loads(data), descriptors)
        else:
            zygote.bury()


def _missing_confinement(memory_limit_bytes: int) -> list[str]:
    """Confine a child that does nothing, to learn what this kernel refuses."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        missing = confinement.confine(
            memory_limit_bytes=memory_limit_bytes, reserved_bytes=worker.STACK_BYTES + _SLACK
        )
        os.write(theirs, json.dumps(missing).encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as stream:  # noqa: PTH123 - a descriptor
        told = stream.read()
    os.waitpid(pid, 0)
    return list(json.loads(told)) if told else ["a confined process does not start"]
