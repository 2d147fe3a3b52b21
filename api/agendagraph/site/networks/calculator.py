"""Have networks calculated in child processes, and kill the ones that take too long.

The server's side of `site.networks.calculation`. Everything here runs on the
event loop and never blocks. The first job starts the process that forks; equal jobs that run
at once share one child; a child whose clients have all gone is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from agendagraph.processes import channel
from agendagraph.site.networks import calculation_frames
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation
from agendagraph.sparql.query import SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Hashable

    from agendagraph.server.engine.pending_answer import PendingAnswer
    from agendagraph.server.http.state import ServerState

logger: Final = logging.getLogger(__name__)

_START_LIMIT_S: Final = 60.0
_JOBS: Final = 64
"""Jobs that run or wait, in all."""
_CLIENT_JOBS: Final = 16
"""The same of one client."""
_TRIES: Final = 3


class Calculator:
    """Calculates documents of networks, each in a process of its own.

    Args:
        state: The server's engine and settings: a calculation may take as long, as much
            memory and as large an answer as a query, and as many run as slow queries do.
    """

    def __init__(self, state: ServerState) -> None:
        """Start nothing yet."""
        settings = state.settings
        self._state = state
        self._limit_s = settings.query_limit_s
        self._memory_bytes = settings.memory_limit_mib << 20
        self._answer_bytes = settings.answer_limit_mib << 20
        self._slots = asyncio.Semaphore(settings.slow_slots)
        self._clients: Counter[str] = Counter()
        self._flights: dict[Hashable, _PendingDocument] = {}
        self._forking = asyncio.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._starting: asyncio.Task[None] | None = None

    async def document(self, job: dict[str, Any], *, key: Hashable, client: str) -> Document:
        """Return the document of *job*, and the generation of the data it was made from.

        Args:
            job: What `answer` takes.
            key: What the document depends on; equal keys share a calculation_frames.
            client: Whom limits apply to.

        Raises:
            Refusal: There is none.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = _PendingDocument(asyncio.ensure_future(self._run(job, client)))
            self._flights[key] = flight
            flight.task.add_done_callback(partial(self._ended, key, flight))
        flight.joined += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.joined -= 1
            if flight.joined == 0:
                self._forget(key, flight)
                flight.task.cancel()

    def _ended(self, key: Hashable, flight: _PendingDocument, _task: object) -> None:
        self._forget(key, flight)

    def _forget(self, key: Hashable, flight: _PendingDocument) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    async def _run(self, job: dict[str, Any], client: str) -> Document:
        """Run a job in its turn."""
        if self._clients[client] >= _CLIENT_JOBS:
            raise Refusal(Reason.TOO_MANY, limit=_CLIENT_JOBS, retry_after_s=1)
        if self._clients.total() >= _JOBS:
            raise Refusal(Reason.BUSY, retry_after_s=2)
        self._clients[client] += 1
        try:
            if self._control is None:
                await asyncio.shield(self._started())
            async with asyncio.timeout(self._limit_s), self._slots:
                return await self._settled(job, client)
        except TimeoutError:
            raise Refusal(Reason.TIME_LIMIT, limit_s=self._limit_s) from None
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    async def _settled(self, job: dict[str, Any], client: str) -> Document:
        """Return a document whose queries all saw the same data, in a few tries."""
        for _ in range(_TRIES):
            child = await self._forked(client)
            try:
                body = await child.run(job, self._answer_bytes)
            finally:
                child.kill()
            if len(child.generations) <= 1:
                return Document(body, "".join(child.generations) or self._state.engine.generation)
        raise Refusal(Reason.BUSY, retry_after_s=2)

    async def _forked(self, client: str) -> _Child:
        """Start a child; one that nobody waits for any more ends when it has begun."""
        forking = asyncio.ensure_future(self._fork(client))
        try:
            return await asyncio.shield(forking)
        except asyncio.CancelledError:
            forking.add_done_callback(_kill)
            raise

    async def _fork(self, client: str) -> _Child:
        async with self._forking:
            control = self._control
            if control is None:
                raise Refusal(Reason.BUSY, retry_after_s=2)
            ours, theirs = socket.socketpair()
            try:
                with theirs:
                    socket.send_fds(control, [b"{}"], [theirs.fileno()])
                _, handle = await self._hear(control)
            except (OSError, TimeoutError) as error:
                ours.close()
                self.close()
                logger.warning("no calculation could be started: %s", error)
                raise Refusal(Reason.BUSY, retry_after_s=2) from None
            reader, writer = await asyncio.open_connection(sock=ours)
        return _Child(self._state, client, reader, writer, handle)

    def _started(self) -> asyncio.Task[None]:
        """The start of the process that forks, which all who need it wait for."""
        if self._starting is None or self._starting.done():
            self._starting = asyncio.ensure_future(self._start())
        return self._starting

    async def _start(self) -> None:
        """Start the process that forks, and wait until it has imported what is needed."""
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.settimeout(0)
        with theirs:
            command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", calculation_frames.BOOT]
            self._process = subprocess.Popen(  # noqa: ASYNC220 - a fork and an exec
                [*command, str(theirs.fileno()), json.dumps(sys.path)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **calculation_frames.ONE_THREAD},
            )
        control.send(json.dumps({"memory_limit_bytes": self._memory_bytes}).encode())
        try:
            told, _ = await self._hear(control)
        except (OSError, TimeoutError) as error:
            control.close()
            self._process.kill()
            logger.warning("calculations cannot be started: %s", error)
            return
        if not told["single"]:
            logger.warning("calculations fork from a process that has threads")
        self._control = control

    async def _hear(self, control: socket.socket) -> tuple[dict[str, Any], int]:
        """Wait for the next message of the process that forks, and what comes with it."""
        loop = asyncio.get_running_loop()
        arrived: asyncio.Future[None] = loop.create_future()
        loop.add_reader(control.fileno(), _wake, arrived)
        try:
            async with asyncio.timeout(_START_LIMIT_S):
                await arrived
        finally:
            loop.remove_reader(control.fileno())
        data, descriptors, _, _ = socket.recv_fds(control, channel.DATAGRAM, 1)
        if not data:
            raise ConnectionError("the process has ended")
        return json.loads(data), descriptors[0] if descriptors else -1

    def close(self) -> None:
        """End every process of the calculator; the next job starts anew."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document, and the generation of the data that it was made from."""

    body: bytes
    generation: str


def _kill(forking: asyncio.Task[_Child]) -> None:
    if not forking.cancelled() and forking.exception() is None:
        forking.result().kill()


def _wake(arrived: asyncio.Future[None]) -> None:
    if not arrived.done():
        arrived.set_result(None)


class _PendingDocument:
    """A job that runs, and how many wait for it."""

    __slots__ = ("joined", "task")

    def __init__(self, task: asyncio.Task[Document]) -> None:
        self.task = task
        self.joined = 0


class _Child:
    """One child process and its job."""

    def __init__(
        self,
        state: ServerState,
        client: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        handle: int,
    ) -> None:
        self._state = state
        self._client = client
        self._reader = reader
        self._writer = writer
        self._handle = handle
        self.generations: set[str] = set()

    async def run(self, job: dict[str, Any], largest_bytes: int) -> bytes:
        """Send the job, answer the child's questions, and return its document.

        Raises:
            Refusal: There is no document.
        """
        self._send(calculation_frames.JOB, json.dumps(job).encode())
        while True:
            kind, payload = await self._receive(largest_bytes)
            if kind == calculation_frames.ASK:
                await self._tell(payload.decode())
            elif kind == calculation_frames.DONE:
                return payload
            elif kind == calculation_frames.REFUSED:
                told = json.loads(payload)
                raise Refusal(Reason(told["reason"]), **told["facts"])
            else:
                raise RuntimeError(f"a calculation failed:\n{payload.decode()}")

    async def _tell(self, query: str) -> None:
        """Have the server's workers answer a query of the child."""
        question = SparqlQuery(QueryOperation(query), choose(None, "json"))
        try:
            flight = self._state.engine.ask(question, client=self._client)
        except Refusal as refusal:
            self._refuse(refusal)
            return
        try:
            await self._pass_on(flight)
        except Refusal as refusal:
            self._refuse(refusal)
        finally:
            flight.leave()

    async def _pass_on(self, flight: PendingAnswer) -> None:
        """Send the child an answer that is whole.

        Raises:
            Refusal: There is none.
        """
        await asyncio.shield(flight.done)
        if flight.truncated:
            limit = self._state.settings.row_limit
            problem = f"it needs more rows than the {limit} that this server answers with"
            raise Refusal(Reason.EVALUATION, problem=problem)
        self.generations.add(flight.generation)
        self._writer.write(channel.HEADER.pack(calculation_frames.TOLD, flight.spool.size))
        offset = 0
        while piece := await flight.spool.read(offset):
            offset += len(piece)
            self._writer.write(piece)
            await self._writer.drain()

    def _refuse(self, refusal: Refusal) -> None:
        told = {"reason": refusal.reason, "facts": refusal.facts}
        self._send(calculation_frames.REFUSED, json.dumps(told, default=str).encode())

    def _send(self, kind: int, payload: bytes) -> None:
        self._writer.write(channel.frame(kind, payload))

    async def _receive(self, largest_bytes: int) -> tuple[int, bytes]:
        """Return the child's next frame; one that ends without a word had too little memory."""
        try:
            kind, length = channel.HEADER.unpack(
                await self._reader.readexactly(channel.HEADER.size)
            )
            if length > largest_bytes:
                raise Refusal(Reason.ANSWER_TOO_LARGE, limit=largest_bytes)
            return kind, await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Refusal(Reason.MEMORY) from None

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._writer.close()
        if self._handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)
            self._handle = -1
