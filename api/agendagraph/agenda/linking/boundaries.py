"""Find where a name begins and ends in running Korean and English.

Korean writes particles, titles and whole compounds onto a noun without a space
(``일본과의``, ``베트남산``, ``미국정부``), and many names are also the beginning or the
end of an ordinary word (``인도`` in ``인도적``, ``미국`` in ``남미국가``). So a name must
begin where a word begins, and only certain words may follow it without a space. The closed
lists of grammar (particles, affixes) are in ``boundaries.toml``; the open list of nouns
(``정부``, ``대사관``) is the table ``data/tables/names/followers.csv``.

Every test reads at most 24 syllables around the name, whatever the length of the text.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SEPARATOR: Final = "·"
_GRAMMAR: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_SAME: Final = {ord(sign): same for same, signs in _GRAMMAR["signs"].items() for sign in signs}

HANGUL: Final = re.compile("[가-힣]+")
_HANGUL_BEFORE: Final = re.compile("[가-힣]{1,24}$")
_WINDOW: Final = 24

PREFIXES: Final = {kind: frozenset(words) for kind, words in _GRAMMAR["prefixes"].items()}
SURE_PREFIXES: Final = frozenset(_GRAMMAR["sure_prefixes"])
JOINERS: Final = frozenset(_GRAMMAR["joiners"])


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_STACKING, _CLOSING = _alternatives(_GRAMMAR["stacking"]), _alternatives(_GRAMMAR["closing"])
_PARTICLES: Final = f"(?:들)?(?:{_STACKING}){{0,2}}(?:{_CLOSING})?"
_LANGUAGE: Final = re.compile("어(?!업|선|민|장|획|촌|종|류|린|묵|항)")


def normalise(text: str) -> str:
    """Return *text*, in the same length, with one sign for each family of signs.

    Separators of lists become ``·``, spaces of any kind a space, curly quotes and
    full-width brackets their plain forms. Positions in the result are positions in
    *text*.

    >>> normalise("한‧미ㆍ일")
    '한·미·일'
    """
    return text.translate(_SAME)


def occurrences(words: str, text: str) -> Iterator[int]:
    """Yield the positions of *words* in *text*, overlaps included."""
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def hangul_before(text: str, start: int) -> str:
    """Return the Hangul that is written onto position *start* from the left."""
    match = _HANGUL_BEFORE.search(text, max(0, start - _WINDOW), start)
    return match.group() if match else ""


def hangul_after(text: str, end: int) -> str:
    """Return the Hangul that is written onto position *end* from the right."""
    match = HANGUL.match(text, end, end + _WINDOW)
    return match.group() if match else ""


def is_hangul(sign: str) -> bool:
    """Return whether *sign* is a Hangul syllable."""
    return "가" <= sign <= "힣"


def is_word_sign(sign: str) -> bool:
    """Return whether *sign* belongs to a word of the Latin script or to a number."""
    return sign.isalnum() and not is_hangul(sign)


@dataclass(frozen=True, slots=True)
class Followers:
    """What may follow a name without a space: particles, affixes, and nouns such as ``정부``."""

    tail: re.Pattern[str]
    nouns: re.Pattern[str]

    @classmethod
    def of(cls, nouns: Iterable[str]) -> Followers:
        """Compile the nouns of a table.

        A noun of one syllable (``핵``) begins too many words: it may be followed by
        particles only, as an affix is.
        """
        words = list(nouns)
        short = _alternatives([*_GRAMMAR["affixes"], *(word for word in words if len(word) == 1)])
        long = _alternatives(word for word in words if len(word) > 1)
        return cls(
            tail=re.compile(f"(?:{short})?{_PARTICLES}"),
            nouns=re.compile(f"(?:{long})" if long else "(?!)"),
        )

    def may_close(self, rest: str) -> bool:
        """Return whether *rest*, the Hangul written onto a name, may follow a name.

        It may be empty, an affix with particles (``측에서는``), or begin with a noun of the
        table (``정부대표단과``).

        >>> Followers.of(["정부"]).may_close("정부의"), Followers.of([]).may_close("적")
        (True, False)
        """
        return (
            not rest or self.tail.fullmatch(rest) is not None or self.nouns.match(rest) is not None
        )


def is_language(rest: str) -> bool:
    """Return whether *rest* turns the name of a country into that of its language.

    >>> is_language("어로"), is_language("어선이")
    (True, False)
    """
    return _LANGUAGE.match(rest) is not None


def begins_word(text: str, start: int, *, after_name: int = 0) -> bool:
    """Return whether a Korean name may begin at *start* of the normalised *text*.

    It may at the beginning of a word, or after another name that ends at *after_name* in the
    same word, with or without a conjunction (``미국과일본``).
    """
    before = hangul_before(text, start)
    if not before:
        return True
    word_start = start - len(before)
    if not word_start < after_name <= start:
        return False
    between = text[after_name:start]
    return not between or between in JOINERS


def has_prefix(text: str, start: int, *, kind: str, ambiguous: bool) -> bool:
    """Return whether a prefix for this *kind* of entity precedes the name."""
    allowed = PREFIXES.get(kind, frozenset())
    return hangul_before(text, start) in (allowed & SURE_PREFIXES if ambiguous else allowed)
