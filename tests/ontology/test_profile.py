"""The vocabulary stays inside OWL 2 DL, as far as that is decidable without a reasoner.

Rules of the OWL 2 structural specification, section 11, that our axioms could break, and
a consistency check by owlrl. (Profile and reasoners proper: OWLAPI and HermiT.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection

from agendagraph.namespaces import ID, NS, PREFIXES

if TYPE_CHECKING:
    from rdflib.term import Node

AGENDA = Namespace(NS)
THING = Namespace(ID)
KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
ERROR = "http://www.daml.org/2002/03/agents/agent-ont#error"
ELEMENTS = [
    "Goal",
    "Section",
    "Objective",
    "ContentItem",
    "Lead",
    "Action",
    "RegionHeading",
    "ExpectedEffect",
    "Note",
]
COUNTERPARTS = ["Country", "Organization", "CountryGroup", "Region", "UnnamedActor"]


def test_no_property_is_of_two_kinds(everything: Graph) -> None:
    for term in {t for kind in KINDS for t in everything.subjects(RDF.type, kind)}:
        assert sum((term, RDF.type, kind) in everything for kind in KINDS) == 1, term


def test_no_name_is_class_property_and_individual_at_once(everything: Graph) -> None:
    """OWL 2 allows such puns; we want none, so that a name means one thing."""
    classes = set(everything.subjects(RDF.type, OWL.Class))
    properties = {t for kind in KINDS for t in everything.subjects(RDF.type, kind)}
    individuals = {
        s
        for s, kind in everything.subject_objects(RDF.type)
        if kind in classes and isinstance(s, URIRef)
    }

    assert (classes & properties, (classes | properties) & individuals) == (set(), set())


def test_every_predicate_is_declared(everything: Graph) -> None:
    properties = {t for kind in KINDS for t in everything.subjects(RDF.type, kind)}
    built_in = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl"))

    undeclared = {p for p in everything.predicates() if p not in properties}

    assert {p for p in undeclared if not str(p).startswith(built_in)} == set()


def test_no_datatype_is_a_range(everything: Graph) -> None:
    """xsd:date is no datatype of OWL 2: the datatype is the shapes' business."""
    for term in everything.subjects(RDF.type, OWL.DatatypeProperty):
        assert set(everything.objects(term, RDFS.range)) <= {RDFS.Literal}, term


def test_subproperties_and_inverses_are_of_the_same_kind(everything: Graph) -> None:
    for predicate in (RDFS.subPropertyOf, OWL.inverseOf):
        for a, b in everything.subject_objects(predicate):
            a_kinds, b_kinds = (set(everything.objects(term, RDF.type)) for term in (a, b))
            assert a_kinds & b_kinds & set(KINDS), (a, b)


def test_properties_made_by_chains_are_not_asked_to_be_simple(everything: Graph) -> None:
    """A functional property, and one with hasSelf, must not follow from a chain."""
    composite = set(everything.subjects(OWL.propertyChainAxiom, None))
    above = {s for c in composite for s in everything.transitive_objects(c, RDFS.subPropertyOf)}
    functional = {
        *everything.subjects(RDF.type, OWL.FunctionalProperty),
        *everything.subjects(RDF.type, OWL.InverseFunctionalProperty),
    }
    looped = {
        everything.value(restriction, OWL.onProperty)
        for restriction in everything.subjects(OWL.hasSelf, None)
    }

    assert composite
    assert above & functional == set()
    assert above & looped == set()


def test_chains_are_regular(everything: Graph) -> None:
    """There is an order in which no property needs itself but at the end of its chain."""
    needs: dict[Node, set[Node]] = {}
    for made in everything.subjects(OWL.propertyChainAxiom, None):
        for chain in everything.objects(made, OWL.propertyChainAxiom):
            links = list(Collection(everything, chain))
            inner = links[:-1] if links[-1] == made else links
            assert made not in inner, made
            needs.setdefault(made, set()).update(inner)
    for below, above in everything.subject_objects(RDFS.subPropertyOf):
        needs.setdefault(above, set()).add(below)

    while needs:
        free = [made for made, parts in needs.items() if not parts & needs.keys()]
        assert free, "a circle among " + ", ".join(sorted(map(str, needs)))
        for made in free:
            del needs[made]


def test_restrictions_and_lists_are_blank(everything: Graph) -> None:
    """A named restriction would be a class and an individual of syntax at once."""
    for kind in (OWL.Restriction, RDF.List):
        for node in everything.subjects(RDF.type, kind):
            assert isinstance(node, BNode)


def test_class_hierarchy_has_no_circle(everything: Graph) -> None:
    for term in everything.subjects(RDFS.subClassOf, None):
        above = {
            c
            for parent in everything.objects(term, RDFS.subClassOf)
            for c in everything.transitive_objects(parent, RDFS.subClassOf)
        }
        assert term not in above, term


@pytest.mark.parametrize(
    ("whole", "kinds"), [("AgendaElement", ELEMENTS), ("Counterpart", COUNTERPARTS)]
)
def test_kinds_are_disjoint_and_complete(vocabulary: Graph, whole: str, kinds: list[str]) -> None:
    (union,) = vocabulary.objects(AGENDA[whole], OWL.disjointUnionOf)

    assert list(Collection(vocabulary, union)) == [AGENDA[kind] for kind in kinds]
    for kind in kinds:
        assert (AGENDA[kind], RDFS.subClassOf, AGENDA[whole]) in vocabulary


def errors(vocabulary: Graph, *facts: tuple[URIRef, URIRef, URIRef]) -> list[object]:
    """Return what owlrl finds contradictory in the vocabulary's axioms with *facts*."""
    logic = {RDF.type, RDF.first, RDF.rest, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain}
    logic |= {RDFS.range, OWL.inverseOf, OWL.disjointWith, OWL.onProperty}
    graph = Graph()
    for s, p, o in vocabulary:
        if p in logic and o not in {OWL.AnnotationProperty, OWL.Ontology}:
            graph.add((s, p, o))
    # owlrl knows no disjointUnionOf; it knows AllDisjointClasses.
    for number, union in enumerate(vocabulary.objects(None, OWL.disjointUnionOf)):
        disjoint = BNode(f"disjoint{number}")
        graph.add((disjoint, RDF.type, OWL.AllDisjointClasses))
        graph.add((disjoint, OWL.members, union))
    for fact in facts:
        graph.add(fact)
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    return list(graph.objects(None, URIRef(ERROR)))


def test_the_vocabulary_contradicts_nothing(vocabulary: Graph) -> None:
    goal, action = THING["agenda/a/g1"], THING["agenda/a/g1/c1/a1"]

    found = errors(
        vocabulary,
        (goal, RDF.type, AGENDA.Goal),
        (action, RDF.type, AGENDA.Action),
        (action, AGENDA.partOf, goal),
        (goal, AGENDA.engages, THING["country/jpn"]),
        (THING["country/jpn"], RDF.type, AGENDA.Country),
    )

    assert found == []


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param((THING["x"], RDF.type, AGENDA.Action), id="a goal is no action"),
        pytest.param((THING["x"], RDF.type, AGENDA.Agenda), id="a goal is no agenda"),
        pytest.param((THING["x"], AGENDA.presentedOn, THING["y"]), id="only agendas are presented"),
    ],
)
def test_a_contradiction_is_found(vocabulary: Graph, fact: tuple[URIRef, URIRef, URIRef]) -> None:
    """The check above can fail."""
    assert errors(vocabulary, (THING["x"], RDF.type, AGENDA.Goal), fact) != []
