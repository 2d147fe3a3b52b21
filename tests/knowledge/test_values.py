"""A term becomes the Python value that says the same, and a string where there is none."""

import copy
import datetime as dt
import math
import pickle
from decimal import Decimal

import pyoxigraph as ox
import pytest

from agendagraph.knowledge.values import IRI, BlankNode, Text, TypedText, Value, python_value

XSD = "http://www.w3.org/2001/XMLSchema#"


def literal(words: str, datatype: str) -> ox.Literal:
    return ox.Literal(words, datatype=ox.NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (literal("1", "integer"), 1),
        (literal("12", "nonNegativeInteger"), 12),
        (literal("18000000000000.0", "decimal"), Decimal("18000000000000.0")),
        (literal("1.5e3", "double"), 1500.0),
        (literal("INF", "double"), math.inf),
        (literal("true", "boolean"), True),
        (literal("0", "boolean"), False),
        (literal("2022-07-26", "date"), dt.date(2022, 7, 26)),
        (
            literal("2022-07-26T09:00:00Z", "dateTime"),
            dt.datetime(2022, 7, 26, 9, tzinfo=dt.UTC),
        ),
        (ox.Literal("076"), "076"),
        (ox.Literal("NA"), "NA"),
        (None, None),
    ],
)
def test_a_term_becomes_a_value(term: ox.Literal | None, expected: Value) -> None:
    found = python_value(term)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("words", "datatype"),
    [
        pytest.param("three", "integer", id="no number"),
        pytest.param("yes", "boolean", id="no truth value"),
        pytest.param("2022-02-30", "date", id="no day"),
        pytest.param("2022-07-26Z", "date", id="a day with a zone, which Python has not"),
        pytest.param("2022", "gYear", id="a year"),
        pytest.param("P1Y", "duration", id="a duration"),
        pytest.param("eleven", "decimal", id="no decimal"),
    ],
)
def test_what_python_has_no_type_for_keeps_its_words_and_datatype(
    words: str, datatype: str
) -> None:
    found = python_value(literal(words, datatype))

    assert found == words
    assert isinstance(found, TypedText)
    assert found.datatype == XSD + datatype


def test_a_text_remembers_its_language() -> None:
    found = python_value(ox.Literal("일본", language="ko"))

    assert found == "일본"
    assert isinstance(found, Text)
    assert found.language == "ko"


def test_iris_and_blank_nodes_are_told_from_texts() -> None:
    iri = python_value(ox.NamedNode("https://w3id.org/agendagraph/id/country/jpn"))

    assert isinstance(iri, IRI)
    assert iri.local == "country/jpn"
    assert IRI("http://example.org/x").local == "http://example.org/x"
    assert isinstance(python_value(ox.BlankNode("b")), BlankNode)


@pytest.mark.parametrize("value", [Text("일본", "ko"), TypedText("2022", XSD + "gYear")])
def test_what_a_value_remembers_survives_copying(value: Text | TypedText) -> None:
    for again in (copy.copy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301 - our own
        assert again == value
        assert vars_of(again) == vars_of(value)


def vars_of(value: Text | TypedText) -> str:
    return value.language if isinstance(value, Text) else value.datatype
