"""Tokens cover a text without a gap, and agree with the engine on whatever the engine parses."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agendagraph.files import QUERIES
from agendagraph.sparql import update_operations
from agendagraph.sparql.lexer import Unclear, balanced, tokens
from agendagraph.sparql.query_syntax import (
    absolute_prefixes,
    described,
    has_dataset_clause,
    keywords,
    may_call_service,
    query_form,
    undeclared_prefixes,
    with_prefixes,
)

SETTINGS = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
GAP = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*")
SHIPPED = sorted(QUERIES.rglob("*.rq"))
NOWHERE = "http://127.0.0.1:9/"
"""The engine refuses to call this port, with another error than that of a syntax error."""

PIECES = st.lists(
    st.sampled_from(
        [
            *("SELECT", "ask", "From", "NAMED", "SERVICE", "load", "a", "true", "PREFIX", "now"),
            *("?s", "$from", "ex:", "ex:a.b", ":service", "_:b.c", "1.5e3", ".5", "1.", "@en-GB"),
            *("<http://e.org/>", "<", ">", "<=", "<<", "^^", "&&", "{", "}", "{|", "|}", "(", ")"),
            *('"', "'", '"""', "'''", "\\", "\\'", "\\u0053", "<\\u0041>", "#", "\n", "\r", " "),
            *("SILENT", "RAND()", "NOW", "service", ":a", "1"),
            *("한글", "é", "\u0301", "\u00b7", "\x00", "\U0001f600", ";", ",", ".", "%41", "-"),
        ]
    ),
    max_size=30,
).map("".join)


def parses(query: str) -> str | None:
    """Return the form of a query as the engine understands it; ``None`` if it does not parse."""
    try:
        answer = ox.Store().query(query)
    except SyntaxError:
        return None
    except (OSError, RuntimeError, ValueError):
        return "?"  # it parses; a call of another endpoint fails
    if isinstance(answer, ox.QuerySolutions):
        return "SELECT"
    return "ASK" if isinstance(answer, ox.QueryBoolean) else "CONSTRUCT DESCRIBE"


@SETTINGS
@given(text=PIECES | st.text(max_size=80))
def test_tokens_and_gaps_make_the_text(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert GAP.fullmatch(text[at : token.start])
        assert token.text == text[token.start : token.end] != ""
        at = token.end
    assert GAP.fullmatch(text[at:])


@SETTINGS
@given(text=PIECES | st.text(max_size=80))
def test_words_alone_are_the_same_words(text: str) -> None:
    def words(**options: bool) -> list[tuple[str, str, int, int]]:
        found = tokens(text, **options)
        return [t[:4] for t in found if t.kind in ("word", "name")]

    assert words() == words(words_only=True)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param('\'a\' "" \'\'\'b\'c\'\'\' """d""e"""', ["string"] * 4, id="strings"),
        pytest.param('\'a\\\'b\' """c\\""""', ["string"] * 2, id="escaped quotes"),
        pytest.param("'a\nb'", ["unclosed", "word", "unclosed"], id="a line ends a string"),
        pytest.param("'''a", ["unclosed"], id="a long string without an end"),
        pytest.param("<a#b> < <= <<", ["iri", "sign", "sign", "sign"], id="IRIs and operators"),
        pytest.param("<a\\u0041\\U00000042>", ["iri"], id="escapes in an IRI"),
        pytest.param("?a $b ?한글 ?e\u0301", ["variable"] * 4, id="variables"),
        pytest.param("1 1.5 .5 1.e3 1e-3 .5E+3", ["number"] * 6, id="numbers"),
        pytest.param("1.SERVICE", ["number", "sign", "word"], id="a dot behind a number"),
        pytest.param("true.SERVICE", ["word", "sign", "word"], id="a dot behind a word"),
        pytest.param(
            "ex:a.b. ex: : :a a.b:c ex:%41\\-", ["name", "sign", *["name"] * 5], id="names"
        ),
        pytest.param("_:a.b. _:0", ["blank", "sign", "blank"], id="blank nodes"),
        pytest.param("'a'@en-GB'b'", ["string", "language", "string"], id="a language"),
        pytest.param("?a#b\n?c # d", ["variable"] * 2, id="comments"),
        pytest.param("{| ^^ && || != >> |}", ["sign"] * 7, id="long operators"),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [token.kind for token in tokens(text)] == kinds


def test_the_depth_is_that_of_braces() -> None:
    depths = [(each.text, each.depth) for each in tokens("a { b '{' { c } {| d |} } e")]

    assert depths == [
        *(("a", 0), ("{", 0), ("b", 1), ("'{'", 1), ("{", 1), ("c", 2), ("}", 1)),
        *(("{|", 1), ("d", 1), ("|}", 1), ("}", 0), ("e", 0)),
    ]


@pytest.mark.parametrize("text", ["{", "}", "}{", "{'", '"""{}'])
def test_what_does_not_end_is_unclear(text: str) -> None:
    with pytest.raises(Unclear):
        balanced(text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_engine_agrees_on_shipped_queries(path: object) -> None:
    text = with_prefixes(path.read_text("utf-8"))  # type: ignore[attr-defined]

    assert query_form(text) in (parses(text) or "")
    assert not list(undeclared_prefixes(text))
    assert not may_call_service(text)


SPACE = st.sampled_from(["", " ", "\n", "\t", "# SELECT FROM <x> {\n"])
TERM = st.sampled_from(
    [
        *("ex:a", "from:from", ":", ":x.y", "<http://e.org/FROM#>", "service:load", "ex:%41\\-"),
        *("?from", "$select", "?한글", "?e\u0301"),
    ]
)
OBJECT = TERM | st.sampled_from(
    [
        *("'FROM <x>'", '"""a"b" FROM ex:g""', "'''{ ' }'''", '"\\""@en-GB', "'x'^^ex:from", "''"),
        *("1", "1.5", "-.5e3", "true", "_:from.x", "[]", "( ?a 'SERVICE' )", "[ ex:p ?b ]"),
    ]
)
FILTERS = st.sampled_from(
    [
        "",
        "FILTER(?a<?b&&?c>?d)",
        "FILTER (1<2) ",
        "FILTER NOT EXISTS{?a ex:b ?c}",
        "BIND(NOW()AS?now)",
        "OPTIONAL{?s ?p '}'}",
        "{SELECT*{?x ?y ?z}}",
        "MINUS{?a ?b ?c}VALUES ?v{1 'x' UNDEF}",
    ]
)
PREFIXES = (
    "PREFIX ex: <http://e.org/> prefix from:<http://e.org/select/>PREFIX : <http://e.org/#>"
    "BASE<http://e.org/ask> "
)
PROLOGUE = PREFIXES + "PREFIX service: <http://e.org/service/> "


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, str, bool]:
    """Return a query that should parse, its form, and whether it names its dataset."""
    triples = draw(st.lists(st.tuples(TERM, TERM, OBJECT), min_size=1, max_size=3))
    parts = [" ".join(triple) + " . " for triple in triples] + [draw(FILTERS)]
    pattern = "{" + draw(SPACE).join(parts) + "}"
    form = draw(st.sampled_from(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]))
    cased = draw(st.sampled_from([form, form.lower(), form.title()]))
    head = {"SELECT": "*", "ASK": "", "CONSTRUCT": "{?s ?p ?o}", "DESCRIBE": " ex:a "}[form]
    dataset = draw(
        st.sampled_from(
            ["", "", "FROM<http://e.org/g>", " FROM ex:g", " from NAMED :g ", " FROMex:g"]
        )
    )
    where = draw(st.sampled_from(["WHERE", " where ", ""])) if not dataset else " WHERE"
    gaps = [draw(SPACE) for _ in range(3)]
    text = f"{PROLOGUE}{gaps[0]}{cased}{gaps[1]}{head}{dataset}{where}{gaps[2]}{pattern}"
    return text, form, bool(dataset)


@SETTINGS
@given(query=queries())
def test_the_engine_agrees_on_the_form_and_the_dataset(query: tuple[str, str, bool]) -> None:
    text, form, names_dataset = query
    understood = parses(text)

    if understood is not None:
        assert query_form(text) == form
        assert form in understood
        assert has_dataset_clause(text) == names_dataset
        assert not list(undeclared_prefixes(text))


OPERATIONS = st.sampled_from(
    [
        ("INSERT DATA", "INSERT DATA{ex:a ex:b 'x; } INSERT'}"),
        ("INSERT DATA", 'insertDATA { GRAPH:g{:a :b """;"""}}'),
        ("DELETE DATA", "DELETE # ;\n DATA {<;> <a> <b>}"),
        ("MODIFY", "DELETE{?s ?p ?o}INSERT{?s ?p _:x}WHERE{?s ?p ?o FILTER(?o<3&&?o>1)}"),
        ("MODIFY", "WITH<g>DELETE{?s ?p ?o}USINGex:g USING NAMED ex:h WHERE{?s ?p ?o}"),
        ("MODIFY", "DELETEWHERE{?s ?p ';'}"),
        ("CLEAR", "CLEARSILENTDEFAULT"),
        ("DROP", "DROP SILENT GRAPH load:load"),
        ("CREATE", "create silent graph<load>"),
        ("COPY", "COPY DEFAULT TO ex:load"),
        ("LOAD", f"LOAD SILENT<{NOWHERE}>INTO GRAPH ex:g"),
        ("LOAD", "loadex:b"),
    ]
)


@SETTINGS
@given(operations=st.lists(OPERATIONS, min_size=1, max_size=4), gap=SPACE)
def test_the_engine_agrees_on_operations(operations: list[tuple[str, str]], gap: str) -> None:
    text = "PREFIX ex: <http://e.org/> PREFIX :<http://e.org/#>PREFIX load: <http://e.org/l>"
    text += f";{gap}".join(operation for _, operation in operations)

    found = update_operations.split(text)

    assert [operation.kind for operation in found] == [kind for kind, _ in operations]
    for operation in found:
        assert text[operation.start :].startswith(operation.text)
        if operation.kind == "LOAD":  # the engine would fetch
            assert operation.source
        else:
            assert_parses(operation.runnable)


def assert_parses(update: str) -> None:
    try:
        ox.Store().update(update, base_iri="http://e.org/")
    except RuntimeError:
        return  # it parses; an empty store has no such graph


@SETTINGS
@given(text=PIECES | st.text(max_size=100))
def test_words_are_found_in_any_text(text: str) -> None:
    """What our reading finds to be a call, the guard before a remote store finds as well."""
    absolute_prefixes(text)
    query_form(text)
    if keywords(text + " ?x {}", {"SERVICE"}) and not keywords(text, {"SERVICE"}):
        assert may_call_service(text + " ?x {}")


@SETTINGS
@given(before=PIECES, between=st.sampled_from([" ", "\n", "\t\r\n", " SILENT "]))
def test_no_prefix_hides_a_call(before: str, between: str) -> None:
    """A call behind any text: behind quotes, brackets of IRIs, comments and escapes."""
    for argument in ("?x {}", "<http://e.org/> {}", "ex:a {}", ":a {}"):
        assert may_call_service(f"{before} SERVICE{between}{argument}")


CALL = st.sampled_from(["SERVICE", "service", "SeRvIcE", "SERVICE SILENT", "SERVICESILENT"])
CALLED = st.sampled_from([f" <{NOWHERE}> ", f"<{NOWHERE}>", " ex:a ", "ex:a", ":a", " from:a"])
BEFORE = st.sampled_from(
    [
        *("", "?s ?p 1.", "?s ?p true.", "?s ?p 'x'@en.", "?s ?p '#'.", '?s ?p """a"b""".'),
        *("FILTER(?a<?b)", "# '\n", "?s ?p '\\''.", "?s ex:p ex:a .", "?s ?p <http://e.org/#>."),
        *("BIND('''it's''' AS ?q)", "{}", "?s :service ?service.", "VALUES ?v {1}"),
    ]
)


@SETTINGS
@given(before=BEFORE, call=CALL, called=CALLED, gap=SPACE)
@example(before="?s ?p ?service FILTER(1<2)", call="SERVICE", called=f"<{NOWHERE}>", gap="")
def test_no_call_that_the_engine_would_make_is_hidden(
    before: str, call: str, called: str, gap: str
) -> None:
    text = f"{PREFIXES}SELECT * {{ {before}{gap}{call}{called}{{ ?x ?y ?z }} }}"

    if parses(text) is not None:
        assert keywords(text, {"SERVICE"})
        assert may_call_service(text)


@SETTINGS
@given(load=st.sampled_from(["LOAD", "load", "LoAd", "LOADSILENT"]), gap=SPACE, target=CALLED)
def test_no_load_is_hidden(load: str, gap: str, target: str) -> None:
    text = f"{PROLOGUE}CLEAR SILENT DEFAULT;{gap}{load}{gap}{target}"

    assert keywords(text, {"LOAD"})
    assert [each.kind for each in update_operations.split(text)] == ["CLEAR", "LOAD"]


def test_escapes_hide_no_call_from_another_store() -> None:
    """The engine takes escapes in strings and IRIs only; others take them everywhere."""
    text = f"ASK {{ \\u0053ERVICE <{NOWHERE}> {{}} }}"

    assert parses(text) is None
    assert may_call_service(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { FILTER(1<2)SERVICE?x#>\n{} }",
        f"PREFIX : <{NOWHERE}> PREFIX service: <a:b> SELECT * {{ service:a{{}} }}",
    ],
)
def test_calls_that_only_a_parser_can_see(text: str) -> None:
    """An IRI and a prefixed name for the lexer; a worker that runs them has no sockets."""
    assert parses(text) is not None
    assert not keywords(text, {"SERVICE"})
    assert may_call_service(text)


def test_a_query_that_describes_one_thing() -> None:
    assert described("describe<http://e.org/a> # b") == "http://e.org/a"
    assert described("DESCRIBE <a> <b>") is None
    assert described("DESCRIBE <\\u0041>") is None
