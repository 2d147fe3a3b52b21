"""Undo one update: what that means, and when it cannot be done.

What the update added is removed and what it removed is added, exactly, from its patch. That
is an update like any other: it is held against the shapes, it has a patch and an entry in
the history, and it can itself be undone. It is done only where every quad is still as the
update left it; otherwise later work would be lost, or half of it be left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agendagraph.errors import StoreError
from agendagraph.server.updates import history, patch
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.server.updates.patch import Patch
    from agendagraph.server.updates.staging import StagingStore
    from agendagraph.server.updates.transaction import Transactions

_NAMED: Final = 5
"""Later updates that a refusal names."""
_SEARCHED_BYTES: Final = 64 << 20
"""Patches that are read to find them."""


def undo(name: str, transactions: Transactions) -> None:
    """Undo an update in the scratch store; the commit is the caller's.

    Raises:
        Refusal: There is no such update (``no-such-update``), or it cannot be undone
            (``not-undone``): it was undone already, later updates have changed the same
            quads, or its patch is not there or damaged.
    """
    scratch = transactions.begin()
    known = history.entries(scratch.store)
    entry = next((each for each in known if each.name == name), None)
    if entry is None:
        raise Refusal(Reason.NO_UPDATE, update=name)
    if entry.undone is not None:
        told = f"the update {entry.undone} has undone it already"
        raise _refusal(name, told, cause=Cause.UNDONE_ALREADY, by=entry.undone)
    if entry.sha256 is None:
        told = "it was a bulk load, of which no patch is kept"
        raise _refusal(name, told, cause=Cause.BULK_LOAD)
    folder = transactions.directory.history
    try:
        done = patch.read(folder / f"{name}.rdfp", sha256=entry.sha256)
    except StoreError as error:
        raise _refusal(name, str(error)) from None
    changed = _changed_since(done, scratch)
    if changed:
        later = [each.name for each in reversed(known) if each.name > name and not each.undone]
        by = _culprits(changed, later, transactions)
        told, removed = _told(changed, by), _removed(changed)
        counted = {"removed": removed, "added": len(changed) - removed, "by": _names(by) or None}
        raise _refusal(name, told, cause=Cause.CHANGED_SINCE, later=by, **counted)
    scratch.apply(done.inverse())
    if not scratch.patch:
        told = "nothing would change: the graph that it made is in use"
        raise _refusal(name, told, cause=Cause.NOTHING_TO_UNDO)


def _refusal(name: str, problem: str, **facts: object) -> Refusal:
    return Refusal(Reason.NOT_UNDONE, update=name, problem=f"{problem}.", **facts)


def _changed_since(done: Patch, scratch: StagingStore) -> set[str]:
    """Return the rows of patches by which later updates have changed what *done* did."""
    removed = {f"D {quad} ." for quad in done.added if quad not in scratch.store}
    return removed | {f"A {quad} ." for quad in done.removed if quad in scratch.store}


def _culprits(changed: set[str], later: Sequence[str], transactions: Transactions) -> list[str]:
    """Return the names of those of the *later* updates that made the changes, newest first.

    Only so many patches are read: after very large ones, older ones are passed over.
    """
    found: list[str] = []
    left = _SEARCHED_BYTES
    for name in later:
        path = transactions.directory.history / f"{name}.rdfp"
        left -= path.stat().st_size if path.is_file() else 0
        if left < 0:
            break
        if path.is_file() and not changed.isdisjoint(path.read_text("utf-8").split("\n")):
            found.append(name)
    return found


def _removed(changed: set[str]) -> int:
    return sum(row.startswith("D") for row in changed)


def _names(by: Sequence[str]) -> str:
    return ", ".join(by[:_NAMED]) + (" …" if by[_NAMED:] else "")


def _told(changed: set[str], by: Sequence[str]) -> str:
    removed = _removed(changed)
    told = (
        f"later updates have removed {removed} of the quads that it added, and added"
        f" {len(changed) - removed} of those that it removed; undo those updates first"
    )
    if not by:
        return told
    return f"{told}: {_names(by)}"
