"""The addresses for whoever runs the server: does it live, can it answer, what did it count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from agendagraph.server.http import respond

if TYPE_CHECKING:
    from agendagraph.server.http.state import ServerState

_NO_STORE: Final = {
    "cache-control": "no-store",
    **{name.decode(): value.decode() for name, value in respond.SAFETY},
}


def add_routes(app: FastAPI, state: ServerState) -> None:
    """Add ``/health``, ``/ready`` and ``/metrics`` to *app*."""
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
