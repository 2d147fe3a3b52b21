"""The Graph Store Protocol: whole graphs by GET, HEAD, PUT, POST and DELETE.

A graph is named directly, by an address below ``/graphs/``, or indirectly, by
``/graphs?graph=IRI`` or ``/graphs?default``. A POST to ``/graphs`` itself makes a new graph.
Reading is a question to the reader workers like any other; writing goes to the writer.

The default graph here is the store's own unnamed one, whatever the default graph of queries
is set to be. A graph's entity tag begins with the generation that it was read from: a
conditional write holds when the graph has not changed since.

A change is answered by 201 where it made the graph, by 200 with a count where a POST added or a
DELETE removed something, and by 204 otherwise: the statuses of the W3C suite.

Source: W3C Recommendation "SPARQL 1.1 Graph Store HTTP Protocol", 21 March 2013.
https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agendagraph.server.engine.engine import answer_whole
from agendagraph.server.engine.worker import DEFAULT_GRAPH
from agendagraph.server.http import respond
from agendagraph.server.http.answers import RequestContext
from agendagraph.server.http.body import read_body
from agendagraph.server.http.describe import address
from agendagraph.server.http.problems.page import send_problem
from agendagraph.server.http.update import outcome_headers, send_refusal
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.sparql import negotiation, protocol
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.protocol import QueryOperation
from agendagraph.sparql.query import SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Literal

    from agendagraph.server.http.auth import Tokens
    from agendagraph.server.http.endpoint import SparqlEndpoint
    from agendagraph.server.http.respond import Headers, Receive, Scope, Send
    from agendagraph.server.http.state import ServerState
    from agendagraph.server.http.update import Updates

PATH: Final = "/graphs"
_READS: Final = ("GET", "HEAD")
_ACTIONS: Final[dict[str, Literal["put", "post", "delete"]]] = {
    "PUT": "put",
    "POST": "post",
    "DELETE": "delete",
}
_ASK_JSON: Final = negotiation.choose("application/sparql-results+json")


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about.

    Attributes:
        graph: The graph's IRI; blank is the default graph.
        new: Whether the graph is to be made, under a name of ours.
    """

    graph: str
    new: bool = False


class GraphStore:
    """Answers everything below ``/graphs``.

    Args:
        state: The server's engine, log and settings.
        endpoint: Sends the answers of questions.
        tokens: Who may read and write.
        empty_graphs: Returns the named graphs that exist and hold nothing.
        updates: Carries out changes; ``None`` on a read-only server.
    """

    def __init__(
        self,
        state: ServerState,
        endpoint: SparqlEndpoint,
        tokens: Tokens,
        empty_graphs: Callable[[], Collection[str]],
        updates: Updates | None = None,
    ) -> None:
        """Answer with what is given."""
        self._state = state
        self._endpoint = endpoint
        self._tokens = tokens
        self._empty_graphs = empty_graphs
        self._updates = updates

    @property
    def allow(self) -> str:
        """The methods that are answered."""
        writes = ", PUT, POST, DELETE" if self._updates else ""
        return f"GET, HEAD{writes}, OPTIONS"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        exchange = RequestContext(scope, self._state.clock())
        method = exchange.method
        extra: Headers = respond.CORS if method in (*_READS, "OPTIONS") else []
        try:
            await self._answer(exchange, receive, send)
        except Refusal as refusal:
            if extra:
                await send_problem(scope, send, refusal, extra=extra)
            else:
                await send_refusal(scope, send, refusal)

    async def _answer(self, exchange: RequestContext, receive: Receive, send: Send) -> None:
        if exchange.method == "OPTIONS":
            allow = (b"allow", self.allow.encode())
            await respond.send_empty(send, 204, [allow, *respond.PREFLIGHT])
        elif exchange.method in _READS:
            self._tokens.require(exchange.scope, "read")
            await self._read(exchange, receive, send)
        elif exchange.method in _ACTIONS:
            await self._write(exchange, receive, send)
        else:
            raise Refusal(Reason.METHOD, method=exchange.method, allow=self.allow)

    async def _read(self, exchange: RequestContext, receive: Receive, send: Send) -> None:
        target = self._target(exchange.scope)
        if target.new:
            raise Refusal(Reason.BAD_REQUEST, cause=Cause.NO_GRAPH_NAMED)
        parameters = protocol.read_parameters(exchange.scope["query_string"], "query string")
        form = next(iter(parameters.get("format", ())), None) or None
        chosen = negotiation.graph_format(exchange.accept, form)
        if not await self._exists(target.graph, exchange.client):
            raise Refusal(Reason.NO_GRAPH, graph=target.graph)
        question = SparqlQuery(_whole(target.graph), negotiation.Choice(None, chosen))
        await self._endpoint.answer(exchange, question, receive, send)

    async def _exists(self, graph: str, client: str) -> bool:
        if not graph or graph in self._empty_graphs():
            return True
        text = f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        question = SparqlQuery(QueryOperation(text), _ASK_JSON)
        answer = await answer_whole(self._state.engine, question, client=client)
        return b"true" in answer.body

    async def _write(self, exchange: RequestContext, receive: Receive, send: Send) -> None:
        updates = self._updates
        if updates is None:
            raise Refusal(Reason.WRITES_OFF)
        scope = exchange.scope
        agent = updates.authorize(scope)
        target = self._target(scope)
        if target.new and exchange.method != "POST":
            raise Refusal(Reason.BAD_REQUEST, cause=Cause.NO_GRAPH_NAMED)
        settings = self._state.settings
        limit_bytes = settings.body_limit_mib << 20
        body = await read_body(exchange, receive, limit_bytes, settings.body_timeout_s, packed=True)
        request = WriteRequest(
            action=_ACTIONS[exchange.method],
            agent=agent,
            label=f"{exchange.method} {target.graph or 'the default graph'}",
            graph=target.graph,
            base=target.graph or self._address(scope),
            content_type=exchange.header(b"content-type") or "",
            encoding=exchange.header(b"content-encoding") or "",
            limit_bytes=limit_bytes,
        )
        outcome = await updates.apply(request, body, lambda: self._check(exchange, target.graph))
        headers = outcome_headers(outcome)
        if target.new:
            headers.append((b"location", target.graph.encode()))
        if outcome.created:
            await respond.send_empty(send, 201, [*headers, (b"content-length", b"0")])
        elif exchange.method == "DELETE" or (exchange.method == "POST" and outcome.added != 0):
            told = {"graph": target.graph, "added": outcome.added, "removed": outcome.removed}
            body = json.dumps({**told, "generation": outcome.generation}).encode()
            await respond.send_bytes(send, 200, b"application/json", body, headers)
        else:
            await respond.send_empty(send, 204, headers)

    async def _check(self, exchange: RequestContext, graph: str) -> None:
        """Hold the graph against the request's conditions.

        Raises:
            Refusal: One of them does not hold.
        """
        if_match = exchange.header(b"if-match")
        if_none_match = exchange.header(b"if-none-match")
        if if_match is None and if_none_match is None:
            return
        exists = await self._exists(graph, exchange.client)
        if if_match is not None and not (exists and self._unchanged(if_match, graph)):
            raise Refusal(Reason.PRECONDITION, header="If-Match")
        if if_none_match is not None and exists and self._unchanged(if_none_match, graph):
            raise Refusal(Reason.PRECONDITION, header="If-None-Match")

    def _unchanged(self, tags: str, graph: str) -> bool:
        """Whether one of *tags* was given since the graph changed last."""
        if self._updates is None:
            return True
        last = self._updates.service.version(graph)
        for tag in tags.split(","):
            strong = tag.strip()
            if strong == "*":
                return True
            seen = strong.strip('"')
            if (
                strong.startswith('"')
                and seen[:12].isdigit()
                and (seen[:12] > last[:12] or seen.startswith(last))
            ):
                return True
        return False

    def _address(self, scope: Scope) -> str:
        return address(self._state, scope).removesuffix("/sparql") + PATH

    def _absolute(self, scope: Scope, graph: str) -> str:
        """Return the name of a graph, which may be written as the path of its direct address.

        The W3C suite's template ``http://$HOST$/$GRAPHSTORE$/…`` gives that path two slashes.
        """
        ours = self._address(scope)
        for written in (PATH, ours.removesuffix(PATH) + "/" + PATH):
            if graph.startswith(written + "/"):
                return ours + graph.removeprefix(written)
        return graph

    def _target(self, scope: Scope) -> Target:
        """Return the graph that a request names."""
        parameters = protocol.read_parameters(scope["query_string"], "query string")
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        below = path[path.index(PATH) + len(PATH) :].lstrip("/")
        named = parameters.get("graph", [])
        default = "default" in parameters
        if len(named) + default + bool(below) > 1:
            raise Refusal(Reason.BAD_REQUEST, cause=Cause.SEVERAL_GRAPHS)
        if default:
            return Target("")
        if not named and not below:
            return Target(f"{self._address(scope)}/{uuid.uuid4()}", new=True)
        graph = self._absolute(scope, named[0]) if named else f"{self._address(scope)}/{below}"
        if not protocol.ABSOLUTE_IRI.fullmatch(graph):
            found = graph[:200]
            raise Refusal(Reason.BAD_REQUEST, cause=Cause.NOT_AN_IRI, name="graph", found=found)
        return Target(graph)


def _whole(graph: str) -> QueryOperation:
    """Return the question for a whole graph."""
    if not graph:
        text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
        return QueryOperation(text, default_graphs=(DEFAULT_GRAPH,))
    return QueryOperation(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
