"""Keep workers ready, over the newest snapshot, and replace the ones that were killed.

The pool does not limit how many queries run (that is the scheduler's part); it only makes
sure that a worker is there at once: some are always forked ahead. When a snapshot is
published, new jobs go to it and running ones keep theirs; the memory of the old one is
returned when its last job has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import StoreError
from agendagraph.processes import channel
from agendagraph.processes.supervisor import backoff
from agendagraph.server.engine.worker_client import WorkerProcess, WorkerZygote

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from agendagraph.store.snapshot import Snapshot

logger: Final = logging.getLogger(__name__)

_BYTES_PER_QUAD: Final = 512
"""What a quad takes in an in-memory store; measured, see .ci/decisions/0007-serving.md."""

_RECOVERY_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """What the pool may use.

    Attributes:
        spares: Workers kept ready beyond those at work.
        memory_limit_bytes: What one query may take.
        snapshot_memory_bytes: The largest snapshot that is held in memory.
        grown_mib: A worker that has grown by more after a query is replaced.
        settle_s: A checkpoint is loaded into memory when none newer came for so long.
    """

    spares: int = 3
    memory_limit_bytes: int = 2048 << 20
    snapshot_memory_bytes: int = 1024 << 20
    grown_mib: int = 256
    settle_s: float = 2.0


class Pool:
    """Ready workers over the newest snapshot.

    *on_unused* is called with a snapshot that no job reads any more and no job will.
    """

    def __init__(
        self, limits: PoolLimits, on_unused: Callable[[Snapshot], None] | None = None
    ) -> None:
        self._limits = limits
        self._on_unused = on_unused
        self._zygote: WorkerZygote | None = None
        self._kept: WorkerZygote | None = None
        """The zygote of the disk, while one of memory serves: the next update needs it."""
        self._idle: list[WorkerProcess] = []
        self._waiting: deque[asyncio.Future[WorkerProcess]] = deque()
        self._forking = 0
        self._readers: Counter[Snapshot] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._upgrade: asyncio.Task[None] | None = None
        self._recovering = asyncio.Lock()
        self._closed = False
        self.snapshot: Snapshot | None = None
        self.killed = 0
        self.forked = 0

    @property
    def ready(self) -> bool:
        """Whether a worker is there for the next job."""
        return bool(self._idle) or bool(self._readers.total())

    @property
    def in_memory(self) -> bool:
        """Whether the snapshot that new jobs read is held in memory."""
        return self._zygote is not None and self._zygote.in_memory

    @property
    def loaded_quads(self) -> int | None:
        """How many quads the zygote holds in memory."""
        return self._zygote.loaded.get("quads") if self._zygote else None

    def processes(self) -> list[int]:
        """Return the ids of the child processes that serve now."""
        if self._zygote is None:
            return []
        return [self._zygote.pid, *(child.pid for child in self._zygote.children if child.pid)]

    async def publish(self, snapshot: Snapshot) -> None:
        """Let new jobs read *snapshot*; return when the next job will.

        Raises:
            StoreError: It could not be loaded or opened; the old one stays.
        """
        if self._upgrade is not None:
            self._upgrade.cancel()
        old = self.snapshot
        if snapshot.source == "checkpoint" and self._zygote and not self._zygote.in_memory:
            self.snapshot = snapshot
            for worker in self._idle:
                worker.send(channel.json_frame(channel.OPEN, checkpoint=snapshot.path))
        else:
            await self._switch(snapshot, in_memory=snapshot.source != "checkpoint")
        most_quads = self._limits.snapshot_memory_bytes // _BYTES_PER_QUAD
        quads = snapshot.quads
        if snapshot.source == "checkpoint" and quads is not None and quads <= most_quads:
            self._upgrade = self._start(self._load_into_memory(snapshot))
        if old is not None:
            self._release(old)

    async def _load_into_memory(self, snapshot: Snapshot) -> None:
        """Serve a checkpoint from memory as soon as it is loaded, if it is still the newest."""
        await asyncio.sleep(self._limits.settle_s if self._readers or self._idle else 0)
        try:
            await self._switch(snapshot, in_memory=True)
            logger.info("generation %s is now served from memory", snapshot.generation)
        except StoreError as error:
            logger.warning("serving %s from disk: %s", snapshot.generation, error)

    async def _switch(self, snapshot: Snapshot, *, in_memory: bool) -> None:
        """Start a zygote over *snapshot* and let new jobs run on its workers."""
        zygote = self._zygote_for(snapshot, in_memory=in_memory)
        try:
            report = await zygote.ready()
            first = await zygote.fork_worker()
        except BaseException as error:
            zygote.kill()
            if isinstance(error, ConnectionError):
                raise StoreError(str(error)) from error
            raise
        if report["missing"]:
            logger.warning("workers are not confined in full: %s", "; ".join(report["missing"]))
        self.forked += 1
        old, self._zygote, self.snapshot = self._zygote, zygote, snapshot
        for worker in self._idle:
            worker.discard()
        self._idle.clear()
        self._accept(first)
        self._refill()
        self._start(self._replace_when_dead(zygote))
        if old is not None and in_memory and not old.in_memory and self._kept is None:
            self._kept = old
        elif old is not None:
            old.retire()

    def _zygote_for(self, snapshot: Snapshot, *, in_memory: bool) -> WorkerZygote:
        """Return the zygote of the disk that is there already, or a new one."""
        kept = self._kept
        if kept is not None and not in_memory:
            self._kept = None
            if kept.alive:  # to start another takes longer than the commit that waits for it
                return kept
        limit_bytes = self._limits.memory_limit_bytes
        return WorkerZygote.start(snapshot, in_memory=in_memory, memory_limit_bytes=limit_bytes)

    def take_ready(self) -> WorkerProcess | None:
        """Return a worker that no other job has, if one is ready now."""
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                if len(self._idle) < self._limits.spares:
                    self._refill()
                return self.lend(worker)
        return None

    async def take(self) -> WorkerProcess:
        """Return a worker that no other job has, over the newest snapshot."""
        worker = self.take_ready()
        if worker is not None:
            return worker
        waiter: asyncio.Future[WorkerProcess] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._refill()
        try:
            return self.lend(await waiter)
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._accept(waiter.result())
            raise

    def lend(self, worker: WorkerProcess) -> WorkerProcess:
        """Note that *worker* reads a snapshot: the newest one, or the one that it inherited."""
        snapshot = self.snapshot if not worker.parent.in_memory else worker.parent.snapshot
        worker.snapshot = snapshot
        if snapshot is not None:
            self._readers[snapshot] += 1
        return worker

    def give_back(self, worker: WorkerProcess, *, worn: bool = False) -> None:
        """Take a worker whose job is over; one that died, grew or is *worn* is replaced."""
        outdated = worker.parent is not self._zygote
        crowded = len(self._idle) > 2 * self._limits.spares
        self.unlend(worker)
        if worker.alive and not (
            worn or outdated or crowded or worker.grown_mib > self._limits.grown_mib
        ):
            self._accept(worker)
        else:
            self.killed += 1
            worker.discard()
            self._refill()

    def unlend(self, worker: WorkerProcess) -> None:
        """Note that *worker* reads its snapshot no longer."""
        snapshot, worker.snapshot = worker.snapshot, None
        if snapshot is not None:
            self._readers[snapshot] -= 1
            self._release(snapshot)

    async def fork_zygote(self, modules: tuple[str, ...], name: str) -> WorkerZygote:
        """Fork a zygote that imports *modules* before it forks workers called *name*.

        It comes from the zygote of the disk, where there is one, and then outlives generations.

        Raises:
            OSError: It cannot be started.
            StoreError: There is no data yet.
        """
        parent = self._kept if self._kept and self._kept.alive else self._zygote
        if parent is None:
            raise StoreError("there is no data yet")
        zygote = await parent.fork_zygote(modules, name)
        if not zygote.loaded["single"]:
            logger.warning("%s fork from a process that has threads", name)
        return zygote

    def _release(self, snapshot: Snapshot) -> None:
        if self._readers[snapshot] <= 0:
            del self._readers[snapshot]
            if snapshot != self.snapshot and self._on_unused is not None:
                self._on_unused(snapshot)

    def _accept(self, worker: WorkerProcess) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        self._idle.append(worker)

    def _refill(self) -> None:
        """Fork until there are enough spares, and a worker for every waiting query."""
        wanted = self._limits.spares + len(self._waiting)
        while not self._closed and len(self._idle) + self._forking < wanted:
            self._forking += 1
            self._start(self._fork())

    async def _fork(self) -> None:
        zygote = self._zygote
        try:
            if zygote is None:
                return
            worker = await zygote.fork_worker()
            self.forked += 1
            if zygote is self._zygote:
                if not zygote.in_memory and self.snapshot is not None:
                    worker.send(channel.json_frame(channel.OPEN, checkpoint=self.snapshot.path))
                self._accept(worker)
            else:
                worker.discard()
        except OSError as error:
            logger.warning("no worker could be started: %s", error)
            await self._recover(zygote)
        finally:
            self._forking -= 1
            if self._waiting:
                self._refill()

    async def _replace_when_dead(self, zygote: WorkerZygote) -> None:
        """Start another zygote as soon as this one is dead, before a query needs it."""
        await zygote.ended.wait()
        for wait_s in backoff():
            if zygote is not self._zygote or self._closed:
                return
            await self._recover(zygote)
            await asyncio.sleep(wait_s)

    async def _recover(self, zygote: WorkerZygote | None) -> None:
        """After a failed fork: wait a little, and start a new zygote if this one is dead."""
        await asyncio.sleep(_RECOVERY_S)
        async with self._recovering:
            if zygote is not self._zygote or zygote is None or zygote.alive or self._closed:
                return
            with contextlib.suppress(StoreError):
                newest = zygote.snapshot if zygote.in_memory else self.snapshot
                await self._switch(newest or zygote.snapshot, in_memory=zygote.in_memory)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """End every process of the pool."""
        self._closed = True
        for task in tuple(self._tasks):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for zygote in (self._zygote, self._kept):
            if zygote is not None:
                zygote.kill()


class PreloadedWorkers:
    """A new worker for every job, which has imported what the job needs.

    Its zygote imports the modules when the first job comes. Neither the start of the server
    nor the workers of queries pay for them.
    """

    def __init__(self, pool: Pool, modules: tuple[str, ...], name: str) -> None:
        self._pool = pool
        self._modules = modules
        self._name = name
        self._zygote: WorkerZygote | None = None
        self._starting = asyncio.Lock()

    async def ready(self) -> WorkerZygote:
        """Return the zygote over the newest snapshot; the first call starts it.

        Raises:
            OSError: It cannot be started.
            StoreError: There is no data yet, or no more.
        """
        async with self._starting:
            zygote = self._zygote
            if zygote and zygote.in_memory and zygote.snapshot != self._pool.snapshot:
                zygote.retire()
                zygote = None
            if zygote is None or not zygote.alive:
                zygote = await self._pool.fork_zygote(self._modules, self._name)
            self._zygote = zygote
            return zygote

    def take_ready(self) -> WorkerProcess | None:
        """Return nothing: no worker is forked ahead."""
        return None

    async def take(self) -> WorkerProcess:
        """Fork a worker over the newest snapshot; raise what `ready` raises."""
        zygote = await self.ready()
        return self._pool.lend(await zygote.fork_worker())

    def give_back(self, worker: WorkerProcess, *, worn: bool = False) -> None:
        """End a worker whose job is over."""
        del worn
        self._pool.unlend(worker)
        worker.discard()
