"""Execute one write request on the staging store; the caller commits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.server.updates import external_inputs, history, upload
from agendagraph.server.updates.undo import undo
from agendagraph.sparql import update_operations
from agendagraph.sparql.lexer import Unclear
from agendagraph.sparql.query_syntax import keywords
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.syntax_errors import syntax_facts

if TYPE_CHECKING:
    from agendagraph.server.updates.requests import WriteRequest
    from agendagraph.server.updates.staging import StagingStore
    from agendagraph.server.updates.transaction import Transactions

_MESSAGE_CHARS: Final = 400
_WORTH_PARSING_AGAIN_S: Final = 0.05
"""An update that took longer to fail is not parsed again to find the exact place."""


def execute(request: WriteRequest, body: bytes, transactions: Transactions) -> bool:
    """Execute *request* on the staging store; return whether it created its graph.

    Raises:
        Refusal: It is rejected; the staging store may have changed: roll back.
        ExternalInputs: It needs documents or solutions of other servers first.
    """
    if request.action == "update":
        _update(request, body, transactions.begin())
        return False
    if request.action == "revert":
        undo(request.graph, transactions)
        return False
    if request.graph == history.HISTORY_GRAPH:
        raise Refusal(Reason.RESERVED_GRAPH, graph=request.graph)
    return _change_graph(request, body, transactions.begin())


def _update(request: WriteRequest, body: bytes, staging: StagingStore) -> None:
    data, answers = external_inputs.parts(request, body)
    data = upload.unpack(data, request.encoding, request.limit_bytes)
    try:
        text, load = data.decode(), None
    except UnicodeDecodeError as error:
        facts = {"byte": error.start, "where": "body"}
        raise Refusal(Reason.BAD_REQUEST, cause="not-utf-8", **facts) from None
    if keywords(text, {"LOAD", "SERVICE"}):
        try:
            text, load = external_inputs.resolve(text, request, answers)
        except SyntaxError as error:
            raise syntax_refusal(error, text) from None
    started_s = time.thread_time()
    try:
        staging.update(
            text,
            base=request.base or None,
            using=tuple(request.using),
            using_named=tuple(request.using_named),
            load=load,
        )
    except SyntaxError as error:
        quick = time.thread_time() - started_s < _WORTH_PARSING_AGAIN_S
        raise syntax_refusal(error, text, parse_again=quick) from None
    except (RuntimeError, ValueError) as error:
        raise Refusal(Reason.UPDATE_FAILED, problem=f"{error}."[:_MESSAGE_CHARS]) from None


def syntax_refusal(error: SyntaxError, text: str, *, parse_again: bool = True) -> Refusal:
    """Return the refusal for a syntax error in an update.

    With *parse_again*, prefixes of the text are parsed to find the exact place, unless there
    are declarations between operations, which Oxigraph 0.5.13 does not parse.
    """
    try:
        one_prologue = len({part.prologue for part in update_operations.split(text)}) <= 1
    except Unclear:
        one_prologue = True
    facts = syntax_facts(error, text, update=True, ask_again=parse_again and one_prologue)
    return Refusal(Reason.UPDATE_SYNTAX, **facts)


def _change_graph(request: WriteRequest, body: bytes, staging: StagingStore) -> bool:
    existed = _exists(staging.store, request)
    if request.action == "delete":
        if not existed:
            raise Refusal(Reason.NO_SUCH_GRAPH, graph=request.graph)
        staging.drop(request.graph)
        return False
    quads = upload.quads_of(
        body,
        request.content_type,
        request.encoding,
        graph=request.graph,
        base=request.base,
        limit_bytes=request.limit_bytes,
    )
    if request.action == "put":
        staging.replace(request.graph, quads)
    else:
        staging.create(request.graph)
        staging.add(quads)
    return not existed


def _exists(store: ox.Store, request: WriteRequest) -> bool:
    """Whether the graph of a request exists; the first PUT creates the default graph."""
    if request.graph:
        return store.contains_named_graph(ox.NamedNode(request.graph))
    if request.action != "put":
        return True
    quads = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    return next(quads, None) is not None
