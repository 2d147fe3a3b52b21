"""Transactions on a store: atomic, durable, under snapshot isolation; one writer at a time.

An update is executed on a staging store: a clone of the current generation (hard links,
milliseconds at any size). The patch, which is what the update changed, is validated against the
shapes. Then a checkpoint of the staging store, fsynced, becomes the current generation when one
file is renamed: this rename is the commit point. Readers keep the generation that they opened.
After any failure before the commit point the staging store is discarded and cloned again.
"""

from __future__ import annotations

import secrets
import shutil
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.errors import StoreError
from agendagraph.server.updates import history, patch
from agendagraph.server.updates.staging import StagingStore
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from agendagraph.server.updates.gate.validator_client import ValidatorClient
    from agendagraph.server.updates.patch import Patch
    from agendagraph.store.generations import StoreDirectory
    from agendagraph.store.snapshot import Snapshot

_TOO_DEEP: Final = " )>>" * 200
"""The end of a triple term with 200 levels of nested triple terms."""


class Transactions:
    """The transactions of one store, in sequence; *gate* validates each before its commit.

    Raises:
        StoreError: The store has no generation.
    """

    def __init__(self, directory: StoreDirectory, gate: ValidatorClient | None = None) -> None:
        snapshot = directory.current()
        if snapshot is None:
            raise StoreError(f"the store {directory.path} was never filled")
        self.directory = directory
        self.snapshot: Snapshot = snapshot
        self._gate = gate
        self._staging: StagingStore | None = None
        self._empty: set[str] = set(directory.empty_graphs(snapshot.generation))
        directory.history.mkdir(exist_ok=True)
        self._quads = snapshot.quads
        if self._quads is None:
            self._quads = len(self.begin().store)

    @property
    def empty_graphs(self) -> frozenset[str]:
        """The named graphs that exist and contain no quads (Graph Store Protocol, 5.3)."""
        return frozenset(self._empty)

    def begin(self) -> StagingStore:
        """Return the staging store, a clone of the current generation.

        Raises:
            StoreError: It cannot be cloned: the store is corrupt, or the disk is full.
        """
        if self._staging is None:
            shutil.rmtree(self.directory.work, ignore_errors=True)
            # A unique name: RocksDB remembers the locks of stores that are still open.
            work = self.directory.work / secrets.token_hex(4)
            try:
                work.parent.mkdir(exist_ok=True)
                ox.Store.read_only(self.snapshot.path).backup(str(work))
                store = ox.Store(str(work))
                for graph in self._empty:
                    store.add_graph(ox.NamedNode(graph))
                self._staging = StagingStore(store, protected=history.HISTORY_GRAPH)
            except (OSError, RuntimeError, ValueError) as error:
                from agendagraph.store.local import store_error  # noqa: PLC0415 - seldom, slow

                raise store_error(self.directory.path, error) from None
        return self._staging

    def rollback(self) -> None:
        """Discard the staging store with all its changes.

        A staging store that no operation has touched is kept. Closing one takes RocksDB some
        tenths of a second, so `begin` clones the next one after the client has its response.
        """
        if self._staging is not None and not self._staging.touched:
            return
        self._staging = None
        shutil.rmtree(self.directory.work, ignore_errors=True)

    def commit(
        self,
        *,
        agent: str,
        label: str,
        undoes: str | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> Patch:
        """Make the changes of the staging store the current generation, durably.

        When this returns, everything is fsynced and survives a loss of power. The returned patch
        is empty if nothing has changed; then no generation is made. *agent*, *label* and *undoes*
        are those of the history entry (`history.Entry`). *announce* is called with the name of
        the new generation just before the commit begins.

        Raises:
            Refusal: The change is rejected. The caller must `rollback`, as after any other
                exception.
        """
        staging = self.begin()
        change = staging.patch
        if not change:
            return change
        if history.HISTORY_GRAPH in change.graphs():
            raise Refusal(Reason.RESERVED_GRAPH, graph=history.HISTORY_GRAPH)
        if any(_too_deep(quad.object) for quad in change.added):
            raise Refusal(Reason.NESTING)
        if self._gate is not None:
            self._gate.check(staging.store, change)
        made = self.directory.reserve()
        name = made.name.removesuffix(".new")
        if announce is not None:
            announce(name)
        path = self.directory.history / f"{name}.rdfp"
        sha256 = patch.write(change, path, identifier=history.UPDATE + name)
        counts = {"added": len(change.added), "removed": len(change.removed)}
        entry = history.quads_for(name, agent, label, sha256=sha256, undoes=undoes, **counts)
        new = {quad for quad in entry if quad not in staging.store}
        staging.store.extend(new)
        quads = (self._quads or 0) + counts["added"] - counts["removed"] + len(new)
        self._commit(staging, made, quads, self._empty | (change.graphs() - {""}))
        if self._gate is not None:
            self._gate.commit()
        return change

    def commit_bulk_load(self, *, agent: str, label: str) -> None:
        """Make quads that were bulk-loaded into the staging store the current generation.

        No patch is written: RocksDB ingests the tables without reporting which quads are new.
        The history records how many there are; the load cannot be undone.
        """
        staging = self.begin()
        made = self.directory.reserve()
        name = made.name.removesuffix(".new")
        added = len(staging.store) - (self._quads or 0)
        staging.store.extend(
            history.quads_for(name, agent, label, added=added, removed=0, sha256=None)
        )
        self._commit(staging, made, len(staging.store), self._empty)

    def _commit(
        self, staging: StagingStore, made: Path, quads: int, candidates: Iterable[str]
    ) -> None:
        """Checkpoint the staging store as the current generation, in the folder *made*.

        It contains *quads* quads; *candidates* are the named graphs that may be empty.
        """
        staging.store.backup(str(made))
        empty = {graph for graph in candidates if _is_empty(staging.store, graph)}
        self.snapshot = self.directory.commit(made, quads=quads, empty_graphs=empty)
        self._quads, self._empty = quads, empty
        staging.committed()


def _is_empty(store: ox.Store, graph: str) -> bool:
    """Whether a named graph exists and contains no quads."""
    name = ox.NamedNode(graph)
    quads = store.quads_for_pattern(None, None, None, name)
    return next(quads, None) is None and store.contains_named_graph(name)


def _too_deep(term: object) -> bool:
    """Whether triple terms are nested so deeply that a reader may run out of stack.

    A parser may accept 100,000 levels at which the next parser, or loading the store, crashes.
    """
    return isinstance(term, ox.Triple) and str(term).endswith(_TOO_DEEP)
