"""Decide which query runs next, and which one must stop.

There are two classes. Every query begins as quick. One that outlives a short slice becomes
slow: it then takes one of the slow slots, with lowered priority. If there is none for its
client, the scheduler preempts it, and restarts it when a slot is free. (Queries change
nothing, and nothing of the answer has been sent, so a restart is invisible.) A query that was
slow before is queued as slow at once. So a lookup waits for lookups only, however many endless
queries run, and for whichever client.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from agendagraph.errors import StoreError
from agendagraph.server.engine.pending_answer import PendingAnswer, State
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agendagraph.server.engine.job import Job
    from agendagraph.server.engine.pool import Pool, PreloadedWorkers
    from agendagraph.server.engine.spool import Spool
    from agendagraph.server.engine.worker_client import WorkerProcess

T = TypeVar("T")

logger: Final = logging.getLogger(__name__)

_REMEMBERED: Final = 4096
_SLOW_NICENESS: Final = 15
_SLICES_BY_THE_CLOCK: Final = 20


@dataclass(frozen=True, slots=True)
class SchedulerLimits:
    """How many queries run and wait.

    Attributes:
        quick_slots: Quick queries at work.
        slow_slots: Slow queries at work.
        client_slow: Slow queries at work for one client: one blocks its second page, and more
            would let two clients take all slots of a small machine.
        client_waiting: Queries of one client that wait, in each class; a page of a client that
            sends all its queries at once stays below it.
        waiting: Queries that wait, in all: with a lookup's 0.25 ms they wait for an eighth of a
            second, and each waiting one holds a connection.
        slice_s: Seconds after which a query is slow; a lookup takes well under a millisecond.
        evict_s: Seconds after which a slow query may be evicted for a client that has none running.
    """

    quick_slots: int = 3
    slow_slots: int = 3
    client_slow: int = 2
    client_waiting: int = 128
    waiting: int = 512
    slice_s: float = 0.05
    evict_s: float = 1.0


def run_here(worker: WorkerProcess, pending: PendingAnswer) -> None:
    """Have a worker run a job over its snapshot."""
    worker.run(pending.job.frame(worker.checkpoint), pending)


class FairQueue(Generic[T]):
    """First in, first out for each client; the clients take turns, however often one asks.

    >>> queue = FairQueue()
    >>> for client, item in [("a", 1), ("a", 2), ("b", 3)]:
    ...     queue.put(client, item)
    >>> queue.take(), queue.take(), queue.take(), queue.take()
    (1, 3, 2, None)
    """

    def __init__(self) -> None:
        self._queues: OrderedDict[str, deque[T]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """Return how many items wait."""
        return self._size

    def __iter__(self) -> Iterator[T]:
        """Yield all waiting items, client by client."""
        for queue in self._queues.values():
            yield from queue

    def of(self, client: str) -> int:
        """Return how many items of one client wait."""
        return len(self._queues.get(client, ()))

    def put(self, client: str, item: T) -> None:
        """Append *item* for its client."""
        self._queues.setdefault(client, deque()).append(item)
        self._size += 1

    def take(self, may_go: Callable[[str], bool] = lambda _client: True) -> T | None:
        """Return the next item of the next client that *may_go*, whose turn is then last."""
        for client, queue in self._queues.items():
            if may_go(client):
                item = queue.popleft()
                self._size -= 1
                if queue:
                    self._queues.move_to_end(client)
                else:
                    del self._queues[client]
                return item
        return None

    def remove(self, client: str, item: T) -> None:
        """Remove *item*, if it waits."""
        queue = self._queues.get(client)
        if queue is not None and item in queue:
            queue.remove(item)
            self._size -= 1
            if not queue:
                del self._queues[client]


class _Slots:
    """The queries at work: how many of each class, and how many slow ones of each client."""

    def __init__(self, limits: SchedulerLimits) -> None:
        self.running: set[PendingAnswer] = set()
        self.slow_of: Counter[str] = Counter()
        self._limits = {State.QUICK: limits.quick_slots, State.SLOW: limits.slow_slots}
        self._used = {State.QUICK: 0, State.SLOW: 0}
        self._client_slow = limits.client_slow

    def free(self, state: State) -> bool:
        """Whether one more query of a class may run."""
        return self._used[state] < self._limits[state]

    def client_may_run_slow(self, client: str) -> bool:
        """Whether a client may have one more slow query."""
        return self.slow_of[client] < self._client_slow

    def take(self, pending: PendingAnswer, state: State) -> None:
        """Give a query a slot."""
        pending.state = state
        self.running.add(pending)
        self._used[state] += 1
        if state is State.SLOW:
            self.slow_of[pending.client] += 1

    def leave(self, pending: PendingAnswer) -> None:
        """Take the slot of a query."""
        self.running.discard(pending)
        self._used[pending.state] -= 1
        if pending.state is State.SLOW:
            self.slow_of[pending.client] -= 1
            if not self.slow_of[pending.client]:
                del self.slow_of[pending.client]

    def prefer_quick(self) -> None:
        """Let the kernel prefer quick queries, once there is more than one query at work.

        Only root could raise a priority again, so a demoted worker is replaced afterwards;
        a slow query that runs alone keeps its priority, and its worker.
        """
        if not self._used[State.SLOW] or len(self.running) < 2:
            return
        for pending in self.running:
            if pending.state is State.SLOW and pending.worker is not None and not pending.demoted:
                pending.demoted = True
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, pending.worker.thread, _SLOW_NICENESS)


class Scheduler:
    """Runs queries on workers, within limits and fairly."""

    def __init__(
        self,
        pool: Pool | PreloadedWorkers,
        limits: SchedulerLimits,
        run: Callable[[WorkerProcess, PendingAnswer], None] = run_here,
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._run_job = run
        self._loop = asyncio.get_running_loop()
        self._quick: FairQueue[PendingAnswer] = FairQueue()
        self._slow: FairQueue[PendingAnswer] = FairQueue()
        self._slots = _Slots(limits)
        self._known_slow: OrderedDict[str, None] = OrderedDict()
        self._eviction: asyncio.TimerHandle | None = None
        self._takers: set[asyncio.Task[None]] = set()
        self.restarted = 0
        """Queries preempted so far."""

    @property
    def running(self) -> int:
        """Queries at work."""
        return len(self._slots.running)

    @property
    def waiting(self) -> int:
        """Queries that wait."""
        return len(self._quick) + len(self._slow)

    def submit(
        self, job: Job, spool: Spool, *, fingerprint: str, limit_s: float, blocked: bool = False
    ) -> PendingAnswer:
        """Accept a query; its time limit runs from now.

        The limits of a client apply to the owner of the spool. The scheduler remembers a slow
        query by its fingerprint; it queues a *blocked* one when `unblock` is called.

        Raises:
            Refusal: Too many queries wait, in all or of this client.
        """
        pending = PendingAnswer(
            job, spool, fingerprint=fingerprint, limit_s=limit_s, on_over=self._over
        )
        timer = self._loop.call_later(limit_s, self._expire, pending)
        pending.timers.append(timer)
        if not blocked:
            try:
                self.unblock(pending)
            except Refusal:
                timer.cancel()
                raise
        return pending

    def unblock(self, pending: PendingAnswer) -> None:
        """Queue a blocked query: what it waited for has arrived.

        Raises:
            Refusal: Too many queries wait, in all or of this client.
        """
        if pending.state is not State.BLOCKED:
            return
        known_slow = pending.fingerprint in self._known_slow
        queue = self._slow if known_slow else self._quick
        if self.waiting >= self._limits.waiting:
            raise Refusal(Reason.BUSY, retry_after_s=2, why="queue")
        if queue.of(pending.client) >= self._limits.client_waiting:
            raise Refusal(
                Reason.TOO_MANY_QUERIES, retry_after_s=1, limit=self._limits.client_waiting
            )
        pending.state = State.SLOW_WAITING if known_slow else State.QUICK_WAITING
        queue.put(pending.client, pending)
        self._dispatch()

    def _dispatch(self) -> None:
        """Give free slots to waiting queries, and make room for quick ones."""
        while self._slots.free(State.QUICK) and (pending := self._quick.take()):
            self._begin(pending, State.QUICK)
        if self._slots.free(State.SLOW):
            for pending in sorted(self._overdue(), key=lambda pending: pending.started):
                self._move_to_slow(pending)
        while self._slots.free(State.SLOW):
            waiting = self._slow.take(self._slots.client_may_run_slow)
            if waiting is None:
                break
            self._begin(waiting, State.SLOW)
        if self._quick:
            for pending in self._overdue()[:1]:
                self._preempt(pending)
        if self._slow and self._eviction is None:
            self._eviction = self._loop.call_later(self._limits.evict_s / 2, self._evict)

    def _overdue(self) -> list[PendingAnswer]:
        return [pending for pending in self._slots.running if pending.overdue]

    def _begin(self, pending: PendingAnswer, state: State) -> None:
        self._slots.take(pending, state)
        self._slots.prefer_quick()
        pending.started = self._loop.time()
        if state is State.QUICK:
            timer = self._loop.call_later(self._limits.slice_s, self._slice_over, pending)
            pending.timers.append(timer)
        worker = self._pool.take_ready()
        if worker is not None:
            self._run_on(worker, pending)
        else:
            task = self._loop.create_task(self._wait_for_worker(pending))
            self._takers.add(task)
            task.add_done_callback(self._takers.discard)

    async def _wait_for_worker(self, pending: PendingAnswer) -> None:
        try:
            worker = await self._pool.take()
        except (OSError, StoreError) as error:
            logger.warning("no worker could be started: %s", error)
            self._over(pending, Refusal(Reason.BUSY, retry_after_s=2))
            return
        if pending.running and pending.worker is None:
            self._run_on(worker, pending)
        else:
            self._pool.give_back(worker)

    def _run_on(self, worker: WorkerProcess, pending: PendingAnswer) -> None:
        pending.worker = worker
        pending.snapshot = worker.snapshot
        self._run_job(worker, pending)
        self._slots.prefer_quick()

    def _slice_over(self, pending: PendingAnswer) -> None:
        """A quick query was not quick: find it a slow slot, or let it stay while no query waits."""
        if pending.state is not State.QUICK:
            return
        if not self._has_computed_enough(pending):
            timer = self._loop.call_later(self._limits.slice_s, self._slice_over, pending)
            pending.timers.append(timer)
            return
        self._known_slow[pending.fingerprint] = None
        while len(self._known_slow) > _REMEMBERED:
            self._known_slow.popitem(last=False)
        pending.overdue = True
        self._move_to_slow(pending)
        self._dispatch()

    def _has_computed_enough(self, pending: PendingAnswer) -> bool:
        """Tell a slow query from a quick one that has not got the processor yet.

        After the slice by the clock, a query has the same again in seconds of computing,
        and many times as much by the clock (it may wait for a store far away).
        """
        slice_s = self._limits.slice_s
        if self._loop.time() - pending.started > _SLICES_BY_THE_CLOCK * slice_s:
            return True
        now_s = pending.worker.cpu_s() if pending.worker is not None else None
        if now_s is None:
            return pending.worker is not None
        if pending.cpu_before_s is None:
            pending.cpu_before_s = now_s
        return now_s - pending.cpu_before_s >= slice_s

    def _move_to_slow(self, pending: PendingAnswer) -> None:
        slots = self._slots
        if pending.released or (
            slots.free(State.SLOW) and slots.client_may_run_slow(pending.client)
        ):
            pending.overdue = False
            slots.leave(pending)
            slots.take(pending, State.SLOW)
            slots.prefer_quick()

    def _preempt(self, pending: PendingAnswer) -> None:
        """Stop an overdue query for the waiting ones; it restarts from the slow queue."""
        if pending.released:
            self._move_to_slow(pending)
            return
        if self._slow.of(pending.client) >= self._limits.client_waiting:
            limit = self._limits.client_waiting
            self._over(pending, Refusal(Reason.TOO_MANY_QUERIES, retry_after_s=1, limit=limit))
            return
        self._unload(pending)
        pending.overdue = False
        self.restarted += 1
        pending.spool.reset()
        pending.state = State.SLOW_WAITING
        self._slow.put(pending.client, pending)
        self._dispatch()

    def _unload(self, pending: PendingAnswer) -> None:
        """Take a running query off its slot and its worker."""
        self._slots.leave(pending)
        worker, pending.worker = pending.worker, None
        if worker is not None:
            if worker.busy:
                worker.discard()
            self._pool.give_back(worker, worn=pending.demoted)
        pending.demoted = False

    def _expire(self, pending: PendingAnswer) -> None:
        """The time limit is over, whether the query ran or waited."""
        if pending.worker is not None or pending.state is State.BLOCKED:
            self._over(pending, Refusal(Reason.TIME_LIMIT, limit_s=pending.limit_s))
        else:
            self._over(pending, Refusal(Reason.BUSY, retry_after_s=2, why="queue"))

    def _over(self, pending: PendingAnswer, refusal: Refusal | None) -> None:
        """End a query: with a whole answer, or with the reason why there is none."""
        if pending.state is State.OVER:
            return
        for timer in pending.timers:
            timer.cancel()
        if pending.running:
            self._unload(pending)
        elif pending.state is not State.BLOCKED:
            queue = self._quick if pending.state is State.QUICK_WAITING else self._slow
            queue.remove(pending.client, pending)
        pending.state = State.OVER
        if refusal is None:
            pending.spool.finish()
            if pending.measures.get("run_s", 0.0) < self._limits.slice_s / 2:
                self._known_slow.pop(pending.fingerprint, None)
        else:
            pending.spool.fail(refusal)
        if not pending.done.done():
            if refusal is None:
                pending.done.set_result(None)
            else:
                pending.done.set_exception(refusal)
                pending.done.exception()  # retrieved: a client need not wait for it
        if self._quick or self._slow:
            self._dispatch()

    def _evict(self) -> None:
        """Evict the slow query that has run longest, for a client that has none running."""
        self._eviction = None
        if not self._slow:
            return
        now, slow_of = self._loop.time(), self._slots.slow_of
        waiters = [pending for pending in self._slow if not slow_of[pending.client]]
        victims = [
            pending
            for pending in self._slots.running
            if pending.state is State.SLOW
            and now - pending.started > self._limits.evict_s
            and (slow_of[pending.client] > 1 or now - pending.started > pending.limit_s / 2)
        ]
        if waiters and victims and not self._slots.free(State.SLOW):
            victim = max(
                victims,
                key=lambda pending: (slow_of[pending.client], now - pending.started),
            )
            self._over(victim, Refusal(Reason.EVICTED, retry_after_s=5))
        self._dispatch()
