"""Whatever agenda is written in this layout, in whatever style, the same agenda is read.

Agendas and styles are generated; the writer below is the opposite of the reader, and
shares no code with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from agendagraph.agenda.source import Document, decode_page, read_page, render_page

HEADINGS = {"objectives": "과제목표", "contents": "주요내용", "effects": "기대효과"}


@dataclass
class Item:
    """A content item; an action is words, or a region heading with its actions."""

    heading: str
    lead: str
    actions: list[str | tuple[str, list[str]]] = field(default_factory=list)


@dataclass
class Goal:
    """A goal; a section that is empty is not on the page."""

    title: str
    objectives: list[str]
    items: list[Item]
    effects: list[str]


@dataclass
class Style:
    """How a capture shows levels, lines and headings."""

    step: str = "  "
    bullets: tuple[str, ...] = ("•", "•", "•", "•", "•")
    newline: str = "\n"
    blanks: int = 1
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    heading: str = "{}"


def expected(goals: list[Goal]) -> list[tuple[str, str, str]]:
    """Return id, kind and words of every element that the page of *goals* holds."""
    found: list[tuple[str, str, str]] = []
    for number, goal in enumerate(goals, start=1):
        top = f"g{number}"
        found.append((top, "Goal", goal.title))
        if goal.objectives:
            found.append((f"{top}/objectives", "Section", HEADINGS["objectives"]))
            found += [(f"{top}/o{n}", "Objective", o) for n, o in enumerate(goal.objectives, 1)]
        if goal.items:
            found.append((f"{top}/contents", "Section", HEADINGS["contents"]))
            for n, item in enumerate(goal.items, 1):
                found += _expected_item(f"{top}/c{n}", item)
        if goal.effects:
            found.append((f"{top}/effects", "Section", HEADINGS["effects"]))
            found += [(f"{top}/e{n}", "ExpectedEffect", e) for n, e in enumerate(goal.effects, 1)]
    return found


def _expected_item(place: str, item: Item) -> list[tuple[str, str, str]]:
    found = [(place, "ContentItem", item.heading), (f"{place}/lead", "Lead", item.lead)]
    actions, regions = 0, 0
    for action in item.actions:
        if isinstance(action, str):
            actions += 1
            found.append((f"{place}/a{actions}", "Action", action))
            continue
        regions += 1
        region = f"{place}/r{regions}"
        found.append((region, "RegionHeading", action[0]))
        found += [(f"{region}/a{n}", "Action", a) for n, a in enumerate(action[1], 1)]
    return found


def write_page(goals: list[Goal], style: Style) -> str:
    """Return the page of *goals* in a style."""
    lines: list[str] = [*style.above]

    def bullet(level: int, words: str) -> None:
        lines.append(f"{style.step * (level + 1)}{style.bullets[level]} {words}")

    for goal in goals:
        bullet(0, goal.title)
        for name, words in (("objectives", goal.objectives), ("effects", goal.effects)):
            if name == "effects" and goal.items:
                bullet(1, style.heading.format(HEADINGS["contents"]))
                for item in goal.items:
                    _write_item(item, style, lines)
            if words:
                bullet(1, style.heading.format(HEADINGS[name]))
                for entry in words:
                    bullet(2, entry)
    lines += style.below
    return (style.newline * (style.blanks + 1)).join(lines) + style.newline


def _write_item(item: Item, style: Style, lines: list[str]) -> None:
    lines.append(f"{style.step * 3}{style.bullets[2]} {item.heading}")
    lines.append(f"{style.step * 4}{item.lead}")
    for action in item.actions:
        words, below = (action, []) if isinstance(action, str) else action
        lines.append(f"{style.step * 4}{style.bullets[3]} {words}")
        lines += [f"{style.step * 5}{style.bullets[4]} {deeper}" for deeper in below]


WORDS = st.text("가나다라국제협력강화 ·,A0", min_size=2, max_size=20).map(
    lambda words: "정" + " ".join(words.split()) + "책"
)
ACTIONS = st.one_of(WORDS, st.tuples(WORDS, st.lists(WORDS, min_size=1, max_size=2)))
ITEMS = st.builds(Item, WORDS, WORDS, st.lists(ACTIONS, max_size=3))
ENTRIES = st.lists(WORDS, min_size=1, max_size=3)
GOALS = st.lists(
    st.builds(Goal, WORDS, ENTRIES, st.lists(ITEMS, min_size=1, max_size=3), ENTRIES),
    min_size=1,
    max_size=3,
)
PARTIAL_GOALS = st.lists(
    st.one_of(
        st.builds(Goal, WORDS, ENTRIES, st.just([]), st.just([])),
        st.builds(Goal, WORDS, ENTRIES, st.just([]), ENTRIES),
        st.builds(Goal, WORDS, st.just([]), st.lists(ITEMS, min_size=1, max_size=2), ENTRIES),
        st.builds(Goal, WORDS, st.just([]), st.just([]), ENTRIES),
    ),
    min_size=1,
    max_size=3,
)
STEPPED = st.builds(
    Style,
    step=st.sampled_from([" ", "  ", "   ", "    ", "\t", "\u3000"]),
    bullets=st.sampled_from(
        [
            ("•", "•", "•", "•", "•"),
            ("□", "○", "-", "·", "▪"),
            ("■", "□", "○", "-", "·"),
            ("*", "+", "o", "#", "@"),
            ("1.", "○", "-", "·", "▪"),
        ]
    ),
    newline=st.sampled_from(["\n", "\r\n"]),
    blanks=st.integers(0, 2),
    above=st.sampled_from([(), ("통일부 국정과제", "남북관계")]),
    below=st.sampled_from([(), ("담당부서: 정책기획관", "전화 02-2100-0000")]),
    heading=st.sampled_from(["{}", "[{}]", "{}:"]),
)
FLAT = st.builds(
    Style,
    step=st.just(""),
    bullets=st.sampled_from([("□", "○", "-", "·", "▪"), ("■", "□", "○", "-", "·")]),
    newline=st.sampled_from(["\n", "\r\n"]),
    blanks=st.integers(0, 2),
)


@settings(deadline=None, max_examples=150)
@given(GOALS, st.one_of(STEPPED, FLAT))
def test_what_was_written_is_read(goals: list[Goal], style: Style) -> None:
    page = write_page(goals, style)

    document = read_page(decode_page(page.encode(), name="page"), name="page")

    assert rows_of(document) == expected(goals)
    assert all(page[e.start : e.end] == e.text for e in document.elements)


@settings(deadline=None, max_examples=100)
@given(PARTIAL_GOALS, STEPPED)
def test_goals_may_lack_sections(goals: list[Goal], style: Style) -> None:
    """Columns tell where a goal begins, whichever section it begins with."""
    page = write_page(goals, style)

    document = read_page(page, name="page")

    assert rows_of(document) == expected(goals)


@settings(deadline=None, max_examples=100)
@given(GOALS, st.one_of(STEPPED, FLAT))
def test_no_line_is_lost(goals: list[Goal], style: Style) -> None:
    page = write_page(goals, style)

    document = read_page(page, name="page")

    placed = [e.line for e in document.elements] + [f.line for f in document.boilerplate]
    lines = [n for n, line in enumerate(page.splitlines(), 1) if line.strip()]
    assert sorted(placed) == lines


@settings(deadline=None, max_examples=100)
@given(GOALS, st.sampled_from(["•", "○", "-"]))
def test_a_rendered_page_is_read_as_it_was_rendered(goals: list[Goal], bullet: str) -> None:
    """Rendering and reading are inverse to each other."""
    document = read_page(write_page(goals, Style(bullets=(bullet,) * 5)), name="page")

    page = render_page(document.elements)
    again = read_page(page, name="page")

    assert rows_of(again) == rows_of(document)
    assert render_page(again.elements) == page
    assert page == again.text[again.body_start : again.body_end]


def rows_of(document: Document) -> list[tuple[str, str, str]]:
    """Return id, kind and words of every element; headings without their brackets."""
    return [
        (e.id, e.kind.value, e.text.strip("[]: ") if e.section_type else e.text)
        for e in document.elements
    ]
