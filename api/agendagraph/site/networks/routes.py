"""Networks over HTTP: the catalogue, the networks, their measures, and the sentences of an edge.

The parameters are those of the library. This process calculates nothing: a document comes from
the cache, or from a worker (`site.networks.calculation`). ``openapi.yaml`` describes the
addresses.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from agendagraph.errors import UnknownNetworkError
from agendagraph.network.definitions import DEFINITIONS, definition
from agendagraph.network.parameters import EVENTS, KINDS, Expansion
from agendagraph.rdf.formats import Format
from agendagraph.server.engine.cache import CachedAnswer, CacheKey
from agendagraph.server.engine.job import Function
from agendagraph.server.http import respond
from agendagraph.server.http.answers import send_answer, send_stream
from agendagraph.server.http.connections.disconnect import unless_gone
from agendagraph.server.http.context import RequestContext
from agendagraph.server.http.problems.page import ProblemResponse
from agendagraph.site.networks.parameters import (
    MeasuresQuery,  # noqa: TC001 - FastAPI reads the annotations
    NetworkParameters,  # noqa: TC001 - the same
    NetworkQuery,  # noqa: TC001 - the same
)
from agendagraph.sparql import negotiation
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from agendagraph.server.engine.engine import Engine
    from agendagraph.server.engine.pending_answer import PendingAnswer
    from agendagraph.server.http.respond import Receive, Scope, Send
    from agendagraph.server.http.state import ServerState

FORMATS: Final = (
    Format("json", "application/json"),
    Format("graphml", "application/graphml+xml", ("application/xml", "text/xml")),
    Format("gexf", "application/gexf+xml"),
    Format("csv", "text/csv", charset=True),
)
"""Formats of a network, the one preferred first."""

DOCUMENT: Final = Function(
    "agendagraph.site.networks.calculation:document",
    modules=(
        "agendagraph.site.networks.calculation",
        "agendagraph.network.measurement.measures",
        "agendagraph.network.projection",
        "agendagraph.network.exports",
    ),
    name="networks",
)
"""Makes every document of a network, in a worker."""

_TABLES: Final = (FORMATS[0], FORMATS[3])
_JSON: Final = FORMATS[:1]
_MOST_PARTS: Final = 24
_METHODS: Final = ["GET", "HEAD"]


class _Answer(Response):
    """A complete answer, sent as the answer to a query is: with an entity tag, compressed."""

    def __init__(
        self, state: ServerState, context: RequestContext, answer: CachedAnswer | PendingAnswer
    ) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        del scope
        answer = self._answer
        if isinstance(answer, CachedAnswer):
            await send_answer(self._state, self._context, answer, send)
        else:
            try:
                await send_stream(self._state, self._context, answer, receive, send)
            finally:
                answer.leave()
        self._state.record(self._context)


async def _answer(request: Request, job: dict[str, Any], formats: tuple[Format, ...]) -> Response:
    """Return the response to a request whose document *job* describes.

    ``job["options"]["form"]`` is the format that the address asks for, or None.
    """
    state: ServerState = request.app.state.server
    context = RequestContext(request.scope, state.clock())
    try:
        state.tokens.require(request.scope, "read")
        _check_name(job["name"])
        form, content_type = _chosen(context, formats, job["options"].pop("form"))
        if len(formats) > 1:
            job["options"]["form"] = form
        text = json.dumps(job, sort_keys=True, ensure_ascii=False)
        context.query = key = CacheKey(text, content_type)
        answer: CachedAnswer | PendingAnswer | None = state.engine.cached(key)
        if answer is not None:
            context.source = "cache"
        else:
            document = _document(state.engine, job, key, context.client)
            answer = await unless_gone(document, request.receive)
    except Refusal as refusal:
        context.outcome = refusal.reason
        problem = ProblemResponse(refusal, respond.CORS)
        context.status = problem.status_code
        state.record(context)
        return problem
    return _Answer(state, context, answer)


async def _document(
    engine: Engine, job: dict[str, Any], key: CacheKey, client: str
) -> CachedAnswer | PendingAnswer:
    """Have a worker make a document; one that is too large for memory is to be left.

    Raises:
        Refusal: There is none.
    """
    pending = await engine.call(DOCUMENT, job, key=key, client=client)
    try:
        await asyncio.shield(pending.done)
    except BaseException:
        pending.leave()
        raise
    answer = pending.answer()
    if answer is None:
        return pending
    pending.leave()
    return answer


def _check_name(name: str) -> None:
    try:
        definition(name)
    except UnknownNetworkError as error:
        raise Refusal(Reason.NO_SUCH_NETWORK, **error.details) from None


def _chosen(
    context: RequestContext, formats: tuple[Format, ...], asked: str | None
) -> tuple[str, str]:
    """Return name and content type of the format for a request."""
    for form in formats:
        if asked == form.name:
            return form.name, form.content_type(form.media_type)
    chosen = negotiation.best(formats, context.accept)
    if chosen is None:
        offered = negotiation.offered(formats)
        raise Refusal(Reason.NOT_ACCEPTABLE, accept=context.accept, offered=offered)
    return chosen


def _ends(request: Request) -> list[list[str]]:
    """Return what the two ends of an edge may be called, the likelier reading first.

    Names hold slashes. A client writes them %2F; where it does not, or where a proxy has
    decoded them, every way to cut the address in two is a reading.
    """
    raw = bytes(request.scope["raw_path"]).decode("latin-1")
    parts = [unquote(part) for part in raw.partition("/edges/")[2].split("/")[:-1]]
    if not 2 <= len(parts) <= _MOST_PARTS:
        raise Refusal(Reason.PARAMETER, cause="two-nodes")
    middle = len(parts) / 2
    cuts = sorted(range(1, len(parts)), key=lambda cut: abs(cut - middle))
    return [["/".join(parts[:cut]), "/".join(parts[cut:])] for cut in cuts]


router: Final = APIRouter(prefix="/api")


@router.api_route("/networks", methods=_METHODS)
async def list_networks(request: Request) -> Response:
    """List the networks, with the parameters of each."""
    state: ServerState = request.app.state.server
    context = RequestContext(request.scope, state.clock())
    try:
        state.tokens.require(request.scope, "read")
        _, content_type = _chosen(context, _JSON, None)
    except Refusal as refusal:
        return ProblemResponse(refusal, respond.CORS)
    body = json.dumps(_catalogue(), ensure_ascii=False).encode()
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    return _Answer(state, context, CachedAnswer(body, content_type, "catalogue", digest))


def _catalogue() -> dict[str, Any]:
    """Return the list of networks, and the values of their parameters, as JSON holds it."""
    return {
        "networks": [
            {
                "name": network.name,
                "title": {"ko": network.title_ko, "en": network.title_en},
                "sides": list(network.sides),
                "parameters": list(network.parameters),
                "href": f"/api/networks/{network.name}",
            }
            for network in DEFINITIONS.values()
        ],
        "levels": list(EVENTS),
        "kinds": list(KINDS),
        "expand": list(get_args(Expansion)),
        "formats": [form.name for form in FORMATS],
        "described_by": "/api/openapi.json",
    }


@router.api_route("/networks/{name}", methods=_METHODS)
async def get_network(
    request: Request, name: str, query: Annotated[NetworkQuery, Query()]
) -> Response:
    """Return a network."""
    options = query.model_dump(include={"table", "project", "weight"})
    options["form"] = query.format
    job = {"do": "network", "name": name, "parameters": query.chosen(), "options": options}
    return await _answer(request, job, FORMATS)


@router.api_route("/networks/{name}/measures", methods=_METHODS)
async def get_measures(
    request: Request, name: str, query: Annotated[MeasuresQuery, Query()]
) -> Response:
    """Measure a network."""
    options = query.model_dump(include={"project", "weight", "replicates", "seed"})
    options["form"] = query.format
    job = {"do": "measures", "name": name, "parameters": query.chosen(), "options": options}
    return await _answer(request, job, _TABLES)


@router.api_route("/networks/{name}/edges/{ends:path}", methods=_METHODS)
async def get_evidence(
    request: Request, name: str, query: Annotated[NetworkParameters, Query()]
) -> Response:
    """Return the sentences behind an edge: ``edges/U/V/evidence``."""
    path = request.scope["path"]
    if not path.endswith("/evidence"):
        return ProblemResponse(Refusal(Reason.NOT_FOUND, path=path[:200]), respond.CORS)
    try:
        options = {"ends": _ends(request), "form": None}
    except Refusal as refusal:
        return ProblemResponse(refusal, respond.CORS)
    job = {"do": "evidence", "name": name, "parameters": query.chosen(), "options": options}
    return await _answer(request, job, _JSON)


@router.options("/networks{below:path}")
async def preflight(below: str) -> Response:  # noqa: ARG001 - the same for all
    """Allow pages of other sites to read (CORS)."""
    headers = [(b"allow", b"GET, HEAD, OPTIONS"), *respond.PREFLIGHT, *respond.SAFETY]
    return Response(
        status_code=204,
        headers={name.decode(): value.decode() for name, value in headers},
    )
