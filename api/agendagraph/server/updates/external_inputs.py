"""What an update needs of other servers: documents for LOAD, solutions for SERVICE.

The writer has no sockets. It reads what is needed out of an update and says so; the server
fetches it (`server.updates.fetch`) and sends the update again, with what came.
Nothing from outside is parsed before it is here, where the limits of an upload hold.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pyoxigraph as ox

from agendagraph.processes import channel
from agendagraph.server.engine.federation import rewriting
from agendagraph.server.updates import upload
from agendagraph.server.updates.update_syntax import does_not_parse
from agendagraph.sparql import lexical, update_operations
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.tokens import Unclear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agendagraph.server.updates.requests import WriteRequest
    from agendagraph.sparql.update_operations import Operation

_MESSAGE_CHARS: Final = 300

Answer = tuple[dict[str, Any], bytes]


class ExternalInputs(Exception):  # noqa: N818 - no accident: an answer to the server
    """An update cannot be carried out before something was fetched.

    Attributes:
        calls: What: each with ``kind`` (``load``, ``service``), ``iri``, ``query``, ``silent``.
    """

    def __init__(self, calls: list[dict[str, Any]]) -> None:
        """Ask for *calls*."""
        super().__init__(f"{len(calls)} calls")
        self.calls = calls


def parts(request: WriteRequest, body: bytes) -> tuple[bytes, list[Answer]]:
    """Return the update of a body, and what was fetched for it."""
    said = request.fetched or []
    at = len(body) - sum(each.get("size", 0) for each in said)
    update, answers = body[:at], []
    for each in said:
        size = each.get("size", 0)
        answers.append((each, body[at : at + size]))
        at += size
    return update, answers


def resolve(
    text: str, request: WriteRequest, answers: Sequence[Answer]
) -> tuple[str, Callable[[str], list[ox.Quad] | None] | None]:
    """Return an update with the solutions of its calls in it, and what loads its documents.

    Raises:
        Refusal: Nobody may be asked, or what was fetched cannot be read.
        ExternalInputs: Nothing was fetched yet.
    """
    if not request.asks:
        raise Refusal(Reason.LOAD_OFF)
    loads = _loads(text, request.base)
    try:
        calls = rewriting.calls(text, request.base)
    except SyntaxError as error:
        raise does_not_parse(error, text) from None
    if not loads and not calls:
        return text, None
    if request.fetched is None:
        raise ExternalInputs(_asked(text, loads, calls, request.base))
    documents, solutions = list(answers[: len(loads)]), answers[len(loads) :]
    incoming = _as_frames(solutions)
    text = rewriting.with_answers(text, incoming, rows=request.call_rows, base=request.base)
    return text, _Loader(loads, documents, request.limit_bytes).next


def _loads(text: str, base: str) -> list[Operation]:
    """Return the LOAD operations of an update.

    Raises:
        Refusal: It does not parse, or has one that cannot be made out.
    """
    try:
        found = update_operations.split(text)
    except Unclear:
        _parse(text, base)
        if "LOAD" in lexical.words(text):
            raise rewriting.call_refusal(text, 0, Cause.CALLS_UNCLEAR) from None
        return []
    if len({part.prologue for part in found}) <= 1:  # see StagingStore: others it cannot parse
        _parse(text, base)
    return [part for part in found if part.kind == "LOAD"]


def _parse(text: str, base: str) -> None:
    try:
        ox.Store().update(text, base_iri=base or None)
    except SyntaxError as error:
        raise does_not_parse(error, text) from None
    except (RuntimeError, OSError, ValueError):
        return  # it parses; that nothing can be fetched here is why we are here


def _asked(
    text: str, loads: list[Operation], calls: list[rewriting.Call], base: str
) -> list[dict[str, Any]]:
    documents = [
        {
            "kind": "load",
            "iri": rewriting.resolved(each.source, each.prologue, base),
            "query": "",
            "silent": each.silent,
        }
        for each in loads
    ]
    solutions = [{"kind": "service", **each} for each in json.loads(rewriting.as_json(calls))]
    asked = documents + solutions
    if len(asked) > rewriting.MOST_CALLS or len(json.dumps(asked)) > rewriting.LONGEST:
        raise rewriting.too_many(text, 0)
    return asked


def _as_frames(solutions: Sequence[Answer]) -> Iterator[tuple[int, bytes]]:
    """Yield what was fetched for SERVICE as a worker would hear it from the server."""
    for said, data in solutions:
        if "reason" in said:
            yield channel.REFUSE, json.dumps(said).encode()
        else:
            yield channel.META, json.dumps({"format": said["type"]}).encode()
            yield channel.BODY, data
            yield channel.BODY_END, b""


class _Loader:
    """Parses one document after the other, each as an upload is parsed."""

    def __init__(self, loads: list[Operation], documents: list[Answer], limit_bytes: int) -> None:
        self._rest = list(zip(loads, documents, strict=True))
        self._limit_bytes = limit_bytes

    def next(self, graph: str) -> list[ox.Quad] | None:
        """Return the quads of the next document; ``None`` for a silent failure."""
        load, (said, data) = self._rest.pop(0)
        if "reason" in said:
            return None
        try:
            sent = upload.Upload(data, said["type"], "", said["base"], self._limit_bytes)
            return upload.quads_of(sent, graph)
        except Refusal as refusal:
            if load.silent:
                return None
            told = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
            host = urlsplit(said["base"]).hostname or ""
            found = f"{refusal.reason}, {told}"[:_MESSAGE_CHARS]
            cause = Cause.ANSWER_UNREADABLE
            raise Refusal(Reason.CALL_FAILED, host=host, cause=cause, found=found) from None
