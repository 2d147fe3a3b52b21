"""Hold one change after the other against the shapes, in a process that stays warm.

It keeps the union of the validated graphs as triples, and the shapes as pySHACL has read
them, so that a change costs what the change affects and not what the graph holds. pySHACL
changes how rdflib behaves in its whole process, hence the process of its own; it is started
by `server.updates.gate.validator_client`, talks by frames over its control socket, and ends with
it.

A change that is refused, or never kept, is taken back with the next message.
"""

from __future__ import annotations

import gc
import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox
from pyshacl.graph_abstraction import DataGraph
from pyshacl.pytypes import SHACLExecutor
from pyshacl.shapes_graph import ShapesGraph
from pyshacl.validator import Validator
from rdflib import RDF, RDFS, SH, Graph, URIRef

from agendagraph.processes import boot
from agendagraph.processes.channel import read_message, write_message
from agendagraph.rdf.reading import rdf_files
from agendagraph.server.updates.gate.impact import DESCRIBING, READS, Change, Targets, impacts_of
from agendagraph.server.updates.staging import normalized
from agendagraph.validation import pyshacl_patches
from agendagraph.validation.child import result_row
from agendagraph.validation.rdflib_graph import rdflib_term, rdflib_triple, read_graph
from agendagraph.validation.shape_rewriting import propagate_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

    from agendagraph.server.updates.gate.impact import Triple

_DEEPEST: Final = 30
_LARGE: Final = 5000
"""Triples above which it is quicker to check everything than to find what is affected."""


class IncrementalValidator:
    """The validated graphs, the shapes, and the change that is on trial.

    Args:
        shapes: The shapes, as they stand in their files.
        triples: The union of the validated graphs.
    """

    def __init__(self, shapes: Graph, triples: Iterable[ox.Triple]) -> None:
        """Read the shapes and the data; nothing is checked yet."""
        self._store = ox.Store()
        self._store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        self.data = data = _graph_of(self._store)
        propagate_targets(shapes)
        self._shapes = shapes
        self._graph = DataGraph.from_rdflib(data)
        self._parsed = ShapesGraph(shapes)
        self._by_node = {each.node: each for each in self._parsed.shapes}
        self._impacts = impacts_of(shapes)
        self._queries = queries(shapes)
        self._targets = Targets(shapes, data)
        self._executor = SHACLExecutor(allow_warnings=True, max_validation_depth=_DEEPEST)
        self._pending: tuple[list[ox.Triple], list[ox.Triple]] = ([], [])
        self.checked = 0
        """Pairs of a shape and a focus node that the last check held against each other."""

    def commit(self) -> None:
        """Make the change on trial part of the data."""
        self._pending = ([], [])

    def rollback(self) -> None:
        """Undo the change on trial."""
        added, removed = self._pending
        self._pending = ([], [])
        self._apply(removed, added)

    def _apply(self, added: list[ox.Triple], removed: list[ox.Triple]) -> list[Triple]:
        """Change the data, and return the triples that came or went."""
        gone, come = [rdflib_triple(t) for t in removed], [rdflib_triple(t) for t in added]
        for triple in removed:
            self._store.remove(ox.Quad(triple.subject, triple.predicate, triple.object))
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in added)
        for each in gone:
            self.data.remove(each)
        for each in come:
            self.data.add(each)
        if any(each[1] == RDFS.subClassOf for each in (*gone, *come)):
            self._targets.clear_classes()
        return gone + come

    def check(
        self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple]
    ) -> list[dict[str, Any]]:
        """Put a change on trial, and return what the nodes that it can affect break.

        Args:
            added: Triples that were not there.
            removed: Triples that were there.
        """
        self._pending = (_normalized(added), _normalized(removed))
        triples = self._apply(*self._pending)
        change = Change(triples)
        if RDFS.subClassOf in change.by_predicate or len(triples) > _LARGE:
            return self.check_all()
        self.checked = 0
        reports: list[Any] = []
        for impact in self._impacts:
            affected = impact.affected(change, self.data)
            if affected is None:
                if not self._holds_by_query(impact.shape):
                    reports += self._validate(impact.shape, None)
            elif focus := self._targets.among(impact.shape, affected):
                reports += self._validate(impact.shape, focus)
        return self._findings(reports)

    def check_all(self) -> list[dict[str, Any]]:
        """Return what the data breaks, all of it, the change on trial included."""
        self.checked = 0
        reports: list[Any] = []
        for impact in self._impacts:
            reports += self._validate(impact.shape, None)
        return self._findings(reports)

    def _holds_by_query(self, shape: Node) -> bool:
        """Whether a shape that is only a query finds nothing, asked of Oxigraph.

        rdflib, which pySHACL asks, takes a hundred times as long. It is asked for the report
        when there is something to report.
        """
        texts = self._queries.get(shape)
        if texts is None:
            return False
        this = ox.Variable("this")
        for focus in self._by_node[shape].focus_nodes(self._graph):
            node = ox.NamedNode(focus) if isinstance(focus, URIRef) else None
            if node is None:
                return False
            self.checked += 1
            for text in texts:
                rows = self._store.query(text, substitutions={this: node})
                if next(iter(rows), None) is not None:  # type: ignore[arg-type]
                    return False
        return True

    def _validate(self, shape: Node, focus: list[Node] | None) -> list[Any]:
        self.checked += 1 if focus is None else len(focus)
        _, reports = self._by_node[shape].validate(self._executor, self._graph, focus=focus)
        return list(reports)

    def _findings(self, reports: list[Any]) -> list[dict[str, Any]]:
        if not reports:
            return []
        results, _ = Validator.create_validation_report(self._parsed, False, reports)  # noqa: FBT003
        return [
            result_row(results, self._shapes, node) for node in results.objects(None, SH.result)
        ]


def read_shapes(paths: Iterable[Path]) -> Graph:
    """Return the shapes of files or folders as one graph."""
    return read_graph(rdf_files(paths))


def _graph_of(store: ox.Store) -> Graph:
    """Return what a store holds as rdflib's graph; most terms occur again and again."""
    graph = Graph()
    add, known = graph.store.add, {}
    gc.disable()  # a million new objects, and none of them rubbish
    for quad in store:
        for term in (quad.subject, quad.predicate, quad.object):
            if term not in known:
                known[term] = rdflib_term(term)
        add((known[quad.subject], known[quad.predicate], known[quad.object]), graph)
    gc.enable()
    return graph


def queries(shapes: Graph) -> dict[Node, list[str]]:
    """Return the queries of the shapes that are nothing but queries in SPARQL."""
    found: dict[Node, list[str]] = {}
    for shape in set(shapes.subjects(SH.sparql)):
        rest = set(shapes.predicates(shape)) - {RDF.type, SH.sparql, *DESCRIBING}
        constraints = list(shapes.objects(shape, SH.sparql))
        plain = all(
            set(shapes.predicates(each)) <= {RDF.type, SH.select, SH.message, SH.prefixes, READS}
            for each in constraints
        )
        if not rest and plain:
            found[shape] = [_query_text(shapes, each) for each in constraints]
    return found


def _query_text(shapes: Graph, constraint: Node) -> str:
    declared = [
        f"PREFIX {shapes.value(each, SH.prefix)}: <{shapes.value(each, SH.namespace)}>"
        for where in shapes.objects(constraint, SH.prefixes)
        for each in shapes.objects(where, SH.declare)
    ]
    return "\n".join([*declared, str(shapes.value(constraint, SH.select))])


def read_checkpoint(path: str, prefix: str, excluded: str) -> Iterator[ox.Triple]:
    """Yield the triples of a checkpoint's graphs whose names begin with *prefix*."""
    store = ox.Store.read_only(path)
    for name in store.named_graphs():
        iri = name.value if isinstance(name, ox.NamedNode) else ""
        if iri.startswith(prefix) and iri != excluded:
            for quad in store.quads_for_pattern(None, None, None, name):
                if not isinstance(quad.object, ox.Triple):  # SHACL has no word for it
                    yield quad.triple


def triples_of(text: str) -> list[ox.Triple]:
    """Return the triples of a text in N-Triples."""
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES, lenient=True)]


def _normalized(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return triples as a store gives them back."""
    quads = normalized(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return [quad.triple for quad in quads]


def _load(setup: dict[str, Any]) -> IncrementalValidator:
    shapes = read_shapes(Path(each) for each in setup["shapes"])
    return IncrementalValidator(
        shapes, read_checkpoint(setup["path"], setup["prefix"], setup["excluded"])
    )


def main() -> None:
    """Answer messages on the control socket until the writer has gone.

    ``load`` names a checkpoint to start from; ``check`` puts a change on trial; ``commit`` and
    ``rollback`` end the trial.
    """
    stream = boot.control_socket().makefile("rwb")
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    pyshacl_patches.install()
    checker: IncrementalValidator | None = None
    while (message := read_message(stream)) is not None:
        do = message["do"]
        try:
            if do == "load":
                checker = _load(message)
                gc.freeze()
                write_message(stream, triples=len(checker.data))
            elif checker is None:
                write_message(stream, failed="nothing was loaded")
            elif do == "check":
                results = checker.check(
                    triples_of(message["added"]), triples_of(message["removed"])
                )
                write_message(stream, results=results, checked=checker.checked)
            elif do == "commit":
                checker.commit()
            else:
                checker.rollback()
        except ConnectionError:  # the writer has gone
            os._exit(0)  # without flushing what it would not read
        except Exception as error:  # noqa: BLE001 - whatever it is, the writer must learn of it
            write_message(stream, failed=f"{type(error).__name__}: {error}"[:400])
