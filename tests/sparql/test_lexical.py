"""Keywords are seen where they are keywords, and a hostile text costs no time."""

from __future__ import annotations

import time

import pytest

from agendagraph.sparql import lexical


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
    assert lexical.calls_service(query)


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
    assert not lexical.calls_service(query)


def test_answers_that_change_are_known() -> None:
    assert lexical.is_volatile("SELECT (rand() AS ?x) {}")
    assert lexical.is_volatile("ASK { FILTER(NOW ( ) > ?x) }")
    assert lexical.is_volatile("ASK { SERVICE <http://example.org/> {} }")
    assert not lexical.is_volatile("SELECT ?now { ?now ex:rand 'UUID()' }")


def test_prefixes_that_an_answer_can_use() -> None:
    query = "prefix ex: <http://example.org/> PREFIX : <relative#> PREFIX a-b: <urn:x:> ASK {}"

    assert lexical.prefixes(query) == {"ex": "http://example.org/", "a-b": "urn:x:"}


@pytest.mark.parametrize(
    "unit", ["a.", '\\"""', "<a", '"', "'''", "\\", '"\\', "PREFIX a-", "a:b.", "?", "#", "@a-"]
)
def test_the_scan_is_linear(unit: str) -> None:
    """A megabyte of the worst text takes well under the seconds of a quadratic scan."""
    text = '"""' + unit * (1_000_000 // len(unit)) + " service now"
    started = time.perf_counter()

    for scan in (lexical.calls_service, lexical.is_volatile, lexical.prefixes):
        scan(text)
        scan(text[3:])

    assert time.perf_counter() - started < 10
