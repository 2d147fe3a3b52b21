"""Other stores, really running: native Oxigraph and Virtuoso 7, each filled with our graph.

Each is started on loopback by its fixture and ended by its process id. A store that is not
installed is skipped with a word; `.ci/run` installs both.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

START_LIMIT_S = 120.0
VIRTUOSO_ROWS = 20_000
"""Its ``ResultSetMaxRows``: what it cuts an answer to, with status 200."""

VIRTUOSO_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
ServerThreads = 12
CaseMode = 2
CheckpointInterval = 0
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 12
MaxKeepAlives = 10
KeepAliveTimeout = 10
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass(frozen=True)
class Peer:
    """A running store: its name, its query endpoint, and its process."""

    name: str
    url: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def missing(program: str, where: str) -> None:
    pytest.skip(f"{program} is not installed (it comes with {where})")


@pytest.fixture(scope="session")
def shipped_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph that we ship, as N-Quads."""
    import pyoxigraph as ox

    from agendagraph.store import load_shipped

    store = ox.Store()
    load_shipped(store)
    path = tmp_path_factory.mktemp("shipped") / "shipped.nq"
    store.dump(str(path), ox.RdfFormat.N_QUADS)
    return path


@contextlib.contextmanager
def running(command: list[str], url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block; it has answered at *url* before."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(url, params={"query": "ASK {}"}).status_code == 200:
                    yield process
                    return
            time.sleep(0.1)
        raise AssertionError(f"{command[0]} did not start: {log.read_text()[-2000:]}")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory, shipped_file: Path) -> Iterator[Peer]:
    """Native Oxigraph over our graph, with its own (not the union) default graph."""
    program = Path(sys.executable).with_name("oxigraph")
    if not program.exists():
        missing("oxigraph", "the dependency group 'peers'")
    folder = tmp_path_factory.mktemp("oxigraph")
    location = str(folder / "store")
    load = [str(program), "load", "--location", location, "--file", str(shipped_file)]
    subprocess.run(load, check=True, capture_output=True)
    port = free_port()
    serve = [str(program), "serve", "--location", location, "--bind", f"127.0.0.1:{port}"]
    url = f"http://127.0.0.1:{port}/query"
    with running(serve, url, folder / "log") as process:
        yield Peer("oxigraph", url, process)


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory, shipped_file: Path) -> Iterator[Peer]:
    """Virtuoso 7 over our graph."""
    if not shutil.which("virtuoso-t") or not shutil.which("isql-vt"):
        missing("virtuoso-t", "Debian's virtuoso-opensource-7")
    folder = tmp_path_factory.mktemp("virtuoso")
    port, sql_port = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(
        VIRTUOSO_INI.format(folder=folder, port=port, sql_port=sql_port, rows=VIRTUOSO_ROWS)
    )
    shutil.copy(shipped_file, folder / "shipped.nq")
    url = f"http://127.0.0.1:{port}/sparql"
    serve = ["virtuoso-t", "-c", str(ini), "-f"]
    with running(serve, url, folder / "out") as process:
        graph = "http://example.org/unused"
        isql(sql_port, f"ttlp(file_open('{folder}/shipped.nq'), '', '{graph}', 512)")
        yield Peer("virtuoso", url, process)


def isql(port: int, statement: str) -> None:
    """Carry out one statement of SQL, as Virtuoso's administrator."""
    command = ["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={statement};"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Error" not in done.stdout + done.stderr, done.stdout + done.stderr


@pytest.fixture(params=["oxigraph", "virtuoso"])
def peer(request: pytest.FixtureRequest) -> Peer:
    """Each of the stores in turn."""
    found: Peer = request.getfixturevalue(request.param)
    return found
