"""Build the application: routes, their state, and what starts and ends with it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import parse_qsl

from starlette.routing import Route

from agendagraph.errors import AgendaError, StoreError
from agendagraph.namespaces import BASE
from agendagraph.server.engine.engine import Engine, EngineLimits, answer_whole
from agendagraph.server.engine.pool import PoolLimits
from agendagraph.server.engine.scheduler import SchedulerLimits
from agendagraph.server.http import federation_setup
from agendagraph.server.http.application import Application
from agendagraph.server.http.describe import send_description
from agendagraph.server.http.endpoint import SparqlEndpoint
from agendagraph.server.http.exception_handlers import HANDLERS
from agendagraph.server.http.monitoring import health
from agendagraph.server.http.state import ServerState
from agendagraph.server.http.update_routes import UpdateSide
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation
from agendagraph.sparql.query import SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from fastapi import FastAPI
    from starlette.routing import BaseRoute

    from agendagraph.server.engine.federation.outgoing import Outgoing
    from agendagraph.server.engine.remote_store import RemoteStoreClient
    from agendagraph.server.http.auth import Tokens
    from agendagraph.server.settings import Settings
    from agendagraph.store.generations import StoreDirectory
    from agendagraph.store.snapshot import Snapshot

_MIB: Final = 1 << 20

Routes: TypeAlias = "Callable[[ServerState, Tokens], Iterable[BaseRoute]]"
"""Makes further routes, such as those of the site: from the state, and who may read."""


def engine_limits(settings: Settings) -> EngineLimits:
    """Return what *settings* mean for the engine."""
    public = settings.public_url or f"http://{settings.host}:{settings.port}"
    return EngineLimits(
        base_iri=public.rstrip("/") + "/sparql",
        union_default_graph=settings.default_graph == "union",
        query_limit_s=settings.query_limit_s,
        answer_bytes=settings.answer_limit_mib * _MIB,
        row_limit=settings.row_limit,
        row_limit_link=BASE + "problem/row-limit",
        hold_bytes=settings.hold_mib * _MIB,
        cache_bytes=settings.cache_mib * _MIB,
        keep_s=settings.store_keep_s if settings.remote else None,
        spool_bytes=settings.spool_mib * _MIB,
        pool=PoolLimits(
            spares=settings.spares,
            memory_limit_bytes=settings.memory_limit_mib * _MIB,
            snapshot_memory_bytes=settings.snapshot_memory_mib * _MIB,
        ),
        scheduler=SchedulerLimits(
            quick_slots=settings.slots - settings.slow_slots,
            slow_slots=settings.slow_slots,
            client_slow=settings.client_slow_queries,
            client_waiting=settings.client_queue,
            waiting=settings.queue_length,
            slice_s=settings.slow_after_ms / (100 if settings.remote else 1000),
        ),
    )


def remote_store(settings: Settings) -> RemoteStoreClient | None:
    """Return a client of the store that *settings* name by its URL, if they do."""
    if settings.store is None or not settings.remote:
        return None
    from agendagraph.server.engine.remote_store import RemoteSource, RemoteStoreClient  # noqa: PLC0415 - rare

    secret = settings.store_authorization
    return RemoteStoreClient(
        RemoteSource(
            settings.store,
            parameters=tuple(parse_qsl(settings.store_parameters, keep_blank_values=True)),
            authorization=secret.get_secret_value() if secret is not None else "",
            body_bytes=4 * settings.answer_limit_mib * _MIB,
            connections=settings.slots + 4,
        )
    )


def create_app(
    settings: Settings,
    snapshot: Snapshot,
    *,
    directory: StoreDirectory | None = None,
    on_ready: Callable[[ServerState], None] | None = None,
    routes: Routes = lambda _state, _tokens: (),
    outgoing: Outgoing | None = None,
) -> FastAPI:
    """Return the application that answers from *snapshot*.

    Args:
        settings: How it behaves.
        snapshot: The data; the writer publishes newer ones.
        directory: The locked directory that the snapshot is in, if it is in one.
        on_ready: Called once the first query can be answered.
        routes: Makes further routes, such as those of the site, from the server's state and the
            tokens that may read.
        outgoing: Asks other servers in place of what *settings* name; for tests alone.

    Raises:
        AgendaError: The tokens cannot be read, or nobody could write.
    """
    state = ServerState(settings)
    asking = outgoing or federation_setup.outgoing(settings)
    updating = UpdateSide(state, directory, asking)
    life = _Life(state, snapshot, directory, asking, updating, on_ready)
    app = Application(
        title="Agendagraph",
        version=__version__,
        lifespan=life.lifespan,
        openapi_url=None,
        exception_handlers=HANDLERS,
    )
    app.state.server = state
    describe = partial(send_description, state)
    endpoint = SparqlEndpoint(state, describe, updating.updates, updating.tokens)
    app.router.routes += [
        Route("/sparql", endpoint),
        Route("/sparql/", endpoint),  # as the W3C suite and many clients' settings write it
        *updating.routes(endpoint),
        *routes(state, updating.tokens),
    ]
    app.sparql = endpoint
    health.add_routes(app, state)
    return app


@dataclass(frozen=True, slots=True)
class _Life:
    """What starts and ends with an application."""

    state: ServerState
    snapshot: Snapshot
    directory: StoreDirectory | None
    asking: Outgoing | None
    updating: UpdateSide
    on_ready: Callable[[ServerState], None] | None

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Start the engine and the writer, and end them; a failure ends the server."""
        settings = self.state.settings
        remote = remote_store(settings)
        engine = Engine(
            engine_limits(settings),
            on_unused=self.updating.forget,
            remote=remote,
            federation=federation_setup.federation(settings, self.asking),
        )
        try:
            if remote is not None:
                await remote.probe()
            await self._start(engine)
        except AgendaError as error:
            self.state.fail(error)
        try:
            yield
        finally:
            for close in self.state.on_close:
                close()
            await self.updating.close()
            await engine.close()
            self.state.log.close()

    async def _start(self, engine: Engine) -> None:
        """Let *engine* answer, and tell that it does."""
        await engine.publish(self.snapshot)
        if self.directory is not None:
            await _try_out(engine, self.directory)
        await self.updating.start(engine)
        self.state.engine = engine
        if self.on_ready is not None:
            self.on_ready(self.state)


async def _try_out(engine: Engine, directory: StoreDirectory) -> None:
    """Ask the store one question, so that a damaged one is not announced as ready.

    Raises:
        StoreError: There is no answer.
    """
    question = SparqlQuery(QueryOperation("SELECT * { ?s ?p ?o } LIMIT 1"), choose("text/csv"))
    try:
        await answer_whole(engine, question, client="")
    except Refusal as refusal:
        if refusal.reason is not Reason.STORE_UNREADABLE:
            raise
        raise StoreError(
            f"the store {directory.path} is damaged: restore it from a backup"
        ) from None
