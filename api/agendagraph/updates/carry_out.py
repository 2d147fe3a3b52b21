"""Carry out one request on the scratch store; the commit is the caller's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.errors import StoreError
from agendagraph.sparql import lexical
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.worker import syntax_facts
from agendagraph.updates import history, patch, upload
from agendagraph.updates.change import DatasetConflictError

if TYPE_CHECKING:
    from agendagraph.updates.change import Scratch
    from agendagraph.updates.requests import WriteRequest
    from agendagraph.updates.transaction import Transactions

_FETCHES: Final = frozenset({"LOAD", "SERVICE"})
_MENTIONS_FETCH: Final = re.compile("load|service", re.IGNORECASE)
_MESSAGE_CHARS: Final = 400


def carry_out(request: WriteRequest, body: bytes, transactions: Transactions) -> bool:
    """Do what *request* asks for; return whether its graph had to be made.

    Raises:
        Refusal: It cannot be done; the scratch store may have changed and must be discarded.
    """
    if request.action == "update":
        _update(request, body, transactions.begin())
        return False
    if request.action == "revert":
        _revert(request.graph, transactions)
        return False
    if request.graph == history.HISTORY_GRAPH:
        raise Refusal(Reason.RESERVED_GRAPH, graph=request.graph)
    return _change_graph(request, body, transactions.begin())


def _update(request: WriteRequest, body: bytes, scratch: Scratch) -> None:
    data = upload.unpack(body, request.encoding, request.limit_bytes)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Refusal(
            Reason.BAD_REQUEST, problem=f"byte {error.start} of the body is not UTF-8"
        ) from None
    if _MENTIONS_FETCH.search(text) and _FETCHES & lexical.words(text):
        raise Refusal(Reason.LOAD_OFF)
    try:
        scratch.update(
            text,
            base=request.base or None,
            using=tuple(request.using),
            using_named=tuple(request.using_named),
        )
    except SyntaxError as error:
        raise Refusal(Reason.UPDATE_SYNTAX, **syntax_facts(str(error))) from None
    except DatasetConflictError as error:
        raise Refusal(Reason.BAD_REQUEST, problem=str(error)) from None
    except (RuntimeError, ValueError) as error:
        raise Refusal(Reason.UPDATE_FAILED, problem=f"{error}."[:_MESSAGE_CHARS]) from None


def _change_graph(request: WriteRequest, body: bytes, scratch: Scratch) -> bool:
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


def _revert(name: str, transactions: Transactions) -> None:
    """Undo an update, if what it did is still as it left it."""
    scratch = transactions.begin()
    entry = next((each for each in history.entries(scratch.store) if each.name == name), None)
    if entry is None:
        raise Refusal(Reason.UPDATE_FAILED, problem=f"there is no update {name!r}.")
    if entry.undone:
        raise Refusal(Reason.UPDATE_FAILED, problem=f"the update {name} was undone already.")
    if entry.sha256 is None:
        raise Refusal(
            Reason.UPDATE_FAILED,
            problem=f"the update {name} was a bulk load, of which no patch is kept.",
        )
    try:
        done = patch.read(transactions.directory.history / f"{name}.rdfp", sha256=entry.sha256)
    except StoreError as error:
        raise Refusal(Reason.UPDATE_FAILED, problem=f"{error}.") from None
    gone = sum(quad not in scratch.store for quad in done.added)
    back = sum(quad in scratch.store for quad in done.removed)
    if gone or back:
        raise Refusal(
            Reason.UPDATE_FAILED,
            problem=f"later updates have removed {gone} of the quads that {name} added, and "
            f"added {back} of those that it removed; undo those updates first.",
        )
    scratch.apply(done.inverse())
