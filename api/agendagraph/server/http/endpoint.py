"""The SPARQL endpoint over HTTP: read the request, have it answered, send the answer.

A plain ASGI application. The fast paths are a cached answer and a lookup that a worker
answers within milliseconds; everything else (watching for a client that leaves, large
answers, compression) is reached only when it is needed.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from agendagraph.server.http import respond
from agendagraph.server.http.answers import RequestContext, send_answer, send_stream
from agendagraph.server.http.auth import Tokens
from agendagraph.server.http.body import read_body
from agendagraph.server.http.connections.disconnect import departure
from agendagraph.server.http.preferences import asks_for_page, in_language_of
from agendagraph.server.http.problems.page import send_problem
from agendagraph.sparql import negotiation, protocol
from agendagraph.sparql.protocol import Description, QueryOperation, UpdateOperation
from agendagraph.sparql.query import SparqlQuery
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agendagraph.server.engine.pending_answer import PendingAnswer
    from agendagraph.server.http.respond import Receive, Scope, Send
    from agendagraph.server.http.state import ServerState
    from agendagraph.server.http.update import Updates

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
    """Answers queries and describes itself; hands updates to whoever takes them.

    Args:
        state: The server's engine, log and settings.
        describe: Answers a GET without a query.
        update: Takes an update operation; ``None`` on a read-only server.
        tokens: Who may read; everybody if not given.
    """

    def __init__(
        self,
        state: ServerState,
        describe: Callable[[Scope, Send, str | None], Awaitable[None]],
        update: Updates | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        """Answer with the parts that are given."""
        self._state = state
        self._describe = describe
        self._update = update
        self._tokens = tokens or Tokens()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        exchange = RequestContext(scope, self._state.clock())
        try:
            if exchange.method == "OPTIONS":
                await respond.send_empty(send, 204, _PREFLIGHT)
                return
            operation = await self._read(exchange, receive)
            if self._tokens.reading_is_private and not isinstance(operation, UpdateOperation):
                self._tokens.require(scope, "read")
            if isinstance(operation, SparqlQuery):
                await self.answer(exchange, operation, receive, send)
            elif isinstance(operation, Description):
                await self._describe(scope, send, operation.format)
            else:
                await self._hand_over(scope, receive, send, operation)
        except Refusal as refusal:
            status = await send_problem(scope, send, refusal, extra=respond.CORS)
            self._state.record_request(scope, status, exchange.started)

    async def _hand_over(
        self, scope: Scope, receive: Receive, send: Send, operation: UpdateOperation
    ) -> None:
        if self._update is None:
            raise Refusal(Reason.WRITES_OFF)
        await self._update(scope, receive, send, operation)

    async def _read(
        self, exchange: RequestContext, receive: Receive
    ) -> SparqlQuery | UpdateOperation | Description:
        limit_bytes = self._state.settings.query_limit_kib << 10
        query_string: bytes = exchange.scope["query_string"]
        if exchange.method != "POST":
            if len(query_string) <= _REMEMBERED_BYTES:
                return _remembered(query_string, exchange.accept, limit_bytes, exchange.method)
            operation = protocol.read_request(
                exchange.method, query_string, limit_bytes=limit_bytes
            )
            return _question(operation, exchange.accept)
        content_type = exchange.headers.get(b"content-type", b"").decode("latin-1") or None
        update = (content_type or "").lower().startswith(protocol.UPDATE)
        largest = 4 * limit_bytes
        settings = self._state.settings
        if update:
            if self._update is None:
                raise Refusal(Reason.WRITES_OFF)
            self._update.authorize(exchange.scope)  # before its body takes our memory
            largest = settings.body_limit_mib << 20
        body = await read_body(exchange, receive, largest, settings.body_timeout_s)
        operation = protocol.read_request(
            "POST",
            query_string,
            content_type,
            body,
            limit_bytes=limit_bytes if not update else largest,
        )
        return _question(operation, exchange.accept)

    async def answer(
        self, exchange: RequestContext, question: SparqlQuery, receive: Receive, send: Send
    ) -> None:
        """Answer a question that a request asks, in the log and the counters as well."""
        engine = self._state.engine
        if asks_for_page(question):
            question = in_language_of(exchange.scope, question)
        exchange.question = question
        try:
            known = engine.cached(question)
            if known is not None:
                exchange.source = "cache"
                await send_answer(self._state, exchange, known, send)
                return
            pending = engine.ask(question, client=exchange.client)
            try:
                if await self._wait(exchange, pending, receive):
                    await self._send_pending(exchange, pending, receive, send)
                else:
                    exchange.outcome = "client-gone"
            finally:
                pending.leave()
        except Refusal as refusal:
            exchange.outcome = refusal.reason
            if refusal.reason is Reason.NOT_ACCEPTABLE:
                said = negotiation.requested(exchange.accept, question.operation.format)
                refusal.facts.setdefault("accept", said)
            exchange.status = await self._send_problem(exchange, refusal, send)
        except asyncio.CancelledError:  # the server ends, and has waited for us as long as it may
            if exchange.status:
                exchange.outcome = "broken-off"
            else:
                ending = Refusal(Reason.BUSY, retry_after_s=1, why="shutdown")
                exchange.outcome = ending.reason
                exchange.status = await self._send_problem(exchange, ending, send)
        finally:
            self._state.record(exchange)

    async def _send_problem(self, exchange: RequestContext, refusal: Refusal, send: Send) -> int:
        text = exchange.question.operation.text if exchange.question else None
        extra = respond.CORS
        return await send_problem(exchange.scope, send, refusal, extra=extra, query=text)

    async def _send_pending(
        self, exchange: RequestContext, pending: PendingAnswer, receive: Receive, send: Send
    ) -> None:
        exchange.rows = pending.rows
        answer = pending.answer()
        if answer is not None:
            await send_answer(self._state, exchange, answer, send)
        else:
            await send_stream(self._state, exchange, pending, receive, send)

    async def _wait(
        self, exchange: RequestContext, pending: PendingAnswer, receive: Receive
    ) -> bool:
        """Wait until the answer may be sent; return False when the client has gone.

        That is when it is whole, or larger than what is held back.

        Raises:
            Refusal: There is no answer.
        """
        exchange.source = "worker" if pending.joined == 1 else "shared"
        if not pending.done.done():
            loop = asyncio.get_running_loop()
            turn: asyncio.Future[bool] = loop.create_future()

            def wake(*_: object) -> None:
                if not turn.done():
                    turn.set_result(True)

            pending.done.add_done_callback(wake)
            if exchange.scope["http_version"] != "1.0":
                pending.watchers.append((self._state.hold_bytes, wake))
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
    """Notices that the client has gone, once a query takes longer than a moment."""

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
        """Watch no longer."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()


def _question(
    operation: protocol.Operation, accept: str | None
) -> SparqlQuery | UpdateOperation | Description:
    if isinstance(operation, QueryOperation):
        return SparqlQuery(operation, negotiation.choose(accept, operation.format))
    return operation


@lru_cache(maxsize=1024)
def _remembered(
    query_string: bytes, accept: str | None, limit_bytes: int, method: str
) -> SparqlQuery | UpdateOperation | Description:
    """Read a short GET; the same request comes again and again."""
    operation = protocol.read_request(method, query_string, limit_bytes=limit_bytes)
    return _question(operation, accept)
