"""Parse the text of an official page into a document of typed elements.

The page has the layout of the Korean government's national tasks: goals, each with
과제목표, 주요내용 and 기대효과. Bullets, columns, blank lines and line ends are measured on
the page, not prescribed. A line that has no place in the layout is an error with file, line
and words; a line that belongs to no goal is kept as boilerplate.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agendagraph.agenda.source import headings
from agendagraph.agenda.source.boilerplate import remove_separators, remove_trailing_boilerplate
from agendagraph.agenda.source.goals import divide
from agendagraph.agenda.source.layout import irregularity, most_common_style
from agendagraph.agenda.source.layout_parser import (
    LayoutParser,
    PageConventions,
    PlacedLine,
    is_paragraph,
)
from agendagraph.agenda.source.lines import TAB_SIZES, split_lines
from agendagraph.agenda.source.model import Boilerplate, Document, Element, Kind, Notice

if TYPE_CHECKING:
    from agendagraph.agenda.source.goals import PageLines
    from agendagraph.agenda.source.layout import Layout
    from agendagraph.agenda.source.lines import Line
    from agendagraph.agenda.source.model import Place

_LETTERS = {
    Kind.OBJECTIVE: "o",
    Kind.CONTENT_ITEM: "c",
    Kind.ACTION: "a",
    Kind.REGION_HEADING: "r",
    Kind.EXPECTED_EFFECT: "e",
    Kind.NOTE: "n",
}


def read_page(text: str, *, name: str) -> Document:
    """Return the document of a page; it keeps every word.

    *text* is the capture, as `decode_page` returns it. Spans are code points, half-open, on it:
    ``text[e.start:e.end] == e.text`` for every element.

    Raises:
        SourceError: The page is not in this layout, or a line has no place in it.

    >>> page = '''외교정책
    ... • 국제공조 강화
    ...   • 과제목표
    ...     • 북한 비핵화를 통한 평화 구현
    ... '''
    >>> [e.id for e in read_page(page, name="page.txt").elements]
    ['g1', 'g1/objectives', 'g1/o1']
    """
    page = divide(_lines(text), name=name)
    boilerplate = [_boilerplate(text, line, "above") for line in page.above]
    boilerplate += [_boilerplate(text, line, "between") for line in remove_separators(page.goals)]
    for goal in page.goals:
        is_last = goal is page.goals[-1]
        tail = remove_trailing_boilerplate(goal, page.layout, is_last=is_last)
        boilerplate += [
            _boilerplate(text, line, "below" if is_last else "between") for line in tail
        ]
    placed_lines, notices = _place(page, name=name)
    elements = _number(placed_lines, text)
    return Document(
        name=name,
        text=text,
        elements=elements,
        boilerplate=tuple(sorted(boilerplate, key=lambda line: line.line)),
        notices=tuple(sorted(notices, key=lambda notice: notice.line)),
        category=_category(page.above),
        body_start=page.goals[0].title.begin,
        body_end=max(element.end for element in elements),
    )


def _lines(text: str) -> list[Line]:
    """Split a capture into lines, with the tab size that gives the most regular columns."""
    if "\t" not in text:
        return split_lines(text)
    candidates = (split_lines(text, tab=size) for size in TAB_SIZES)
    return min(candidates, key=lambda lines: irregularity(lines, headings.section_types(lines)))


def _place(page: PageLines, *, name: str) -> tuple[list[list[PlacedLine]], list[Notice]]:
    conventions = _conventions(page)
    placed_lines, notices = [], []
    if conventions.leads_mark_items:
        first = page.goals[0].title
        message = (
            "items and actions look alike on this page: a line with a lead is read as an item, "
            "every other as an action; region headings cannot be recognised"
        )
        notices.append(Notice(first.number, first.text, message))
    for goal in page.goals:
        parser = LayoutParser(page.layout, conventions, name=name)
        parser.parse_goal(goal)
        placed_lines.append(parser.placed_lines)
        notices += parser.notices
    return placed_lines, notices


def _conventions(page: PageLines) -> PageConventions:
    """Return the conventions that all lists of a page show together."""
    bodies = [(s.type, s.body) for goal in page.goals for s in goal.sections]
    opened_by_star = any(body and body[0].bullet == "star" for _, body in bodies)
    unmarked = sum(_unmarked_stars(body) for kind, body in bodies if kind == "contents")
    marked = sum(line.bullet == "star" for _, body in bodies for line in body) - unmarked
    contents = [body for kind, body in bodies if kind == "contents" and body]
    return PageConventions(
        stars_are_bullets=opened_by_star or (unmarked >= 3 and unmarked > marked),
        leads_mark_items=_leads_mark_items(page, contents),
        usual=_usual([body for _, body in bodies if body], page.layout),
    )


def _usual(bodies: list[list[Line]], layout: Layout) -> tuple[Line, ...]:
    """Return a line in the style of most entries, and one in that of most actions."""
    actions = [
        action
        for body in bodies
        for item, lead, action in zip(body, body[1:], body[2:], strict=False)
        if item.marker and is_paragraph(lead) and action.marker
        if layout.compare(action, item) == "deeper" or action.bullet != item.bullet
    ]
    entry = most_common_style([body[0] for body in bodies], layout)
    action = most_common_style(actions, layout)
    return () if entry is None else (entry,) if action is None else (entry, action)


def _unmarked_stars(body: list[Line]) -> int:
    """Count the lines with a star that no mark in the section refers to."""
    marks = Counter(mark for line in body for mark in headings.marks(line.text))
    return max(sum(line.bullet == "star" for line in body) - marks["*"], 0)


def _leads_mark_items(page: PageLines, contents: list[list[Line]]) -> bool:
    """Return whether only leads distinguish items from actions on this page."""
    with_lead, without = 0, 0
    for body in contents:
        for line, below in zip(body, [*body[1:], None], strict=True):
            if not line.marker:
                continue
            if not page.layout.same_style(line, contents[0][0]):
                return False
            if below is not None and is_paragraph(below):
                with_lead += 1
            else:
                without += 1
    return with_lead > 0 and without > 0


def _number(goals: list[list[PlacedLine]], text: str) -> tuple[Element, ...]:
    """Assign ids, orders and words to the placed lines."""
    elements: list[Element] = []
    ids: dict[PlacedLine, str] = {}
    for number, placed_lines in enumerate(goals, start=1):
        orders: Counter[tuple[str | None, Kind]] = Counter()
        notes = 0
        for placed in placed_lines:
            parent = ids[placed.parent] if placed.parent else None
            orders[parent, placed.kind] += 1
            order = number if placed.kind is Kind.GOAL else orders[parent, placed.kind]
            notes += placed.kind is Kind.NOTE
            ids[placed] = _id(
                placed, f"g{number}", parent, notes if placed.kind is Kind.NOTE else order
            )
            elements.append(_element(placed, ids, order, len(elements) + 1, text))
    return tuple(elements)


def _id(placed: PlacedLine, goal: str, parent: str | None, order: int) -> str:
    """Return the id of a line; *order* counts notes in the goal, others in the parent."""
    match placed.kind:
        case Kind.GOAL:
            return goal
        case Kind.SECTION:
            return f"{goal}/{placed.section_type}"
        case Kind.LEAD:
            return f"{parent}/lead"
        case Kind.ACTION | Kind.REGION_HEADING:
            return f"{parent}/{_LETTERS[placed.kind]}{order}"
        case kind:
            return f"{goal}/{_LETTERS[kind]}{order}"


def _element(
    placed: PlacedLine, ids: dict[PlacedLine, str], order: int, document_order: int, text: str
) -> Element:
    line = placed.line
    is_note = placed.kind is Kind.NOTE
    start = line.at if is_note else line.start
    return Element(
        id=ids[placed],
        kind=placed.kind,
        text=text[start : line.end],
        depth=placed.depth,
        marker="" if is_note else line.marker,
        start=start,
        end=line.end,
        line=line.number,
        parent=ids[placed.parent] if placed.parent else None,
        order=order,
        document_order=document_order,
        section_type=placed.section_type,
        annotates=ids[placed.annotates] if placed.annotates else None,
    )


def _boilerplate(text: str, line: Line, place: Place) -> Boilerplate:
    return Boilerplate(line.number, line.at, line.end, text[line.at : line.end], place)


def _category(above: list[Line]) -> str | None:
    """Return the heading directly above the first goal, if there is one."""
    if above and not above[-1].marker and not headings.is_separator(above[-1]):
        return above[-1].text
    return None
