"""What lives as long as one application: its engine, log, counters and settings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from agendagraph.server.http.monitoring.metrics import Metrics
from agendagraph.server.http.monitoring.query_log import QueryLog
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from agendagraph.server.engine.engine import Engine
    from agendagraph.server.http.answers import RequestContext
    from agendagraph.server.http.respond import Scope
    from agendagraph.server.settings import Settings

AGENT: Final = "agendagraph.agent"
"""Where a request's scope names whoever writes, once the token is known."""
_LOGGED: Final = "agendagraph.logged"
_READING: Final = ("GET", "HEAD", "OPTIONS")
_REFUSED: Final = 400


class ServerState:
    """The state of one application; the engine comes when the event loop runs."""

    def __init__(self, settings: Settings) -> None:
        """Begin without an engine."""
        self.settings = settings
        self.clock = time.perf_counter
        self.updates_waiting: Callable[[], int] = int
        """Returns how many updates wait; none where there is no writer."""
        self.metrics = Metrics(lambda: self._engine, lambda: self.updates_waiting())  # noqa: PLW0108 - it is set later
        self.log = QueryLog(settings.query_log, with_text=settings.log_query_text)
        self.validation = "not checked"
        self.hold_bytes = settings.hold_mib << 20
        self.cache_control = (
            b"no-cache" if settings.writable else f"public, max-age={_max_age_s(settings)}".encode()
        )
        self.volatile_control = b"no-cache"
        """For answers that can differ the next time: RAND(), or what SERVICE asks of others."""
        self.failure: Exception | None = None
        self.stop: Callable[[], None] = _nothing
        """Ends the server, gracefully; set by whoever runs it."""
        self.on_close: list[Callable[[], None]] = []
        """Called when the application ends."""
        self._engine: Engine | None = None

    def fail(self, error: Exception) -> None:
        """End the server because of *error*, which whoever runs it then raises."""
        self.failure = error
        self.stop()

    @property
    def engine(self) -> Engine:
        """The engine.

        Raises:
            Refusal: The server is still starting.
        """
        if self._engine is None:
            raise Refusal(Reason.NOT_READY, retry_after_s=1)
        return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, exchange: RequestContext) -> None:
        """Write a finished exchange to the log, and count it."""
        question = exchange.question
        if question is None:
            return
        exchange.scope[_LOGGED] = True
        duration_s = self.clock() - exchange.started
        self.metrics.count(exchange.outcome, exchange.source, duration_s)
        self.log.write(
            question,
            duration_s=duration_s,
            status=exchange.status,
            outcome=exchange.outcome,
            source=exchange.source,
            rows=exchange.rows,
            size=exchange.size,
        )

    def record_request(self, scope: Scope, status: int, started: float) -> None:
        """Write a request to the log that was refused or may have written, and count refusals.

        Queries are there already, with more. The address is written without its query string.
        """
        if scope.get(_LOGGED) or (status < _REFUSED and scope["method"] in _READING):
            return
        scope[_LOGGED] = True
        if status >= _REFUSED:
            self.metrics.refuse(status)
        self.log.write_request(
            scope["method"],
            scope["path"],
            status=status,
            duration_s=self.clock() - started,
            agent=scope.get(AGENT),
        )


def _max_age_s(settings: Settings) -> int:
    """Return for how long a client may keep an answer: no longer than we do."""
    if settings.remote:
        return min(settings.max_age_s, int(settings.store_keep_s))
    return settings.max_age_s


def _nothing() -> None:
    """Stand in for `ServerState.stop` until a server runs the application."""
