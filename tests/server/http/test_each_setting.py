"""Each setting and limit does what it says; those that are missing here have tests nearer.

Rows, sizes of answers, bodies, connections, head and body times:
tests/server/http/test_limits.py and tests/hostile. Tokens: tests/server/updates/test_auth.py.
Other stores: tests/peers. SERVICE: tests/server/engine/federation. Memory:
tests/server/engine/test_crash_diagnosis.py. `SEND_TIMEOUT_S`: tests/hostile/test_connections.py.
"""

from __future__ import annotations

import itertools
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Server

    Serving = Callable[..., AbstractContextManager[Server]]

EX = "http://example.org/"
TOKEN = "a-token-of-the-tests-of-settings"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PUBLIC = "https://kg.example/agenda"
PROXY = "127.0.0.9"
SCHEDULER = "agendagraph.server.engine.scheduler:SchedulerLimits"
SHUTDOWN = "agendagraph.server.http.connections.server:SHUTDOWN_S"


@pytest.fixture(scope="module")
def narrow(start_server: Callable[..., Server], data_file: Path) -> Server:
    """A server with little room for queries, behind a proxy."""
    return start_server(
        *("--store", data_file, "--workers", "2", "--query-limit-s", "1"),
        constants={
            f"{SCHEDULER}.client_waiting": 1,
            f"{SCHEDULER}.client_slow": 1,
            f"{SCHEDULER}.waiting": 3,
            "agendagraph.server.http.endpoint:QUERY_BYTES": 1 << 10,
            "agendagraph.server.engine.engine:EngineLimits.spool_bytes": 1 << 20,
            "agendagraph.server.http.state:MAX_AGE_S": 7,
        },
        AGENDAGRAPH_PUBLIC_URL=PUBLIC + "/",
        AGENDAGRAPH_TRUSTED_PROXIES=f"127.0.0.8, {PROXY}",
    )


_numbers = itertools.count()


def endless_from(server: Server, address: str, forwarded: Iterable[str]) -> list[httpx.Response]:
    """Ask endless queries at once, from a loopback address, one for each X-Forwarded-For."""
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(base_url=server.url, transport=transport, timeout=20) as client:

        def ask(header: str) -> httpx.Response:
            query = f"{ENDLESS} #{next(_numbers)}"
            return client.get(
                "/sparql", params={"query": query}, headers={"X-Forwarded-For": header}
            )

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(ask, forwarded))


def test_a_forged_header_of_a_stranger_makes_no_other_client_of_him(narrow: Server) -> None:
    answers = endless_from(narrow, "127.0.0.1", [f"203.0.113.{i}" for i in range(8)])

    assert 429 in {answer.status_code for answer in answers}


def test_a_trusted_proxy_tells_clients_apart(narrow: Server) -> None:
    answers = endless_from(narrow, PROXY, [f"203.0.113.{i}" for i in range(8)])

    assert {answer.status_code for answer in answers} <= {503, 504}


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("203.0.113.{i}, 198.51.100.7", id="the rightmost is believed"),
        pytest.param("203.0.113.{i}, 198.51.100.7, 127.0.0.8", id="the rightmost untrusted"),
        pytest.param("127.0.0.{i}, 198.51.100.7", id="a forged loopback"),
    ],
)
def test_behind_a_trusted_proxy_only_its_own_word_counts(narrow: Server, header: str) -> None:
    answers = endless_from(narrow, PROXY, [header.format(i=i) for i in range(8)])

    assert 429 in {answer.status_code for answer in answers}


def test_a_full_queue_is_answered_at_once(narrow: Server) -> None:
    answers = endless_from(narrow, PROXY, [f"203.0.113.{i}" for i in range(8)])
    rejected = [a for a in answers if a.status_code == 503 and a.elapsed.total_seconds() < 0.7]

    assert rejected
    assert {answer.json()["type"].rpartition("/")[2] for answer in rejected} == {"busy"}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in rejected)


@pytest.mark.parametrize(("size", "status"), [(1024, 200), (1025, 413)])
def test_a_query_text_may_be_so_long(narrow: Server, size: int, status: int) -> None:
    text = "ASK {} #".ljust(size, "x")

    for answer in (narrow.query(text), narrow.client.post("/sparql", data={"query": text})):
        assert answer.status_code == status, answer.text
        assert status == 200 or answer.json()["limit"] == 1024


def test_an_answer_that_the_disk_may_not_hold_is_refused(narrow: Server) -> None:
    everything = narrow.query("SELECT * { ?s ?p ?o . ?s ?q ?r }", Accept="text/csv")

    assert (everything.status_code, everything.json()["why"]) == (503, "spool")
    assert int(everything.headers["retry-after"]) > 0
    assert narrow.query("SELECT * { ?s ?p ?o } LIMIT 9").status_code == 200


def test_a_client_may_keep_an_answer_so_long(narrow: Server) -> None:
    assert narrow.query("ASK {}").headers["cache-control"] == "public, max-age=7"


def test_clients_see_the_public_address(narrow: Server) -> None:
    relative = narrow.query("SELECT (<x> AS ?x) {}", Accept="text/csv").text
    description = narrow.client.get("/sparql", headers={"Accept": "application/n-triples"}).text

    assert relative.split() == ["x", f"{PUBLIC}/x"]
    assert f"sparql-service-description#endpoint> <{PUBLIC}/sparql>" in description
    assert narrow.url not in description


@pytest.fixture(scope="module")
def own(start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A writable server whose default graph is one of its own."""
    server = start_server(
        *("--store", tmp_path_factory.mktemp("own") / "store", "--empty", "--writable"),
        *("--query-limit-s", "20"),
        AGENDAGRAPH_TOKEN=TOKEN,
        AGENDAGRAPH_DEFAULT_GRAPH="own",
        AGENDAGRAPH_UPDATE_LIMIT_S="2",
        constants={"agendagraph.server.updates.writer_client:UpdateLimits.waiting": 1},
    )
    server.client.headers["Authorization"] = f"Bearer {TOKEN}"
    written = update(
        server, f"INSERT DATA {{ <{EX}own> a 1 . GRAPH <{EX}g> {{ <{EX}named> a 2 }} }}"
    )
    assert written.status_code == 204, written.text
    return server


def update(server: Server, text: str) -> httpx.Response:
    return server.client.post("/update", data={"update": text})


def subjects(server: Server, query: str, **parameters: str) -> list[str]:
    answer = server.client.get(
        "/sparql", params={"query": query, **parameters}, headers={"Accept": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    return sorted(line.removeprefix(EX) for line in answer.text.split()[1:])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("SELECT ?s { ?s a ?o }", ["own"], id="the default graph is its own"),
        pytest.param(f"SELECT ?s {{ GRAPH <{EX}g> {{ ?s a ?o }} }}", ["named"], id="a named one"),
        pytest.param("SELECT ?s FROM <http://example.org/g> { ?s a ?o }", ["named"], id="FROM"),
        pytest.param(
            "SELECT ?s FROM NAMED <http://example.org/g> { ?s a ?o }", [], id="FROM NAMED only"
        ),
    ],
)
def test_a_default_graph_of_its_own(own: Server, query: str, found: list[str]) -> None:
    assert subjects(own, query) == found


def test_a_dataset_of_the_request_outranks_it(own: Server) -> None:
    parameters = {"default-graph-uri": f"{EX}g"}

    assert subjects(own, "SELECT ?s { ?s a ?o }", **parameters) == ["named"]


def test_the_graph_store_names_the_same_default_graph(own: Server) -> None:
    text = own.client.get("/graphs?default", headers={"Accept": "application/n-triples"}).text

    assert [line.split()[0] for line in text.splitlines()] == [f"<{EX}own>"]


def test_the_description_says_which_it_is(own: Server, server: Server) -> None:
    texts = [
        each.client.get("/sparql", headers={"Accept": "application/n-triples"}).text
        for each in (own, server)
    ]

    assert ["#UnionDefaultGraph>" in text for text in texts] == [False, True]
    default = next(
        line for line in texts[0].splitlines() if "default-graph> <" in line and "#triples>" in line
    )
    assert '"1"' in default


def test_updates_have_a_time_limit_and_a_queue_of_their_own(own: Server) -> None:
    """One runs, one waits, and the third gets 503 with Retry-After."""
    values = "VALUES ?{} {{ " + " ".join(map(str, range(300))) + " }} "
    pattern = "".join(values.format(f"v{i}") for i in range(5))
    text = f"INSERT {{ <{EX}x> <{EX}y> ?v0 }} WHERE {{ {pattern} FILTER(?v0 + ?v4 < 0) }}"
    with ThreadPoolExecutor(3) as pool:
        began = time.perf_counter()
        running = pool.submit(update, own, text)
        time.sleep(0.5)
        waiting = pool.submit(update, own, f"INSERT DATA {{ <{EX}waited> a 1 }}")
        time.sleep(0.3)
        refused = pool.submit(update, own, f"INSERT DATA {{ <{EX}refused> a 1 }}").result()

        assert (refused.status_code, refused.json()["why"]) == (503, "updates")
        assert int(refused.headers["retry-after"]) > 0
        stopped = running.result()
        assert (stopped.status_code, stopped.json()["limit_s"]) == (504, 2)
        assert 1.5 < time.perf_counter() - began < 6
        assert waiting.result().status_code == 204
    assert subjects(own, "SELECT ?s { ?s a 1 }") == ["own", "waited"]


def test_the_moment_from_which_a_query_is_slow(
    start_server: Callable[..., Server], data_file: Path
) -> None:
    """With two workers, a lookup waits until the endless query beside it counts as slow."""
    server = start_server(
        *("--store", data_file, "--workers", "2", "--query-limit-s", "2"),
        constants={f"{SCHEDULER}.slice_s": 1.0},
    )
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(server.query, ENDLESS)
        time.sleep(0.3)
        first = server.query("ASK { ?s ?p 1 }").elapsed.total_seconds()
        second = server.query("ASK { ?s ?p 2 }").elapsed.total_seconds()
        assert endless.result().status_code == 504

    assert first > 0.5
    assert second < 0.3


def test_running_requests_get_so_long_at_shutdown(serving: Serving, data_file: Path) -> None:
    """A query that ends in that time is answered; another gets 503, shutdown."""
    with (
        serving("--store", data_file, constants={SHUTDOWN: 1.4}) as server,
        ThreadPoolExecutor(2) as pool,
    ):
        endless = pool.submit(server.query, ENDLESS)
        short = {"query": f"{ENDLESS} #", "timeout": "1"}
        ending = pool.submit(server.client.get, "/sparql", params=short)
        time.sleep(0.5)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)

        assert ending.result().json()["type"].endswith("/time-limit")
        answer = endless.result()
        assert (answer.status_code, answer.json()["why"]) == (503, "shutdown")
        assert 1.2 < time.monotonic() - began < 3
        assert server.process.wait(10) == 0


def test_data_that_is_not_the_shipped_graph_is_not_validated(
    serving: Serving, data_file: Path, tmp_path: Path
) -> None:
    with serving("--store", data_file, XDG_CACHE_HOME=str(tmp_path / "cache")) as server:
        time.sleep(0.3)

        assert server.client.get("/ready").json()["validation"] == "not checked"
        assert not (tmp_path / "cache").exists()
