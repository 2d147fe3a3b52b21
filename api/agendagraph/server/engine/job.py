"""What a worker runs: a query, with everything that its answer depends on."""

from __future__ import annotations

from dataclasses import dataclass

from agendagraph.processes import channel


@dataclass(frozen=True, slots=True)
class Job:
    """A query for a worker.

    Attributes:
        text: The query.
        base: The IRI against which relative IRIs are resolved.
        default_graphs: The default graph is the merge of these; ``None`` if the request
            does not say.
        named_graphs: The named graphs; ``None`` if the request does not say.
        union: Whether the default graph is the union of all graphs unless the request or the
            query names a dataset.
        results: Format and content type for SELECT and ASK; ``None`` if not acceptable.
        graphs: The same for CONSTRUCT and DESCRIBE.
        checkpoint: The checkpoint to read; blank for the store that the worker inherited.
        size_limit: The longest answer, in bytes.
        row_limit: The longest answer, in rows or statements.
        row_limit_link: What a truncated answer links to.
        from_afar: Whether the answer follows, from another store, and is only to be written.
        calls: ``list`` to answer with the query's SERVICE calls, ``join`` if the answers to them
            follow; blank for a query without SERVICE.
        call_rows: The most rows that may follow for a call.
    """

    text: str
    base: str
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None
    union: bool = False
    results: tuple[str, str] | None = None
    graphs: tuple[str, str] | None = None
    checkpoint: str = ""
    size_limit: int = 200 << 20
    row_limit: int | None = None
    row_limit_link: str = ""
    from_afar: bool = False
    calls: str = ""
    call_rows: int = 0

    def frame(self, checkpoint: str, *, from_afar: bool = False) -> bytes:
        """Return the job as a worker reads it, to be run over *checkpoint*."""
        members = {name: value for name in self.__slots__ if (value := getattr(self, name))}
        for name in ("default_graphs", "named_graphs"):  # an empty list is not None
            if getattr(self, name) is not None:
                members[name] = getattr(self, name)
        members.update(base=self.base, checkpoint=checkpoint, from_afar=from_afar)
        return channel.json_frame(channel.JOB, **members)
