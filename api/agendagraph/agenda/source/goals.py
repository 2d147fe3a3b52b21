"""Divide the lines of a page into goals and their sections.

A goal is a line that a section heading follows. Whether the line above a heading is the
title of a new goal or the end of the section before is decided by the style (column and
bullet) of the first title, or else by the order of the sections.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.source import headings
from agendagraph.agenda.source.layout import (
    Layout,
    measure_layout,
    most_common_style,
    straighten_columns,
)
from agendagraph.errors import SourceError

if TYPE_CHECKING:
    from agendagraph.agenda.source.lines import Line
    from agendagraph.agenda.source.model import SectionType

_RANK: Final = {name: rank for rank, name in enumerate(headings.SECTION_TYPES)}


@dataclass(slots=True)
class SectionLines:
    """A section heading and the lines below it."""

    heading: Line
    type: SectionType
    body: list[Line]


@dataclass(slots=True)
class GoalLines:
    """A goal's title, the footnotes directly below it, and its sections."""

    title: Line
    notes: list[Line]
    sections: list[SectionLines] = field(default_factory=list)


@dataclass(slots=True)
class PageLines:
    """The parts of a page; the last section may still contain boilerplate."""

    layout: Layout
    above: list[Line]
    goals: list[GoalLines]


def divide(lines: list[Line], *, name: str) -> PageLines:
    """Divide the lines of a page into the lines above and the goals with their sections.

    Raises:
        SourceError: The page has no section heading, or one without a title above it or
            out of order.
    """
    for line in lines:
        if headings.opens_inline(line):
            message = f"expected a section heading on a line of its own, found {line.whole!r}"
            raise SourceError(message, file=name, line=line.number)
    sections = headings.section_types(lines)
    if not sections:
        message = f"expected a section heading ({headings.EXPECTED}), found none on the page"
        raise SourceError(message, file=name)
    lines = straighten_columns(lines, sections)
    page = _Page(lines, sections, list(sections), measure_layout(lines, sections), name)
    openings = page.openings()
    goals = [page.goal(at, stop) for at, stop in zip(openings, [*openings[1:], None], strict=True)]
    return PageLines(page.layout, lines[: page.title_of(openings[0])], goals)


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines of a page, and the positions of its section headings."""

    lines: list[Line]
    sections: dict[int, SectionType]
    positions: list[int]
    layout: Layout
    name: str

    def openings(self) -> list[int]:
        """Return the positions of the section headings that open a goal."""
        first, *others = self.sections
        self._check_first_title(first)
        openings, rank, previous = [first], _RANK[self.sections[first]], first
        bullets = set[str]()
        for at in others:
            bullets.add(self.lines[previous + 1].bullet)
            if self._opens_goal(at, rank=rank, previous=previous, bullets=bullets):
                openings.append(at)
            elif _RANK[self.sections[at]] <= rank:
                raise self._section_order_error(at, previous)
            rank, previous = _RANK[self.sections[at]], at
        return openings

    def title_of(self, at: int) -> int:
        """Return the position of the title above a heading, without the notes on the title."""
        title = at - 1
        while title > 0 and self._is_below_title(title, self.lines[at]):
            title -= 1
        return title

    def _is_below_title(self, at: int, heading: Line) -> bool:
        """Return whether a line is a footnote on the title above it, or names its leads."""
        line, above = self.lines[at], self.lines[at - 1]
        if headings.is_parenthesis(line):
            return True
        is_note = headings.note_sign(line) is not None and line.bullet != heading.bullet
        return is_note and bool(headings.marks(above.text) or headings.is_parenthesis(above))

    def goal(self, at: int, stop: int | None) -> GoalLines:
        """Return the goal that a heading opens; *stop* is the next opening heading."""
        title = self.title_of(at)
        end = len(self.lines) if stop is None else self.title_of(stop)
        goal = GoalLines(self.lines[title], self.lines[title + 1 : at])
        own = self.positions[bisect_left(self.positions, at) : bisect_left(self.positions, end)]
        for position, following in zip(own, [*own[1:], end], strict=True):
            body = self.lines[position + 1 : following]
            goal.sections.append(SectionLines(self.lines[position], self.sections[position], body))
        return goal

    def _opens_goal(self, at: int, *, rank: int, previous: int, bullets: set[str]) -> bool:
        """Return whether the line above a heading is the title of a new goal.

        *rank* and *previous* are those of the heading before; *bullets* are the bullets of the
        first entries.
        """
        first = next(iter(self.sections))
        above = self.title_of(at)
        if above <= previous:
            return False
        heading, title = self.lines[at], self.lines[above]
        if not self.layout.same_style(title, self.lines[self.title_of(first)]):
            return False
        if self.layout.compare(title, heading) == "shallower":
            return True
        if self.layout.bullets_mark_levels and title.bullet and title.bullet not in bullets:
            return True
        repeats = self.sections[at] == self.sections[first]
        return repeats and _RANK[self.sections[at]] <= rank

    def _check_first_title(self, at: int) -> None:
        """Raise an error unless the line above the first heading can be a goal's title."""
        heading = self.lines[at]
        title = self.lines[self.title_of(at)] if at else None
        entry = self.lines[min(at + 1, len(self.lines) - 1)]
        wrong = (
            title is None
            or not title.text
            or headings.is_parenthesis(title)
            or (
                self.layout.compare(title, heading) == "deeper"
                and self.layout.compare(title, entry) != "shallower"
            )
        )
        if wrong:
            found = "nothing" if title is None else repr(title.whole)
            message = f"expected the title of a goal above {heading.text!r}, found {found}"
            raise self._missing_heading(at, 0) or SourceError(
                message, file=self.name, line=(title or heading).number
            )

    def _section_order_error(self, at: int, previous: int) -> SourceError:
        """Return the error for a heading out of order, or for the title that caused it."""
        heading, above = self.lines[at], self.lines[previous]
        if misplaced := self._odd_title(at, previous) or self._missing_heading(at, previous + 1):
            return misplaced
        return SourceError(
            f"section out of place: {heading.text!r} follows {above.text!r} of the same "
            f"goal; expected the order {headings.EXPECTED}; if a goal begins here, its title is "
            "missing above, or has the style of an entry",
            file=self.name,
            line=heading.number,
        )

    def _usual_title(self) -> Line | None:
        """Return a title in the style of most titles, by the heading that opens most goals."""
        kinds = list(self.sections.values())
        openings = Counter(
            kind
            for before, kind in zip([None, *kinds], kinds, strict=False)
            if before is None or _RANK[kind] <= _RANK[before]
        )
        opening = max(openings, key=lambda kind: (openings[kind], -_RANK[kind]))
        titles = [
            self.lines[self.title_of(at)]
            for at, kind in self.sections.items()
            if kind == opening and at
        ]
        return most_common_style(titles, self.layout)

    def _odd_title(self, at: int, previous: int) -> SourceError | None:
        """Return the error for a title above a heading in another style than the titles."""
        first, title = (self.lines[self.title_of(at)] for at in (self.positions[0], at))
        usual = self._usual_title() or first
        if title.number <= self.lines[previous].number:
            return None
        entry = self.lines[previous + 1]
        alike = self.layout.same_style
        if not alike(first, usual) and alike(title, usual):
            odd = first
        elif not alike(title, usual) and not alike(title, entry):
            odd = title
        else:
            return None
        message = f"expected the title of a goal, as in line {usual.number}, found {odd.whole!r}"
        return SourceError(message, file=self.name, line=odd.number)

    def _missing_heading(self, at: int, start: int) -> SourceError | None:
        """Return the error for a goal whose first section lacks a heading."""
        usual = self._usual_title()
        if usual is None:
            return None
        for place in range(at - 2, start - 1, -1):
            if self.layout.same_style(self.lines[place], usual):
                below = self.lines[place + 1]
                message = (
                    f"expected a section heading ({headings.EXPECTED}) below "
                    f"{self.lines[place].text!r}, found {below.whole!r}"
                )
                return SourceError(message, file=self.name, line=below.number)
        return None
