"""SPARQL updates over HTTP: authorise the request, execute the update, send the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from agendagraph import files
from agendagraph.errors import AgendaError, StoreError
from agendagraph.server.http import respond
from agendagraph.server.http.context import public_address
from agendagraph.server.http.problems.violations import send_violations
from agendagraph.server.http.state import AGENT
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.server.updates.writer_client import UpdateLimits, WriterClient
from agendagraph.sparql.lexer import prologue_end, tokens
from agendagraph.sparql.protocol import UPDATE
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agendagraph.server.engine.engine import Engine
    from agendagraph.server.engine.federation.outgoing import Outgoing
    from agendagraph.server.engine.federation.service_calls import CallLimits
    from agendagraph.server.http.respond import Headers, Receive, Scope, Send
    from agendagraph.server.http.state import ServerState
    from agendagraph.server.updates.fetch import Fetching
    from agendagraph.server.updates.requests import Outcome
    from agendagraph.sparql.protocol import UpdateOperation
    from agendagraph.store.generations import StoreDirectory

_LABEL_CHARS: Final = 120
_LABELLED_CHARS: Final = 1 << 14
"""An update begins within so many characters, or its declarations label it."""


class Updates:
    """The write side: authorises requests, and executes updates one after the other.

    Args:
        state: The server's engine, tokens, counters and settings.
        directory: The locked store; ``None`` where the data is not in a directory.
        calls: The client for LOAD and SERVICE and its limits; ``None`` if no host is allowed.

    Raises:
        AgendaError: No token may write.
    """

    def __init__(
        self,
        state: ServerState,
        directory: StoreDirectory | None,
        calls: tuple[Outgoing, CallLimits] | None = None,
    ) -> None:
        if not state.tokens.can_write:
            raise AgendaError("a writable server needs a token that may write; all may read")
        self._state = state
        self._directory = directory
        self._service: WriterClient | None = None
        settings = state.settings
        self._limit_s = settings.update_limit_s or settings.query_limit_s
        self._body_bytes = settings.body_limit_mib << 20
        self._call_rows = 0 if calls is None else calls[1].rows
        self._fetching = None if calls is None else self._fetcher(*calls)

    def _fetcher(self, outgoing: Outgoing, limits: CallLimits) -> Fetching:
        from agendagraph.server.updates.fetch import Fetching  # noqa: PLC0415 - rare

        return Fetching(
            outgoing,
            limit_s=self._limit_s / 2,
            document_bytes=self._body_bytes,
            answer_bytes=limits.body_bytes,
        )

    async def start(self, engine: Engine) -> None:
        """Start the writer process.

        Raises:
            StoreError: The store cannot be written.
        """
        if self._directory is None:
            raise StoreError("a writable server needs a store in a directory")
        settings = self._state.settings
        memory_bytes = settings.memory_limit_mib << 20
        service = WriterClient(
            self._directory,
            engine.publish,
            UpdateLimits(limit_s=self._limit_s, memory_bytes=memory_bytes),
            shapes=(files.SHAPES,),
            validated=settings.validated_graphs,
        )
        self._service = service
        await service.start()
        self._state.updates_waiting = lambda: service.waiting

    async def close(self) -> None:
        """End the writer process."""
        if self._service is not None:
            await self._service.close()

    @property
    def service(self) -> WriterClient:
        """The update service.

        Raises:
            Refusal: The server is still starting.
        """
        if self._service is None:
            raise Refusal(Reason.NOT_READY, retry_after_s=1)
        return self._service

    def authorize(self, scope: Scope) -> str:
        """Return the name of the token that a request to write carries.

        Raises:
            Refusal: The token is missing, unknown, or may only read.
        """
        agent = scope[AGENT] = self._state.tokens.require(scope, "write")
        return agent

    async def apply(
        self,
        request: WriteRequest,
        body: bytes,
        precondition: Callable[[], Awaitable[None]] | None = None,
    ) -> Outcome:
        """Execute an update and count it; see `WriterClient.submit`."""
        started, outcome = self._state.clock(), "ok"
        try:
            return await self.service.submit(request, body, precondition=precondition)
        except Refusal as refusal:
            outcome = str(refusal.reason)
            raise
        finally:
            self._state.metrics.count(outcome, "writer", self._state.clock() - started)

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send, operation: UpdateOperation
    ) -> None:
        """Execute an update operation and answer with 204.

        The writer first reports which external inputs the update needs. They are fetched here,
        and the update is then executed with them.
        """
        del receive
        request = WriteRequest(
            action="update",
            agent=self.authorize(scope),
            label=label_of(operation.text),
            base=public_address(self._state.settings, scope) + "/sparql",
            using=list(operation.using_graphs),
            using_named=list(operation.using_named_graphs),
            content_type=UPDATE,
            limit_bytes=self._body_bytes,
            asks=self._fetching is not None,
            call_rows=self._call_rows,
        )
        body = operation.text.encode()
        try:
            outcome = await self.apply(request, body)
            if outcome.needs and self._fetching is not None:
                fetched, inputs = await self._fetching.fetch(outcome.needs)
                outcome = await self.apply(replace(request, fetched=fetched), body + inputs)
        except Refusal as refusal:
            await send_refusal(scope, send, refusal)
            return
        await respond.send_empty(send, 204, outcome_headers(outcome))


def outcome_headers(outcome: Outcome) -> Headers:
    """Return the headers of the answer to an update."""
    return [
        (b"cache-control", b"no-store"),
        (b"agendagraph-generation", outcome.generation.encode()),
    ]


async def send_refusal(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Send a refusal; a SHACL report in the format that the client accepts."""
    report: Any = refusal.facts.get("report")
    if refusal.reason is Reason.SHAPES_VIOLATED and report is not None:
        await send_violations(scope, send, refusal)
    else:
        await respond.send_problem(send, refusal, extra=respond.CORS)


def label_of(text: str) -> str:
    r"""Return an update as one line for the history.

    >>> label_of("PREFIX a: <b>\nINSERT DATA {\n a:b a:c 1 }")
    'INSERT DATA { a:b a:c 1 }'
    """
    found = tokens(text[:_LABELLED_CHARS])
    first = prologue_end(found)
    text = text[found[first].start :] if first < len(found) else text
    line = " ".join(text[: 10 * _LABEL_CHARS].split())
    return line if len(line) <= _LABEL_CHARS else line[: _LABEL_CHARS - 1] + "…"
