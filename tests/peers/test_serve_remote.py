"""`serve --store URL` answers from another endpoint as it answers from a store of its own."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from agendagraph import files
from agendagraph.namespaces import GRAPH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx
    from conftest import Peer, Server

pytestmark = pytest.mark.peer

NS = "https://w3id.org/agendagraph/ns#"
JAPAN = "https://w3id.org/agendagraph/id/country/jpn"
WORLD = "https://w3id.org/agendagraph/graph/world"
LABELS = f"""
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT ?s ?label {{ ?s a <{NS}Country> ; rdfs:label ?label }} ORDER BY ?s ?label
"""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c < ?l) }"


@pytest.fixture(scope="module")
def remote(request: pytest.FixtureRequest, start_server: Callable[..., Server]) -> Server:
    peer: Peer = request.getfixturevalue(request.param)
    return start_server("--store", peer.url, "--query-limit-s", 20, "--row-limit", 5000)


@pytest.fixture(scope="module")
def local(start_server: Callable[..., Server], shipped_file: Path) -> Server:
    return start_server("--store", shipped_file, "--query-limit-s", 20, "--row-limit", 5000)


both = pytest.mark.parametrize("remote", ["oxigraph", "virtuoso"], indirect=True)


def rows(answer: httpx.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text)))


@both
@pytest.mark.parametrize(
    "media_type",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ],
)
def test_every_result_format_is_written_here(
    remote: Server, local: Server, media_type: str
) -> None:
    """Byte for byte as from a store of ours, whatever the other store would have sent."""
    answer = remote.query(LABELS, accept=media_type)

    expected = local.query(LABELS, accept=media_type)
    assert answer.status_code == 200, answer.text
    assert answer.content == expected.content
    assert answer.headers["content-type"] == expected.headers["content-type"]


@both
@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_every_graph_format_is_written_here(
    remote: Server, local: Server, media_type: str, form: ox.RdfFormat
) -> None:
    query = f"CONSTRUCT WHERE {{ <{JAPAN}> ?p ?o }}"

    answers = [each.query(query, accept=media_type) for each in (remote, local)]

    found, expected = (set(ox.parse(answer.content, format=form)) for answer in answers)
    assert found == expected
    assert len(found) > 5


@both
def test_ask_and_the_dataset_of_a_request(remote: Server) -> None:
    country = f"ASK {{ <{JAPAN}> a <{NS}Country> }}"
    elsewhere = "https://w3id.org/agendagraph/graph/ontology"

    plain = remote.query(country).json()
    world = remote.client.get("/sparql", params={"query": country, "default-graph-uri": WORLD})
    other = remote.client.get("/sparql", params={"query": country, "default-graph-uri": elsewhere})
    clause = remote.query(country.replace("ASK", f"ASK FROM <{elsewhere}>"))

    assert plain["boolean"] is True
    assert world.json()["boolean"] is True
    assert other.json()["boolean"] is False
    assert clause.json()["boolean"] is False


@both
def test_a_graph_is_read_by_its_name(remote: Server) -> None:
    found = remote.client.get("/graphs", params={"graph": "urn:nothing"})
    assert found.status_code == 404

    derived = remote.client.get("/graphs", params={"graph": GRAPH + "kr-mofa-2022/derived"})
    shipped = ox.parse(path=files.GRAPH / "kr-mofa-2022" / "derived.ttl")
    assert set(ox.parse(derived.content, format=ox.RdfFormat.TURTLE)) == set(shipped)


@both
def test_a_syntax_error_is_the_clients(remote: Server) -> None:
    answer = remote.query("SELECT * {")

    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/syntax")


@both
def test_the_row_limit_is_ours(remote: Server) -> None:
    answer = remote.query(f"SELECT * {{ GRAPH <{WORLD}> {{ ?s ?p ?o }} }}", accept="text/csv")

    assert answer.status_code == 200
    assert answer.headers["row-limit-reached"] == "true"
    assert len(rows(answer)) == 5001


@both
def test_a_query_that_outlives_its_limit_is_stopped(remote: Server) -> None:
    started = time.monotonic()
    answer = remote.client.get("/sparql", params={"query": ENDLESS, "timeout": "1"})

    assert answer.status_code == 504
    assert time.monotonic() - started < 3
    assert remote.query("ASK {}").status_code == 200


@both
def test_an_answer_is_kept_for_a_while_and_has_a_strong_tag(remote: Server) -> None:
    first, second = remote.query(LABELS), remote.query(LABELS)
    again = remote.query(LABELS, if_none_match=second.headers["etag"])

    assert first.headers["etag"] == second.headers["etag"]
    assert again.status_code == 304
    assert "max-age=10" in second.headers["cache-control"]


@both
@pytest.mark.parametrize(
    "call",
    [
        "SERVICE <{}>",
        "SERVICE SILENT <{}>",
        "FILTER (1 < 2) SERVICE <{}>",
        "FILTER(1<2)SERVICE?x#>\n",
        "SERVICEs:x",
    ],
)
def test_no_endpoint_is_called_through_the_store(
    remote: Server, canary: tuple[int, list[object]], call: str
) -> None:
    """Our workers have no sockets, the store has: what might be a call is refused."""
    port, connected = canary
    address = f"http://127.0.0.1:{port}/"
    text = f"PREFIX s: <{address}> SELECT * {{ {call.format(address)} {{ ?s ?p ?o }} }}"

    assert remote.query(text).status_code == 403
    assert connected == []


@pytest.mark.parametrize("remote", ["virtuoso"], indirect=True)
def test_an_answer_that_the_store_cuts_is_an_error(remote: Server) -> None:
    answer = remote.query("SELECT * { ?s ?p ?o }", accept="text/csv")

    assert answer.status_code == 502
    assert answer.json()["rows"] == "20000"


@pytest.mark.parametrize("remote", ["oxigraph"], indirect=True)
def test_readiness_and_statistics(remote: Server) -> None:
    ready = remote.client.get("/ready")
    assert ready.status_code == 200
    assert ready.json()["generation"].startswith("remote-")
    assert ready.json()["quads"] is None

    described = remote.client.get("/sparql", headers={"accept": "application/n-triples"})
    assert f"<{WORLD}>" in described.text


@pytest.mark.parametrize("remote", ["oxigraph"], indirect=True)
def test_it_is_read_only_and_says_so(remote: Server) -> None:
    update = remote.client.post(
        "/sparql", content="CLEAR ALL", headers={"content-type": "application/sparql-update"}
    )
    assert update.status_code == 403
