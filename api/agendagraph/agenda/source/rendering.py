"""Render a page from its elements.

Pages are rendered as browsers and text tools copy nested lists: two columns a level, a bullet
before each entry, blank lines around paragraphs (leads and notes). Only kind, depth, bullet
and words are used, so that elements read from the graph suffice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agendagraph.agenda.source.model import Element, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

BULLET: Final = "•"

_PARAGRAPHS: Final = frozenset({Kind.LEAD, Kind.NOTE})
_HEADINGS: Final = frozenset({Kind.GOAL, Kind.SECTION})


def usual_marker(kind: Kind) -> str:
    """Return the default bullet of an element of this kind."""
    return "" if kind in _PARAGRAPHS else BULLET


def render_page(elements: Iterable[Element]) -> str:
    """Return the page from its first goal on, without a final line end.

    For a page in this layout, such as the Ministry's, the result is the text of the capture:
    ``render_page(d.elements) == d.text[d.body_start : d.body_end]``.

    >>> goal = Element(id="g1", kind=Kind.GOAL, text="국제공조 강화", depth=0, marker="•")
    >>> section = Element(id="g1/effects", kind=Kind.SECTION, text="기대효과", depth=1, marker="•")
    >>> print(render_page([goal, section]))
      • 국제공조 강화
    <BLANKLINE>
        • 기대효과
    """
    lines: list[str] = []
    previous: Element | None = None
    for element in elements:
        if previous is not None and _needs_blank_line(previous, element):
            lines.append("")
        bullet = f"{element.marker} " if element.marker else ""
        lines.append("  " * (element.depth + 1) + bullet + element.text)
        previous = element
    return "\n".join(lines)


def _needs_blank_line(above: Element, below: Element) -> bool:
    return above.kind in _HEADINGS | _PARAGRAPHS or below.kind in _PARAGRAPHS
