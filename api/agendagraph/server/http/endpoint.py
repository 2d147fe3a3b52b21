"""The SPARQL endpoint over HTTP: parse the request, run the query, send the answer.

A plain ASGI application. The fast paths are a cached answer and a lookup that a worker
answers within milliseconds. Everything else (disconnect detection, large answers,
compression) starts only when it is needed.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from agendagraph.server.http import respond
from agendagraph.server.http.answers import send_answer, send_stream
from agendagraph.server.http.connections.disconnect import departure
from agendagraph.server.http.context import RequestContext
from agendagraph.server.http.description.route import send_description
from agendagraph.server.http.preferences import asks_for_page, in_language_of
from agendagraph.server.http.problems.page import send_problem
from agendagraph.sparql import negotiation, protocol
from agendagraph.sparql.protocol import Description, QueryOperation, SparqlQuery, UpdateOperation
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from agendagraph.server.engine.pending_answer import PendingAnswer
    from agendagraph.server.http.description.dataset import DatasetQueries
    from agendagraph.server.http.respond import Receive, Scope, Send
    from agendagraph.server.http.state import ServerState
    from agendagraph.server.http.update import Updates

QUERY_BYTES: Final = 64 << 10
"""The longest query text: fifty times the longest shipped query. A GET must also fit the
longest address (`HeadLimits`), which follows from this."""
HOLD_BYTES: Final = 32 << 20
"""A smaller answer is sent only when it is whole, so that a failure still gets its own status;
a larger one would wait too long, and is sent while it is computed."""

_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_REMEMBERED_BYTES: Final = 8192
_WATCH_AFTER_S: Final = 0.05
_PREFLIGHT: Final = [
    (b"allow", _METHODS.encode()),
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", b"Accept, Authorization, Content-Type, If-None-Match"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
    *respond.CORS,
]


class SparqlEndpoint:
    """Answers queries, describes the service, and passes updates on.

    Args:
        state: The server's engine, log, tokens and settings.
        updates: Executes updates; ``None`` on a read-only server.
        dataset: Queries for the description of the dataset.
    """

    def __init__(
        self, state: ServerState, updates: Updates | None, dataset: DatasetQueries
    ) -> None:
        self._state = state
        self._updates = updates
        self._dataset = dataset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        context = RequestContext(scope, self._state.clock())
        try:
            if context.method == "OPTIONS":
                await respond.send_empty(send, 204, _PREFLIGHT)
                return
            operation = await self._read(context, receive)
            tokens = self._state.tokens
            if tokens.reading_is_private and not isinstance(operation, UpdateOperation):
                tokens.require(scope, "read")
            if isinstance(operation, SparqlQuery):
                await self.answer(context, operation, receive, send)
            elif isinstance(operation, Description):
                await send_description(self._state, self._dataset, scope, send, operation.format)
            elif self._updates is not None:
                await self._updates(scope, receive, send, operation)
        except Refusal as refusal:
            status = await send_problem(scope, send, refusal, extra=respond.CORS)
            self._state.record_request(scope, status, context.started)

    async def _read(
        self, context: RequestContext, receive: Receive
    ) -> SparqlQuery | UpdateOperation | Description:
        query_string: bytes = context.scope["query_string"]
        if context.method != "POST":
            if len(query_string) <= _REMEMBERED_BYTES:
                return _remembered(query_string, context.accept, QUERY_BYTES, context.method)
            operation = protocol.read_request(context.method, query_string, limit_bytes=QUERY_BYTES)
            return _as_query(operation, context.accept)
        content_type = context.headers.get(b"content-type", b"").decode("latin-1") or None
        limit_bytes, body_bytes = QUERY_BYTES, 4 * QUERY_BYTES  # percent-encoding triples a text
        if (content_type or "").lower().startswith(protocol.UPDATE):
            if self._updates is None:
                raise Refusal(Reason.WRITES_OFF)
            self._updates.authorize(context.scope)  # before its body takes our memory
            limit_bytes = body_bytes = self._state.settings.body_limit_mib << 20
        body = await context.body(receive, body_bytes)
        operation = protocol.read_request(
            "POST", query_string, content_type, body, limit_bytes=limit_bytes
        )
        if isinstance(operation, UpdateOperation) and self._updates is None:
            raise Refusal(Reason.WRITES_OFF)
        return _as_query(operation, context.accept)

    async def answer(
        self, context: RequestContext, query: SparqlQuery, receive: Receive, send: Send
    ) -> None:
        """Answer a query over HTTP; log it and count it."""
        engine = self._state.engine
        if asks_for_page(query):
            query = in_language_of(context.scope, query)
        context.query = query
        try:
            known = engine.cached(query)
            if known is not None:
                context.source = "cache"
                await send_answer(self._state, context, known, send)
                return
            pending = engine.ask(query, client=context.client)
            try:
                if await self._wait(context, pending, receive):
                    await self._send_pending(context, pending, receive, send)
                else:
                    context.outcome = "client-gone"
            finally:
                pending.leave()
        except Refusal as refusal:
            context.outcome = refusal.reason
            if refusal.reason is Reason.NOT_ACCEPTABLE:
                requested = negotiation.requested(context.accept, query.operation.format)
                refusal.facts.setdefault("accept", requested)
            context.status = await self._send_problem(context, refusal, send)
        except asyncio.CancelledError:  # the server shuts down, and its grace period is over
            if context.status:
                context.outcome = "broken-off"
            else:
                ending = Refusal(Reason.BUSY, retry_after_s=1, why="shutdown")
                context.outcome = ending.reason
                context.status = await self._send_problem(context, ending, send)
        finally:
            self._state.record(context)

    async def _send_problem(self, context: RequestContext, refusal: Refusal, send: Send) -> int:
        text = context.query.text if context.query else None
        extra = respond.CORS
        return await send_problem(context.scope, send, refusal, extra=extra, query=text)

    async def _send_pending(
        self, context: RequestContext, pending: PendingAnswer, receive: Receive, send: Send
    ) -> None:
        context.rows = pending.rows
        answer = pending.answer()
        if answer is not None:
            await send_answer(self._state, context, answer, send)
        else:
            await send_stream(self._state, context, pending, receive, send)

    async def _wait(
        self, context: RequestContext, pending: PendingAnswer, receive: Receive
    ) -> bool:
        """Wait until the answer may be sent; return False when the client disconnects.

        It may be sent when it is whole, or larger than `HOLD_BYTES`.

        Raises:
            Refusal: There is no answer.
        """
        context.source = "worker" if pending.joined == 1 else "shared"
        if not pending.done.done():
            loop = asyncio.get_running_loop()
            turn: asyncio.Future[bool] = loop.create_future()

            def wake(*_: object) -> None:
                if not turn.done():
                    turn.set_result(True)

            pending.done.add_done_callback(wake)
            if context.scope["http_version"] != "1.0":
                pending.watchers.append((HOLD_BYTES, wake))
            watch = _Watch(loop, receive, turn)
            try:
                if not await turn:
                    return False
            finally:
                watch.stop()
        if pending.done.done():
            pending.done.result()
        return True


class _Watch:
    """Detects that the client disconnects, once a query takes longer than a moment."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, receive: Receive, turn: asyncio.Future[bool]
    ) -> None:
        self._receive = receive
        self._turn = turn
        self._task: asyncio.Task[None] | None = None
        self._timer = loop.call_later(_WATCH_AFTER_S, self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = loop.create_task(self._listen())

    async def _listen(self) -> None:
        await departure(self._receive)
        if not self._turn.done():
            self._turn.set_result(False)

    def stop(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()


def _as_query(
    operation: protocol.Operation, accept: str | None
) -> SparqlQuery | UpdateOperation | Description:
    if isinstance(operation, QueryOperation):
        return SparqlQuery(operation, negotiation.choose(accept, operation.format))
    return operation


@lru_cache(maxsize=1024)
def _remembered(
    query_string: bytes, accept: str | None, limit_bytes: int, method: str
) -> SparqlQuery | UpdateOperation | Description:
    """Parse a short GET request; clients repeat the same ones."""
    operation = protocol.read_request(method, query_string, limit_bytes=limit_bytes)
    return _as_query(operation, accept)
