"""What a worker runs: a query, or a function over the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from agendagraph.processes import channel

if TYPE_CHECKING:
    from collections.abc import Callable, Sized

    import pyoxigraph as ox

    T = TypeVar("T", bound=Sized)


class JobData(Protocol):
    """What a function that a worker runs can read: one snapshot, or the remote store."""

    def select(self, text: str, read: Callable[[ox.QuerySolutions], T]) -> T:
        """Return what *read* makes of the answer to a SELECT.

        Raises:
            Refusal: There is no answer, or it has more rows than the server's row limit.
        """


@dataclass(frozen=True, slots=True)
class Function:
    """A function that workers run: ``function(data, **arguments) -> bytes``.

    Attributes:
        path: Its name, as ``package.module:function``. The server imports it in workers only.
        modules: What is imported once, before workers are forked.
        name: What its workers are called in ``ps`` and ``top``.
    """

    path: str
    modules: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Job:
    """A query, or a call of a function, for a worker.

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
        function: The path of a `Function` to call instead of running a query.
        arguments: Its arguments.
    """

    text: str = ""
    base: str = ""
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
    function: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)

    def frame(self, checkpoint: str, *, from_afar: bool = False) -> bytes:
        """Return the job as a worker reads it, to be run over *checkpoint*."""
        members = {name: value for name in self.__slots__ if (value := getattr(self, name))}
        for name in ("default_graphs", "named_graphs"):  # an empty list is not None
            if getattr(self, name) is not None:
                members[name] = getattr(self, name)
        members.update(checkpoint=checkpoint, from_afar=from_afar)
        return channel.json_frame(channel.JOB, **members)
