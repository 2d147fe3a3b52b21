"""What the server asks of its writer, and what it hears back: plain data, for JSON.

The body of a request and the report of a refusal can be large and travel in files that have
no name; everything else fits one datagram.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

Action = Literal["update", "put", "post", "delete", "revert"]

DATAGRAM: Final = 1 << 17


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """One change that somebody asks for.

    Attributes:
        action: ``update`` is SPARQL; ``put``, ``post`` and ``delete`` are of the Graph Store
            Protocol; ``revert`` undoes the update that ``graph`` names.
        agent: Who asks.
        label: What is asked for, in one line, for the history.
        graph: The graph's IRI; blank is the default graph.
        base: The IRI against which relative IRIs are resolved.
        using: ``using-graph-uri`` of an update.
        using_named: ``using-named-graph-uri`` of an update.
        content_type: Of the body.
        encoding: The body's content coding.
        limit_bytes: What the body may have when it is unpacked.
        asks: Whether other servers may be asked for what an update needs of them.
        fetched: What they sent, in the order of the needs: ``size`` in bytes, ``type`` and
            ``base``, or ``reason`` and ``facts`` of a failure to be passed over; ``None``
            before anybody was asked. The bytes follow the update in the body.
        call_rows: The most rows of an answer to a call of SERVICE.
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

    def as_json(self) -> dict[str, Any]:
        """Return the members of a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change that was carried out.

    Attributes:
        generation: The current generation, afterwards.
        changed: The graphs that it touched (blank is the default graph).
        created: Whether the graph of a PUT or POST did not exist before.
        added: Quads added; ``None`` where its writer ended before it could tell.
        removed: Quads removed; ``None`` likewise.
        needs: What must be fetched first, each with ``kind``, ``iri``, ``query`` and
            ``silent``; nothing was done then.
    """

    generation: str
    changed: tuple[str, ...] = ()
    created: bool = False
    added: int | None = 0
    removed: int | None = 0
    needs: tuple[dict[str, Any], ...] = ()
