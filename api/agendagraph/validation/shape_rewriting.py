"""Rewrite shapes so that pySHACL evaluates a property shape once, and not once a node.

pySHACL evaluates the property shapes of a node shape anew for each focus node, and most of
the time goes into setting up. A property shape with targets of its own is evaluated for all
of them together. So the targets of a node shape are copied to its property shapes, and the
links between them are removed: the same nodes are validated against the same constraints, and
every result names the same shape (SHACL, section 2.1.3).

A node shape that other shapes refer to keeps its property shapes, since it is then evaluated
without its targets; so does a deactivated one, and one that is a class. The properties that
sh:closed allows are listed before the links are removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

if TYPE_CHECKING:
    from rdflib.term import Node

TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_DETACHED: Final = URIRef("urn:agendagraph:detached-property")
"""Replaces sh:property, so that a result of an unnamed property shape can name its node shape."""


def propagate_targets(shapes: Graph) -> None:
    """Give the property shapes of *shapes* the targets of their node shapes, in place."""
    for shape in set(shapes.subjects(RDF.type, SH.NodeShape)):
        targets = [(p, target) for p in TARGETS for target in shapes.objects(shape, p)]
        if targets and _stands_alone(shapes, shape):
            _detach(shapes, shape, targets)


def _stands_alone(shapes: Graph, shape: Node) -> bool:
    """Whether *shape* is only ever evaluated for its own explicit targets."""
    return (
        next(shapes.subject_predicates(shape), None) is None
        and (shape, SH.deactivated, Literal(True)) not in shapes  # noqa: FBT003 - a literal
        and not is_class(shapes, shape)
    )


def is_class(shapes: Graph, shape: Node) -> bool:
    """Whether a shape is a class: then it is its own target (SHACL, section 2.1.3.3)."""
    return any((shape, RDF.type, kind) in shapes for kind in (RDFS.Class, OWL.Class))


def _detach(shapes: Graph, shape: Node, targets: list[tuple[URIRef, Node]]) -> None:
    properties = list(shapes.objects(shape, SH.property))
    if shapes.value(shape, SH.closed) is not None:
        paths = [shapes.value(part, SH.path) for part in properties]
        _allow(shapes, shape, [path for path in paths if isinstance(path, URIRef)])
    for part in properties:
        for predicate, target in targets:
            shapes.add((part, predicate, target))
        shapes.add((part, RDF.type, SH.PropertyShape))
        shapes.add((shape, _DETACHED, part))
    shapes.remove((shape, SH.property, None))


def _allow(shapes: Graph, shape: Node, paths: list[URIRef]) -> None:
    """Add *paths* to the properties that a closed *shape* ignores."""
    known = shapes.value(shape, SH.ignoredProperties)
    allowed = [*(shapes.items(known) if known is not None else ()), *paths]
    shapes.remove((shape, SH.ignoredProperties, None))
    head = BNode()
    Collection(shapes, head, allowed)
    shapes.add((shape, SH.ignoredProperties, head))
