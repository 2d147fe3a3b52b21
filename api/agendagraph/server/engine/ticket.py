"""One query on its way through the scheduler: its client, its limits, its answer."""

from __future__ import annotations

import asyncio
from enum import IntEnum, auto
from typing import TYPE_CHECKING, Any

from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from agendagraph.server.engine.child_processes import WorkerProcess
    from agendagraph.server.engine.spool import Spool
    from agendagraph.server.engine.worker import Job
    from agendagraph.store.snapshot import Snapshot


class State(IntEnum):
    """Where a query is."""

    HELD = auto()
    QUICK_WAITING = auto()
    QUICK = auto()
    SLOW_WAITING = auto()
    SLOW = auto()
    OVER = auto()


class Ticket:
    """A query that waits or runs; it listens to its worker and fills its spool.

    Attributes:
        begun_future: Done when the answer's kind is known, or when there will be none.
        done: Done when the answer is whole; raises the `Refusal` otherwise.
        content_type: Of the answer, once begun.
        measures: What the worker told at the end: ``rows``, ``truncated``, ``run_s``.
        snapshot: What the answer was computed from.
    """

    def __init__(
        self,
        job: Job,
        spool: Spool,
        *,
        client: str,
        fingerprint: str,
        arrived: float,
        limit_s: float,
        on_over: Callable[[Ticket, Refusal | None], None],
    ) -> None:
        """Stand in no line yet; the scheduler puts it into one."""
        self.job = job
        self.spool = spool
        self.client = client
        self.fingerprint = fingerprint
        self.arrived = arrived
        self.limit_s = limit_s
        self.started = 0.0
        self.state = State.QUICK_WAITING
        self.worker: WorkerProcess | None = None
        self.snapshot: Snapshot | None = None
        self.overdue = False
        self.cpu_before_s: float | None = None
        """What its worker had computed when its slice was over by the clock."""
        self.demoted = False
        self.released = False
        self.content_type = ""
        self.measures: dict[str, Any] = {}
        self.timers: list[asyncio.TimerHandle] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._on_over = on_over
        self.watchers: list[tuple[int, Callable[[], None]]] = []
        """Sizes at which somebody wants to be told, and how."""

    @property
    def running(self) -> bool:
        """Whether it holds a slot."""
        return self.state in (State.QUICK, State.SLOW)

    def begun(self, form: str, content_type: str) -> None:
        """Take the kind of the answer from the worker."""
        del form
        self.content_type = content_type

    def piece(self, data: bytes) -> None:
        """Take a piece of the answer from the worker."""
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
        """Take the end of the answer from the worker."""
        self.measures = measures
        self._on_over(self, None)

    def failed(self, reason: Reason, facts: dict[str, Any]) -> None:
        """Take the reason why there is no answer from the worker."""
        self._on_over(self, Refusal(reason, **facts))
