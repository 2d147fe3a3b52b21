"""Locate the syntax error of a query or an update exactly, with a plain message.

Oxigraph's parser reports the furthest character that any of its rules has read. It reads a
keyword as a whole, so the place is off by up to the length of a keyword, and near the end of
a query it is always the end. To find the exact place, prefixes of the text are parsed again:
a prefix can be continued if the parser gets through it, and through a stretch of white space
behind it, before it fails. The token behind the longest such prefix is the error (found by
bisection). Updates are handled alike; none is executed, because no prefix is complete.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.errors import QuerySyntaxError
from agendagraph.namespaces import BASE, PREFIXES
from agendagraph.sparql.lexer import prologue_end, tokens
from agendagraph.sparql.query_syntax import FORMS, undeclared_prefixes, with_prefixes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agendagraph.sparql.lexer import Token

LONGEST: Final = 20_000
"""Code points above which the parser's own place is used: parsing again costs time."""

_GAP: Final = 100
_PROBE: Final = " " * _GAP + "\x00" * 50
"""White space longer than any keyword, then characters that no query contains."""

_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SENTENCE: Final = re.compile(r"(?:^|, )((?:[A-Z]+ )?[A-Z][A-Za-z]*(?: [A-Za-z]+)* [a-z][^,\[\]]*)")
_UPDATES: Final = frozenset(
    {*("INSERT", "DELETE", "WITH", "LOAD"), *("CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD")}
)
_MESSAGE_CHARS: Final = 400
_EMPTY: Final = ox.Store()


def place_of(message: str) -> tuple[int, int, str] | None:
    """Return line, column and expectation of the engine's message; ``None`` without a place.

    >>> place_of("error at 2:24: expected one of LANGMATCHES, [_]")
    (2, 24, 'expected one of LANGMATCHES, [_]')
    """
    match = _PLACE.fullmatch(message)
    return (int(match[1]), int(match[2]), match[3]) if match else None


def engine_facts(message: str) -> dict[str, object]:
    """Return the place and the expectation in the engine's message as facts of a refusal."""
    line, column, problem = place_of(message) or (None, None, message)
    if len(problem) > _MESSAGE_CHARS:
        problem = problem[:_MESSAGE_CHARS] + " …"
    return {"line": line, "column": column, "problem": problem}


def syntax_facts(
    error: SyntaxError, text: str, *, update: bool = False, ask_again: bool = True
) -> dict[str, object]:
    """Return what is wrong with *text*, and where, as facts of a refusal; see `syntax_error`."""
    exact = syntax_error(error, text, update=update, ask_again=ask_again)
    problem = exact.message[:_MESSAGE_CHARS]
    facts: dict[str, object] = {"line": exact.line, "column": exact.column, "problem": problem}
    return {**facts, "cause": exact.cause, "found": exact.found} if exact.cause else facts


def syntax_error(
    error: SyntaxError, text: str, *, update: bool = False, ask_again: bool = True
) -> QuerySyntaxError:
    """Return the parser's *error* about *text* with its exact place and a plain message.

    Args:
        error: The engine's error.
        text: The query, or the update where *update* is true.
        update: Whether the text was to be an update.
        ask_again: Whether prefixes of the text may be parsed, about log2(tokens) times.
            Otherwise the place is the engine's own, which can be a word too far.
    """
    found = tokens(text)
    first = prologue_end(found)
    if first < len(found) and found[first].key in (FORMS if update else _UPDATES):
        return _other_language(text, found[first], update=update)
    for name, offset in undeclared_prefixes(text):
        return _undeclared(text, offset, name)
    place = place_of(str(error))
    if place is None:
        return QuerySyntaxError(str(error))
    line, column, expected = place
    reason = _SENTENCE.search(re.sub("^expected (one of )?", "", expected))
    offset = _offset(text, line, column)
    if reason:
        return _at(text, offset if offset < len(text.rstrip()) else 0, reason[1].strip())
    if not ask_again or len(text) > LONGEST:
        return _about(text, offset, found)
    token = _first_unexpected(text, found, _update if update else _query)
    return _complaint(text, token, "update" if update else "query")


def _other_language(text: str, token: Token, *, update: bool) -> QuerySyntaxError:
    word = token.key
    if update:
        message = f"“{word}” begins a query; an update changes something and does not ask"
        return _at(text, token.start, message, "query-in-update", word)
    message = f"“{word}” begins an update; a query only asks and does not update"
    return _at(text, token.start, message, "update-in-query", word)


def _undeclared(text: str, offset: int, name: str) -> QuerySyntaxError:
    """Return the error of an undeclared prefix; for one of ours, with the declarations to add."""
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
    _EMPTY.query(text, base_iri=BASE)


def _update(text: str) -> None:
    ox.Store().update(text, base_iri=BASE)


def _first_unexpected(
    text: str, found: Sequence[Token], parse: Callable[[str], object]
) -> Token | None:
    """Return the first token that *parse* does not accept; ``None`` for the end."""
    for token in found:
        if token.kind == "unclosed":
            return token
    broken = bisect_left(found, 1, key=lambda token: not _can_go_on(text[: token.end], parse))
    return found[broken] if broken < len(found) else None


def _can_go_on(beginning: str, parse: Callable[[str], object]) -> bool:
    """Whether *beginning* is a prefix of a text that *parse* accepts."""
    try:
        parse(beginning + _PROBE)
    except SyntaxError as error:
        place = place_of(str(error))
        if place is None:
            return False
        return _offset(beginning + _PROBE, *place[:2]) >= len(beginning) + _GAP
    return True


def _complaint(text: str, token: Token | None, what: str) -> QuerySyntaxError:
    if token is None:
        return _at(text, len(text.rstrip()), f"the {what} ends too early", "ends-too-early")
    if token.kind == "unclosed":
        message = "the text in quotation marks that begins here does not end"
        return _at(text, token.start, message, "quotation-without-end")
    found = token.text[:40]
    return _at(text, token.start, f"did not expect “{found}” here", "unexpected", found)


def _about(text: str, offset: int, found: Sequence[Token]) -> QuerySyntaxError:
    """Return an error about the token where the parser gave up, or the one before it."""
    for token in found:
        if token.start <= offset < token.end:
            message = f"“{token.text[:40]}”, or what is before it, does not fit"
            return _at(text, token.start, message, "near", token.text[:40])
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
