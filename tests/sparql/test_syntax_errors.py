"""A query sees the union of all graphs, or what it names; a broken one is told where it breaks."""

import pyoxigraph as ox
import pytest

from agendagraph.errors import QueryError, QuerySyntaxError
from agendagraph.store import LocalStore, has_dataset_clause, moved_back, with_prefixes

EX = "http://example.org/"


@pytest.fixture
def store() -> LocalStore:
    """Three triples: one in graph a, one in graph b, one in no named graph."""
    filled = ox.Store()
    for name in ("a", "b", None):
        graph = ox.DefaultGraph() if name is None else ox.NamedNode(EX + name)
        filled.add(
            ox.Quad(ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), ox.Literal(name or ""), graph)
        )
    return LocalStore(filled)


def objects(store: LocalStore, query: str) -> list[str]:
    answer = store.query(query)
    assert isinstance(answer, ox.QuerySolutions)
    return sorted(row["o"].value for row in answer)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("SELECT ?o { ?s ?p ?o }", ["", "a", "b"], id="the union"),
        pytest.param(
            "SELECT ?o FROM <http://example.org/a> { ?s ?p ?o }", ["a"], id="FROM names one"
        ),
        pytest.param(
            "PREFIX e: <http://example.org/> SELECT ?o FROM e:a from e:b { ?s ?p ?o }",
            ["a", "b"],
            id="FROM names two, by prefix and in lower case",
        ),
        pytest.param(
            "SELECT ?o FROM NAMED <http://example.org/a> { GRAPH ?g { ?s ?p ?o } }",
            ["a"],
            id="FROM NAMED",
        ),
        pytest.param("SELECT ?o { GRAPH ?g { ?s ?p ?o } }", ["a", "b"], id="GRAPH"),
    ],
)
def test_what_a_query_sees(store: LocalStore, query: str, expected: list[str]) -> None:
    assert objects(store, query) == expected


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT ?from { ?s ?p ?from }", id="a variable"),
        pytest.param("SELECT * { ?s <http://x/FROM> ?o } # FROM <http://x/>", id="a comment"),
        pytest.param("SELECT * { ?s ?p 'FROM <http://x/>' }", id="a text"),
        pytest.param('SELECT * { ?s ?p """x " FROM <http://x/>""" }', id="a long text"),
        pytest.param("SELECT * { ?s ex:FROM <http://x/> }", id="a name with a prefix"),
        pytest.param("SELECT * { ?s from:FROM ?o }", id="a prefix"),
    ],
)
def test_the_word_from_is_not_always_a_clause(query: str) -> None:
    assert not has_dataset_clause(query)


@pytest.mark.parametrize(
    ("query", "line", "column", "message"),
    [
        pytest.param("SELEC ?x { ?s ?p ?o }", 1, 1, "“SELEC”", id="a misspelt form"),
        pytest.param("SELECT * WHERE {\n ?s ?p }", 2, 8, "“}”", id="an object is missing"),
        pytest.param("SELECT * {\n ?s ?p '한국어' . 한 }", 2, 16, "“한”", id="after Hangul"),
        pytest.param("SELECT * { ?s ?p ?o", 1, 20, "ends too early", id="an open brace"),
        pytest.param("", 1, 1, "ends too early", id="nothing"),
        pytest.param("SELECT * { ?s ?p ?o FILTER ?o > 3 }", 1, 28, "“?o”", id="a bare filter"),
        pytest.param("SELECT * { ?s ?p ?o } LIMIT ten", 1, 29, "“ten”", id="a word for a number"),
        pytest.param("SELECT * { OPTIONL { ?s ?p ?o } }", 1, 12, "“OPTIONL”", id="a misspelt word"),
        pytest.param('SELECT * { ?s ?p "abc\n }', 1, 18, "does not end", id="an open text"),
        pytest.param("SELECT * {\n ?s foo:bar ?o }", 2, 5, "prefix foo:", id="no such prefix"),
        pytest.param("INSERT DATA { <a:a> <b:b> 1 }", 1, 1, "“INSERT”", id="an update"),
        pytest.param(
            "SELECT ?a ?b { ?a ?b ?c } GROUP BY ?a", 1, 1, "unbound", id="a variable not grouped"
        ),
        pytest.param(
            "# FROM x: y\nSELECT * { ?s ?p 'a:b' ; <http://x:1/> 5 } }",
            2,
            44,
            "“}”",
            id="one too many",
        ),
    ],
)
def test_a_broken_query_is_told_where(
    store: LocalStore, query: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        store.query(query)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert message in caught.value.message


def test_the_place_in_a_long_query_is_exact(store: LocalStore) -> None:
    """However long the query is, the place is that of the word and not of its keyword."""
    good = "\n".join(f"  ?s{i} <http://x/p{i}> {i} ." for i in range(200))

    with pytest.raises(QuerySyntaxError) as caught:
        store.query(f"SELECT * {{\n{good}\n  ?s ! }}\n")

    assert (caught.value.line, caught.value.column) == (202, 8)


def test_a_query_that_cannot_be_answered_is_an_error(store: LocalStore) -> None:
    with pytest.raises(QueryError):
        list(store.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } LIMIT x"))


def test_our_prefixes_need_not_be_declared() -> None:
    text = "ASK { ?s a agenda:Goal ; skos:prefLabel 'rdfs:label' }"

    declared = with_prefixes(text)

    assert declared.startswith("PREFIX agenda: <https://w3id.org/agendagraph/ns#> PREFIX skos:")
    assert declared.endswith(text)
    assert "PREFIX rdfs:" not in declared


def test_a_prefix_that_is_declared_stays_theirs() -> None:
    text = "PREFIX agenda: <http://example.org/> ASK { ?s a agenda:Goal }"

    assert with_prefixes(text) == text


def test_a_place_is_that_of_the_query_as_it_was_asked(store: LocalStore) -> None:
    text = "SELECT * { ?s skos:broader }"

    with pytest.raises(QuerySyntaxError) as caught:
        store.query(with_prefixes(text))

    assert moved_back(caught.value, text).column == text.index("}") + 1
