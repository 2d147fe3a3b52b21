"""The server's handles on its workers, and on the zygote that forks them over a snapshot.

Everything here runs on the event loop and never blocks: the sockets are handed to transports.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from agendagraph.processes import boot, channel
from agendagraph.processes.supervisor import Zygote
from agendagraph.server.engine.crash_diagnosis import CrashDiagnosis, log_engine_error
from agendagraph.server.engine.worker import STACK_BYTES
from agendagraph.sparql.refusal import Reason

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

    from agendagraph.store.snapshot import Snapshot

_ZYGOTE: Final = "agendagraph.processes.zygote"
_LOAD: Final = "agendagraph.store.snapshot:load_json"
_SERVE: Final = "agendagraph.server.engine.worker:run"


class Listener(Protocol):
    """What receives the answer to a job."""

    def begun(self, content_type: str) -> None:
        """Receive the head of the answer."""

    def piece(self, data: bytes) -> None:
        """Receive a piece of the answer."""

    def ended(self, measures: dict[str, Any]) -> None:
        """Receive the end of a whole answer."""

    def failed(self, reason: Reason, facts: dict[str, Any]) -> None:
        """Receive the reason why there is no answer."""


class WorkerProcess(asyncio.Protocol):
    """One worker, seen from the server: idle, busy with one job, or dead.

    Attributes:
        snapshot: What its present job reads.
        thread: The kernel's id of the thread that evaluates.
        stop_input: Called when the job ends, if its input is still being written.
        on_query: Called with a query for the remote store, which a function asks.
    """

    def __init__(self, parent: WorkerZygote) -> None:
        self.parent = parent
        self.pid = 0
        self.thread = 0
        self.grown_mib = 0
        self.snapshot: Snapshot | None = None
        self.ready: asyncio.Future[WorkerProcess] = asyncio.get_running_loop().create_future()
        self.alive = True
        self.stop_input: Callable[[], None] | None = None
        self.on_query: Callable[[str], None] | None = None
        self._listener: Listener | None = None
        self._reader = channel.FrameReader()
        self._writable = asyncio.Event()
        self._writable.set()
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

    def run(self, job: bytes, listener: Listener) -> None:
        """Send a job's frame; *listener* receives the answer."""
        self._listener = listener
        self.send(job)

    def send(self, frame: bytes) -> None:
        """Send a frame."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame)

    async def drain(self) -> None:
        """Wait until the worker has read most of what was sent."""
        await self._writable.wait()

    def cpu_s(self) -> float | None:
        """Return how many seconds its thread has computed, ever; ``None`` if not known."""
        try:
            schedstat = Path(f"/proc/{self.pid}/task/{self.thread}/schedstat").read_text()
            return int(schedstat.split()[0]) / 1e9
        except (OSError, ValueError, IndexError):
            return None

    def kill(self) -> None:
        """End the process now; its listener receives the reason when it is reaped."""
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
        self.parent.reap(self)

    def discard(self) -> None:
        """End the process now; its listener receives nothing any more."""
        self._listener = None
        self.kill()

    def reaped(self, status: int | None) -> None:
        """Find out why it died, for its listener."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        if status is None:  # the process that holds the data took the worker with it
            listener.failed(Reason.NOT_READY, {"retry_after_s": 1})
        elif status == -signal.SIGSEGV:
            listener.failed(Reason.NESTING, {})
        elif status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGBUS):
            self.parent.diagnosis.out_of_memory(self.checkpoint, listener.failed)
        else:
            problem = f"the worker ended with status {status}"
            listener.failed(Reason.EVALUATION, {"problem": problem})

    def _end_input(self) -> None:
        self.on_query = None
        if self.stop_input is not None:
            self.stop_input()
            self.stop_input = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Pass every whole frame on to the listener."""
        for kind, payload in self._reader.feed(data):
            if kind == channel.READY:
                self.thread = json.loads(payload.decode())["thread"]
                if not self.ready.done():
                    self.ready.set_result(self)
            elif self._listener is not None:
                self._pass_on(self._listener, kind, payload)

    def _pass_on(self, listener: Listener, kind: int, payload: bytes) -> None:
        if kind == channel.DATA:
            listener.piece(payload)
            return
        if kind == channel.ASK:
            if self.on_query is not None:
                self.on_query(payload.decode())
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
            listener.failed(reason, log_engine_error(reason, members["facts"]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Reap a worker that has died."""
        del exc
        self.kill()

    def pause_writing(self) -> None:
        """Make `drain` wait."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let `drain` return."""
        self._writable.set()


class WorkerZygote(Zygote):
    """A zygote that forks workers over a snapshot.

    Attributes:
        snapshot: What it was started for.
        in_memory: Whether it holds the snapshot; otherwise every worker opens a checkpoint.
    """

    def __init__(
        self,
        control: socket.socket,
        origin: subprocess.Popen[bytes] | Zygote,
        snapshot: Snapshot,
        *,
        in_memory: bool,
    ) -> None:
        super().__init__(control, origin)
        self.snapshot = snapshot
        self.in_memory = in_memory
        self.diagnosis = CrashDiagnosis()

    @classmethod
    def start(cls, snapshot: Snapshot, *, in_memory: bool, memory_limit_bytes: int) -> WorkerZygote:
        """Start a zygote; a query of its workers may take *memory_limit_bytes*."""
        process, control = boot.start(_ZYGOTE, environment=boot.ENVIRONMENT)
        setup = {
            "load": _LOAD,
            "data": asdict(snapshot) if in_memory else None,
            "serve": _SERVE,
            "memory_limit_bytes": memory_limit_bytes,
            "reserved_bytes": STACK_BYTES,
        }
        channel.send(control, **setup)
        return cls(control, process, snapshot, in_memory=in_memory)

    async def fork_worker(self) -> WorkerProcess:
        """Start one more worker, and wait until it is ready for a job.

        Raises:
            OSError: It cannot be started.
        """
        ours, theirs = socket.socketpair()
        worker = WorkerProcess(self)
        ours.setblocking(False)  # noqa: FBT003 - the library's signature
        try:
            self.fork(worker, theirs)
        except OSError:
            ours.close()
            raise
        await self._loop.create_connection(lambda: worker, sock=ours)
        return await worker.ready

    async def fork_zygote(self, modules: Sequence[str], name: str) -> WorkerZygote:
        """Fork a zygote that imports *modules*, whose workers are called *name*.

        Raises:
            OSError: It cannot be started.
            StoreError: It has ended.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        zygote = WorkerZygote(ours, self, self.snapshot, in_memory=self.in_memory)
        try:
            self.fork(zygote, theirs, preload={"modules": list(modules), "name": name})
            await zygote.ready()
        except BaseException:
            zygote.kill()
            raise
        return zygote
