"""Carry out one request on the scratch store; the commit is the caller's."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.server.updates import external_inputs, history, upload
from agendagraph.server.updates.staging import DatasetConflictError
from agendagraph.server.updates.undo import undo
from agendagraph.server.updates.update_syntax import does_not_parse
from agendagraph.sparql import lexical
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from agendagraph.server.updates.requests import WriteRequest
    from agendagraph.server.updates.staging import StagingStore
    from agendagraph.server.updates.transaction import Transactions

_FETCHES: Final = frozenset({"LOAD", "SERVICE"})
_MENTIONS_FETCH: Final = re.compile("load|service", re.IGNORECASE)
_MESSAGE_CHARS: Final = 400
_WORTH_ASKING_AGAIN_S: Final = 0.05


def execute(request: WriteRequest, body: bytes, transactions: Transactions) -> bool:
    """Do what *request* asks for; return whether its graph had to be made.

    Raises:
        Refusal: It cannot be done; the scratch store may have changed and must be discarded.
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


def _update(request: WriteRequest, body: bytes, scratch: StagingStore) -> None:
    data, answers = external_inputs.parts(request, body)
    data = upload.unpack(data, request.encoding, request.limit_bytes)
    try:
        text, load = data.decode(), None
    except UnicodeDecodeError as error:
        wrong = {"byte": error.start, "where": "body"}
        raise Refusal(Reason.BAD_REQUEST, cause=Cause.NOT_UTF8, **wrong) from None
    if _MENTIONS_FETCH.search(text) and _FETCHES & lexical.words(text):
        text, load = external_inputs.resolve(text, request, answers)
    started_s = time.thread_time()
    try:
        scratch.update(
            text,
            base=request.base or None,
            using=tuple(request.using),
            using_named=tuple(request.using_named),
            load=load,
        )
    except SyntaxError as error:
        quick = time.thread_time() - started_s < _WORTH_ASKING_AGAIN_S
        raise does_not_parse(error, text, ask_again=quick) from None
    except DatasetConflictError as error:
        raise Refusal(Reason.BAD_REQUEST, cause=error.cause) from None
    except (RuntimeError, ValueError) as error:
        raise Refusal(Reason.UPDATE_FAILED, problem=f"{error}."[:_MESSAGE_CHARS]) from None


def _change_graph(request: WriteRequest, body: bytes, scratch: StagingStore) -> bool:
    existed = _exists(scratch.store, request)
    if request.action == "delete":
        if not existed:
            raise Refusal(Reason.NO_GRAPH, graph=request.graph)
        scratch.drop(request.graph)
        return False
    quads = upload.quads_of(
        upload.Upload(
            body, request.content_type, request.encoding, request.base, request.limit_bytes
        ),
        request.graph,
    )
    if request.action == "put":
        scratch.replace(request.graph, quads)
    else:
        scratch.create(request.graph)
        scratch.add(quads)
    return not existed


def _exists(store: ox.Store, request: WriteRequest) -> bool:
    """Whether a request's graph exists; the default graph comes to be by its first PUT."""
    if request.graph:
        return store.contains_named_graph(ox.NamedNode(request.graph))
    if request.action != "put":
        return True
    held = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    return next(held, None) is not None
