"""An update or a document that does not parse is told where it breaks, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agendagraph.server.updates.execute import syntax_refusal
from agendagraph.sparql.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server

TOKEN = "a-token-of-the-tests-of-syntax"
BEHIND = "INSERT DATA { <urn:a> <urn:b> 1 } ;\n  INSERT DATA { <x> <y> SELEC 1 }"


@pytest.fixture(scope="module")
def writable(start_server: Callable[..., Server]) -> Server:
    server = start_server("--empty", "--writable", AGENDAGRAPH_TOKEN=TOKEN)
    server.client.headers["Authorization"] = f"Bearer {TOKEN}"
    return server


@pytest.mark.parametrize(
    ("text", "place", "english", "korean"),
    [
        ("INSRT DATA { <a> <b> 1 }", (1, 1), "did not expect “INSRT” here.", "올 수 없습니다."),
        (BEHIND, (2, 25), "did not expect “SELEC” here.", "“SELEC”이(가)"),
        ("INSERT DATA { <a> <b> }", (1, 23), "did not expect “}” here.", "“}”이(가)"),
        ("INSERT DATA {\n <a> <b> 'c }", (2, 10), "quotation marks", "따옴표"),
        ("COPY <urn:a> TO", (1, 16), "the update ends too early.", "끊겼습니다."),
        ("SELECT * {}", (1, 1), "“SELECT” begins a query", "질의이며"),
        ("INSERT DATA { x:a x:b 1 }", (1, 15), "the prefix x: is not declared.", "접두사 x:"),
        ("DELETE WHERE { ?s skos:note ?o }", (1, 19), "add in front: PREFIX skos: <", "skos"),
        ("INSERT DATA { ?x <b> 1 }", (1, 1), "Variables are not allowed in INSERT DATA.", "“Var"),
    ],
)
def test_an_update_that_does_not_parse(
    writable: Server, text: str, place: tuple[int, int], english: str, korean: str
) -> None:
    answer = writable.client.post("/update", data={"update": text})
    told = answer.json()

    assert (answer.status_code, told["line"], told["column"]) == (400, *place)
    assert english in told["message"]["en"]
    assert korean in told["message"]["ko"]
    assert told["message"]["en"].endswith(". Nothing has changed.")
    assert len(answer.content) < 1200
    assert "expected one of" not in answer.text


def test_declarations_between_operations_are_not_taken_for_what_is_wrong() -> None:
    text = "INSERT DATA { <urn:a> <urn:b> 1 } ; PREFIX x: <urn:x> INSERT DATA { x:a x:b }"
    error = SyntaxError('error at 1:77: expected one of "$", [_]')

    refusal = syntax_refusal(error, text)

    assert isinstance(refusal, Refusal)
    assert (refusal.facts["line"], refusal.facts["column"]) == (1, 77)
    assert refusal.facts["found"] == "}"


@pytest.mark.parametrize(
    ("media_type", "body", "english"),
    [
        (
            "text/turtle",
            "<urn:a> <urn:b c> 1 .",
            "At line 1, column 9: Invalid IRI code point ' '.",
        ),
        ("text/turtle", "<urn:a> a:b 1 .", "The prefix a: has not been declared."),
        ("application/rdf+xml", "<a>", "does not parse. XML namespaces are required in RDF/XML."),
        ("application/ld+json", "{", "Object keys must be strings."),
    ],
)
def test_a_document_that_does_not_parse(
    writable: Server, media_type: str, body: str, english: str
) -> None:
    answer = writable.client.put("/graphs/x", content=body, headers={"Content-Type": media_type})
    told = answer.json()["message"]

    assert answer.status_code == 400
    assert f"{english} Nothing has changed." in told["en"]
    assert "”. 바뀐 것은 없습니다." in told["ko"]
