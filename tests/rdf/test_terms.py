"""A Python value becomes the term that says the same, or an error."""

import datetime as dt
from decimal import Decimal

import pytest

from agendagraph.rdf import terms

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("43e12", "43000000000000.0"),
        (Decimal("0.250"), "0.25"),
        (500_000, "500000.0"),
        ("-0.5", "-0.5"),
        ("1", "1.0"),
    ],
)
def test_decimals_are_canonical(value: str | int | Decimal, expected: str) -> None:
    literal = terms.decimal(value)

    assert literal.value == expected
    assert literal.datatype.value == f"{XSD}decimal"


@pytest.mark.parametrize("value", ["", "NaN", "Infinity", "1,5", "eleven"])
def test_what_is_no_decimal_is_an_error(value: str) -> None:
    with pytest.raises(ValueError, match="number"):
        terms.decimal(value)


@pytest.mark.parametrize(
    ("value", "datatype"),
    [("1967", "gYear"), ("1967-08", "gYearMonth"), ("1967-08-08", "date")],
)
def test_a_date_says_how_much_of_it_is_known(value: str, datatype: str) -> None:
    literal = terms.date_or_year(value)

    assert (literal.value, literal.datatype.value) == (value, XSD + datatype)


@pytest.mark.parametrize("value", ["2022-02-30", "2022-13", "26.7.2022", "", "22"])
def test_a_bad_date_is_an_error(value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        terms.date_or_year(value)


def test_a_date_of_python_will_do() -> None:
    assert terms.date(dt.date(2022, 7, 26)).value == "2022-07-26"


def test_a_text_has_a_language() -> None:
    assert terms.text("일본", "ko").language == "ko"


@pytest.mark.parametrize(("value", "language"), [("", "ko"), ("일본", ""), ("일본", "korean!")])
def test_a_text_that_says_nothing_is_an_error(value: str, language: str) -> None:
    with pytest.raises(ValueError, match=r"says nothing|not a language tag"):
        terms.text(value, language)


def test_truth_is_written_as_a_word() -> None:
    assert [terms.boolean(value).value for value in (True, False)] == ["true", "false"]


def test_a_vocabulary_gives_one_object_a_term() -> None:
    assert terms.AGENDA.partOf is terms.AGENDA["partOf"]
    assert terms.AGENDA.partOf.value == "https://w3id.org/agendagraph/ns#partOf"
