"""Run the application on a socket, until a signal."""

from __future__ import annotations

import contextlib
import logging
import resource
from typing import TYPE_CHECKING, Final

import uvicorn

from agendagraph.server.http.answers import SEND_TIMEOUT_S
from agendagraph.server.http.app import Extension, create_app
from agendagraph.server.http.connections.http_protocol import HeadLimits, limited_protocol
from agendagraph.server.http.endpoint import QUERY_BYTES
from agendagraph.server.http.startup import find_data, start_validation, with_store

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

    from fastapi import FastAPI

    from agendagraph.server.http.state import ServerState
    from agendagraph.server.settings import Settings

SHUTDOWN_S: Final = 5.0
"""Seconds for running requests at shutdown: most queries finish, and the ten seconds after
which container managers kill a process are not reached."""
_DESCRIPTORS: Final = 65_536


def serve(
    settings: Settings,
    listener: socket.socket,
    on_ready: Callable[[ServerState], None],
    extension: Extension,
) -> None:
    """Serve the data that *settings* name, until SIGINT or SIGTERM.

    Args:
        settings: How the server behaves.
        listener: The socket that it listens on.
        on_ready: Called once the first query can be answered.
        extension: What a site adds.

    Raises:
        StoreError: The data could not be opened.
        ValidationFailed: The shipped graph violates its shapes.
    """
    with contextlib.ExitStack() as stack:
        settings = stack.enter_context(with_store(settings))
        snapshot, directory = find_data(settings)
        tasks: list[asyncio.Task[None]] = []  # the loop itself keeps a weak reference only

        def begin(state: ServerState) -> None:
            on_ready(state)
            if snapshot.source == "shipped":
                tasks.append(start_validation(state))

        if directory is not None:
            stack.callback(directory.close)
            if settings.writable:
                directory.announce(_address(settings))
        app = create_app(
            settings, snapshot, directory=directory, on_ready=begin, extension=extension
        )
        run(app, settings, listener)


def _address(settings: Settings) -> str:
    """Return the server's address for a client on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def run(app: FastAPI, settings: Settings, listener: socket.socket) -> None:
    """Run *app* until a signal, or until it fails.

    Raises:
        AgendaError: Whatever it failed with.
    """
    _allow_many_descriptors()
    logging.getLogger("uvicorn.error").addFilter(_not_about_clients)
    server = uvicorn.Server(_config(app, settings))
    state: ServerState = app.state.server
    state.stop = lambda: setattr(server, "should_exit", True)
    server.run(sockets=[listener])
    if state.failure is not None:
        raise state.failure


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    limits = HeadLimits(url_bytes=3 * QUERY_BYTES + 8192, send_timeout_s=SEND_TIMEOUT_S)
    return uvicorn.Config(
        app,
        http=limited_protocol(limits),
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=SHUTDOWN_S,  # type: ignore[arg-type] # a float works
    )


_ABOUT_CLIENTS: Final = (
    "returned without completing response",  # an answer broken off on purpose
    "Invalid HTTP request received",
    "Unsupported upgrade request",
    "No supported WebSocket library detected",
)


def _not_about_clients(record: logging.LogRecord) -> bool:
    """Drop uvicorn's messages about its clients: any client could fill the disk with them.

    The query log has a line for an answer that is broken off, with the reason.
    """
    message = record.getMessage()
    return not any(part in message for part in _ABOUT_CLIENTS)


def _allow_many_descriptors() -> None:
    """Raise the soft limit of open files: 1,024 are fewer than the connections we allow."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
