"""Carry out updates on a scratch store, and learn exactly what they changed.

The engine does the updating and does not tell what it did. So before an operation runs, we
ask the engine for quads that the operation could touch: more than it will, never fewer.
Which of them are there before, and which afterwards, is the change. It costs as much as the
operation itself. Where no such question can be made (a template mints blank nodes, a value
differs the next time), the graphs that it writes to are compared as wholes.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.server.updates.patch import Patch
from agendagraph.sparql import update_operations
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.tokens import Unclear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agendagraph.sparql.update_operations import Block, Operation

_DEFAULT: Final = ox.DefaultGraph()
_MOST_CANDIDATES: Final = 500_000
"""More than these, and comparing whole graphs is cheaper than asking for each quad."""

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class DatasetConflictError(ValueError):
    """The request names a dataset, and so does the update, or what it is cannot be made out."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


class _TooManyError(Exception):
    """There are too many candidates."""


def normalized(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Return quads as a store gives them back: it keeps the value of a number, not its digits.

    >>> (quad,) = ox.parse("<a:a> <a:b> 1.0 .", format=ox.RdfFormat.TURTLE)
    >>> [each.object.value for each in normalized([quad])]
    ['1']
    """
    store = ox.Store()
    store.extend(quads)
    return set(store)


_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def _located(error: SyntaxError, part: Operation, text: str) -> SyntaxError:
    """Return an engine's error about one operation as one about the whole update."""
    match = _PLACE.fullmatch(str(error))
    if match is None:
        return error
    line, column = part.located(int(match[1]), int(match[2]), text)
    return SyntaxError(f"error at {line}:{column}: {match[3]}")


class StagingStore:
    """A store that may be thrown away, and what was changed in it so far.

    Attributes:
        store: The store; in memory or on disk.
        patch: The change since this object was made, or was last kept.
        touched: Whether anything was tried, even in vain.
    """

    def __init__(self, store: ox.Store, *, protected: str = "") -> None:
        """Change *store*; CLEAR ALL and DROP ALL pass over the graph *protected*."""
        self.store = store
        self._protected = ox.NamedNode(protected) if protected else None
        self.patch = Patch()
        self.touched = False

    def committed(self) -> None:
        """Begin anew from here: what has happened was committed."""
        self.patch = Patch()
        self.touched = False

    def update(
        self,
        text: str,
        *,
        base: str | None = None,
        using: tuple[str, ...] = (),
        using_named: tuple[str, ...] = (),
        load: Callable[[str], list[ox.Quad] | None] | None = None,
    ) -> None:
        """Carry out a SPARQL update.

        Args:
            text: The update.
            base: The IRI against which relative IRIs are resolved.
            using: Graphs whose merge the WHERE clauses read as the default graph.
            using_named: Named graphs that the WHERE clauses read.
            load: Called for one LOAD after the other with the name of its graph; returns
                the quads that were fetched, or ``None`` where a failure is to be passed over.

        Raises:
            SyntaxError: The text does not parse; nothing was changed.
            DatasetConflictError: The update names its own dataset besides *using*.
            RuntimeError: An operation failed; the store must be thrown away.
        """
        try:
            parts = update_operations.split(text)
            if len({part.prologue for part in parts}) <= 1 != len(parts):
                self._parse(text, base)
            if using or using_named:
                parts = [part.with_dataset(using, using_named) for part in parts]
        except Unclear:
            if using or using_named:
                raise DatasetConflictError(Cause.DATASET_NOT_GIVEN) from None
            with self._compared(None):
                self.store.update(text, base_iri=base)
            return
        except ValueError:
            raise DatasetConflictError(Cause.TWO_DATASETS) from None
        for part in parts:
            try:
                self._operation(part, base, load)
            except SyntaxError as error:
                raise _located(error, part, text) from None

    def _parse(self, text: str, base: str | None) -> None:
        """Have the engine parse the whole text, as operations share names of blank nodes.

        Not where there are declarations between operations: Oxigraph 0.5.13 does not read
        them, although the grammar has them (SPARQL 1.1, rule 29).
        """
        try:
            ox.Store().update(f"{text}\n", base_iri=base)
        except (RuntimeError, OSError):
            return  # it parses; what an empty store lacks is no matter

    def _operation(
        self,
        part: Operation,
        base: str | None,
        load: Callable[[str], list[ox.Quad] | None] | None,
    ) -> None:
        if part.kind == "INSERT DATA":
            self.add(self._data(part, base))
        elif part.kind == "DELETE DATA":
            with self._watched(self._data(part, base)):
                self.store.update(part.runnable, base_iri=base)
        elif part.kind == "MODIFY":
            self._modify(part, base)
        elif part.kind == "LOAD" and load is not None:
            graph = self._term(part.targets[0], part, base).value if part.targets else ""
            quads = load(graph)
            if quads is not None:
                self.create(graph)
                self.add(quads)
        else:
            self._manage(part, base)

    def _data(self, part: Operation, base: str | None) -> set[ox.Quad]:
        """Return the quads that stand in ``INSERT DATA`` or ``DELETE DATA``."""
        reader = ox.Store()
        if part.kind == "DELETE DATA":
            ox.Store().update(part.runnable, base_iri=base)  # refuses what DELETE may not hold
        reader.update(f"{part.prologue}\nINSERT DATA {part.data}", base_iri=base)
        return set(reader)

    def _modify(self, part: Operation, base: str | None) -> None:
        candidates = None if part.mints else self._candidates(part, base)
        watching = (
            self._compared(self._written(part, base))
            if candidates is None
            else self._watched(normalized(candidates))
        )
        with watching:
            self.store.update(part.runnable, base_iri=base)

    def _candidates(self, part: Operation, base: str | None) -> set[ox.Quad] | None:
        """Return quads of which an operation can touch no others, if that can be asked."""
        try:
            return self._instances(part, base)
        except (_TooManyError, SyntaxError, ValueError, RuntimeError):
            return None

    def _instances(self, part: Operation, base: str | None) -> set[ox.Quad]:
        dataset = part.using
        default: GraphName | None = None
        if not dataset and part.with_graph:
            default = self._term(part.with_graph, part, base)
        found: set[ox.Quad] = set()
        for block in part.blocks:
            text = f"{part.prologue} CONSTRUCT {{ {block.triples} }} {dataset} WHERE {part.pattern}"
            triples = self.store.query(text, base_iri=base, default_graph=default)
            graphs = self._graphs_of(block, part, base, default)
            for triple in triples:  # type: ignore[union-attr]
                for graph in graphs:
                    found.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
                if len(found) > _MOST_CANDIDATES:
                    raise _TooManyError
        return found

    def _graphs_of(
        self,
        block: Block,
        part: Operation,
        base: str | None,
        default: GraphName | None,
    ) -> list[GraphName]:
        """Return the graphs that a part of a template writes to, in this store."""
        written = block.graph or part.with_graph
        if not written:
            return [_DEFAULT]
        if written[0] not in "?$":
            return [self._term(written, part, base)]
        text = f"{part.prologue} SELECT DISTINCT {written} {part.using} WHERE {part.pattern}"
        rows = self.store.query(text, base_iri=base, default_graph=default)
        values = {row[0] for row in rows}  # type: ignore[union-attr]
        return [value for value in values if isinstance(value, ox.NamedNode)]

    def _term(self, written: str, part: Operation, base: str | None) -> ox.NamedNode:
        """Return the IRI that a prefixed name or a relative IRI stands for."""
        text = f"{part.prologue} SELECT ({written} AS ?iri) {{}}"
        (row,) = ox.Store().query(text, base_iri=base)  # type: ignore[misc]
        term = row[0]
        if not isinstance(term, ox.NamedNode):
            raise ValueError(f"{written} is no IRI")  # noqa: TRY004 - of SPARQL, not of Python
        return term

    def _written(self, part: Operation, base: str | None) -> list[GraphName] | None:
        """Return the graphs that an operation writes to; ``None`` where they vary."""
        names = {block.graph or part.with_graph for block in part.blocks}
        if any(name[:1] in ("?", "$") for name in names if name):
            return None
        return [self._term(name, part, base) if name else _DEFAULT for name in names]

    def _manage(self, part: Operation, base: str | None) -> None:
        graphs: list[GraphName] | None = [
            _DEFAULT if name == "DEFAULT" else self._term(name, part, base)
            for name in part.targets
            if name not in ("ALL", "NAMED")
        ]
        if {"ALL", "NAMED"} & set(part.targets):
            graphs = None
        with self._compared(graphs), self._spared(graphs):
            try:
                self.store.update(part.runnable, base_iri=base)
            except RuntimeError as error:
                # A graph that is not there is as empty as CLEAR would make it (SPARQL 1.1
                # Update, 3.1.5, leaves the choice to the store).
                if part.kind != "CLEAR" or "does not exist" not in str(error):
                    raise

    @contextmanager
    def _spared(self, graphs: list[GraphName] | None) -> Iterator[None]:
        """Bring back the protected graph after an operation on all graphs."""
        keep = self._held([self._protected] if graphs is None and self._protected else [])
        yield
        self.store.extend(keep)

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads."""
        new = {quad for quad in normalized(quads) if quad not in self.store}
        with self._names({quad.graph_name for quad in new}):
            self.store.extend(new)
            self.patch.follow(Patch(added=new))

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Remove quads; those that are not there are passed over."""
        with self._watched(quads := normalized(quads)):
            for quad in quads:
                self.store.remove(quad)

    def create(self, graph: str) -> None:
        """Make a named graph exist, be it empty; blank is the default graph, which does."""
        if graph:
            with self._names({ox.NamedNode(graph)}):
                self.store.add_graph(ox.NamedNode(graph))

    def drop(self, graph: str) -> None:
        """Remove a named graph with what it holds, or empty the default one."""
        name: GraphName = ox.NamedNode(graph) if graph else _DEFAULT
        with self._compared([name]):
            self.store.remove_graph(name)

    def replace(self, graph: str, quads: Iterable[ox.Quad]) -> None:
        """Make *quads*, all of them of *graph*, the whole of that graph."""
        wanted = normalized(quads)
        name: GraphName = ox.NamedNode(graph) if graph else _DEFAULT
        held = set(self.store.quads_for_pattern(None, None, None, name))
        with self._names({name}):
            for quad in held - wanted:
                self.store.remove(quad)
            self.store.extend(wanted - held)
            if graph:
                self.store.add_graph(ox.NamedNode(graph))
            self.patch.follow(Patch(added=wanted - held, removed=held - wanted))

    def apply(self, patch: Patch) -> None:
        """Do what a patch says, of which nothing may be so already.

        The caller has looked, and the quads are as a store gives them back: to look again
        before and after would take longer than the change.
        """
        with self._names({quad.graph_name for quad in (*patch.removed, *patch.added)}):
            for quad in patch.removed:
                self.store.remove(quad)
            self.store.extend(patch.added)
            self.patch.follow(Patch(added=set(patch.added), removed=set(patch.removed)))
        for graph in sorted(patch.dropped):
            name = ox.NamedNode(graph)
            if next(self.store.quads_for_pattern(None, None, None, name), None) is None:
                self.drop(graph)
        for graph in sorted(patch.created):
            self.create(graph)

    @contextmanager
    def _watched(self, candidates: set[ox.Quad]) -> Iterator[None]:
        """Learn which of *candidates* the work inside adds and removes."""
        before = {quad for quad in candidates if quad in self.store}
        with self._names({quad.graph_name for quad in candidates}):
            yield
            after = {quad for quad in candidates if quad in self.store}
            self.patch.follow(Patch(added=after - before, removed=before - after))

    @contextmanager
    def _compared(self, graphs: list[GraphName] | None) -> Iterator[None]:
        """Learn what the work inside does to *graphs*, or to all, by comparing them."""
        before = self._held(graphs)
        names = set(graphs) if graphs is not None else None
        with self._names(names):
            yield
            after = self._held(graphs)
            self.patch.follow(Patch(added=after - before, removed=before - after))

    def _held(self, graphs: list[GraphName] | None) -> set[ox.Quad]:
        if graphs is None:
            return set(self.store)
        return {
            quad
            for graph in graphs
            for quad in self.store.quads_for_pattern(None, None, None, graph)
        }

    @contextmanager
    def _names(self, graphs: set[GraphName] | None) -> Iterator[None]:
        """Learn which of the named *graphs*, or of all, begin or cease to exist inside."""
        self.touched = True
        before = self._existing(graphs)
        yield
        after = self._existing(graphs)
        self.patch.follow(Patch(created=after - before, dropped=before - after))

    def _existing(self, graphs: set[GraphName] | None) -> set[str]:
        if graphs is None:
            return {name.value for name in self.store.named_graphs()}
        named = {name for name in graphs if isinstance(name, ox.NamedNode)}
        return {name.value for name in named if self.store.contains_named_graph(name)}
