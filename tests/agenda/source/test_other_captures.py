"""The same page, captured by other tools, is read as the same elements.

Each case changes how the Ministry's page is laid out and none of its words.
"""

from __future__ import annotations

import random
import re

import pytest

from agendagraph import files
from agendagraph.agenda.source import Document, decode_page, read_page

TEXT = decode_page((files.SOURCE / "kr-mofa-2022.txt").read_bytes(), name="page")
LINES = TEXT.split("\n")


def words_of(document: Document) -> list[tuple[str, str, str | None]]:
    """Return all that a layout must not change; headings are compared by their id."""
    return [
        (e.id, e.text if e.section_type is None else "", e.annotates) for e in document.elements
    ]


EXPECTED = words_of(read_page(TEXT, name="page"))


def indented(by: str) -> str:
    """Return the page with *by* for each of its steps of two columns."""
    return re.sub(r"(?m)^ +", lambda found: by * (len(found[0]) // 2), TEXT)


def tabbed(size: int) -> str:
    """Return the page with leading spaces turned into tabs, as ``unexpand`` does it."""
    return re.sub(r"(?m)^ +", lambda f: "\t" * (len(f[0]) // size) + " " * (len(f[0]) % size), TEXT)


def bulleted(signs: str, *, keep_columns: bool = True) -> str:
    """Return the page with one of *signs* for each level."""

    def change(found: re.Match[str]) -> str:
        columns = found[1] if keep_columns else ""
        return f"{columns}{signs[len(found[1]) // 2 - 1]} "

    page = re.sub(r"(?m)^( +)• ", change, TEXT)
    return page if keep_columns else re.sub(r"(?m)^ +", "", page)


def ragged(seed: int) -> str:
    """Return the page in steps of four columns, each line up to one column aside."""
    chance = random.Random(seed)  # noqa: S311 - the cases are to be repeatable, not secret
    return re.sub(r"(?m)^ +", lambda f: " " * (len(f[0]) * 2 + chance.choice((-1, 0, 1))), TEXT)


LAYOUTS = {
    "steps of one column": indented(" "),
    "steps of three columns": indented("   "),
    "steps of four columns": indented("    "),
    "steps of a tab": indented("\t"),
    "wide spaces": indented("\u3000"),
    "no-break spaces": indented("\u00a0\u00a0"),
    "tabs of eight and spaces": tabbed(8),
    "tabs of four and spaces": tabbed(4),
    "the whole page shifted": re.sub(r"(?m)^(?=.)", "     ", TEXT),
    "CRLF": TEXT.replace("\n", "\r\n"),
    "CR": TEXT.replace("\n", "\r"),
    "no blank lines": re.sub("\n\n+", "\n", TEXT),
    "a blank line between all lines": TEXT.replace("\n", "\n\n"),
    "blank lines that hold spaces": TEXT.replace("\n", "\n \n\t\n"),
    "a line end at the end": TEXT + "\n\n",
    "a bullet for each level": bulleted("■□○-·"),
    "a bullet for each level, no columns": bulleted("■□○-·", keep_columns=False),
    "bullets of lynx": bulleted("*+o#@"),
    "a star for the deepest level": bulleted("■□○-*"),
    "headings without bullets": re.sub(r"(?m)^ +• (과제목표|주요내용|기대효과)$", r"\1", TEXT),
    "goals and headings without bullets": re.sub(r"(?m)^ {2,4}• ", "", TEXT),
    "spelling with spaces": TEXT.replace("과제목표", "과제 목표").replace("기대효과", "기대 효과"),
    "brackets": TEXT.replace("과제목표", "[과제목표]").replace("주요내용", "【 주요 내용 】"),
    "colons": TEXT.replace("주요내용", "<주요내용>").replace("기대효과", "기대효과 :"),
    "numbers": TEXT.replace("• 과제목표", "1. 과제목표").replace("• 주요내용", "2. 주요내용"),
    "synonyms": TEXT.replace("과제목표", "추진목표").replace("주요내용", "추진과제"),
}
LAYOUTS |= {f"the bullet {sign}": TEXT.replace("•", sign) for sign in "·-○▪◦*□■▶ㅇo‣–●▷◇"}
LAYOUTS |= {f"the bullet {sign}, no space": TEXT.replace("• ", sign) for sign in "·-○▪◦*□■▶"}
LAYOUTS |= {f"ragged by a column, {seed}": ragged(seed) for seed in range(20)}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_changes_no_element(layout: str) -> None:
    text = LAYOUTS[layout]

    document = read_page(text, name=layout)

    assert words_of(document) == EXPECTED
    assert all(text[e.start : e.end] == e.text for e in document.elements)


def test_bullets_chosen_by_chance_tell_nothing() -> None:
    """Where bullets vary inside a list, columns decide."""
    chance = random.Random(7)  # noqa: S311 - the case is to be repeatable, not secret
    text = re.sub(r"(?m)^( *)•", lambda found: found[1] + chance.choice("·-○▪•◦"), TEXT)

    assert words_of(read_page(text, name="page")) == EXPECTED


def test_a_page_without_columns_tells_items_by_their_leads() -> None:
    """All but region headings is found, and the reader says what it could not see."""
    text = re.sub(r"(?m)^ +", "", TEXT)

    document = read_page(text, name="page")

    outside = [row for row in EXPECTED if not row[0].startswith("g3/c4/")]
    assert [row for row in words_of(document) if not row[0].startswith("g3/c4/")] == outside
    assert "region headings cannot be recognised" in document.notices[0].message


def test_half_a_step_aside_is_read_and_reported() -> None:
    text = TEXT.replace("        • 북한 비핵화 실질적", "         • 북한 비핵화 실질적")

    document = read_page(text, name="page")

    assert words_of(document) == EXPECTED
    assert [(n.line, n.message) for n in document.notices] == [
        (30, "is indented by half a step; read as an action")
    ]


@pytest.mark.parametrize(
    "kept",
    [
        ("과제목표",),
        ("주요내용",),
        ("기대효과",),
        ("과제목표", "기대효과"),
        ("주요내용", "기대효과"),
    ],
)
def test_a_goal_may_have_some_of_the_sections(kept: tuple[str, ...]) -> None:
    """Every goal of the page keeps its title and the sections that are there."""
    text = TEXT
    for heading in {"과제목표", "주요내용", "기대효과"} - set(kept):
        text = re.sub(rf"(?ms)^    • {heading}\n.*?(?=^ {{2,4}}• |\Z)", "", text)
    types = {"과제목표": "objectives", "주요내용": "contents", "기대효과": "effects"}

    document = read_page(text, name="page")

    sections = {e.section_type for e in document.elements if e.section_type}
    assert sections == {types[heading] for heading in kept}
    assert [e.text for e in document.children(None)] == [
        text for element_id, text, _ in EXPECTED if "/" not in element_id
    ]


@pytest.mark.parametrize(
    "footer",
    [
        ["담당부서 정책기획담당관", "전화 02-2100-1234", "Copyright (c) MOFA"],
        ["이 페이지에서 제공하는 정보에 만족하십니까?", "  ○ 매우만족", "  ○ 만족"],
        ["  1. 개인정보처리방침", "  2. 저작권정책"],
        ["        담당부서 : 정책기획담당관", "        최종수정일: 2022-09-01"],
        ["-----------------", "(03172) 서울특별시 종로구 사직로8길 60"],
    ],
    ids=["contact", "survey", "numbered links", "indented", "below a rule"],
)
def test_a_footer_is_set_apart_and_kept(footer: list[str]) -> None:
    text = "\n".join([TEXT, "", "", *footer, ""])

    document = read_page(text, name="page")

    below = [line.text for line in document.boilerplate if line.place != "above"]
    assert words_of(document) == EXPECTED
    assert below == [line.strip() for line in footer]
    assert document.text[document.body_end :].split() == " ".join(footer).split()


def test_a_heading_between_goals_is_kept_apart() -> None:
    text = TEXT.replace("  • 지구촌 한민족", "재외동포정책\n  • 지구촌 한민족")

    document = read_page(text, name="page")

    assert words_of(document) == EXPECTED
    between = [line for line in document.boilerplate if line.place == "between"]
    assert [(line.text, line.line) for line in between] == [
        ("재외동포정책", text[: text.index("재외동포정책")].count("\n") + 1)
    ]
