"""Take a SPARQL update from an HTTP request, have it carried out, and answer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from agendagraph.server.http import respond
from agendagraph.server.http.describe import address
from agendagraph.server.http.problems.violations import send_violations
from agendagraph.server.http.state import AGENT
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.sparql.protocol import UPDATE
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agendagraph.server.engine.federation.outgoing import Outgoing
    from agendagraph.server.http.auth import Tokens
    from agendagraph.server.http.respond import Headers, Receive, Scope, Send
    from agendagraph.server.http.state import ServerState
    from agendagraph.server.settings import Settings
    from agendagraph.server.updates.fetch import Fetching
    from agendagraph.server.updates.requests import Outcome
    from agendagraph.server.updates.service import UpdateService
    from agendagraph.sparql.protocol import UpdateOperation

_LABEL_CHARS: Final = 120
_PROLOGUE: Final = re.compile(
    r"\s*(?:PREFIX\s+[^\s<]*\s*<[^>]*>|BASE\s*<[^>]*>|#[^\n]*\n)", re.IGNORECASE
)


class Updates:
    """What writes: the tokens, and the service that carries changes out."""

    def __init__(
        self, state: ServerState, tokens: Tokens, outgoing: Outgoing | None = None
    ) -> None:
        """Wait for the service, which starts with the event loop."""
        self._state = state
        self._fetching = None if outgoing is None else _fetching(state.settings, outgoing)
        self.tokens = tokens
        self._service: UpdateService | None = None

    @property
    def service(self) -> UpdateService:
        """The service.

        Raises:
            Refusal: The server is still starting.
        """
        if self._service is None:
            raise Refusal(Reason.NOT_READY, retry_after_s=1)
        return self._service

    @service.setter
    def service(self, service: UpdateService) -> None:
        self._service = service

    def authorize(self, scope: Scope) -> str:
        """Return the name of whoever sends a request that writes.

        Raises:
            Refusal: They may not write.
        """
        agent = scope[AGENT] = self.tokens.require(scope, "write")
        return agent

    async def apply(
        self,
        request: WriteRequest,
        body: bytes,
        precondition: Callable[[], Awaitable[None]] | None = None,
    ) -> Outcome:
        """Have a change carried out, and count it; see `UpdateService.submit`."""
        started, outcome = self._state.clock(), "ok"
        try:
            return await self.service.submit(request, body, precondition=precondition)
        except Refusal as refusal:
            outcome = str(refusal.reason)
            raise
        finally:
            self._state.metrics.count(outcome, "writer", self._state.clock() - started)

    async def _apply_with_inputs(self, request: WriteRequest, body: bytes) -> Outcome:
        """Have an update carried out, once what it needs of other servers is there."""
        outcome = await self.apply(request, body)
        if outcome.needs and self._fetching is not None:
            fetched, sent = await self._fetching.fetch(outcome.needs)
            outcome = await self.apply(replace(request, fetched=fetched), body + sent)
        return outcome

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send, operation: UpdateOperation
    ) -> None:
        """Carry out an update operation and answer (204)."""
        del receive
        agent = self.authorize(scope)
        request = WriteRequest(
            action="update",
            agent=agent,
            label=label_of(operation.text),
            base=address(self._state, scope),
            using=list(operation.using_graphs),
            using_named=list(operation.using_named_graphs),
            content_type=UPDATE,
            limit_bytes=self._state.settings.body_limit_mib << 20,
            asks=self._fetching is not None,
            call_rows=self._state.settings.service_rows,
        )
        try:
            outcome = await self._apply_with_inputs(request, operation.text.encode())
        except Refusal as refusal:
            await send_refusal(scope, send, refusal)
            return
        await respond.send_empty(send, 204, outcome_headers(outcome))


def _fetching(settings: Settings, outgoing: Outgoing) -> Fetching:
    from agendagraph.server.updates.fetch import Fetching  # noqa: PLC0415 - rare

    return Fetching(
        outgoing,
        limit_s=(settings.update_limit_s or settings.query_limit_s) / 2,
        document_bytes=settings.body_limit_mib << 20,
        answer_bytes=settings.service_mib << 20,
    )


def outcome_headers(outcome: Outcome) -> Headers:
    """Return the headers of an answer to a change."""
    return [
        (b"cache-control", b"no-store"),
        (b"agendagraph-generation", outcome.generation.encode()),
    ]


async def send_refusal(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Send why a change was not made; a report of violations in the format that fits."""
    report: Any = refusal.facts.get("report")
    if refusal.reason is Reason.VIOLATION and report is not None:
        await send_violations(scope, send, refusal)
    else:
        await respond.send_problem(send, refusal, extra=respond.CORS)


def label_of(text: str) -> str:
    r"""Return an update in one line, for the history.

    >>> label_of("PREFIX a: <b>\nINSERT DATA {\n a:b a:c 1 }")
    'INSERT DATA { a:b a:c 1 }'
    """
    while match := _PROLOGUE.match(text):
        text = text[match.end() :]
    line = " ".join(text[: 10 * _LABEL_CHARS].split())
    return line if len(line) <= _LABEL_CHARS else line[: _LABEL_CHARS - 1] + "…"
