"""The Ministry's page is read whole: 160 elements, their exact words, and nothing else."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from agendagraph import files
from agendagraph.agenda.source import Document, Kind, decode_page, read_page, render_page

COUNTS = {
    "Goal": (1, 1, 1, 1, 1, 1, 1, 1),
    "Section": (3, 3, 3, 3, 3, 3, 3, 3),
    "Objective": (1, 1, 1, 3, 2, 2, 3, 2),
    "ContentItem": (3, 4, 4, 4, 5, 3, 5, 3),
    "Lead": (3, 4, 4, 4, 5, 3, 5, 3),
    "Action": (7, 5, 1 + 4, 4, 0, 3, 2, 5),
    "RegionHeading": (0, 0, 4, 0, 0, 0, 0, 0),
    "ExpectedEffect": (2, 1, 2, 2, 1, 3, 2, 1),
    "Note": (0, 0, 0, 0, 0, 0, 0, 2),
}
"""Counted on the page by hand, goal by goal."""


@pytest.fixture(scope="module")
def document() -> Document:
    path = files.SOURCE / "kr-mofa-2022.txt"
    return read_page(decode_page(path.read_bytes(), name=path.name), name=path.name)


def test_the_capture_is_the_one_that_was_counted() -> None:
    data = (files.SOURCE / "kr-mofa-2022.txt").read_bytes()

    assert hashlib.sha256(data).hexdigest() == (
        "972ff758b170606ecf12a0e8cbc54a03b93018f13c3e9bcb6feb96440469c90a"
    )
    assert len(data) == 15_540
    assert len(data.decode()) == 7_136


def test_there_are_160_elements(document: Document) -> None:
    assert len(document.elements) == 160
    assert len({element.id for element in document.elements}) == 160


@pytest.mark.parametrize("kind", COUNTS)
def test_each_goal_has_its_elements_of_each_kind(document: Document, kind: str) -> None:
    found = Counter(document.goal_of(element).id for element in document.of_kind(Kind(kind)))

    assert tuple(found[f"g{number}"] for number in range(1, 9)) == COUNTS[kind]


def test_every_span_holds_exactly_the_words(document: Document) -> None:
    for element in document.elements:
        assert document.text[element.start : element.end] == element.text
        assert element.text == element.text.strip()


def test_the_page_is_rebuilt_from_its_elements_alone(document: Document) -> None:
    rebuilt = render_page(document.elements)

    assert rebuilt == document.text[document.text.index("  • 북한 비핵화 추진") :]
    assert rebuilt == document.text[document.body_start :]


def test_nothing_of_the_page_is_lost(document: Document) -> None:
    """Every line that is not blank is an element or boilerplate, and none is both."""
    lines = {n for n, line in enumerate(document.text.split("\n"), 1) if line.strip()}
    placed = [e.line for e in document.elements] + [f.line for f in document.boilerplate]

    assert sorted(placed) == sorted(lines)
    assert {f.place for f in document.boilerplate} == {"above"}
    assert document.category == "외교정책"
    assert document.notices == ()


@pytest.mark.parametrize(
    ("element_id", "words"),
    [
        ("g1", "북한 비핵화 추진"),
        ("g1/c1/a2", "북한 비핵화 실질적 진전 시 평화협정 협상 추진"),
        ("g1/c2/lead", "우방국·국제기구와 공조를 통해 국제사회의 단합된 대북 대응 주도"),
        (
            "g3/c4/r4/a1",
            "고위급 교류 및 한-중앙아 협력 포럼을 기반으로 중앙아 국가들과의 협력 강화",
        ),
        ("g7", "국가 사이버안보 대응역량 강화\u00a0(국정원·과기정통부·국방부와 공동주관)"),
        ("g8/c1/a1", "유치역량 강화를 위한 [\u00a02030 부산세계박람회 유치위원회\u00a0] 신설 추진"),
        ("g8/c2/a1", "지역별 특수성을 고려한 [\u00a0유치교섭 활동 로드맵\u00a0]수립"),
        ("g8/n2", "* 생산 43조원, 부가가치 18조원, 고용창출 50만명 (잠정)"),
    ],
)
def test_words_are_kept_byte_for_byte(document: Document, element_id: str, words: str) -> None:
    assert document[element_id].text == words


def test_six_no_break_spaces_and_the_typing_error_are_kept(document: Document) -> None:
    words = "".join(element.text for element in document.elements)

    assert words.count("\u00a0") == 6
    assert words.count("대통력") == 1
    assert words.count("다자 · 소다자") == 1
    assert words.count("발돋움 하는") == 1


def test_notes_annotate_the_element_that_carries_their_mark(document: Document) -> None:
    notes = {note.id: (note.annotates, note.parent) for note in document.of_kind(Kind.NOTE)}

    assert notes == {"g8/n1": ("g8/o2", "g8/objectives"), "g8/n2": ("g8/e1", "g8/effects")}


def test_regions_hold_their_actions(document: Document) -> None:
    regions = {
        region.text: [child.id for child in document.children(region.id)]
        for region in document.of_kind(Kind.REGION_HEADING)
    }

    assert regions == {
        "중동": ["g3/c4/r1/a1"],
        "중남미": ["g3/c4/r2/a1"],
        "아프리카": ["g3/c4/r3/a1"],
        "중앙아": ["g3/c4/r4/a1"],
    }


def test_parents_and_orders_make_a_tree(document: Document) -> None:
    for element in document.elements:
        siblings = [e for e in document.children(element.parent) if e.kind is element.kind]
        assert [sibling.order for sibling in siblings] == list(range(1, len(siblings) + 1))
        if element.parent is None:
            assert element.kind is Kind.GOAL
        else:
            assert document[element.parent].document_order < element.document_order

    assert [e.document_order for e in document.elements] == list(range(1, 161))


def test_every_item_has_one_lead(document: Document) -> None:
    for item in document.of_kind(Kind.CONTENT_ITEM):
        kinds = [child.kind for child in document.children(item.id)]
        assert kinds.count(Kind.LEAD) == 1
        assert kinds[0] is Kind.LEAD
