"""Answer questions: from the cache, with an equal question in flight, or by a worker.

The engine is the one door to the data for everything that speaks HTTP. It knows no HTTP:
questions come in, and a `PendingAnswer` comes out, whose spool holds the answer.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agendagraph.server.engine.cache import AnswerCache, CachedAnswer
from agendagraph.server.engine.pool import Pool, PoolLimits
from agendagraph.server.engine.scheduler import Scheduler, SchedulerLimits, run_here
from agendagraph.server.engine.spool import Spool, SpoolSpace
from agendagraph.server.engine.worker import Job
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from agendagraph.server.engine.federation.service import Federation
    from agendagraph.server.engine.remote_store import RemoteStoreClient
    from agendagraph.server.engine.ticket import Ticket
    from agendagraph.sparql.query import SparqlQuery
    from agendagraph.store.snapshot import Snapshot

logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What an engine allows, in one place.

    Attributes:
        base_iri: Against which relative IRIs of queries are resolved.
        union_default_graph: Whether the default graph is the union of all graphs.
        query_limit_s: The longest that a query may take, waiting included.
        answer_bytes: The longest answer.
        row_limit: The longest answer in rows, and where its meaning is told.
        hold_bytes: An answer is sent when it is whole, or larger than this.
        cache_bytes: What the cache may take.
        spool_bytes: What all unfinished or unread answers may take on disk.
        keep_s: For how long an answer is kept when nobody tells that the data changed.
    """

    base_iri: str = ""
    union_default_graph: bool = True
    query_limit_s: float = 30.0
    answer_bytes: int = 200 << 20
    row_limit: int | None = None
    row_limit_link: str = ""
    hold_bytes: int = 32 << 20
    cache_bytes: int = 128 << 20
    spool_bytes: int = 2 << 30
    keep_s: float | None = None
    pool: PoolLimits = field(default_factory=PoolLimits)
    scheduler: SchedulerLimits = field(default_factory=SchedulerLimits)


class PendingAnswer:
    """A question being answered, for everybody who asked it meanwhile.

    ``ticket`` says how far it is and ``spool`` holds the answer. Whoever joined must
    `leave`; when the last one does before the end, the query is stopped.
    """

    def __init__(
        self, ticket: Ticket, spool: Spool, on_empty: Callable[[PendingAnswer], None]
    ) -> None:
        """Follow *ticket*; *on_empty* is called when the last one has left."""
        self.ticket = ticket
        self.spool = spool
        self.joined = 0
        self._on_empty = on_empty

    def join(self) -> PendingAnswer:
        """Count one more who waits for this answer."""
        self.joined += 1
        self.spool.attach()
        return self

    def leave(self) -> None:
        """Count one less."""
        self.joined -= 1
        if self.joined == 0:
            self._on_empty(self)
        self.spool.detach()

    @property
    def generation(self) -> str:
        """The data that the answer was computed from."""
        return self.ticket.snapshot.generation if self.ticket.snapshot else ""

    @property
    def rows(self) -> int | None:
        """Rows or statements of a whole answer."""
        return self.ticket.measures.get("rows")

    @property
    def truncated(self) -> bool:
        """Whether the row limit cut the answer."""
        return bool(self.ticket.measures.get("truncated"))

    def answer(self) -> CachedAnswer | None:
        """Return a whole answer that lies in memory; ``None`` for a larger one."""
        body = self.spool.body()
        if body is None:
            return None
        return CachedAnswer(
            body,
            self.ticket.content_type,
            self.generation,
            self.spool.digest,
            self.rows,
            self.truncated,
        )


class Engine:
    """Answers questions over the newest snapshot, or from a store elsewhere.

    Args:
        limits: What it allows.
        on_unused: Called with a snapshot that no query reads any more.
        remote: Another endpoint, whose answers are then ours; the snapshot is an empty one.
        federation: Asks the endpoints that a query calls by SERVICE; nobody if not given.
    """

    def __init__(
        self,
        limits: EngineLimits,
        *,
        on_unused: Callable[[Snapshot], None] | None = None,
        remote: RemoteStoreClient | None = None,
        federation: Federation | None = None,
    ) -> None:
        """Make an engine without data; `publish` gives it some."""
        self.limits = limits
        self.remote = remote
        self.cache = AnswerCache(limits.cache_bytes, keep_s=limits.keep_s)
        self.space = SpoolSpace(limits.spool_bytes)
        self.pool = Pool(limits.pool, on_unused)
        self.federation = federation
        answering = remote or federation
        run = answering.run if answering is not None else run_here
        self.scheduler = Scheduler(self.pool, limits.scheduler, run)
        self.coalesced = 0
        self._flights: dict[Hashable, PendingAnswer] = {}

    async def publish(self, snapshot: Snapshot) -> None:
        """Answer from *snapshot* from now on; queries that run keep theirs.

        Raises:
            StoreError: The snapshot could not be opened; the old one stays.
        """
        await self.pool.publish(snapshot)
        self.cache.clear()
        logger.info("generation %s is published", snapshot.generation)

    async def close(self) -> None:
        """Stop all queries and end all processes."""
        if self.federation is not None:
            self.federation.close()
        await self.pool.close()
        if self.remote is not None:
            await self.remote.close()

    @property
    def quads(self) -> int | None:
        """How many quads are served, where that is known without counting."""
        if self.remote is not None or self.pool.snapshot is None:
            return None
        if self.pool.snapshot.quads is not None:
            return self.pool.snapshot.quads
        quads = self.pool.loaded.get("quads")
        return quads if isinstance(quads, int) else None

    @property
    def generation(self) -> str:
        """The data that new questions are answered from."""
        return self.pool.snapshot.generation if self.pool.snapshot else ""

    def cached(self, question: SparqlQuery) -> CachedAnswer | None:
        """Return the answer if it is known already."""
        if question.volatile:
            return None
        return self.cache.get((self.generation, question.key))

    def ask(self, question: SparqlQuery, *, client: str) -> PendingAnswer:
        """Have a question answered; the caller has joined the flight and must leave it.

        Raises:
            Refusal: It calls SERVICE and must not, there is no data yet, or too many wait.
        """
        if self.pool.snapshot is None:
            raise Refusal(Reason.NOT_READY, retry_after_s=1)
        limit_s = min(
            question.operation.timeout_s or self.limits.query_limit_s, self.limits.query_limit_s
        )
        if question.calls_service():
            return self._ask_others(question, client, limit_s)
        key = (self.generation, question.key, limit_s)
        flight = self._flights.get(key)
        if flight is not None and not question.volatile:
            self.coalesced += 1
            return flight.join()
        spool = Spool(self.space, client)
        ticket = self.scheduler.submit(
            self._job(question),
            spool,
            client=client,
            fingerprint=question.fingerprint,
            limit_s=limit_s,
        )
        flight = PendingAnswer(ticket, spool, lambda each: self._landed(key, each))
        if not question.volatile:
            self._flights[key] = flight
            ticket.done.add_done_callback(lambda _: self._keep(key, question, flight))
        return flight.join()

    def _ask_others(self, question: SparqlQuery, client: str, limit_s: float) -> PendingAnswer:
        """Have a question answered that calls other endpoints; nobody shares its answer."""
        if self.federation is None or self.remote is not None:
            raise Refusal(Reason.SERVICE_OFF)
        self.federation.admit(client)
        spool = Spool(self.space, client)
        ticket = self.scheduler.hold(
            self._job(question),
            spool,
            client=client,
            fingerprint=question.fingerprint,
            limit_s=limit_s,
        )
        self.federation.begin(ticket, self.scheduler, self.space)
        return PendingAnswer(ticket, spool, lambda each: self.scheduler.cancel(each.ticket)).join()

    def _landed(self, key: Hashable, flight: PendingAnswer) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        self.scheduler.cancel(flight.ticket)

    def _keep(self, key: Hashable, question: SparqlQuery, flight: PendingAnswer) -> None:
        """Put a finished answer into the cache, under the data that it was computed from."""
        if self._flights.get(key) is flight:
            del self._flights[key]
        if flight.ticket.done.exception() is None and flight.joined:
            answer = flight.answer()
            if answer is not None and flight.generation == self.generation:
                key_bytes = len(question.operation.text)
                self.cache.put((flight.generation, question.key), answer, key_bytes=key_bytes)

    def _job(self, question: SparqlQuery) -> Job:
        operation = question.operation
        named = bool(operation.default_graphs or operation.named_graphs)
        limits = self.limits
        return Job(
            text=operation.text,
            base=limits.base_iri,
            default_graphs=list(operation.default_graphs) if named else None,
            named_graphs=list(operation.named_graphs) if named else None,
            union=limits.union_default_graph and not question.names_dataset,
            results=question.choice.results,
            graphs=question.choice.graphs,
            size_limit=limits.answer_bytes,
            row_limit=limits.row_limit,
            row_limit_link=limits.row_limit_link,
        )


async def answer_whole(engine: Engine, question: SparqlQuery, *, client: str) -> CachedAnswer:
    """Ask and wait for an answer that fits memory: for the server's own questions.

    Raises:
        Refusal: There is no answer, or it is too large for memory.
    """
    known = engine.cached(question)
    if known is not None:
        return known
    flight = engine.ask(question, client=client)
    try:
        await asyncio.shield(flight.ticket.done)
        answer = flight.answer()
        if answer is None:
            raise Refusal(Reason.ANSWER_TOO_LARGE, limit=engine.space.memory_bytes)
        return answer
    finally:
        flight.leave()
