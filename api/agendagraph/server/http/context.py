"""One HTTP request: its head, its body, and the outcome that log and metrics record."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from typing import TYPE_CHECKING, Final

from agendagraph.server.http import respond
from agendagraph.server.http.connections.disconnect import ClientGone
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from agendagraph.server.engine.cache import CacheKey
    from agendagraph.server.http.respond import Headers, Receive, Scope
    from agendagraph.server.settings import Settings
    from agendagraph.sparql.protocol import SparqlQuery

BODY_TIMEOUT_S: Final = 30.0
"""Time for a request's body: 64 MiB at 20 Mbit/s, and far less than the clients of a slow-body
attack need to fill all connections."""

_HOST: Final = re.compile(r"[A-Za-z0-9.\-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")


class RequestContext:
    """One request and its outcome.

    Attributes:
        client: The client that limits apply to: an address, or the /64 network of an IPv6 one.
        source: What answered: ``cache``, ``shared`` or ``worker``.
        outcome: ``ok``, the reason of a refusal, ``client-gone`` or ``broken-off``.
    """

    __slots__ = (
        "accept",
        "headers",
        "method",
        "outcome",
        "query",
        "rows",
        "scope",
        "size",
        "source",
        "started",
        "status",
    )

    def __init__(self, scope: Scope, started: float) -> None:
        """Read the head of the request in *scope*, which arrived at *started*."""
        raw: Headers = scope["headers"]
        self.scope = scope
        self.started = started
        self.method: str = scope["method"]
        self.headers = dict(raw)
        accept = self.headers.get(b"accept")
        if accept is not None and len(self.headers) != len(raw):
            accept = b",".join(value for name, value in raw if name == b"accept")
        self.accept = accept.decode("latin-1") if accept is not None else None
        self.query: SparqlQuery | CacheKey | None = None
        self.source = "worker"
        self.outcome = "ok"
        self.status = 0
        self.rows: int | None = None
        self.size: int | None = None

    @property
    def client(self) -> str:
        """Return the client's address, or the network of an IPv6 one."""
        address: str = (self.scope.get("client") or ("",))[0]
        if ":" in address:
            try:
                return str(ipaddress.ip_network(f"{address}/64", strict=False))
            except ValueError:
                return address
        return address

    def header(self, name: bytes) -> str | None:
        """Return a header's value."""
        value = self.headers.get(name)
        return value.decode("latin-1") if value is not None else None

    async def body(self, receive: Receive, limit_bytes: int, *, compressed: bool = False) -> bytes:
        """Return the body as it was sent.

        Args:
            receive: The ASGI channel of the request.
            limit_bytes: The longest body.
            compressed: Whether a Content-Encoding is allowed; the caller decodes it.

        Raises:
            Refusal: It is too large (413), compressed (415), or arrives too slowly (408).
            ClientGone: The client disconnected.
        """
        coding = self.headers.get(b"content-encoding", b"identity").lower()
        if not compressed and coding not in (b"identity", b""):
            found = f"content-encoding {coding.decode('latin-1')}"
            raise Refusal(
                Reason.UNSUPPORTED_MEDIA_TYPE, found=found, expected="a body without compression"
            )
        declared = self.headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit_bytes:
            size = int(declared)
            raise Refusal(Reason.REQUEST_TOO_LARGE, what="body", size=size, limit=limit_bytes)
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                return await _collect(receive, limit_bytes)
        except TimeoutError:
            raise Refusal(Reason.REQUEST_TIMEOUT, limit_s=BODY_TIMEOUT_S) from None


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


def public_address(settings: Settings, scope: Scope) -> str:
    """Return the server's address as its client knows it, without a slash at the end."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    host = respond.header(scope, b"host") or ""
    if not _HOST.fullmatch(host):
        server = scope.get("server") or ("localhost", 80)
        host = f"{server[0]}:{server[1]}"
    return f"{scope['scheme']}://{host}"
