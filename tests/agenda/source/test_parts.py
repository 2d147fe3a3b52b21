"""Footnotes, bullets and paragraphs are distinguished by the layout of the page."""

from __future__ import annotations

import pytest

from agendagraph.agenda.source import Kind, read_page


def body(*lines: str) -> str:
    """Return a page of one goal with these lines under 주요내용."""
    return "\n".join(["• 협력 증진", "  • 주요내용", *lines])


@pytest.mark.parametrize(
    ("sign", "mark"), [("*", "*"), ("**", "**"), ("†", "†"), ("1)", "1)"), ("주1)", "주1)")]
)
def test_a_footnote_annotates_what_carries_its_mark(sign: str, mark: str) -> None:
    page = body("    • 항목", f"      리드{mark} 문장", "      • 행동", f"      {sign} 설명")

    document = read_page(page, name="page")

    (note,) = document.of_kind(Kind.NOTE)
    assert (note.id, note.annotates, note.text) == ("g1/n1", "g1/c1/lead", f"{sign} 설명")
    assert document.notices == ()


def test_a_reference_mark_annotates_the_line_above() -> None:
    document = read_page(
        body("    • 항목", "      리드", "      • 행동", "      ※ 참고"), name="page"
    )

    (note,) = document.of_kind(Kind.NOTE)
    assert note.annotates == "g1/c1/a1"


def test_a_footnote_without_a_mark_is_reported() -> None:
    document = read_page(body("    • 항목", "      리드", "      * 설명"), name="page")

    assert [n.annotates for n in document.of_kind(Kind.NOTE)] == ["g1/c1/lead"]
    assert "no element has its mark" in document.notices[0].message


def test_a_mark_without_a_footnote_is_reported() -> None:
    document = read_page(body("    • 항목", "      리드* 문장"), name="page")

    assert [n.message for n in document.notices] == ["no footnote explains the mark '*'"]


def test_two_marks_have_two_footnotes() -> None:
    page = body("    • 항목", "      앞* 뒤** 문장", "      * 첫째", "      ** 둘째")

    notes = read_page(page, name="page").of_kind(Kind.NOTE)

    assert [(n.id, n.annotates, n.order) for n in notes] == [
        ("g1/n1", "g1/c1/lead", 1),
        ("g1/n2", "g1/c1/lead", 2),
    ]


def test_a_footnote_below_a_title_belongs_to_the_goal() -> None:
    page = "• 앞 목표\n  • 기대효과\n    • 효과\n• 새 목표*\n  * 설명\n  • 기대효과\n    • 효과\n"

    document = read_page(page, name="page")

    (note,) = document.of_kind(Kind.NOTE)
    assert (note.parent, note.annotates) == ("g2", "g2")


def test_who_leads_may_stand_below_the_title() -> None:
    page = (
        "• 앞 과제\n  • 기대효과\n    • 효과\n"
        "• 새 과제\n  (산업부와 공동주관)\n  • 기대효과\n    • 효과\n"
    )

    document = read_page(page, name="page")

    (note,) = document.of_kind(Kind.NOTE)
    assert (note.annotates, note.text) == ("g2", "(산업부와 공동주관)")
    assert [n.line for n in document.notices] == [5]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("○○부 소관 업무", "○○부 소관 업무"),
        ("2030 세계박람회 유치", "2030 세계박람회 유치"),
        ("4.27 판문점 선언 이행", "4.27 판문점 선언 이행"),
        ("우방국과 공조", "우방국과 공조"),
    ],
)
def test_words_that_only_begin_like_a_bullet_keep_their_beginning(line: str, words: str) -> None:
    document = read_page(body("    • 항목", f"      {line}"), name="page")

    assert document["g1/c1/lead"].text == words


@pytest.mark.parametrize("bullet", ["1.", "1)", "(1)", "①", "가.", "Ⅰ.", "ㅇ", "1-1.", "##"])
def test_numbers_and_letters_are_bullets(bullet: str) -> None:
    document = read_page(body(f"    {bullet} 항목", "      리드"), name="page")

    assert (document["g1/c1"].marker, document["g1/c1"].text) == (bullet, "항목")


def test_an_item_may_lack_its_lead() -> None:
    document = read_page(body("    • 항목", "      • 행동", "    • 둘째"), name="page")

    assert [e.id for e in document.elements][2:] == ["g1/c1", "g1/c1/a1", "g1/c2"]


def test_objectives_may_be_paragraphs() -> None:
    page = "• 협력 증진\n  • 과제목표\n\n    첫째 문단\n\n    둘째 문단\n  • 기대효과\n    • 효과\n"

    document = read_page(page, name="page")

    assert [o.text for o in document.of_kind(Kind.OBJECTIVE)] == ["첫째 문단", "둘째 문단"]


def test_an_empty_section_is_kept_and_reported() -> None:
    document = read_page("• 협력 증진\n  • 과제목표\n  • 기대효과\n    • 효과\n", name="page")

    assert [e.id for e in document.elements] == ["g1", "g1/objectives", "g1/effects", "g1/e1"]
    assert document.notices[0].message == "the section is empty"


def test_an_effect_that_speaks_of_contact_is_no_footer() -> None:
    """Words that footers use too begin real entries."""
    entries = ("다음 세대 교육", "전화 상담 확대", "저작권 보호 강화", "만족도 제고")
    page = "\n".join(["• 협력 증진", "  • 기대효과", *(f"    • {entry}" for entry in entries)])

    document = read_page(page, name="page")

    assert len(document.of_kind(Kind.EXPECTED_EFFECT)) == 4
    assert document.boilerplate == ()
