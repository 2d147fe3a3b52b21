"""Tell where a query or an update does not parse, from what the engine says of it."""

from __future__ import annotations

import re
from typing import Final

_MESSAGE_CHARS: Final = 400
_PLACE: Final = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?P<problem>.*)", re.DOTALL)


def exact_syntax_facts(
    error: SyntaxError, text: str, *, update: bool = False, ask_again: bool = True
) -> dict[str, object]:
    """Name the very word that breaks *text*, which the parser is asked for.

    Args:
        error: What the engine said.
        text: The query, or the update where *update* is true.
        update: Whether the text was to be an update.
        ask_again: Whether the parser may be asked about beginnings of the text; otherwise the
            place is the engine's own, which can be a word too far.
    """
    from agendagraph.sparql.syntax_errors import syntax_error  # noqa: PLC0415 - rarely needed

    exact = syntax_error(error, text, update=update, ask_again=ask_again)
    problem = exact.message[:_MESSAGE_CHARS]
    facts: dict[str, object] = {"line": exact.line, "column": exact.column, "problem": problem}
    return {**facts, "cause": exact.cause, "found": exact.found} if exact.cause else facts


def syntax_facts(message: str) -> dict[str, object]:
    """Split the engine's message into place and expectation.

    >>> syntax_facts("error at 2:24: expected one of LANGMATCHES, [_]")
    {'line': 2, 'column': 24, 'problem': 'expected one of LANGMATCHES, [_]'}
    """
    match = _PLACE.fullmatch(message)
    if not match:
        return {"line": None, "column": None, "problem": message[:_MESSAGE_CHARS]}
    problem = match["problem"]
    if len(problem) > _MESSAGE_CHARS:
        problem = problem[:_MESSAGE_CHARS] + " …"
    return {"line": int(match["line"]), "column": int(match["column"]), "problem": problem}
