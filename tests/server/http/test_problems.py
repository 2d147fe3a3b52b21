"""Every error has a status and words in both languages, and no fault of a user is a 500."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic_core.core_schema import ErrorType

import agendagraph
from agendagraph.messages import catalogue
from agendagraph.server.http import problems
from agendagraph.server.http.problems.table import STATUS
from agendagraph.sparql.refusal import Cause, Reason, Refusal

if TYPE_CHECKING:
    import httpx
    from conftest import Server

ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
"""Three words one after the other: no name and no code."""


WORDS = catalogue(problems.LOCALE)
SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in Path(agendagraph.__file__).parent.rglob("*.py")
)


USES = SOURCES.partition("\nCause = Literal[")[0] + SOURCES.partition("]  # fmt: skip\n")[2]
"""The sources without the list of causes."""


def keys(table: str) -> set[str]:
    return {key.split(".")[1] for key in WORDS["en"].texts if key.startswith(f"{table}.")}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_status_and_its_words(reason: Reason) -> None:
    assert 400 <= STATUS[reason] < 600
    assert (STATUS[reason] == 500) == (reason is Reason.FAULT)
    assert re.search("[가-힣]", problems.title(reason, "ko"))
    assert not problems.title(reason).endswith(".")
    detail = WORDS["ko"].texts[f"reason.{reason}.detail"]
    assert re.search("[가-힣]", detail) or detail.endswith("{problem}")


@pytest.mark.parametrize("cause", get_args(Cause))
def test_every_cause_has_its_words(cause: str) -> None:
    english, korean = (WORDS[lang].texts[f"cause.{cause}"] for lang in ("en", "ko"))

    assert re.search("[가-힣]", korean)
    assert korean.endswith((".", "}"))
    assert english.endswith((".", "}"))


def test_every_cause_in_the_sources_is_listed() -> None:
    assert set(re.findall(r'cause="([^"]+)"', SOURCES)) <= set(get_args(Cause))


def test_the_catalogue_has_no_words_for_what_cannot_happen() -> None:
    assert keys("reason") == set(Reason)
    assert keys("cause") == set(get_args(Cause))
    assert {cause for cause in get_args(Cause) if f'"{cause}"' not in USES} == set()
    assert keys("parameter") <= set(get_args(ErrorType))
    assert {term for term in keys("term") if f'"{term}"' not in SOURCES} == set()


def test_facts_fill_the_words_and_are_members() -> None:
    told = json.loads(problems.document(Refusal(Reason.TIME_LIMIT, limit_s=2.5)))

    assert told["limit_s"] == 2.5
    assert "2.5 s" in told["message"]["en"]
    assert "2.5초" in told["message"]["ko"]
    assert told["type"].endswith("/problem/time-limit")


def test_a_hostile_fact_is_text_and_nothing_else() -> None:
    """Braces, control characters and lone surrogates in what a client sent."""
    hostile = "{status} \x00\r\n<script> \ud800"

    told = json.loads(problems.document(Refusal(Reason.BAD_REQUEST, problem=hostile)))
    named = Refusal(Reason.BAD_REQUEST, cause="not-an-iri", name="{found}", found=hostile)

    assert told["status"] == 400
    assert "{status}" in told["detail"]
    assert "{found} is “{status}" in json.loads(problems.document(named))["detail"]


def test_what_somebody_else_says_is_quoted_and_ends() -> None:
    words = "Invalid IRI code point ' '"
    told = json.loads(
        problems.document(Refusal(Reason.DOCUMENT_SYNTAX, line=2, column=9, problem=words))
    )["message"]
    nowhere = json.loads(problems.document(Refusal(Reason.DOCUMENT_SYNTAX, problem="no end")))[
        "message"
    ]

    assert told["en"].endswith(f"At line 2, column 9: {words}. Nothing has changed.")
    assert told["ko"].endswith(f"2행 9열: 오류가 있습니다: “{words}”. 바뀐 것은 없습니다.")
    assert nowhere["en"].endswith("does not parse. no end. Nothing has changed.")


def ask(server: Server, case: dict[str, object]) -> httpx.Response:
    return server.client.request(**{"method": "GET", "url": "/sparql", **case})  # type: ignore[arg-type]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUERY = {"Content-Type": "application/sparql-query"}
ITEMS = "/api/networks/counterparts-together"


@pytest.mark.parametrize(
    ("case", "english", "korean"),
    [
        ({"params": {"query": "SELEC * {}"}}, "column 1: did not expect “SELEC” here.", "1행 1열"),
        ({"params": {"query": "ASK { ?s ?p "}}, "the query ends too early.", "끊겼습니다"),
        ({"params": {"query": "ASK { ?s ?p 'x }"}}, "quotation marks", "따옴표"),
        ({"params": {"query": "CLEAR ALL"}}, "begins an update", "갱신문이며"),
        ({"params": {"query": "ASK { ?s x:y 1 }"}}, "prefix x: is not declared.", "접두사 x:"),
        ({"params": {"update": "CLEAR ALL"}}, "sent by POST", "POST로"),
        (
            {"params": {"query": "ASK {}", "timeout": "soon"}},
            "timeout is “soon”",
            "시간이 아닙니다",
        ),
        ({"params": {"query": "ASK {}", "default-graph-uri": "x y"}}, "“x y”", "절대 IRI가"),
        ({"params": {"query": ["ASK {}", "ASK {}"]}}, "given 2 times", "2번"),
        ({"params": {"query": "ASK {}", "using-graph-uri": "a:b"}}, "to a query", "질의에 쓰지"),
        ({"url": "/sparql?query=%zz"}, "‘%’ in the query string", "(주소의 질의 부분)"),
        (
            {"method": "POST", "content": b"query=%ff", "headers": FORM},
            "Byte 0 of the form",
            "(양식)",
        ),
        ({"method": "POST", "content": b"\xff", "headers": QUERY}, "of the body", "(본문)"),
        ({"method": "POST", "content": b"x=1", "headers": FORM}, "query is missing", "query가 없"),
        ({"url": "/graphs"}, "Name a graph", "그래프를 지정"),
        ({"url": "/graphs?default&graph=a:b"}, "more than one graph", "둘 이상"),
        ({"url": "/api/networks/nothing"}, "there is no network 'nothing'", "네트워크는 없습니다"),
        ({"url": f"{ITEMS}?themes=peace"}, "has no parameter 'themes'", "themes이(가) 없습니다"),
        ({"url": f"{ITEMS}?on=1900-01-01"}, "no dated memberships", "회원 자격이 없습니다"),
        ({"url": f"{ITEMS}?levle=item"}, "levle: there is no such parameter", "그런 매개변수는"),
        (
            {"url": f"{ITEMS}/measures?replicates=many"},
            "replicates: expected a whole number",
            "정수여야",
        ),
    ],
)
def test_a_refusal_is_told_in_two_languages(
    server: Server, case: dict[str, object], english: str, korean: str
) -> None:
    told = ask(server, case).json()["message"]

    assert english in told["en"]
    assert korean in told["ko"]
    assert not ENGLISH.search(told["ko"])
    assert told["en"].endswith((".", "?"))
    assert told["ko"].endswith(".")


def test_a_prefix_of_ours_comes_with_what_declares_it(server: Server) -> None:
    answer = server.query("ASK { ?s agenda:partOf ?o . ?o skos:broader ?b }")
    told = answer.json()
    lines = (
        "PREFIX agenda: <https://w3id.org/agendagraph/ns#>"
        " PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"
    )

    assert answer.status_code == 400
    assert told["found"] == lines
    assert lines in told["message"]["en"]
    assert lines in told["message"]["ko"]
    mended = server.query(f"{lines} ASK {{ ?s agenda:partOf ?o . ?o skos:broader ?b }}")
    assert mended.status_code == 200
