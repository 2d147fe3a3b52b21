"""The property chains of chains.ttl say what the shortcuts of the build say.

A reasoner (owlrl) that loads the chains derives the shortcuts that the build makes by
SPARQL CONSTRUCT. What OWL cannot say is listed in chains.ttl and taken out here: dates
(``memberOf`` is given to the reasoner) and that the issuing country is left out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from owlrl import DeductiveClosure
from owlrl.OWLRLExtras import OWLRL_Extension
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

from agendagraph.files import GRAPH, ONTOLOGY
from agendagraph.namespaces import ID, NS, SCHEME

if TYPE_CHECKING:
    from rdflib.term import Node

pytestmark = pytest.mark.slow

AGENDA = Namespace(NS)
THING = Namespace(ID)
ROLE = Namespace(SCHEME + "engagement-role/")
DUTY = Namespace(SCHEME + "responsibility-role/")
SHORTCUTS = [
    "mentions",
    "engages",
    "cooperatesWith",
    "pressures",
    "worksThrough",
    "supports",
    "reaches",
    "leadBody",
    "coLeadBody",
]
READ = {
    AGENDA[name]
    for name in [
        "mentionOf",
        "isSelf",
        "refersTo",
        "namesMember",
        "commitmentOf",
        "inCommitment",
        "engagementRole",
        "counterpart",
        "partOf",
        "hasPart",
        "hasMember",
        "memberOf",
        "responsibilityOf",
        "responsibilityRole",
        "body",
    ]
}


@cache
def axioms() -> Graph:
    """Return the chains, and of the vocabulary what they need."""
    graph = Graph().parse(ONTOLOGY / "chains.ttl")
    for annotation in (RDFS.label, RDFS.isDefinedBy, SKOS.definition):
        graph.remove((None, annotation, None))
    for path in ONTOLOGY.glob("*.ttl"):
        module = Graph().parse(path)
        for predicate in (OWL.inverseOf, RDFS.subPropertyOf):
            for s, p, o in module.triples((None, predicate, None)):
                if str(o).startswith(NS):
                    graph.add((s, p, o))
        for kind in module.subjects(RDFS.subClassOf, AGENDA.AgendaElement):
            graph.add((kind, RDFS.subClassOf, AGENDA.AgendaElement))
    return graph


def derived(data: Graph) -> set[tuple[Node, str, Node]]:
    """Return the shortcuts that the reasoner finds in *data*."""
    graph = axioms() + data
    DeductiveClosure(OWLRL_Extension).expand(graph)
    return {(s, name, o) for name in SHORTCUTS for s, o in graph.subject_objects(AGENDA[name])}


def small_graph() -> Graph:
    """Return one goal whose action names, engages and leaves out what it should."""
    graph = Graph()

    def say(subject: URIRef, **facts: object) -> None:
        for name, values in facts.items():
            for value in values if isinstance(values, tuple) else (values,):
                predicate = RDF.type if name == "kind" else AGENDA[name]
                graph.add((subject, predicate, value))

    whole, goal, action = THING["agenda/a"], THING["agenda/a/g1"], THING["agenda/a/g1/c1/a1"]
    korea, usa, japan, china = (THING[f"country/{code}"] for code in ("kor", "usa", "jpn", "chn"))
    trio, apec = THING["country-group/jpn-kor-usa"], THING["organization/apec"]
    say(whole, kind=AGENDA.Agenda)
    say(goal, kind=AGENDA.Goal, partOf=whole)
    say(action, kind=AGENDA.Action, partOf=goal)
    for country in (korea, usa, japan, china):
        say(country, kind=AGENDA.Country)
    say(trio, hasMember=(usa, japan))
    say(china, memberOf=apec)
    no, yes = (Literal(word, datatype=XSD.boolean) for word in ("false", "true"))
    say(action + "/m1", mentionOf=action, refersTo=trio, namesMember=(usa, japan), isSelf=no)
    say(action + "/m2", mentionOf=action, refersTo=korea, isSelf=yes)
    say(action + "/k1", commitmentOf=action)
    for number, (whom, role) in enumerate(
        [
            (trio, ROLE["coordination-partner"]),
            (apec, ROLE.framework),
            (usa, ROLE["supported-party"]),
            (china, ROLE["pressure-target"]),
            (japan, ROLE.subject),
            (korea, ROLE.context),
        ]
    ):
        engagement = action + f"/x{number}"
        say(engagement, inCommitment=action + "/k1", counterpart=whom, engagementRole=role)
    say(goal + "/b1", responsibilityOf=goal, body=THING["body/kr/a"], responsibilityRole=DUTY.lead)
    duty = DUTY["co-lead"]
    say(goal + "/b2", responsibilityOf=goal, body=THING["body/kr/b"], responsibilityRole=duty)
    say(action + "/b3", responsibilityOf=action, body=THING["body/kr/c"], responsibilityRole=duty)
    return graph


def test_chains_derive_the_shortcuts_of_a_small_graph() -> None:
    """Context is no engagement, a self mention is no mention, and an agenda engages no party."""
    goal, action = THING["agenda/a/g1"], THING["agenda/a/g1/c1/a1"]
    trio, apec = THING["country-group/jpn-kor-usa"], THING["organization/apec"]
    usa, japan, china = (THING[f"country/{code}"] for code in ("usa", "jpn", "chn"))
    rolled_up = {
        (element, name, whom)
        for element in (goal, action)
        for name, whom in [
            ("engages", trio),
            ("engages", apec),
            ("engages", usa),
            ("engages", china),
            ("engages", japan),
            ("cooperatesWith", trio),
            ("worksThrough", apec),
            ("supports", usa),
            ("pressures", china),
        ]
    }

    assert derived(small_graph()) == rolled_up | {
        (action, "mentions", trio),
        (action, "mentions", usa),
        (action, "mentions", japan),
        (goal, "reaches", usa),
        (goal, "reaches", japan),
        (goal, "reaches", china),
        (goal, "leadBody", THING["body/kr/a"]),
        (goal, "coLeadBody", THING["body/kr/b"]),
    }


AGENDAS = sorted(path.name for path in GRAPH.glob("*") if path.is_dir())


@pytest.mark.skipif(not AGENDAS, reason="data/graph is not built")
@pytest.mark.parametrize("agenda", AGENDAS)
def test_chains_derive_the_shortcuts_of_the_shipped_graph(agenda: str) -> None:
    """Reasoned over goal by goal, which the roll-up allows and which keeps it quick."""
    shipped = Graph()
    for path in (GRAPH / "world.ttl", *sorted((GRAPH / agenda).glob("*.ttl"))):
        shipped.parse(path)
    issuing = set(shipped.objects(None, AGENDA.issuedBy / AGENDA.ofCountry))

    found = set()
    for goal in shipped.subjects(RDF.type, AGENDA.Goal):
        found |= derived(goal_slice(shipped, goal))

    made = {(s, name, o) for name in SHORTCUTS for s, o in shipped.subject_objects(AGENDA[name])}
    assert {t for t in found if t[1] not in {"mentions", "reaches"} or t[2] not in issuing} == made
    assert made


def goal_slice(shipped: Graph, goal: Node) -> Graph:
    """Return what the chains read of one goal and of the counterparts that it engages."""
    graph = Graph()
    prefix = f"{goal}/"
    for s, p, o in shipped:
        if p in READ and (s == goal or str(s).startswith(prefix)):
            graph.add((s, p, o))
    for element in {s for s, o in shipped.subject_objects(AGENDA.partOf)} & set(graph.subjects()):
        for kind in shipped.objects(element, RDF.type):
            graph.add((element, RDF.type, kind))
    for whom in set(graph.objects(None, AGENDA.counterpart)):
        graph += shipped.triples((whom, AGENDA.hasMember, None))
        graph += shipped.triples((None, AGENDA.memberOf, whom))
    for thing in {*graph.objects(), *graph.subjects(AGENDA.memberOf, None)}:
        if (thing, RDF.type, AGENDA.Country) in shipped:
            graph.add((thing, RDF.type, AGENDA.Country))
    return graph
