"""``agendagraph serve``: answer SPARQL over HTTP."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from pydantic import ValidationError

    from agendagraph.server.http.state import ServerState
    from agendagraph.server.settings import Settings

_SAMPLE = "SELECT ?goal ?label WHERE { ?goal a agenda:Goal ; rdfs:label ?label } ORDER BY ?goal"


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.  [default: 8000]")
@click.option(
    "--store",
    metavar="DIR|URL",
    help="Directory of a store (made if missing), an RDF file to read, or an endpoint's URL.",
)
@click.option("--empty", is_flag=True, default=None, help="Begin with no data.")
@click.option(
    "--writable",
    is_flag=True,
    default=None,
    help="Allow updates; needs a token, and --store DIR if they are to be kept.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File that holds the token; or give it as AGENDAGRAPH_TOKEN.",
)
@click.option("--query-limit-s", type=float, help="Seconds until a query is stopped. [default: 30]")
@click.option("--memory-limit-mib", type=int, help="Memory for one query.  [default: 2048]")
@click.option("--workers", type=int, help="Queries that run at once.  [default: three a core]")
@click.option("--row-limit", type=int, help="Rows after which an answer is cut.  [default: none]")
@click.option("--query-log", help="File for the query log; '-' standard error, '' none.")
def serve(**flags: object) -> None:
    """Serve the graph over HTTP, at /sparql.

    Every flag is also a variable (AGENDAGRAPH_PORT and so on), and there are more variables
    than flags: all fields of agendagraph.server.settings.Settings. A misspelt one is an error.

    Standard output holds the address and a sample query; the log goes to standard error.

    Exit status: 0 ended by SIGINT or SIGTERM, 1 the shipped graph breaks its shapes, 2 the
    address is in use, the store cannot be opened, or a setting is wrong.

    \b
    Example:
      agendagraph serve --port 8001 --query-limit-s 5
    """  # noqa: D301 - click reads the backspace
    started = time.perf_counter()
    settings = _settings(flags)
    from agendagraph.server.http.connections.listening import listen  # noqa: PLC0415 - late

    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        _fail(_address_problem(settings, error))
    host, port = listener.getsockname()[:2]
    settings = settings.model_copy(update={"port": port})
    signal.signal(signal.SIGTERM, _exit)
    # They take long to import: the port is ours by now.
    from agendagraph.server.http.connections import server  # noqa: PLC0415
    from agendagraph.site.routes import routes  # noqa: PLC0415

    try:
        server.serve(
            settings, listener, lambda state: _greet(state, settings, host, started), routes
        )
    except KeyboardInterrupt:
        sys.exit(0)


def _settings(flags: dict[str, object]) -> Settings:
    from pydantic import ValidationError  # noqa: PLC0415 - not for --help

    from agendagraph.server.settings import Settings  # noqa: PLC0415 - not for --help

    try:
        return Settings.read(os.environ, flags)
    except ValidationError as error:
        _fail(_wrong_settings(error))


def _wrong_settings(error: ValidationError) -> str:
    """Say which setting is wrong, under both of its names."""
    lines = []
    for each in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in each["loc"])
        if each["type"] == "extra_forbidden":
            lines.append(f"AGENDAGRAPH_{name.upper()} is no setting of ours; is it misspelt?")
        elif name:
            flag = name.replace("_", "-")
            lines.append(f"--{flag} (AGENDAGRAPH_{name.upper()}): {each['msg']}")
        else:
            lines.append(each["msg"].removeprefix("Value error, "))
    return "\n".join(lines)


def _address_problem(settings: Settings, error: OSError) -> str:
    where = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"cannot listen on {where}: the port is in use; choose another with --port"
    return f"cannot listen on {where}: {error.strerror or error}"


def _greet(state: ServerState, settings: Settings, host: str, started: float) -> None:
    """Say where the server is and what one can ask, once it answers."""
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
