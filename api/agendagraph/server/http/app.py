"""Build the application: its routes, its state, and what starts and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from agendagraph.errors import AgendaError, StoreError
from agendagraph.namespaces import BASE
from agendagraph.server.engine.engine import Engine, EngineLimits, answer_whole
from agendagraph.server.engine.pool import PoolLimits
from agendagraph.server.engine.scheduler import SchedulerLimits
from agendagraph.server.http import graph_store, openapi, stylesheet, update_history
from agendagraph.server.http.description.dataset import NO_QUERIES, DatasetQueries
from agendagraph.server.http.description.route import query_form
from agendagraph.server.http.endpoint import SparqlEndpoint
from agendagraph.server.http.graph_store import GraphStore
from agendagraph.server.http.monitoring import health
from agendagraph.server.http.problems.exception_handlers import HANDLERS, on_fault
from agendagraph.server.http.state import ServerState
from agendagraph.server.http.update import Updates
from agendagraph.server.http.update_history import UpdateHistory
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation, SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from pathlib import Path

    from agendagraph.server.engine.federation.outgoing import Outgoing
    from agendagraph.server.engine.federation.service_calls import CallLimits
    from agendagraph.server.engine.remote_store import RemoteStoreClient
    from agendagraph.server.http.respond import Message, Receive, Scope, Send
    from agendagraph.server.settings import Settings
    from agendagraph.store.generations import StoreDirectory
    from agendagraph.store.snapshot import Snapshot

_MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Extension:
    """What a site adds to a server.

    Attributes:
        routes: They find the server's state in ``request.app.state.server``.
        openapi: The OpenAPI file that describes them.
        dataset: Queries for the description of the dataset.
    """

    routes: Iterable[BaseRoute] = ()
    openapi: Path | None = None
    dataset: DatasetQueries = NO_QUERIES


def create_app(
    settings: Settings,
    snapshot: Snapshot,
    *,
    directory: StoreDirectory | None = None,
    on_ready: Callable[[ServerState], None] | None = None,
    extension: Extension = Extension(),
    calls: tuple[Outgoing, CallLimits] | None = None,
) -> FastAPI:
    """Return the application that answers from *snapshot*.

    Args:
        settings: How it behaves.
        snapshot: The data; the writer publishes newer ones.
        directory: The locked directory that the snapshot is in, if it is in one.
        on_ready: Called once the first query can be answered.
        extension: What a site adds; its route of ``/`` replaces the query form.
        calls: The client for SERVICE and LOAD and its limits, instead of what *settings*
            name; for tests.

    Raises:
        AgendaError: The tokens cannot be read, or none may write.
    """
    state = ServerState(settings)
    calls = calls or _calls(settings)
    updates = Updates(state, directory, calls) if settings.writable else None
    lifetime = _Lifetime(state, snapshot, directory, calls, updates, on_ready)
    endpoint = SparqlEndpoint(state, updates, extension.dataset)
    app = Application(
        endpoint,
        title="Agendagraph",
        version=__version__,
        lifespan=lifetime.lifespan,
        openapi_url=None,
        exception_handlers=HANDLERS,
    )
    app.state.server = state
    graphs = GraphStore(state, endpoint, directory, updates)
    app.router.routes += [
        Route("/sparql", endpoint),
        Route("/sparql/", endpoint),  # as the W3C suite and many clients' settings write it
        Route("/update", endpoint),
        Route("/update/", endpoint),
        Route(graph_store.PATH, graphs),
        Route(graph_store.PATH + "/{name:path}", graphs),
        openapi.route(extension.openapi),
        *health.ROUTES,
        Route(stylesheet.PATH, stylesheet.stylesheet),
        *extension.routes,
        Route("/", query_form),
    ]
    if directory is not None:
        history = UpdateHistory(state, endpoint, directory.history, updates)
        paths = ("", "/{name}", "/{name}/revert")
        app.router.routes += [Route(update_history.PATH + path, history) for path in paths]
    return app


class Application(FastAPI):
    """FastAPI, with a bypass of its middleware for GET and HEAD of ``/sparql``.

    They need nothing of the middleware, which costs 50 µs of a lookup's 250.
    """

    def __init__(self, sparql: SparqlEndpoint, **options: Any) -> None:  # noqa: ANN401 - FastAPI's
        super().__init__(**options)
        self._sparql = sparql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif scope["path"] == "/sparql" and scope["method"] in ("GET", "HEAD"):
            scope["app"] = self
            try:
                await self._sparql(scope, receive, send)
            except Exception as error:  # noqa: BLE001 - as FastAPI's outermost layer does
                problem = await on_fault(Request(scope), error)
                await problem(scope, receive, send)
        else:
            await self._logged(scope, receive, send)

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the routes, and log the request."""
        state: ServerState = self.state.server
        started, status = state.clock(), 0

        async def record_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await super().__call__(scope, receive, record_status)
        finally:
            state.record_request(scope, status, started)


@dataclass(frozen=True, slots=True)
class _Lifetime:
    """What starts and ends with an application."""

    state: ServerState
    snapshot: Snapshot
    directory: StoreDirectory | None
    calls: tuple[Outgoing, CallLimits] | None
    updates: Updates | None
    on_ready: Callable[[ServerState], None] | None

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Start the engine and the writer, and end them; a failure ends the server."""
        settings = self.state.settings
        federation = None
        if self.calls is not None:
            from agendagraph.server.engine.federation.service_calls import Federation  # noqa: PLC0415

            federation = Federation(*self.calls)
        remote = _remote_store(settings)
        engine = Engine(
            engine_limits(settings),
            on_unused=self._remove_generation,
            remote=remote,
            federation=federation,
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
            if self.updates is not None:
                await self.updates.close()
            await engine.close()
            self.state.log.close()

    async def _start(self, engine: Engine) -> None:
        await engine.publish(self.snapshot)
        if self.directory is not None:
            await _check_store(engine, self.directory)
        if self.updates is not None:
            await self.updates.start(engine)
        self.state.engine = engine
        if self.on_ready is not None:
            self.on_ready(self.state)

    def _remove_generation(self, snapshot: Snapshot) -> None:
        """Remove a generation that no query reads any more, in a thread."""
        if self.directory is not None and self.directory.writable:
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, self.directory.remove, snapshot)


async def _check_store(engine: Engine, directory: StoreDirectory) -> None:
    """Run one query, so that a corrupt store is not announced as ready.

    Raises:
        StoreError: The query fails.
    """
    query = SparqlQuery(QueryOperation("SELECT * { ?s ?p ?o } LIMIT 1"), choose("text/csv"))
    try:
        await answer_whole(engine, query, client="")
    except Refusal as refusal:
        if refusal.reason is not Reason.STORE_UNREADABLE:
            raise
        raise StoreError(
            f"the store {directory.path} is damaged: restore it from a backup"
        ) from None


def engine_limits(settings: Settings) -> EngineLimits:
    """Return what *settings* mean for the engine."""
    public = settings.public_url or f"http://{settings.host}:{settings.port}"
    scheduler = SchedulerLimits(
        quick_slots=settings.slots - settings.slow_slots, slow_slots=settings.slow_slots
    )
    if settings.remote:  # the network is in between
        scheduler = replace(scheduler, slice_s=10 * scheduler.slice_s)
    return EngineLimits(
        base_iri=public.rstrip("/") + "/sparql",
        union_default_graph=settings.default_graph == "union",
        query_limit_s=settings.query_limit_s,
        answer_bytes=settings.answer_limit_mib * _MIB,
        row_limit=settings.row_limit,
        row_limit_link=BASE + "problem/row-limit",
        cache_bytes=settings.cache_mib * _MIB,
        keep_s=settings.keep_s if settings.remote else None,
        pool=PoolLimits(memory_limit_bytes=settings.memory_limit_mib * _MIB),
        scheduler=scheduler,
    )


def _remote_store(settings: Settings) -> RemoteStoreClient | None:
    """Return a client of the store, where it is another endpoint."""
    if settings.store is None or not settings.remote:
        return None
    from agendagraph.server.engine.remote_store import RemoteSource, RemoteStoreClient  # noqa: PLC0415 - rare

    secret = settings.store_authorization
    url, _, parameters = settings.store.partition("?")
    return RemoteStoreClient(
        RemoteSource(
            url,
            parameters=tuple(parse_qsl(parameters, keep_blank_values=True)),
            authorization=secret.get_secret_value() if secret is not None else "",
            body_bytes=4 * settings.answer_limit_mib * _MIB,
            connections=settings.slots + 4,
        )
    )


def _calls(settings: Settings) -> tuple[Outgoing, CallLimits] | None:
    """Return the client for SERVICE and LOAD, and its limits; ``None`` if no host is allowed."""
    if not settings.service_hosts:
        return None
    from agendagraph.server.engine.federation.hosts import NamedHosts  # noqa: PLC0415 - rare
    from agendagraph.server.engine.federation.outgoing import Outgoing  # noqa: PLC0415 - rare
    from agendagraph.server.engine.federation.service_calls import CallLimits  # noqa: PLC0415 - rare

    return Outgoing(NamedHosts(settings.service_hosts)), CallLimits()
