"""Query the endpoints that a query calls by SERVICE, before it runs.

A worker finds the calls in the query (`federation.rewriting`). No worker is occupied while the
remote endpoints are queried; their answers go, unparsed, into spools and from there into the
worker that runs the query. So a waiting query holds no slot, and a query that is preempted and
restarted queries no endpoint twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from agendagraph.processes import channel
from agendagraph.server.engine.federation import client
from agendagraph.server.engine.scheduler import run_here
from agendagraph.server.engine.spool import Spool
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from agendagraph.server.engine.federation.outgoing import Outgoing
    from agendagraph.server.engine.pending_answer import PendingAnswer
    from agendagraph.server.engine.scheduler import Scheduler
    from agendagraph.server.engine.spool import SpoolSpace
    from agendagraph.server.engine.worker_client import WorkerProcess

logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Limits on SERVICE calls.

    Attributes:
        body_bytes: The longest answer to one call.
        rows: The most rows of one.
        queries: Queries that wait for remote endpoints at once.
        client_queries: How many of them may be one client's.
    """

    body_bytes: int = 32 << 20
    rows: int = 100_000
    queries: int = 64
    client_queries: int = 8


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The result of one call: its format and bytes, or the reason why there is none."""

    format: str = ""
    spool: Spool | None = None
    refusal: Refusal | None = None


class Federation:
    """Runs queries that call other endpoints.

    Args:
        outgoing: Asks the others.
        limits: What they may take.
    """

    def __init__(self, outgoing: Outgoing, limits: CallLimits) -> None:
        self._outgoing = outgoing
        self._limits = limits
        self._waiting: Counter[str] = Counter()
        self._answers: dict[PendingAnswer, list[CallAnswer]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Cancel all calls."""
        for task in tuple(self._tasks):
            task.cancel()
        self._outgoing.close()

    def admit(self, client: str) -> None:
        """Refuse a query where too many wait for others already.

        Raises:
            Refusal: In all, or of this client.
        """
        if self._waiting.total() >= self._limits.queries:
            raise Refusal(Reason.BUSY, retry_after_s=2, why="calls")
        if self._waiting[client] >= self._limits.client_queries:
            limit = self._limits.client_queries
            raise Refusal(Reason.TOO_MANY_QUERIES, retry_after_s=1, limit=limit)

    def begin(self, pending: PendingAnswer, scheduler: Scheduler, space: SpoolSpace) -> None:
        """Ask the endpoints that a blocked query calls, then unblock it."""
        task = self._keep(self._prepare(pending, scheduler, space))
        self._waiting[pending.client] += 1

        def over(_: object) -> None:
            task.cancel()
            for answer in self._answers.pop(pending, ()):
                if answer.spool is not None:
                    answer.spool.detach()

        def left(_: object) -> None:
            self._waiting[pending.client] -= 1
            if not self._waiting[pending.client]:
                del self._waiting[pending.client]

        pending.done.add_done_callback(over)
        task.add_done_callback(left)

    def run(self, worker: WorkerProcess, pending: PendingAnswer) -> None:
        """Have a worker run a job, and give it the answers that the job calls for."""
        run_here(worker, pending)
        answers = self._answers.get(pending)
        if answers:
            feed = _Feed(worker, answers)
            worker.stop_input = feed.stop
            feed.task = self._keep(feed.run())

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _prepare(
        self, pending: PendingAnswer, scheduler: Scheduler, space: SpoolSpace
    ) -> None:
        try:
            calls = await _calls(pending, scheduler, space)
            await self._ask_all(calls, pending, space)
            if calls:
                pending.job = replace(pending.job, calls="join", call_rows=self._limits.rows)
            scheduler.unblock(pending)
        except Refusal as refusal:
            pending.refuse(refusal)
        except Exception:
            logger.exception("a query that calls others could not be prepared")
            pending.refuse(Refusal(Reason.FAULT, incident="federation"))

    async def _ask_all(
        self, calls: list[dict[str, Any]], pending: PendingAnswer, space: SpoolSpace
    ) -> None:
        """Ask all endpoints at once; the first refusal that is not silent ends it."""
        answers = [CallAnswer()] * len(calls)
        self._answers[pending] = answers
        limit_s = min(pending.limit_s / 2, _left_s(pending))

        async def ask(number: int, call: dict[str, Any]) -> None:
            spool = Spool(space, pending.client)
            spool.attach()
            try:
                form = await client.solutions(
                    self._outgoing,
                    call["iri"],
                    call["query"],
                    spool.write,
                    limit_s=limit_s,
                    limit_bytes=self._limits.body_bytes,
                )
                spool.finish()
                answers[number] = CallAnswer(form, spool)
            except Refusal as refusal:
                spool.detach()
                if not call["silent"] or refusal.reason not in client.SILENCED:
                    raise
                answers[number] = CallAnswer(refusal=refusal)
            except BaseException:
                spool.detach()
                raise

        await client.all_at_once([ask(number, call) for number, call in enumerate(calls)])


async def _calls(
    pending: PendingAnswer, scheduler: Scheduler, space: SpoolSpace
) -> list[dict[str, Any]]:
    reading = scheduler.submit(
        replace(pending.job, calls="list", results=("calls", "application/json")),
        Spool(space, pending.client),
        fingerprint=f"calls {pending.fingerprint}",
        limit_s=_left_s(pending),
    ).join()
    try:
        await asyncio.shield(reading.done)
        calls: list[dict[str, Any]] = json.loads(
            b"".join([p async for p in _pieces(reading.spool)])
        )
        return calls
    finally:
        reading.leave()


class _Feed:
    """Passes the answers to a query's calls on to the worker that runs it."""

    def __init__(self, worker: WorkerProcess, answers: list[CallAnswer]) -> None:
        self._worker = worker
        self._answers = answers
        self._stopped = False
        self.task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        self._stopped = True
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        with suppress(Refusal):  # a spool that was taken away: the query is over
            for answer in self._answers:
                await self._pass_on(answer)

    async def _pass_on(self, answer: CallAnswer) -> None:
        send = self._worker.send
        if answer.spool is None:
            refusal = answer.refusal or Refusal(Reason.CALL_FAILED)
            send(channel.json_frame(channel.REFUSE, reason=refusal.reason, facts=refusal.facts))
            return
        send(channel.json_frame(channel.META, format=answer.format))
        async for piece in _pieces(answer.spool):
            send(channel.frame(channel.BODY, piece))
            await self._worker.drain()
        send(channel.frame(channel.BODY_END, b""))


async def _pieces(spool: Spool) -> AsyncIterator[bytes]:
    offset = 0
    while piece := await spool.read(offset):
        offset += len(piece)
        yield piece


def _left_s(pending: PendingAnswer) -> float:
    now = asyncio.get_running_loop().time()
    return max(0.001, pending.limit_s - (now - pending.arrived))
