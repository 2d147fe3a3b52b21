"""Find which focus nodes a change can affect, shape by shape.

A shape's verdict on a focus node depends on the triples that it reads from there: those
along its paths, the types of what it finds, and so on. Each way of reading is a list of
steps. A changed triple that fits step *i* of such a list affects the nodes from which steps
1 to *i-1* lead to it; those are found by walking the steps backwards in the graph as it is
after the change. (If an edge of that way back has gone, it is a changed triple itself, and
fits an earlier step.) What a query reads is only known as a set of properties; a change to
one of them affects all focus nodes of its shape.

The result may name too many nodes, never too few: tests/server/updates/test_incremental.py holds
it against validation of the whole graph. It reads shapes after
`hoist_properties`, by which property shapes have
targets of their own, and stands for as little as possible.

Source: W3C Recommendation "Shapes Constraint Language (SHACL)", 20 July 2017, section 2.1
(targets), 2.3 (paths), 4 (core constraints), 5 (constraints in SPARQL).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, URIRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

Triple = tuple["Node", "Node", "Node"]

_TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_NESTED: Final = (SH.node, SH["not"], SH.qualifiedValueShape)
_NESTED_LISTS: Final = (SH["or"], SH["and"], SH.xone)
_PAIRS: Final = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
READS: Final = URIRef("https://w3id.org/agendagraph/shapes#reads")
DESCRIBING: Final = frozenset(
    SH[name]
    for name in (
        *("name", "description", "message", "severity", "order", "group", "deactivated"),
        *("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"),
    )
)
"""What a shape says without constraining anything."""
_SELF_CONTAINED: Final = DESCRIBING | frozenset(
    SH[name]
    for name in (
        *("datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive"),
        *("maxExclusive", "maxInclusive", "minLength", "maxLength", "pattern", "flags"),
        *("languageIn", "uniqueLang", "hasValue", "in", "ignoredProperties", "path"),
        *("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
        *("defaultValue", "declare"),
    )
)
"""Parameters that look at the value nodes themselves, or at nothing."""
_NAME: Final = re.compile(r"<(?P<iri>[^<>\s]*)>|(?P<prefix>[A-Za-z][\w-]*)?:(?P<local>[\w-]+)")
_STRING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*')
_TYPE: Final = re.compile(r"(?<![\w:?$])a(?![\w:])")
_HEAD: Final = re.compile(r"\bSELECT\b[^{]*", re.IGNORECASE)
_OPEN_PREDICATE: Final = re.compile(r"[?$]\w+\s+[?$]\w+\s+[?$\"'<\w]|;\s*[?$]\w+\s")


@dataclass(frozen=True, slots=True)
class Step:
    """One step along an edge; a predicate of ``None`` is any edge."""

    predicate: URIRef | None
    inverse: bool = False


Way = tuple[Step, ...]


class Change:
    """Triples that came or went, to be looked up by their property."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Hold *triples*."""
        self.by_predicate: dict[Node, list[Triple]] = {}
        for triple in triples:
            self.by_predicate.setdefault(triple[1], []).append(triple)
        self._ends: dict[Step, set[Node]] = {}

    def ends(self, step: Step) -> set[Node]:
        """Return the nodes at which *step* begins, for each triple that it takes."""
        known = self._ends.get(step)
        if known is None:
            end = 2 if step.inverse else 0
            lists = (
                self.by_predicate.values()
                if step.predicate is None
                else [self.by_predicate.get(step.predicate, [])]
            )
            known = {triple[end] for triples in lists for triple in triples}
            self._ends[step] = known
        return known


@dataclass(slots=True)
class Impact:
    """What one shape with targets reads.

    Attributes:
        ways: The ways that it reads from a focus node.
        anywhere: Properties whose triples it may read wherever they are; ``None`` is all.
    """

    shape: Node
    ways: set[Way] = field(default_factory=set)
    anywhere: set[URIRef] | None = field(default_factory=set)

    def affected(self, change: Change, data: Graph) -> set[Node] | None:
        """Return the nodes that a change can affect; ``None`` stands for all targets.

        Args:
            change: The triples that came or went.
            data: The graph after the change.
        """
        if self.anywhere is None or not self.anywhere.isdisjoint(change.by_predicate):
            return None
        found: set[Node] = set()
        for way in self.ways:
            for at, step in enumerate(way):
                starts = change.ends(step)
                if starts:
                    found |= _back(starts, way[:at], data)
        return found


def _back(nodes: set[Node], way: Way, data: Graph) -> set[Node]:
    """Return the nodes from which *way* leads to one of *nodes*."""
    for step in reversed(way):
        if step.inverse:
            nodes = {o for node in nodes for o in data.objects(node, step.predicate)}
        else:
            nodes = {s for node in nodes for s in data.subjects(step.predicate, node)}
    return nodes


def reaches(shapes: Graph) -> list[Impact]:
    """Return what each shape with targets reads."""
    targeted = {shape for predicate in _TARGETS for shape in shapes.subjects(predicate)}
    targeted |= {
        shape
        for kind in (RDFS.Class, OWL.Class)
        for shape in shapes.subjects(RDF.type, kind)
        if (shape, RDF.type, SH.NodeShape) in shapes
    }
    return [_Reader(shapes).read(shape) for shape in sorted(targeted, key=str)]


class _Reader:
    """Collects what a shape reads, with the shapes that it refers to."""

    def __init__(self, shapes: Graph) -> None:
        self._shapes = shapes
        self._around: list[Node] = []

    def read(self, shape: Node) -> Impact:
        reach = Impact(shape)
        shapes = self._shapes
        if (shape, SH.targetClass, None) in shapes or (shape, RDF.type, None) in shapes:
            reach.ways.add((Step(RDF.type),))
        for predicate in shapes.objects(shape, SH.targetSubjectsOf):
            reach.ways.add((Step(_iri(predicate)),))
        for predicate in shapes.objects(shape, SH.targetObjectsOf):
            reach.ways.add((Step(_iri(predicate), inverse=True),))
        self._shape(shape, (), reach)
        return reach

    def _shape(self, shape: Node, before: Way, reach: Impact) -> None:
        """Add what *shape* reads from the nodes that *before* leads to."""
        if shape in self._around:  # a shape that refers to itself reads ever further
            reach.anywhere = None
            return
        self._around.append(shape)
        path = self._shapes.value(shape, SH.path)
        ways = [before] if path is None else [before + way for way in self._paths(path, reach)]
        for way in ways:
            if way:
                reach.ways.add(way)
            self._constraints(shape, before, way, reach)
        self._around.pop()

    def _constraints(self, shape: Node, before: Way, way: Way, reach: Impact) -> None:
        for parameter, value in self._shapes.predicate_objects(shape):
            if not str(parameter).startswith(str(SH)) or parameter in _SELF_CONTAINED:
                continue
            if parameter == SH["class"]:
                reach.ways.add((*way, Step(RDF.type)))
            elif parameter == SH.property or parameter in _NESTED:
                self._shape(value, way, reach)
            elif parameter in _NESTED_LISTS:
                for part in self._shapes.items(value):
                    self._shape(part, way, reach)
            elif parameter in _PAIRS:
                reach.ways.add((*before, Step(_iri(value))))
            elif parameter == SH.closed:
                reach.ways.add((*way, Step(None)))
            elif parameter == SH.sparql:
                self._query(value, reach)
            else:
                reach.anywhere = None

    def _paths(self, path: Node, reach: Impact) -> Iterator[Way]:
        """Yield the ways of a path; one without a longest way is read anywhere."""
        shapes = self._shapes
        if isinstance(path, URIRef):
            yield (Step(path),)
        elif (inverse := shapes.value(path, SH.inversePath)) is not None:
            for way in self._paths(inverse, reach):
                yield tuple(Step(s.predicate, not s.inverse) for s in reversed(way))
        elif (choices := shapes.value(path, SH.alternativePath)) is not None:
            for part in shapes.items(choices):
                yield from self._paths(part, reach)
        elif (path, RDF.first, None) in shapes:
            yield from self._sequence(list(shapes.items(path)), reach)
        else:
            reach.anywhere = None  # a path of any length
            yield ()

    def _sequence(self, parts: list[Node], reach: Impact) -> Iterator[Way]:
        if not parts:
            yield ()
            return
        for first in self._paths(parts[0], reach):
            for rest in self._sequence(parts[1:], reach):
                yield first + rest

    def _query(self, constraint: Node, reach: Impact) -> None:
        shapes = self._shapes
        for text in shapes.objects(constraint, SH.select):
            declared = {
                str(shapes.value(each, SH.prefix)): str(shapes.value(each, SH.namespace))
                for where in shapes.objects(constraint, SH.prefixes)
                for each in shapes.objects(where, SH.declare)
            }
            _add_anywhere(reach, properties_of(str(text), declared))
        _add_anywhere(reach, {_iri(each) for each in shapes.objects(constraint, READS)})


def _add_anywhere(reach: Impact, predicates: Iterable[URIRef | None] | None) -> None:
    if reach.anywhere is None:
        return
    for predicate in predicates if predicates is not None else (None,):
        if predicate is None:
            reach.anywhere = None
            return
        reach.anywhere.add(predicate)


def properties_of(query: str, prefixes: dict[str, str]) -> set[URIRef] | None:
    """Return every IRI that a query names, which includes the properties that it reads.

    ``None`` means that it may read any: a variable stands where a property does.
    """
    plain = _HEAD.sub(" ", _STRING.sub(" ", query))
    if _OPEN_PREDICATE.search(plain):
        return None
    found = {RDF.type} if _TYPE.search(plain) else set()
    for match in _NAME.finditer(plain):
        if match["iri"] is not None:
            found.add(URIRef(match["iri"]))
        elif (match["prefix"] or "") in prefixes:
            found.add(URIRef(prefixes[match["prefix"] or ""] + match["local"]))
        else:
            return None
    return found


def _iri(node: Node) -> URIRef:
    return URIRef(str(node))


class Targets:
    """Which nodes a shape is meant for, in a graph that changes."""

    def __init__(self, shapes: Graph, data: Graph) -> None:
        """Look for the targets of *shapes* in *data*."""
        self._shapes = shapes
        self._data = data
        self._subclasses: dict[Node, set[Node]] = {}

    def forget_classes(self) -> None:
        """Learn the hierarchy of classes anew."""
        self._subclasses.clear()

    def among(self, shape: Node, nodes: Iterable[Node]) -> list[Node]:
        """Return those of *nodes* that *shape* is meant for."""
        return [node for node in nodes if self._is_target(shape, node)]

    def _is_target(self, shape: Node, node: Node) -> bool:
        shapes, data = self._shapes, self._data
        if (shape, SH.targetNode, node) in shapes:
            return True
        if isinstance(node, Literal):
            return any(
                next(data.subjects(predicate, node), None) is not None
                for predicate in shapes.objects(shape, SH.targetObjectsOf)
            )
        types = set(data.objects(node, RDF.type))
        return (
            any(types & self._closure(each) for each in self._classes(shape))
            or any((node, p, None) in data for p in shapes.objects(shape, SH.targetSubjectsOf))
            or any((None, p, node) in data for p in shapes.objects(shape, SH.targetObjectsOf))
        )

    def _classes(self, shape: Node) -> set[Node]:
        classes = set(self._shapes.objects(shape, SH.targetClass))
        if any((shape, RDF.type, kind) in self._shapes for kind in (RDFS.Class, OWL.Class)):
            classes.add(shape)
        return classes

    def _closure(self, top: Node) -> set[Node]:
        known = self._subclasses.get(top)
        if known is None:
            known = {
                node
                for node in self._data.transitive_subjects(RDFS.subClassOf, top)
                if node is not None
            }
            self._subclasses[top] = known
        return known
