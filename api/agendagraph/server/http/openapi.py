"""Serve the OpenAPI document, which is ``openapi.yaml`` and the file of an extension."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from starlette.responses import JSONResponse
from starlette.routing import Route

from agendagraph.server.http import respond
from agendagraph.version import __version__

if TYPE_CHECKING:
    from starlette.requests import Request

FILE: Final = Path(__file__).with_suffix(".yaml")

_HEADERS: Final = {
    "cache-control": "no-cache",
    **{name.decode(): value.decode() for name, value in (*respond.SAFETY, *respond.CORS)},
}


def document(extension: Path | None = None) -> dict[str, Any]:
    """Return the OpenAPI document, with the title and the paths of the file *extension*.

    The extension may refer to the components of ``openapi.yaml``.
    """
    whole: dict[str, Any] = yaml.safe_load(FILE.read_bytes())
    whole["info"]["version"] = __version__
    if extension is not None:
        addition = yaml.safe_load(extension.read_bytes())
        whole["info"] |= addition["info"]
        whole["paths"] |= addition["paths"]
    return whole


def route(extension: Path | None = None) -> Route:
    """Return the route of ``/api/openapi.json``."""
    served: list[dict[str, Any]] = []

    async def describe(_request: Request) -> JSONResponse:
        if not served:  # parsing takes 0.2 s: not at each start, and not in the event loop
            served.append(await asyncio.to_thread(document, extension))
        return JSONResponse(served[0], headers=_HEADERS)

    return Route("/api/openapi.json", describe)
