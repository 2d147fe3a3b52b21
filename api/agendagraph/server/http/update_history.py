"""The history of updates over HTTP: list it, show what one update did, and undo one.

::

    GET  /updates               the history, as the results of a SPARQL query
    GET  /updates/NAME          what that update added and removed, as RDF Patch
    POST /updates/NAME/revert   undo it

The list is nothing but a question to the graph of the history, in the formats of answers to
queries. A patch holds what was removed, and so is shown only to who may write. To undo an
update makes another one: 201, with its address.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse

from agendagraph.server.http import respond
from agendagraph.server.http.answers import RequestContext
from agendagraph.server.http.describe import address
from agendagraph.server.http.update import outcome_headers, send_refusal
from agendagraph.server.updates import history
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.sparql import negotiation, protocol
from agendagraph.sparql.protocol import QueryOperation
from agendagraph.sparql.query import SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from agendagraph.server.http.auth import Tokens
    from agendagraph.server.http.endpoint import SparqlEndpoint
    from agendagraph.server.http.respond import Headers, Receive, Scope, Send
    from agendagraph.server.http.state import ServerState
    from agendagraph.server.http.update import Updates

PATH: Final = "/updates"
MEDIA_TYPE: Final = "application/rdf-patch"
_NO_STORE: Final[Headers] = [(b"cache-control", b"no-store")]


class UpdateHistory:
    """Answers everything below ``/updates``.

    Args:
        state: The server's engine, log and settings.
        endpoint: Sends the answers of questions.
        tokens: Who may read and write.
        folder: Where the patches are.
        updates: Carries out changes; ``None`` on a read-only server.
    """

    def __init__(
        self,
        state: ServerState,
        endpoint: SparqlEndpoint,
        tokens: Tokens,
        folder: Path,
        updates: Updates | None = None,
    ) -> None:
        """Answer with what is given."""
        self._state = state
        self._endpoint = endpoint
        self._tokens = tokens
        self._folder = folder
        self._updates = updates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        try:
            await self._answer(RequestContext(scope, self._state.clock()), receive, send)
        except Refusal as refusal:
            await send_refusal(scope, send, refusal)

    async def _answer(self, exchange: RequestContext, receive: Receive, send: Send) -> None:
        scope = exchange.scope
        name = scope["path_params"].get("name")
        reverts = name is not None and scope["path"].endswith(f"/{name}/revert")
        allowed = ("POST",) if reverts else ("GET", "HEAD")
        if exchange.method == "OPTIONS":
            allow = ", ".join((*allowed, "OPTIONS")).encode()
            await respond.send_empty(send, 204, [(b"allow", allow)])
        elif exchange.method not in allowed:
            raise Refusal(Reason.METHOD, method=exchange.method, allow=", ".join(allowed))
        elif name is None:
            await self._list(exchange, receive, send)
        elif reverts:
            await self._revert(name, scope, send)
        else:
            await self._show(name, scope, receive, send)

    async def _list(self, exchange: RequestContext, receive: Receive, send: Send) -> None:
        self._tokens.require(exchange.scope, "read")
        parameters = protocol.read_parameters(exchange.scope["query_string"], "query string")
        choice = negotiation.choose(exchange.accept, next(iter(parameters.get("format", ())), None))
        question = SparqlQuery(QueryOperation(history.ENTRIES), choice)
        await self._endpoint.answer(exchange, question, receive, send)

    async def _show(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self._updates is None:
            raise Refusal(Reason.WRITES_OFF)
        self._updates.authorize(scope)
        path = self._folder / f"{name}.rdfp"
        if not history.NAME.fullmatch(name) or not path.is_file():
            raise Refusal(Reason.NO_UPDATE, update=name[:100])
        headers = {key.decode(): value.decode() for key, value in (*_NO_STORE, *respond.SAFETY)}
        await FileResponse(path, headers=headers, media_type=MEDIA_TYPE)(scope, receive, send)

    async def _revert(self, name: str, scope: Scope, send: Send) -> None:
        if self._updates is None:
            raise Refusal(Reason.WRITES_OFF)
        agent = self._updates.authorize(scope)
        if not history.NAME.fullmatch(name):
            raise Refusal(Reason.NO_UPDATE, update=name[:100])
        request = WriteRequest("revert", agent, f"revert {name}", graph=name)
        outcome = await self._updates.apply(request, b"")
        told = {
            "update": outcome.generation,
            "undone": name,
            "added": outcome.added,
            "removed": outcome.removed,
        }
        there = address(self._state, scope).removesuffix("/sparql")
        location = f"{there}{PATH}/{outcome.generation}".encode()
        await respond.send_bytes(
            send,
            201,
            b"application/json",
            json.dumps(told).encode(),
            [*outcome_headers(outcome), (b"location", location)],
        )
