"""What a change can break is found by looking at what it can affect, as by looking at all.

The shapes are the project's own, the data is the small agenda of tests/shapes that conforms
to all of them, the updates are random: triples taken away, triples made of parts that occur,
whole nodes removed, types changed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from pyshacl import validate
from rdflib import RDF, SH, Graph, URIRef

from agendagraph.files import ONTOLOGY, SHAPES
from agendagraph.rdf.reading import quads_of_file, rdf_files
from agendagraph.server.updates.gate.impact import Step, impacts_of, properties_of
from agendagraph.server.updates.gate.incremental_validation import (
    IncrementalValidator,
)
from agendagraph.validation import pyshacl_patches
from agendagraph.validation.rdflib_graph import rdflib_triple, read_graph

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.slow

STORY = Path(__file__).parents[2] / "shapes" / "story.ttl"
SUBCLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@cache
def story() -> frozenset[ox.Triple]:
    """The agenda, with the schemes and the class hierarchy that its shapes look up."""
    found = {quad.triple for quad in quads_of_file(STORY)}
    for path in (ONTOLOGY / "schemes").glob("*.ttl"):
        found |= {quad.triple for quad in quads_of_file(path)}
    for path in ONTOLOGY.glob("*.ttl"):
        found |= {q.triple for q in quads_of_file(path) if q.predicate == SUBCLASS}
    return frozenset(found)


@cache
def agenda() -> tuple[ox.Triple, ...]:
    """The triples of the agenda itself, in a fixed order."""
    return tuple(sorted({quad.triple for quad in quads_of_file(STORY)}, key=str))


@cache
def checker() -> IncrementalValidator:
    pyshacl_patches.install()
    return IncrementalValidator(read_graph(rdf_files([SHAPES])), story())


def findings(results: Iterable[dict[str, Any]]) -> set[tuple[str, ...]]:
    """Return findings as what can be compared."""
    return {
        (row["severity"], row["shape"], row["focus_node"], row["component"], str(row["value"]))
        for row in results
    }


INDEX = st.integers(min_value=0, max_value=10_000)


def at(number: int) -> ox.Triple:
    return agenda()[number % len(agenda())]


REMOVE = INDEX.map(lambda i: ("remove", {at(i)}))
REMOVE_NODE = INDEX.map(lambda i: ("remove", {t for t in agenda() if t.subject == at(i).subject}))
ADD = st.builds(
    lambda i, j, k: ("add", {ox.Triple(at(i).subject, at(j).predicate, at(k).object)}),
    *(INDEX, INDEX, INDEX),
)
SAME_PROPERTY = st.builds(
    lambda i, j: ("add", {ox.Triple(at(i).subject, at(j).predicate, at(j).object)}), INDEX, INDEX
)
RETYPE = st.builds(
    lambda i, j: (
        "add",
        {
            ox.Triple(at(i).subject, TYPE, t.object)
            for t in agenda()
            if t.subject == at(j).subject and t.predicate == TYPE
        },
    ),
    *(INDEX, INDEX),
)
UNTYPE = INDEX.map(
    lambda i: (
        "remove",
        {t for t in agenda() if t.subject == at(i).subject and t.predicate == TYPE},
    )
)
CHANGES = st.lists(
    st.one_of(REMOVE, REMOVE_NODE, ADD, SAME_PROPERTY, RETYPE, UNTYPE), min_size=1, max_size=4
)


def net(changes: list[tuple[str, set[ox.Triple]]]) -> tuple[set[ox.Triple], set[ox.Triple]]:
    """Return what a list of changes comes to: triples that came, triples that went."""
    now = set(story())
    for what, triples in changes:
        now = now | triples if what == "add" else now - triples
    return now - story(), set(story()) - now


def test_the_story_conforms() -> None:
    assert findings(checker().check_all()) == set()


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(changes=CHANGES)
def test_incremental_equals_whole(changes: list[tuple[str, set[ox.Triple]]]) -> None:
    """The data conformed before, so that all that is wrong now is the change's doing."""
    added, removed = net(changes)
    trial = checker()
    try:
        incremental = findings(trial.check(added, removed))
        whole = findings(trial.check_all())
    finally:
        trial.rollback()

    assert incremental == whole


@settings(
    deadline=None,
    max_examples=6,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(changes=CHANGES)
@example(changes=[("remove", {next(t for t in agenda() if t.predicate == TYPE)})])
def test_incremental_equals_pyshacl(changes: list[tuple[str, set[ox.Triple]]]) -> None:
    """Against pySHACL by itself: its own targets, the shapes as they stand in their files."""
    added, removed = net(changes)
    trial = checker()
    try:
        incremental = trial.check(added, removed)
    finally:
        trial.rollback()
    data = Graph()
    for triple in (set(story()) | added) - removed:
        data.add(rdflib_triple(triple))

    _, report, _ = validate(data, shacl_graph=read_graph(rdf_files([SHAPES])), inplace=True)

    alone = {
        (str(report.value(node, SH.sourceShape)), str(report.value(node, SH.focusNode)))
        for node in report.subjects(RDF.type, SH.ValidationResult)
        if (None, SH.detail, node) not in report
    }
    assert {(row["shape"], row["focus_node"]) for row in incremental} == alone


def test_a_change_is_taken_back_to_the_last_triple() -> None:
    trial = checker()
    before = set(trial.data)
    removed = {t for t in agenda() if t.subject == agenda()[0].subject}

    trial.check([], removed)
    trial.rollback()

    assert set(trial.data) == before
    assert findings(trial.check_all()) == set()


def test_a_small_change_checks_little() -> None:
    """A label of one node is held against that node's shapes, not against the agenda's."""
    label = next(t for t in agenda() if "label" in t.predicate.value)
    trial = checker()
    trial.check([], [label])
    trial.rollback()

    assert 0 < trial.checked < 30


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT $this { $this ex:p/ex:q ?o }", {"p", "q"}),
        ("SELECT $this { $this a ?o }", {str(RDF.type)}),
        ("SELECT $this { $this <urn:x> 'ex:no' } # ex:no", {"urn:x"}),
        ("SELECT $this { $this ?p ?o }", None),
        ("SELECT $this { $this ex:p 1 ; ?p ?o }", None),
        ("SELECT $this { $this other:p ?o }", None),
    ],
)
def test_the_properties_that_a_query_reads(query: str, expected: set[str] | None) -> None:
    found = properties_of(query, {"ex": "urn:ex:"})
    assert (found and {str(each).removeprefix("urn:ex:") for each in found}) == expected


def test_what_a_shape_reads() -> None:
    """Paths, types at their ends, nested shapes, pairs; a query is read as a whole."""
    shapes = Graph().parse(
        data="""
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:> .
        :S a sh:NodeShape ; sh:targetClass :C ; sh:closed true ; sh:property :P .
        :P sh:path ( :a [ sh:inversePath :b ] ) ; sh:class :D ; sh:or ( [ sh:path :c ] ) .
        :Q sh:targetSubjectsOf :t ; sh:path :d ; sh:lessThan :e .
        :Z sh:targetNode :n ; sh:path [ sh:zeroOrMorePath :f ] .
        """,
        format="turtle",
    )

    def step(name: str, *, inverse: bool = False) -> Step:
        return Step(URIRef(f"urn:{name}"), inverse=inverse)

    by_name = {str(impact.shape): impact for impact in impacts_of(shapes)}

    there = (step("a"), step("b", inverse=True))
    assert by_name["urn:S"].paths == {
        (Step(RDF.type),),
        (Step(None),),
        there,
        (*there, Step(RDF.type)),
        (*there, step("c")),
    }
    assert by_name["urn:Q"].paths == {(step("t"),), (step("d"),), (step("e"),)}
    assert by_name["urn:Z"].anywhere is None
