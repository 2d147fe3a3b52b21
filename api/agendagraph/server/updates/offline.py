"""The history of a store directory, and undoing one update, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from agendagraph.errors import StoreError, ValidationFailed
from agendagraph.server.updates import history
from agendagraph.server.updates.gate.validator_client import ValidatorClient
from agendagraph.server.updates.transaction import Transactions
from agendagraph.server.updates.undo import undo
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.integrity import check_tables
from agendagraph.store.local import store_error
from agendagraph.validation import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.server.updates.history import Entry
    from agendagraph.server.updates.patch import Patch


def entries(store: Path) -> list[Entry]:
    """Return the updates of a store, the oldest first; a server may use the store meanwhile.

    Raises:
        StoreError: It cannot be read.
    """
    snapshot = current_snapshot(store)
    check_tables(Path(snapshot.path), store)
    try:
        return history.entries(ox.Store.read_only(snapshot.path))
    except (OSError, RuntimeError) as error:
        raise store_error(store, error) from None


def patch_text(store: Path, name: str) -> str:
    """Return what an update changed, as RDF Patch.

    Raises:
        StoreError: There is no such update, or it has no patch.
    """
    if all(entry.name != name for entry in entries(store)):
        raise StoreError(f"the store {store} has no update {name!r}; `agendagraph history` lists")
    try:
        return (store / "history" / f"{name}.rdfp").read_text("utf-8")
    except OSError:
        raise StoreError(f"the update {name} has no patch: it was a bulk load") from None


def revert(
    store: Path, name: str, *, agent: str, shapes: Sequence[Path], validated: str
) -> tuple[Patch, str]:
    """Undo one update of a store that no server uses; return the change and its generation.

    The graphs whose IRIs begin with *validated* must conform to *shapes*, unless it is empty.

    Raises:
        StoreError: The store is in use, or the update cannot be undone.
        ValidationFailed: The result would violate the shapes. Nothing has changed.
    """
    with StoreDirectory(store, writable=True) as directory:
        gate = ValidatorClient(shapes, prefix=validated) if shapes else None
        try:
            transactions = Transactions(directory, gate)
            check_tables(Path(transactions.snapshot.path), store)
            if gate is not None:
                gate.warm(transactions.snapshot.path)
            undo(name, transactions)
            change = transactions.commit(agent=agent, label=f"revert {name}", undoes=name)
        except Refusal as refusal:
            if refusal.reason is Reason.SHAPES_VIOLATED:
                report = Report.from_dict(refusal.facts["report"])  # type: ignore[arg-type]
                raise ValidationFailed(report=report, violations=len(report.violations)) from None
            problem = refusal.facts.get("problem", "the store has no such update")
            raise StoreError(f"cannot undo {name}: {str(problem).rstrip('.')}") from None
        except (OSError, RuntimeError) as error:
            raise store_error(store, error) from None
        finally:
            if gate is not None:
                gate.close()
        directory.sweep()
        return change, transactions.snapshot.generation
