"""Every update-side test of the W3C SPARQL 1.1 Protocol suite is answered as it asks.

Re-created from the Recommendation (section 2.2) and from the suite's descriptions; the data
behind each test is ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from conftest import Server

EX = "http://example.org/"
UPDATE = {"Content-Type": "application/sparql-update"}
JSON = {"Accept": "application/sparql-results+json"}
TOKEN = "s3cret-s3cret-s3cret"
DOCUMENT = f"<{EX}Document>"
SETUP = (
    "CLEAR ALL ; INSERT DATA { "
    + " ".join(f"GRAPH <{EX}data{i}> {{ <{EX}s{i}> a {DOCUMENT} }}" for i in range(4))
    + " } ; "
)


@pytest.fixture(scope="module")
def client(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> httpx.Client:
    store = tmp_path_factory.mktemp("updates") / "store"
    server = start_server("--store", store, "--empty", "--writable", AGENDAGRAPH_TOKEN=TOKEN)
    server.client.headers["Authorization"] = f"Bearer {TOKEN}"
    return server.client


def update(client: httpx.Client, text: str, **parameters: list[str]) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in parameters.items()}
    return client.post("/sparql", content=text, params=names, headers=UPDATE)


def subjects(client: httpx.Client, graph: str) -> list[str]:
    query = f"SELECT DISTINCT ?s {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} ORDER BY ?s"
    rows = client.get("/sparql", params={"query": query}, headers=JSON).json()
    return [row["s"]["value"].removeprefix(EX) for row in rows["results"]["bindings"]]


def test_update_post_form(client: httpx.Client) -> None:
    text = f"INSERT DATA {{ GRAPH <{EX}form> {{ <{EX}a> <{EX}b> 1 }} }}"
    for address in ("/sparql", "/update"):
        assert client.post(address, data={"update": text}).is_success
    assert subjects(client, f"{EX}form") == ["a"]


def test_update_post_direct(client: httpx.Client) -> None:
    text = f"INSERT DATA {{ GRAPH <{EX}direct> {{ <{EX}a> <{EX}b> '한국' }} }}"
    assert client.post("/update", content=text, headers=UPDATE).status_code == 204
    assert subjects(client, f"{EX}direct") == ["a"]


def test_update_base_uri(client: httpx.Client) -> None:
    """A relative IRI is resolved against the address; CLEAR of what is not there is fine."""
    graph = f"{EX}base"
    text = f"CLEAR GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <{EX}s> <{EX}p> <o> }} }}"

    assert update(client, text).is_success

    query = f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    rows = client.get("/sparql", params={"query": query}, headers=JSON).json()
    assert rows["results"]["bindings"][0]["o"]["value"] == f"{client.base_url}/o"


def test_update_with_version(client: httpx.Client) -> None:
    """SPARQL 1.2 Protocol, section 2.1: update_post_form_with_version and its like."""
    headers = {"Content-Type": "application/sparql-update; version=1.2"}
    text = f"INSERT DATA {{ GRAPH <{EX}version> {{ <{EX}a> <{EX}b> 1 }} }}"

    assert client.post("/sparql", content=text, headers=headers).status_code == 204
    assert client.post("/sparql", data={"update": text, "version": "1.2"}).status_code == 204


COPY = f"INSERT {{ GRAPH <{EX}copy> {{ ?s a <{EX}Copy> }} }} WHERE "
OF_DEFAULT = f"{{ ?s a {DOCUMENT} }}"
OF_NAMED = f"{{ GRAPH ?g {{ ?s a {DOCUMENT} }} }}"
OF_BOTH = f"{{ {{ ?s a {DOCUMENT} }} UNION {{ GRAPH <{EX}data2> {{ ?s a {DOCUMENT} }} }} }}"


@pytest.mark.parametrize(
    ("where", "using", "named", "expected"),
    [
        pytest.param(OF_DEFAULT, [1], [], ["s1"], id="update_dataset_default_graph"),
        pytest.param(OF_DEFAULT, [1, 2], [], ["s1", "s2"], id="update_dataset_default_graphs"),
        pytest.param(OF_NAMED, [], [1, 2], ["s1", "s2"], id="update_dataset_named_graphs"),
        pytest.param(OF_BOTH, [1], [2], ["s1", "s2"], id="update_dataset_full"),
        pytest.param(OF_NAMED, [1], [], [], id="a default graph alone has no named ones"),
    ],
)
def test_dataset_of_the_request(
    client: httpx.Client, where: str, using: list[int], named: list[int], expected: list[str]
) -> None:
    response = update(
        client,
        SETUP + COPY + where,
        using_graph_uri=[f"{EX}data{i}" for i in using],
        using_named_graph_uri=[f"{EX}data{i}" for i in named],
    )

    assert response.status_code == 204, response.text
    assert subjects(client, f"{EX}copy") == expected


def test_a_delete_where_reads_the_dataset_of_the_request(client: httpx.Client) -> None:
    update(client, SETUP + f"INSERT DATA {{ <{EX}s1> a {DOCUMENT} . <{EX}s2> a {DOCUMENT} }}")

    assert update(client, f"DELETE WHERE {OF_DEFAULT}", using_graph_uri=[f"{EX}data1"]).is_success

    query = "SELECT ?s { ?s ?p ?o }"
    dataset = {"query": query, "default-graph-uri": "urn:x-arq:DefaultGraph"}
    rows = client.get("/sparql", params=dataset, headers=JSON).json()["results"]["bindings"]
    assert [row["s"]["value"] for row in rows] == [f"{EX}s2"]


CONFLICT = f"WITH <{EX}g> DELETE {{ ?s ?p 1 }} INSERT {{ ?s ?p 2 }} WHERE {{ ?s ?p 1 }}"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("method", "query", "headers", "body", "status"),
    [
        pytest.param("GET", "update=CLEAR%20ALL", {}, b"", 400, id="bad_update_get"),
        pytest.param(
            "POST",
            "",
            FORM,
            b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT",
            400,
            id="bad_multiple_updates",
        ),
        pytest.param(
            "POST",
            "",
            {"Content-Type": "text/plain"},
            b"CLEAR NAMED",
            415,
            id="bad_update_wrong_media_type",
        ),
        pytest.param("POST", "", {}, b"update=CLEAR%20NAMED", 415, id="bad_update_missing_type"),
        pytest.param(
            "POST",
            "",
            {"Content-Type": "application/sparql-update; charset=UTF-16"},
            "CLEAR NAMED".encode("utf-16"),
            415,
            id="bad_update_non_utf8",
        ),
        pytest.param("POST", "", UPDATE, b"CLEAR \xff", 400, id="bytes that are no UTF-8"),
        pytest.param("POST", "", FORM, b"update=CLEAR%20XYZ", 400, id="bad_update_syntax"),
        pytest.param(
            "POST",
            f"using-named-graph-uri={EX}people",
            UPDATE,
            CONFLICT.encode(),
            400,
            id="bad_update_dataset_conflict",
        ),
        pytest.param("POST", "", FORM, b"query=ASK{}&update=CLEAR+ALL", 400, id="both"),
        pytest.param(
            "POST",
            "",
            FORM,
            b"update=CLEAR%20ALL&version=1.1&version=1.2",
            400,
            id="bad_update_multiple_versions",
        ),
    ],
)
def test_what_is_refused(
    client: httpx.Client,
    method: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
) -> None:
    keep = f"INSERT DATA {{ GRAPH <{EX}kept> {{ <{EX}a> <{EX}b> 1 }} }}"
    assert update(client, keep).is_success

    response = client.request(method, f"/sparql?{query}", content=body, headers=headers)

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert subjects(client, f"{EX}kept") == ["a"]


def test_a_syntax_error_has_its_place(client: httpx.Client) -> None:
    problem = update(client, "INSERT DATA {\n <a:a> <a:b> }").json()
    assert problem["type"].endswith("/update-syntax")
    assert (problem["line"], problem["column"]) == (2, 14)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:9/>",
        "LOAD SILENT <file:///etc/passwd> INTO GRAPH <http://a/>",
        "load <http://127.0.0.1:9/>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "INSERT { ?s ?p ?o } WHERE { SERVICE SILENT ?where { ?s ?p ?o } }",
        "INSERT DATA { <a:a> <a:b> 1 } ; LOAD <http://127.0.0.1:9/>",
    ],
)
def test_nothing_is_fetched(client: httpx.Client, text: str) -> None:
    response = update(client, text)
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (403, "load-off")


def test_a_failed_operation_undoes_those_before_it(client: httpx.Client) -> None:
    text = f"INSERT DATA {{ GRAPH <{EX}half> {{ <{EX}a> <{EX}b> 1 }} }} ; DROP GRAPH <{EX}absent>"

    response = update(client, text)

    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (
        400,
        "update-failed",
    )
    assert subjects(client, f"{EX}half") == []


def test_what_was_written_is_read_at_once(client: httpx.Client) -> None:
    for i in range(10):
        update(client, f"INSERT DATA {{ GRAPH <{EX}seen{i}> {{ <{EX}s{i}> <{EX}b> 1 }} }}")
        assert subjects(client, f"{EX}seen{i}") == [f"s{i}"]


def test_updates_are_counted(client: httpx.Client) -> None:
    update(client, f"INSERT DATA {{ <{EX}counted> <{EX}b> 1 }}")
    counted = 'agendagraph_queries_total{outcome="ok",source="writer"}'
    assert counted in client.get("/metrics").text


def test_a_read_only_server_says_so(server: Server) -> None:
    for headers, body in ((UPDATE, "CLEAR ALL"), (FORM, "update=CLEAR%20ALL")):
        response = server.client.post("/update", content=body, headers=headers)
        assert response.status_code == 403
        assert response.json()["type"].endswith("/writes-off")
