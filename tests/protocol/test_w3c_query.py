"""Every query-side test of the W3C SPARQL 1.1 Protocol suite is answered as it asks.

Re-created from the Recommendation (sections 2.1 and 2.2) and from the suite's descriptions;
the data behind each test is ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx
    from conftest import Server

EX = "http://example.org/"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
JSON = {"Accept": "application/sparql-results+json"}


@pytest.fixture(scope="module")
def client(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> httpx.Client:
    path: Path = tmp_path_factory.mktemp("protocol") / "data.nq"
    path.write_text("".join(f"<{EX}s{i}> <{EX}p> <{EX}o{i}> <{EX}data{i}> .\n" for i in range(4)))
    return start_server("--store", path).client


def asked(response: httpx.Response) -> bool:
    assert response.status_code == 200, response.text
    return response.json()["boolean"]


def test_query_get(client: httpx.Client) -> None:
    assert asked(client.get("/sparql", params={"query": "ASK {}"}, headers=JSON))


def test_query_post_form(client: httpx.Client) -> None:
    assert asked(client.post("/sparql", data={"query": "ASK {}"}, headers=JSON))


def test_query_post_direct(client: httpx.Client) -> None:
    headers = {**JSON, "Content-Type": QUERY}
    assert asked(client.post("/sparql", content="ASK {}", headers=headers))


def graphs(**names: list[int]) -> list[tuple[str, str]]:
    return [
        (f"{kind}-graph-uri", f"{EX}data{number}")
        for kind, numbers in names.items()
        for number in numbers
    ]


BOTH_DEFAULT = f"ASK {{ <{EX}s1> ?p ?a . <{EX}s2> ?q ?b FILTER NOT EXISTS {{ <{EX}s3> ?r ?c }} }}"
TWO_NAMED = (
    f"ASK {{ GRAPH ?g {{ <{EX}s1> ?p ?a }} GRAPH ?h {{ <{EX}s2> ?q ?b }}"
    f" FILTER NOT EXISTS {{ GRAPH ?i {{ <{EX}s3> ?r ?c }} }}"
    f" FILTER NOT EXISTS {{ ?x ?y ?z }} }}"
)
FULL = (
    f"ASK {{ <{EX}s3> ?p ?a GRAPH <{EX}data1> {{ <{EX}s1> ?q ?b }}"
    f" GRAPH <{EX}data2> {{ <{EX}s2> ?r ?c }}"
    f" FILTER NOT EXISTS {{ GRAPH <{EX}data3> {{ ?x ?y ?z }} }} }}"
)


@pytest.mark.parametrize("method", ["get", "form", "direct"])
@pytest.mark.parametrize(
    ("query", "dataset"),
    [
        pytest.param(BOTH_DEFAULT, graphs(default=[1, 2]), id="query_dataset_default_graphs"),
        pytest.param(TWO_NAMED, graphs(named=[1, 2]), id="query_dataset_named_graphs"),
        pytest.param(FULL, graphs(default=[3], named=[1, 2]), id="query_dataset_full"),
    ],
)
def test_dataset_of_the_request(
    client: httpx.Client, method: str, query: str, dataset: list[tuple[str, str]]
) -> None:
    if method == "get":
        response = client.get("/sparql", params=[("query", query), *dataset], headers=JSON)
    elif method == "form":
        form: dict[str, list[str]] = {"query": [query]}
        for name, value in dataset:
            form.setdefault(name, []).append(value)
        response = client.post("/sparql", data=form, headers=JSON)
    else:
        headers = {**JSON, "Content-Type": QUERY}
        response = client.post("/sparql", params=dataset, content=query, headers=headers)

    assert asked(response)


def test_query_multiple_dataset(client: httpx.Client) -> None:
    """The dataset of the request replaces the one of the query."""
    query = f"ASK FROM <{EX}data1> {{ <{EX}s2> ?p ?o FILTER NOT EXISTS {{ <{EX}s1> ?q ?r }} }}"
    params = [("query", query), ("default-graph-uri", f"{EX}data2")]

    assert asked(client.get("/sparql", params=params, headers=JSON))


def test_query_multiple_dataset_as_the_suite_writes_it(client: httpx.Client) -> None:
    """Its request encodes the ``&`` between two graphs, and its answer is that of both."""
    glued = f"{EX}data1&named-graph-uri={EX}data2"
    query = (
        f"ASK FROM <{EX}data3> {{ GRAPH ?g {{ <{EX}s1> ?p ?a }} GRAPH ?h {{ <{EX}s2> ?q ?b }} }}"
    )

    assert asked(
        client.post(
            "/sparql",
            params={"named-graph-uri": glued},
            content=query,
            headers={**JSON, "Content-Type": QUERY},
        )
    )


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_query_with_version(client: httpx.Client, version: str) -> None:
    """SPARQL 1.2 Protocol, section 2.1: query_get_with_version and its like."""
    parameters = {"query": "ASK {}", "version": version}

    assert asked(client.get("/sparql", params=parameters, headers=JSON))
    assert asked(client.post("/sparql", data=parameters, headers=JSON))
    headers = {**JSON, "Content-Type": f"{QUERY}; version={version}"}
    assert asked(client.post("/sparql", content="ASK {}", headers=headers))


def test_the_dataset_of_the_query(client: httpx.Client) -> None:
    """Without one in the request, FROM counts; the union of all graphs does not show through."""
    query = f"ASK FROM <{EX}data1> {{ <{EX}s1> ?p ?o FILTER NOT EXISTS {{ <{EX}s2> ?q ?r }} }}"

    assert asked(client.get("/sparql", params={"query": query}, headers=JSON))


def test_without_any_dataset_the_default_graph_is_the_union(client: httpx.Client) -> None:
    query = f"ASK {{ <{EX}s0> ?p ?a . <{EX}s3> ?q ?b }}"

    assert asked(client.get("/sparql", params={"query": query}, headers=JSON))


@pytest.mark.parametrize(
    ("query", "accepted"),
    [
        pytest.param(
            "SELECT (1 AS ?x) {}",
            {
                "application/sparql-results+xml",
                "application/sparql-results+json",
                "text/tab-separated-values",
                "text/csv",
            },
            id="query_content_type_select",
        ),
        pytest.param(
            "ASK {}",
            {"application/sparql-results+xml", "application/sparql-results+json"},
            id="query_content_type_ask",
        ),
        pytest.param(
            f"DESCRIBE <{EX}s1>",
            {"application/rdf+xml", "application/rdf+json", "text/turtle"},
            id="query_content_type_describe",
        ),
        pytest.param(
            "CONSTRUCT { <s> <p> 1 } WHERE {}",
            {"application/rdf+xml", "application/rdf+json", "text/turtle"},
            id="query_content_type_construct",
        ),
    ],
)
def test_content_type_of_the_answer(client: httpx.Client, query: str, accepted: set[str]) -> None:
    response = client.get("/sparql", params={"query": query})

    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] in accepted


def test_bad_query_method(client: httpx.Client) -> None:
    response = client.put("/sparql", params={"query": "ASK {}"})

    assert response.status_code == 405
    assert "GET" in response.headers["allow"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(
            {"method": "GET", "params": [("query", "ASK {}"), ("query", "SELECT * {}")]},
            400,
            id="bad_multiple_queries",
        ),
        pytest.param(
            {"method": "GET", "params": [("query", "ASK {}"), ("version", "1"), ("version", "2")]},
            400,
            id="bad_query_multiple_versions",
        ),
        pytest.param(
            {"content": "ASK {}", "headers": {"Content-Type": "text/plain"}},
            415,
            id="bad_query_wrong_media_type",
        ),
        pytest.param({"content": "query=ASK%20%7B%7D"}, 415, id="bad_query_missing_form_type"),
        pytest.param({"content": "ASK {}"}, 415, id="bad_query_missing_direct_type"),
        pytest.param(
            {
                "content": "ASK {}".encode("utf-16"),
                "headers": {"Content-Type": f"{QUERY}; charset=UTF-16"},
            },
            415,
            id="bad_query_non_utf8",
        ),
        pytest.param(
            {"content": "ASK {}".encode("utf-16"), "headers": {"Content-Type": QUERY}},
            400,
            id="another encoding that is not declared",
        ),
        pytest.param(
            {"content": "query=ASK%20%7B", "headers": {"Content-Type": FORM}},
            400,
            id="bad_query_syntax",
        ),
        pytest.param(
            {"method": "GET", "params": [("update", "CLEAR ALL")]}, 400, id="an update by GET"
        ),
        pytest.param(
            {"content": "update=CLEAR%20ALL", "headers": {"Content-Type": FORM}},
            403,
            id="an update where updates are off",
        ),
        pytest.param(
            {"content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}},
            403,
            id="a direct update where updates are off",
        ),
        pytest.param(
            {"content": "x=1", "headers": {"Content-Type": FORM}}, 400, id="a form without a query"
        ),
        pytest.param(
            {"method": "GET", "params": [("default-graph-uri", EX)]}, 400, id="no query at all"
        ),
    ],
)
def test_bad_requests(client: httpx.Client, request_: dict[str, object], status: int) -> None:
    response = client.request(url="/sparql", **{"method": "POST", **request_})

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert set(response.json()["message"]) == {"en", "ko"}
