"""The query log: a JSON line for each query, and for each request that writes or is rejected.

The text of a query is logged only if the operator wants it; otherwise a hash identifies equal
queries. Lines are buffered and written a few times a second, so that the log costs a query next
to nothing. JSON escapes all control characters, so that no client can forge a line.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from agendagraph.server.engine.cache import CacheKey
    from agendagraph.server.http.context import RequestContext
    from agendagraph.sparql.protocol import SparqlQuery

_WRITE_EVERY_S: Final = 0.25
_PATH_CHARS: Final = 200


class QueryLog:
    """Writes the log to a file, to standard error (``-``), or not at all (blank)."""

    def __init__(self, target: str, *, with_text: bool) -> None:
        self._with_text = with_text
        self._lines: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._file: TextIO | None = None
        if target == "-":
            self._file = sys.stderr
        elif target:
            self._file = Path(target).open("a", encoding="utf-8")  # noqa: SIM115 - kept open

    def write(
        self, context: RequestContext, query: SparqlQuery | CacheKey, duration_s: float
    ) -> None:
        """Add a line for an answered *query*, with the size of its answer before compression."""
        if self._file is None:
            return
        line: dict[str, object] = {
            "query": query.fingerprint,
            "ms": round(duration_s * 1000, 2),
            "status": context.status,
            "outcome": context.outcome,
            "source": context.source,
            "rows": context.rows,
            "bytes": context.size,
        }
        if self._with_text:
            line["text"] = query.text
        self._add(line)

    def write_request(
        self, method: str, path: str, *, status: int, duration_s: float, agent: str | None
    ) -> None:
        """Add a line for a request other than an answered query.

        The path has no query string. The status is 0 if none was sent; *agent* is the name of
        the token of a request that writes.
        """
        line: dict[str, object] = {
            "method": method,
            "path": path[:_PATH_CHARS],
            "ms": round(duration_s * 1000, 2),
            "status": status,
        }
        if agent is not None:
            line["agent"] = agent
        self._add(line)

    def _add(self, line: dict[str, object]) -> None:
        if self._file is None:
            return
        self._lines.append(json.dumps({"time": round(time.time(), 3), **line}))
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_WRITE_EVERY_S, self.flush)

    def flush(self) -> None:
        """Write the buffered lines."""
        self._timer = None
        if self._file is not None and self._lines:
            self._file.write("\n".join(self._lines) + "\n")
            self._file.flush()
        self._lines.clear()

    def close(self) -> None:
        """Write the rest, and close the file."""
        if self._timer is not None:
            self._timer.cancel()
        self.flush()
        if self._file is not None and self._file is not sys.stderr:
            self._file.close()
