"""The state of one application: its settings, tokens, engine, log and counters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from agendagraph.server.http.auth import Tokens
from agendagraph.server.http.monitoring.metrics import Metrics
from agendagraph.server.http.monitoring.query_log import QueryLog
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from agendagraph.server.engine.engine import Engine
    from agendagraph.server.http.context import RequestContext
    from agendagraph.server.http.respond import Scope
    from agendagraph.server.settings import Settings

AGENT: Final = "agendagraph.agent"
"""The key of a request's scope for the name of an authorised writer."""
MAX_AGE_S: Final = 60
"""``Cache-Control: max-age`` of a read-only server's answers: a page that is reloaded costs no
query, and newer data after a restart is seen within a minute."""

_LOGGED: Final = "agendagraph.logged"
_SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_FIRST_ERROR_STATUS: Final = 400


class ServerState:
    """The state of one application; the engine is set when the event loop runs.

    Args:
        settings: How the server behaves.

    Attributes:
        cache_control: The Cache-Control header of answers.
        volatile_control: The same for answers that can differ the next time: RAND(), SERVICE.
        failure: Why the server ended, if it failed.
        stop: Ends the server gracefully; set by the caller that runs it.
        updates_waiting: Returns the number of updates in the queue.

    Raises:
        AgendaError: The tokens cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = time.perf_counter
        secret = settings.token.get_secret_value() if settings.token else None
        self.tokens = Tokens.of(settings.token_file, secret)
        self.updates_waiting: Callable[[], int] = int
        self.metrics = Metrics(lambda: self._engine, lambda: self.updates_waiting())  # noqa: PLW0108 - it is set later
        self.log = QueryLog(settings.query_log, with_text=settings.log_query_text)
        self.validation = "not checked"
        self.cache_control, self.volatile_control = _cache_control(settings, self.tokens)
        self.failure: Exception | None = None
        self.stop: Callable[[], None] = _nothing
        self._engine: Engine | None = None

    def fail(self, error: Exception) -> None:
        """End the server because of *error*, which its caller then raises."""
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

    def record(self, context: RequestContext) -> None:
        """Write an answered query to the log, and count it."""
        query = context.query
        if query is None:
            return
        context.scope[_LOGGED] = True
        duration_s = self.clock() - context.started
        self.metrics.count(context.outcome, context.source, duration_s)
        self.log.write(context, query, duration_s)

    def record_request(self, scope: Scope, status: int, started: float) -> None:
        """Write a refused request, or one that may have written, to the log; count refusals.

        Queries are logged by `record`, with more. The address has no query string here.
        """
        if scope.get(_LOGGED):
            return
        if status < _FIRST_ERROR_STATUS and scope["method"] in _SAFE_METHODS:
            return
        scope[_LOGGED] = True
        if status >= _FIRST_ERROR_STATUS:
            self.metrics.refuse(status)
        self.log.write_request(
            scope["method"],
            scope["path"],
            status=status,
            duration_s=self.clock() - started,
            agent=scope.get(AGENT),
        )


def _cache_control(settings: Settings, tokens: Tokens) -> tuple[bytes, bytes]:
    """Return the Cache-Control headers of answers, and of answers that are volatile."""
    if tokens.reading_is_private:
        return b"private, no-cache", b"private, no-cache"
    if settings.writable:
        return b"no-cache", b"no-cache"
    max_age_s = min(MAX_AGE_S, int(settings.keep_s)) if settings.remote else MAX_AGE_S
    return f"public, max-age={max_age_s}".encode(), b"no-cache"


def _nothing() -> None:
    """Do nothing: no server runs the application yet."""
