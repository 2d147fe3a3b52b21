"""The networks' part of the API document describes the parameters that are validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from agendagraph.network.definitions import DEFINITIONS
from agendagraph.server.http import openapi
from agendagraph.site.networks.parameters import MeasuresQuery, NetworkParameters, NetworkQuery
from agendagraph.site.routes import SITE

if TYPE_CHECKING:
    from pydantic import BaseModel

WORDS = ("title", "description", "examples")
DOCUMENT = openapi.document(SITE.openapi)
PATHS = {path: item["get"] for path, item in DOCUMENT["paths"].items() if "/networks/" in path}


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field without its words, and without null: it is not sent."""
    for alternative in schema.get("anyOf", ()):
        if alternative != {"type": "null"}:
            schema = {**alternative, **{key: schema[key] for key in schema if key == "default"}}
    if schema.get("default", 0) is None:
        del schema["default"]
    return {key: value for key, value in schema.items() if key not in (*WORDS, "anyOf")}


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/api/networks/{name}", NetworkQuery),
        ("/api/networks/{name}/measures", MeasuresQuery),
        ("/api/networks/{name}/edges/{u}/{v}/evidence", NetworkParameters),
    ],
)
def test_the_parameters_are_those_that_are_validated(path: str, model: type[BaseModel]) -> None:
    described = {
        parameter["name"]: parameter["schema"]
        for parameter in PATHS[path]["parameters"]
        if parameter["in"] == "query"
    }

    fields = model.model_json_schema()["properties"]
    assert described == {name: plain(schema) for name, schema in fields.items()}


def test_the_networks_are_those_of_the_catalogue() -> None:
    for operation in PATHS.values():
        assert operation["parameters"][0]["schema"]["enum"] == list(DEFINITIONS)


def test_the_server_alone_describes_no_network() -> None:
    assert not any("network" in path for path in openapi.document()["paths"])
    assert SITE.openapi is not None
    added = yaml.safe_load(SITE.openapi.read_text("utf-8"))["paths"]
    assert {*DOCUMENT["paths"]} == {*openapi.document()["paths"], *added}
