"""LOAD adds what a named host sends, as an upload would; otherwise nothing has changed."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest

from agendagraph.namespaces import GRAPH
from agendagraph.server.engine.federation.hosts import NamedHosts
from agendagraph.server.engine.federation.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from conftest import Names, Server, Stranger

TURTLE = "@prefix ex: <http://example.org/> . ex:new ex:name 'new' . <#this> ex:in <> ."
HERE = "http://example.org/loaded"
RDF_XML = """<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">
<r:Description r:about="urn:s"><u:p r:resource="urn:o"/></r:Description></r:RDF>"""


@pytest.fixture
def document(stranger: Stranger, there: str, server: Server) -> str:
    """The address of a document in Turtle; the graph that tests load into is gone before."""
    stranger.answers["/doc"] = lambda handler: handler.send(TURTLE.encode(), "text/turtle")
    assert server.update(f"DROP SILENT GRAPH <{HERE}>").status_code == 204
    return there.replace("/sparql", "/doc")


def held(server: Server) -> list[dict[str, str]]:
    """Return what the graph that tests load into holds."""
    return server.rows(f"SELECT * {{ GRAPH <{HERE}> {{ ?s ?p ?o }} }}")


def test_a_document_is_added_to_a_graph(server: Server, stranger: Stranger, document: str) -> None:
    done = server.update(f"LOAD <{document}> INTO GRAPH <{HERE}>")

    assert done.status_code == 204
    assert [(row["s"], row["o"]) for row in held(server)] == [
        ("<http://example.org/new>", '"new"'),
        (f"<{document}#this>", f"<{document}>"),
    ]
    ((method, _, headers, _),) = stranger.hits
    assert method == "GET"
    assert headers["accept"].startswith("text/turtle")
    assert headers["accept-encoding"] == "identity"


def test_a_document_is_added_to_the_default_graph_and_undone_by_name(
    server: Server, document: str
) -> None:
    done = server.update(
        f"PREFIX d: <{document.removesuffix('doc')}> LOAD SILENT d:doc ;"
        " DELETE WHERE { ?s <http://example.org/in> ?o }"
    )

    assert done.status_code == 204
    names = server.rows("SELECT ?n { <http://example.org/new> <http://example.org/name> ?n }")
    assert names == [{"n": '"new"'}]
    assert server.update("DELETE WHERE { <http://example.org/new> ?p ?o }").status_code == 204


def test_it_is_one_transaction_with_the_other_operations(server: Server, document: str) -> None:
    update = (
        f"INSERT DATA {{ GRAPH <{HERE}> {{ <urn:a> <urn:p> 1 }} }} ;"
        f" LOAD <{document}> INTO GRAPH <{HERE}> ; LOAD <{document}x> INTO GRAPH <{HERE}>"
    )

    failed = server.update(update)

    assert failed.status_code == 502
    assert held(server) == []
    assert server.update(update.replace(f"LOAD <{document}x>", f"LOAD SILENT <{document}x>"))
    assert len(held(server)) == 3


def test_operations_see_what_was_loaded_before_them(server: Server, document: str) -> None:
    done = server.update(
        f"LOAD <{document}> INTO GRAPH <{HERE}> ;"
        f" DELETE {{ GRAPH <{HERE}> {{ ?s ?p ?o }} }}"
        f" WHERE {{ GRAPH <{HERE}> {{ ?s ?p 'new' . ?s ?p ?o }} }}"
    )

    assert done.status_code == 204
    assert [row["s"] for row in held(server)] == [f"<{document}#this>"]


@pytest.mark.parametrize(
    ("media_type", "sent"),
    [
        ("application/n-triples", "<urn:s> <urn:p> <urn:o> ."),
        ("text/turtle; charset=UTF-8", "<urn:s> <urn:p> <urn:o> ."),
        ("application/ld+json", '{"@id": "urn:s", "urn:p": {"@id": "urn:o"}}'),
        (
            "application/rdf+xml",
            RDF_XML,
        ),
    ],
)
def test_every_format_of_an_upload_is_read(
    server: Server, stranger: Stranger, document: str, media_type: str, sent: str
) -> None:
    stranger.answers["/doc"] = lambda handler: handler.send(sent.encode(), media_type)

    assert server.update(f"LOAD <{document}> INTO GRAPH <{HERE}>").status_code == 204
    assert held(server) == [{"s": "<urn:s>", "p": "<urn:p>", "o": "<urn:o>"}]


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaa">]><rdf:RDF'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
)


@pytest.mark.parametrize("silent", ["", "SILENT"])
@pytest.mark.parametrize(
    ("media_type", "sent", "word"),
    [
        ("text/turtle", "<urn:s> <urn:p> ", "document-syntax"),
        ("text/turtle", "<<" * 100_000, "nesting"),
        ("text/html", "<html>", "as text/html; expected text/turtle"),
        ("application/rdf+xml", ENTITIES, "entities"),
        ("application/ld+json", '{"@context": "http://127.0.0.1/c", "a": 1}', "document-syntax"),
        ("text/turtle; charset=utf-16", "", "utf-16"),
    ],
)
def test_what_cannot_be_read_changes_nothing(
    server: Server,
    stranger: Stranger,
    document: str,
    media_type: str,
    sent: str,
    word: str,
    silent: str,
) -> None:
    stranger.answers["/doc"] = lambda handler: handler.send(sent.encode(), media_type)

    answer = server.update(f"LOAD {silent} <{document}> INTO GRAPH <{HERE}>")

    assert answer.status_code == (204 if silent else 502)
    assert silent or word in answer.json()["detail"]
    assert held(server) == []
    assert server.rows(f"SELECT ?g {{ GRAPH ?g {{}} FILTER(?g = <{HERE}>) }}") == []


def test_too_large_a_document_is_refused(
    serving: Callable[..., AbstractContextManager[Server]],
    stranger: Stranger,
    names: Names,
    document: str,
    tmp_path: Path,
) -> None:
    host = f"named.example:{stranger.port}"
    outgoing = Outgoing(NamedHosts([host]), resolve=names.resolve, may_connect=lambda _: True)
    stranger.answers["/doc"] = lambda handler: handler.send(b"#" * (1 << 21), "text/turtle")

    with serving(tmp_path, outgoing, host, body_limit_mib=1) as server:
        answer = server.update(f"LOAD <{document}>")

    assert answer.status_code == 413
    assert answer.json()["limit"] == 1 << 20


def test_a_document_without_an_end_is_refused(
    server: Server, stranger: Stranger, document: str
) -> None:
    """A Turtle document that breaks off may be a document; without a length nobody can tell."""

    def open_end(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/turtle")
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(b"<urn:a> <urn:b> <urn:c> .")
        handler.close_connection = True

    stranger.answers["/doc"] = open_end

    answer = server.update(f"LOAD <{document}> INTO GRAPH <{HERE}>")

    assert answer.status_code == 502
    assert "no length" in answer.json()["detail"]


@pytest.mark.parametrize(
    "location", ["/doc", "//named.example:{port}/doc", "http://named.example:{port}/doc"]
)
def test_a_redirect_to_a_named_host_is_followed(
    server: Server, stranger: Stranger, document: str, location: str
) -> None:
    place = location.format(port=stranger.port)
    stranger.answers["/old"] = lambda handler: handler.send(b"", "text/plain", 303, Location=place)

    done = server.update(f"LOAD <{document.replace('/doc', '/old')}> INTO GRAPH <{HERE}>")

    assert done.status_code == 204, done.text
    assert f"<{document}#this>" in [row["s"] for row in held(server)]
    assert [hit[2]["host"] for hit in stranger.hits] == [f"named.example:{stranger.port}"] * 2


@pytest.mark.parametrize(
    ("location", "status"),
    [
        ("http://127.0.0.1:{port}/doc", 403),
        ("//127.0.0.1:{port}/doc", 403),
        ("http://named.example@127.0.0.1:{port}/doc", 403),
        ("http://169.254.169.254/latest/meta-data/", 403),
        ("http://mixed.example:{port}/doc", 403),
        ("file:///etc/passwd", 403),
        ("/old", 502),
        ("http://[", 403),
    ],
)
def test_a_redirect_to_anywhere_else_is_not(
    server: Server,
    stranger: Stranger,
    canary: Stranger,
    names: Names,
    document: str,
    location: str,
    status: int,
) -> None:
    names.known["mixed.example"] = [["127.0.0.2", "127.0.0.1"]]
    place = location.format(port=stranger.port)
    stranger.answers["/old"] = lambda handler: handler.send(b"", "text/plain", 302, Location=place)

    answer = server.update(f"LOAD <{document.replace('/doc', '/old')}> INTO GRAPH <{HERE}>")

    assert answer.status_code == status
    assert canary.hits == []
    assert held(server) == []


def test_a_slow_document_gets_half_of_the_time_and_stops_no_other_update(
    server: Server, stranger: Stranger, document: str
) -> None:
    over = Event()
    stranger.answers["/doc"] = lambda _: over.wait(20)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(server.update, f"LOAD <{document}> INTO GRAPH <{HERE}>")
        other = server.update(
            "INSERT DATA { <urn:x> <urn:y> 1 } ; DELETE DATA { <urn:x> <urn:y> 1 }"
        )
        answer = waiting.result()
    over.set()

    assert other.elapsed.total_seconds() < server.limit_s / 2
    assert (answer.status_code, answer.json()["limit_s"]) == (504, server.limit_s / 2)


def test_an_update_may_call_service(server: Server, there: str, document: str) -> None:
    """Both at once: the document, and solutions of the endpoint, by the same rules."""
    done = server.update(
        f"PREFIX ex: <http://example.org/> LOAD <{document}> INTO GRAPH <{HERE}> ;\n"
        f"DELETE {{ GRAPH <{HERE}> {{ ?s ex:in ?o }} }}\n"
        f"INSERT {{ GRAPH <{HERE}> {{ ?k ex:aged ?a }} }}\n"
        f"WHERE {{ {{ ?k ex:name ?n SERVICE <{there}> {{ ?k ex:age ?a }} }}\n"
        f" UNION {{ GRAPH <{HERE}> {{ ?s ex:in ?o }} }} }}"
    )

    assert done.status_code == 204, done.text
    assert [(row["s"], row["o"][:3]) for row in held(server)] == [
        ("<http://example.org/a>", '"1"'),
        ("<http://example.org/b>", '"2"'),
        ("<http://example.org/new>", '"ne'),
    ]


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ("LOAD", 400),
        ("LOAD <@> INTO <urn:g>", 400),
        ("LOAD ?where", 400),
        ("LOAD <@> ; INSERT DATA { ?x ?y ?z }", 400),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE ?x { ?s ?p ?o } }", 400),
        (" ; ".join(["LOAD <@>"] * 11), 400),
        ("INSERT DATA { <urn:a> <urn:load> 'LOAD <http://127.0.0.1/>' } # SERVICE", 204),
    ],
)
def test_updates_that_ask_nobody(
    server: Server, stranger: Stranger, document: str, update: str, status: int
) -> None:
    answer = server.update(update.replace("@", document))

    assert answer.status_code == status, answer.text
    assert stranger.hits == []


def test_the_history_cannot_be_loaded_into(server: Server, document: str) -> None:
    answer = server.update(f"LOAD <{document}> INTO GRAPH <{GRAPH}updates>")

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/reserved-graph")


def test_what_is_loaded_must_keep_to_the_shapes(
    serving: Callable[..., AbstractContextManager[Server]],
    stranger: Stranger,
    names: Names,
    document: str,
    tmp_path: Path,
) -> None:
    host = f"named.example:{stranger.port}"
    outgoing = Outgoing(NamedHosts([host]), resolve=names.resolve, may_connect=lambda _: True)
    wrong = "<urn:goal> a <https://w3id.org/agendagraph/ns#Goal> ."
    stranger.answers["/doc"] = lambda handler: handler.send(wrong.encode(), "text/turtle")

    with serving(tmp_path, outgoing, host, validated_graphs=GRAPH, query_limit_s=30) as server:
        refused = server.update(f"LOAD SILENT <{document}> INTO GRAPH <{GRAPH}test>")
        elsewhere = server.update(f"LOAD <{document}> INTO GRAPH <urn:not-validated>")

    assert (refused.status_code, elsewhere.status_code) == (422, 204)
