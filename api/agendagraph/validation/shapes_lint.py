"""Check that shapes are well formed, before a graph is validated against them.

pySHACL ignores most malformed constraints (a count that is not a number counts nothing) and
parses the SPARQL of a shape only when the shape selects a node.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import pyshacl
from rdflib import OWL, RDF, RDFS, SH, Graph, URIRef

from agendagraph import files
from agendagraph.errors import GraphSyntaxError
from agendagraph.validation.rdflib_graph import read_graph
from agendagraph.validation.shape_rewriting import is_class

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

_META: Final = Path(pyshacl.__file__).parent / "assets" / "shacl-shacl.ttl"
"""The shapes of shapes, from appendix C of the SHACL recommendation."""
_SPARQL: Final = (SH.select, SH.ask, SH.construct, SH.update)
_PATH: Final = re.compile(r"\$PATH\b")


@dataclass(frozen=True, slots=True)
class ShapeFiles:
    """The files of the shapes, and the file that each subject is first described in."""

    paths: tuple[str, ...]
    file_of_subject: dict[Node, str] = field(default_factory=dict)

    def read(self) -> Graph:
        """Return the union of the files."""
        graph = Graph()
        for path in self.paths:
            shapes = read_graph([path])
            for subject in shapes.subjects():
                self.file_of_subject.setdefault(subject, path)
            graph += shapes
        return graph

    def of(self, node: Node | None) -> str:
        """Return the file that describes *node*; all of them if none is known."""
        known = None if node is None else self.file_of_subject.get(node)
        return known or ", ".join(self.paths)

    @property
    def shipped(self) -> bool:
        """Whether these are the shapes that we ship; a test checks that those are well formed."""
        own = files.SHAPES.resolve()
        return all(Path(path).resolve().is_relative_to(own) for path in self.paths)


def check_sparql(shapes: Graph, origins: ShapeFiles, name: Callable[[Node], str]) -> None:
    """Parse every SPARQL query of *shapes*.

    Raises:
        GraphSyntaxError: One does not parse; the error names the file and the shape.
    """
    common = {prefix: str(iri) for prefix, iri in Graph().namespaces()}
    empty = ox.Store()
    for predicate in _SPARQL:
        for node, text in sorted(shapes.subject_objects(predicate), key=str):
            prefixes = {**common, **declared_prefixes(shapes, node)}
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
                continue  # it parses, which is all that is checked here


def declared_prefixes(shapes: Graph, node: Node) -> dict[str, str]:
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
    """Return the place of a syntax error; line 1 has *before* characters of ours in front."""
    found = re.match(r"error at (\d+):(\d+):", str(error))
    if found is None:
        return f": {error}"
    line, column = int(found[1]), int(found[2])
    return f" at its line {line}, column {max(1, column - before) if line == 1 else column}"


def check_form(shapes: Graph, origins: ShapeFiles, name: Callable[[Node], str]) -> None:
    """Validate *shapes* against the shapes of shapes.

    Raises:
        GraphSyntaxError: They violate them; the error names the file and the shape.
    """
    for node in shapes.subjects(SH.path, RDF.nil):
        message = f"sh:path of the shape {name(node)} is an empty list, and so no path"
        raise GraphSyntaxError(message, file=origins.of(node))
    if origins.shipped:
        return
    _, results, text = pyshacl.validate(
        shapes,
        shacl_graph=read_graph([_META]),
        inplace=True,
        allow_warnings=True,
        max_validation_depth=30,
    )
    if not isinstance(results, Graph):
        raise GraphSyntaxError(" ".join(text.split()), file=origins.of(None))
    broken = sorted(
        (name(focus), _about(results, result), focus)
        for result in results.subjects(SH.resultSeverity, SH.Violation)
        for focus in results.objects(result, SH.focusNode)
    )
    if broken:
        shape, about, focus = broken[0]
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        message = f"the shape {shape} is not well formed: {about}{more}"
        raise GraphSyntaxError(message, file=origins.of(focus))


def _about(results: Graph, result: Node) -> str:
    """Describe a result of the shapes of shapes."""
    path, value = results.value(result, SH.resultPath), results.value(result, SH.value)
    words = str(results.value(result, SH.resultMessage) or "it breaks the shapes of shapes")
    at = f"sh:{str(path).removeprefix(str(SH))}: " if isinstance(path, URIRef) else ""
    return f"{at}{words}" + (f", found {value.n3()}" if value is not None else "")


def selects_any(shapes: Graph, data: Graph) -> bool:
    """Whether a target of *shapes* selects a node of *data*; true for a target in SPARQL."""
    if any((None, predicate, None) in shapes for predicate in (SH.targetNode, SH.target)):
        return True
    classes = set(shapes.objects(None, SH.targetClass))
    for kind in (SH.NodeShape, SH.PropertyShape):
        classes |= {shape for shape in shapes.subjects(RDF.type, kind) if is_class(shapes, shape)}
    for graph in (data, shapes):
        for target in classes:
            subclasses = graph.transitive_subjects(RDFS.subClassOf, target)
            if any((None, RDF.type, name) in data for name in subclasses):
                return True
    properties = {*shapes.objects(None, SH.targetSubjectsOf)}
    properties |= {*shapes.objects(None, SH.targetObjectsOf)}
    return any((None, name, None) in data for name in properties)
