"""Exception handlers: every exception becomes a problem document, or an HTML page of it."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any, Final

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from agendagraph.server.http import problems
from agendagraph.server.http.connections.disconnect import ClientGone
from agendagraph.server.http.problems.page import ProblemResponse
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from starlette.requests import Request


logger: Final = logging.getLogger(__name__)


async def _on_refusal(_request: Request, refusal: Any) -> Any:  # noqa: ANN401 - starlette's types
    return ProblemResponse(refusal)


async def _on_http_exception(request: Request, error: Any) -> Any:  # noqa: ANN401
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "GET, HEAD")
        return ProblemResponse(
            Refusal(Reason.METHOD_NOT_ALLOWED, method=request.method, allow=allow)
        )
    if error.status_code == 404:
        return ProblemResponse(Refusal(Reason.NOT_FOUND, path=request.url.path[:200]))
    return ProblemResponse(Refusal(Reason.BAD_REQUEST, problem=str(error.detail)))


async def _on_wrong_parameters(_request: Request, error: Any) -> Any:  # noqa: ANN401
    return ProblemResponse(
        Refusal(Reason.PARAMETER, problem=problems.parameter_problem(error.errors()))
    )


async def _on_client_gone(_request: Request, _error: Any) -> Any:  # noqa: ANN401
    return Response(status_code=400)


async def on_fault(request: Request, error: Any) -> Any:  # noqa: ANN401
    """Answer an internal error with an incident number; the log has the traceback under it."""
    incident = uuid.uuid4().hex[:12]
    logger.error("fault %s at %s", incident, request.url.path, exc_info=error)
    return ProblemResponse(Refusal(Reason.FAULT, incident=incident))


HANDLERS: Final[dict[Any, Any]] = {
    Refusal: _on_refusal,
    HTTPException: _on_http_exception,
    ClientGone: _on_client_gone,
    RequestValidationError: _on_wrong_parameters,
    Exception: on_fault,
}
"""The handler of each exception."""
