"""Read a request's body: whole, within a limit, and within a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agendagraph.server.http.connections.disconnect import ClientGone
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from agendagraph.server.http.answers import RequestContext
    from agendagraph.server.http.respond import Receive


async def read_body(
    exchange: RequestContext,
    receive: Receive,
    limit_bytes: int,
    limit_s: float,
    *,
    packed: bool = False,
) -> bytes:
    """Return the body of a request, as it came.

    Args:
        exchange: The request.
        receive: Where its body comes from.
        limit_bytes: The longest body.
        limit_s: Seconds until it must be there.
        packed: Whether it may be compressed; somebody else unpacks it.

    Raises:
        Refusal: It is too large (413), compressed (415), or comes too slowly (408).
        ClientGone: The client left.
    """
    coding = exchange.headers.get(b"content-encoding", b"identity").lower()
    if not packed and coding not in (b"identity", b""):
        found = f"content-encoding {coding.decode('latin-1')}"
        raise Refusal(Reason.MEDIA_TYPE, found=found, expected="a body without compression")
    declared = exchange.headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit_bytes:
        raise Refusal(Reason.REQUEST_TOO_LARGE, what="body", size=int(declared), limit=limit_bytes)
    try:
        async with asyncio.timeout(limit_s):
            return await _collect(receive, limit_bytes)
    except TimeoutError:
        raise Refusal(Reason.REQUEST_TIMEOUT, limit_s=limit_s) from None


async def _collect(receive: Receive, limit_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit_bytes:
            raise Refusal(Reason.REQUEST_TOO_LARGE, what="body", size=size, limit=limit_bytes)
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)
