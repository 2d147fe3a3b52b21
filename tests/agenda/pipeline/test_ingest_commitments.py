"""Sentences divide into commitments as the codebook says, as far as a rule can follow it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from agendagraph import files
from agendagraph.agenda.pipeline.ingest.commitments import (
    Codebook,
    action_type,
    clauses,
    condition,
    read_codebook,
)
from agendagraph.agenda.pipeline.tables.reading import read_agenda_tables, read_tables
from agendagraph.agenda.source import Kind, decode_page, read_page

CODEBOOK = read_codebook(files.ONTOLOGY / "schemes")


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        pytest.param("국제 공조 강화", ["국제 공조 강화"], id="one"),
        pytest.param(
            "대북정책 공조 강화 추진, 건설적 역할 견인",
            ["대북정책 공조 강화 추진", "건설적 역할 견인"],
            id="comma",
        ),
        pytest.param(
            "위상을 제고하고 협력을 확대", ["위상을 제고하고", "협력을 확대"], id="connective"
        ),
        pytest.param(
            "선언 정신 계승 / 미래세대 교류 확대",
            ["선언 정신 계승", "미래세대 교류 확대"],
            id="slash",
        ),
        pytest.param(
            "해외 위난 및 교류 확대", ["해외 위난 및 교류 확대"], id="no deed on the left"
        ),
        pytest.param(
            "미국, 일본과 협력 강화", ["미국, 일본과 협력 강화"], id="a list is no clause"
        ),
    ],
)
def test_a_sentence_divides_where_both_sides_announce_a_deed(
    sentence: str, parts: list[str]
) -> None:
    assert [sentence[c.start : c.end] for c in clauses(sentence, CODEBOOK)] == parts


@pytest.mark.parametrize(
    ("clause", "deed"),
    [
        ("국제 공조 강화", "strengthen"),
        ("국제 공조 강화 추진", "strengthen"),
        ("협력 강화를 추진", "strengthen"),
        ("협상 추진", "pursue"),
        ("인지도 제고 노력", "enhance"),
        ("위원회 설치(2023년)", "establish"),
        ("한중관계", None),
    ],
)
def test_the_closing_noun_tells_the_deed(clause: str, deed: str | None) -> None:
    assert action_type(clause, CODEBOOK) == deed


def test_a_condition_is_what_stands_before_its_word() -> None:
    assert (
        condition("북한 비핵화 실질적 진전 시 평화협정 협상 추진") == "북한 비핵화 실질적 진전 시"
    )
    assert condition("대북 협상 추진") is None


def test_a_sentence_without_a_noun_of_action_is_one_clause_without_a_deed() -> None:
    (clause,) = clauses("선도적 예방외교", CODEBOOK)

    assert (clause.start, clause.end, clause.action_type) == (0, 8, None)


def test_clauses_of_an_empty_codebook_are_whole_sentences() -> None:
    assert len(clauses("협력 강화, 교류 확대", Codebook({}, "1.0"))) == 1


def test_rule_and_hand_agree_on_the_shipped_page() -> None:
    """Most drafted stretches are those of the hand, and nearly all of their deeds.

    The bounds are a little below what is measured, so that a row recoded by hand does not fail
    the rule.
    """
    data = (files.SOURCE / "kr-mofa-2022.txt").read_bytes()
    page = read_page(decode_page(data, name="page"), name="page")
    coded = read_agenda_tables(files.TABLES / "kr-mofa-2022", tables=read_tables(), document=page)
    by_hand: dict[str, dict[str, str | None]] = defaultdict(dict)
    for row in coded.commitments:
        by_hand[row.element][row.quote] = row.action_type

    drafted = [
        (element.id, element.text[c.start : c.end], c.action_type)
        for element in page.elements
        if element.kind in {Kind.OBJECTIVE, Kind.LEAD, Kind.ACTION}
        for c in clauses(element.text, CODEBOOK)
    ]
    same = [(e, q, a) for e, q, a in drafted if q in by_hand[e]]
    same_deed = [a for e, q, a in same if by_hand[e][q] == a]

    assert len(same) / len(drafted) > 0.8
    assert len(same) / len(coded.commitments) > 0.72
    assert len(same_deed) / len(same) > 0.93
