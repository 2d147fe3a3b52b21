"""The words of the layout: section headings, footnote signs, boilerplate.

Section headings are compared without spaces, brackets and colons, because ministries
write the same heading as ``과제목표``, ``과제 목표``, ``[과제목표]`` or ``1. 과제목표``.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agendagraph.agenda.source.lines import Line
    from agendagraph.agenda.source.model import SectionType

SECTION_TYPES: Final[tuple[SectionType, ...]] = ("objectives", "contents", "effects")
"""The sections in their required order."""

EXPECTED: Final = "과제목표, 주요내용, 기대효과"

_EXPRESSIONS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_BOILERPLATE: Final = re.compile(_EXPRESSIONS["boilerplate"], re.VERBOSE | re.IGNORECASE)
_DECORATION: Final = re.compile(_EXPRESSIONS["decoration"])
_INLINE: Final = re.compile(_EXPRESSIONS["inline"])

_NOTE_SIGN: Final = re.compile(r"\*{1,3}|＊|[※†‡]|주\s?\d{0,2}\)|\d{1,2}\)")
_MARK: Final = re.compile(_EXPRESSIONS["mark"])
_PARENTHESIS: Final = re.compile(r"\([^()]*\)")
_ONLY_PARENTHESIS: Final = re.compile(r"\([^()]+\)")


def section_types(lines: list[Line]) -> dict[int, SectionType]:
    """Return the type of each section heading, by its position in *lines*.

    Synonyms (추진목표, 추진과제 …) count only on a page without the usual heading; elsewhere
    they are headings of items.
    """
    bare = [_DECORATION.sub("", line.text) for line in lines]
    found: dict[int, SectionType] = {}
    for name in SECTION_TYPES:
        for expression in (_EXPRESSIONS["usual"][name], _EXPRESSIONS["other"][name]):
            here = {at: name for at, words in enumerate(bare) if re.fullmatch(expression, words)}
            if here:
                found.update(here)
                break
    return dict(sorted(found.items()))


def opens_inline(line: Line) -> bool:
    """Return whether a section heading and its first words share one line."""
    return _INLINE.match(line.text) is not None


def note_sign(line: Line) -> str | None:
    """Return the footnote sign at the beginning of a line, if there is one."""
    if line.bullet in {"star", "stars"}:
        return line.marker
    match = _NOTE_SIGN.match(line.whole)
    return match[0].replace(" ", "") if match else None


def marks(text: str) -> list[str]:
    """Return the footnote marks in a text, in order.

    >>> marks("부산 북항 재개발* 등 물류 인프라**(2030)")
    ['*', '**']
    >>> marks("(과제1) 제2차(3) 회의")
    []
    """
    return [match[0] for match in _MARK.finditer(_PARENTHESIS.sub("", text))]


def is_parenthesis(line: Line) -> bool:
    """Return whether a line without a bullet is one parenthesis, as for the leads of a goal."""
    return not line.marker and _ONLY_PARENTHESIS.fullmatch(line.text) is not None


def is_boilerplate(line: Line) -> bool:
    """Return whether a line has the words of footers and buttons."""
    return _BOILERPLATE.fullmatch(line.text) is not None


def is_separator(line: Line) -> bool:
    """Return whether a line is drawn: ``-----`` or ``* * *``."""
    whole = line.whole.replace(" ", "")
    return len(whole) >= 3 and not any(sign.isalnum() for sign in whole)
