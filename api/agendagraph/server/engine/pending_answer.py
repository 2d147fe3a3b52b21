"""One query on its way to an answer: its job, its limits, its worker, its spool."""

from __future__ import annotations

import asyncio
from enum import IntEnum, auto
from typing import TYPE_CHECKING, Any

from agendagraph.server.engine.cache import CachedAnswer
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from agendagraph.server.engine.job import Job
    from agendagraph.server.engine.spool import Spool
    from agendagraph.server.engine.worker_client import WorkerProcess
    from agendagraph.store.snapshot import Snapshot


class State(IntEnum):
    """Where a query is."""

    BLOCKED = auto()
    """It waits for the answers of other endpoints."""
    QUICK_WAITING = auto()
    QUICK = auto()
    SLOW_WAITING = auto()
    SLOW = auto()
    OVER = auto()


class PendingAnswer:
    """A query that waits or runs, for all clients that asked it meanwhile.

    It receives what its worker sends and writes it to its spool. A client joins and must
    leave; when the last one leaves before the end, the query is cancelled.

    Attributes:
        done: Done when the answer is whole; raises the `Refusal` otherwise.
        joined: How many clients wait for it or read it.
        content_type: Of the answer, once the worker has sent its head.
        measures: What the worker reported at the end: ``rows``, ``truncated``, ``run_s``.
        snapshot: What the answer is computed from.
        watchers: Sizes of the answer, and what is called when it exceeds them.
    """

    def __init__(
        self,
        job: Job,
        spool: Spool,
        *,
        fingerprint: str,
        limit_s: float,
        on_over: Callable[[PendingAnswer, Refusal | None], None],
    ) -> None:
        """*on_over* is called once, at the end of the query."""
        loop = asyncio.get_running_loop()
        self.job = job
        self.spool = spool
        self.client = spool.owner
        self.fingerprint = fingerprint
        self.arrived = loop.time()
        self.limit_s = limit_s
        self.started = 0.0
        self.state = State.BLOCKED
        self.worker: WorkerProcess | None = None
        self.snapshot: Snapshot | None = None
        self.overdue = False
        self.cpu_before_s: float | None = None
        """What its worker had computed when its slice was over by the clock."""
        self.demoted = False
        self.released = False
        """Whether part of the answer is sent, so that the query cannot be restarted."""
        self.content_type = ""
        self.measures: dict[str, Any] = {}
        self.timers: list[asyncio.TimerHandle] = []
        self.done: asyncio.Future[None] = loop.create_future()
        self.joined = 0
        self.watchers: list[tuple[int, Callable[[], None]]] = []
        self._on_over = on_over

    @property
    def running(self) -> bool:
        """Whether it occupies a slot."""
        return self.state in (State.QUICK, State.SLOW)

    @property
    def generation(self) -> str:
        """The generation of the data that the answer is computed from."""
        return self.snapshot.generation if self.snapshot else ""

    @property
    def rows(self) -> int | None:
        """Rows or statements of a whole answer."""
        return self.measures.get("rows")

    @property
    def truncated(self) -> bool:
        """Whether the row limit truncated the answer."""
        return bool(self.measures.get("truncated"))

    def join(self) -> PendingAnswer:
        """Add a client."""
        self.joined += 1
        self.spool.attach()
        return self

    def leave(self) -> None:
        """Remove a client; the last one cancels a query that is not over."""
        self.joined -= 1
        if self.joined == 0:
            self.refuse(Refusal(Reason.EVICTED, retry_after_s=1))
        self.spool.detach()

    def refuse(self, refusal: Refusal) -> None:
        """End the query without an answer, unless it is over."""
        if self.state is not State.OVER:
            self._on_over(self, refusal)

    def answer(self) -> CachedAnswer | None:
        """Return a whole answer that lies in memory; ``None`` for a larger one."""
        body = self.spool.body()
        if body is None:
            return None
        return CachedAnswer(
            body,
            self.content_type,
            self.generation,
            self.spool.digest,
            self.rows,
            self.truncated,
        )

    def begun(self, content_type: str) -> None:
        """Receive the head of the answer."""
        self.content_type = content_type

    def piece(self, data: bytes) -> None:
        """Receive a piece of the answer."""
        try:
            self.spool.write(data)
            while self.watchers and self.spool.size > self.watchers[0][0]:
                self.watchers.pop(0)[1]()
        except Refusal as refusal:
            self._on_over(self, refusal)
        except OSError as error:
            why = error.strerror or "the temporary file cannot be written"
            self._on_over(self, Refusal(Reason.BUSY, retry_after_s=10, why=why))

    def ended(self, measures: dict[str, Any]) -> None:
        """Receive the end of a whole answer."""
        self.measures = measures
        self._on_over(self, None)

    def failed(self, reason: Reason, facts: dict[str, Any]) -> None:
        """Receive the reason why there is no answer."""
        self._on_over(self, Refusal(reason, **facts))
