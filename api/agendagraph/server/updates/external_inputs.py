"""External inputs of an update: documents for LOAD, solutions for SERVICE.

The writer has no sockets. It extracts from an update what must be fetched and raises
`ExternalInputs`; the server fetches it (`fetch`) and sends the update again together with the
responses. Remote documents are parsed only here, under the limits of an upload.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from agendagraph.processes import channel
from agendagraph.server.engine.federation import rewriting
from agendagraph.server.updates import upload
from agendagraph.server.updates.staging import parse
from agendagraph.sparql import update_operations
from agendagraph.sparql.lexer import Unclear
from agendagraph.sparql.query_syntax import keywords
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyoxigraph as ox

    from agendagraph.server.updates.requests import WriteRequest
    from agendagraph.sparql.update_operations import Operation

_MESSAGE_CHARS: Final = 300

Answer = tuple[dict[str, Any], bytes]


class ExternalInputs(Exception):  # noqa: N818 - not an error: a response to the server
    """An update cannot be executed before its external inputs are fetched.

    Attributes:
        calls: Each with ``kind`` (``load`` or ``service``), ``iri``, ``query``, ``silent``.
    """

    def __init__(self, calls: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(calls)} calls")
        self.calls = calls


def parts(request: WriteRequest, body: bytes) -> tuple[bytes, list[Answer]]:
    """Split a body into the update and the responses that were fetched for it."""
    heads = request.fetched or []
    start = len(body) - sum(head.get("size", 0) for head in heads)
    update, answers = body[:start], []
    for head in heads:
        end = start + head.get("size", 0)
        answers.append((head, body[start:end]))
        start = end
    return update, answers


def resolve(
    text: str, request: WriteRequest, answers: Sequence[Answer]
) -> tuple[str, Callable[[str], list[ox.Quad] | None] | None]:
    """Return an update with the solutions of its calls inlined, and the loader of its documents.

    Raises:
        Refusal: Federation is off, or a response cannot be parsed.
        SyntaxError: The update does not parse.
        ExternalInputs: Nothing was fetched yet.
    """
    if not request.asks:
        raise Refusal(Reason.LOAD_OFF)
    loads = _loads(text, request.base)
    calls = rewriting.calls(text, request.base)
    if not loads and not calls:
        return text, None
    if request.fetched is None:
        raise ExternalInputs(_requests(text, loads, calls, request.base))
    documents, solutions = list(answers[: len(loads)]), answers[len(loads) :]
    frames = _as_frames(solutions)
    text = rewriting.with_answers(text, frames, rows=request.call_rows, base=request.base)
    return text, _Loader(loads, documents, request.limit_bytes).next


def _loads(text: str, base: str) -> list[Operation]:
    """Return the LOAD operations of an update."""
    try:
        operations = update_operations.split(text)
    except Unclear:
        parse(text, base or None)
        if keywords(text, {"LOAD"}):
            raise rewriting.call_refusal(text, 0, "calls-unclear") from None
        return []
    if len({part.prologue for part in operations}) <= 1:  # see `parse`
        parse(text, base or None)
    return [part for part in operations if part.kind == "LOAD"]


def _requests(
    text: str, loads: list[Operation], calls: list[rewriting.Call], base: str
) -> list[dict[str, Any]]:
    documents = [
        {
            "kind": "load",
            "iri": rewriting.resolved(load.source, load.prologue, base),
            "query": "",
            "silent": load.silent,
        }
        for load in loads
    ]
    solutions = [{"kind": "service", **call} for call in rewriting.requests(calls)]
    requests = documents + solutions
    if len(requests) > rewriting.MOST_CALLS or len(json.dumps(requests)) > rewriting.LONGEST:
        raise rewriting.too_many(text, 0)
    return requests


def _as_frames(solutions: Sequence[Answer]) -> Iterator[tuple[int, bytes]]:
    """Yield SERVICE responses as the frames in which a worker receives them."""
    for head, data in solutions:
        if "reason" in head:
            yield channel.REFUSE, json.dumps(head).encode()
        else:
            yield channel.META, json.dumps({"format": head["type"]}).encode()
            yield channel.BODY, data
            yield channel.BODY_END, b""


class _Loader:
    """Parses the documents of LOAD operations, one for each call of `next`."""

    def __init__(self, loads: list[Operation], documents: list[Answer], limit_bytes: int) -> None:
        self._rest = list(zip(loads, documents, strict=True))
        self._limit_bytes = limit_bytes

    def next(self, graph: str) -> list[ox.Quad] | None:
        """Return the quads of the next document; ``None`` for a failure of LOAD SILENT."""
        load, (head, data) = self._rest.pop(0)
        if "reason" in head:
            return None
        try:
            base, limit_bytes = head["base"], self._limit_bytes
            return upload.quads_of(
                data, head["type"], "", graph=graph, base=base, limit_bytes=limit_bytes
            )
        except Refusal as refusal:
            if load.silent:
                return None
            facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
            host = urlsplit(head["base"]).hostname or ""
            found = f"{refusal.reason}, {facts}"[:_MESSAGE_CHARS]
            cause = "answer-unreadable"
            raise Refusal(Reason.CALL_FAILED, host=host, cause=cause, found=found) from None
