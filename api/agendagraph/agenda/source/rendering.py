"""Write a page back from its elements.

The page is written as browsers and text tools write nested lists: two columns a
level, a bullet before each list entry, paragraphs (leads and notes) set off by blank
lines. It looks at nothing but kind, depth, bullet and words, so that elements taken
from the graph will do.
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
    """Return the bullet that an element of this kind has where none is recorded."""
    return "" if kind in _PARAGRAPHS else BULLET


def render_page(elements: Iterable[Element]) -> str:
    """Return the page from its first goal on, without a line end behind its last line.

    For a page in the layout that this function writes, and so for the Ministry's
    page, the result is the very text of the capture:
    ``render_page(d.elements) == d.text[d.body_start : d.body_end]``.

    Args:
        elements: The elements in the order of the page; only ``kind``, ``depth``,
            ``marker`` and ``text`` are looked at.

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
        if previous is not None and _is_set_off(previous, element):
            lines.append("")
        bullet = f"{element.marker} " if element.marker else ""
        lines.append("  " * (element.depth + 1) + bullet + element.text)
        previous = element
    return "\n".join(lines)


def _is_set_off(above: Element, below: Element) -> bool:
    """Say whether a blank line stands between two elements."""
    return above.kind in _HEADINGS | _PARAGRAPHS or below.kind in _PARAGRAPHS
