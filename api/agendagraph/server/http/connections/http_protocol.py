"""uvicorn's HTTP/1.1 protocol, with the limits that it lacks.

The head of a request has a time limit and size limits, and a client that does not read its
answer for a minute is disconnected. (Measured without the timer: 1,500 connections that send
nothing starve all other clients, for ever.)

An invalid request is refused after the answers to the requests before it on its connection,
never within one of them. A client that closes its sending half still gets its answer.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from agendagraph.server.http import problems, respond
from agendagraph.server.http.connections.connection_limit import ConnectionLimit
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    import asyncio


@dataclass(frozen=True, slots=True)
class HeadLimits:
    """Limits of a request's head and of its connection.

    Attributes:
        url_bytes: The longest address: a query of 64 KiB, with three bytes for each as %XX.
        head_bytes: All headers together.
        head_timeout_s: Time for a head, which fits a few packets. An attacker holds a
            connection for this long with one byte.
        send_timeout_s: Time for which a client may read nothing.
        connections: Connections that are open at once; then the oldest idle one is evicted.
            Together with workers and spools they stay far below 65,536 descriptors.
    """

    url_bytes: int = 3 * 65_536 + 8192
    head_bytes: int = 32_768
    head_timeout_s: float = 5.0
    send_timeout_s: float = 60.0
    connections: int = 4096


_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_TCP_CLOSE: Final = 7
"""The kernel's TCP_CLOSE: the state of our socket once the client's machine has sent RST."""
_PROBE_AFTER_S: Final = 0.5
"""Most answers to a half-closed client are sent sooner than this."""
_HALF_CLOSED_HTTP_10_S: Final = 1.0
"""Time for the answer to a half-closed HTTP/1.0 client, which cannot be probed."""
_BUFFERED_BYTES: Final = 16 << 10
"""A longer piece is written at once: joining it with others would cost more than it saves."""


class BufferedTransport:
    """A transport that joins what is written in one turn of the event loop.

    uvicorn writes the head and the body of an answer separately. Two packets would wake the
    client twice, and cost one more system call.
    """

    __slots__ = ("_flush_soon", "_pieces", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._pieces: list[bytes] = []
        self._flush_soon = partial(loop.call_soon, self._flush)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        """Return an attribute of the transport."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send *data* soon; if it is large at once, so that back pressure works."""
        if not self._pieces:
            self._flush_soon()
        self._pieces.append(data)
        if len(data) > _BUFFERED_BYTES:
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
    """One connection, with limits on the head of each request."""

    limits: ClassVar[HeadLimits] = HeadLimits()
    connection_limit: ClassVar[ConnectionLimit] = ConnectionLimit(HeadLimits().connections)

    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _header_bytes = 0
    _in_body = False
    _refused = False
    _pending_refusal: Refusal | None = None
    _half_closed = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer with the connection (asyncio calls this)."""
        super().connection_made(BufferedTransport(transport, self.loop))  # type: ignore[arg-type]
        if not self.connection_limit.open(self, self.transport):
            self._refuse(Refusal(Reason.BUSY, retry_after_s=2, why="connections"))
            return
        self._start_timer()
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None and connection.family != socket.AF_UNIX:
            timeout_ms = int(self.limits.send_timeout_s * 1000)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, timeout_ms)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer (asyncio calls this)."""
        self._stop_timer()
        self.connection_limit.closed(self)
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Still answer a client that has closed its sending half (asyncio calls this)."""
        connection: socket.socket | None = self.transport.get_extra_info("socket")
        if self._half_closed or not self._answering or connection is None:
            return False
        if connection.family == socket.AF_UNIX or self._in_body:
            return False
        self._half_closed = True
        self._stop_timer()
        self.cycle.keep_alive = False
        if self.cycle.scope["http_version"] == "1.0":
            self.loop.call_later(_HALF_CLOSED_HTTP_10_S, self.transport.close)
        else:
            self.loop.call_later(_PROBE_AFTER_S, self._probe_client, connection)
        return True

    def _probe_client(self, connection: socket.socket) -> None:
        """Find out whether a half-closed client waits for its answer or has disconnected.

        Both look the same until the client is sent something: the machine of one that has
        disconnected answers with RST. Before any answer, 100 (Continue) may be sent.
        """
        if self.transport.is_closing():
            return
        if not self.pipeline and not self.cycle.response_started:
            self.transport.write(_CONTINUE)
        self._watch_socket(connection, 0.02)

    def _watch_socket(self, connection: socket.socket, wait_s: float) -> None:
        """Abort a half-closed connection once its client's machine has answered with RST."""
        if self.transport.is_closing():
            return
        if connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSE:
            self.transport.abort()
        else:
            self.loop.call_later(wait_s, self._watch_socket, connection, min(1.0, 2 * wait_s))

    def data_received(self, data: bytes) -> None:
        """Measure the head as it arrives (asyncio calls this)."""
        if self._refused:
            return
        if not self._in_body:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes and not self._in_body:  # the head goes on in the next packet
            if self._head_bytes > self.limits.url_bytes + self.limits.head_bytes:
                self._refuse(Refusal(Reason.HEAD_TOO_LARGE, limit=self.limits.head_bytes))
            elif self._timer is None:
                self._start_timer()

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
        elif not self._in_body:  # not a trailer
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Stop the timer: the head is complete (the parser calls this)."""
        if self._timer is not None:
            self._stop_timer()
        self._head_bytes = self._header_bytes = 0
        if not self._refused and not self._names_one_host():
            self._refuse(Refusal(Reason.BAD_REQUEST, cause="one-host"))
        if not self._refused:
            super().on_headers_complete()  # raises if the address is invalid
        self._in_body = True

    def _names_one_host(self) -> bool:
        """Whether there is one Host header (RFC 9112, section 3.2); HTTP/1.0 may have none."""
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
        self.connection_limit.busy(self)
        if not self._refused:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Continue with the next request, or send a pending refusal (the cycle calls this)."""
        if self._pending_refusal is not None and self._in_body and self.pipeline:
            self.pipeline.popleft()  # the request that broke off within its body
            self._in_body = False
        if self.pipeline:
            super().on_response_complete()
            return
        if self.connection_limit.idle(self, self.transport):
            self.loop.call_later(self.limits.send_timeout_s, self._cut_off, self.cycle)
        if self._pending_refusal is not None and not self.transport.is_closing():
            self._send_refusal(self._pending_refusal)
        else:
            super().on_response_complete()

    def _cut_off(self, cycle: object) -> None:
        """Abort a connection whose client has not read the last answer."""
        if self.cycle is cycle and self.transport.get_write_buffer_size():
            self.transport.abort()

    @property
    def _answering(self) -> bool:
        """Whether an answer to a complete request is due or being sent.

        For a request whose body is still being read, only if its answer has begun.
        """
        if self.pipeline:
            return True
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        return cycle.response_started or not self._in_body

    def send_400_response(self, msg: str) -> None:
        """Answer invalid HTTP with a problem document."""
        self._refuse(Refusal(Reason.BAD_REQUEST, problem=msg))

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(self.limits.head_timeout_s, self._head_timed_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_timed_out(self) -> None:
        self._timer = None
        if self._answering:  # reading may be paused: the client is not late
            self._start_timer()
        elif self._head_bytes:
            limit_s = self.limits.head_timeout_s
            self._refuse(Refusal(Reason.REQUEST_TIMEOUT, limit_s=limit_s))
        elif not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Send a problem document without the application, and close; due answers go first."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._stop_timer()
        if self._in_body and self.cycle.response_started:  # it has its answer already
            self.cycle.keep_alive = False
            if self.cycle.response_complete:
                self.transport.close()
        elif self._answering:
            self._pending_refusal = refusal
        else:
            self._send_refusal(refusal)

    def _send_refusal(self, refusal: Refusal) -> None:
        self._pending_refusal = None
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
        status_line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
        self.transport.write(status_line + head + b"\r\n" + body)
        self.transport.close()


def limited_protocol(limits: HeadLimits) -> type[HardenedHttpProtocol]:
    """Return the protocol class with these limits; uvicorn makes the instances."""
    members = {"limits": limits, "connection_limit": ConnectionLimit(limits.connections)}
    return type("LimitedHttpProtocol", (HardenedHttpProtocol,), members)
