"""Cut SPARQL into tokens, without parsing it: where things begin and end, and nothing more.

Whether a text is right, and what it means, is the engine's affair. Tokens are enough to find
an operation's end or a pattern's braces; what they cannot make out, they say so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s++|\#[^\n\r]*+)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
  | (?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"
      | '''(?:[^'\\]|\\.|'(?!''))*+'''
      | "(?:[^"\\\n\r]|\\.)*+"
      | '(?:[^'\\\n\r]|\\.)*+')
  | (?P<variable>[?$]\w++)
  | (?P<word>[^\W\d][\w-]*+(?:\.++[\w-]++)*+)?+(?P<local>:(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))*+)?+
    (?(word)|(?(local)|(?P<sign>.)))
    """,
    re.VERBOSE | re.DOTALL,
)


class Unclear(Exception):  # noqa: N818 - no accident: the text is then the engine's alone
    """The text cannot be split without parsing it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is written.

    Attributes:
        kind: ``iri``, ``text`` (a string), ``variable``, ``word``, ``name`` (prefixed) or
            ``sign`` (one character of anything else).
        text: Its characters.
        start: Where it begins in the whole text.
        end: Where it ends there.
        depth: How many braces are open around it; an outermost ``{`` and its ``}`` have 0.
    """

    kind: str
    text: str
    start: int
    end: int
    depth: int

    @property
    def key(self) -> str:
        """A keyword in capitals; anything else as it is written."""
        return self.text.upper() if self.kind == "word" else self.text


def tokens(text: str) -> list[Token]:
    """Return the tokens of a query or an update, without white space and comments.

    Raises:
        Unclear: Braces or quotation marks do not match.
    """
    found: list[Token] = []
    depth = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        if kind == "space" or match.start() == match.end():
            continue
        written = match.group()
        if written == "}":
            depth -= 1
        if depth < 0 or (kind == "sign" and written in "\"'"):
            raise Unclear
        found.append(
            Token("name" if kind == "local" else kind, written, match.start(), match.end(), depth)
        )
        if written == "{":
            depth += 1
    if depth:
        raise Unclear
    return found


def opens(found: Sequence[Token], at: int) -> bool:
    """Whether there is a brace at an index, and it opens."""
    return at < len(found) and found[at].text == "{"


def closing(found: Sequence[Token], at: int) -> int:
    """Return the index of the brace that closes the one at the index *at*.

    Raises:
        Unclear: None opens there.
    """
    if not opens(found, at):
        raise Unclear
    depth = found[at].depth
    return next(
        i for i in range(at + 1, len(found)) if found[i].text == "}" and found[i].depth == depth
    )
