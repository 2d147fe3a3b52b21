"""A frame says what the answer says: no code lost its zero, no Namibia went missing."""

import datetime as dt
import sys
from decimal import Decimal

import pandas as pd
import pytest

from agendagraph.knowledge import KnowledgeGraph, Text, open_graph


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """An empty graph; the answers below come out of VALUES."""
    file = tmp_path_factory.mktemp("graph") / "empty.ttl"
    file.write_text("")
    return open_graph(file)


def frame(kg: KnowledgeGraph, *rows: str) -> pd.DataFrame:
    """Return the frame of ?x and ?y with a VALUES row of each of *rows*."""
    values = " ".join(f"({row})" for row in rows)
    return kg.select(f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {values} }} }}").to_frame()


def test_namibia_is_not_missing_and_brazil_keeps_its_zero(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"NA" "516"', '"BR" "076"')

    assert found["x"].tolist() == ["NA", "BR"]
    assert found["y"].tolist() == ["516", "076"]
    assert not found.isna().any().any()


@pytest.mark.parametrize("word", ["NaN", "null", "None", "nan", "N/A", ""])
def test_words_that_pandas_takes_for_nothing_stay_words(kg: KnowledgeGraph, word: str) -> None:
    found = frame(kg, f'"{word}" 1')

    assert found["x"].tolist() == [word]
    assert not found["x"].isna().any()


def test_an_unbound_value_is_missing_and_nothing_else_is(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"a" 1', "UNDEF UNDEF", '"c" 3')

    assert found["x"].isna().tolist() == [False, True, False]
    assert found["y"].isna().tolist() == [False, True, False]


def test_whole_numbers_with_a_gap_stay_whole(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"a" 9007199254740993', '"b" UNDEF')

    assert str(found["y"].dtype) == "Int64"
    assert found["y"][0] == 9007199254740993


def test_truth_with_a_gap_stays_truth(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"a" true', '"b" UNDEF')

    assert str(found["y"].dtype) == "boolean"
    assert found["y"][0] is True or bool(found["y"][0])


def test_a_date_stays_a_date(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"a" "2022-07-26"^^xsd:date', '"b" "1066-10-14"^^xsd:date')

    assert found["y"].tolist() == [dt.date(2022, 7, 26), dt.date(1066, 10, 14)]


def test_a_moment_becomes_a_timestamp(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"a" "2022-07-26T09:00:00+09:00"^^xsd:dateTime', '"b" UNDEF')

    assert found["y"][0] == pd.Timestamp("2022-07-26T00:00:00Z")
    assert found["y"].isna().tolist() == [False, True]


def test_a_text_keeps_its_language(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"일본"@ko "Japan"@en', "UNDEF UNDEF")

    korean = found["x"][0]
    assert isinstance(korean, Text)
    assert (korean, korean.language) == ("일본", "ko")
    assert found["y"][0].language == "en"


def test_decimals_are_numbers_where_nothing_is_lost(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"a" 0.25', '"b" 43000000000000.0')

    assert str(found["y"].dtype) == "Float64"
    assert found["y"].sum() == 43000000000000.25


def test_a_decimal_that_a_float_would_change_stays_as_it_is(kg: KnowledgeGraph) -> None:
    exact = "0.1234567890123456789"

    found = frame(kg, f'"a" {exact}')

    assert found["y"].tolist() == [Decimal(exact)]


def test_a_mixed_column_keeps_every_value(kg: KnowledgeGraph) -> None:
    found = frame(kg, '"a" 1', '"b" "076"', '"c" "2022-07-26"^^xsd:date')

    assert found["y"].tolist() == [1, "076", dt.date(2022, 7, 26)]


def test_no_rows_are_a_frame_with_columns(kg: KnowledgeGraph) -> None:
    found = kg.select("SELECT ?x ?y { ?x a ?y }").to_frame()

    assert list(found.columns) == ["x", "y"]
    assert len(found) == 0


def test_columns_are_in_the_order_of_the_query(kg: KnowledgeGraph) -> None:
    found = kg.select('SELECT ?b ?a { VALUES (?a ?b) { ("a" "b") } }').to_frame()

    assert list(found.columns) == ["b", "a"]


def test_without_pandas_the_error_says_what_to_install(
    kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = kg.select("SELECT ?x { ?x a ?y }")
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ImportError, match=r"pip install 'agendagraph\[frames\]'"):
        answer.to_frame()
