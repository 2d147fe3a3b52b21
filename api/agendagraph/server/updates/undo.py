"""Undo one update by applying the inverse of its patch.

Undoing is an update like any other: it is validated against the shapes, it has a patch and a
history entry, and it can be undone in turn. It is rejected unless every quad is still as the
update left it: otherwise it would overwrite later updates or apply only a part of the inverse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agendagraph.errors import StoreError
from agendagraph.server.updates import history, patch
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agendagraph.server.updates.transaction import Transactions

_LISTED: Final = 5
"""Conflicting updates that the message lists."""
_READ_BYTES: Final = 64 << 20
"""Size of the patches that are searched for them, together."""


def undo(name: str, transactions: Transactions) -> None:
    """Undo an update in the staging store; the caller commits.

    Raises:
        Refusal: There is no such update (``no-such-update``), or it cannot be undone
            (``not-undone``): it is undone already, later updates changed the same quads, or
            its patch is missing or corrupt.
    """
    staging = transactions.begin()
    entries = history.entries(staging.store)
    entry = next((entry for entry in entries if entry.name == name), None)
    if entry is None:
        raise Refusal(Reason.NO_SUCH_UPDATE, update=name)
    if entry.undone is not None:
        problem = f"the update {entry.undone} has undone it already"
        raise _rejection(name, problem, cause="undone-already", by=entry.undone)
    if entry.sha256 is None:
        problem = "it was a bulk load, which has no patch; `agendagraph restore` restores a backup"
        raise _rejection(name, problem, cause="bulk-load")
    folder = transactions.directory.history
    try:
        inverse = patch.read(folder / f"{name}.rdfp", sha256=entry.sha256).inverse()
    except StoreError as error:
        raise _rejection(name, str(error)) from None
    conflicts = {f"A {quad} ." for quad in inverse.added if quad in staging.store}
    conflicts |= {f"D {quad} ." for quad in inverse.removed if quad not in staging.store}
    if conflicts:
        later = (row.name for row in reversed(entries) if row.name > name and not row.undone)
        raise _conflict(name, conflicts, _updates_with(conflicts, later, folder))
    staging.apply(inverse)
    if not staging.patch:
        problem = "nothing would change: the graph that it created is in use"
        raise _rejection(name, problem, cause="nothing-to-undo")


def _rejection(name: str, problem: str, **facts: object) -> Refusal:
    return Refusal(Reason.NOT_UNDONE, update=name, problem=f"{problem}.", **facts)


def _updates_with(rows: set[str], names: Iterable[str], folder: Path) -> list[str]:
    """Return the names of the updates whose patches contain one of *rows*, newest first."""
    result: list[str] = []
    unread = _READ_BYTES
    for name in names:
        path = folder / f"{name}.rdfp"
        unread -= path.stat().st_size if path.is_file() else 0
        if unread < 0:
            break
        if path.is_file() and not rows.isdisjoint(path.read_text("utf-8").split("\n")):
            result.append(name)
    return result


def _conflict(name: str, rows: set[str], later: list[str]) -> Refusal:
    removed = sum(row.startswith("D") for row in rows)
    added = len(rows) - removed
    listed = ", ".join(later[:_LISTED]) + (" …" if later[_LISTED:] else "")
    problem = (
        f"later updates removed {removed} of the quads that it added and added {added} of the"
        f" quads that it removed; undo those updates first{': ' * bool(listed)}{listed}"
    )
    counts = {"removed": removed, "added": added, "by": listed or None}
    return _rejection(name, problem, cause="changed-since", later=later, **counts)
