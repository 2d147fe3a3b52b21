"""Say where a query breaks, so that a person can mend it.

Oxigraph's parser reports the furthest character that any of its rules has looked at. A
keyword is looked at whole, so that the place is off by up to the length of a keyword, and
near the end of a query it is always the end. The place is therefore found by asking the
parser again: a beginning of the query can be continued if the parser walks through it, and
through a stretch of white space behind it, before it complains. The word behind the longest
such beginning is the one that breaks the query.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

import pyoxigraph as ox

from agendagraph.errors import QuerySyntaxError
from agendagraph.store.queries import OPAQUE, blanked, undeclared_prefixes, with_prefixes

LONGEST: Final = 20_000
"""Code points of a query above which the parser's own place is taken: asking again costs."""

_GAP: Final = 100
_PROBE: Final = " " * _GAP + "\x00" * 50
"""White space longer than any keyword, and something that stands nowhere in a query."""

_TOKEN: Final = re.compile(
    rf"(?P<opaque>{OPAQUE.pattern})|[?$@]?[\w:%.\\-]+|\^\^|&&|\|\||<=|>=|!=|\S", re.DOTALL
)
_PLACE: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_SENTENCE: Final = re.compile(r"(?:^|, )((?:[A-Z]+ )?[A-Z][A-Za-z]*(?: [A-Za-z]+)* [a-z][^,\[\]]*)")
_UPDATE: Final = re.compile(
    r"\s*(?:(?:PREFIX\s+[^\s:<]*:|BASE)\s*<\s*)*"
    r"(INSERT|DELETE|WITH|LOAD|CLEAR|DROP|CREATE|COPY|MOVE|ADD)(?![\w:.-])",
    re.IGNORECASE,
)
"""The beginning of an update, in a text whose IRIs are blanked."""
_QUOTES: Final = {'"', "'"}
_EMPTY: Final = ox.Store()


def syntax_error(error: SyntaxError, text: str) -> QuerySyntaxError:
    """Return the parser's *error* about the query *text* with its place and a plain message."""
    if update := _UPDATE.match(blanked(text)):
        message = f"“{update[1].upper()}” begins an update; a query only asks and does not update"
        return _at(text, update.start(1), message)
    for name, offset in undeclared_prefixes(text):
        return _at(text, offset, f"the prefix {name}: is not declared")
    match = _PLACE.match(str(error))
    if match is None:
        return QuerySyntaxError(str(error))
    reason = _SENTENCE.search(match[3])
    offset = _offset(text, int(match[1]), int(match[2]))
    if reason:
        return _at(text, offset if offset < len(text.rstrip()) else 0, reason[1].strip())
    if len(text) <= LONGEST:
        offset = _first_unexpected(text)
    return _at(text, offset, _complaint(text, offset))


def moved_back(error: QuerySyntaxError, text: str) -> QuerySyntaxError:
    """Return *error* about ``with_prefixes(text)`` as one about *text*."""
    if error.line != 1 or error.column is None:
        return error
    column = max(1, error.column - (len(with_prefixes(text)) - len(text)))
    return QuerySyntaxError(error.message, line=1, column=column)


def _first_unexpected(text: str) -> int:
    """Return where the first token stands that no query can have there."""
    tokens = [match for match in _TOKEN.finditer(text) if not match.group().startswith("#")]
    for token in tokens:
        if token.group() in _QUOTES:
            return token.start()
    ends = [match.end() for match in tokens]
    broken = bisect_left(ends, 1, key=lambda end: not _can_go_on(text[:end]))
    return tokens[broken].start() if broken < len(tokens) else len(text.rstrip())


def _can_go_on(beginning: str) -> bool:
    """Whether some query begins with *beginning*."""
    try:
        _EMPTY.query(beginning + _PROBE)
    except SyntaxError as error:
        match = _PLACE.match(str(error))
        if match is None:
            return False
        reached = _offset(beginning + _PROBE, int(match[1]), int(match[2]))
        return reached >= len(beginning) + _GAP
    return True


def _complaint(text: str, offset: int) -> str:
    token = _TOKEN.match(text, offset)
    if token is None:
        return "the query ends too early"
    if token.group() in _QUOTES:
        return "the text in quotation marks that begins here does not end"
    return f"did not expect “{token.group()[:40]}” here"


def _at(text: str, offset: int, message: str) -> QuerySyntaxError:
    before = text[:offset]
    column = offset - (before.rfind("\n") + 1) + 1
    return QuerySyntaxError(message, line=before.count("\n") + 1, column=column)


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1
