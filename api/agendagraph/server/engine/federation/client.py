"""Ask another server for solutions or for a document, within limits, and take the answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any, Final

from agendagraph.rdf import formats
from agendagraph.server.engine.federation.outgoing import Request, failed
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store import dialects

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    import httpx

    from agendagraph.server.engine.federation.outgoing import Outgoing

logger: Final = logging.getLogger(__name__)

SILENCED: Final = (Reason.CALL_FAILED, Reason.CALL_TIME_LIMIT, Reason.CALL_TOO_LARGE)
"""What SILENT passes over; what must not be asked is refused all the same."""
_RESULTS: Final = formats.RESULTS[:2]  # JSON and XML: CSV has no types
_TYPE_CHARS: Final = 200
ACCEPT_DOCUMENT: Final = (
    "text/turtle, application/n-triples, application/ld+json;q=0.8, application/rdf+xml;q=0.7"
)


async def solutions(
    outgoing: Outgoing,
    iri: str,
    query: str,
    write: Callable[[bytes], None],
    *,
    limit_s: float,
    limit_bytes: int,
) -> str:
    """Ask an endpoint, pass its answer to *write*, and return the format of it.

    Raises:
        Refusal: There is no answer, or none that one can trust.
    """
    host = outgoing.named.target(iri).host
    request = Request(iri, dialects.ACCEPT_RESULTS, form={"query": query})
    async with _limited(host, "SERVICE", limit_s), outgoing.answer(request) as answer:
        form = _format_of_results(host, answer)
        dialect = dialects.dialect(answer.headers.get("server", ""))
        async for piece in _pieces(host, answer, dialect, limit_bytes):
            write(piece)
    return form


async def document(
    outgoing: Outgoing,
    iri: str,
    write: Callable[[bytes], None],
    *,
    limit_s: float,
    limit_bytes: int,
) -> tuple[str, str]:
    """Fetch a document into *write*; return its media type, and from where it came in the end.

    Raises:
        Refusal: There is none, or none that one can trust to be whole.
    """
    host = outgoing.named.target(iri).host
    request = Request(iri, ACCEPT_DOCUMENT, redirects=True)
    async with _limited(host, "LOAD", limit_s), outgoing.answer(request) as answer:
        media_type = answer.headers.get("content-type", "")
        form = formats.of_content_type(media_type, formats.ONE_GRAPH)
        if form is None:
            expected = ", ".join(t for form in formats.ONE_GRAPH for t in form.media_types)
            raise _of_another_type(host, media_type, expected)
        if not dialects.is_delimited(answer.headers, form.name):
            raise failed(host, "answered-without-length")
        async for piece in _pieces(host, answer, dialects.Dialect(), limit_bytes):
            write(piece)
        return media_type[:_TYPE_CHARS], str(answer.extensions["iri"])


async def all_at_once(work: list[Coroutine[Any, Any, None]]) -> None:
    """Do everything at once; the first that fails ends the others, and is raised."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in work]
    try:
        for task in asyncio.as_completed(tasks):
            await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def _limited(host: str, keyword: str, limit_s: float) -> AsyncIterator[None]:
    """Limit the time for one call, and log its outcome."""
    began, outcome = time.monotonic(), "stopped"
    try:
        async with asyncio.timeout(limit_s):
            yield
        outcome = "ok"
    except TimeoutError:
        outcome = str(Reason.CALL_TIME_LIMIT)
        raise Refusal(Reason.CALL_TIME_LIMIT, host=host, limit_s=round(limit_s, 1)) from None
    except Refusal as refusal:
        outcome = str(refusal.reason)
        raise
    finally:
        level = logging.INFO if outcome in ("ok", "stopped") else logging.WARNING
        took_s = time.monotonic() - began
        logger.log(level, "%s of %s: %s in %.3f s", keyword, host, outcome, took_s)


def _pieces(
    host: str, answer: httpx.Response, server: dialects.Dialect, limit_bytes: int
) -> AsyncIterator[bytes]:
    too_large = Refusal(Reason.CALL_TOO_LARGE, host=host, limit=limit_bytes, what="bytes")
    return dialects.body(answer, server, limit_bytes, too_large)


def _format_of_results(host: str, answer: httpx.Response) -> str:
    """Return the format of an answer that its endpoint does not call cut."""
    content_type = answer.headers.get("content-type", "")
    if dialects.stopped(answer.headers):
        raise failed(host, "answered-in-part")
    rows = dialects.cut_after(answer.headers)
    if rows is not None:
        raise failed(host, "answered-rows", limit=rows[:_TYPE_CHARS])
    form = formats.of_content_type(content_type, _RESULTS)
    if form is None:
        raise _of_another_type(host, content_type, "SPARQL JSON, SPARQL XML")
    return form.name


def _of_another_type(host: str, found: str, expected: str) -> Refusal:
    found = found[:_TYPE_CHARS] or "none"
    return failed(host, "answered-as-type", found=found, expected=expected)
