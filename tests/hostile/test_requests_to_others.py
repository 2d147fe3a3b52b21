"""No request makes the server connect to another host or read a local file (goal G9).

As it is started by default: neither SERVICE nor LOAD is allowed for any host. What is allowed
for named hosts has tests of its own. Every vector is sent to a server that may be written to,
with a token, and to one that may not. ``URL`` stands for the address that nobody may call.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Server

TOKEN = "a-token-of-the-ssrf-tests-0123456789abcdef"
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
TURTLE, XML, JSONLD = "text/turtle", "application/rdf+xml", "application/ld+json"
OTHER = "/graphs?graph=http://e.org/g"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/"'
ALL = "?s ?p ?o"

QUERIES = {
    "SERVICE": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SERVICE SILENT": "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "service in small letters": "SELECT * { service<URL>{ ?s ?p ?o } }",
    "SERVICE by a variable": "SELECT * { VALUES ?x { <URL> } SERVICE ?x { ?s ?p ?o } }",
    "SERVICE by a value": "SELECT * { BIND(IRI('URL') AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "SERVICE by a prefixed name": "PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "SERVICE by a relative name": "BASE <URL> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "SERVICE behind a comment": "SELECT * { #\nSERVICE # <urn:x>\n<URL> { ?s ?p ?o } }",
    "SERVICE by escapes": "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SERVICE in a subquery": "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "SERVICE in EXISTS": "ASK { ?s ?p ?o FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SERVICE in SERVICE": "SELECT * { SERVICE <URL> { SERVICE <URL> { ?s ?p ?o } } }",
    "SERVICE in a template": "CONSTRUCT { ?s ?p ?o } { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }",
    "FROM": "SELECT * FROM <URL> { ?s ?p ?o }",
    "FROM NAMED": "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "FROM a file": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "GRAPH": "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
}
UPDATES = {
    "LOAD": "LOAD <URL>",
    "LOAD SILENT": "LOAD SILENT <URL>",
    "LOAD INTO": "LOAD <URL> INTO GRAPH <http://e.org/g>",
    "LOAD of a file": "LOAD <file:///etc/passwd>",
    "LOAD behind an update": "CREATE SILENT GRAPH <urn:x> ; LOAD <URL>",
    "SERVICE in an update": "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "SERVICE in DELETE": "DELETE { ?s ?p ?o } WHERE { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "USING": "INSERT { ?s ?p ?o } USING <URL> WHERE { ?s ?p ?o }",
    "ADD of a graph elsewhere": "ADD SILENT <URL> TO <http://e.org/g>",
}
UPLOADS = {
    "a JSON-LD context": (JSONLD, '{"@context": "URL", "p": 1}'),
    "a JSON-LD context in a list": (JSONLD, '{"@context": [{"@base": "URL"}, "URL"], "p": 1}'),
    "a JSON-LD context of a property": (
        JSONLD, '{"@context": {"p": {"@id": "urn:p", "@context": "URL"}}, "p": {"q": 1}}'),
    "a JSON-LD context of a type": (
        JSONLD, '{"@context": {"T": {"@id": "urn:T", "@context": "URL"}}, "@type": "T"}'),
    "a JSON-LD import": (JSONLD, '{"@context": {"@version": 1.1, "@import": "URL"}, "p": 1}'),
    "an external entity": (
        XML, f'<!DOCTYPE r [<!ENTITY x SYSTEM "URL">]><rdf:RDF {RDF}><rdf:Description><e:p>&x;</e:p></rdf:Description></rdf:RDF>'),  # noqa: E501
    "an external definition": (XML, f'<!DOCTYPE r SYSTEM "URLx.dtd"><rdf:RDF {RDF}/>'),
    "a parameter entity": (XML, f'<!DOCTYPE r [<!ENTITY % p SYSTEM "URL">%p;]><rdf:RDF {RDF}/>'),
    "a style sheet": (XML, f'<?xml-stylesheet href="URL"?><rdf:RDF {RDF}/>'),
    "an inclusion": (
        XML, f'<rdf:RDF {RDF}><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="URL"/></rdf:RDF>'),  # noqa: E501
    "a place of schemas": (
        XML, f'<rdf:RDF {RDF} xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:x URL"/>'),  # noqa: E501
    "an import of an ontology": (TURTLE, "<urn:o> <http://www.w3.org/2002/07/owl#imports> <URL> ."),
    "shapes elsewhere": (TURTLE, "<urn:o> <http://www.w3.org/ns/shacl#shapesGraph> <URL> ."),
}  # fmt: skip
HEADERS = {
    "a proxy's headers": {
        "X-Forwarded-Host": "URL",
        "Forwarded": "host=URL",
        "X-Original-URL": "URL",
    },
    "a link to a context": {
        "Link": '<URL>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    },
    "a place of the content": {"Content-Location": "URL", "Referer": "URL", "Origin": "URL"},
}


def requests_(url: str) -> dict[str, httpx.Request]:
    """Return every vector, with *url* as the address that nobody may call."""
    made = {}
    bearer = {"authorization": f"Bearer {TOKEN}"}

    def write(method: str, path: str, text: str, kind: str, **more: str) -> httpx.Request:
        content = (
            text.replace("URL", url) if "\n" not in text else text.replace("<URL>", f"<{url}>")
        )
        headers = {"content-type": kind, **bearer, **more}
        return httpx.Request(method, f"http://a{path}", content=content, headers=headers)

    for name, text in QUERIES.items():
        made[name] = write("POST", "/sparql", text, QUERY)
    for name, text in UPDATES.items():
        made[name] = write("POST", "/update", text, UPDATE)
    for name, (kind, text) in UPLOADS.items():
        for method in ("PUT", "POST"):
            made[f"{name}, by {method}"] = write(method, OTHER, text, kind)
    for name, headers in HEADERS.items():
        sent = {key: value.replace("URL", url) for key, value in headers.items()}
        made[name] = write("PUT", OTHER, '{"@id": "urn:x", "http://e.org/p": 1}', JSONLD, **sent)
    for name in ("default-graph-uri", "named-graph-uri"):
        params = {"query": f"SELECT * {{ {ALL} }}", name: url}
        made[name] = httpx.Request("GET", "http://a/sparql", params=params)
    for name in ("using-graph-uri", "using-named-graph-uri"):
        text = f"INSERT {{ {ALL} }} WHERE {{ {ALL} }}"
        made[name] = write("POST", f"/update?{name}={url}", text, UPDATE)
    made["a graph by its address"] = httpx.Request("GET", "http://a/graphs", params={"graph": url})
    made["a request to elsewhere"] = httpx.Request("GET", f"http://a/{url}")
    return made


NAMES = list(requests_("http://127.0.0.1:9/"))


@pytest.fixture(scope="module")
def servers(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory, data_file: Path
) -> list[Server]:
    store = tmp_path_factory.mktemp("ssrf") / "store"
    return [
        start_server("--store", data_file, "--query-limit-s", 3),
        start_server(
            "--store", store, "--empty", "--writable", "--query-limit-s", 3, AGENDAGRAPH_TOKEN=TOKEN
        ),
    ]


def test_there_are_enough() -> None:
    assert len(NAMES) >= 15


def test_nobody_is_called(servers: list[Server], canary: tuple[int, list[object]]) -> None:
    port, connected = canary
    vectors = requests_(f"http://127.0.0.1:{port}/")

    for server in servers:
        for name, vector in vectors.items():
            vector.headers["host"] = f"127.0.0.1:{server.port}"
            sent = httpx.Request(
                vector.method,
                server.url + vector.url.raw_path.decode(),
                content=vector.content,
                headers=vector.headers,
            )
            answer = server.client.send(sent)
            assert answer.status_code < 500, (name, answer.text[:300])
            assert "root:" not in answer.text, name
            assert connected == [], name
    time.sleep(0.3)
    assert connected == []


@pytest.mark.parametrize("name", [name for name in QUERIES if name.lower().startswith("service")])
def test_a_call_is_refused_before_it_is_tried(servers: list[Server], name: str) -> None:
    vector = requests_("http://127.0.0.1:9/")[name]

    answer = servers[0].client.post(
        "/sparql", content=vector.content, headers={"content-type": QUERY}
    )

    assert answer.status_code in {400, 403}, answer.text
