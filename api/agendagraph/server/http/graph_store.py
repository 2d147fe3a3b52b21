"""The Graph Store Protocol: whole graphs by GET, HEAD, PUT, POST and DELETE.

A graph is named directly, by an address below ``/graphs/``, or indirectly, by
``/graphs?graph=IRI`` or ``/graphs?default``. A POST to ``/graphs`` itself makes a new graph.
A read is a query that a reader worker runs; a write goes to the writer process.

The default graph here is the store's own unnamed graph, whatever the default graph of queries
is. A graph's entity tag begins with the generation that it was read from: a conditional write
succeeds if the graph has not changed since.

The status of a write is that of the W3C suite: 201 if it made the graph, 200 with counts if a
POST added or a DELETE removed something, else 204.

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
from agendagraph.server.http.context import RequestContext, public_address
from agendagraph.server.http.problems.page import send_problem
from agendagraph.server.http.update import outcome_headers, send_refusal
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.sparql import negotiation, protocol
from agendagraph.sparql.protocol import QueryOperation, SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Literal

    from agendagraph.server.http.endpoint import SparqlEndpoint
    from agendagraph.server.http.respond import Headers, Receive, Scope, Send
    from agendagraph.server.http.state import ServerState
    from agendagraph.server.http.update import Updates
    from agendagraph.store.generations import StoreDirectory

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
    """The graph that a request names.

    Attributes:
        graph: The graph's IRI; blank is the default graph.
        new: Whether the server makes the graph and chooses its name.
    """

    graph: str
    new: bool = False


class GraphStore:
    """Answers everything below ``/graphs``.

    Args:
        state: The server's engine, log, tokens and settings.
        endpoint: Runs queries and sends their answers.
        directory: The store, which knows its empty graphs; ``None`` where there is none.
        updates: Executes updates; ``None`` on a read-only server.
    """

    def __init__(
        self,
        state: ServerState,
        endpoint: SparqlEndpoint,
        directory: StoreDirectory | None,
        updates: Updates | None = None,
    ) -> None:
        self._state = state
        self._endpoint = endpoint
        self._directory = directory
        self._updates = updates

    @property
    def allow(self) -> str:
        """The methods that are answered."""
        writes = ", PUT, POST, DELETE" if self._updates else ""
        return f"GET, HEAD{writes}, OPTIONS"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        context = RequestContext(scope, self._state.clock())
        method = context.method
        extra: Headers = respond.CORS if method in (*_READS, "OPTIONS") else []
        try:
            await self._answer(context, receive, send)
        except Refusal as refusal:
            if extra:
                await send_problem(scope, send, refusal, extra=extra)
            else:
                await send_refusal(scope, send, refusal)

    async def _answer(self, context: RequestContext, receive: Receive, send: Send) -> None:
        if context.method == "OPTIONS":
            allow = (b"allow", self.allow.encode())
            await respond.send_empty(send, 204, [allow, *respond.PREFLIGHT])
        elif context.method in _READS:
            self._state.tokens.require(context.scope, "read")
            await self._read(context, receive, send)
        elif context.method in _ACTIONS:
            await self._write(context, receive, send)
        else:
            raise Refusal(Reason.METHOD_NOT_ALLOWED, method=context.method, allow=self.allow)

    async def _read(self, context: RequestContext, receive: Receive, send: Send) -> None:
        target = self._target(context.scope)
        if target.new:
            raise Refusal(Reason.BAD_REQUEST, cause="no-graph-named")
        parameters = protocol.read_parameters(context.scope["query_string"], "query string")
        form = next(iter(parameters.get("format", ())), None) or None
        chosen = negotiation.graph_format(context.accept, form)
        if not await self._exists(target.graph, context.client):
            raise Refusal(Reason.NO_SUCH_GRAPH, graph=target.graph)
        query = SparqlQuery(_whole(target.graph), negotiation.Choice(None, chosen))
        await self._endpoint.answer(context, query, receive, send)

    @property
    def _empty_graphs(self) -> Collection[str]:
        if self._updates is not None:
            return self._updates.service.empty_graphs
        if self._directory is None:
            return ()
        return self._directory.empty_graphs(self._state.engine.generation)

    async def _exists(self, graph: str, client: str) -> bool:
        if not graph or graph in self._empty_graphs:
            return True
        text = f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        query = SparqlQuery(QueryOperation(text), _ASK_JSON)
        answer = await answer_whole(self._state.engine, query, client=client)
        return b"true" in answer.body

    async def _write(self, context: RequestContext, receive: Receive, send: Send) -> None:
        updates = self._updates
        if updates is None:
            raise Refusal(Reason.WRITES_OFF)
        scope = context.scope
        agent = updates.authorize(scope)
        target = self._target(scope)
        if target.new and context.method != "POST":
            raise Refusal(Reason.BAD_REQUEST, cause="no-graph-named")
        limit_bytes = self._state.settings.body_limit_mib << 20
        body = await context.body(receive, limit_bytes, compressed=True)
        request = WriteRequest(
            action=_ACTIONS[context.method],
            agent=agent,
            label=f"{context.method} {target.graph or 'the default graph'}",
            graph=target.graph,
            base=target.graph or self._address(scope),
            content_type=context.header(b"content-type") or "",
            encoding=context.header(b"content-encoding") or "",
            limit_bytes=limit_bytes,
        )
        outcome = await updates.apply(request, body, lambda: self._check(context, target.graph))
        headers = outcome_headers(outcome)
        if target.new:
            headers.append((b"location", target.graph.encode()))
        if outcome.created:
            await respond.send_empty(send, 201, [*headers, (b"content-length", b"0")])
        elif context.method == "DELETE" or (context.method == "POST" and outcome.added != 0):
            result = {
                "graph": target.graph,
                "added": outcome.added,
                "removed": outcome.removed,
                "generation": outcome.generation,
            }
            body = json.dumps(result).encode()
            await respond.send_bytes(send, 200, b"application/json", body, headers)
        else:
            await respond.send_empty(send, 204, headers)

    async def _check(self, context: RequestContext, graph: str) -> None:
        """Check the preconditions of the request (RFC 9110, section 13.1).

        Raises:
            Refusal: One of them fails.
        """
        if_match = context.header(b"if-match")
        if_none_match = context.header(b"if-none-match")
        if if_match is None and if_none_match is None:
            return
        exists = await self._exists(graph, context.client)
        if if_match is not None and not (exists and self._unchanged(if_match, graph)):
            raise Refusal(Reason.PRECONDITION_FAILED, header="If-Match")
        if if_none_match is not None and exists and self._unchanged(if_none_match, graph):
            raise Refusal(Reason.PRECONDITION_FAILED, header="If-None-Match")

    def _unchanged(self, tags: str, graph: str) -> bool:
        """Whether one of *tags* is of the graph's present content."""
        if self._updates is None:
            return True
        last = self._updates.service.version(graph)
        for tag in tags.split(","):
            strong = tag.strip()
            if strong == "*":
                return True
            seen = strong.strip('"')
            newer = seen[:12] > last[:12] or seen.startswith(last)
            if strong.startswith('"') and seen[:12].isdigit() and newer:
                return True
        return False

    def _address(self, scope: Scope) -> str:
        return public_address(self._state.settings, scope) + PATH

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
            raise Refusal(Reason.BAD_REQUEST, cause="several-graphs")
        if default:
            return Target("")
        if not named and not below:
            return Target(f"{self._address(scope)}/{uuid.uuid4()}", new=True)
        graph = self._absolute(scope, named[0]) if named else f"{self._address(scope)}/{below}"
        if not protocol.ABSOLUTE_IRI.fullmatch(graph):
            found = graph[:200]
            raise Refusal(Reason.BAD_REQUEST, cause="not-an-iri", name="graph", found=found)
        return Target(graph)


def _whole(graph: str) -> QueryOperation:
    """Return the query for a whole graph."""
    if not graph:
        text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
        return QueryOperation(text, default_graphs=(DEFAULT_GRAPH,))
    return QueryOperation(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
