"""Answer queries: from the cache, with an equal query that runs, or by a worker.

The HTTP layer reads the data through the engine only. The engine knows no HTTP: a query
comes in, and a `PendingAnswer` comes out, whose spool holds the answer.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import StoreError
from agendagraph.server.engine.cache import AnswerCache, CachedAnswer, CacheKey
from agendagraph.server.engine.job import Job
from agendagraph.server.engine.pool import Pool, PoolLimits, PreloadedWorkers
from agendagraph.server.engine.scheduler import Scheduler, SchedulerLimits, run_here
from agendagraph.server.engine.spool import Spool, SpoolSpace
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from agendagraph.server.engine.federation.service_calls import Federation
    from agendagraph.server.engine.job import Function
    from agendagraph.server.engine.pending_answer import PendingAnswer
    from agendagraph.server.engine.remote_store import RemoteStoreClient
    from agendagraph.sparql.protocol import SparqlQuery
    from agendagraph.store.snapshot import Snapshot

logger: Final = logging.getLogger(__name__)

_CALLS: Final = 64
"""Calls of a function that run or wait, in all."""
_CLIENT_CALLS: Final = 16
"""The same of one client."""


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What an engine allows, in one place.

    Attributes:
        base_iri: Against which relative IRIs of queries are resolved.
        union_default_graph: Whether the default graph is the union of all graphs.
        query_limit_s: The longest that a query may take, waiting included.
        answer_bytes: The longest answer.
        row_limit: The longest answer in rows.
        cache_bytes: What the cache may take.
        spool_bytes: What all unfinished or unread answers may take on disk.
        keep_s: For how long an answer is cached over a store that does not report changes.
    """

    base_iri: str = ""
    union_default_graph: bool = True
    query_limit_s: float = 30.0
    answer_bytes: int = 200 << 20
    row_limit: int | None = None
    row_limit_link: str = ""
    cache_bytes: int = 128 << 20
    spool_bytes: int = 2 << 30
    keep_s: float | None = None
    pool: PoolLimits = field(default_factory=PoolLimits)
    scheduler: SchedulerLimits = field(default_factory=SchedulerLimits)


class Engine:
    """Answers queries over the newest snapshot, or from a remote store.

    Args:
        limits: What it allows.
        on_unused: Called with a snapshot that no query reads any more.
        remote: Another endpoint, whose answers are then ours; the snapshot is an empty one.
        federation: Asks the endpoints that a query calls by SERVICE; none if not given.
    """

    def __init__(
        self,
        limits: EngineLimits,
        *,
        on_unused: Callable[[Snapshot], None] | None = None,
        remote: RemoteStoreClient | None = None,
        federation: Federation | None = None,
    ) -> None:
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
        self._pending: dict[Hashable, PendingAnswer] = {}
        self._functions: dict[Function, tuple[Scheduler, PreloadedWorkers]] = {}

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
        snapshot = self.pool.snapshot
        if self.remote is not None or snapshot is None:
            return None
        return snapshot.quads if snapshot.quads is not None else self.pool.loaded_quads

    @property
    def generation(self) -> str:
        """The generation that new queries read."""
        return self.pool.snapshot.generation if self.pool.snapshot else ""

    def cached(self, query: SparqlQuery | CacheKey) -> CachedAnswer | None:
        """Return the answer if it is in the cache."""
        if query.volatile:
            return None
        return self.cache.get((self.generation, query.key))

    def ask(self, query: SparqlQuery, *, client: str) -> PendingAnswer:
        """Run a query, or join an equal one that runs; the caller must leave the answer.

        Raises:
            Refusal: It calls SERVICE and must not, there is no data yet, or too many wait.
        """
        if self.pool.snapshot is None:
            raise Refusal(Reason.NOT_READY, retry_after_s=1)
        limit_s = min(
            query.operation.timeout_s or self.limits.query_limit_s, self.limits.query_limit_s
        )
        if query.calls_service():
            return self._ask_federated(query, client, limit_s)
        return self._run(query, self._job(query), self.scheduler, client, limit_s)

    def _run(
        self,
        query: SparqlQuery | CacheKey,
        job: Job,
        scheduler: Scheduler,
        client: str,
        limit_s: float,
    ) -> PendingAnswer:
        """Join an equal job that runs, or submit *job*."""
        key = (self.generation, query.key, limit_s)
        pending = self._pending.get(key)
        if pending is not None and pending.joined:  # one that all have left is cancelled
            self.coalesced += 1
            return pending.join()
        spool = Spool(self.space, client)
        pending = scheduler.submit(job, spool, fingerprint=query.fingerprint, limit_s=limit_s)
        if not query.volatile:
            self._pending[key] = pending
            pending.done.add_done_callback(lambda _: self._finished(key, query, pending))
        return pending.join()

    async def call(
        self, function: Function, arguments: dict[str, Any], *, key: CacheKey, client: str
    ) -> PendingAnswer:
        """Call a function over the data, or join an equal call; the caller must leave the answer.

        The time limit is that of queries; it begins when the function's modules are imported.

        Raises:
            Refusal: There is no data yet, or too many wait.
        """
        scheduler, workers = self._functions.get(function) or self._add_function(function)
        try:
            await workers.ready()
        except (OSError, StoreError) as error:
            logger.warning("no worker could be started: %s", error)
            raise Refusal(Reason.BUSY, retry_after_s=2) from None
        limits = self.limits
        job = Job(
            base=limits.base_iri,
            union=limits.union_default_graph,
            results=("document", key.content_type),
            size_limit=limits.answer_bytes,
            row_limit=limits.row_limit,
            function=function.path,
            arguments=arguments,
        )
        return self._run(key, job, scheduler, client, limits.query_limit_s)

    def _add_function(self, function: Function) -> tuple[Scheduler, PreloadedWorkers]:
        """Give a function its own slots, as many as slow queries have, and its own queue."""
        slots = self.limits.scheduler.slow_slots
        limits = SchedulerLimits(
            quick_slots=slots,
            slow_slots=0,
            client_waiting=max(1, _CLIENT_CALLS - slots),
            waiting=max(1, _CALLS - slots),
            slice_s=self.limits.query_limit_s,
        )
        workers = PreloadedWorkers(self.pool, function.modules, function.name)
        run = self.remote.run if self.remote is not None else run_here
        self._functions[function] = Scheduler(workers, limits, run), workers
        return self._functions[function]

    def _ask_federated(self, query: SparqlQuery, client: str, limit_s: float) -> PendingAnswer:
        """Run a query that calls SERVICE; clients do not share its answer."""
        if self.federation is None or self.remote is not None:
            raise Refusal(Reason.SERVICE_OFF)
        self.federation.admit(client)
        pending = self.scheduler.submit(
            self._job(query),
            Spool(self.space, client),
            fingerprint=query.fingerprint,
            limit_s=limit_s,
            blocked=True,
        )
        self.federation.begin(pending, self.scheduler, self.space)
        return pending.join()

    def _finished(
        self, key: Hashable, query: SparqlQuery | CacheKey, pending: PendingAnswer
    ) -> None:
        """Cache a finished answer under the generation that it was computed from."""
        if self._pending.get(key) is pending:
            del self._pending[key]
        if pending.done.exception() is None and pending.joined:
            answer = pending.answer()
            if answer is not None and pending.generation == self.generation:
                key_bytes = len(query.text)
                self.cache.put((pending.generation, query.key), answer, key_bytes=key_bytes)

    def _job(self, query: SparqlQuery) -> Job:
        operation = query.operation
        named = bool(operation.default_graphs or operation.named_graphs)
        limits = self.limits
        return Job(
            text=operation.text,
            base=limits.base_iri,
            default_graphs=list(operation.default_graphs) if named else None,
            named_graphs=list(operation.named_graphs) if named else None,
            union=limits.union_default_graph and not query.names_dataset,
            results=query.choice.results,
            graphs=query.choice.graphs,
            size_limit=limits.answer_bytes,
            row_limit=limits.row_limit,
            row_limit_link=limits.row_limit_link,
        )


async def answer_whole(engine: Engine, query: SparqlQuery, *, client: str) -> CachedAnswer:
    """Return an answer that fits memory, for a query of the server itself.

    Raises:
        Refusal: There is no answer, or it is too large for memory.
    """
    cached = engine.cached(query)
    if cached is not None:
        return cached
    pending = engine.ask(query, client=client)
    try:
        await asyncio.shield(pending.done)
        answer = pending.answer()
        if answer is None:
            raise Refusal(Reason.ANSWER_TOO_LARGE, limit=engine.space.memory_bytes)
        return answer
    finally:
        pending.leave()
