"""Find what is wrong with shapes themselves, before a graph is held against them.

pySHACL passes over most of what makes no sense (a count that is no number counts nothing),
and meets SPARQL that does not parse only where a shape reaches a node.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pyshacl
from rdflib import OWL, RDF, RDFS, SH, Graph, URIRef

from agendagraph import files
from agendagraph.errors import GraphSyntaxError
from agendagraph.rdf.reading import quads_of_file
from agendagraph.validation.terms import rdflib_triple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rdflib.term import Node

_META: Final = Path(pyshacl.__file__).parent / "assets" / "shacl-shacl.ttl"
"""The shapes of shapes, from the SHACL recommendation's appendix C."""
_SPARQL: Final = (SH.select, SH.ask, SH.construct, SH.update)
_PATH: Final = re.compile(r"\$PATH\b")
_SHAPE_KINDS: Final = (SH.NodeShape, SH.PropertyShape)
_CLASSES: Final = (RDFS.Class, OWL.Class)


class Origins:
    """Which file says something of which node."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Begin with the *paths*, of which there is at least one."""
        self.paths: Final = tuple(paths)
        self._known: dict[Node, str] = {}

    def note(self, node: Node, path: str) -> None:
        """Remember that *path* says something of *node*."""
        self._known.setdefault(node, path)

    def of(self, node: Node | None) -> str:
        """Return the file that says something of *node*; all of them if none is known."""
        known = None if node is None else self._known.get(node)
        return known or ", ".join(self.paths)

    @property
    def ours(self) -> bool:
        """Whether these are the shapes that we ship; a test holds those to what is checked."""
        own = files.SHAPES.resolve()
        return all(Path(path).resolve().is_relative_to(own) for path in self.paths)


def check_sparql(shapes: Graph, origins: Origins, name: Callable[[Node], str]) -> None:
    """Parse every SPARQL query of *shapes*.

    Raises:
        GraphSyntaxError: One does not parse; the error names the file and the shape.
    """
    common = {prefix: str(iri) for prefix, iri in Graph().namespaces()}
    empty = ox.Store()
    for predicate in _SPARQL:
        for node, text in sorted(shapes.subject_objects(predicate), key=str):
            prefixes = {**common, **_declared(shapes, node)}
            query = _PATH.sub("<urn:path>", str(text))
            head = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in prefixes.items())
            try:
                if predicate == SH.update:
                    empty.update(head + query)
                else:
                    empty.query(head + query)
            except SyntaxError as error:
                why = _place(error, len(head))
                message = f"the SPARQL of the shape {name(node)} does not parse{why}"
                raise GraphSyntaxError(message, file=origins.of(node)) from None
            except (OSError, RuntimeError, ValueError):
                continue  # it parses; whether it can be evaluated is seen when it is


def _declared(shapes: Graph, node: Node) -> Mapping[str, str]:
    """Return the prefixes that *node* takes from sh:prefixes and what those import."""
    seen: set[Node] = set()
    waiting = list(shapes.objects(node, SH.prefixes))
    while waiting:
        ontology = waiting.pop()
        if ontology not in seen:
            seen.add(ontology)
            waiting += shapes.objects(ontology, OWL.imports)
    return {
        str(shapes.value(declaration, SH.prefix)): str(shapes.value(declaration, SH.namespace))
        for ontology in seen
        for declaration in shapes.objects(ontology, SH.declare)
    }


def _place(error: SyntaxError, before: int) -> str:
    """Say where a query breaks that has *before* characters of ours in front of line 1."""
    found = re.match(r"error at (\d+):(\d+):", str(error))
    if found is None:
        return f": {error}"
    line, column = int(found[1]), int(found[2])
    return f" at its line {line}, column {max(1, column - before) if line == 1 else column}"


def check_form(shapes: Graph, origins: Origins, name: Callable[[Node], str]) -> None:
    """Hold *shapes* against the shapes of shapes.

    Raises:
        GraphSyntaxError: They break them; the error names the file and the shape.
    """
    for node in shapes.subjects(SH.path, RDF.nil):
        message = f"sh:path of the shape {name(node)} is an empty list, and so no path"
        raise GraphSyntaxError(message, file=origins.of(node))
    if origins.ours:
        return
    meta = Graph()
    for quad in quads_of_file(_META):
        meta.add(rdflib_triple(quad))
    _, found, text = pyshacl.validate(
        shapes, shacl_graph=meta, inplace=True, allow_warnings=True, max_validation_depth=30
    )
    if not isinstance(found, Graph):
        raise GraphSyntaxError(" ".join(text.split()), file=origins.of(None))
    broken = sorted(
        (name(focus), _about(found, result), focus)
        for result in found.subjects(SH.resultSeverity, SH.Violation)
        for focus in found.objects(result, SH.focusNode)
    )
    if broken:
        shape, about, focus = broken[0]
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        message = f"the shape {shape} is not well formed: {about}{more}"
        raise GraphSyntaxError(message, file=origins.of(focus))


def _about(found: Graph, result: Node) -> str:
    """Say what a finding of the shapes of shapes is about."""
    path, value = found.value(result, SH.resultPath), found.value(result, SH.value)
    words = str(found.value(result, SH.resultMessage) or "it breaks the shapes of shapes")
    at = f"sh:{str(path).removeprefix(str(SH))}: " if isinstance(path, URIRef) else ""
    return f"{at}{words}" + (f", found {value.n3()}" if value is not None else "")


def reaches_any(shapes: Graph, data: Graph) -> bool:
    """Whether a target of *shapes* selects a node of *data*; a target in SPARQL may."""
    if next(shapes.triples((None, SH.targetNode, None)), None) is not None:
        return True
    if next(shapes.triples((None, SH.target, None)), None) is not None:
        return True
    classes = set(shapes.objects(None, SH.targetClass)) | {
        shape
        for kind in _SHAPE_KINDS
        for shape in shapes.subjects(RDF.type, kind)
        if any((shape, RDF.type, each) in shapes for each in _CLASSES)
    }
    below = {
        each
        for target in classes
        for graph in (data, shapes)
        for each in graph.transitive_subjects(RDFS.subClassOf, target)
    }
    if any((None, RDF.type, each) in data for each in below):
        return True
    predicates = {
        predicate
        for target in (SH.targetSubjectsOf, SH.targetObjectsOf)
        for predicate in shapes.objects(None, target)
    }
    return any((None, predicate, None) in data for predicate in predicates)
