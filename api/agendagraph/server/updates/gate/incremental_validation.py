"""Incremental SHACL validation of one change after the other, in a process that stays warm.

The process has the union of the validated graphs and the shapes as pySHACL parsed them, so that
validating a change costs what the change affects and not what the graph contains. It is a
process of its own because pySHACL changes the behaviour of rdflib in its whole process.
`gate.validator_client` starts it and exchanges frames with it over its control socket; it exits
when the socket is closed.

A pending change that is not committed is rolled back before the next one.
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
from agendagraph.server.updates.history import is_validated
from agendagraph.server.updates.staging import normalized
from agendagraph.validation import pyshacl_patches
from agendagraph.validation.child import result_row
from agendagraph.validation.rdflib_graph import rdflib_term, rdflib_triple, read_graph
from agendagraph.validation.shape_rewriting import propagate_targets
from agendagraph.validation.shapes_lint import declared_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

    from agendagraph.server.updates.gate.impact import Triple

_DEEPEST: Final = 30
_PLAIN_CONSTRAINT: Final = {RDF.type, SH.select, SH.message, SH.prefixes, READS}
_LARGE: Final = 5000
"""For a larger change, validating the whole graph is faster than computing its impact."""


class IncrementalValidator:
    """The union of the validated graphs, the shapes, and the pending change."""

    def __init__(self, shapes: Graph, triples: Iterable[ox.Triple]) -> None:
        self._store = ox.Store()
        self._store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        self.data = data = _graph_of(self._store)
        propagate_targets(shapes)
        self._shapes = shapes
        self._graph = DataGraph.from_rdflib(data)
        self._parsed = ShapesGraph(shapes)
        self._by_node = {shape.node: shape for shape in self._parsed.shapes}
        self._impacts = impacts_of(shapes)
        self._queries = queries(shapes)
        self._targets = Targets(shapes, data)
        self._executor = SHACLExecutor(allow_warnings=True, max_validation_depth=_DEEPEST)
        self._pending: tuple[list[ox.Triple], list[ox.Triple]] = ([], [])
        self.checked = 0
        """Pairs of a shape and a focus node that the last check validated."""

    def commit(self) -> None:
        """Make the pending change part of the data."""
        self._pending = ([], [])

    def rollback(self) -> None:
        """Undo the pending change."""
        added, removed = self._pending
        self._pending = ([], [])
        self._apply(removed, added)

    def _apply(self, added: list[ox.Triple], removed: list[ox.Triple]) -> list[Triple]:
        """Change the data, and return the added and removed triples."""
        removals = [rdflib_triple(triple) for triple in removed]
        additions = [rdflib_triple(triple) for triple in added]
        for triple in removed:
            self._store.remove(ox.Quad(triple.subject, triple.predicate, triple.object))
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in added)
        for row in removals:
            self.data.remove(row)
        for row in additions:
            self.data.add(row)
        if any(predicate == RDFS.subClassOf for _, predicate, _ in (*removals, *additions)):
            self._targets = Targets(self._shapes, self.data)
        return removals + additions

    def check(
        self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple]
    ) -> list[dict[str, Any]]:
        """Apply a change, which is then pending, and return the violations of affected nodes.

        The data contains none of the triples *added* and all of the triples *removed*.
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
                if not self._conforms_by_query(impact.shape):
                    reports += self._validate(impact.shape, None)
            elif focus := [n for n in affected if self._targets.contains(impact.shape, n)]:
                reports += self._validate(impact.shape, focus)
        return self._findings(reports)

    def check_all(self) -> list[dict[str, Any]]:
        """Return all violations of the data, including the pending change."""
        self.checked = 0
        reports: list[Any] = []
        for impact in self._impacts:
            reports += self._validate(impact.shape, None)
        return self._findings(reports)

    def _conforms_by_query(self, shape: Node) -> bool:
        """Whether a shape of SPARQL constraints only has no violation, evaluated by Oxigraph.

        rdflib, which pySHACL uses, takes a hundred times as long. It evaluates the query again
        only if there is a violation to report.
        """
        texts = self._queries.get(shape)
        if texts is None:
            return False
        this = ox.Variable("this")
        for focus in self._by_node[shape].focus_nodes(self._graph):
            if not isinstance(focus, URIRef):
                return False
            self.checked += 1
            for text in texts:
                rows = self._store.query(text, substitutions={this: ox.NamedNode(focus)})
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


def _graph_of(store: ox.Store) -> Graph:
    """Return the contents of a store as an rdflib graph; each term is converted once."""
    graph = Graph()
    add, terms = graph.store.add, {}
    gc.disable()  # a million new objects, and none of them garbage
    for quad in store:
        for term in (quad.subject, quad.predicate, quad.object):
            if term not in terms:
                terms[term] = rdflib_term(term)
        add((terms[quad.subject], terms[quad.predicate], terms[quad.object]), graph)
    gc.enable()
    return graph


def queries(shapes: Graph) -> dict[Node, list[str]]:
    """Return the queries of the shapes that have SPARQL constraints and no others."""
    texts: dict[Node, list[str]] = {}
    for shape in set(shapes.subjects(SH.sparql)):
        rest = set(shapes.predicates(shape)) - {RDF.type, SH.sparql, *DESCRIBING}
        constraints = list(shapes.objects(shape, SH.sparql))
        plain = all(set(shapes.predicates(node)) <= _PLAIN_CONSTRAINT for node in constraints)
        if not rest and plain:
            texts[shape] = [_query_text(shapes, constraint) for constraint in constraints]
    return texts


def _query_text(shapes: Graph, constraint: Node) -> str:
    prefixes = declared_prefixes(shapes, constraint).items()
    declarations = [f"PREFIX {prefix}: <{iri}>" for prefix, iri in prefixes]
    return "\n".join([*declarations, str(shapes.value(constraint, SH.select))])


def read_checkpoint(path: str, prefix: str) -> Iterator[ox.Triple]:
    """Yield the triples of the validated graphs of a checkpoint."""
    store = ox.Store.read_only(path)
    for name in store.named_graphs():
        if is_validated(name, prefix):
            for quad in store.quads_for_pattern(None, None, None, name):
                if not isinstance(quad.object, ox.Triple):  # not covered by SHACL
                    yield quad.triple


def triples_of(text: str) -> list[ox.Triple]:
    """Parse N-Triples."""
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES, lenient=True)]


def _normalized(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return triples as a store returns them; see `staging.normalized`."""
    quads = normalized(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return [quad.triple for quad in quads]


def _load(setup: dict[str, Any]) -> IncrementalValidator:
    shapes = read_graph(rdf_files(map(Path, setup["shapes"])))
    triples = read_checkpoint(setup["path"], setup["prefix"])
    return IncrementalValidator(shapes, triples)


def main() -> None:
    """Answer the messages on the control socket until the writer has gone.

    ``load`` loads a checkpoint; ``check`` validates a change, which is then pending until
    ``commit`` or ``rollback``.
    """
    stream = boot.control_socket().makefile("rwb")
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    pyshacl_patches.install()
    validator: IncrementalValidator | None = None
    while (message := read_message(stream)) is not None:
        do = message["do"]
        try:
            if do == "load":
                validator = _load(message)
                gc.freeze()
                write_message(stream, triples=len(validator.data))
            elif validator is None:
                write_message(stream, failed="nothing was loaded")
            elif do == "check":
                results = validator.check(
                    triples_of(message["added"]), triples_of(message["removed"])
                )
                write_message(stream, results=results, checked=validator.checked)
            elif do == "commit":
                validator.commit()
            else:
                validator.rollback()
        except ConnectionError:  # the writer has gone
            os._exit(0)  # without flushing the stream
        except Exception as error:  # noqa: BLE001 - the writer must get every failure
            write_message(stream, failed=f"{type(error).__name__}: {error}"[:400])
