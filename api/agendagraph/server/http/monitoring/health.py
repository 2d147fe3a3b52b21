"""The addresses for operators: liveness, readiness, and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agendagraph.server.http import respond

if TYPE_CHECKING:
    from starlette.requests import Request

    from agendagraph.server.http.state import ServerState

_HEADERS: Final = {
    "cache-control": "no-store",
    **{name.decode(): value.decode() for name, value in respond.SAFETY},
}
_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


async def _health(_request: Request) -> Response:
    """The process is alive."""
    return JSONResponse({"status": "ok"}, headers=_HEADERS)


async def _ready(request: Request) -> Response:
    """Whether a query can be answered now, and from which data."""
    state: ServerState = request.app.state.server
    engine = state.engine
    report = {
        "ready": engine.pool.ready,
        "generation": engine.generation,
        "in_memory": engine.pool.in_memory,
        "quads": engine.quads,
        "validation": state.validation,
    }
    return JSONResponse(report, 200 if engine.pool.ready else 503, headers=_HEADERS)


async def _metrics(request: Request) -> Response:
    """Metrics in Prometheus text format."""
    text = request.app.state.server.metrics.text()
    return Response(text, media_type=_PROMETHEUS, headers=_HEADERS)


ROUTES: Final = (
    Route("/health", _health),
    Route("/ready", _ready),
    Route("/metrics", _metrics),
)
