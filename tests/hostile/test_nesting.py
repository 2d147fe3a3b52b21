"""A query nested at any depth gets an answer or a 400, and other clients are not affected.

Brackets and operators of every kind, at the depth that kills a parser on an ordinary stack,
up to the largest query that is accepted, and at 100,000 levels.
"""

# ruff: noqa: E501 - a row of the table is a line

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CAP_BYTES = 64 << 10

NESTED = {
    "groups": ("ASK ", "{", "", "}", ""),
    "groups left open": ("ASK ", "{", "", "", ""),
    "brackets": ("ASK { FILTER(", "(", "1", ")", ") }"),
    "brackets left open": ("ASK { FILTER(", "(", "", "", ""),
    "functions": ("ASK { BIND(", "STR(", "1", ")", " AS ?x) }"),
    "casts": (
        "PREFIX x: <http://www.w3.org/2001/XMLSchema#> ASK { BIND(", "x:string(", "1", ")", " AS ?x) }",
    ),
    "concatenations": ("ASK { BIND(", "CONCAT(1,", "1", ")", " AS ?x) }"),
    "coalescing": ("ASK { BIND(", "COALESCE(?y,", "1", ")", " AS ?x) }"),
    "conditions": ("ASK { BIND(", "IF(true,", "1", ",1)", " AS ?x) }"),
    "conditions of conditions": ("ASK { BIND(", "IF(", "true", ",true,true)", " AS ?x) }"),
    "negations": ("ASK { FILTER(", "!", "true", "", ") }"),
    "signs": ("ASK { FILTER(", "-", "1", "", ") }"),
    "plus signs": ("ASK { FILTER(", "+", "1", "", ") }"),
    "in lists": ("ASK { FILTER(1 IN (", "1 IN (", "1", ")", ")) }"),
    "exists": ("ASK ", "{ FILTER EXISTS ", "{}", "}", ""),
    "not exists": ("ASK ", "{ FILTER NOT EXISTS ", "{}", "}", ""),
    "exists in a condition": ("ASK ", "{ BIND(EXISTS ", "{}", " AS ?x)}", ""),
    "optionals": ("ASK ", "{ OPTIONAL ", "{}", "}", ""),
    "minuses": ("ASK ", "{ MINUS ", "{}", "}", ""),
    "graphs": ("ASK ", "{ GRAPH ?g ", "{}", "}", ""),
    "services": ("ASK ", "{ SERVIC ?g ", "{}", "}", ""),
    "subqueries": ("SELECT * ", "{ SELECT * ", "{}", "}", ""),
    "grouped subqueries": ("SELECT * ", "{ SELECT (COUNT(*) AS ?n) ", "{}", "}", ""),
    "unions inside": ("ASK ", "{ {} UNION ", "{}", "}", ""),
    "collections": ("ASK { ?s ?p ", "(", "1", ")", " }"),
    "collections left open": ("ASK { ?s ?p ", "(", "", "", ""),
    "blank nodes": ("ASK { ", "[ ?p ", "1", "]", " ?q ?r }"),
    "blank nodes as subjects": ("ASK { ", "[ ?p [] ; ?q ", "1", "]", " }"),
    "mixed": ("ASK { ?s ?p ", "([ ?p (", "1", ")])", " }"),
    "paths": ("ASK { ?s ", "(", "<urn:p>", ")", " ?o }"),
    "repeated paths": ("ASK { ?s ", "(", "<urn:p>", ")*", " ?o }"),
    "inverse paths": ("ASK { ?s ", "^(", "<urn:p>", ")", " ?o }"),
    "negated paths": ("ASK { ?s ", "!(^", "<urn:p>", ")", " ?o }"),
    "path sequences": ("ASK { ?s ", "(<urn:p>/", "<urn:p>", ")", " ?o }"),
    "triple terms": ("ASK { ?s ?p ", "<<( ?a ?b ", "1", " )>>", " }"),
    "reifying triples": ("ASK { ", "<< ?a ?b ", "1", " >>", " ?p ?o }"),
    "annotations": ("ASK { ?s ?p ?o ", "{| ?a ?b ", "", " |}", " }"),
    "aggregates": ("SELECT (", "SUM(", "1", ")", " AS ?n) {}"),
    "having": ("SELECT * {} GROUP BY ?x HAVING(", "(", "1", ")", ")"),
    "order by": ("SELECT * {} ORDER BY ", "ASC(", "1", ")", ""),
    "templates": ("CONSTRUCT { ?s ?p ", "(", "1", ")", " } {}"),
    "or": ("ASK { FILTER(", "1||", "1", "", ") }"),
    "and": ("ASK { FILTER(", "1&&", "1", "", ") }"),
    "comparisons": ("ASK { FILTER(", "(1=", "1", ")", ") }"),
    "sums": ("ASK { FILTER(", "1+", "1", "", ") }"),
    "products": ("ASK { FILTER(", "1*", "1", "", ") }"),
    "unions": ("ASK { ", "{} UNION ", "{}", "", " }"),
    "semicolons": ("ASK { ?s ?p ?o ", ";", "", "", " }"),
    "binds": ("ASK { ", "BIND(1 AS ?x)", "", "", " }"),
}  # fmt: skip
"""Before, what opens, the middle, what closes, after."""


def nested(name: str, depth: int) -> str:
    before, opening, middle, closing, after = NESTED[name]
    return before + opening * depth + middle + closing * depth + after


def deepest(name: str) -> int:
    """Return how deep a query of the largest accepted size can be."""
    _, opening, _, closing, _ = NESTED[name]
    return (CAP_BYTES - 100) // len(opening + closing)


def test_there_are_enough() -> None:
    assert len({nested(name, 100_000) for name in NESTED}) >= 30


@pytest.mark.parametrize("share", [0.1, 1.0], ids=["a tenth", "as deep as it goes"])
@pytest.mark.parametrize("name", NESTED)
def test_a_nested_query_is_answered_or_refused(
    hold: Callable[[str], int], name: str, share: float
) -> None:
    hold(nested(name, int(deepest(name) * share)))


@pytest.mark.parametrize("name", NESTED)
def test_100_000_levels_are_too_many(ask: Callable[[str], tuple[int, float]], name: str) -> None:
    status, seconds = ask(nested(name, 100_000))

    assert status in {400, 413}
    assert seconds < 2


def test_nested_queries_all_at_once(
    ask: Callable[[str], tuple[int, float]], at_once: set[int]
) -> None:
    queries = [nested(name, deepest(name)) for name in NESTED]

    with ThreadPoolExecutor(16) as pool:
        statuses = {status for status, _ in pool.map(ask, queries)}

    assert statuses <= at_once
