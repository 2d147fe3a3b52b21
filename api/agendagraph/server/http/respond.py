"""Send responses over ASGI, with the headers that every response has.

Written for ASGI itself instead of a framework: a point lookup takes a tenth of a millisecond,
and a framework would take as long again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from agendagraph.server.http import problems
from agendagraph.server.pages import frame

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from agendagraph.sparql.refusal import Refusal

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

Headers = list[tuple[bytes, bytes]]

SAFETY: Final[Headers] = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
]
"""On every response: browsers run nothing of it."""

PAGE_SAFETY: Final[Headers] = [
    (name, frame.POLICY.encode() if name == b"content-security-policy" else value)
    for name, value in SAFETY
]
"""On an HTML page: the same, but its own style and forms to this server are allowed."""
_PAGE: Final = frame.CONTENT_TYPE.encode()

CORS: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ETag, Retry-After, Agendagraph-Generation, Row-Limit, Row-Limit-Reached, Link",
    ),
]
"""Pages of all origins may read. No cookies are used, so that a page cannot act in the name of
its visitor; a client that has a token may send it from any page."""

PREFLIGHT: Final[Headers] = [
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"Accept, Authorization, If-None-Match"),
    (b"access-control-max-age", b"86400"),
    *CORS,
]
"""The answer to a CORS preflight request: pages of other origins may read, and not write."""


def safety(content_type: bytes) -> Headers:
    """Return the security headers of a response of this type."""
    return PAGE_SAFETY if content_type == _PAGE else SAFETY


def header(scope: Scope, name: bytes) -> str | None:
    """Return a request header; several of one name are joined with commas."""
    values = [value for key, value in scope["headers"] if key == name]
    return b", ".join(values).decode("latin-1") if values else None


async def send_bytes(
    send: Send, status: int, content_type: bytes, body: bytes, extra: Headers
) -> None:
    """Send a complete response."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
                *extra,
                *safety(content_type),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def send_empty(send: Send, status: int, extra: Headers, content_type: bytes = b"") -> None:
    """Send a response without a body: 204, or 304 with the type of the client's copy."""
    headers = [*extra, *safety(content_type)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def send_problem(send: Send, refusal: Refusal, *, extra: Headers | None = None) -> int:
    """Send a refusal as a problem document, and return its status."""
    status = problems.status(refusal)
    await send_bytes(
        send,
        status,
        problems.MEDIA_TYPE.encode(),
        problems.document(refusal),
        [*problems.headers(refusal), *(extra or ())],
    )
    return status
