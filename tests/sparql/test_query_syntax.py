"""Keywords are seen where they are keywords, and a hostile text costs no time."""

from __future__ import annotations

import time

import pytest

from agendagraph.sparql.lexer import tokens
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation, SparqlQuery
from agendagraph.sparql.query_syntax import (
    absolute_prefixes,
    keywords,
    may_call_service,
)


def calls_service(text: str) -> bool:
    return bool(keywords(text, {"SERVICE"}))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "SELECT * { service silent ?where { ?s ?p ?o } }",
        "SELECT * { ?s :p true.SERVICE<http://example.org/>{} }",
        "SELECT * { ?s :p 1.SERVICE :a {} }",
        "SELECT * { FILTER(?a<?b)SERVICE :a {} }",
        "SELECT * { ?s :p 'it''s' SERVICE :a {} }",
        'SELECT * { ?s :p """a"b""" SERVICE :a {} }',
    ],
)
def test_service_is_seen(query: str) -> None:
    assert calls_service(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ex:service 'SERVICE' } # SERVICE",
        "PREFIX service: <http://SERVICE/> ASK { service:a service:b $SERVICE }",
        'ASK { ?s ?p """ " SERVICE """@service }',
        "ASK { ?s ?p 'a\\' SERVICE' }",
    ],
)
def test_service_is_not_seen_in_other_places(query: str) -> None:
    assert not calls_service(query)


def test_answers_that_change_are_known() -> None:
    def volatile(text: str) -> bool:
        return SparqlQuery(QueryOperation(text), choose(None)).volatile

    assert volatile("SELECT (rand() AS ?x) {}")
    assert volatile("ASK { FILTER(NOW ( ) > ?x) }")
    assert volatile("ASK { SERVICE <http://example.org/> {} }")
    assert not volatile("SELECT ?now { ?now ex:rand 'UUID()' }")


def test_prefixes_that_an_answer_can_use() -> None:
    query = "prefix ex: <http://example.org/> PREFIX : <relative#> PREFIX a-b: <urn:x:> ASK {}"

    assert absolute_prefixes(query) == {"ex": "http://example.org/", "a-b": "urn:x:"}


@pytest.mark.parametrize(
    "unit",
    [
        "a.",
        '\\"""',
        "<a",
        '"',
        "'''",
        "\\",
        '"\\',
        "PREFIX a-",
        "a:b.",
        "?",
        "#",
        "@a-",
        "FROM",
        "\n",
    ],
)
def test_the_scan_is_linear(unit: str) -> None:
    """200 kB of the worst text take well under the minutes of a quadratic scan."""
    text = '"""' + unit * (200_000 // len(unit)) + ":b service now"
    started = time.process_time()

    for scan in (tokens, may_call_service, calls_service, absolute_prefixes):
        scan(text)
        scan(text[3:])

    assert time.process_time() - started < 5
