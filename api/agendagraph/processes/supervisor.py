"""The parent's side of child processes: send, receive, kill and reap without blocking.

A child that must end is killed at once and reaped later, so that nothing waits for it. What
a dead process was doing is the caller's to decide; this module reports the exit status.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Protocol

from agendagraph.errors import StoreError
from agendagraph.processes import boot, channel

if TYPE_CHECKING:
    import socket
    import subprocess
    from collections.abc import Iterator, Sequence

_FIRST_RETRY_S: Final = 0.2
_LAST_RETRY_S: Final = 5.0


class ChildEndedError(Exception):
    """A child process has ended, with this exit status (negative: the signal)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Child:
    """A child process, which runs ``main()`` of *module*, and our end of its control socket.

    *setup* is the first message to it; it inherits the descriptors *keep*.
    """

    def __init__(self, module: str, setup: dict[str, Any], *, keep: Sequence[int] = ()) -> None:
        self._loop = asyncio.get_running_loop()
        self._process, self._control = boot.start(module, keep=keep)
        self._control.setblocking(False)  # noqa: FBT003 - the library's signature
        channel.send(self._control, **setup)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, *descriptors: int, **members: object) -> None:
        """Send a message, and descriptors with it.

        Raises:
            OSError: It has ended.
        """
        channel.send(self._control, *descriptors, **members)

    async def receive(self) -> dict[str, Any]:
        """Wait for its next message.

        Raises:
            ChildEndedError: It has ended.
        """
        try:
            data = await self._loop.sock_recv(self._control, channel.DATAGRAM)
        except OSError:
            data = b""
        if not data:
            raise ChildEndedError(await asyncio.to_thread(self._process.wait))
        message: dict[str, Any] = json.loads(data)
        return message

    async def stop(self) -> int:
        """Kill it, and return its exit status."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        status = await asyncio.to_thread(self._process.wait)
        self._control.close()
        return status


def backoff() -> Iterator[float]:
    """Yield how long to wait before each attempt to start something again.

    >>> waits = backoff()
    >>> [round(next(waits), 1) for _ in range(6)]
    [0.2, 0.4, 0.8, 1.6, 3.2, 5.0]
    """
    wait_s = _FIRST_RETRY_S
    while True:
        yield wait_s
        wait_s = min(_LAST_RETRY_S, 2 * wait_s)


class Forked(Protocol):
    """A process that a zygote forks: a worker or another zygote."""

    pid: int
    """0 until the zygote has reported it."""
    alive: bool

    def kill(self) -> None:
        """Kill it."""

    def reaped(self, status: int | None) -> None:
        """Take its exit status; ``None`` if it died with its zygote."""


class Zygote:
    """The server's end of a process that forks others (`processes.zygote`).

    *origin* is this process, or the zygote that forks it.
    """

    def __init__(self, control: socket.socket, origin: subprocess.Popen[bytes] | Zygote) -> None:
        self.pid = 0 if isinstance(origin, Zygote) else origin.pid
        self.loaded: dict[str, Any] = {}
        self.children: set[Forked] = set()
        self.alive = True
        self.ended = asyncio.Event()
        self._origin = origin
        self._control = control
        self._retired = False
        self._forking: deque[Forked] = deque()
        self._dying: dict[int, Forked] = {}
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        control.setblocking(False)  # noqa: FBT003 - the library's signature
        self._loop.add_reader(control.fileno(), self._receive)

    async def ready(self) -> dict[str, Any]:
        """Wait until it has loaded its data; return its report.

        Raises:
            StoreError: It could not load them.
        """
        self.loaded = await asyncio.shield(self._ready)
        return self.loaded

    def fork(self, child: Forked, theirs: socket.socket, **members: object) -> None:
        """Have it fork *child*, which serves the socket *theirs*.

        Raises:
            OSError: It has ended.
        """
        self.children.add(child)
        self._forking.append(child)
        try:
            with theirs:
                channel.send(self._control, theirs.fileno(), do="fork", **members)
        except OSError:
            self.children.discard(child)
            self._forking.remove(child)
            raise

    def reap(self, child: Forked) -> None:
        """Kill *child*, and give it its exit status when the zygote has reaped it."""
        if not self.alive:  # the kernel has killed it too, and may have given its number away
            self.children.discard(child)
            child.reaped(None)
        elif child.pid:  # otherwise it is killed when its number is known
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
            self._dying[child.pid] = child
            self.children.discard(child)
            with contextlib.suppress(OSError):
                channel.send(self._control, do="reap", pid=child.pid)
            self._end_if_unused()

    def reaped(self, status: int | None) -> None:
        """Do nothing: what a zygote was doing is lost with its children."""

    def retire(self) -> None:
        """End when the last child has ended."""
        self._retired = True
        for child in tuple(self.children):
            if isinstance(child, Zygote):
                child.retire()
        self._end_if_unused()

    def _end_if_unused(self) -> None:
        if self._retired and not self.children:
            self.kill()

    def kill(self) -> None:
        """Kill it, and with it all its children."""
        if not self.alive:
            return
        self.alive = False
        self.ended.set()
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        if isinstance(self._origin, Zygote):
            self._origin.reap(self)
        else:
            self._origin.kill()
            self._origin.wait()
        self._fail("the process that holds the data has ended")

    def _receive(self) -> None:
        try:
            message, _ = channel.receive(self._control)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            message = None
        if message is None:
            self.kill()
        else:
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        """Handle a message: it has loaded, forked or reaped, or could not."""
        if "pid" in message:
            child = self._forking.popleft()
            child.pid = message["pid"]
            if not child.alive:
                self.reap(child)
        elif "unforked" in message:
            self._unforked()
        elif "reaped" in message:
            dead = self._dying.pop(message["reaped"], None)
            if dead is not None:
                dead.reaped(message["status"])
        elif "failed" in message:
            self._fail(message["failed"])
        elif not self._ready.done():
            self._ready.set_result(message)

    def _unforked(self) -> None:
        """Give up the oldest fork: the machine has no process for it."""
        child = self._forking.popleft()
        self.children.discard(child)
        child.kill()

    def _fail(self, problem: str) -> None:
        if not self._ready.done():
            self._ready.set_exception(StoreError(problem))
            self._ready.exception()
        for child in self._dying.values():
            child.reaped(None)
        self._dying.clear()
        for child in tuple(self.children):
            child.kill()
