"""The page for operators is true: settings, statuses, metrics, addresses and commands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from agendagraph.cli import main
from agendagraph.server.http import openapi
from agendagraph.server.http.problems.table import STATUS
from agendagraph.server.settings import PREFIX, Settings
from agendagraph.sparql.negotiation import SHORT_NAMES, choose

if TYPE_CHECKING:
    from conftest import Server

PLACE = Path(__file__).resolve().parents[2] / "api" / "SERVING.md"
PAGE = PLACE.read_text(encoding="utf-8")
LISTED = re.compile(rf"^\| `{PREFIX}(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def shown(default: object) -> str:
    """Return how the page shows a default."""
    if default in (None, "", ()):
        return "none"
    return str(default).lower() if isinstance(default, bool) else f"`{default}`"


def test_every_setting_is_listed_with_its_default_and_its_meaning() -> None:
    fields = Settings.model_fields.items()

    assert LISTED.findall(PAGE) == [
        (name.upper(), shown(field.default), field.description) for name, field in fields
    ]


def test_no_other_variable_is_named() -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", PAGE))

    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_status_of_an_error_is_listed_and_no_other() -> None:
    table = PAGE[PAGE.index("| status |") : PAGE.index("## Writing")]
    listed = {
        int(status)
        for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE)
        for status in row.split(",")
    }

    assert listed == set(STATUS.values())


def row(parameter: str) -> str:
    """Return what the page says of a parameter of a query."""
    found = re.search(rf"^\| `{parameter}` \| (.*) \|$", PAGE, re.MULTILINE)
    assert found
    return found[1]


def test_every_parameter_of_a_query_is_listed() -> None:
    table = PAGE[PAGE.index("| parameter of") : PAGE.index("A browser prefers")]
    document = openapi.document()
    references = [part.get("$ref") for part in document["paths"]["/sparql"]["get"]["parameters"]]
    common = document["components"]["parameters"]
    named = [common[each.rpartition("/")[2]] for each in references if each]
    described = {"query", "lang", *(each["name"] for each in named if each["in"] == "query")}

    assert {each for each in described if f"`{each}`" not in table} == set()


def test_every_format_is_listed_under_the_queries_that_it_fits() -> None:
    formats = row("format")
    results, graphs = (
        set(re.findall(r"`([\w+-]+)`", part))
        for part in formats.partition("SELECT and ASK: ")[2].split("CONSTRUCT and DESCRIBE: ")
    )

    assert results | {"html"} == {n for n in SHORT_NAMES if choose(None, n).results}
    assert graphs | {"html"} == {n for n in SHORT_NAMES if choose(None, n).graphs}


def test_every_duration_is_one(server: Server) -> None:
    durations = re.findall(r"`([\d.]+m?s?)`", row("timeout"))

    assert len(durations) == 3
    for each in durations:
        asked = {"query": "ASK {}", "timeout": each}
        assert server.client.get("/sparql", params=asked).status_code == 200


def test_every_address_is_served(server: Server) -> None:
    addresses = set(re.findall(r"`(/[\w/.]+)`", PAGE))
    statuses = {each: server.client.options(each).status_code for each in addresses}

    assert {each for each, status in statuses.items() if status == 404} == set()
    assert {"/sparql", "/update", "/graphs", "/api/openapi.json"} <= addresses


def test_every_metric_is_listed_and_no_other(server: Server) -> None:
    server.query("ASK {}")
    text = server.client.get("/metrics").text

    counted = set(re.findall(r"^# TYPE (agendagraph_\w+(?<!_created)) ", text, re.MULTILINE))
    assert counted == set(re.findall(r"`(agendagraph_\w+)`", PAGE))


@pytest.mark.parametrize("line", re.findall(r"^uv run agendagraph .*$", PAGE, re.MULTILINE))
def test_every_command_has_the_options_that_it_is_given(line: str) -> None:
    _, _, _, verb, *rest = line.split("#", maxsplit=1)[0].split()
    options = [each for each in rest if each.startswith("--")]
    offered = CliRunner().invoke(main, [verb, "--help"])

    assert offered.exit_code == 0
    assert [each for each in options if each not in offered.output] == []


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)

    assert [link for link in links if not (PLACE.parent / link).exists()] == []
    assert links
