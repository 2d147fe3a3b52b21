"""The messages between the server and its writer, as plain data for JSON.

The body of a request and the validation report of a rejection can be large: they travel in
anonymous files. Everything else fits one datagram.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal["update", "put", "post", "delete", "revert"]


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """One change, to be executed in one transaction.

    Attributes:
        action: ``update`` is SPARQL Update; ``put``, ``post`` and ``delete`` are of the Graph
            Store Protocol; ``revert`` undoes the update that ``graph`` names.
        agent: Who sent it.
        label: The request in one line, for the history.
        graph: The IRI of the graph; blank is the default graph.
        limit_bytes: The size limit of the unpacked body.
        asks: Whether external inputs may be fetched.
        fetched: The heads of the fetched external inputs in the order of ``Outcome.needs``:
            ``size`` in bytes, ``type`` and ``base``, or ``reason`` and ``facts`` of a failure
            that SILENT ignores; ``None`` before anything was fetched. The bytes follow the
            update in the body.
        call_rows: The row limit of a response to SERVICE.
    """

    action: Action
    agent: str
    label: str
    graph: str = ""
    base: str = ""
    using: list[str] = field(default_factory=list)
    using_named: list[str] = field(default_factory=list)
    content_type: str = ""
    encoding: str = ""
    limit_bytes: int = 64 << 20
    asks: bool = False
    fetched: list[dict[str, Any]] | None = None
    call_rows: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a write request.

    Attributes:
        generation: The current generation afterwards.
        changed: The graphs that it changed (blank is the default graph).
        created: Whether a PUT or POST created its graph.
        added: Quads added; ``None`` if the writer died after the commit.
        removed: Quads removed; ``None`` likewise.
        needs: External inputs to be fetched first, each with ``kind``, ``iri``, ``query`` and
            ``silent``; then nothing was executed.
    """

    generation: str
    changed: tuple[str, ...] = ()
    created: bool = False
    added: int | None = 0
    removed: int | None = 0
    needs: tuple[dict[str, Any], ...] = ()
