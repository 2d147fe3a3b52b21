"""A query that calls SERVICE has the answer that one store with all the data would give."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agendagraph.server.engine.federation import rewriting

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server, Stranger

# One server for the module: it loads its data while any of these tests runs.
pytestmark = pytest.mark.server

EX = "http://example.org/"
THERE = "urn:there"
PREFIX = f"PREFIX ex: <{EX}> "

CASES = [
    pytest.param("SELECT * { ?s ex:name ?n SERVICE @ { ?s ex:age ?a } }", id="join"),
    pytest.param("SELECT * { SERVICE @ { ?s ex:says ?x } }", id="quotes, braces, line ends"),
    pytest.param("SELECT * { SERVICE @ { ?s ex:nick ?x } }", id="languages"),
    pytest.param(
        "SELECT * { ?s ex:name ?n OPTIONAL { SERVICE @ { ?s ex:age ?a } } }", id="OPTIONAL"
    ),
    pytest.param("SELECT * { SERVICE @ { ?s ex:age ?a } OPTIONAL { ?s ex:name ?n } }", id="first"),
    pytest.param("SELECT * { ?s ex:name ?n MINUS { SERVICE @ { ?s ex:age 2 } } }", id="MINUS"),
    pytest.param(
        "SELECT * { ?s ex:name ?n FILTER EXISTS { SERVICE @ { ?s ex:age ?a } } }", id="EXISTS"
    ),
    pytest.param(
        "SELECT * { ?s ex:name ?n FILTER NOT EXISTS { SERVICE @ { ?s ex:age ?a } } }",
        id="NOT EXISTS",
    ),
    pytest.param("SELECT * { { ?s ex:name ?n } UNION { SERVICE @ { ?s ex:age ?a } } }", id="UNION"),
    pytest.param(
        "SELECT ?n (SUM(?a) AS ?all)"
        " { ?s ex:name ?n { SELECT ?s ?a { SERVICE @ { ?s ex:age ?a } } } } GROUP BY ?n",
        id="subselect and groups",
    ),
    pytest.param(
        "SELECT * { ?s ex:knows ?o SERVICE @ { ?s ex:age ?a OPTIONAL { ?s ex:likes ?o } } }",
        id="UNDEF joins with anything",
    ),
    pytest.param(
        "SELECT * { SERVICE @ { ?s ex:age ?a } SERVICE @ { ?o ex:likes ?s } ?s ex:name ?n }",
        id="two calls",
    ),
    pytest.param(
        "SELECT * { ?s ex:name ?n"
        " SERVICE @ { SELECT ?s (MAX(?x) AS ?a) { ?s ex:age ?x } GROUP BY ?s } }",
        id="subselect in the call",
    ),
    pytest.param(
        "SELECT * { ?s ex:name ?n BIND(STR(?n) AS ?m) SERVICE @ { ?s ex:age ?a FILTER(?a < 2) } }",
        id="filter in the call",
    ),
    pytest.param("SELECT * { ?s ex:name ?n SERVICE @ { ex:a ex:age 1 } }", id="no variables"),
    pytest.param("SELECT * { ?s ex:name ?n SERVICE @ { ?s ex:age 77 } }", id="no solutions"),
    pytest.param(
        "SELECT * { ?s ex:name ?n # SERVICE <http://x/> {\n SERVICE @ { ?s ex:age ?a # }\n } }",
        id="comments",
    ),
    pytest.param(
        "SELECT * { ?s ex:name ?n FILTER(?n != 'SERVICE <x> {') SERVICE @ { ?s ex:age ?a } }",
        id="strings",
    ),
]


def merged(local: str, remote: str) -> ox.Store:
    """Return one store: the local data in the default graph, the remote in a named one."""
    store = ox.Store()
    store.load(local.encode(), format=ox.RdfFormat.TURTLE)
    store.load(remote.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(THERE))
    return store


def counted(results: object) -> Counter[tuple[tuple[str, str], ...]]:
    """Return the rows of a SELECT with their numbers."""
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    return Counter(
        tuple(sorted((n, str(row[n])) for n in names if row[n] is not None)) for row in results
    )


@pytest.mark.parametrize("query", CASES)
def test_the_answer_is_that_of_one_store(
    server: Server, there: str, data: tuple[str, str], query: str
) -> None:
    expected = merged(*data).query(PREFIX + query.replace("SERVICE @", f"GRAPH <{THERE}>"))

    found = server.rows(PREFIX + query.replace("@", f"<{there}>"))

    assert Counter(tuple(sorted(row.items())) for row in found) == counted(expected)


_TRIPLES = st.sets(
    st.tuples(st.sampled_from("abc"), st.sampled_from("pq"), st.sampled_from("abc")), max_size=7
)
_TERM = st.sampled_from(["?x", "?y", "?z", "ex:a"])
_PATTERN = st.builds(
    lambda triples: " . ".join(f"{s} ex:{p} {o}" for s, p, o in triples),
    st.lists(st.tuples(_TERM, st.sampled_from("pq"), _TERM), min_size=1, max_size=2),
)
_GROUP = st.recursive(
    _PATTERN,
    lambda inner: st.one_of(
        st.builds("{0} SERVICE <urn:there> {{ {1} }}".format, inner, _PATTERN),
        st.builds("{0} OPTIONAL {{ SERVICE <urn:there> {{ {1} }} }}".format, inner, _PATTERN),
        st.builds("{0} MINUS {{ SERVICE <urn:there> {{ {1} }} }}".format, inner, _PATTERN),
        st.builds("{{ {0} }} UNION {{ {1} }}".format, inner, inner),
        st.builds("{{ SELECT ?x ?y {{ {0} }} }}".format, inner),
        st.builds("SERVICE <urn:there> {{ {0} OPTIONAL {{ {1} }} }}".format, _PATTERN, _PATTERN),
        st.builds("{0} FILTER EXISTS {{ SERVICE <urn:there> {{ {1} }} }}".format, inner, _PATTERN),
    ),
    max_leaves=4,
)


def _turtle(triples: set[tuple[str, str, str]]) -> str:
    return "".join(f"<{EX}{s}> <{EX}{p}> <{EX}{o}> .\n" for s, p, o in sorted(triples))


@settings(max_examples=150, deadline=None)
@given(local=_TRIPLES, remote=_TRIPLES, group=_GROUP)
def test_any_query_has_the_answer_of_one_store(
    local: set[tuple[str, str, str]], remote: set[tuple[str, str, str]], group: str
) -> None:
    whole = merged(_turtle(local), _turtle(remote))
    here, there = merged(_turtle(local), ""), merged(_turtle(remote), "")
    query = f"{PREFIX} SELECT ?x ?y ?z {{ {group} }}"

    answers = [
        (call, rewriting.values(call, there.query(call.query), rows=10_000, base=EX))  # type: ignore[arg-type]
        for call in rewriting.calls(query, EX)[: rewriting.MOST_CALLS]
    ]

    expected = whole.query(query.replace("SERVICE", "GRAPH"))
    assert counted(here.query(rewriting.joined(query, answers))) == counted(expected)


@pytest.mark.parametrize(
    ("accept", "begins"),
    [
        ("application/sparql-results+xml", "<?xml"),
        ("text/csv", "n,a"),
        ("text/tab-separated-values", "?n"),
    ],
)
def test_every_format_of_ours_is_offered(
    server: Server, there: str, accept: str, begins: str
) -> None:
    query = f"{PREFIX} SELECT ?n ?a {{ ?s ex:name ?n SERVICE <{there}> {{ ?s ex:age ?a }} }}"

    answer = server.query(query, accept=accept)

    assert answer.status_code == 200
    assert answer.text.startswith(begins)


def test_a_graph_can_be_made_of_both(server: Server, there: str) -> None:
    query = (
        f"{PREFIX} CONSTRUCT {{ ?s ex:named ?n ; ex:aged ?a }}"
        f" {{ ?s ex:name ?n SERVICE <{there}> {{ ?s ex:age ?a }} }}"
    )

    answer = server.query(query, accept="application/n-triples")

    assert f'<{EX}a> <{EX}named> "a"' in answer.text
    assert f"<{EX}a> <{EX}aged>" in answer.text


def test_the_endpoint_may_be_a_prefixed_name_and_gets_what_the_group_needs(
    server: Server, stranger: Stranger, there: str
) -> None:
    base = there.removesuffix("sparql")
    query = (
        f"BASE <{EX}> PREFIX r: <{base}> PREFIX ex: <{EX}>\n"
        "SELECT * { SERVICE SILENT r:sparql { <a> ex:age ?a } }"
    )

    assert server.rows(query) == [{"a": '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'}]
    ((method, path, headers, _),) = stranger.hits
    assert (method, path) == ("POST", "/sparql")
    assert headers["host"] == f"named.example:{stranger.port}"
    assert headers["accept-encoding"] == "identity"
    assert not {"cookie", "authorization", "x-forwarded-for"} & headers.keys()


def test_blank_nodes_of_another_endpoint_get_iris_of_their_own(
    server: Server, there: str, stranger: Stranger
) -> None:
    stranger.answers["/sparql"] = lambda handler: handler.send(
        b'{"head":{"vars":["s","o"]},"results":{"bindings":['
        b'{"s":{"type":"bnode","value":"n1"},"o":{"type":"bnode","value":"n2"}},'
        b'{"s":{"type":"bnode","value":"n1"},"o":{"type":"literal","value":"x"}}]}}',
        "application/sparql-results+json",
    )
    query = f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}"

    first, second = server.rows(query), server.rows(query)

    nodes = {row["s"] for row in first}
    assert len(nodes) == 1
    assert "/.well-known/genid/" in nodes.pop()
    assert first[0]["o"] != first[0]["s"]
    assert {row["s"] for row in first} != {row["s"] for row in second}


def test_answers_are_neither_kept_nor_shared(
    server: Server, there: str, stranger: Stranger
) -> None:
    query = f"{PREFIX} SELECT * {{ SERVICE <{there}> {{ ?s ex:age ?a }} }}"

    first, second = server.query(query), server.query(query)

    assert len(stranger.hits) == 2
    assert first.headers["etag"] == second.headers["etag"]
    assert "max-age" not in first.headers["cache-control"]


@pytest.mark.parametrize(
    ("group", "line", "column", "word"),
    [
        ("SERVICE ?where { ?s ?p ?o }", 1, 29, "?where"),
        ("\n SERVICE @ { SERVICE @ { ?s ?p ?o } }", 2, 2, "inside"),
        ("SERVICE @ {} " * (rewriting.MOST_CALLS + 1), 1, None, "10 calls"),
    ],
)
def test_calls_that_are_not_made(
    server: Server, there: str, stranger: Stranger, group: str, line: int, column: int, word: str
) -> None:
    answer = server.query(f"SELECT * {{ ?s ?p ?x {group} }}".replace("@", f"<{there}>"))

    told = answer.json()
    assert (answer.status_code, told["line"]) == (400, line)
    assert column in (None, told["column"])
    assert word in told["detail"]
    assert stranger.hits == []


def test_a_query_that_does_not_parse_asks_nobody(
    server: Server, there: str, stranger: Stranger
) -> None:
    answer = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }}\n ?x }}")

    assert answer.status_code == 400
    assert answer.json()["line"] == 2
    assert stranger.hits == []


@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_silent_passes_over_what_fails(
    server: Server, there: str, stranger: Stranger, silent: str
) -> None:
    stranger.answers["/sparql"] = lambda handler: handler.send(b"no", "text/plain", 500)
    query = f"{PREFIX} SELECT ?n {{ ?s ex:name ?n SERVICE {silent} <{there}> {{ ?s ex:age ?a }} }}"

    answer = server.query(query)

    if silent:
        assert [row["n"] for row in server.rows(query)] == ['"a"', '"b"', '"c"', '"d"']
    else:
        assert answer.status_code == 502
        assert "the status 500" in answer.json()["detail"]
        assert "named.example" in answer.json()["message"]["ko"]


def test_a_slow_host_gets_half_of_the_time(
    server: Server, there: str, stranger: Stranger, pausing: Callable[[Stranger], None]
) -> None:
    pausing(stranger)
    query = f"{PREFIX} SELECT * {{ ?s ex:name ?n SERVICE @ <{there}> {{ ?s ex:age ?a }} }}"

    answer = server.query(query.replace("@", ""))
    silent = server.query(query.replace("@", "SILENT"))

    assert answer.status_code == 504
    assert answer.json()["limit_s"] == server.limit_s / 2
    assert answer.elapsed.total_seconds() < server.limit_s
    assert silent.status_code == 200


def test_lookups_go_on_while_others_are_slow(
    server: Server, there: str, stranger: Stranger, pausing: Callable[[Stranger], None]
) -> None:
    """Queries that wait for a stranger hold no worker: a lookup takes as long as ever."""
    pausing(stranger)

    with ThreadPoolExecutor(8) as pool:
        waiting = [
            pool.submit(server.query, f"SELECT * {{ SERVICE <{there}> {{ ?s ?p {i} }} }}")
            for i in range(8)
        ]
        took = [
            server.query(f"SELECT * {{ ?s ?p {i} }}").elapsed.total_seconds() for i in range(20)
        ]
        statuses = {each.result().status_code for each in waiting}

    assert sorted(took)[10] < 0.3
    assert statuses == {504}


def test_too_many_rows_and_bytes_are_refused(
    server: Server, there: str, stranger: Stranger
) -> None:
    row = '{"s":{"type":"literal","value":"x"}}'
    rows = ",".join([row] * (server.most_rows + 1))
    many = f'{{"head":{{"vars":["s"]}},"results":{{"bindings":[{rows}]}}}}'
    query = f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}"

    stranger.answers["/sparql"] = lambda handler: handler.send(
        many.encode(), "application/sparql-results+json"
    )
    length = server.query(query).json()
    stranger.answers["/sparql"] = lambda handler: handler.send(
        b" " * ((1 << 20) + 1), "application/sparql-results+json"
    )
    size = server.query(query).json()

    assert (length["status"], length["limit"], length["what"]) == (413, server.most_rows, "rows")
    assert (size["status"], size["limit"], size["what"]) == (413, 1 << 20, "bytes")


def test_the_description_tells_of_it(server: Server) -> None:
    answer = server.client.get("/sparql", headers={"accept": "application/n-triples"})

    feature = "<http://www.w3.org/ns/sparql-service-description#BasicFederatedQuery>"
    assert feature in answer.text
