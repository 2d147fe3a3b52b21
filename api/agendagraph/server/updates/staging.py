"""Execute updates on a staging store and compute exactly what they change.

Oxigraph executes an update without reporting its changes. So before each operation a query asks
for the candidates: a superset of the quads that the operation can touch. The change is the
difference between the candidates that the store contains before and after. It costs about as
much as the operation. Where there is no such query (a template mints blank nodes, a function is
not deterministic), the graphs that the operation writes to are compared in full.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.server.updates.patch import Patch
from agendagraph.sparql import update_operations
from agendagraph.sparql.lexer import Unclear
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.sparql.syntax_errors import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agendagraph.sparql.update_operations import Block, Operation

_DEFAULT: Final = ox.DefaultGraph()
_MOST_CANDIDATES: Final = 500_000
"""Above this number, comparing whole graphs is cheaper than looking up each quad."""

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


def normalized(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Return quads as a store returns them: it keeps the value of a number, not its lexical form.

    >>> (quad,) = ox.parse("<a:a> <a:b> 1.0 .", format=ox.RdfFormat.TURTLE)
    >>> [quad.object.value for quad in normalized([quad])]
    ['1']
    """
    store = ox.Store()
    store.extend(quads)
    return set(store)


def parse(text: str, base: str | None) -> None:
    """Parse a whole update: a blank node label must not occur in two operations.

    Not called if there are declarations between operations: Oxigraph 0.5.13 does not parse
    them, although the grammar has them (SPARQL 1.1, rule 29).
    """
    with suppress(RuntimeError, OSError, ValueError):  # the store is empty; LOAD finds no socket
        ox.Store().update(f"{text}\n", base_iri=base)


def _located(error: SyntaxError, part: Operation, text: str) -> SyntaxError:
    """Translate the place of an error in one operation to its place in the whole update."""
    place = place_of(str(error))
    if place is None:
        return error
    line, column = part.located(*place[:2], text)
    return SyntaxError(f"error at {line}:{column}: {place[2]}")


class StagingStore:
    """A disposable store, in memory or on disk, that records its changes.

    CLEAR ALL and DROP ALL leave the graph *protected* as it is.
    """

    def __init__(self, store: ox.Store, *, protected: str = "") -> None:
        self.store = store
        self._protected = ox.NamedNode(protected) if protected else None
        self.committed()

    def committed(self) -> None:
        """Reset the patch: its changes were committed."""
        self.patch = Patch()
        self.touched = False
        """Whether an operation was started since the last commit, even if it failed."""

    def update(
        self,
        text: str,
        *,
        base: str | None = None,
        using: tuple[str, ...] = (),
        using_named: tuple[str, ...] = (),
        load: Callable[[str], list[ox.Quad] | None] | None = None,
    ) -> None:
        """Execute a SPARQL update.

        *using* and *using_named* are of the SPARQL protocol: ``using-graph-uri`` and
        ``using-named-graph-uri``. *load* is called for each LOAD with the IRI of its graph, and
        returns the fetched quads, or ``None`` for a failure that SILENT ignores.

        Raises:
            SyntaxError: The text does not parse; nothing was changed.
            Refusal: The update names its own dataset besides *using*, or cannot be split to tell.
            RuntimeError: An operation failed; the store must be discarded.
        """
        try:
            parts = update_operations.split(text)
            if len({part.prologue for part in parts}) <= 1 != len(parts):
                parse(text, base)
            if using or using_named:
                parts = [part.with_dataset(using, using_named) for part in parts]
        except Unclear:
            if using or using_named:
                raise Refusal(Reason.BAD_REQUEST, cause="dataset-not-given") from None
            with self._comparing(None):
                self.store.update(text, base_iri=base)
            return
        except ValueError:
            raise Refusal(Reason.BAD_REQUEST, cause="two-datasets") from None
        for part in parts:
            try:
                self._operation(part, base, load)
            except SyntaxError as error:
                raise _located(error, part, text) from None

    def _operation(
        self,
        part: Operation,
        base: str | None,
        load: Callable[[str], list[ox.Quad] | None] | None,
    ) -> None:
        if part.kind == "INSERT DATA":
            self.add(self._data(part, base))
        elif part.kind == "DELETE DATA":
            with self._tracking(self._data(part, base)):
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
        """Return the quads of ``INSERT DATA`` or ``DELETE DATA``."""
        reader = ox.Store()
        if part.kind == "DELETE DATA":
            ox.Store().update(part.runnable, base_iri=base)  # rejects blank nodes
        reader.update(f"{part.prologue}\nINSERT DATA {part.data}", base_iri=base)
        return set(reader)

    def _modify(self, part: Operation, base: str | None) -> None:
        candidates = None
        if not part.mints:
            with suppress(SyntaxError, ValueError, RuntimeError):  # not all are of CONSTRUCT
                candidates = self._candidates(part, base)
        tracking = (
            self._comparing(self._written(part, base))
            if candidates is None
            else self._tracking(normalized(candidates))
        )
        with tracking:
            self.store.update(part.runnable, base_iri=base)

    def _candidates(self, part: Operation, base: str | None) -> set[ox.Quad] | None:
        """Return a superset of the quads that an operation can touch; ``None`` if too many."""
        dataset = part.using
        default: GraphName | None = None
        if not dataset and part.with_graph:
            default = self._term(part.with_graph, part, base)
        candidates: set[ox.Quad] = set()
        for block in part.blocks:
            text = f"{part.prologue} CONSTRUCT {{ {block.triples} }} {dataset} WHERE {part.pattern}"
            triples = self.store.query(text, base_iri=base, default_graph=default)
            graphs = self._graphs_of(block, part, base, default)
            for triple in triples:  # type: ignore[union-attr]
                for graph in graphs:
                    candidates.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
                if len(candidates) > _MOST_CANDIDATES:
                    return None
        return candidates

    def _graphs_of(
        self,
        block: Block,
        part: Operation,
        base: str | None,
        default: GraphName | None,
    ) -> list[GraphName]:
        """Return the graphs that a block of a template writes to in this store."""
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
        """Return the absolute IRI of a prefixed name or a relative IRI."""
        text = f"{part.prologue} SELECT ({written} AS ?iri) {{}}"
        (row,) = ox.Store().query(text, base_iri=base)  # type: ignore[misc]
        term = row[0]
        if not isinstance(term, ox.NamedNode):
            raise ValueError(f"{written} is not an IRI")  # noqa: TRY004 - of SPARQL, not of Python
        return term

    def _written(self, part: Operation, base: str | None) -> list[GraphName] | None:
        """Return the graphs that an operation writes to; ``None`` if they are variable."""
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
        with self._comparing(graphs), self._preserving_protected(graphs):
            try:
                self.store.update(part.runnable, base_iri=base)
            except RuntimeError as error:
                # A missing graph is as empty as CLEAR would leave it (SPARQL 1.1 Update, 3.1.5,
                # leaves the choice to the store).
                if part.kind != "CLEAR" or "does not exist" not in str(error):
                    raise

    @contextmanager
    def _preserving_protected(self, graphs: list[GraphName] | None) -> Iterator[None]:
        """Restore the protected graph after an operation on all graphs."""
        protected = self._quads_of([self._protected] if graphs is None and self._protected else [])
        yield
        self.store.extend(protected)

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads."""
        new = {quad for quad in normalized(quads) if quad not in self.store}
        with self._tracking_names({quad.graph_name for quad in new}):
            self.store.extend(new)
            self.patch.follow(Patch(added=new))

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Remove quads; missing ones are ignored."""
        with self._tracking(quads := normalized(quads)):
            for quad in quads:
                self.store.remove(quad)

    def create(self, graph: str) -> None:
        """Create a named graph, which may stay empty; the default graph (blank) always exists."""
        if graph:
            with self._tracking_names({ox.NamedNode(graph)}):
                self.store.add_graph(ox.NamedNode(graph))

    def drop(self, graph: str) -> None:
        """Drop a named graph, or clear the default graph."""
        name: GraphName = ox.NamedNode(graph) if graph else _DEFAULT
        with self._comparing([name]):
            self.store.remove_graph(name)

    def replace(self, graph: str, quads: Iterable[ox.Quad]) -> None:
        """Replace the contents of *graph* by *quads*, which are all in *graph*."""
        wanted = normalized(quads)
        name: GraphName = ox.NamedNode(graph) if graph else _DEFAULT
        current = self._quads_of([name])
        with self._tracking_names({name}):
            for quad in current - wanted:
                self.store.remove(quad)
            self.store.extend(wanted - current)
            if graph:
                self.store.add_graph(ox.NamedNode(graph))
            self.patch.follow(Patch(added=wanted - current, removed=current - wanted))

    def apply(self, patch: Patch) -> None:
        """Apply a patch whose changes are all effective, and whose quads are normalised.

        The caller has checked: looking up each quad again would take longer than the change.
        """
        with self._tracking_names({quad.graph_name for quad in (*patch.removed, *patch.added)}):
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

    def _tracking(self, candidates: set[ox.Quad]) -> AbstractContextManager[None]:
        """Record which of *candidates* the block adds and removes."""
        names = {quad.graph_name for quad in candidates}
        return self._recording(names, lambda: {quad for quad in candidates if quad in self.store})

    def _comparing(self, graphs: list[GraphName] | None) -> AbstractContextManager[None]:
        """Record what the block changes in *graphs*, or in all graphs, by comparing them."""
        names = None if graphs is None else set(graphs)
        return self._recording(names, lambda: self._quads_of(graphs))

    @contextmanager
    def _recording(
        self, names: set[GraphName] | None, quads: Callable[[], set[ox.Quad]]
    ) -> Iterator[None]:
        before = quads()
        with self._tracking_names(names):
            yield
            after = quads()
            self.patch.follow(Patch(added=after - before, removed=before - after))

    def _quads_of(self, graphs: list[GraphName] | None) -> set[ox.Quad]:
        if graphs is None:
            return set(self.store)
        return {
            quad
            for graph in graphs
            for quad in self.store.quads_for_pattern(None, None, None, graph)
        }

    @contextmanager
    def _tracking_names(self, graphs: set[GraphName] | None) -> Iterator[None]:
        """Record which of the named *graphs*, or of all, the block creates and drops."""
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
