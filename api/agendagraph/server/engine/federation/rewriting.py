"""Read the SERVICE calls out of a query, and write their answers in their places.

A call is evaluated from the inside out (SPARQL 1.1 Federated Query, section 4): its group is
sent to the other endpoint unchanged, and its solutions are joined in place of the call.
So each call can be replaced by a ``VALUES`` block of its solutions, and the engine does the
rest. This runs where the query is parsed, in a process without sockets; the server queries
the other endpoints meanwhile (`federation.service_calls`). A call that the tokens do not
show is not sent at all.

Blank nodes of another endpoint cannot occur in ``VALUES``. Each becomes a fresh IRI,
a skolem IRI (RDF 1.1 Concepts, section 3.5), the same for the whole answer to one call.

Source: W3C Recommendation "SPARQL 1.1 Federated Query", 21 March 2013.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import pyoxigraph as ox

from agendagraph.server.engine import translation
from agendagraph.sparql.lexer import Token, Unclear, balanced, closing, opens, tokens
from agendagraph.sparql.query_syntax import is_absolute, may_call_service
from agendagraph.sparql.refusal import Cause, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_CALLS: Final = 10
"""Calls in one query or update."""
LONGEST: Final = 1 << 16
"""Bytes in which an update must be able to say what it calls."""
_MESSAGE_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Call:
    """A SERVICE call.

    Attributes:
        iri: Which endpoint is called.
        query: What it is asked.
        silent: Whether a failure counts as the empty solution.
        start: Where the call begins in the text.
        end: Where it ends.
        variables: The variables of its group, without question marks.
    """

    iri: str
    query: str
    silent: bool
    start: int
    end: int
    variables: frozenset[str]


def calls(text: str, base: str) -> list[Call]:
    """Return the calls of a query or an update, in the order of the text.

    Args:
        text: A query or an update that parses.
        base: The IRI against which relative IRIs are resolved.

    Raises:
        Refusal: A call is one that we do not make: of a variable, in another call, or one
            too many.
    """
    try:
        found = balanced(text)
    except Unclear:
        raise call_refusal(text, 0, "calls-unclear") from None
    made: list[Call] = []
    at = 0
    while at < len(found):
        if found[at].kind == "word" and found[at].key == "SERVICE" and found[at].depth:
            call, at = _call(found, at, text, base)
            made.append(call)
            if len(made) > MOST_CALLS:
                raise too_many(text, call.start)
        at += 1
    return made


def _call(found: Sequence[Token], at: int, text: str, base: str) -> tuple[Call, int]:
    """Return the call that begins at an index, and the index of its last token."""
    first = found[at]
    silent = found[at + 1].key == "SILENT"
    name = found[at + 1 + silent]
    if name.kind == "variable":
        variable = name.text[:_MESSAGE_CHARS]
        raise call_refusal(text, name.start, "call-of-a-variable", found=variable)
    if name.kind not in ("iri", "name") or not opens(found, at + 2 + silent):
        raise call_refusal(text, first.start, "call-malformed")
    last = closing(found, at + 2 + silent)
    group = text[found[at + 2 + silent].start : found[last].end]
    if may_call_service(group):
        raise call_refusal(text, first.start, "call-in-a-call")
    prologue = _prologue(found[:at], group, base)
    variables = {token.text[1:] for token in found[at:last] if token.kind == "variable"}
    call = Call(
        resolved(name.text, prologue, base),
        f"{prologue} SELECT * WHERE {group}".strip(),
        silent,
        first.start,
        found[last].end,
        frozenset(variables),
    )
    return call, last


def _prologue(before: Sequence[Token], group: str, base: str) -> str:
    """Return the declarations before a call, and the base that they need."""
    declarations = []
    for at, token in enumerate(before):
        if token.depth or token.kind != "word":
            continue
        length = {"BASE": 2, "PREFIX": 3}.get(token.key, 0)
        if length:
            declarations.append(" ".join(part.text for part in before[at : at + length]))
    relative = any(
        token.kind == "iri" and not is_absolute(token.text)
        for token in tokens(" ".join((*declarations, group)))
    )
    return " ".join([f"BASE <{base}>", *declarations] if relative and base else declarations)


def resolved(written: str, prologue: str, base: str) -> str:
    """Return the IRI that an IRI or a prefixed name stands for.

    Raises:
        SyntaxError: Its prefix is not declared.
    """
    answer = ox.Store().query(f"{prologue} SELECT ({written} AS ?iri) {{}}", base_iri=base or None)
    (row,) = cast("ox.QuerySolutions", answer)
    return cast("ox.NamedNode", row[0]).value


def plan(text: str, base: str) -> bytes:
    """Return the calls of a query as the server reads them, once the query parses.

    Raises:
        SyntaxError: It does not parse.
        Refusal: See `calls`.
    """
    # Only the syntax is checked: SERVICE fails in a process without sockets.
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        ox.Store().query(text, base_iri=base or None)
    return json.dumps(requests(calls(text, base))).encode()


def requests(made: Iterable[Call]) -> list[dict[str, Any]]:
    """Return the part of each call that the server needs to make it."""
    return [{"iri": call.iri, "query": call.query, "silent": call.silent} for call in made]


def joined(text: str, answers: Sequence[tuple[Call, str]]) -> str:
    """Return *text* with the answer to each call in its place, on as many lines as before."""
    pieces = []
    at = 0
    for call, values in answers:
        lines = text.count("\n", call.start, call.end)
        pieces += [text[at : call.start], values, "\n" * lines]
        at = call.end
    return "".join((*pieces, text[at:]))


def with_answers(text: str, incoming: Iterator[tuple[int, bytes]], *, rows: int, base: str) -> str:
    """Return a query with the answers to its calls, which *incoming* yields in their order.

    Raises:
        Refusal: An answer is none, or has more than *rows* rows, and its call is not SILENT.
    """
    made = calls(text, base)
    return joined(text, [(call, _answered(call, incoming, rows, base)) for call in made])


def _answered(call: Call, incoming: Iterator[tuple[int, bytes]], rows: int, base: str) -> str:
    """Return the answer to one call as a group; after a failed SILENT call, the empty one."""
    source = translation.RemoteAnswer(incoming)
    host = urlsplit(call.iri).hostname or ""
    try:
        answer = translation.results(source, source.format())
        if not isinstance(answer, ox.QuerySolutions):
            raise _another_query(host, "ASK")
        group = values(call, answer, rows=rows, base=base)
        source.drain()
    except (Refusal, SyntaxError, ValueError, OSError) as error:
        if call.silent:
            return "{}"
        if isinstance(error, Refusal):
            raise
        found = str(error)[:_MESSAGE_CHARS]
        cause: Cause = "answer-unreadable"
        raise Refusal(Reason.CALL_FAILED, host=host, cause=cause, found=found) from None
    finally:
        source.skip()
    return group


def values(call: Call, answer: ox.QuerySolutions, *, rows: int, base: str) -> str:
    """Return the solutions of a call as a group.

    Args:
        call: Whose solutions they are.
        answer: The solutions, to be read once.
        rows: The most that may be there.
        base: An address of ours, under which blank nodes get their IRIs.

    Raises:
        Refusal: There are more, or the answer is to another query.
        SyntaxError: It does not parse.
    """
    host = urlsplit(call.iri).hostname or ""
    names = [variable.value for variable in answer.variables]
    unknown = sorted(set(names) - call.variables)
    if unknown:
        raise _another_query(host, f"?{unknown[0]}")
    skolem = _Skolem(base)
    lines: list[str] = []
    for solution in answer:
        if len(lines) == rows:
            raise Refusal(Reason.CALL_TOO_LARGE, host=host, limit=rows, what="rows")
        terms = (skolem.written(term) for term in solution)
        lines.append(f"({' '.join(terms)})")
    return f"{{VALUES ({' '.join('?' + name for name in names)}) {{{' '.join(lines)}}}}}"


class _Skolem:
    """Writes terms; blank nodes as IRIs that no other call has."""

    def __init__(self, base: str) -> None:
        place = urlsplit(base)
        origin = f"{place.scheme}://{place.netloc}" if place.netloc else "http://localhost"
        self._prefix = f"{origin}/.well-known/genid/{secrets.token_hex(8)}-"
        self._numbers: dict[str, int] = {}

    def written(self, term: Any) -> str:  # noqa: ANN401 - pyoxigraph's terms, or nothing
        if term is None:
            return "UNDEF"
        if isinstance(term, ox.Triple):
            parts = map(self.written, (term.subject, term.predicate, term.object))
            return f"<<( {' '.join(parts)} )>>"
        if isinstance(term, ox.BlankNode):
            number = self._numbers.setdefault(term.value, len(self._numbers))
            return f"<{self._prefix}{number}>"
        return str(term)


def _another_query(host: str, found: str) -> Refusal:
    cause, found = "answered-another-question", found[:_MESSAGE_CHARS]
    return Refusal(Reason.CALL_FAILED, host=host, cause=cause, found=found)


def too_many(text: str, start: int) -> Refusal:
    """Return the refusal of a text with too many calls, of which one begins at *start*."""
    limits = {"limit": MOST_CALLS, "limit_bytes": LONGEST}
    return call_refusal(text, start, "calls-too-many", **limits)


def call_refusal(text: str, start: int, cause: Cause, **facts: object) -> Refusal:
    """Return the refusal of a call that begins at *start*."""
    before = text[:start]
    line, column = before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1
    return Refusal(Reason.CALL, line=line, column=column, cause=cause, **facts)
