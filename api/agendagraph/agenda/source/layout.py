"""Measure the layout of a page: how indentation and bullets show its levels.

Captures differ in their indentation (two columns, four, a tab), and the lines of one list may
differ by a column. The step is measured on the page, with a tolerance of half a step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median_low
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from agendagraph.agenda.source.lines import Line

RelativeIndent = Literal["shallower", "same", "deeper"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of one page.

    Attributes:
        step: Columns from one level to the next; 0 if the page is not indented.
        bullets_mark_levels: Whether bullets are consistent, so that another bullet in the
            same column is another level.
    """

    step: int
    bullets_mark_levels: bool

    def compare(self, line: Line, other: Line) -> RelativeIndent:
        """Return how the indentation of a line compares with that of another."""
        difference = line.indent - other.indent
        if 2 * abs(difference) <= self.step:
            return "same"
        return "deeper" if difference > 0 else "shallower"

    def is_between(self, line: Line, other: Line) -> bool:
        """Return whether the indentations of two lines differ by exactly half a step."""
        return line.indent != other.indent and 2 * abs(line.indent - other.indent) == self.step

    def same_style(self, line: Line, other: Line) -> bool:
        """Return whether a line has the column and the bullet of another."""
        if self.compare(line, other) != "same" or bool(line.bullet) != bool(other.bullet):
            return False
        return line.bullet == other.bullet or not self.bullets_mark_levels


def measure_layout(lines: Sequence[Line], headings: Collection[int]) -> Layout:
    """Measure a page by its section headings, its items and the lines around them.

    *headings* are the positions of the section headings in *lines*, which are not blank.
    """
    around = [(at - 1, at) for at in headings] + [(at, at + 1) for at in headings]
    around = [(above, below) for above, below in around if above >= 0 and below < len(lines)]
    steps = [_steps(lines, around), _steps(lines, _below_leads(lines, min(headings)))]
    return Layout(
        step=min((median_low(found) for found in steps if found), default=0),
        bullets_mark_levels=len({lines[at].bullet for at in headings}) <= 1,
    )


def straighten_columns(lines: Sequence[Line], headings: Collection[int]) -> list[Line]:
    """Return the lines with uneven columns aligned, where that is certain.

    The columns of all bulleted lines from the first goal on are clustered. If each cluster is
    narrower than a step, its lines get one column; otherwise nothing is changed.
    """
    first = max(min(headings) - 1, 0)
    step = measure_layout(lines, headings).step
    columns = sorted({line.indent for line in lines[first:] if line.marker})
    straight = _cluster(columns, apart=max(2, (step + 1) // 2) if step > 1 else 1)
    if any(column - straight[column] > (step + 1) // 2 for column in columns):
        return list(lines)
    return [
        replace(line, indent=straight[line.indent])
        if at >= first and straight.get(line.indent, line.indent) != line.indent
        else line
        for at, line in enumerate(lines)
    ]


def irregularity(lines: Sequence[Line], headings: Collection[int]) -> tuple[int, int, int]:
    """Return how irregular the columns of a page are; lower is better.

    The measures, in this order: columns of section headings, uneven gaps between columns, and
    the number of columns (more is better).
    """
    if not headings:
        return (0, 0, 0)
    columns = sorted({line.indent for line in lines[max(min(headings) - 1, 0) :]})
    gaps = [right - left for left, right in pairwise(columns)]
    uneven = sum(gap != min(gaps) for gap in gaps) if gaps else 0
    return (len({lines[at].indent for at in headings}), uneven, -len(columns))


def most_common_style(lines: Sequence[Line], layout: Layout) -> Line | None:
    """Return the first line in the most common style; None if no two lines share one."""
    alike = [sum(layout.same_style(line, other) for other in lines) for line in lines]
    return lines[alike.index(max(alike))] if alike and max(alike) > 1 else None


def _steps(lines: Sequence[Line], pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return the steps, in columns, of the pairs whose second line is deeper."""
    steps = (lines[below].indent - lines[above].indent for above, below in pairs)
    return [step for step in steps if step > 0]


def _below_leads(lines: Sequence[Line], first: int) -> list[tuple[int, int]]:
    """Return the positions of items with a lead, each with the action below its lead."""
    bullets = [bool(line.marker) for line in lines]
    return [
        (at, at + 2)
        for at in range(first, len(lines) - 2)
        if bullets[at] and not bullets[at + 1] and bullets[at + 2]
        if at + 3 == len(lines) or bullets[at + 3]
    ]


def _cluster(columns: Sequence[int], *, apart: int) -> dict[int, int]:
    """Map each column to the first one of its cluster; clusters are *apart* columns apart."""
    first: dict[int, int] = {}
    for at, column in enumerate(columns):
        previous = columns[at - 1] if at else column
        near = at > 0 and column - previous < apart
        first[column] = first[previous] if near else column
    return first
