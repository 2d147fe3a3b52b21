"""Send the engine's answer to a query: conditional, compressed, complete or streamed.

A complete answer has its length and a strong entity tag. An answer that is streamed while it is
computed has neither. If it fails, the connection is closed without the last chunk, so that no
client takes it for complete.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from agendagraph.server.http import encoding, preferences, respond
from agendagraph.server.http.connections.disconnect import ClientGone, unless_gone
from agendagraph.sparql.refusal import Refusal

if TYPE_CHECKING:
    from agendagraph.server.engine.cache import CachedAnswer
    from agendagraph.server.engine.pending_answer import PendingAnswer
    from agendagraph.server.http.context import RequestContext
    from agendagraph.server.http.respond import Headers, Receive, Send
    from agendagraph.server.http.state import ServerState

SEND_TIMEOUT_S: Final = 60.0
"""Time for which a client may read nothing; TCP needs tens of seconds to recover from a lost
network."""


def _common(
    state: ServerState,
    context: RequestContext,
    content_type: str,
    generation: str,
    *,
    truncated: bool,
) -> Headers:
    volatile = context.query is not None and context.query.volatile
    page = content_type.startswith("text/html")
    headers = [
        (b"vary", preferences.VARY if page else b"Accept, Accept-Encoding"),
        (b"cache-control", state.volatile_control if volatile else state.cache_control),
        (b"agendagraph-generation", generation.encode()),
        *respond.CORS,
    ]
    row_limit = state.settings.row_limit
    if row_limit is not None:
        headers.append((b"row-limit", str(row_limit).encode()))
        if truncated:
            headers.append((b"row-limit-reached", b"true"))
            link = f'<{state.engine.limits.row_limit_link}>; rel="describedby"'
            headers.append((b"link", link.encode()))
    if content_type.startswith(("text/csv", "text/tab-separated-values")):
        name = "results.csv" if content_type.startswith("text/csv") else "results.tsv"
        headers.append((b"content-disposition", f'attachment; filename="{name}"'.encode()))
    return headers


def matches(if_none_match: str | None, etag: str) -> bool:
    """Return whether a conditional request names *etag* (compared weakly, RFC 9110 13.1.2).

    >>> matches('W/"a", "b"', '"b"'), matches("*", '"b"'), matches('"a"', '"b"')
    (True, True, False)
    """
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


def _has(context: RequestContext, etag: str) -> bool:
    """Return whether the client has the answer; a POST is not conditional."""
    return context.method != "POST" and matches(context.header(b"if-none-match"), etag)


async def send_answer(
    state: ServerState, context: RequestContext, answer: CachedAnswer, send: Send
) -> None:
    """Send a complete answer from memory, or 304 if the client has it."""
    context.rows = answer.rows
    context.size = len(answer.body)
    coding = None
    accepted = context.headers.get(b"accept-encoding", b"")
    if context.size >= encoding.WORTHWHILE_BYTES or b"q=0" in accepted:  # perhaps of identity
        coding = encoding.choose(accepted.decode("latin-1"), size=context.size)
    etag = f'"{answer.etag}-{coding}"' if coding else f'"{answer.etag}"'
    headers = _common(
        state, context, answer.content_type, answer.generation, truncated=answer.truncated
    )
    headers.append((b"etag", etag.encode()))
    if _has(context, etag):
        context.status = 304
        await respond.send_empty(send, 304, headers, answer.content_type.encode())
        return
    body = answer.body
    if coding:
        headers.append((b"content-encoding", coding.encode()))
        body = answer.encoded.get(coding) or await encoding.compressed(coding, answer.body)
        if context.query is not None and coding not in answer.encoded:
            key = (answer.generation, context.query.key)
            state.engine.cache.add_encoded(key, coding, body)
    context.status = 200
    await respond.send_bytes(send, 200, answer.content_type.encode(), body, headers)


async def send_stream(
    state: ServerState,
    context: RequestContext,
    pending: PendingAnswer,
    receive: Receive,
    send: Send,
) -> None:
    """Stream an answer from its spool as the client reads; stop when it disconnects."""
    spool = pending.spool
    pending.released = True
    coding = encoding.choose(context.header(b"accept-encoding"))
    headers = _common(
        state, context, pending.content_type, pending.generation, truncated=pending.truncated
    )
    headers.append((b"content-type", pending.content_type.encode()))
    context.status = 200
    if spool.complete:
        suffix = f"-{coding}" if coding else ""
        etag = f'"{pending.generation}-{spool.digest}{suffix}"'
        headers.append((b"etag", etag.encode()))
        if _has(context, etag):
            context.status = 304
            await respond.send_empty(send, 304, headers, pending.content_type.encode())
            return
        if not coding:
            headers.append((b"content-length", str(spool.size).encode()))
    if coding:
        headers.append((b"content-encoding", coding.encode()))
    headers += respond.safety(pending.content_type.encode())
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    context.outcome = "broken-off"
    try:
        if context.method != "HEAD":
            await unless_gone(_pieces(pending, coding, send), receive)
        await send({"type": "http.response.body", "body": b""})
        context.outcome = "ok"
        context.size = spool.size
        context.rows = pending.rows
    except ClientGone:
        context.outcome = "client-gone"
    except (Refusal, TimeoutError) as error:
        # The head is sent: without the last chunk, the client sees that the answer is incomplete.
        context.outcome = error.reason if isinstance(error, Refusal) else "client-stalled"


async def _pieces(pending: PendingAnswer, coding: str | None, send: Send) -> None:
    compressor = encoding.stream_compressor(coding) if coding else None
    offset = 0
    while piece := await pending.spool.read(offset):
        offset += len(piece)
        if compressor:
            piece = await asyncio.to_thread(compressor.compress, piece)
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    if compressor:
        await send({"type": "http.response.body", "body": compressor.flush(), "more_body": True})
