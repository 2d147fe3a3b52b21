"""Networks over HTTP: the catalogue, the networks, their measures, and the sentences of an edge.

The parameters are those of the library. Nothing is calculated in this process: a document
comes from the cache, or from a child (`site.networks.calculator`).
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import unquote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from agendagraph.errors import UnknownNetworkError
from agendagraph.network.catalogue import CATALOGUE, entry
from agendagraph.rdf.formats import Format
from agendagraph.server.engine.cache import CachedAnswer
from agendagraph.server.http import respond
from agendagraph.server.http.answers import RequestContext, send_answer
from agendagraph.server.http.connections.disconnect import unless_gone
from agendagraph.server.http.openapi import document
from agendagraph.server.http.problems.page import ProblemResponse
from agendagraph.site.networks import interface as network_api
from agendagraph.site.networks.parameters import (
    MeasuresQuery,  # noqa: TC001 - FastAPI reads the annotations
    NetworkParameters,  # noqa: TC001 - the same
    NetworkQuery,  # noqa: TC001 - the same
)
from agendagraph.sparql import negotiation
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.negotiation import Choice
from agendagraph.sparql.protocol import QueryOperation
from agendagraph.sparql.query import SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from agendagraph.server.http.auth import Tokens
    from agendagraph.server.http.respond import Receive, Scope, Send
    from agendagraph.server.http.state import ServerState
    from agendagraph.site.networks.calculator import Calculator

FORMATS: Final = (
    Format("json", "application/json"),
    Format("graphml", "application/graphml+xml", ("application/xml", "text/xml")),
    Format("gexf", "application/gexf+xml"),
    Format("csv", "text/csv", charset=True),
)
"""Formats of a network, the one preferred first."""

_TABLES: Final = (FORMATS[0], FORMATS[3])
_JSON: Final = FORMATS[:1]
_MOST_PARTS: Final = 24
_METHODS: Final = ["GET", "HEAD"]
_DESCRIPTION_HEADERS: Final = {
    "cache-control": "no-cache",
    **{name.decode(): value.decode() for name, value in (*respond.SAFETY, *respond.CORS)},
}

Name = Annotated[
    str,
    Path(
        description="The name of a network.",
        json_schema_extra={"enum": list(CATALOGUE)},
        examples=["counterparts-together"],
    ),
]
Node = Annotated[
    str,
    Path(
        description="A node as the network names it, its slash written %2F; a country also by "
        "its ISO code.",
        examples=["country%2Fjpn", "jpn"],
    ),
]


class _Answer(Response):
    """A whole answer, sent with its tag and compressed, as those of queries are."""

    def __init__(self, state: ServerState, exchange: RequestContext, answer: CachedAnswer) -> None:
        super().__init__()
        self._state = state
        self._exchange = exchange
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        del scope, receive
        await send_answer(self._state, self._exchange, self._answer, send)
        self._state.record(self._exchange)


class Networks:
    """Answers requests for networks.

    Args:
        state: The server's engine, log and settings.
        tokens: Who may read.
        calculator: Makes what is not in the cache.
    """

    def __init__(self, state: ServerState, tokens: Tokens, calculator: Calculator) -> None:
        """Keep what answering needs."""
        self._state = state
        self._tokens = tokens
        self._calculator = calculator

    async def answer(
        self, request: Request, job: dict[str, Any], formats: tuple[Format, ...]
    ) -> Response:
        """Return the response to a request whose document *job* describes.

        ``job["options"]["form"]`` is the format that the address asks for, or None.
        """
        exchange = RequestContext(request.scope, self._state.clock())
        try:
            self._tokens.require(request.scope, "read")
            _known(job["name"])
            chosen = _chosen(exchange, formats, job["options"].pop("form"))
            if len(formats) > 1:
                job["options"]["form"] = chosen[0]
            exchange.question = _question(job, chosen)
            answer = await self._document(request, exchange, job, chosen[1])
        except Refusal as refusal:
            exchange.outcome = refusal.reason
            problem = ProblemResponse(refusal, respond.CORS)
            exchange.status = problem.status_code
            self._state.record(exchange)
            return problem
        return _Answer(self._state, exchange, answer)

    async def _document(
        self, request: Request, exchange: RequestContext, job: dict[str, Any], content_type: str
    ) -> CachedAnswer:
        engine, question = self._state.engine, exchange.question
        if question is None:
            raise TypeError("a network is answered after its question is known")
        known = engine.cached(question)
        if known is not None:
            exchange.source = "cache"
            return known
        key = (engine.generation, question.key)
        work = self._calculator.document(job, key=key, client=exchange.client)
        document = await unless_gone(work, request.receive)
        digest = hashlib.blake2b(document.body, digest_size=12).hexdigest()
        answer = CachedAnswer(document.body, content_type, document.generation, digest)
        if document.generation == engine.generation:
            key_bytes = len(question.operation.text)
            engine.cache.put((document.generation, question.key), answer, key_bytes=key_bytes)
        return answer

    async def catalogue(self, request: Request) -> Response:
        """Return the list of networks."""
        exchange = RequestContext(request.scope, self._state.clock())
        try:
            self._tokens.require(request.scope, "read")
            _, content_type = _chosen(exchange, _JSON, None)
        except Refusal as refusal:
            return ProblemResponse(refusal, respond.CORS)
        body = json.dumps(network_api.catalogue(), ensure_ascii=False).encode()
        digest = hashlib.blake2b(body, digest_size=12).hexdigest()
        return _Answer(self._state, exchange, CachedAnswer(body, content_type, "catalogue", digest))


def _known(name: str) -> None:
    try:
        entry(name)
    except UnknownNetworkError as error:
        raise Refusal(Reason.NO_NETWORK, **error.told) from None


def _chosen(
    exchange: RequestContext, formats: tuple[Format, ...], asked: str | None
) -> tuple[str, str]:
    """Return name and content type of the format for a request."""
    for each in formats:
        if asked == each.name:
            return each.name, each.content_type(each.media_type)
    chosen = negotiation.best(formats, exchange.accept)
    if chosen is None:
        offered = negotiation.offered(formats)
        raise Refusal(Reason.NOT_ACCEPTABLE, accept=exchange.accept, offered=offered)
    return chosen


def _question(job: dict[str, Any], chosen: tuple[str, str]) -> SparqlQuery:
    """Return a job in the form that cache and log compare; as a query it would be a comment."""
    text = "# " + json.dumps(job, sort_keys=True, ensure_ascii=False)
    return SparqlQuery(QueryOperation(text), Choice((f"network-{chosen[0]}", chosen[1]), None))


def _ends(request: Request) -> list[list[str]]:
    """Return what the two ends of an edge may be called, the likelier reading first.

    Names hold slashes. A client writes them %2F; where it does not, or where a proxy has
    decoded them, every way to cut the address in two is a reading.
    """
    raw = bytes(request.scope["raw_path"]).decode("latin-1")
    parts = [unquote(part) for part in raw.partition("/edges/")[2].split("/")[:-1]]
    if not 2 <= len(parts) <= _MOST_PARTS:
        raise Refusal(Reason.PARAMETER, cause=Cause.TWO_NODES)
    middle = len(parts) / 2
    cuts = sorted(range(1, len(parts)), key=lambda cut: abs(cut - middle))
    return [["/".join(parts[:cut]), "/".join(parts[cut:])] for cut in cuts]


def router(networks: Networks) -> APIRouter:
    """Return the routes of networks, and of their description."""
    routes = APIRouter(prefix="/api", tags=["networks"])

    @routes.api_route("/openapi.json", methods=_METHODS, include_in_schema=False)
    async def describe() -> Response:
        """Return the OpenAPI document."""
        return JSONResponse(document.document(routes.routes), headers=_DESCRIPTION_HEADERS)

    @routes.api_route("/networks", methods=_METHODS, responses=network_api.CATALOGUE_RESPONSES)
    async def list_networks(request: Request) -> Response:
        """List the networks, with the parameters of each."""
        return await networks.catalogue(request)

    @routes.api_route("/networks/{name}", methods=_METHODS, responses=network_api.NETWORK_RESPONSES)
    async def get_network(
        request: Request, name: Name, query: Annotated[NetworkQuery, Query()]
    ) -> Response:
        """Return a network.

        Nodes have iri, iso3, kind and labels in Korean and English; edges have weight,
        n_evidence and evidence, the IRIs of the elements. An empty network is an answer.
        """
        options = query.model_dump(include={"table", "project", "weight"})
        options["form"] = query.format
        job = {"do": "network", "name": name, "parameters": query.chosen(), "options": options}
        return await networks.answer(request, job, FORMATS)

    @routes.api_route(
        "/networks/{name}/measures", methods=_METHODS, responses=network_api.MEASURES_RESPONSES
    )
    async def get_measures(
        request: Request, name: Name, query: Annotated[MeasuresQuery, Query()]
    ) -> Response:
        """Measure a network: its nodes, its whole and, with replicates, how sure one can be."""
        options = query.model_dump(include={"project", "weight", "replicates", "seed"})
        options["form"] = query.format
        job = {"do": "measures", "name": name, "parameters": query.chosen(), "options": options}
        return await networks.answer(request, job, _TABLES)

    @routes.api_route(
        "/networks/{name}/edges/{u}/{v}/evidence",
        methods=_METHODS,
        responses=network_api.EVIDENCE_RESPONSES,
    )
    async def get_evidence(
        request: Request,
        name: Name,
        u: Node,  # noqa: ARG001 - read from the address as it was sent
        v: Node,  # noqa: ARG001 - the same
        query: Annotated[NetworkParameters, Query()],
    ) -> Response:
        """Return the sentences behind an edge, in Korean and English, with goal and place."""
        return await evidence(request, name, query)

    @routes.api_route(
        "/networks/{name}/edges/{ends:path}", methods=_METHODS, include_in_schema=False
    )
    async def evidence(
        request: Request, name: str, query: Annotated[NetworkParameters, Query()]
    ) -> Response:
        if not request.scope["path"].endswith("/evidence"):
            return ProblemResponse(
                Refusal(Reason.NOT_FOUND, path=request.scope["path"][:200]), respond.CORS
            )
        try:
            options = {"ends": _ends(request), "form": None}
        except Refusal as refusal:
            return ProblemResponse(refusal, respond.CORS)
        job = {"do": "evidence", "name": name, "parameters": query.chosen(), "options": options}
        return await networks.answer(request, job, _JSON)

    @routes.options("/networks{below:path}", include_in_schema=False)
    async def preflight(below: str) -> Response:  # noqa: ARG001 - all are asked for alike
        """Tell a browser that a page of another site may read."""
        headers = [(b"allow", b"GET, HEAD, OPTIONS"), *respond.PREFLIGHT, *respond.SAFETY]
        return Response(
            status_code=204,
            headers={name.decode(): value.decode() for name, value in headers},
        )

    return routes
