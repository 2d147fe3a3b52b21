"""Split a capture into lines, each with its indentation, its bullet and its words.

A line knows nothing of goals or sections. Two markers are the same *bullet* if a writer would
use them in the same list: ``1.`` and ``2.``, ``-`` and ``–``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LINE: Final = re.compile(
    "([^\r\n\x0b\x0c\x85\u2028\u2029]*)(\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]|$)"
)
_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff"
_BLANK: Final = re.compile(rf"[\s{_INVISIBLE}]*")
_WIDE_SPACE: Final = "\u3000"
TAB_SIZES: Final = (8, 4, 2)
"""The tab sizes that a page may use."""

_FILE: Final = Path(__file__).with_suffix(".toml")
_BULLETS: Final[dict[str, str]] = tomllib.loads(_FILE.read_text("utf-8"))
_BULLET_OF: Final = {sign: bullet for bullet, signs in _BULLETS.items() for sign in signs}
_LETTERLIKE: Final = "oOㅇㅁㅡ+#@=>"
"""Signs that may also begin a word: they are bullets only before a space."""
_SURE: Final = "".join(sign for sign in _BULLET_OF if sign not in _LETTERLIKE + "*＊-–—―−‐‑－")

_MARKER: Final = re.compile(
    rf"""
    (?P<sure>[{re.escape(_SURE)}])(?!(?P=sure))
  | (?P<star>\*{{1,3}}|＊{{1,3}})
  | (?P<dash>[-–—―−‐‑－])(?![-–—])
  | (?P<letterlike>[oOㅇㅁㅡ+@=>]|\#{{1,6}})(?=\s)
  | (?P<outline>\d{{1,2}}(?:[-.]\d)+[.)])(?=\s)
  | (?P<point>\d{{1,3}}\.)(?=\s|[가-힣])
  | (?P<parenthesis>\d{{1,3}}\))
  | (?P<parentheses>\(\d{{1,3}}\))
  | (?P<circled>[①-⒇❶-❿⓪㉑-㉟])
  | (?P<syllable>[가나다라마바사아자차카타파하][.)])(?=\s)
  | (?P<circled_syllable>[㉠-㉻])
  | (?P<roman>[Ⅰ-Ⅻⅰ-ⅻ][.)]?|[IVX]{{1,4}}\.)(?=\s)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a capture that is not blank.

    Attributes:
        number: The line of the capture, from 1.
        begin: Offset of the line's first code point.
        at: Offset of its first visible code point, the bullet if there is one.
        start: Offset of its words, after the bullet.
        end: Offset after its words.
        indent: Columns before ``at``.
        marker: The bullet as written, or empty.
        bullet: The family of the marker, or empty.
        text: The words.
        after_blank: Whether the line above is blank.
    """

    number: int
    begin: int
    at: int
    start: int
    end: int
    indent: int
    marker: str
    bullet: str
    text: str
    after_blank: bool

    @property
    def whole(self) -> str:
        """The line with its bullet, without the indentation."""
        return f"{self.marker} {self.text}".strip()


def split_lines(text: str, *, tab: int = 8) -> list[Line]:
    """Return the lines of a capture that are not blank; *tab* is the width of a tab stop."""
    lines: list[Line] = []
    blank_above = False
    for number, match in enumerate(_LINE.finditer(text), start=1):
        if _BLANK.fullmatch(match[1]):
            blank_above = True
            continue
        lines.append(
            _parse_line(
                match[1], number=number, begin=match.start(), tab=tab, after_blank=blank_above
            )
        )
        blank_above = False
    return lines


def _parse_line(raw: str, *, number: int, begin: int, tab: int, after_blank: bool) -> Line:
    at = _blank_end(raw, 0)
    end = len(raw)
    while end > at and (raw[end - 1].isspace() or raw[end - 1] in _INVISIBLE):
        end -= 1
    match = _MARKER.match(raw, at, end)
    marker = match[0] if match else ""
    start = min(_blank_end(raw, at + len(marker)), end)
    return Line(
        number=number,
        begin=begin,
        at=begin + at,
        start=begin + start,
        end=begin + end,
        indent=_width(raw[:at], tab=tab),
        marker=marker,
        bullet=_bullet(match) if match else "",
        text=raw[start:end],
        after_blank=after_blank,
    )


def _blank_end(raw: str, start: int) -> int:
    match = _BLANK.match(raw, start)
    return match.end() if match else start


def _bullet(match: re.Match[str]) -> str:
    """Return the family of a marker: its family of signs, or its numbering."""
    sign = match[0]
    if match["letterlike"] and sign.startswith("#"):
        return "#" * len(sign)
    if match["star"]:
        return "star" if len(sign) == 1 else "stars"
    return _BULLET_OF.get(sign) or str(match.lastgroup)


def _width(space: str, *, tab: int) -> int:
    """Return the columns that an indentation takes."""
    columns = 0
    for character in space:
        if character == "\t":
            columns += tab - columns % tab
        elif character == _WIDE_SPACE:
            columns += 2
        elif character not in _INVISIBLE:
            columns += 1
    return columns
