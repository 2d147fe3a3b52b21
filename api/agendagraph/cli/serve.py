"""``agendagraph serve``: answer SPARQL over HTTP."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, get_args, get_origin

import click
from pydantic import SecretStr, ValidationError

from agendagraph.server.settings import INSTEAD, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.fields import FieldInfo

    from agendagraph.server.http.state import ServerState

_SAMPLE = "SELECT ?goal ?label WHERE { ?goal a agenda:Goal ; rdfs:label ?label } ORDER BY ?goal"
_BACKLOG = 2048
"""Connections that the kernel queues for the server; uvicorn uses the same number."""


def _flags(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* a flag for each setting that is not a secret."""
    for name, field in reversed(Settings.model_fields.items()):
        if SecretStr not in get_args(field.annotation):
            command = click.option("--" + name.replace("_", "-"), **_option(field))(command)
    return command


def _option(field: FieldInfo) -> dict[str, Any]:
    """Return the arguments of `click.option` for a setting."""
    kind = next(iter(get_args(field.annotation)), field.annotation)  # of ``int | None``: int
    if get_origin(field.annotation) is Literal:
        kind = click.Choice(get_args(field.annotation))
    elif kind is Path:
        kind = click.Path(path_type=Path, exists=True, dir_okay=False)
    default = "" if field.default in (None, "", (), False) else f"  [default: {field.default}]"
    # click itself gets no default: without a flag, the variable counts.
    option: dict[str, Any] = {"help": f"{field.description}{default}", "default": None}
    return option | ({"is_flag": True} if kind is bool else {"type": kind})


@click.command()
@_flags
def serve(**flags: object) -> None:
    """Serve the graph over HTTP, at /sparql.

    Every flag is also a variable: AGENDAGRAPH_PORT for --port, and so on. The secrets are
    variables only: AGENDAGRAPH_TOKEN and AGENDAGRAPH_STORE_AUTHORIZATION. An unknown variable
    that begins with AGENDAGRAPH_ is an error.

    The address and a sample query go to standard output, the log to standard error.

    Exit status: 0 ended by SIGINT or SIGTERM, 1 the shipped graph violates its shapes, 2 the
    address is in use, the store cannot be opened, or a setting is invalid.

    \b
    Example:
      agendagraph serve --port 8001 --query-limit-s 5
    """  # noqa: D301 - click reads the backspace
    started = time.perf_counter()
    try:
        settings = Settings.read(os.environ, flags)
    except ValidationError as error:
        _fail(_invalid_settings(error))
    try:
        listener = _listen(settings.host, settings.port)
    except OSError as error:
        _fail(_address_problem(settings, error))
    host, port = listener.getsockname()[:2]
    settings = settings.model_copy(update={"port": port})
    signal.signal(signal.SIGTERM, _exit)
    # These imports take most of a second: first the port was taken, or the error was shown.
    from agendagraph.server.http.connections import server  # noqa: PLC0415
    from agendagraph.site.routes import SITE  # noqa: PLC0415

    try:
        server.serve(settings, listener, lambda state: _greet(state, settings, host, started), SITE)
    except KeyboardInterrupt:
        sys.exit(0)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *host* and *port*.

    Raises:
        OSError: The address is in use, or is not one of this machine.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(False)
    return listener


def _invalid_settings(error: ValidationError) -> str:
    """Say which setting is invalid, under both of its names."""
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"])
        variable = f"AGENDAGRAPH_{name.upper()}"
        if name in INSTEAD:
            lines.append(f"{variable} is no longer a setting: {INSTEAD[name]}")
        elif problem["type"] == "extra_forbidden":
            lines.append(f"{variable} is not a setting; is it misspelt?")
        elif name:
            lines.append(f"--{name.replace('_', '-')} ({variable}): {problem['msg']}")
        else:
            lines.append(problem["msg"].removeprefix("Value error, "))
    return "\n".join(lines)


def _address_problem(settings: Settings, error: OSError) -> str:
    where = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"cannot listen on {where}: the port is in use; choose another with --port"
    return f"cannot listen on {where}: {error.strerror or error}"


def _greet(state: ServerState, settings: Settings, host: str, started: float) -> None:
    """Show the address and a sample query, once the server answers."""
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{settings.port}/sparql"
    quads = state.engine.quads
    what = f"{quads:,} statements" if quads is not None else "a store elsewhere"
    if quads is None and state.engine.remote is None:
        what = "a store on disk"
    click.echo(f"Serving {address} ({what}, ready in {time.perf_counter() - started:.1f} s)")
    if settings.writable and settings.store is None:
        click.echo("Changes are NOT KEPT: they end with this server. Keep them with --store DIR.")
    click.echo(
        f"Try:  curl {address} -H 'Accept: text/csv' --data-urlencode \\\n"
        f"      'query=PREFIX agenda: <https://w3id.org/agendagraph/ns#>"
        f" PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {_SAMPLE}'"
    )
    sys.stdout.flush()


def _exit(*_: object) -> NoReturn:
    sys.exit(0)


def _fail(message: str) -> NoReturn:
    for line in message.splitlines():
        click.echo(f"agendagraph: {line}", err=True)
    sys.exit(2)
