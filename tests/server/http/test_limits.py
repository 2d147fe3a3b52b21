"""Whatever a client sends, it gets a status that says what is wrong, and others get answers."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Server

EX = "http://example.org/"
LOOKUP = f"SELECT ?l {{ <{EX}e7> <{EX}label> ?l }}"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ALL = "?s ?p ?o . ?s2 ?p2 ?o2 . ?s3 ?p3 ?o3"

SCHEDULER = "agendagraph.server.engine.scheduler:SchedulerLimits"
HOLD = "agendagraph.server.http.endpoint:HOLD_BYTES"
HEAD_TIMEOUT = "agendagraph.server.http.connections.http_protocol:HeadLimits.head_timeout_s"

HOSTILE = {
    "cartesian count": ENDLESS,
    "cartesian rows": f"SELECT * {{ {ALL} }}",
    "cartesian graph": f"CONSTRUCT {{ ?s ?p2 ?o3 }} WHERE {{ {ALL} }}",
    "sort of everything": f"SELECT * {{ {ALL} }} ORDER BY ?o3 ?o2",
    "distinct of everything": f"SELECT DISTINCT * {{ {ALL} }}",
    "offset beyond": f"SELECT * {{ {ALL} }} OFFSET 999999999999 LIMIT 1",
    "disconnected with a limit": "SELECT * { "
    + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(60))
    + " } ORDER BY ?a1 LIMIT 1",
    "paths everywhere": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>)* ?b . ?c (!<urn:x>)* ?d }",
    "paths both ways": f"SELECT (COUNT(*) AS ?n) {{ ?a (<{EX}partOf>|^<{EX}partOf>)+ ?b }}",
    "group concatenation": f"SELECT (GROUP_CONCAT(?o) AS ?x) {{ {ALL} }}",
    "string doubling": "SELECT ?x { BIND('x' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
    + " BIND(?x40 AS ?x) }",
    "a pattern per row": f"SELECT * {{ {ALL} FILTER(REGEX(STR(?o), CONCAT('(', ?o2, ')+'))) }}",
    "a heavy pattern": f"SELECT * {{ {ALL} FILTER(REGEX(?o, '(\\\\p{{L}}{{1,200}}){{1,50}}x')) }}",
    "hashes": f"SELECT (MAX(SHA512(CONCAT(STR(?s), STR(?o3)))) AS ?m) {{ {ALL} }}",
    "negation": f"SELECT * {{ ?t ?p ?o FILTER NOT EXISTS {{ {ALL} FILTER(?o2 = 0) }} }}",
    "minus": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f MINUS { ?a ?x ?y . ?d ?z ?w } }",
    "optional bomb": "SELECT * { ?s ?p ?o "
    + " ".join(f"OPTIONAL {{ ?s ?p{i} ?o{i} }}" for i in range(20))
    + " }",
    "union bomb": "SELECT (COUNT(*) AS ?n) { "
    + " . ".join("{ ?s ?p ?o } UNION { ?o ?p ?s }" for _ in range(3))
    + " ?x ?y ?z . ?u ?v ?w }",
    "nested groups of groups": "SELECT (COUNT(*) AS ?n) { { SELECT ?p (COUNT(*) AS ?c) { "
    + ALL
    + " } GROUP BY ?p } }",
    "values product": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(60)))} }}" for i in range(6))
    + " }",
    "many aggregates": "SELECT "
    + " ".join(f"(SAMPLE(CONCAT(?o, '{i}')) AS ?x{i})" for i in range(200))
    + f" {{ {ALL} }} GROUP BY ?s",
    "in lists": f"SELECT * {{ {ALL} FILTER(?o IN ({', '.join(map(str, range(5000)))})) }}",
    "random sort": f"SELECT * {{ {ALL} }} ORDER BY RAND()",
    "describe everything": f"DESCRIBE * {{ {ALL} }}",
}

NESTED = {
    "groups": "SELECT * " + "{" * 20_000 + "}" * 20_000,
    "unclosed groups": "SELECT * " + "{" * 60_000,
    "brackets": "SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
    "functions": "SELECT * { BIND(" + "STR(" * 12_000 + "1" + ")" * 12_000 + " AS ?x) }",
    "negations": "SELECT * { FILTER(" + "!" * 50_000 + "true) }",
    "signs": "SELECT * { FILTER(" + "-" * 50_000 + "1) }",
    "conditions": "SELECT * { BIND(" + "IF(1," * 9000 + "1" + ",1)" * 3000 + " AS ?x) }",
    "exists": "ASK " + "{ FILTER EXISTS " * 3000 + "{}" + "}" * 3000,
    "optionals": "ASK " + "{ OPTIONAL " * 4000 + "{}" + "}" * 4000,
    "subqueries": "SELECT * " + "{ SELECT * " * 4500 + "{}" + "}" * 4500,
    "collections": "ASK { ?s ?p " + "(" * 25_000 + "1" + ")" * 25_000 + " }",
    "blank nodes": "ASK { " + "[ ?p " * 9000 + "1" + "]" * 9000 + " ?q ?r }",
    "paths": "ASK { ?s " + "(" * 25_000 + "<urn:p>" + ")" * 25_000 + " ?o }",
    "inverse paths": "ASK { ?s " + "^(" * 15_000 + "<urn:p>" + ")" * 15_000 + " ?o }",
    "triple terms": "ASK { ?s ?p " + "<<( ?a ?b " * 5000 + "1" + " )>>" * 2500 + " }",
    "unions": "ASK { " + "{} UNION " * 6000 + "{} }",
    "or": "ASK { FILTER(" + "1||" * 20_000 + "1) }",
    "plus": "ASK { FILTER(" + "1+" * 30_000 + "1) }",
    "too long": "ASK { " + "{" * 100_000 + "}" * 100_000 + " }",
}


@contextlib.contextmanager
def canary(server: Server) -> Iterator[list[tuple[int, float]]]:
    """Ask lookups beside whatever the block does; collect status and seconds of each."""
    seen: list[tuple[int, float]] = []
    going = True

    def ask() -> None:
        with httpx.Client(base_url=server.url, timeout=20) as client:
            number = 0
            while going:
                number += 1
                began = time.perf_counter()
                query = f"SELECT ?l {{ <{EX}e{number % 2000}> <{EX}label> ?l }} #{number}"
                response = client.get("/sparql", params={"query": query})
                seen.append((response.status_code, time.perf_counter() - began))
                time.sleep(0.01)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(ask)
        try:
            yield seen
        finally:
            going = False
            future.result()


@pytest.fixture(scope="module")
def strict(start_server: Callable[..., Server], data_file: Path) -> Server:
    """A server with small limits."""
    return start_server(
        "--store", data_file, "--query-limit-s", "1", "--memory-limit-mib", "256",
        AGENDAGRAPH_ANSWER_LIMIT_MIB="8", constants={HOLD: 2 << 20},
    )  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_ends_in_time(strict: Server, name: str) -> None:
    began = time.perf_counter()
    try:
        response = strict.query(HOSTILE[name], Accept="text/csv, text/turtle")
        assert response.status_code in (200, 413, 503, 504), response.text
        if response.status_code != 200:
            assert response.json()["message"]["ko"]
    except httpx.RemoteProtocolError:
        pass  # an answer that was broken off, and looks it

    assert time.perf_counter() - began < 4
    assert strict.query(LOOKUP).status_code == 200


@pytest.mark.parametrize("name", NESTED)
def test_a_nested_query_is_answered_or_refused(strict: Server, name: str) -> None:
    response = strict.client.post("/sparql", data={"query": NESTED[name]})

    assert response.status_code in (200, 400, 413, 503, 504), response.text[:300]
    assert strict.query(LOOKUP).status_code == 200


def test_hostile_queries_together_do_not_disturb_a_neighbour(strict: Server) -> None:
    def ask(query: str) -> None:
        with contextlib.suppress(httpx.HTTPError), httpx.Client(timeout=20) as client:
            client.post(f"{strict.url}/sparql", data={"query": query})

    with canary(strict) as seen, ThreadPoolExecutor(12) as pool:
        list(pool.map(ask, [*HOSTILE.values(), *NESTED.values()]))

    assert {status for status, _ in seen} == {200}
    assert sorted(seconds for _, seconds in seen)[int(len(seen) * 0.9)] < 1.0
    assert strict.process.poll() is None


def test_nothing_runs_on_after_hostile_queries(strict: Server) -> None:
    """Killed workers are replaced, and soon no process computes."""
    worked_s, deadline = 1.0, time.monotonic() + 8
    while worked_s >= 0.3 and time.monotonic() < deadline:
        before = cpu_s(strict.children())
        time.sleep(1.0)
        worked_s = cpu_s(strict.children()) - before

    assert worked_s < 0.3
    assert len(strict.children()) < 12


def cpu_s(pids: list[int]) -> float:
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / 100
    return total


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_an_answer_beyond_the_limit_is_no_short_answer(strict: Server, version: str) -> None:
    """It is refused while it is held back, and broken off after that."""
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f }".replace(" ", "%20")
    request = f"GET /sparql?query={query} HTTP/{version}\r\nHost: x\r\nAccept: text/csv\r\n\r\n"

    answer = raw(strict.port, request.encode())

    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " in head.splitlines()[0]:
        assert b"transfer-encoding: chunked" in head
        assert version == "1.1"
        assert not body.endswith(b"0\r\n\r\n")
    else:
        assert b" 413 " in head.splitlines()[0] or b" 504 " in head.splitlines()[0]


def test_a_client_may_ask_for_less_time_and_never_for_more(strict: Server) -> None:
    for timeout, least, most in (("0.2", 0.1, 0.9), ("60", 0.9, 3.0)):
        began = time.perf_counter()
        response = strict.client.get("/sparql", params={"query": ENDLESS, "timeout": timeout})

        assert response.status_code == 504
        assert least < time.perf_counter() - began < most


def test_a_query_whose_client_has_gone_is_stopped(
    start_server: Callable[..., Server], data_file: Path
) -> None:
    server = start_server("--store", data_file, "--query-limit-s", "60")
    query = ENDLESS.replace(" ", "%20")
    request = f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request)
        time.sleep(0.5)
        assert gauge(server, "agendagraph_queries_running") == 1

    deadline = time.monotonic() + 5
    while gauge(server, "agendagraph_queries_running") and time.monotonic() < deadline:
        time.sleep(0.05)

    assert gauge(server, "agendagraph_queries_running") == 0


def gauge(server: Server, name: str) -> float:
    lines = server.client.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name + " "))


def test_too_many_at_once_get_retry_after(
    start_server: Callable[..., Server], data_file: Path
) -> None:
    server = start_server(
        "--store", data_file, "--query-limit-s", "3", "--workers", "2",
        constants={f"{SCHEDULER}.client_waiting": 2, f"{SCHEDULER}.client_slow": 1},
    )  # fmt: skip

    def ask(number: int) -> httpx.Response:
        query = ENDLESS.replace("?a", f"?a{number}")
        return httpx.get(f"{server.url}/sparql", params={"query": query}, timeout=20)

    with ThreadPoolExecutor(12) as pool:
        responses = list(pool.map(ask, range(12)))

    statuses = [response.status_code for response in responses]
    assert set(statuses) <= {429, 503, 504}
    assert statuses.count(429) > 0
    assert all(
        int(response.headers["retry-after"]) > 0
        for response in responses
        if response.status_code in (429, 503)
    )


def test_a_slow_reader_holds_no_worker(
    start_server: Callable[..., Server], data_file: Path
) -> None:
    server = start_server("--store", data_file, "--workers", "2")
    query = "SELECT * { ?s ?p ?o . ?s ?q ?r }".replace(" ", "%20")
    request = f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode()
    readers = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(6)]
    for number, reader in enumerate(readers):
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.sendall(request.replace(b"?s%20?q%20?r", b"?s%%20?q%d%%20?r" % number))
    time.sleep(1.0)

    with canary(server) as seen:
        time.sleep(1.0)

    assert gauge(server, "agendagraph_queries_running") == 0
    assert {status for status, _ in seen} == {200}
    for reader in readers:
        reader.close()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(b"rubbish\r\n\r\n", b"400", id="no HTTP"),
        pytest.param(b"GET /sparql?query=%zz HTTP/1.1\r\nHost: x\r\n\r\n", b"400", id="bad escape"),
        pytest.param(b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\n\r\n", b"414", id="a long address"),
        pytest.param(
            b"GET / HTTP/1.1\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", b"431", id="a huge header"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 20_000 + b"\r\n", b"431", id="many headers"
        ),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 999999999\r\n\r\n",
            b"413",
            id="a huge body announced",
        ),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"400",
            id="two lengths",
        ),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            b"415",
            id="a compressed body",
        ),
    ],
)
def test_requests_that_no_library_would_send(
    server: Server, request_: bytes, status: bytes
) -> None:
    answer = raw(server.port, request_)

    assert answer.split(b" ")[1] == status
    assert b"application/problem+json" in answer
    assert server.query(LOOKUP).status_code == 200


def raw(port: int, data: bytes) -> bytes:
    """Send *data* on a new connection; return what comes until the server closes or pauses."""
    with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
        answer = b""
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while piece := connection.recv(65_536):
                answer += piece
        return answer


def test_clients_that_send_nothing_are_let_go(
    start_server: Callable[..., Server], data_file: Path
) -> None:
    server = start_server("--store", data_file, constants={HEAD_TIMEOUT: 1.0})
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
    for connection in silent[::2]:
        connection.sendall(b"GET /sparql HTTP/1.1\r\nHost: ")

    with canary(server) as seen:
        time.sleep(2.5)

    assert {status for status, _ in seen} == {200}
    for connection in silent:
        connection.settimeout(1)
        answer = connection.recv(65_536)
        assert answer == b"" or b"408" in answer
        connection.close()


def test_the_query_log_has_a_line_for_each_query_and_no_forged_one(
    start_server: Callable[..., Server], data_file: Path, tmp_path: Path
) -> None:
    log = tmp_path / "queries.jsonl"
    server = start_server(
        "--store", data_file, "--query-log", log, AGENDAGRAPH_LOG_QUERY_TEXT="true"
    )
    server.query(LOOKUP)
    server.query(LOOKUP)
    server.query('ASK { # \r\n{"forged": true}\n\x1b[31m')
    time.sleep(0.6)

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["source"], line["outcome"], line["rows"]) for line in lines] == [
        ("worker", "ok", 2),
        ("cache", "ok", 2),
        ("worker", "syntax", None),
    ]
    assert not any("forged" in line for line in lines)
    assert "\x1b" not in log.read_text()
