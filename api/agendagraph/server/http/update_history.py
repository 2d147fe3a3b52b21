"""The history of updates over HTTP: list it, show what one update did, and undo one.

::

    GET  /updates               the history, as the results of a SPARQL query
    GET  /updates/NAME          what that update added and removed, as RDF Patch
    POST /updates/NAME/revert   undo it

The list is a query over the graph of the history, in the formats of query results. A patch
contains removed statements, and therefore needs a token that may write. Undoing an update is a
new update: 201, with its address.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse

from agendagraph.server.http import respond
from agendagraph.server.http.context import RequestContext, public_address
from agendagraph.server.http.update import outcome_headers, send_refusal
from agendagraph.server.updates import history
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.sparql import negotiation, protocol
from agendagraph.sparql.protocol import QueryOperation, SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from pathlib import Path

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
        state: The server's engine, log, tokens and settings.
        endpoint: Runs queries and sends their answers.
        folder: The folder of the patches.
        updates: Executes updates; ``None`` on a read-only server.
    """

    def __init__(
        self,
        state: ServerState,
        endpoint: SparqlEndpoint,
        folder: Path,
        updates: Updates | None = None,
    ) -> None:
        self._state = state
        self._endpoint = endpoint
        self._folder = folder
        self._updates = updates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        try:
            await self._answer(RequestContext(scope, self._state.clock()), receive, send)
        except Refusal as refusal:
            await send_refusal(scope, send, refusal)

    async def _answer(self, context: RequestContext, receive: Receive, send: Send) -> None:
        scope = context.scope
        name = scope["path_params"].get("name")
        reverts = name is not None and scope["path"].endswith(f"/{name}/revert")
        allowed = ("POST",) if reverts else ("GET", "HEAD")
        if context.method == "OPTIONS":
            allow = ", ".join((*allowed, "OPTIONS")).encode()
            await respond.send_empty(send, 204, [(b"allow", allow)])
        elif context.method not in allowed:
            raise Refusal(
                Reason.METHOD_NOT_ALLOWED, method=context.method, allow=", ".join(allowed)
            )
        elif name is None:
            await self._list(context, receive, send)
        elif reverts:
            await self._revert(name, scope, send)
        else:
            await self._show(name, scope, receive, send)

    async def _list(self, context: RequestContext, receive: Receive, send: Send) -> None:
        self._state.tokens.require(context.scope, "read")
        parameters = protocol.read_parameters(context.scope["query_string"], "query string")
        choice = negotiation.choose(context.accept, next(iter(parameters.get("format", ())), None))
        query = SparqlQuery(QueryOperation(history.ENTRIES), choice)
        await self._endpoint.answer(context, query, receive, send)

    async def _show(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self._updates is None:
            raise Refusal(Reason.WRITES_OFF)
        self._updates.authorize(scope)
        path = self._folder / f"{name}.rdfp"
        if not history.NAME.fullmatch(name) or not path.is_file():
            raise Refusal(Reason.NO_SUCH_UPDATE, update=name[:100])
        headers = {key.decode(): value.decode() for key, value in (*_NO_STORE, *respond.SAFETY)}
        await FileResponse(path, headers=headers, media_type=MEDIA_TYPE)(scope, receive, send)

    async def _revert(self, name: str, scope: Scope, send: Send) -> None:
        if self._updates is None:
            raise Refusal(Reason.WRITES_OFF)
        agent = self._updates.authorize(scope)
        if not history.NAME.fullmatch(name):
            raise Refusal(Reason.NO_SUCH_UPDATE, update=name[:100])
        request = WriteRequest("revert", agent, f"revert {name}", graph=name)
        outcome = await self._updates.apply(request, b"")
        result = {
            "update": outcome.generation,
            "undone": name,
            "added": outcome.added,
            "removed": outcome.removed,
        }
        address = public_address(self._state.settings, scope)
        location = f"{address}{PATH}/{outcome.generation}".encode()
        await respond.send_bytes(
            send,
            201,
            b"application/json",
            json.dumps(result).encode(),
            [*outcome_headers(outcome), (b"location", location)],
        )
