"""Change a store in steps of which only the last one counts.

The scratch store is a clone of the current generation (hard links, milliseconds at any
size). A request is carried out there and its change learned; the change is held against the
shapes; then a checkpoint of the scratch store, already on the disk, becomes the current
generation by the renaming of one file. Whatever goes wrong before, the scratch store is
thrown away and cloned again, and nothing has happened.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.errors import StoreError
from agendagraph.server.updates import bulk_patch, history, patch
from agendagraph.server.updates.staging import StagingStore
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agendagraph.server.updates.gate.validator_client import ValidatorClient
    from agendagraph.server.updates.patch import Patch
    from agendagraph.store.generations import StoreDirectory
    from agendagraph.store.snapshot import Snapshot

_TOO_DEEP: Final = " )>>" * 200
"""How a triple term ends that holds triple terms, 200 levels of them."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction has come to.

    Attributes:
        snapshot: The current generation.
        patch: What changed; empty where nothing did, and then no generation was made.
        empty_graphs: The named graphs that exist and hold nothing.
    """

    snapshot: Snapshot
    patch: Patch
    empty_graphs: frozenset[str]


class Transactions:
    """The writer's end of a store: one transaction after the other.

    Args:
        directory: The store, locked for writing.
        gate: Holds each change against the shapes before its commit.
    """

    def __init__(
        self,
        directory: StoreDirectory,
        gate: ValidatorClient | None = None,
    ) -> None:
        """Read what is current; no scratch store is made yet."""
        snapshot = directory.current()
        if snapshot is None:
            raise StoreError(f"the store {directory.path} was never filled")
        self.directory = directory
        self.snapshot: Snapshot = snapshot
        self._gate = gate
        self._scratch: StagingStore | None = None
        self._empty: set[str] = set(directory.empty_graphs(snapshot.generation))
        directory.history.mkdir(exist_ok=True)
        self._quads = snapshot.quads
        if self._quads is None:
            self._quads = len(self.begin().store)

    @property
    def empty_graphs(self) -> frozenset[str]:
        """The named graphs that exist and hold nothing."""
        return frozenset(self._empty)

    def begin(self) -> StagingStore:
        """Return the scratch store, as the current generation has it.

        Raises:
            StoreError: It could not be cloned: damaged, or the disk is full.
        """
        if self._scratch is None:
            shutil.rmtree(self.directory.work, ignore_errors=True)
            # A name of its own: RocksDB remembers the locks of stores that are still in use.
            work = self.directory.work / secrets.token_hex(4)
            try:
                work.parent.mkdir(exist_ok=True)
                ox.Store.read_only(self.snapshot.path).backup(str(work))
                store = ox.Store(str(work))
                for graph in self._empty:
                    store.add_graph(ox.NamedNode(graph))
                self._scratch = StagingStore(store, protected=history.HISTORY_GRAPH)
            except (OSError, RuntimeError, ValueError) as error:
                from agendagraph.store.local import store_error  # noqa: PLC0415 - seldom, slow

                raise store_error(self.directory.path, error) from None
        return self._scratch

    def rollback(self) -> None:
        """Throw the scratch store away, with whatever has happened in it.

        One in which nothing has happened is kept. Closing a store takes RocksDB some tenths
        of a second: the answer to a request need not wait for it.
        """
        if self._scratch is not None and not self._scratch.touched:
            return
        self._scratch = None
        shutil.rmtree(self.directory.work, ignore_errors=True)

    def commit(
        self,
        *,
        agent: str,
        label: str,
        undoes: str | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> Committed:
        """Make what has happened in the scratch store the current generation.

        When this returns, the change is on the disk and survives a loss of power.

        Args:
            agent: Who asked for it.
            label: What was asked for, in one line.
            undoes: The name of the update that this one undoes.
            announce: Called with the new generation's name when only the commit is left.

        Raises:
            Refusal: The change must not be kept; the caller must `rollback`, as after
                any other exception.
        """
        scratch = self.begin()
        change = scratch.patch
        if not change:
            return Committed(self.snapshot, change, self.empty_graphs)
        if history.HISTORY_GRAPH in change.graphs():
            raise Refusal(Reason.RESERVED_GRAPH, graph=history.HISTORY_GRAPH)
        if any(_too_deep(quad.object) for quad in change.added):
            raise Refusal(Reason.NESTING)
        if self._gate is not None:
            self._gate.check(scratch.store, change)
        made = self.directory.reserve()
        if announce is not None:
            announce(made.name.removesuffix(".new"))
        self._keep(scratch, made, agent=agent, label=label, undoes=undoes)
        if self._gate is not None:
            self._gate.commit()
        scratch.committed()
        return Committed(self.snapshot, change, self.empty_graphs)

    def commit_loaded(self, *, agent: str, label: str, undoable: bool) -> Snapshot:
        """Make what was loaded into the scratch store in bulk the current generation.

        The history tells how much was added. With *undoable*, what that was is found and
        kept as a patch, which takes about as long as the load.
        """
        scratch = self.begin()
        made = self.directory.reserve()
        name = made.name.removesuffix(".new")
        quads = len(scratch.store)
        added = quads - (self._quads or 0)
        sha256 = self._patch_of_load(scratch.store, name) if undoable else None
        told = history.quads_for(
            name, agent=agent, label=label, added=added, removed=0, sha256=sha256
        )
        scratch.store.extend(told)
        scratch.store.backup(str(made))
        empty = {
            graph
            for graph in self._empty
            if next(scratch.store.quads_for_pattern(None, None, None, ox.NamedNode(graph)), None)
            is None
        }
        self.snapshot = self.directory.promote(made, quads=len(scratch.store), empty_graphs=empty)
        self._quads, self._empty = self.snapshot.quads, empty
        scratch.committed()
        return self.snapshot

    def _patch_of_load(self, store: ox.Store, name: str) -> str | None:
        before = ox.Store.read_only(self.snapshot.path)
        graphs = [{str(each) for each in held.named_graphs()} for held in (store, before)]
        created = {iri[1:-1] for iri in graphs[0] - graphs[1]} - self._empty
        return bulk_patch.write(
            before,
            store,
            self.directory.history / f"{name}.rdfp",
            identifier=history.UPDATE + name,
            created=created - {history.HISTORY_GRAPH},
        )

    def _keep(
        self, scratch: StagingStore, made: Path, *, agent: str, label: str, undoes: str | None
    ) -> None:
        change = scratch.patch
        name = made.name.removesuffix(".new")
        sha256 = patch.write(
            change,
            self.directory.history / f"{name}.rdfp",
            identifier=history.UPDATE + name,
        )
        told = {
            quad
            for quad in history.quads_for(
                name,
                agent=agent,
                label=label,
                added=len(change.added),
                removed=len(change.removed),
                sha256=sha256,
                undoes=undoes,
            )
            if quad not in scratch.store
        }
        scratch.store.extend(told)
        scratch.store.backup(str(made))
        quads = (self._quads or 0) + len(change.added) - len(change.removed) + len(told)
        empty = self._emptied(scratch, change)
        self.snapshot = self.directory.promote(made, quads=quads, empty_graphs=empty)
        self._quads, self._empty = quads, empty

    def _emptied(self, scratch: StagingStore, change: Patch) -> set[str]:
        """Return the named graphs that exist and hold nothing, after a change."""
        empty = set(self._empty)
        for graph in change.graphs() - {""}:
            name = ox.NamedNode(graph)
            holds = next(scratch.store.quads_for_pattern(None, None, None, name), None)
            if holds is None and scratch.store.contains_named_graph(name):
                empty.add(graph)
            else:
                empty.discard(graph)
        return empty


def _too_deep(term: object) -> bool:
    """Whether triple terms are nested so deeply that whoever reads them may run out of stack.

    A parser may take 100,000 levels that the next one, or the loading of a store, dies of.
    """
    return isinstance(term, ox.Triple) and str(term).endswith(_TOO_DEEP)
