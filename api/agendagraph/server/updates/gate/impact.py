"""Impact analysis: find the focus nodes that a change can affect, shape by shape.

The verdict of a shape on a focus node depends on the triples that the shape reads from that
node: the triples along its paths, the types of the value nodes, and so on. A `ReadPath` is a
list of steps along edges. A changed triple that fits step *i* of a read path affects the nodes
from which steps 1 to *i-1* lead to the triple. Walking these steps backwards in the graph after
the change finds them. (If an edge of the walk was removed, that edge is a changed triple itself
and fits an earlier step.) Of a SPARQL constraint only the set of properties that it reads is
known; a changed triple with one of these properties affects all focus nodes of the shape.

The result may contain too many nodes, never too few. tests/server/updates/test_incremental.py
compares it with validation of the whole graph. The input is the shapes graph after
`propagate_targets`, which gives property shapes targets of their own.

Source: W3C Recommendation "Shapes Constraint Language (SHACL)", 20 July 2017, section 2.1
(targets), 2.3 (paths), 4 (core constraints), 5 (constraints in SPARQL).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef

from agendagraph.sparql.lexer import tokens
from agendagraph.sparql.query_syntax import declarations
from agendagraph.validation.shape_rewriting import TARGETS, is_class
from agendagraph.validation.shapes_lint import declared_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

    from agendagraph.sparql.lexer import Token

Triple = tuple["Node", "Node", "Node"]

_NESTED: Final = (SH.node, SH["not"], SH.qualifiedValueShape)
_NESTED_LISTS: Final = (SH["or"], SH["and"], SH.xone)
_PAIRS: Final = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
READS: Final = URIRef("https://w3id.org/agendagraph/shapes#reads")
DESCRIBING: Final = frozenset(TARGETS) | {
    SH[name]
    for name in ("name", "description", "message", "severity", "order", "group", "deactivated")
}
"""Properties of a shape that constrain nothing."""
_SELF_CONTAINED: Final = DESCRIBING | {
    SH[name]
    for name in (
        *("datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive"),
        *("maxExclusive", "maxInclusive", "minLength", "maxLength", "pattern", "flags"),
        *("languageIn", "uniqueLang", "hasValue", "in", "ignoredProperties", "path"),
        *("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
        *("defaultValue", "declare"),
    )
}
"""Parameters that read only the value nodes themselves, or nothing."""
_SUBJECTS: Final = ("variable", "iri", "name", "blank")
_OBJECTS: Final = (*_SUBJECTS, "string", "number")


@dataclass(frozen=True, slots=True)
class Step:
    """One step along an edge; the predicate ``None`` matches any edge."""

    predicate: URIRef | None
    inverse: bool = False


ReadPath = tuple[Step, ...]


class Change:
    """Added and removed triples, indexed by property."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.by_predicate: dict[Node, list[Triple]] = {}
        for triple in triples:
            self.by_predicate.setdefault(triple[1], []).append(triple)
        self._ends: dict[Step, set[Node]] = {}

    def ends(self, step: Step) -> set[Node]:
        """Return the nodes at which *step* begins, for each changed triple that it matches."""
        if step not in self._ends:
            end = 2 if step.inverse else 0
            predicates = self.by_predicate if step.predicate is None else [step.predicate]
            self._ends[step] = {t[end] for p in predicates for t in self.by_predicate.get(p, [])}
        return self._ends[step]


@dataclass(slots=True)
class Impact:
    """What one shape with targets reads from its focus nodes.

    Attributes:
        paths: The paths that the shape reads from a focus node.
        anywhere: Properties whose triples it may read anywhere in the graph; ``None`` is all.
    """

    shape: Node
    paths: set[ReadPath] = field(default_factory=set)
    anywhere: set[URIRef] | None = field(default_factory=set)

    def affected(self, change: Change, data: Graph) -> set[Node] | None:
        """Return the nodes of *data*, which has the change, that it can affect; ``None``: all."""
        if self.anywhere is None or not self.anywhere.isdisjoint(change.by_predicate):
            return None
        nodes: set[Node] = set()
        for path in self.paths:
            for index, step in enumerate(path):
                starts = change.ends(step)
                if starts:
                    nodes |= _walk_back(starts, path[:index], data)
        return nodes


def _walk_back(nodes: set[Node], path: ReadPath, data: Graph) -> set[Node]:
    """Return the nodes from which *path* leads to one of *nodes*."""
    for step in reversed(path):
        if step.inverse:
            nodes = {o for node in nodes for o in data.objects(node, step.predicate)}
        else:
            nodes = {s for node in nodes for s in data.subjects(step.predicate, node)}
    return nodes


def impacts_of(shapes: Graph) -> list[Impact]:
    """Return the impact of each shape that has targets."""
    targeted = {shape for predicate in TARGETS for shape in shapes.subjects(predicate)}
    node_shapes = shapes.subjects(RDF.type, SH.NodeShape)
    targeted |= {shape for shape in node_shapes if is_class(shapes, shape)}
    return [_Reader(shapes).read(shape) for shape in sorted(targeted, key=str)]


class _Reader:
    """Collects what a shape and the shapes that it refers to read."""

    def __init__(self, shapes: Graph) -> None:
        self._shapes = shapes
        self._enclosing: list[Node] = []

    def read(self, shape: Node) -> Impact:
        impact = Impact(shape)
        shapes = self._shapes
        if (shape, SH.targetClass, None) in shapes or (shape, RDF.type, None) in shapes:
            impact.paths.add((Step(RDF.type),))
        for predicate in shapes.objects(shape, SH.targetSubjectsOf):
            impact.paths.add((Step(_iri(predicate)),))
        for predicate in shapes.objects(shape, SH.targetObjectsOf):
            impact.paths.add((Step(_iri(predicate), inverse=True),))
        self._shape(shape, (), impact)
        return impact

    def _shape(self, shape: Node, prefix: ReadPath, impact: Impact) -> None:
        """Add what *shape* reads from the nodes at the end of *prefix*."""
        if shape in self._enclosing:  # a recursive shape has no longest path
            impact.anywhere = None
            return
        self._enclosing.append(shape)
        path = self._shapes.value(shape, SH.path)
        suffixes = [()] if path is None else self._read_paths(path, impact)
        for suffix in suffixes:
            read_path = prefix + suffix
            if read_path:
                impact.paths.add(read_path)
            self._constraints(shape, prefix, read_path, impact)
        self._enclosing.pop()

    def _constraints(self, shape: Node, prefix: ReadPath, path: ReadPath, impact: Impact) -> None:
        for parameter, value in self._shapes.predicate_objects(shape):
            if not str(parameter).startswith(str(SH)) or parameter in _SELF_CONTAINED:
                continue
            if parameter == SH["class"]:
                impact.paths.add((*path, Step(RDF.type)))
            elif parameter == SH.property or parameter in _NESTED:
                self._shape(value, path, impact)
            elif parameter in _NESTED_LISTS:
                for part in self._shapes.items(value):
                    self._shape(part, path, impact)
            elif parameter in _PAIRS:
                impact.paths.add((*prefix, Step(_iri(value))))
            elif parameter == SH.closed:
                impact.paths.add((*path, Step(None)))
            elif parameter == SH.sparql:
                self._query(value, impact)
            else:
                impact.anywhere = None

    def _read_paths(self, path: Node, impact: Impact) -> Iterator[ReadPath]:
        """Yield the read paths of a SHACL path; one of unlimited length is read anywhere."""
        shapes = self._shapes
        if isinstance(path, URIRef):
            yield (Step(path),)
        elif (inverse := shapes.value(path, SH.inversePath)) is not None:
            for read_path in self._read_paths(inverse, impact):
                yield tuple(Step(s.predicate, not s.inverse) for s in reversed(read_path))
        elif (choices := shapes.value(path, SH.alternativePath)) is not None:
            for part in shapes.items(choices):
                yield from self._read_paths(part, impact)
        elif (path, RDF.first, None) in shapes:
            yield from self._sequence(list(shapes.items(path)), impact)
        else:
            impact.anywhere = None  # sh:zeroOrMorePath, sh:oneOrMorePath
            yield ()

    def _sequence(self, parts: list[Node], impact: Impact) -> Iterator[ReadPath]:
        if not parts:
            yield ()
            return
        for first in self._read_paths(parts[0], impact):
            for rest in self._sequence(parts[1:], impact):
                yield first + rest

    def _query(self, constraint: Node, impact: Impact) -> None:
        shapes = self._shapes
        for text in shapes.objects(constraint, SH.select):
            prefixes = declared_prefixes(shapes, constraint)
            _add_anywhere(impact, properties_of(str(text), prefixes))
        _add_anywhere(impact, {_iri(node) for node in shapes.objects(constraint, READS)})


def _add_anywhere(impact: Impact, predicates: Iterable[URIRef] | None) -> None:
    if impact.anywhere is None:
        return
    if predicates is None:
        impact.anywhere = None
    else:
        impact.anywhere.update(predicates)


def properties_of(query: str, prefixes: dict[str, str]) -> set[URIRef] | None:
    """Return every IRI in a query, a superset of the properties that it reads.

    ``None`` means any property: the query has a variable in the place of a predicate.
    """
    found = tokens(query)
    declared = {**prefixes, **declarations(found)}
    found = _without_projections(found)
    if any(map(_is_open_predicate, found, found[1:], found[2:])):
        return None
    read: set[URIRef] = set()
    for token in found:
        if token.key == "A":
            read.add(RDF.type)
        elif token.kind == "iri":
            read.add(URIRef(token.text[1:-1]))
        elif token.kind == "name":
            if token.prefix not in declared:
                return None
            local = token.text[len(token.prefix) + 1 :]
            read.add(URIRef(declared[token.prefix] + local.replace("\\", "")))
    return read


def _without_projections(found: list[Token]) -> list[Token]:
    """Return tokens without those from each SELECT to its pattern, which read nothing."""
    kept: list[Token] = []
    projecting = False
    for token in found:
        projecting = (projecting or token.key == "SELECT") and token.text != "{"
        if not projecting:
            kept.append(token)
    return kept


def _is_open_predicate(before: Token, token: Token, after: Token) -> bool:
    """Whether a variable stands between a subject, or ``;``, and an object."""
    if token.kind != "variable":
        return False
    behind_subject = before.kind in _SUBJECTS or before.text in (";", "]")
    return behind_subject and (after.kind in _OBJECTS or after.key in ("[", "(", "TRUE", "FALSE"))


def _iri(node: Node) -> URIRef:
    return URIRef(str(node))


class Targets:
    """The targets of shapes (SHACL, section 2.1); caches the class hierarchy of the data."""

    def __init__(self, shapes: Graph, data: Graph) -> None:
        self._shapes = shapes
        self._data = data
        self._subclasses: dict[Node, set[Node]] = {}

    def contains(self, shape: Node, node: Node) -> bool:
        """Whether *node* is a target of *shape*."""
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
            any(types & self._subclasses_of(name) for name in self._classes(shape))
            or any((node, p, None) in data for p in shapes.objects(shape, SH.targetSubjectsOf))
            or any((None, p, node) in data for p in shapes.objects(shape, SH.targetObjectsOf))
        )

    def _classes(self, shape: Node) -> set[Node]:
        own = {shape} if is_class(self._shapes, shape) else set()
        return own | {*self._shapes.objects(shape, SH.targetClass)}

    def _subclasses_of(self, top: Node) -> set[Node]:
        if top not in self._subclasses:
            subclasses = self._data.transitive_subjects(RDFS.subClassOf, top)
            self._subclasses[top] = {node for node in subclasses if node is not None}
        return self._subclasses[top]
