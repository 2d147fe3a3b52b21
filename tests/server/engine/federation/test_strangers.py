"""Whatever another server sends, or does not send, is an error that says so, and no more."""

from __future__ import annotations

import contextlib
import gzip
import json
import shutil
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from agendagraph.server.engine.federation.hosts import NamedHosts
from agendagraph.server.engine.federation.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from conftest import Server, Stranger

JSON = "application/sparql-results+json"
BOMB = gzip.compress(b" " * (50 << 20))


def answer(*bindings: dict[str, Any], names: tuple[str, ...] = ("s",)) -> bytes:
    """Return SPARQL JSON."""
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode()


def uri(value: str) -> dict[str, Any]:
    """Return a binding of ?s."""
    return {"s": {"type": "uri", "value": value}}


GARBAGE = {
    "nothing": b"",
    "no JSON": b"<html>",
    "other JSON": b"[1, 2]",
    "half": answer(uri("urn:a"), uri("urn:b"))[:-20],
    "more behind the end": answer(uri("urn:a")) + answer(uri("urn:b")),
    "a truth": b'{"head": {}, "boolean": true}',
    "a variable that was not asked for": answer(names=("secret",)),
    "a variable that is code": answer(names=("s) {} } #",)),
    "a variable twice": answer(names=("s", "s")),
    "an IRI that is code": answer(uri("urn:a> } #")),
    "a relative IRI": answer(uri("a")),
    "a language that is code": answer(
        {"s": {"type": "literal", "value": "", "xml:lang": "en } #"}}
    ),
    "a datatype that is code": answer({"s": {"type": "literal", "value": "", "datatype": "x> #"}}),
    "no type of term": answer({"s": {"value": "x"}}),
    "bad UTF-8": answer(uri("urn:a")).replace(b"urn:a", b"urn:\xff"),
    "deep nesting": b'{"head":' + b"[" * 100_000,
    "a deep term": b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":'
    + b'{"type":"triple","value":{"subject":' * 5_000,
}


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_no_answer(server: Server, stranger: Stranger, there: str, sent: bytes) -> None:
    stranger.answers["/sparql"] = lambda handler: handler.send(sent, JSON)
    query = f"SELECT * {{ ?s <urn:p> ?o SERVICE @ <{there}> {{ ?s ?p ?o }} }}"

    loud, silent = server.query(query.replace("@", "")), server.query(query.replace("@", "SILENT"))

    assert loud.status_code in (400, 502, 504)
    assert loud.json()["message"]["ko"]
    assert silent.status_code in (200, 400, 504)
    assert server.query("ASK {}").status_code == 200


@pytest.mark.parametrize(
    "value",
    ['"', "'''", "\\", "\n\r\t", "\x00\x7f", "} # {", "\u2028", "\U0001f600", "?x $y", "{}", "%s"],
)
def test_a_literal_stays_what_it_is(
    server: Server, stranger: Stranger, there: str, value: str
) -> None:
    sent = answer({"s": {"type": "literal", "value": value}})
    stranger.answers["/sparql"] = lambda handler: handler.send(sent, JSON)

    found = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}").json()

    assert [row["s"]["value"] for row in found["results"]["bindings"]] == [value]


def _cut(handler: BaseHTTPRequestHandler, data: bytes, **headers: str) -> None:
    handler.send_response(200)
    for name, value in {"Content-Type": JSON, **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    with contextlib.suppress(OSError):
        handler.wfile.write(data)
        handler.wfile.flush()
        handler.connection.shutdown(2)
    handler.close_connection = True


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        ({"Content-Length": "1000"}, answer(uri("urn:a"))),
        ({"Transfer-Encoding": "chunked"}, b'5\r\n{"hea'),
        ({"Transfer-Encoding": "chunked"}, b"zz\r\n{}"),
        ({}, answer(uri("urn:a"))[:30]),
        ({"Content-Length": "-1"}, b"{}"),
        ({"Content-Length": "2, 3"}, b"{}"),
        ({"X-SPARQL-MaxRows": "1", "Content-Length": "2"}, b"{}"),
        ({"X-SQL-State": "S1TAT", "Content-Length": "2"}, b"{}"),
    ],
)
def test_an_answer_that_is_not_whole_is_no_answer(
    server: Server, stranger: Stranger, there: str, headers: dict[str, str], data: bytes
) -> None:
    stranger.answers["/sparql"] = lambda handler: _cut(handler, data, **headers)

    answered = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")

    assert answered.status_code == 502
    assert answered.json()["host"] == "named.example"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "GZIP", "gzip, gzip"])
def test_a_compressed_answer_is_not_unpacked(
    server: Server, stranger: Stranger, there: str, coding: str
) -> None:
    stranger.answers["/sparql"] = lambda handler: handler.send(BOMB, JSON, Content_Encoding=coding)

    answered = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")

    assert answered.status_code == 502
    assert "compressed" in answered.json()["detail"]


@pytest.mark.parametrize(
    "content_type", ["text/html", "text/csv", "", "application/rdf+xml", "x" * 999]
)
def test_another_type_is_no_answer(
    server: Server, stranger: Stranger, there: str, content_type: str
) -> None:
    stranger.answers["/sparql"] = lambda handler: handler.send(answer(), content_type)

    answered = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")

    assert answered.status_code == 502
    assert "expected SPARQL JSON, SPARQL XML" in answered.json()["detail"]


def test_sparql_xml_is_read_as_well(server: Server, stranger: Stranger, there: str) -> None:
    sent = (
        b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">'
        b'<head><variable name="s"/></head><results><result><binding name="s">'
        b"<uri>urn:a</uri></binding></result></results></sparql>"
    )
    stranger.answers["/sparql"] = lambda handler: handler.send(
        sent, "application/sparql-results+xml; charset=utf-8"
    )

    assert server.rows(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}") == [{"s": "<urn:a>"}]


def test_entities_of_xml_are_not_read(server: Server, stranger: Stranger, there: str) -> None:
    sent = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/></head>'
        b'<results><result><binding name="s"><literal>&b;</literal></binding></result></results>'
        b"</sparql>"
    )
    stranger.answers["/sparql"] = lambda handler: handler.send(
        sent, "application/sparql-results+xml"
    )

    answered = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")

    assert answered.status_code == 502


def test_an_answer_that_drips_is_stopped(server: Server, stranger: Stranger, there: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(100):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.1)

    stranger.answers["/sparql"] = drip

    answered = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")

    assert answered.status_code == 504
    assert answered.elapsed.total_seconds() < server.limit_s


def test_a_client_that_leaves_stops_the_call(
    server: Server, stranger: Stranger, there: str, pausing: Callable[[Stranger], None]
) -> None:
    pausing(stranger)
    params = {"query": f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}"}
    for _ in range(10):  # more than may wait at once for one client
        with pytest.raises(httpx.ReadTimeout):
            server.client.get("/sparql", params=params, timeout=0.3)
        time.sleep(0.05)

    assert server.query("ASK {}").status_code == 200
    assert len(stranger.hits) == 10


def test_more_calls_than_one_client_may_have_are_refused(
    server: Server, stranger: Stranger, there: str, pausing: Callable[[Stranger], None]
) -> None:
    pausing(stranger)
    query = f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}"
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: server.query(query), range(12)))

    statuses = sorted(each.status_code for each in answers)
    assert statuses == [429] * 4 + [504] * 8
    refused = next(each for each in answers if each.status_code == 429)
    assert refused.headers["retry-after"] == "1"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of secure.example, with its key, signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", folder / "key.pem", "-out", folder / "certificate.pem"),
            *("-subj", "/CN=secure.example", "-addext", "subjectAltName=DNS:secure.example"),
        ],
        check=True,
        capture_output=True,
    )
    return folder


def test_the_certificate_must_be_that_of_the_name(
    serving: Callable[..., AbstractContextManager[Server]],
    secure: Stranger,
    certificate: Path,
    tmp_path: Path,
) -> None:
    """The connection goes to an address; name and certificate are held against each other."""
    trusted = ssl.create_default_context(cafile=str(certificate / "certificate.pem"))
    hosts = [f"{name}.example:{secure.port}" for name in ("secure", "other")]
    common: dict[str, Any] = {"resolve": lambda *_: ["127.0.0.2"], "may_connect": lambda _: True}
    query = "SELECT ?a { SERVICE <https://%s/sparql> { <http://example.org/a> ?p ?a } }"

    with serving(tmp_path / "a", Outgoing(NamedHosts(hosts), trusted=trusted, **common)) as server:
        right, wrong = server.query(query % hosts[0]), server.query(query % hosts[1])
    with serving(tmp_path / "b", Outgoing(NamedHosts(hosts), **common)) as server:
        unknown = server.query(query % hosts[0])

    assert right.status_code == 200, right.text
    assert len(right.json()["results"]["bindings"]) == 2
    assert (wrong.status_code, unknown.status_code) == (502, 502)
    assert "certificate" in wrong.json()["detail"].lower()
    assert "certificate" in unknown.json()["detail"].lower()
