"""The format of an answer is the one that the client likes best and that we have."""

from __future__ import annotations

import pytest

from agendagraph.server.engine.html_answers import LANGUAGE_OF
from agendagraph.server.engine.worker import GRAPH_FORMATS, RESULT_FORMATS
from agendagraph.sparql.negotiation import GRAPHS, HTML, RESULTS, SHORT_NAMES, choose
from agendagraph.sparql.refusal import Reason, Refusal


def names(accept: str | None, parameter: str | None = None) -> tuple[str | None, str | None]:
    choice = choose(accept, parameter)
    return (
        choice.results[0] if choice.results else None,
        choice.graphs[0] if choice.graphs else None,
    )


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param(None, ("json", "turtle"), id="no header"),
        pytest.param("", ("json", "turtle"), id="a blank header"),
        pytest.param("*/*", ("json", "turtle"), id="anything"),
        pytest.param("text/csv", ("csv", None), id="results only"),
        pytest.param("application/trig", (None, "trig"), id="graphs only"),
        pytest.param("text/csv, text/turtle", ("csv", "turtle"), id="one of each family"),
        pytest.param("text/csv;q=0.1, */*;q=0.2", ("json", "turtle"), id="a wildcard of higher q"),
        pytest.param("text/csv, */*", ("csv", "turtle"), id="by name before by wildcard"),
        pytest.param(
            "application/sparql-results+json;q=0, */*", ("xml", "turtle"), id="all but one"
        ),
        pytest.param("text/*", ("csv", "turtle"), id="a family of types"),
        pytest.param(
            "text/*;q=0.5, text/csv;q=0, application/sparql-results+xml;q=0.1",
            ("tsv", "turtle"),
            id="the more specific range counts",
        ),
        pytest.param("TEXT/CSV; Q=1.0", ("csv", None), id="case does not matter"),
        pytest.param("text/csv;header=present", ("csv", None), id="parameters are allowed"),
        pytest.param('text/csv;x="a,b;q=0"', ("csv", None), id="a comma in a quoted string"),
        pytest.param("text/csv;charset=utf-8", ("csv", None), id="our charset"),
        pytest.param("text/csv;q=oops, text/turtle", (None, "turtle"), id="a bad q is no offer"),
        pytest.param("application/json", ("json", "json-ld"), id="plain JSON"),
        pytest.param(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            ("html", "html"),
            id="a browser",
        ),
        pytest.param("text/html", ("html", "html"), id="a page and nothing else"),
        pytest.param("text/html, */*", ("html", "html"), id="a page, named"),
        pytest.param("text/html;q=0, */*", ("json", "turtle"), id="anything but a page"),
        pytest.param("text/html;q=0.9, */*", ("json", "turtle"), id="a page less than anything"),
        pytest.param("text/csv, text/html", ("csv", "html"), id="data before a page, where named"),
        pytest.param("text/turtle, text/html;q=0.5", ("html", "turtle"), id="what else fits"),
        pytest.param(
            "application/n-quads, application/json;q=0.1, text/html;q=0.2",
            ("json", "n-quads"),
            id="a program that names a page besides",
        ),
    ],
)
def test_choose(accept: str | None, expected: tuple[str | None, str | None]) -> None:
    assert names(accept) == expected


@pytest.mark.parametrize(
    "accept", ["image/png", "*/*;q=0", "text/csv;charset=utf-16", "text/csv;q=2", "rubbish", ";;;,"]
)
def test_nothing_fits(accept: str) -> None:
    with pytest.raises(Refusal) as refused:
        choose(accept)

    assert refused.value.reason is Reason.NOT_ACCEPTABLE


def test_the_parameter_outranks_the_header() -> None:
    assert names("text/csv", "xml") == ("xml", "rdf-xml")
    assert names("text/csv", "text/turtle") == (None, "turtle")
    assert names(None, "application/sparql-results+json") == ("json", None)
    assert names(None, "application/sparql-results json") == ("json", None)
    assert names("text/csv", "html") == names(None, "text/html") == ("html", "html")
    with pytest.raises(Refusal):
        choose(None, "docx")


def test_an_alias_is_answered_under_its_own_name() -> None:
    assert choose("application/json").results == ("json", "application/json")
    assert choose("text/plain").graphs == ("n-triples", "text/plain")


def test_the_charset_is_said_where_the_type_has_one() -> None:
    assert choose("text/csv").results == ("csv", "text/csv; charset=utf-8")
    assert choose("application/sparql-results+json").results == (
        "json",
        "application/sparql-results+json",
    )


def test_a_worker_can_write_whatever_is_offered() -> None:
    assert {each.name for each in RESULTS} == set(RESULT_FORMATS)
    assert {each.name for each in GRAPHS} == set(GRAPH_FORMATS)
    known = set(RESULT_FORMATS) | set(GRAPH_FORMATS) | {HTML.name, None}
    assert HTML.name in LANGUAGE_OF
    assert {name for pair in SHORT_NAMES.values() for name in pair} <= known
