"""Run the application on a socket, until it is told to end."""

from __future__ import annotations

import logging
import resource
from typing import TYPE_CHECKING, Final

import uvicorn

from agendagraph.server.http.app import Routes, create_app
from agendagraph.server.http.connections.http_protocol import HeadLimits, guarded
from agendagraph.server.http.connections.listening import BACKLOG
from agendagraph.server.http.startup import find_data, start_check
from agendagraph.server.http.update_routes import with_store

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

    from fastapi import FastAPI

    from agendagraph.server.http.state import ServerState
    from agendagraph.server.settings import Settings

_DESCRIPTORS: Final = 65_536


def serve(
    settings: Settings,
    listener: socket.socket,
    on_ready: Callable[[ServerState], None],
    routes: Routes,
) -> None:
    """Serve the data that *settings* name, until SIGINT or SIGTERM.

    Args:
        settings: How the server behaves.
        listener: The socket that it listens on.
        on_ready: Called once the first query can be answered.
        routes: Makes the routes of the site.

    Raises:
        StoreError: The data could not be opened.
        ValidationFailed: The shipped graph breaks its shapes.
    """
    with with_store(settings) as placed:
        _serve(placed, listener, on_ready, routes)


def _serve(
    settings: Settings,
    listener: socket.socket,
    on_ready: Callable[[ServerState], None],
    routes: Routes,
) -> None:
    snapshot, directory = find_data(settings)
    checks: list[asyncio.Task[None]] = []

    def begin(state: ServerState) -> None:
        on_ready(state)
        if snapshot.source == "shipped" and settings.validate_at_start:
            checks.append(start_check(state))

    if directory is not None and settings.writable:
        directory.announce(_address(settings))
    try:
        app = create_app(settings, snapshot, directory=directory, on_ready=begin, routes=routes)
        run(app, settings, listener)
    finally:
        if directory is not None:
            directory.close()


def _address(settings: Settings) -> str:
    """Return the address under which a client on this machine reaches the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def run(app: FastAPI, settings: Settings, listener: socket.socket) -> None:
    """Run *app* until a signal, or until it fails.

    Raises:
        AgendaError: Whatever it failed with.
    """
    _allow_many_descriptors()
    logging.getLogger("uvicorn.error").addFilter(_of_the_server)
    server = uvicorn.Server(_config(app, settings))
    state: ServerState = app.state.server
    state.stop = lambda: setattr(server, "should_exit", True)
    server.run(sockets=[listener])
    if state.failure is not None:
        raise state.failure


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    limits = HeadLimits(
        url_bytes=3 * (settings.query_limit_kib << 10) + 8192,
        head_timeout_s=settings.head_timeout_s,
        send_timeout_s=settings.send_timeout_s,
        connections=settings.connections,
    )
    return uvicorn.Config(
        app,
        http=guarded(limits),
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=settings.shutdown_s,  # type: ignore[arg-type] # a float does
    )


_ABOUT_CLIENTS: Final = (
    "returned without completing response",  # an answer broken off on purpose
    "Invalid HTTP request received",
    "Unsupported upgrade request",
    "No supported WebSocket library detected",
)


def _of_the_server(record: logging.LogRecord) -> bool:
    """Keep out what uvicorn says of its clients: anybody could fill the disk with it.

    The query log tells of answers that are broken off, with the reason.
    """
    said = record.getMessage()
    return not any(each in said for each in _ABOUT_CLIENTS)


def _allow_many_descriptors() -> None:
    """Raise the soft limit of open files: 1,024 are fewer than the connections we allow."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
