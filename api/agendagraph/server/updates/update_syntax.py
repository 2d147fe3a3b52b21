"""Say where an update does not parse, in one refusal."""

from __future__ import annotations

from agendagraph.sparql import update_operations
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.syntax_facts import exact_syntax_facts
from agendagraph.sparql.tokens import Unclear


def does_not_parse(error: SyntaxError, text: str, *, ask_again: bool = True) -> Refusal:
    """Return the refusal for the engine's *error* about an update.

    The engine is asked about beginnings of the text where *ask_again* is true and it would
    read them as it stands: it does not read declarations between operations.
    """
    try:
        one_prologue = len({part.prologue for part in update_operations.split(text)}) <= 1
    except Unclear:
        one_prologue = True
    facts = exact_syntax_facts(error, text, update=True, ask_again=ask_again and one_prologue)
    return Refusal(Reason.UPDATE_SYNTAX, **facts)
