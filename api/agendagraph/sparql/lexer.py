r"""Split SPARQL into tokens, with their exact places, without parsing it.

Every text has tokens, whether it parses or not. The grammar of tokens is that of SPARQL 1.1
(section 19.8) with the operators of 1.2. The engine's parser has no lexer and departs from
that grammar in two points:

- It accepts keywords without a space behind them (``FROMex:g``, ``DELETEWHERE``). `tokens`
  splits them, in a prefixed name only if its prefix is not declared and the rest is.
- Inside an expression, ``<`` is an operator. For `tokens`, ``1<2)SERVICE?x#>`` is a number
  and an IRI. `query_syntax.may_call_service` finds calls that hide behind this.

The scan is linear in any text: every alternative is possessive, and a string without an end
is one token up to the end of the text or of its line.

Source: W3C Recommendation "SPARQL 1.1 Query Language", 21 March 2013, section 19.8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS: Final = rf"{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040"
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"

_TOKEN: Final = re.compile(
    rf"""
    (?:[ \t\r\n]++|\#[^\r\n]*+)*+                       # white space and comments
    (?:
        (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*+
            (?:\\(?:u[0-9A-Fa-f]{{4}}|U[0-9A-Fa-f]{{8}})[^<>"{{}}|^`\\\x00-\x20]*+)*+>)
      | (?P<string>\"\"\"(?:[^"\\]|\\[\s\S]|"(?!""))*+\"\"\"
          | '''(?:[^'\\]|\\[\s\S]|'(?!''))*+'''
          | "(?!"")(?:[^"\\\r\n]|\\.)*+"
          | '(?!'')(?:[^'\\\r\n]|\\.)*+')
      | (?P<unclosed>\"\"\"[\s\S]*+|'''[\s\S]*+|["'][^\r\n]*+)
      | (?P<variable>[?$][{_BASE}_0-9][{_CHARS}]*+)
      | (?P<number>[0-9]++(?:\.[0-9]*+[eE][+-]?+[0-9]++|[eE][+-]?+[0-9]++|\.[0-9]++)?+
          | \.[0-9]++(?:[eE][+-]?+[0-9]++)?+)
      | (?P<language>@[A-Za-z]++(?:-++[A-Za-z0-9]++)*+)
      | (?P<blank>_:[{_BASE}_0-9](?:[{_CHARS}-]|\.++(?=[{_CHARS}-]))*+)
      | (?P<word>[{_BASE}_][{_CHARS}-]*+(?:\.++[{_CHARS}-]++)*+)?+
        (?P<name>:(?:(?:[{_BASE}_:0-9]|{_ESCAPED})
          (?:[{_CHARS}:-]|{_ESCAPED}|\.++(?=[{_CHARS}:%\\-]))*+)?+)?+
        (?(word)|(?(name)|(?P<sign>\^\^|&&|\|\||[<>!]=|<<|>>|{{\||\|}}|[\s\S])))
      | \Z
    )
    """,
    re.VERBOSE,
)
_KEYWORDS: Final = frozenset(
    """ADD ALL AS ASC ASK BASE BIND BNODE BY CLEAR CONSTRUCT COPY CREATE DATA DEFAULT DELETE
    DESC DESCRIBE DISTINCT DROP EXISTS FALSE FILTER FROM GRAPH GROUP HAVING IN INSERT INTO
    LIMIT LOAD MINUS MOVE NAMED NOT NOW OFFSET OPTIONAL ORDER PREFIX RAND REDUCED SELECT
    SERVICE SILENT STRUUID TO TRUE UNDEF UNION USING UUID VALUES VERSION WHERE WITH""".split()  # noqa: SIM905 - easier to read
)
_GLUED: Final = re.compile(
    r"\.|" + "|".join(sorted(_KEYWORDS, key=len, reverse=True)), re.IGNORECASE
)
_LONGEST_PREFIX: Final = 1000


class Unclear(Exception):  # noqa: N818 - no fault: callers pass the text on to the engine
    """Only a parser can find the parts of the text; most likely it does not parse."""


class Token(NamedTuple):
    """A token as it is written.

    Attributes:
        kind: ``iri``, ``string``, ``unclosed`` (a string without an end), ``variable``,
            ``number``, ``language``, ``blank``, ``name`` (prefixed), ``word`` (keywords,
            functions, ``a``, booleans) or ``sign``.
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

    @property
    def prefix(self) -> str:
        """The prefix of a prefixed name."""
        return self.text.partition(":")[0]


_token: Final = tuple.__new__  # 0.3 µs a token faster than the class


def tokens(text: str, *, words_only: bool = False) -> list[Token]:
    """Return the tokens of a query or an update, without white space and comments.

    Args:
        text: The query or update.
        words_only: Whether to leave out all but words and prefixed names, and not to count
            braces, which takes a third of the time.

    >>> [(each.kind, each.text) for each in tokens("ASK { ?s ex:p 'x'@en }  # all")][:3]
    [('word', 'ASK'), ('sign', '{'), ('variable', '?s')]
    """
    found: list[Token] = []
    declared: set[str] = set()
    depth = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "word" or kind == "name":  # noqa: PLR1714 - a set takes longer
            end = match.end()
            start = match.start("word") if match["word"] else match.start(kind)
            written = text[start:end]
            if kind == "name" and written.partition(":")[0] not in declared:
                if found and found[-1].key == "PREFIX":
                    found.append(_token(Token, (kind, written, start, end, depth)))
                else:
                    found += _names(written, start, depth, declared)
                if found[-2:][0].key == "PREFIX":
                    declared.add(found[-1].prefix)
            elif (
                kind == "word"
                and written.upper() not in _KEYWORDS
                and ("." in written or _GLUED.match(written))
            ):
                found += _words(written, start, depth)
            else:
                found.append(_token(Token, (kind, written, start, end, depth)))
        elif kind is not None and not words_only:
            start, end = match.span(kind)
            written = text[start:end]
            depth -= written == "}"
            found.append(_token(Token, (kind, written, start, end, depth)))
            depth += written == "{"
    return found


def _words(written: str, start: int, depth: int) -> list[Token]:
    """Return the parts of ``true.SERVICE`` and ``DELETEWHERE``."""
    found: list[Token] = []
    for part in re.split(r"(\.)", written):
        glued = _glued(part, start, depth)
        if glued and glued[-1].end == start + len(part):
            found += glued
        elif part:
            found.append(Token("word", part, start, start + len(part), depth))
        start += len(part)
    return found


def _names(written: str, start: int, depth: int, declared: set[str]) -> list[Token]:
    """Return a prefixed name, or the keywords before it and then the name."""
    prefix = written.partition(":")[0]
    end = start + len(written)
    colon = start + len(prefix)
    if prefix and prefix not in declared:
        glued = _glued(prefix, start, depth)
        for at, word in enumerate(glued):
            if colon - word.end > _LONGEST_PREFIX:  # comparing it each time would be quadratic
                continue
            declares = word.key == "PREFIX" and colon + 1 == end
            if declares or prefix[word.end - start :] in declared:
                name = Token("name", written[word.end - start :], word.end, end, depth)
                return [*glued[: at + 1], name]
    return [Token("name", written, start, end, depth)]


def _glued(written: str, start: int, depth: int) -> list[Token]:
    """Return the keywords, and dots, by which *written* begins without a space between them."""
    found: list[Token] = []
    at = 0
    while match := _GLUED.match(written, at):
        at = match.end()
        kind = "sign" if match.group() == "." else "word"
        found.append(Token(kind, match.group(), start + match.start(), start + at, depth))
    return found


def balanced(text: str) -> list[Token]:
    """Return the tokens of a text whose strings and braces end.

    Raises:
        Unclear: One does not.
    """
    found = tokens(text)
    depth = 0
    for token in found:
        depth += (token.text == "{") - (token.text == "}")
        if depth < 0 or token.kind == "unclosed":
            raise Unclear
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


def prologue_end(found: Sequence[Token], at: int = 0) -> int:
    """Return the index behind the declarations (PREFIX, BASE, VERSION) at the index *at*."""
    lengths = {"PREFIX": 3, "BASE": 2, "VERSION": 2}
    while at < len(found) and found[at].key in lengths:
        at += lengths[found[at].key]
    return min(at, len(found))
