"""The server's ends of its child processes: one zygote, and the workers that it forks.

Everything here runs on the event loop and never blocks: the sockets are handed to
transports, and a child that must go is killed first and mourned later.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from agendagraph.errors import StoreError
from agendagraph.processes import channel
from agendagraph.server.engine import crash_diagnosis, zygote
from agendagraph.sparql.refusal import Reason

if TYPE_CHECKING:
    from agendagraph.store.snapshot import Snapshot


class Listener(Protocol):
    """Whoever waits for what a worker has to say about one job."""

    def begun(self, form: str, content_type: str) -> None:
        """Take the kind of the answer."""

    def piece(self, data: bytes) -> None:
        """Take a piece of the answer."""

    def ended(self, measures: dict[str, Any]) -> None:
        """Take the end of a whole answer."""

    def failed(self, reason: Reason, facts: dict[str, Any]) -> None:
        """Take the reason why there is no answer."""


class Feeder(Protocol):
    """Whatever writes a job's input to a worker while the worker reads it."""

    def stop(self) -> None:
        """Write no more."""


class WorkerProcess(asyncio.Protocol):
    """One worker, seen from the server: idle, busy with one job, or dead.

    Attributes:
        snapshot: What its present job reads.
        thread: The kernel's id of the thread that evaluates.
    """

    def __init__(self, parent: ZygoteProcess) -> None:
        """Stand for a worker that *parent* is about to fork."""
        self.parent = parent
        self.pid = 0
        self.thread = 0
        self.grown_mib = 0
        self.snapshot: Snapshot | None = None
        self.ready: asyncio.Future[WorkerProcess] = asyncio.get_running_loop().create_future()
        self.alive = True
        self._listener: Listener | None = None
        self._reader = channel.FrameReader()
        self._writable = asyncio.Event()
        self._writable.set()
        self.feeder: Feeder | None = None
        """What writes its job's input; it ends with the job."""
        self._transport: asyncio.Transport | None = None

    @property
    def busy(self) -> bool:
        """Whether it runs a job."""
        return self._listener is not None

    @property
    def checkpoint(self) -> str:
        """The checkpoint that its job must name; blank where it inherited the data."""
        if self.parent.in_memory or self.snapshot is None:
            return ""
        return self.snapshot.path

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (asyncio calls this)."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Give every whole frame to whoever waits for it (asyncio calls this)."""
        for kind, payload in self._reader.feed(data):
            if kind == channel.READY:
                self.thread = json.loads(payload.decode())["thread"]
                if not self.ready.done():
                    self.ready.set_result(self)
            elif self._listener is not None:
                self._tell(kind, payload)

    def _tell(self, kind: int, payload: bytes) -> None:
        listener = self._listener
        if listener is None:
            return
        if kind == channel.DATA:
            listener.piece(payload)
            return
        members = json.loads(payload.decode())
        if kind == channel.HEAD:
            listener.begun(**members)
            return
        self._end_input()
        self._listener = None
        if kind == channel.END:
            self.grown_mib = members.pop("grown_mib")
            listener.ended(members)
        else:
            reason = Reason(members["reason"])
            listener.failed(reason, crash_diagnosis.noted(reason, members["facts"]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Find out how it died, and tell whoever waits (asyncio calls this)."""
        del exc
        self.kill()

    def run(self, job: bytes, listener: Listener) -> None:
        """Send a job's frame; *listener* hears of it until it ended or failed."""
        self._listener = listener
        self.send(job)

    def send(self, frame: bytes) -> None:
        """Send a frame that has no answer, or whose answer is awaited already."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame)

    def pause_writing(self) -> None:
        """Let whoever sends wait (asyncio calls this)."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let whoever sends go on (asyncio calls this)."""
        self._writable.set()

    async def drain(self) -> None:
        """Wait until the worker has taken most of what was sent."""
        await self._writable.wait()

    def _end_input(self) -> None:
        if self.feeder is not None:
            self.feeder.stop()
            self.feeder = None

    def cpu_s(self) -> float | None:
        """Return how many seconds its thread has computed, ever; ``None`` if not known."""
        try:
            told = Path(f"/proc/{self.pid}/task/{self.thread}/schedstat").read_text()
            return int(told.split()[0]) / 1e9
        except (OSError, ValueError, IndexError):
            return None

    def kill(self) -> None:
        """End the process now, whatever it does; a waiting listener hears how it ended."""
        if not self.alive:
            return
        self.alive = False
        self._end_input()
        self._writable.set()
        if self._transport is not None:
            self._transport.abort()
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("a worker died before it was ready"))
            self.ready.exception()
        listener, self._listener = self._listener, None
        self.parent.bury(self, listener)

    def stop(self) -> None:
        """End the process now; nobody hears of it any more."""
        self._listener = None
        self.kill()


def _reason_of(status: int) -> tuple[Reason, dict[str, Any]]:
    """Return what a worker's exit status says about the query that it ran."""
    if status == -signal.SIGSEGV:
        return Reason.NESTING, {}
    if status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGBUS):
        return Reason.MEMORY, {}
    return Reason.EVALUATION, {"problem": f"the worker ended with status {status}"}


_ONE_ARENA: Final = {"MALLOC_ARENA_MAX": "1"}
"""The allocator otherwise reserves 64 MiB and more for each thread that RocksDB starts: 390 MiB
of the address space that limits a query's memory, for a store of three statements."""


class ZygoteProcess:
    """The process that holds a snapshot and forks workers over it.

    Args:
        snapshot: What to load.
        in_memory: Whether the zygote loads it; otherwise every worker opens a checkpoint.
        memory_limit_bytes: What one query may take.
    """

    def __init__(self, snapshot: Snapshot, *, in_memory: bool, memory_limit_bytes: int) -> None:
        """Start the process; `ready` waits until it has loaded."""
        self.snapshot = snapshot
        self.in_memory = in_memory
        self.loaded: dict[str, Any] = {}
        self.workers: set[WorkerProcess] = set()
        self.alive = True
        self.ended = asyncio.Event()
        self._retired = False
        self._forking: list[WorkerProcess] = []
        self._burying: dict[int, tuple[Listener | None, str]] = {}
        self._inquest = crash_diagnosis.CrashDiagnosis()
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._process = self._start(memory_limit_bytes)

    def _start(self, memory_limit_bytes: int) -> subprocess.Popen[bytes]:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", "-X", "utf8", "-c", zygote.BOOT),
                    *(str(theirs.fileno()), json.dumps(sys.path)),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                close_fds=True,
                env={**os.environ, **_ONE_ARENA},
            )
        self._control.setblocking(False)  # noqa: FBT003 - the library's signature
        self._loop.add_reader(self._control.fileno(), self._hear)
        setup = {
            "snapshot": self.snapshot.as_json(),
            "in_memory": self.in_memory,
            "memory_limit_bytes": memory_limit_bytes,
        }
        self._control.send(json.dumps(setup).encode())
        return process

    @property
    def pid(self) -> int:
        """The zygote's process id."""
        return self._process.pid

    async def ready(self) -> dict[str, Any]:
        """Wait until the snapshot is loaded; return what the zygote tells of it.

        Raises:
            StoreError: It could not be loaded.
        """
        self.loaded = await asyncio.shield(self._ready)
        return self.loaded

    async def fork(self) -> WorkerProcess:
        """Start one more worker, and wait until it is ready for a job."""
        ours, theirs = socket.socketpair()
        worker = WorkerProcess(self)
        self.workers.add(worker)
        self._forking.append(worker)
        ours.setblocking(False)  # noqa: FBT003 - the library's signature
        try:
            with theirs:
                socket.send_fds(self._control, [b'{"do":"fork"}'], [theirs.fileno()])
        except OSError:
            ours.close()
            self.workers.discard(worker)
            self._forking.remove(worker)
            raise
        await self._loop.create_connection(lambda: worker, sock=ours)
        return await worker.ready

    def bury(self, worker: WorkerProcess, listener: Listener | None) -> None:
        """Kill a worker and collect its status for *listener*."""
        if not self.alive:  # the kernel has killed it with us; its number may be a stranger's now
            self.workers.discard(worker)
            if listener is not None:
                listener.failed(Reason.NOT_READY, {"retry_after_s": 1})
            return
        if worker.pid == 0:  # its number is not known yet: killed when it is
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
        self._burying[worker.pid] = listener, worker.checkpoint
        self.workers.discard(worker)
        with contextlib.suppress(OSError):
            self._control.send(json.dumps({"do": "bury", "pid": worker.pid}).encode())
        self._leave_if_done()

    def retire(self) -> None:
        """Fork no more, and end when the last busy worker has."""
        self._retired = True
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        if self._retired and not self.workers:
            self.stop()

    def stop(self) -> None:
        """End the process now, and with it all its workers."""
        if self.alive:
            self.alive = False
            self.ended.set()
            self._loop.remove_reader(self._control.fileno())
            self._control.close()
            self._process.kill()
            self._process.wait()
            self._fail(StoreError("the process that holds the data has ended"))

    def _hear(self) -> None:
        """Read what the zygote says: loaded, forked or not, buried; or notice that it is gone."""
        try:
            data = self._control.recv(channel.DATAGRAM)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.stop()
            return
        message = json.loads(data)
        if "pid" in message:
            worker = self._forking.pop(0)
            worker.pid = message["pid"]
            if not worker.alive:
                self.bury(worker, None)
        elif "unforked" in message:
            self._unforked()
        elif "buried" in message:
            self._buried(message["buried"], message["status"])
        elif "failed" in message:
            self._fail(StoreError(message["failed"]))
        elif not self._ready.done():
            self._ready.set_result(message)

    def _buried(self, pid: int, status: int) -> None:
        listener, checkpoint = self._burying.pop(pid, (None, ""))
        if listener is not None:
            self._inquest.hold(listener, checkpoint, *_reason_of(status))

    def _unforked(self) -> None:
        """Give up the worker that was asked for first: the machine has no process for it."""
        worker = self._forking.pop(0)
        self.workers.discard(worker)
        worker.stop()

    def _fail(self, error: StoreError) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
            self._ready.exception()
        for listener, _ in self._burying.values():
            if listener is not None:
                listener.failed(Reason.NOT_READY, {"retry_after_s": 1})
        self._burying.clear()
        for worker in tuple(self.workers):
            worker.kill()
