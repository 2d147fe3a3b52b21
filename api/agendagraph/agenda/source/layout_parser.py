"""Parse the lines of one goal into a tree: items, leads, actions, footnotes.

The result is a list of placed lines in the order of the page, each with its parent. Ids and
numbers are assigned later, when the whole page is parsed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.source import headings
from agendagraph.agenda.source.model import Kind, Notice
from agendagraph.errors import SourceError

if TYPE_CHECKING:
    from agendagraph.agenda.source.goals import GoalLines, SectionLines
    from agendagraph.agenda.source.layout import Layout
    from agendagraph.agenda.source.lines import Line
    from agendagraph.agenda.source.model import SectionType

_ENTRY: Final = {"objectives": Kind.OBJECTIVE, "effects": Kind.EXPECTED_EFFECT}
_LEVELS: Final = (Kind.CONTENT_ITEM, Kind.ACTION, Kind.ACTION)
_LEVEL_NAMES: Final = ("an item", "an action", "an action under a region")


@dataclass(slots=True, eq=False)
class PlacedLine:
    """A line with its kind and parent, but without an id."""

    kind: Kind
    line: Line
    depth: int
    parent: PlacedLine | None
    section: PlacedLine | None = None
    section_type: SectionType | None = None
    annotates: PlacedLine | None = None
    open_marks: list[str] = field(default_factory=list)
    has_lead: bool = False


@dataclass(frozen=True, slots=True)
class PageConventions:
    """The conventions of a page, as far as one section cannot show them.

    Attributes:
        stars_are_bullets: ``*`` begins entries of lists, not only footnotes.
        leads_mark_items: Items and actions share one column and one bullet, so that only the
            lead below it identifies an item.
        usual: A line in the most common style of first entries, and one in that of lines
            below leads; for messages only.
    """

    stars_are_bullets: bool
    leads_mark_items: bool
    usual: tuple[Line, ...] = ()


class LayoutParser:
    """Parses the lines of one goal; raises an error for a line that it cannot place."""

    def __init__(self, layout: Layout, conventions: PageConventions, *, name: str) -> None:
        self._layout = layout
        self._conventions = conventions
        self._name = name
        self.placed_lines: list[PlacedLine] = []
        self.notices: list[Notice] = []
        self._latest: PlacedLine
        self._marked: dict[str, list[PlacedLine]] = {}

    def parse_goal(self, goal: GoalLines) -> None:
        """Parse a goal with all its sections."""
        top = self._add(PlacedLine(Kind.GOAL, goal.title, 0, None))
        for line in goal.notes:
            self._note(line)
        for section in goal.sections:
            heading = self._add(
                PlacedLine(Kind.SECTION, section.heading, 1, top, section_type=section.type)
            )
            if not section.body:
                self._notice(section.heading, "the section is empty")
            elif section.type == "contents":
                self._contents(section, heading)
            else:
                self._list(section, heading)
        for placed in self.placed_lines:
            for mark in placed.open_marks:
                self._notice(placed.line, f"no footnote explains the mark {mark!r}")

    def _list(self, section: SectionLines, heading: PlacedLine) -> None:
        """Place the objectives, or the expected effects."""
        kind = _ENTRY[section.type]
        entries: dict[int, Line] = {}
        for line in section.body:
            if self._is_note(line, heading):
                self._note(line)
                continue
            if entries:
                self._check_entry(line, list(entries.values()), kind)
            entries.setdefault(line.indent, line)
            self._add(PlacedLine(kind, line, 2, heading, section=heading))

    def _check_entry(self, line: Line, entries: list[Line], kind: Kind) -> None:
        """Raise an error unless a line has the style of the entries above it."""
        if bool(line.marker) != bool(entries[0].marker) or not (line.marker or line.after_blank):
            if self._is_odd(entries, line):
                raise self._misplaced(
                    entries[0], f"the entries below it are bulleted: {line.whole!r}"
                )
            raise self._misplaced(
                line,
                "if it continues the line above, join the two lines; "
                "if it is a lead, the heading of its section is missing above",
            )
        sides = [self._layout.compare(line, entry) for entry in entries]
        if "same" not in sides:
            if self._is_odd(entries, line):
                raise self._misplaced(
                    entries[0],
                    f"its column differs from that of the entries below it: {line.whole!r}",
                )
            where = "below an entry" if "deeper" in sides else "outside its section"
            raise self._misplaced(line, f"a bullet {where} has no place under {kind.value}")
        if self._layout.bullets_mark_levels and line.bullet != entries[0].bullet:
            self._notice(line, "another bullet than the entries above; read as one of them")

    def _is_odd(self, entries: list[Line], line: Line) -> bool:
        """Return whether the first entry is the one with an unusual style."""
        if len(entries) != 1 or not self._conventions.usual:
            return False
        usual, alike = self._conventions.usual[0], self._layout.same_style
        return alike(line, usual) and not alike(entries[0], usual)

    def _is_usual(self, line: Line) -> bool:
        """Return whether a line has the style of most entries, or most actions, of the page."""
        return any(self._layout.same_style(line, usual) for usual in self._conventions.usual)

    def _contents(self, section: SectionLines, heading: PlacedLine) -> None:
        stack: list[PlacedLine] = []
        for at, line in enumerate(section.body):
            if self._is_note(line, heading):
                self._note(line)
            elif not line.marker:
                self._lead(line, stack, heading)
            else:
                below = section.body[at + 1] if at + 1 < len(section.body) else None
                level = self._level(line, stack, has_lead=below is not None and is_paragraph(below))
                del stack[level:]
                if level == 2:
                    stack[1].kind = Kind.REGION_HEADING
                parent = stack[-1] if stack else heading
                placed = PlacedLine(_LEVELS[level], line, 2 + level, parent, section=heading)
                stack.append(self._add(placed))

    def _lead(self, line: Line, stack: list[PlacedLine], heading: PlacedLine) -> None:
        """Place the paragraph below an item."""
        if not stack:
            raise self._misplaced(line, "a paragraph belongs below an item, not above the first")
        if len(stack) > 1 or stack[0].has_lead:
            raise self._stray_paragraph(line, stack)
        stack[0].has_lead = True
        self._add(PlacedLine(Kind.LEAD, line, 3, stack[0], section=heading))

    def _stray_paragraph(self, line: Line, stack: list[PlacedLine]) -> SourceError:
        """Return the error for a paragraph that cannot be a lead, or for the line that caused it.

        A blank line separates a lead from its item. So a bullet before such a paragraph is an
        item in the style of an action; and a paragraph that is not separated itself, before
        one that is, continues the words of its item.
        """
        above = self.placed_lines[-1]
        if line.after_blank and len(stack) > 1 and above is stack[-1]:
            return self._style_error(
                above.line,
                stack,
                f"a paragraph follows it (line {line.number}) as a lead follows an item, but it "
                "does not have the style of the items, or the item is missing in between",
            )
        if line.after_blank and above.kind is Kind.LEAD and not above.line.after_blank:
            return self._misplaced(
                above.line,
                f"its item has its lead in line {line.number}; "
                "if the line continues the one above, join the two lines",
            )
        return self._misplaced(
            line,
            "an item has one lead, directly below it; if the line continues the one above, "
            "join the two lines; if it is a lead, its item is missing above",
        )

    def _level(self, line: Line, stack: list[PlacedLine], *, has_lead: bool) -> int:
        """Return the level of a bulleted line: 0 for an item, 1 and 2 below it."""
        if not stack:
            return 0
        if self._conventions.leads_mark_items:
            return 0 if has_lead else 1
        level = self._level_by_column(line, stack)
        if level < len(stack) and self._layout.is_between(line, stack[level].line):
            if level == 0 and line.indent > stack[0].line.indent and not has_lead:
                level = 1
            self._notice(line, f"is indented by half a step; read as {_LEVEL_NAMES[level]}")
        if level >= len(_LEVELS):
            raise self._style_error(line, stack, "no level exists below an action under a region")
        return level

    def _level_by_column(self, line: Line, stack: list[PlacedLine]) -> int:
        side = self._layout.compare
        distances = [abs(line.indent - open_.line.indent) for open_ in stack]
        beside = [at for at, open_ in enumerate(stack) if side(line, open_.line) == "same"]
        alike = [at for at in beside if self._layout.same_style(line, stack[at].line)]
        if alike:
            return min(alike, key=distances.__getitem__)
        bullets = [open_.line.bullet for open_ in stack]
        signs_differ = self._layout.bullets_mark_levels and len(set(bullets)) == len(bullets)
        if beside:
            is_new = signs_differ and beside[-1] == len(stack) - 1 and line.bullet not in bullets
            return len(stack) if is_new else min(beside, key=distances.__getitem__)
        if side(line, stack[-1].line) == "deeper":
            return len(stack)
        if signs_differ and line.bullet in bullets:
            return bullets.index(line.bullet)
        nearest = min(range(len(stack)), key=distances.__getitem__)
        if line.indent < stack[0].line.indent or distances.count(distances[nearest]) > 1:
            raise self._style_error(line, stack, "its column belongs to none of the lists above")
        self._notice(line, f"is aligned with no list; read as {_LEVEL_NAMES[nearest]}")
        return nearest

    def _is_note(self, line: Line, heading: PlacedLine) -> bool:
        """Return whether a line is a footnote rather than an entry of a list."""
        sign = headings.note_sign(line)
        if sign is None:
            return False
        if sign[-1] == ")" and not sign.startswith("주"):
            return bool(self._marked.get(sign))
        if line.bullet != "star" or not self._conventions.stars_are_bullets:
            return True
        return any(
            placed.section is heading and self._layout.compare(line, placed.line) == "deeper"
            for placed in self._marked.get(sign, ())
        )

    def _note(self, line: Line) -> None:
        """Place a footnote below the element with its mark."""
        sign = headings.note_sign(line) or ""
        annotated = self._take_marked(sign)
        if annotated is None:
            annotated = self._latest
            if sign != "※":
                why = "no element has its mark" if sign else "it has no sign"
                self._notice(line, f"{why}; read as a note on {annotated.line.text!r}")
        placed = PlacedLine(Kind.NOTE, line, annotated.depth + 1, annotated.section or annotated)
        placed.section, placed.annotates = annotated.section, annotated
        self._add(placed)

    def _take_marked(self, sign: str) -> PlacedLine | None:
        """Remove and return the last element with this mark, preferably of this section."""
        marked = self._marked.get(sign, [])
        section = self.placed_lines[-1].section
        for at in range(len(marked) - 1, -1, -1):
            if marked[at].section is section:
                break
        else:
            at = len(marked) - 1
        if at < 0:
            return None
        placed = marked.pop(at)
        placed.open_marks.remove(sign)
        return placed

    def _add(self, placed: PlacedLine) -> PlacedLine:
        if not placed.line.text:
            raise self._misplaced(placed.line, "a bullet needs words on its line")
        if placed.kind is not Kind.NOTE:
            self._latest = placed
            placed.open_marks = headings.marks(placed.line.text)
            for mark in placed.open_marks:
                self._marked.setdefault(mark, []).append(placed)
        self.placed_lines.append(placed)
        return placed

    def _notice(self, line: Line, message: str) -> None:
        self.notices.append(Notice(line.number, line.whole, message))

    def _style_error(self, line: Line, stack: list[PlacedLine], why: str) -> SourceError:
        """Return the error for a line, or for the line above it with an unusual style."""
        odd = [placed.line for placed in stack if not self._is_usual(placed.line)]
        if not odd or not self._is_usual(line) or line is odd[0]:
            return self._misplaced(line, why)
        return self._misplaced(
            odd[0],
            f"no item or action of the page has its style, and line {line.number} has "
            "no place after it",
        )

    def _misplaced(self, line: Line, why: str) -> SourceError:
        message = f"cannot place {line.whole!r}: {why}"
        return SourceError(message, file=self._name, line=line.number)


def is_paragraph(line: Line) -> bool:
    """Return whether a line has no bullet and is not a footnote."""
    return not line.marker and headings.note_sign(line) is None
