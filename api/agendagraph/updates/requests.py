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
        added: Quads added.
        removed: Quads removed.
    """

    generation: str
    changed: tuple[str, ...] = ()
    created: bool = False
    added: int = 0
    removed: int = 0
