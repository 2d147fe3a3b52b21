"""No query stops the server, outlives its limit, delays another client or gets half an answer.

Every row of the table is sent by itself, and then all of them at once from sixteen threads.
"""

# ruff: noqa: E501, S608 - a row of the table is a line, and no SQL

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

E = "http://example.org/"
PAIR = "?s ?p ?o . ?s2 ?p2 ?o2"
TRIPLE = PAIR + " . ?s3 ?p3 ?o3"
ONE = "?s ?p ?o"
GENERATED = 100
LIMIT_S, GRACE_S = 0.5, 1.5
"""Those of the server that is asked; see conftest."""


def many(pattern: str, number: int, joint: str = " ") -> str:
    """Repeat a pattern, with ``#`` counting."""
    return joint.join(pattern.replace("#", str(i)) for i in range(number))


def doubled(function: str, times: int) -> str:
    """Bind a value that is twice as long at each step."""
    steps = " ".join(f"BIND({function.replace('#', f'?x{i}')} AS ?x{i + 1})" for i in range(times))
    return f"SELECT (STRLEN(?x{times}) AS ?n) {{ BIND('xy' AS ?x0) {steps} }}"


HOSTILE = {
    # products
    "count of a product": f"SELECT (COUNT(*) AS ?n) {{ {TRIPLE} }}",
    "rows of a product": f"SELECT * {{ {TRIPLE} }}",
    "one row of 200 disconnected patterns": f"SELECT * {{ {many('?a# ?b# ?c# .', 200)} }} LIMIT 1",
    "product by inequality": f"SELECT * {{ {PAIR} FILTER(?s != ?s2 && ?o < ?o2) }} ORDER BY ?o",
    "product of values": "SELECT (COUNT(*) AS ?n) { "
    + many("VALUES ?v# { 0 1 2 3 4 5 6 7 8 9 }", 12) + " }",
    "product of unions": "SELECT (COUNT(*) AS ?n) { "
    + many("{ ?a# ?b# 1 } UNION { ?a# ?b# 2 } UNION { ?a# ?c# ?d# }", 5) + " }",
    "product of optionals": f"SELECT * {{ {ONE} {many('OPTIONAL { ?x# ?y# ?z# }', 8)} }} LIMIT 1",
    "product of subqueries": "SELECT (COUNT(*) AS ?n) { "
    + many("{ SELECT ?a# { ?a# ?b# ?c# } }", 4) + " }",
    "product of graphs": f"SELECT (COUNT(*) AS ?n) {{ {many('GRAPH ?g# { ?a# ?b# ?c# }', 4)} }}",
    "self join on a value": f"SELECT (COUNT(*) AS ?n) {{ {many('?a# ?p# ?o .', 4)} }}",
    "self join on a type": f"SELECT (COUNT(*) AS ?n) {{ {many(f'?a# <{E}type> ?t .', 4)} }}",
    "a graph of a product": f"CONSTRUCT {{ ?s ?p2 ?o3 }} WHERE {{ {TRIPLE} }}",
    "a large template": "CONSTRUCT { " + many(f"?s <{E}x#> ?o2 .", 300) + f" }} WHERE {{ {PAIR} }}",
    "describe a product": f"DESCRIBE ?s ?s2 {{ {PAIR} }}",
    "ask what is nowhere": f"ASK {{ {TRIPLE} FILTER(?o = 'nowhere' && ?o2 = ?o3 && ?o3 = 1) }}",
    # paths
    "any path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>)* ?b }",
    "any path and back": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)+ ?b . ?c ?d ?a }",
    "path of paths": f"SELECT (COUNT(*) AS ?n) {{ ?a ((<{E}partOf>*)/(^<{E}partOf>*))* ?b }}",
    "alternatives of a hundred": "SELECT (COUNT(*) AS ?n) { ?a ("
    + many(f"<{E}partOf>", 100, "|") + ")+ ?b }",
    "sequence of a hundred": "ASK { ?a " + many(f"<{E}partOf>?", 100, "/") + " ?b }",
    "two closures": f"SELECT * {{ ?a <{E}partOf>* ?b . ?c <{E}partOf>* ?b . ?c ^<{E}partOf>* ?d }}",
    "closure from every node": "SELECT (COUNT(DISTINCT ?b) AS ?n) { ?x ?y ?a . ?a (<urn:a>|!<urn:a>)* ?b }",
    "optional steps": "SELECT (COUNT(*) AS ?n) { ?a " + many("(!<urn:x>)?", 12, "/") + " ?b }",
    "negated set of a thousand": "SELECT (COUNT(*) AS ?n) { ?a (!("
    + many("<urn:p#>", 1000, "|") + "))+ ?b . ?b ?c ?d }",
    # sorting and grouping
    "sort of a product": f"SELECT * {{ {TRIPLE} }} ORDER BY ?o DESC(?o2) ?o3 LIMIT 5",
    "sort by chance": f"SELECT * {{ {PAIR} }} ORDER BY RAND()",
    "sort by a hash": f"SELECT * {{ {PAIR} }} ORDER BY SHA512(CONCAT(STR(?o), STR(?o2)))",
    "distinct of a product": f"SELECT DISTINCT * {{ {PAIR} }}",
    "reduced and far offset": f"SELECT REDUCED ?o {{ {TRIPLE} }} OFFSET 99999999999 LIMIT 1",
    "concatenation of a product": f"SELECT (GROUP_CONCAT(?o2) AS ?x) {{ {PAIR} }}",
    "concatenation with a long separator": "SELECT (GROUP_CONCAT(?o; SEPARATOR='"
    + "-" * 40_000 + f"') AS ?x) {{ {PAIR} }}",
    "concatenation in each group": f"SELECT ?o (GROUP_CONCAT(STR(?s2)) AS ?x) {{ {PAIR} }} GROUP BY ?o",
    "groups of a product": f"SELECT ?s ?s2 (COUNT(*) AS ?n) {{ {PAIR} }} GROUP BY ?s ?s2",
    "groups of groups": "SELECT (MAX(?n) AS ?m) { { SELECT ?o (COUNT(*) AS ?n) { "
    + PAIR + " } GROUP BY ?o } { SELECT ?o3 (COUNT(*) AS ?k) { ?s3 ?p3 ?o3 . ?x ?y ?z } GROUP BY ?o3 } }",
    "five hundred aggregates": "SELECT " + many("(MAX(CONCAT(STR(?o), '#')) AS ?m#)", 500)
    + f" {{ {PAIR} }} GROUP BY ?p",
    "distinct counts": "SELECT " + many("(COUNT(DISTINCT CONCAT(STR(?o), STR(?o2), '#')) AS ?c#)", 9)
    + f" {{ {PAIR} }}",
    "having of a product": f"SELECT ?s {{ {PAIR} }} GROUP BY ?s HAVING(SUM(STRLEN(STR(?o2))) < 0)",
    # strings
    "string doubling": doubled("CONCAT(#, #)", 60),
    "doubling by replacement": doubled("REPLACE(#, '.', 'xyz')", 40),
    "doubling by encoding": doubled("ENCODE_FOR_URI(CONCAT(#, '%', #))", 40),
    "doubling of an IRI": "SELECT * { BIND('http://e.org/' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40)) + " BIND(IRI(?x40) AS ?y) }",
    "a pattern per row": f"SELECT * {{ {PAIR} FILTER(REGEX(STR(?o), CONCAT('(', STR(?o2), ')+$'))) }}",
    "a heavy pattern": f"SELECT * {{ {PAIR} FILTER(REGEX(STR(?o), '(\\\\p{{L}}{{1,200}}){{1,50}}x')) }}",
    "a catastrophic pattern": f"SELECT * {{ {PAIR} FILTER(REGEX(STR(?o), '^((a+)+)+$')) }}",
    "a huge repetition": f"SELECT * {{ {ONE} FILTER(REGEX(STR(?o), '((a{{1,999}}){{1,999}}){{1,999}}')) }}",
    "replacement of a product": f"SELECT (REPLACE(?o2, '', STR(?o)) AS ?x) {{ {PAIR} }}",
    "hashes of a product": f"SELECT (MAX(SHA512(CONCAT(STR(?s), STR(?o2)))) AS ?m) {{ {PAIR} }}",
    "numbers that grow": "SELECT * { BIND(9 AS ?x0) "
    + " ".join(f"BIND(?x{i} * ?x{i} AS ?x{i + 1})" for i in range(60)) + " }",
    "decimals that divide": "SELECT * { BIND(1.0 AS ?x0) "
    + " ".join(f"BIND(?x{i} / 3.0 AS ?x{i + 1})" for i in range(300)) + " }",
    "dates at the end of time": 'SELECT (("9999999999999999-12-31T23:59:59Z"'
    "^^<http://www.w3.org/2001/XMLSchema#dateTime> + "
    '"P999999999Y"^^<http://www.w3.org/2001/XMLSchema#duration>) AS ?d) {}',
    # negation and conditions
    "exists in each row of a product": f"SELECT * {{ {PAIR} FILTER EXISTS {{ ?s3 ?p3 ?o2 ; ?q ?o }} }}",
    "not exists what takes long": f"SELECT * {{ ?t ?q ?r FILTER NOT EXISTS {{ {TRIPLE} FILTER(?o2 = 0) }} }}",
    "minus a product": f"SELECT (COUNT(*) AS ?n) {{ {PAIR} MINUS {{ ?s ?x ?y . ?s2 ?z ?w . ?k ?l ?m }} }}",
    "a list of ten thousand": f"SELECT * {{ {PAIR} FILTER(?o IN ({many('#', 10_000, ',')})) }}",
    "a list of expressions": f"SELECT * {{ {PAIR} FILTER(?o IN ({many('STRLEN(STR(?o2)) * #', 500, ',')})) }}",
    "a thousand alternatives": f"SELECT * {{ {PAIR} FILTER({many('?o = ?o2 + #', 1000, '||')}) }}",
    "a thousand unions": "SELECT (COUNT(*) AS ?n) { "
    + many("{ ?s ?p # }", 1000, " UNION ") + " ?a ?b ?c . ?d ?e ?f }",
    "two thousand optionals": f"SELECT (COUNT(*) AS ?n) {{ {ONE} {many('OPTIONAL{?s ?p# ?o#}', 1500)} }}",
    "chance in each row": f"SELECT * {{ {PAIR} BIND(STRUUID() AS ?x) FILTER(RAND() < 0) }}",
    "names of a thousand columns": "SELECT " + many("?v#", 5000) + f" {{ {PAIR} }}",
    # what looks harmless
    "everything as it is": f"SELECT * {{ {ONE} }} ORDER BY ?s ?p ?o",
    "everything nine times": "SELECT * { " + many(f"{{ {ONE} }}", 9, " UNION ") + " }",
    "limit beyond numbers": f"SELECT * {{ {ONE} }} LIMIT 99999999999999999999999999",
    "negative numbers": f"SELECT * {{ {ONE} }} LIMIT -1",
    "another endpoint": "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "another endpoint, hidden": "SELECT * { FILTER(1<2)SERVICE<http://127.0.0.1:9/> { ?s ?p ?o } }",
    "files as graphs": f"SELECT * FROM <file:///etc/passwd> FROM NAMED <http://127.0.0.1:9/> {{ {ONE} }}",
    "an update in disguise": "DROP ALL",
    "two queries": "ASK {} ; ASK {}",
    "nothing": "",
    "blanks": " \n" * 30_000,
    "a comment without an end": "ASK {} #" + "x" * 60_000,
    "quotes without an end": "ASK { ?s ?p '''" + "'' " * 20_000,
    "NUL and controls": "ASK { ?s ?p '\x00\x01\x7f\x1b[2J\x9f' }",
    "surrogates by escape": "ASK { ?s ?p '\\uD800\\uDFFF\\U00110000' }",
    "an undefined prefix 5,000 times": "ASK { " + many("x#:y x#:z x#:w .", 3000) + " }",
    "five thousand prefixes": many("PREFIX p#: <urn:#>", 2500) + " ASK {}",
    "right to left": "ASK { ?s ?p '\u202e}'\u202c }",
}  # fmt: skip


OUTCOMES = {
    "limit beyond numbers": {400},
    "negative numbers": {400},
    "another endpoint": {403},
    "another endpoint, hidden": {403},
    "files as graphs": {200},
    "an update in disguise": {400},
    "two queries": {400},
    "nothing": {400},
    "blanks": {400},
    "a comment without an end": {200},
    "quotes without an end": {400},
    "surrogates by escape": {400},
    "right to left": {400},
    "count of a product": {504},
    "rows of a product": {0, 413, 504},
    "any path and back": {413, 503, 504},
    "concatenation of a product": {413, 503, 504},
    "string doubling": {200, 413, 503, 504},
    "everything as it is": {200, 504},
}
"""Where it is known; of the others, only that they end (`conftest.EXPECTED`)."""


def test_there_are_enough() -> None:
    assert len(set(HOSTILE.values())) >= 60
    assert OUTCOMES.keys() <= HOSTILE.keys()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_ends_in_time(hold: Callable[[str], int], name: str) -> None:
    status = hold(HOSTILE[name])

    assert name not in OUTCOMES or status in OUTCOMES[name]


def test_hostile_queries_all_at_once(
    ask: Callable[[str], tuple[int, float]], at_once: set[int]
) -> None:
    """From one client, so that most of them must wait or are turned away."""
    queries = list(HOSTILE.values())
    random.Random(7).shuffle(queries)  # noqa: S311 - a fixed order

    with ThreadPoolExecutor(16) as pool:
        statuses = [status for status, _ in pool.map(ask, queries)]

    assert len(statuses) == len(queries)
    assert set(statuses) <= at_once
    assert not {429, 503, 504}.isdisjoint(statuses), "nobody had to wait: this was no load"


def test_generated_queries(
    ask: Callable[[str], tuple[int, float]],
    fuzzed: Callable[[random.Random], str],
    at_once: set[int],
) -> None:
    """The first of those that the soak asks by the thousand (goal G1)."""
    chance = random.Random(2026)  # noqa: S311 - the same ones every time

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, [fuzzed(chance) for _ in range(GENERATED)]))

    assert {status for status, _ in answers} <= at_once
    seconds = sorted(seconds for _, seconds in answers)
    assert seconds[GENERATED * 95 // 100] < LIMIT_S + GRACE_S
    assert seconds[-1] < 10 * LIMIT_S
