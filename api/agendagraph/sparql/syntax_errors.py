"""Say where a query or an update breaks, so that a person can mend it.

Oxigraph's parser reports the furthest character that any of its rules has looked at. A
keyword is looked at whole, so that the place is off by up to the length of a keyword, and
near the end of a query it is always the end. The place is therefore found by asking the
parser again: a beginning of the query can be continued if the parser walks through it, and
through a stretch of white space behind it, before it complains. The word behind the longest
such beginning is the one that breaks the query. What is said here of queries holds for
updates; no update is carried out when the parser is asked, because it never reads one whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.errors import QuerySyntaxError
from agendagraph.namespaces import BASE, PREFIXES
from agendagraph.sparql.query_text import OPAQUE, blanked, undeclared_prefixes, with_prefixes

if TYPE_CHECKING:
    from collections.abc import Callable

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
_PROLOGUE: Final = r"\s*(?:(?:PREFIX\s+[^\s:<]*:|BASE)\s*<\s*)*"
_UPDATE: Final = re.compile(
    _PROLOGUE + r"(INSERT|DELETE|WITH|LOAD|CLEAR|DROP|CREATE|COPY|MOVE|ADD)(?![\w:.-])",
    re.IGNORECASE,
)
"""The beginning of an update, in a text whose IRIs are blanked."""
_QUERY: Final = re.compile(_PROLOGUE + r"(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w:.-])", re.IGNORECASE)
"""The beginning of a query, likewise."""
_QUOTES: Final = {'"', "'"}
_EMPTY: Final = ox.Store()


def syntax_error(
    error: SyntaxError, text: str, *, update: bool = False, ask_again: bool = True
) -> QuerySyntaxError:
    """Return the parser's *error* about *text* with its place and a plain message.

    Args:
        error: What the parser said.
        text: The query, or the update where *update* is true.
        update: Whether the text was to be an update.
        ask_again: Whether the parser may be asked about beginnings of the text, which takes
            its time once for each doubling of the number of words.
    """
    if other := (_QUERY if update else _UPDATE).match(blanked(text)):
        return _other_language(text, other, update=update)
    for name, offset in undeclared_prefixes(text):
        return _undeclared(text, offset, name)
    match = _PLACE.match(str(error))
    if match is None:
        return QuerySyntaxError(str(error))
    reason = _SENTENCE.search(match[3])
    offset = _offset(text, int(match[1]), int(match[2]))
    if reason:
        return _at(text, offset if offset < len(text.rstrip()) else 0, reason[1].strip())
    if not ask_again or len(text) > LONGEST:
        return _about(text, offset)
    offset = _first_unexpected(text, _update if update else _query)
    return _complaint(text, offset, "update" if update else "query")


def _other_language(text: str, found: re.Match[str], *, update: bool) -> QuerySyntaxError:
    word = found[1].upper()
    if update:
        message = f"“{word}” begins a query; an update changes something and does not ask"
        return _at(text, found.start(1), message, "query-in-update", word)
    message = f"“{word}” begins an update; a query only asks and does not update"
    return _at(text, found.start(1), message, "update-in-query", word)


def _undeclared(text: str, offset: int, name: str) -> QuerySyntaxError:
    """Say that a prefix is not declared; where it is one of ours, also what declares it.

    What is to be added is said of all prefixes of ours at once.
    """
    if name not in PREFIXES:
        message = f"the prefix {name}: is not declared"
        return _at(text, offset, message, "prefix-undeclared", name)
    missing = sorted({each for each, _ in undeclared_prefixes(text)} & PREFIXES.keys())
    lines = " ".join(f"PREFIX {each}: <{PREFIXES[each]}>" for each in missing)
    message = f"the prefix {name}: is not declared; add in front: {lines}"
    return _at(text, offset, message, "prefix-of-ours-undeclared", lines)


def moved_back(error: QuerySyntaxError, text: str) -> QuerySyntaxError:
    """Return *error* about ``with_prefixes(text)`` as one about *text*."""
    if error.line != 1 or error.column is None:
        return error
    column = max(1, error.column - (len(with_prefixes(text)) - len(text)))
    cause, found = error.cause, error.found
    return QuerySyntaxError(error.message, line=1, column=column, cause=cause, found=found)


def _query(text: str) -> None:
    """Have a query parsed; relative IRIs are right, whatever they are resolved against."""
    _EMPTY.query(text, base_iri=BASE)


def _update(text: str) -> None:
    """Have an update parsed; whatever it would do, it does to nothing."""
    ox.Store().update(text, base_iri=BASE)


def _first_unexpected(text: str, parse: Callable[[str], object]) -> int:
    """Return where the first token stands that *parse* cannot have there."""
    tokens = [match for match in _TOKEN.finditer(text) if not match.group().startswith("#")]
    for token in tokens:
        if token.group() in _QUOTES:
            return token.start()
    ends = [match.end() for match in tokens]
    broken = bisect_left(ends, 1, key=lambda end: not _can_go_on(text[:end], parse))
    return tokens[broken].start() if broken < len(tokens) else len(text.rstrip())


def _can_go_on(beginning: str, parse: Callable[[str], object]) -> bool:
    """Whether something that *parse* takes begins with *beginning*."""
    try:
        parse(beginning + _PROBE)
    except SyntaxError as error:
        match = _PLACE.match(str(error))
        if match is None:
            return False
        reached = _offset(beginning + _PROBE, int(match[1]), int(match[2]))
        return reached >= len(beginning) + _GAP
    return True


def _complaint(text: str, offset: int, what: str) -> QuerySyntaxError:
    token = _TOKEN.match(text, offset)
    if token is None:
        return _at(text, offset, f"the {what} ends too early", "ends-too-early")
    if token.group() in _QUOTES:
        message = "the text in quotation marks that begins here does not end"
        return _at(text, offset, message, "quotation-without-end")
    found = token.group()[:40]
    return _at(text, offset, f"did not expect “{found}” here", "unexpected", found)


def _about(text: str, offset: int) -> QuerySyntaxError:
    """Say what stands where the parser gave up, which can be a word behind what is wrong."""
    for token in _TOKEN.finditer(text):
        if token.start() <= offset < token.end():
            found = token.group()[:40]
            return _at(
                text, token.start(), f"“{found}”, or what is before it, does not fit", "near", found
            )
    return _at(text, offset, "something before this does not fit", "before-the-end")


def _at(text: str, offset: int, message: str, cause: str = "", found: str = "") -> QuerySyntaxError:
    before = text[:offset]
    column = offset - (before.rfind("\n") + 1) + 1
    line = before.count("\n") + 1
    return QuerySyntaxError(message, line=line, column=column, cause=cause, found=found)


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1
