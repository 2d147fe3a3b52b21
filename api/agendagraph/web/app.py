"""Build the application: routes, their state, and what starts and ends with it."""

from __future__ import annotations

import contextlib
import logging
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from agendagraph.errors import AgendaError, StoreError
from agendagraph.namespaces import BASE
from agendagraph.sparql.engine import Engine, EngineLimits, answer_whole
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.pool import PoolLimits
from agendagraph.sparql.protocol import QueryOperation
from agendagraph.sparql.question import Question
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.scheduler import SchedulerLimits
from agendagraph.version import __version__
from agendagraph.web import respond
from agendagraph.web.body import ClientGone
from agendagraph.web.calculator import Calculator
from agendagraph.web.describe import send_description
from agendagraph.web.endpoint import SparqlEndpoint
from agendagraph.web.front_page import front_page
from agendagraph.web.networks import Networks, router
from agendagraph.web.state import ServerState
from agendagraph.web.update_side import UpdateSide

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from agendagraph.settings import Settings
    from agendagraph.sparql.directory import StoreDirectory
    from agendagraph.sparql.remote import RemoteStoreClient
    from agendagraph.sparql.snapshot import Snapshot
    from agendagraph.web.respond import Receive, Scope, Send

logger: Final = logging.getLogger(__name__)
_MIB: Final = 1 << 20


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
    from agendagraph.sparql.remote import RemoteSource, RemoteStoreClient  # noqa: PLC0415 - rare

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
) -> FastAPI:
    """Return the application that answers from *snapshot*.

    Args:
        settings: How it behaves.
        snapshot: The data; the writer publishes newer ones.
        directory: The locked directory that the snapshot is in, if it is in one.
        on_ready: Called once the first query can be answered.

    Raises:
        AgendaError: The tokens cannot be read, or nobody could write.
    """
    state = ServerState(settings)
    updating = UpdateSide(state, directory)
    calculator = Calculator(state)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        remote = remote_store(settings)
        engine = Engine(engine_limits(settings), on_unused=updating.forget, remote=remote)
        try:
            if remote is not None:
                await remote.probe()
            await engine.publish(snapshot)
            if directory is not None:
                await _try_out(engine, directory)
            await updating.start(engine)
            state.engine = engine
            if on_ready is not None:
                on_ready(state)
        except AgendaError as error:
            state.fail(error)
        try:
            yield
        finally:
            calculator.close()
            await updating.close()
            await engine.close()
            state.log.close()

    app = _Application(
        title="Agendagraph",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        exception_handlers={
            Refusal: _on_refusal,
            HTTPException: _on_http_exception,
            ClientGone: _on_client_gone,
            RequestValidationError: _on_wrong_parameters,
            Exception: _on_fault,
        },
    )
    app.state.server = state
    describe = partial(send_description, state)
    endpoint = SparqlEndpoint(state, describe, updating.updates, updating.tokens)
    app.router.routes += [
        Route("/", front_page),
        Route("/sparql", endpoint),
        *updating.routes(endpoint),
    ]
    app.include_router(router(Networks(state, updating.tokens, calculator)))
    app.sparql = endpoint
    _add_status_routes(app, state)
    return app


async def _try_out(engine: Engine, directory: StoreDirectory) -> None:
    """Ask the store one question, so that a damaged one is not announced as ready.

    Raises:
        StoreError: There is no answer.
    """
    question = Question(QueryOperation("SELECT * { ?s ?p ?o } LIMIT 1"), choose("text/csv"))
    try:
        await answer_whole(engine, question, client="")
    except Refusal as refusal:
        if refusal.reason is not Reason.STORE_UNREADABLE:
            raise
        raise StoreError(
            f"the store {directory.path} is damaged: restore it from a backup"
        ) from None


class _Application(FastAPI):
    """FastAPI, with a way past its middleware for the one route that is asked all the time.

    What GET and HEAD of ``/sparql`` need of it is nothing, and costs 50 µs of a lookup's 250.
    """

    sparql: SparqlEndpoint | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if (
            self.sparql is None
            or scope["type"] != "http"
            or scope["path"] != "/sparql"
            or scope["method"] not in ("GET", "HEAD")
        ):
            await super().__call__(scope, receive, send)
            return
        try:
            await self.sparql(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - what FastAPI's outermost layer does, too
            problem = await _on_fault(Request(scope), error)
            await problem(scope, receive, send)


def _add_status_routes(app: FastAPI, state: ServerState) -> None:
    methods = ["GET", "HEAD"]

    @app.api_route("/health", methods=methods)
    async def health() -> JSONResponse:
        """Tell that the process lives."""
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    @app.api_route("/ready", methods=methods)
    async def ready() -> JSONResponse:
        """Tell whether a query can be answered now, and from what."""
        engine = state.engine
        told = {
            "ready": engine.pool.ready,
            "generation": engine.generation,
            "in_memory": engine.pool.in_memory,
            "quads": engine.quads,
            "validation": state.validation,
        }
        return JSONResponse(told, 200 if engine.pool.ready else 503, headers=_NO_STORE)

    @app.api_route("/metrics", methods=methods)
    async def metrics() -> Response:
        """Return the counters in the text format of Prometheus."""
        content_type = "text/plain; version=0.0.4; charset=utf-8"
        return Response(state.metrics.text(), media_type=content_type, headers=_NO_STORE)


_NO_STORE: Final = {
    "cache-control": "no-store",
    **{name.decode(): value.decode() for name, value in respond.SAFETY},
}


class _Problem:
    """A response that sends a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await respond.send_problem(send, self._refusal)


async def _on_refusal(_request: Request, refusal: Any) -> Any:  # noqa: ANN401 - starlette's types
    return _Problem(refusal)


async def _on_http_exception(request: Request, error: Any) -> Any:  # noqa: ANN401
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "GET, HEAD")
        return _Problem(Refusal(Reason.METHOD, method=request.method, allow=allow))
    if error.status_code == 404:
        return _Problem(Refusal(Reason.NOT_FOUND, path=request.url.path[:200]))
    return _Problem(Refusal(Reason.BAD_REQUEST, problem=str(error.detail)))


async def _on_wrong_parameters(_request: Request, error: Any) -> Any:  # noqa: ANN401
    wrong = [f"{each['loc'][-1]}: {each['msg']}" for each in error.errors()]
    return _Problem(Refusal(Reason.PARAMETER, problem="; ".join(wrong)[:1000]))


async def _on_client_gone(_request: Request, _error: Any) -> Any:  # noqa: ANN401
    return Response(status_code=400)


async def _on_fault(request: Request, error: Any) -> Any:  # noqa: ANN401
    """Answer a fault of ours with a number under which the log has the whole story."""
    incident = uuid.uuid4().hex[:12]
    logger.error("fault %s at %s", incident, request.url.path, exc_info=error)
    return _Problem(Refusal(Reason.FAULT, incident=incident))
