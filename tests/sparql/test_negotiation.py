"""The format of an answer is the one that the client likes best and that we have."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from agendagraph.rdf.formats import GRAPHS, HTML, RDF_FORMATS, RESULTS, RESULTS_FORMATS
from agendagraph.server.engine.html_answers import LANGUAGE_OF
from agendagraph.sparql.negotiation import SHORT_NAMES, choose, weighted
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
    assert {each.name for each in RESULTS} == set(RESULTS_FORMATS)
    assert {each.name for each in GRAPHS} == set(RDF_FORMATS)
    known = set(RESULTS_FORMATS) | set(RDF_FORMATS) | {HTML.name, None}
    assert HTML.name in LANGUAGE_OF
    assert {name for pair in SHORT_NAMES.values() for name in pair} <= known


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("", {}, id="a blank header"),
        pytest.param("a, B ;Q=0.25 , c; q=1.000", {"a": 1, "b": 0.25, "c": 1}, id="weights"),
        pytest.param("a;q=2, b;q=x, c;q=0.1234, d;q=", {}, id="malformed weights"),
        pytest.param('a;x="q=0,b";q=0.5', {"a": 0.5}, id="a quoted parameter"),
        pytest.param("ko-KR,ko;q=0.9,*;q=0", {"ko-kr": 1, "ko": 0.9, "*": 0}, id="languages"),
        pytest.param('a;q="0.5', {}, id="a quote without an end"),
    ],
)
def test_the_weights_of_a_header(header: str, expected: dict[str, float]) -> None:
    assert {value: quality for value, quality, _ in weighted(header) if value} == expected


def test_the_engine_and_the_table_agree_on_formats() -> None:
    """Aliases included; the engine knows no ``text/rdf+n3``."""
    for each in GRAPHS:
        for media_type in set(each.media_types) - {"text/rdf+n3"}:
            assert ox.RdfFormat.from_media_type(media_type) == RDF_FORMATS[each.name]
    for each in RESULTS:
        for media_type in each.media_types:
            assert ox.QueryResultsFormat.from_media_type(media_type) == RESULTS_FORMATS[each.name]
