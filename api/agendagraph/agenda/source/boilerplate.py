"""Separate boilerplate (categories, buttons, footers) from the goals of a page.

Boilerplate is never dropped: every line is returned and reported. A line that could be a
wrapped sentence is not boilerplate; it stays, and the reader raises an error for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agendagraph.agenda.source import headings

if TYPE_CHECKING:
    from agendagraph.agenda.source.goals import GoalLines, SectionLines
    from agendagraph.agenda.source.layout import Layout
    from agendagraph.agenda.source.lines import Line


def remove_separators(goals: list[GoalLines]) -> list[Line]:
    """Remove drawn lines (``-----``) from all sections, and return them."""
    taken = []
    for goal in goals:
        for section in goal.sections:
            taken += [line for line in section.body if headings.is_separator(line)]
            section.body = [line for line in section.body if not headings.is_separator(line)]
    return taken


def remove_trailing_boilerplate(goal: GoalLines, layout: Layout, *, is_last: bool) -> list[Line]:
    """Remove the boilerplate after a goal from its last section, and return it."""
    section = goal.sections[-1]
    for at in range(_after_entries(section, layout, is_last=is_last), len(section.body)):
        if _begins_boilerplate(goal, section, at, layout, is_last=is_last):
            tail = section.body[at:]
            section.body = section.body[:at]
            return tail
    return []


def _begins_boilerplate(
    goal: GoalLines, section: SectionLines, at: int, layout: Layout, *, is_last: bool
) -> bool:
    """Return whether a line of a goal's last section cannot belong to that section."""
    line, entry = section.body[at], section.body[0]
    if headings.is_boilerplate(line):
        return True
    if line.bullet in {"star", "stars"} or headings.note_sign(line):
        return False
    nested = layout.compare(section.heading, goal.title) == "deeper"
    outside = layout.compare(line, section.heading if nested else entry) == "shallower"
    if line.marker:
        return is_last and outside and not layout.same_style(line, goal.title)
    if outside:
        return True
    is_flat = layout.compare(entry, section.heading) == "same" == layout.compare(line, entry)
    if not is_flat or not entry.marker:
        return False
    return section.type != "contents" or not section.body[at - 1].marker


def _after_entries(section: SectionLines, layout: Layout, *, is_last: bool) -> int:
    """Return the position after the last line that is certainly an entry of the section.

    Between two goals, any bulleted line is certain. Below the last goal, where footers have
    bullets too, only a line in the style of the first entry is, on an indented page.
    """
    entry = section.body[0] if section.body else section.heading
    nested = layout.compare(entry, section.heading) == "deeper"
    for at in range(len(section.body) - 1, -1, -1):
        line = section.body[at]
        if not line.marker or headings.is_boilerplate(line):
            continue
        if not is_last or (nested and layout.same_style(line, entry)):
            return at + 1
    return 0
