"""HTTP/1.1 as uvicorn speaks it, with limits that it lacks.

The head of a request must be there within a few seconds, its address and headers have
largest sizes, and a client that does not read its answer for a minute is let go. (Measured
without the timer: 1,500 connections that send nothing starve everybody else, for ever.)

What is no request is refused after the answers to those before it on its connection, never
within one. A client that ends its half of the connection still gets its answer.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from agendagraph.server.http import problems, respond
from agendagraph.server.http.connections.connection_limit import ConnectionLimit
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    import asyncio

_PHRASES: Final = {
    400: b"Bad Request",
    408: b"Request Timeout",
    414: b"URI Too Long",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class HeadLimits:
    """What the head of a request may be: its sizes in bytes, its time in seconds."""

    url_bytes: int = 3 * 65_536 + 8192
    head_bytes: int = 32_768
    head_timeout_s: float = 5.0
    send_timeout_s: float = 60.0
    connections: int = 4096


_CORKED_BYTES: Final = 16 << 10
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_CLOSED: Final = 7
"""The kernel's TCP_CLOSE: the state of our socket once the client's machine has refused data."""
_PATIENCE_S: Final = 0.5
"""A client that has ended its half waits so long before we ask if it is there."""
_LAST_ANSWER_S: Final = 1.0
"""What an HTTP/1.0 client that ended its half has for its answer: we cannot ask if it is there."""


class BufferedTransport:
    """A transport that sends what is written in one turn of the loop at once.

    uvicorn writes the head and the body of an answer apart; sent apart, they wake the client
    twice and cost a system call more. Everything else is the transport's own affair.
    """

    __slots__ = ("_flush_soon", "_pieces", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Write to *transport*, at the end of each turn of *loop*."""
        self._transport = transport
        self._pieces: list[bytes] = []
        self._flush_soon = partial(loop.call_soon, self._flush)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a transport has
        """Return what the transport has by that name."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send *data* soon; at once where it is large, so that the transport can say stop."""
        if not self._pieces:
            self._flush_soon()
        self._pieces.append(data)
        if len(data) > _CORKED_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._pieces:
            data = b"".join(self._pieces)
            self._pieces.clear()
            if not self._transport.is_closing():
                self._transport.write(data)

    def close(self) -> None:
        """Send the rest, and close."""
        self._flush()
        self._transport.close()


class HardenedHttpProtocol(HttpToolsProtocol):
    """One connection; the head of each request is timed and measured."""

    limits: ClassVar[HeadLimits] = HeadLimits()
    crowd: ClassVar[ConnectionLimit] = ConnectionLimit(HeadLimits().connections)

    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _header_bytes = 0
    _in_body = False
    _refused = False
    _owed: Refusal | None = None
    _half_closed = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock with the connection (asyncio calls this)."""
        super().connection_made(BufferedTransport(transport, self.loop))  # type: ignore[arg-type]
        if not self.crowd.enter(self, self.transport):
            self._refuse(Refusal(Reason.BUSY, retry_after_s=2, why="connections"))
            return
        self._start_clock()
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None and connection.family != socket.AF_UNIX:
            patience_ms = int(self.limits.send_timeout_s * 1000)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience_ms)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock (asyncio calls this)."""
        self._stop_clock()
        self.crowd.leave(self)
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Let a client that has ended its own half have its answer (asyncio calls this)."""
        connection: socket.socket | None = self.transport.get_extra_info("socket")
        if self._half_closed or not self._answering or connection is None:
            return False
        if connection.family == socket.AF_UNIX or self._in_body:
            return False
        self._half_closed = True
        self._stop_clock()
        self.cycle.keep_alive = False
        if self.cycle.scope["http_version"] == "1.0":
            self.loop.call_later(_LAST_ANSWER_S, self.transport.close)
        else:
            self.loop.call_later(_PATIENCE_S, self._call_out, connection)
        return True

    def _call_out(self, connection: socket.socket) -> None:
        """Find out whether a client that has ended its half waits for its answer or has gone.

        Both look the same until the client is sent something, which the machine of one that
        has gone refuses. What may come before any answer is 100 (Continue).
        """
        if self.transport.is_closing():
            return
        if not self.pipeline and not self.cycle.response_started:
            self.transport.write(_CONTINUE)
        self._look_after(connection, 0.02)

    def _look_after(self, connection: socket.socket, wait_s: float) -> None:
        """Close a half-closed connection once its client's machine has refused data."""
        if self.transport.is_closing():
            return
        if connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _CLOSED:
            self.transport.abort()
        else:
            self.loop.call_later(wait_s, self._look_after, connection, min(1.0, 2 * wait_s))

    def data_received(self, data: bytes) -> None:
        """Measure the head while it comes (asyncio calls this)."""
        if self._refused:
            return
        if not self._in_body:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes and not self._in_body:  # the head goes on in the next packet
            if self._head_bytes > self.limits.url_bytes + self.limits.head_bytes:
                self._refuse(Refusal(Reason.HEAD_TOO_LARGE, limit=self.limits.head_bytes))
            elif self._timer is None:
                self._start_clock()

    def on_url(self, url: bytes) -> None:
        """Measure the address (the parser calls this)."""
        super().on_url(url)
        if len(self.url) > self.limits.url_bytes:
            self._refuse(Refusal(Reason.URI_TOO_LONG, limit=self.limits.url_bytes))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Measure the headers (the parser calls this)."""
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes > self.limits.head_bytes:
            self._refuse(Refusal(Reason.HEAD_TOO_LARGE, limit=self.limits.head_bytes))
        elif not self._in_body:  # what trails the body is no header of the request
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Stop the clock: the head is whole (the parser calls this)."""
        if self._timer is not None:
            self._stop_clock()
        self._head_bytes = self._header_bytes = 0
        if not self._refused and not self._names_one_host():
            self._refuse(Refusal(Reason.BAD_REQUEST, cause=Cause.ONE_HOST))
        if not self._refused:
            super().on_headers_complete()  # raises where the address is none
        self._in_body = True

    def _names_one_host(self) -> bool:
        """Whether there is one Host, as RFC 9112 (section 3.2) demands; 1.0 may have none."""
        hosts = [name for name, _ in self.headers].count(b"host")
        return hosts == 1 or (hosts == 0 and self.parser.get_http_version() == "1.0")

    def on_body(self, body: bytes) -> None:
        """Pass the body on, unless the head was refused (the parser calls this)."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect the next head (the parser calls this)."""
        self._in_body = False
        self._header_bytes = 0
        self.crowd.asked(self)
        if not self._refused:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request, or with a refusal that waited (the cycle calls this)."""
        if self._owed is not None and self._in_body and self.pipeline:
            self.pipeline.popleft()  # the request that broke off within its body
            self._in_body = False
        if self.pipeline:
            super().on_response_complete()
            return
        if self.crowd.answered(self, self.transport):
            self.loop.call_later(self.limits.send_timeout_s, self._cut_off, self.cycle)
        if self._owed is not None and not self.transport.is_closing():
            self._send_refusal(self._owed)
        else:
            super().on_response_complete()

    def _cut_off(self, cycle: object) -> None:
        """End a connection whose client has not fetched the last answer until now."""
        if self.cycle is cycle and self.transport.get_write_buffer_size():
            self.transport.abort()

    @property
    def _answering(self) -> bool:
        """Whether an answer is still to come, or on its way, to a request that was whole.

        Of the request whose body is being read, only if its answer has begun.
        """
        if self.pipeline:
            return True
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        return cycle.response_started or not self._in_body

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP with a problem document."""
        self._refuse(Refusal(Reason.BAD_REQUEST, problem=msg))

    def _start_clock(self) -> None:
        self._timer = self.loop.call_later(self.limits.head_timeout_s, self._too_slow)

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self._answering:  # we may have stopped reading: it is not the client who is late
            self._start_clock()
        elif self._head_bytes:
            limit_s = self.limits.head_timeout_s
            self._refuse(Refusal(Reason.REQUEST_TIMEOUT, limit_s=limit_s))
        elif not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Send a problem document past the application, and close; answers go first."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._stop_clock()
        if self._in_body and self.cycle.response_started:  # it has its answer already
            self.cycle.keep_alive = False
            if self.cycle.response_complete:
                self.transport.close()
        elif self._answering:
            self._owed = refusal
        else:
            self._send_refusal(refusal)

    def _send_refusal(self, refusal: Refusal) -> None:
        self._owed = None
        status = problems.status(refusal)
        body = problems.document(refusal)
        headers: list[tuple[bytes, bytes]] = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            *problems.headers(refusal),
            *respond.SAFETY,
        ]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        status_line = b"HTTP/1.1 %d %s\r\n" % (status, _PHRASES[status])
        self.transport.write(status_line + head + b"\r\n" + body)
        self.transport.close()


def guarded(limits: HeadLimits) -> type[HardenedHttpProtocol]:
    """Return the protocol class for a server with these limits."""
    crowd = ConnectionLimit(limits.connections)
    members = {"limits": limits, "crowd": crowd, "__doc__": HardenedHttpProtocol.__doc__}
    return type("HardenedHttpProtocol", (HardenedHttpProtocol,), members)
