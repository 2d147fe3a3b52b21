"""The API document describes every address of the server, and describes it as it is.

``tests/hostile/test_fuzz.py`` compares it with the answers to generated requests.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import schemathesis

from agendagraph.rdf import formats
from agendagraph.server.http.problems.table import STATUS
from agendagraph.sparql import negotiation

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from conftest import Server

TOKEN = "s3cret-s3cret-s3cret"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
TURTLE = {"Content-Type": "text/turtle", **AUTHORIZED}
Document = dict[str, Any]


@pytest.fixture(scope="module")
def writable(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    store = tmp_path_factory.mktemp("described") / "store"
    return start_server("--store", store, "--empty", "--writable", AGENDAGRAPH_TOKEN=TOKEN)


@pytest.fixture(scope="module")
def document(writable: Server) -> Document:
    response = writable.client.get("/api/openapi.json")
    assert response.headers["access-control-allow-origin"] == "*"
    return response.json()


def resolved(document: Document, part: dict[str, Any]) -> dict[str, Any]:
    """Follow the reference to a component, if *part* is one."""
    if "$ref" not in part:
        return part
    for name in part["$ref"].removeprefix("#/").split("/"):
        document = document[name]
    return document


def test_it_is_valid_and_every_operation_has_a_name_of_its_own(document: Document) -> None:
    schemathesis.openapi.from_dict(document).validate()
    names = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(names) == len(set(names))


def test_every_address_is_described(document: Document) -> None:
    described = {path: set(item) for path, item in document["paths"].items()}
    networks = {path for path in described if path.startswith("/api/networks")}

    assert len(networks) == 4
    assert {path: item for path, item in described.items() if path not in networks} == {
        "/sparql": {"get", "post"},
        "/update": {"get", "post"},
        "/graphs": {"get", "put", "post", "delete"},
        "/graphs/{name}": {"get", "put", "post", "delete"},
        "/updates": {"get"},
        "/updates/{name}": {"get"},
        "/updates/{name}/revert": {"post"},
        "/health": {"get"},
        "/ready": {"get"},
        "/metrics": {"get"},
    }


def test_every_component_is_used_and_every_reference_leads_to_one(document: Document) -> None:
    used = set(re.findall(r'"#/components/(\w+/[\w-]+)"', json.dumps(document)))
    kinds = ("headers", "parameters", "requestBodies", "responses", "schemas")
    components = document["components"]

    assert used == {f"{kind}/{name}" for kind in kinds for name in components[kind]}


def test_the_media_types_are_those_of_the_negotiation(document: Document) -> None:
    responses = document["components"]["responses"]
    results = {name for each in formats.RESULTS for name in each.media_types}
    graphs = {name for each in formats.GRAPHS for name in each.media_types}
    one_graph = {name for each in formats.ONE_GRAPH for name in each.media_types}
    sent = set(document["components"]["requestBodies"]["Document"]["content"])

    assert set(responses["Results"]["content"]) == results | {"text/html"}
    assert set(responses["Graph"]["content"]) == graphs | {"text/html"}
    assert set(responses["Answer"]["content"]) == results | graphs | {"text/html"}
    assert sent == one_graph | {"multipart/form-data"}


def test_the_short_names_are_those_of_the_negotiation(document: Document) -> None:
    words = document["components"]["parameters"]["format"]["description"]

    assert words.partition("Short names: ")[2] == ", ".join(negotiation.SHORT_NAMES) + "."


def test_every_status_of_a_problem_is_described_and_no_other(document: Document) -> None:
    described = {
        int(status)
        for item in document["paths"].values()
        for operation in item.values()
        for status in operation["responses"]
        if status >= "400"
    }

    assert described == set(STATUS.values()) - {405}  # any other method


def test_each_media_type_of_an_answer_can_be_had(writable: Server, document: Document) -> None:
    queries = ("SELECT (1 AS ?x) {}", "CONSTRUCT { <urn:a> <urn:b> 1 } WHERE {}")
    answer = document["paths"]["/sparql"]["get"]["responses"]["200"]
    offered = resolved(document, answer)["content"]
    assert len(offered) > 15

    for media_type in offered:
        answers = [writable.query(text, Accept=media_type) for text in queries]
        sent = {
            each.headers["content-type"].partition(";")[0] for each in answers if each.is_success
        }
        assert sent == {media_type}


def test_each_media_type_of_a_graph_can_be_sent(writable: Server, document: Document) -> None:
    taken = resolved(document, document["paths"]["/graphs"]["put"]["requestBody"])["content"]

    assert "application/trig" not in taken, "a dataset is no graph"
    for media_type in taken:
        form = "; boundary=x" if media_type.startswith("multipart") else ""
        headers = {**AUTHORIZED, "Content-Type": media_type + form}
        response = writable.client.put("/graphs/typed", content=b"<", headers=headers)
        assert response.status_code == 400, media_type


def described(document: Document, path: str, response: httpx.Response) -> None:
    """Compare a response with the document: its status, its media type and its members."""
    operation = document["paths"][path][response.request.method.lower()]
    declared = resolved(document, operation["responses"][str(response.status_code)])
    content = declared.get("content", {})
    if not content:
        assert response.content == b""
        return
    media_type = response.headers["content-type"].partition(";")[0]
    assert media_type in content
    if "json" in media_type and media_type != "application/ld+json":
        jsonschema.validate(
            response.json(), {**content[media_type]["schema"], "components": document["components"]}
        )


@pytest.mark.parametrize(
    ("path", "method", "address", "options", "status"),
    [
        ("/sparql", "GET", "/sparql", {}, 200),
        ("/sparql", "GET", "/sparql?query=ASK%7B%7D", {}, 200),
        ("/sparql", "GET", "/sparql?query=ASK%7B", {}, 400),
        ("/sparql", "GET", "/sparql", {"headers": {"Accept": "image/png"}}, 406),
        ("/sparql", "GET", "/sparql?query=ASK%7B%7D", {"headers": {"If-None-Match": "*"}}, 304),
        ("/sparql", "POST", "/sparql", {"data": {"update": "CLEAR ALL"}}, 401),
        ("/sparql", "POST", "/sparql", {"content": "ASK {}"}, 415),
        (
            "/update",
            "POST",
            "/update",
            {"data": {"update": "CLEAR ALL"}, "headers": AUTHORIZED},
            204,
        ),
        (
            "/update",
            "POST",
            "/update",
            {"data": {"update": "LOAD <http://127.0.0.1:9/>"}, "headers": AUTHORIZED},
            403,
        ),
        (
            "/graphs/{name}",
            "PUT",
            "/graphs/a",
            {"content": "<> <urn:b> 1.", "headers": TURTLE},
            201,
        ),
        (
            "/graphs/{name}",
            "POST",
            "/graphs/a",
            {"content": "<> <urn:b> 2.", "headers": TURTLE},
            200,
        ),
        ("/graphs/{name}", "POST", "/graphs/a", {"content": "", "headers": TURTLE}, 204),
        ("/graphs/{name}", "PUT", "/graphs/a", {"content": "<urn", "headers": TURTLE}, 400),
        (
            "/graphs/{name}",
            "PUT",
            "/graphs/a",
            {"content": "", "headers": {**TURTLE, "If-None-Match": "*"}},
            412,
        ),
        ("/graphs/{name}", "GET", "/graphs/a", {}, 200),
        ("/graphs/{name}", "DELETE", "/graphs/a", {"headers": AUTHORIZED}, 200),
        ("/graphs/{name}", "DELETE", "/graphs/a", {"headers": AUTHORIZED}, 404),
        ("/graphs", "GET", "/graphs?default", {}, 200),
        ("/graphs", "POST", "/graphs", {"content": "", "headers": TURTLE}, 201),
        ("/updates", "GET", "/updates", {}, 200),
        ("/updates/{name}", "GET", "/updates/none", {"headers": AUTHORIZED}, 404),
        ("/updates/{name}/revert", "POST", "/updates/none/revert", {"headers": AUTHORIZED}, 404),
        ("/health", "GET", "/health", {}, 200),
        ("/ready", "GET", "/ready", {}, 200),
        ("/metrics", "GET", "/metrics", {}, 200),
    ],
)
def test_what_is_answered_is_described(
    writable: Server,
    document: Document,
    path: str,
    method: str,
    address: str,
    options: dict[str, Any],
    status: int,
) -> None:
    """In this order: the graph is made, changed and removed again."""
    response = writable.client.request(method, address, **options)

    assert response.status_code == status, response.text
    described(document, path, response)
