"""The client of the writer process: one change at a time, each within a time limit.

Everything here runs on the event loop and never blocks. The writer is restarted when it
has died or was killed; uncommitted changes are lost, and committed ones are read back from the
store's directory. After each commit the new snapshot is published to the workers
(`Engine.publish`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import tempfile
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import StoreError
from agendagraph.processes.supervisor import Child, ChildEndedError
from agendagraph.server.engine import crash_diagnosis
from agendagraph.server.updates.requests import Outcome, WriteRequest
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from agendagraph.store.generations import StoreDirectory

logger: Final = logging.getLogger(__name__)

_WRITER: Final = "agendagraph.server.updates.writer"
_COMMIT_S: Final = 60.0
"""Seconds that a commit may take beyond the limit: it is the disk that takes them."""
_START_S: Final = 600.0
"""Seconds in which a writer must have started, and its validator have loaded its data."""


@dataclass(frozen=True, slots=True)
class UpdateLimits:
    """The limits of an update, and how many may wait; more are rejected."""

    limit_s: float = 30.0
    memory_bytes: int = 2048 << 20
    waiting: int = 64


class _Writer(Child):
    """A running writer."""

    def __init__(self, directory: StoreDirectory, setup: dict[str, Any]) -> None:
        self.committing: str | None = None
        """The generation that it is about to commit; looked up if it dies."""
        self.warm = asyncio.Event()
        """Set unless a request waits for its validator to have loaded."""
        self.warm.set()
        setup = {**setup, "path": str(directory.path), "lock": directory.lock}
        super().__init__(_WRITER, setup, keep=[directory.lock])

    async def answer(self) -> dict[str, Any]:
        """Wait for its next message that is no progress report.

        Raises:
            ChildEndedError: It has ended.
        """
        while True:
            message = await self.receive()
            if "committing" in message:
                self.committing = str(message["committing"])
            elif "warming" in message:
                self.warm.clear() if message["warming"] else self.warm.set()
            else:
                return message

    def request(self, request: WriteRequest, body: int, report: int) -> None:
        """Send a request, and the files of its body and of a long answer."""
        self.committing = None
        self.send(body, report, **asdict(request))


class WriterClient:
    """Sends changes to the writer, and publishes each generation before it answers.

    *publish* lets new queries read a snapshot. The graphs whose IRIs begin with *validated* must
    conform to *shapes*; if it is blank, nothing is validated.
    """

    def __init__(
        self,
        directory: StoreDirectory,
        publish: Callable[[Snapshot], Awaitable[None]],
        limits: UpdateLimits,
        *,
        shapes: tuple[Path, ...] = (),
        validated: str = "",
    ) -> None:
        self._directory = directory
        self._publish = publish
        self._limits = limits
        self._setup = {
            "shapes": [str(path) for path in shapes],
            "validated": validated,
            "memory_limit_bytes": limits.memory_bytes,
        }
        self._process: _Writer | None = None
        self._turn = asyncio.Lock()
        self._asked = 0
        self._versions: dict[str, str] = {}
        self._restart: asyncio.Task[None] | None = None
        self._closed = False
        self.snapshot: Snapshot | None = None
        self.empty_graphs: frozenset[str] = frozenset()
        self.started = ""

    @property
    def pid(self) -> int | None:
        """The writer's process id, while there is one."""
        return self._process.pid if self._process else None

    @property
    def waiting(self) -> int:
        """Updates that wait for the one that is at work."""
        return max(0, self._asked - 1)

    async def start(self) -> Snapshot:
        """Start the writer; return the generation that it found.

        Raises:
            StoreError: The store cannot be opened.
        """
        process = _Writer(self._directory, self._setup)
        try:
            async with asyncio.timeout(_START_S):
                report = await process.answer()
                state = {} if "failed" in report else await process.answer()
        except (ChildEndedError, TimeoutError):
            report, state = {"failed": "its writer does not start"}, {}
        except BaseException:
            await process.stop()
            raise
        if "failed" in report:
            await process.stop()
            raise StoreError(f"cannot use the store {self._directory.path}: {report['failed']}")
        if report["missing"]:
            logger.warning("the writer is not confined in full: %s", "; ".join(report["missing"]))
        snapshot = self._learn(state)
        self._process = process
        self.started = self.started or snapshot.generation
        return snapshot

    def _learn(self, outcome: dict[str, Any]) -> Snapshot:
        self.snapshot = Snapshot(**outcome["snapshot"])
        self.empty_graphs = frozenset(outcome["empty_graphs"])
        return self.snapshot

    async def close(self) -> None:
        """End the writer; what it has not committed does not happen."""
        self._closed = True
        if self._restart is not None:
            self._restart.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._restart
        process, self._process = self._process, None
        if process is not None:
            await process.stop()

    async def settled(self) -> None:
        """Wait until a writer that has died was started again, or could not be."""
        if self._restart is not None:
            await asyncio.shield(self._restart)

    def version(self, graph: str) -> str:
        """Return a name for the state of a graph: another one whenever it has changed."""
        return self._versions.get(graph, self.started)

    async def submit(
        self,
        request: WriteRequest,
        body: bytes,
        *,
        precondition: Callable[[], Awaitable[None]] | None = None,
    ) -> Outcome:
        """Apply a change durably, and publish it.

        *precondition* is called when it is this change's turn, and may raise.

        Raises:
            Refusal: It was rejected, and nothing has changed.
        """
        if self.waiting >= self._limits.waiting:
            raise Refusal(Reason.BUSY, retry_after_s=2, why="updates")
        self._asked += 1
        try:
            async with self._turn:
                if precondition is not None:
                    await precondition()
                # A client that disconnects must not leave a commit behind that is not published.
                return await asyncio.shield(asyncio.ensure_future(self._in_turn(request, body)))
        finally:
            self._asked -= 1

    async def _in_turn(self, request: WriteRequest, body: bytes) -> Outcome:
        with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as report:
            await asyncio.to_thread(_fill, sent.fileno(), body)
            process = await self._running()
            try:
                process.request(request, sent.fileno(), report.fileno())
            except OSError:  # it has died meanwhile, and has not received this
                await process.stop()
                self._process = None
                process = await self._running()
                process.request(request, sent.fileno(), report.fileno())
            try:
                outcome = await self._answer(process)
            except ChildEndedError as dead:
                outcome = await self._after_death(process, dead)
            if "ending" in outcome:
                await process.stop()
                self._process = None
                self._begin_restart()
            if "reason" in outcome:
                if size := os.fstat(report.fileno()).st_size:
                    outcome["facts"]["report"] = json.loads(os.pread(report.fileno(), size, 0))
                raise Refusal(Reason(outcome["reason"]), **outcome["facts"])
        if "needs" in outcome:
            generation = self.snapshot.generation if self.snapshot else ""
            return Outcome(generation, needs=tuple(outcome["needs"]))
        return await self._done(outcome)

    async def _running(self) -> _Writer:
        if self._restart is not None:
            await asyncio.shield(self._restart)
        if self._process is not None:
            return self._process
        try:
            await self.start()
        except StoreError as error:
            reason = Reason.STORE_FULL if "disk is full" in str(error) else Reason.STORE_FAULT
            raise Refusal(reason, problem=f"{error}.") from None
        return await self._running()

    async def _answer(self, process: _Writer) -> dict[str, Any]:
        """Wait for the answer; a change that takes too long is stopped unless it commits.

        The time in which the data of a new writer's validator is loaded does not count.
        """
        receiving = asyncio.ensure_future(process.answer())
        try:
            done, _ = await asyncio.wait([receiving], timeout=self._limits.limit_s)
            if not done and not process.warm.is_set():
                warm = asyncio.ensure_future(process.warm.wait())
                await asyncio.wait(
                    [receiving, warm], timeout=_START_S, return_when=asyncio.FIRST_COMPLETED
                )
                warm.cancel()
                done, _ = await asyncio.wait([receiving], timeout=self._limits.limit_s)
            if not done and process.committing:
                done, _ = await asyncio.wait([receiving], timeout=_COMMIT_S)
            if done:
                return receiving.result()
        finally:
            receiving.cancel()
        status = await process.stop()
        raise ChildEndedError(status) from TimeoutError()

    async def _after_death(self, process: _Writer, dead: ChildEndedError) -> dict[str, Any]:
        """Return the outcome if the change was committed before its writer ended.

        Raises:
            Refusal: It was not; the reason is why the writer ended.
        """
        await process.stop()
        self._process = None
        self._begin_restart()
        current = self._directory.current()
        if current is not None and current.generation == process.committing:
            empty = self._directory.empty_graphs(current.generation)
            outcome = {"snapshot": asdict(current), "empty_graphs": empty, "created": False}
            return {**outcome, "changed": None, "added": None, "removed": None}
        if isinstance(dead.__cause__, TimeoutError):
            raise Refusal(Reason.UPDATE_TIME_LIMIT, limit_s=self._limits.limit_s)
        if dead.status == -signal.SIGSEGV:
            raise Refusal(Reason.NESTING)
        if dead.status in (-signal.SIGABRT, -signal.SIGBUS):
            damaged = current is not None and await crash_diagnosis.is_damaged(current.path)
            raise Refusal(Reason.STORE_UNREADABLE if damaged else Reason.UPDATE_MEMORY_LIMIT)
        raise Refusal(Reason.STORE_FAULT, cause="writer-ended")

    def _begin_restart(self) -> None:
        async def restart() -> None:
            try:
                await self.start()
            except StoreError as error:
                logger.warning("the writer could not be started again: %s", error)
            finally:
                self._restart = None

        if not self._closed:
            self._restart = asyncio.ensure_future(restart())

    async def _done(self, outcome: dict[str, Any]) -> Outcome:
        before = self.snapshot
        snapshot = self._learn(outcome)
        if before is None or snapshot.generation != before.generation:
            if outcome["changed"] is None:  # committed by a writer that died: all may differ
                self._versions.clear()
                self.started = snapshot.generation
            for graph in outcome["changed"] or ():
                self._versions[graph] = snapshot.generation
            try:
                await self._publish(snapshot)
            except StoreError:  # it is committed all the same, and is published with the next one
                logger.exception("generation %s is kept and not published", snapshot.generation)
        return Outcome(
            snapshot.generation,
            changed=tuple(outcome["changed"] or ()),
            created=outcome["created"],
            added=outcome["added"],
            removed=outcome["removed"],
        )


def _fill(descriptor: int, body: bytes) -> None:
    view = memoryview(body)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
