"""A server that may ask others, and the others: real ones, on loopback, ended by their test.

The names of hosts end in ``.example`` and mean what a test says; the rule that forbids
loopback is replaced by way of the constructor, which is the only way there is.
"""

from __future__ import annotations

import contextlib
import http.server
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest
import uvicorn

from agendagraph.server.engine.federation.hosts import NamedHosts
from agendagraph.server.engine.federation.outgoing import Outgoing
from agendagraph.server.engine.federation.service_calls import CallLimits
from agendagraph.server.http.app import create_app
from agendagraph.server.http.startup import find_data
from agendagraph.server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EX = "http://example.org/"
LIMIT_S = 3.0
ROWS = 500
TOKEN = "geheim-geheim-geheim"
LOCAL = f"""
@prefix ex: <{EX}> .
ex:a ex:name "a" ; ex:knows ex:b .
ex:b ex:name "b" ; ex:knows ex:c .
ex:c ex:name "c" .
ex:d ex:name "d" ; ex:knows ex:a .
"""
REMOTE = f"""
@prefix ex: <{EX}> .
ex:a ex:age 1 ; ex:likes ex:c .
ex:b ex:age 2 ; ex:nick "bee"@en, "비"@ko .
ex:x ex:age 9 ; ex:likes ex:a ; ex:says 'a "quoted" line\\n\\\\ and }} more' .
ex:y ex:age 2 .
"""


class Stranger(http.server.ThreadingHTTPServer):
    """Another server: an endpoint at ``/sparql``, documents, and all that can go wrong.

    Attributes:
        hits: The requests that came: method, path, headers and body.
        answers: What to send at a path: a function that writes to the handler.
    """

    daemon_threads = True

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        """Listen at *address*."""
        super().__init__((address, port), _Handler)
        self.store = ox.Store()
        self.store.load(REMOTE.encode(), format=ox.RdfFormat.TURTLE)
        self.hits: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: dict[str, Callable[[_Handler], None]] = {}

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that have gone."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Stranger

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.hits.append((self.command, self.path, headers, body))
        special = self.server.answers.get(self.path)
        if special is not None:
            special(self)
        elif self.path == "/sparql":
            (query,) = parse_qs(body.decode())["query"]
            results = self.server.store.query(query)
            data = results.serialize(format=ox.QueryResultsFormat.JSON)  # type: ignore[union-attr, call-arg]
            self.send(data or b"", "application/sparql-results+json")
        else:
            self.send(b"nothing here", "text/plain", 404)

    def send(self, data: bytes, content_type: str, status: int = 200, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        headers.setdefault("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(data)


@contextlib.contextmanager
def listening(stranger: Stranger) -> Iterator[Stranger]:
    """Let a stranger answer until the end of the block."""
    thread = threading.Thread(target=stranger.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield stranger
    finally:
        stranger.shutdown()
        thread.join()
        stranger.server_close()


@dataclass
class Names:
    """What hosts' names stand for; a list of lists is one answer after the other.

    Attributes:
        asked: The names that were resolved.
    """

    known: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def resolve(self, host: str, _port: int) -> list[str]:
        """Return the addresses of a host."""
        self.asked.append(host)
        answers = self.known.get(host)
        if answers is None:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass(frozen=True)
class Server:
    """A running server of ours: its address and a client for it."""

    url: str
    client: httpx.Client
    limit_s = LIMIT_S
    most_rows = ROWS

    def query(self, text: str, **headers: str) -> httpx.Response:
        """Ask by GET, for SPARQL JSON unless *headers* say otherwise."""
        return self.client.get("/sparql", params={"query": text}, headers=headers)

    def update(self, text: str) -> httpx.Response:
        """Send an update."""
        headers = {"content-type": "application/sparql-update", "authorization": f"Bearer {TOKEN}"}
        return self.client.post("/update", content=text.encode(), headers=headers)

    def rows(self, text: str) -> list[dict[str, str]]:
        """Return the rows of a SELECT as N-Triples terms, sorted."""
        answer = self.query(text)
        assert answer.status_code == 200, answer.text
        return rows_of(answer.content)


def rows_of(answer: bytes) -> list[dict[str, str]]:
    """Return the rows of SPARQL JSON as N-Triples terms, sorted."""
    found = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    rows = [{n: str(term) for n in names if (term := row[n]) is not None} for row in found]
    return sorted(rows, key=lambda row: sorted(row.items()))


@contextlib.contextmanager
def running(
    folder: Path, outgoing: Outgoing | None, *hosts: str, **settings: object
) -> Iterator[Server]:
    """Run a writable server over an empty store, in a thread, until the end of the block."""
    wanted = {
        "store": str(folder / "store"),
        "empty": True,
        "writable": True,
        "token": TOKEN,
        "default_graph": "own",
        "query_limit_s": LIMIT_S,
        "service_hosts": hosts,
        "query_log": "",
        "validated_graphs": "",
    }
    made = Settings.model_validate({**wanted, **settings})
    snapshot, directory = find_data(made)
    ready = threading.Event()
    calls = None if outgoing is None else (outgoing, CallLimits(body_bytes=1 << 20, rows=ROWS))
    app = create_app(
        made, snapshot, directory=directory, on_ready=lambda _: ready.set(), calls=calls
    )
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(60)
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Server(url, client)
    finally:
        server.should_exit = True
        thread.join(20)
        if directory is not None:
            directory.close()


def send_local(server: Server) -> None:
    """Give a server the local part of the data."""
    headers = {"content-type": "text/turtle", "authorization": f"Bearer {TOKEN}"}
    assert server.client.put("/graphs?default", content=LOCAL, headers=headers).status_code < 300


@pytest.fixture(scope="session")
def stranger() -> Iterator[Stranger]:
    """The named host, at 127.0.0.2."""
    with listening(Stranger("127.0.0.2")) as made:
        yield made


@pytest.fixture(scope="session")
def canary(stranger: Stranger) -> Iterator[Stranger]:
    """A server at 127.0.0.1 and the stranger's port, that must never be asked."""
    with listening(Stranger("127.0.0.1", stranger.port)) as made:
        yield made


@pytest.fixture(scope="session")
def names() -> Names:
    """What names stand for in this session."""
    return Names({"named.example": [["127.0.0.2"]]})


@pytest.fixture(scope="session")
def server(
    stranger: Stranger, names: Names, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that may ask the stranger by its name; 127.0.0.2 counts as public."""
    hosts = [f"{name}.example:{stranger.port}" for name in ("named", "mixed", "moving", "gone")]
    outgoing = Outgoing(
        NamedHosts(hosts), resolve=names.resolve, may_connect=lambda it: it == "127.0.0.2"
    )
    with running(tmp_path_factory.mktemp("federation"), outgoing, *hosts) as made:
        send_local(made)
        yield made


@pytest.fixture(scope="session")
def data() -> tuple[str, str]:
    """The data that is here and the data that is there, in Turtle."""
    return LOCAL, REMOTE


@pytest.fixture(scope="session")
def serving() -> Callable[..., contextlib.AbstractContextManager[Server]]:
    """Run a server of ours for the length of a ``with`` block; see `running`."""
    return running


@pytest.fixture
def there(stranger: Stranger) -> Iterator[str]:
    """The stranger's endpoint as a query names it."""
    stranger.hits.clear()
    yield f"http://named.example:{stranger.port}/sparql"
    stranger.answers.clear()


@pytest.fixture
def pausing(there: str) -> Iterator[Callable[[Stranger], None]]:
    """Let a stranger answer nothing until the test is over."""
    del there
    over = threading.Event()
    yield lambda stranger: stranger.answers.update({"/sparql": lambda _: over.wait(20)})  # type: ignore[func-returns-value]
    over.set()


@pytest.fixture
def secure(certificate: Path) -> Iterator[Stranger]:
    """A server at 127.0.0.2 that speaks TLS with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    made = Stranger("127.0.0.2")
    made.socket = context.wrap_socket(made.socket, server_side=True)
    with listening(made):
        yield made
