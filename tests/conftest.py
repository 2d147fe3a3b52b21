"""Servers and a browser for tests: real ones; servers on loopback, ended by their test."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

pytest_plugins = ["suite"]
collect_ignore_glob = ["benchmarks/*", "agenda/world/generate_*.py"]  # programs, not tests

EX = "http://example.org/"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
START_LIMIT_S = 60.0
_SET_CONSTANTS = """
import importlib, inspect
for path, value in {constants}.items():
    module, _, name = path.partition(":")
    owner = importlib.import_module(module)
    owner_name, _, field = name.rpartition(".")
    if field and owner_name:
        init = getattr(owner, owner_name).__init__
        fields = [*inspect.signature(init).parameters][-len(init.__defaults__) :]
        defaults = dict(zip(fields, init.__defaults__, strict=True))
        assert field in defaults, path
        init.__defaults__ = tuple({{**defaults, field: value}}.values())
    else:
        assert hasattr(owner, name), path
        setattr(owner, name, value)
"""
"""Sets limits of the package before a server starts: see `start_server`."""


@dataclass(frozen=True)
class Server:
    """A running server: its address, a client for it, and its process."""

    url: str
    client: httpx.Client
    process: subprocess.Popen[bytes]
    errors: Path

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return httpx.URL(self.url).port or 80

    def query(self, text: str, **headers: str) -> httpx.Response:
        """Ask by GET."""
        return self.client.get(
            "/sparql",
            params={"query": text},
            headers={k.replace("_", "-"): v for k, v in headers.items()},
        )

    def children(self) -> list[int]:
        """Return the ids of all processes below the server's."""
        return _descendants(self.process.pid)


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):  # it ended meanwhile
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children = [int(child) for child in (thread / "children").read_text().split()]
            for child in children:
                found += [child, *_descendants(child)]
    return found


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start servers: ``start_server("--store", path, AGENDAGRAPH_ROW_LIMIT="5")``.

    The keyword ``constants`` sets limits that are no settings, in the server's process only: its
    keys are ``module:NAME`` or, for the default of a dataclass, ``module:Class.field``.
    """
    with contextlib.ExitStack() as stack:
        servers: list[Server] = []

        def start(*arguments: object, **variables: Any) -> Server:  # noqa: ANN401 - see above
            errors = tmp_path_factory.mktemp("server") / "stderr.txt"
            servers.append(stack.enter_context(running_server(errors, *arguments, **variables)))
            return servers[-1]

        yield start
        for server in servers:  # all of them end at the same time
            server.process.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def running_server(
    errors: Path,
    *arguments: object,
    constants: dict[str, float] | None = None,
    **variables: str,
) -> Iterator[Server]:
    """Run ``agendagraph serve`` until the end of the block."""
    code = _SET_CONSTANTS.format(constants=constants) if constants else ""
    command = [sys.executable, "-c", code + "from agendagraph.cli import main; main()", "serve"]
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "--port", "0", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **variables},
        )
    try:
        url = _address(process, errors)
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Server(url, client, process, errors)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        assert process.stdout is not None
        process.stdout.close()


def _address(process: subprocess.Popen[bytes], errors: Path) -> str:
    """Read the address that the server prints when it answers."""
    assert process.stdout is not None
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        ready, _, _ = select.select([process.stdout], [], [], 0.2)
        line = process.stdout.readline().decode() if ready else ""
        if line.startswith("Serving "):
            return line.split()[1].removesuffix("/sparql")
        if process.poll() is not None:
            break
    raise AssertionError(f"the server did not start: {errors.read_text()}")


def synthetic_quads(elements: int) -> Iterator[str]:
    """Yield N-Quads: *elements* things in four graphs, with labels in two languages."""
    for i in range(elements):
        graph = f"<{EX}g{i % 4}>"
        yield f"<{EX}e{i}> <{EX}type> <{EX}Thing> {graph} .\n"
        yield f'<{EX}e{i}> <{EX}label> "element {i}"@en {graph} .\n'
        yield f'<{EX}e{i}> <{EX}label> "요소 {i}"@ko {graph} .\n'
        yield f'<{EX}e{i}> <{EX}number> "{i}"^^<{INTEGER}> {graph} .\n'
        yield f"<{EX}e{i}> <{EX}partOf> <{EX}e{i // 8}> {graph} .\n"


@pytest.fixture(scope="session")
def data_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 10,000 quads in four graphs."""
    path = tmp_path_factory.mktemp("data") / "synthetic.nq"
    path.write_text("".join(synthetic_quads(2000)))
    return path


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server], data_file: Path) -> Server:
    """One server over the synthetic data, shared by all tests that do not change it."""
    return start_server("--store", data_file, "--query-limit-s", "2", "--memory-limit-mib", "512")


@pytest.fixture
def serving(tmp_path: Path) -> Callable[..., contextlib.AbstractContextManager[Server]]:
    """Run a server for the length of a ``with`` block; arguments are as for start_server."""
    return lambda *arguments, **variables: running_server(
        tmp_path / "stderr.txt", *arguments, **variables
    )


@pytest.fixture
def canary() -> Iterator[tuple[int, list[object]]]:
    """A port of loopback to which no connection may be made, and the connections made."""
    connected: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def watch() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, client = listener.accept()
                    connected.append(client)
                    connection.close()

        threading.Thread(target=watch, daemon=True).start()
        yield listener.getsockname()[1], connected
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser, without a window; for one module, because its event loop disturbs others."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield started
        started.close()
