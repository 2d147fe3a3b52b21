"""Rewritten shapes give the same results as the original ones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph, URIRef

from agendagraph import files
from agendagraph.rdf.reading import rdf_files
from agendagraph.validation.shape_rewriting import propagate_targets

PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix s: <http://example.org/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# Named and unnamed property shapes, two targets, a closed shape, one that others refer to,
# one that is switched off, one that is a class, and one property shape in two node shapes.
SHAPES = """
s:Goal a sh:NodeShape ;
    sh:targetClass ex:Goal , ex:Task ;
    sh:targetNode ex:lonely ;
    sh:property s:Goal-order , [ sh:path [ sh:inversePath ex:leads ] ; sh:minCount 1 ] .
s:Goal-order a sh:PropertyShape ; sh:path ex:order ; sh:minCount 1 ; sh:datatype xsd:integer .

s:Closed a sh:NodeShape ;
    sh:targetClass ex:Body ;
    sh:closed true ;
    sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ;
    sh:property s:Closed-leads .
s:Closed-leads a sh:PropertyShape ; sh:path ex:leads ; sh:class ex:Goal .

s:Named a sh:NodeShape ; sh:targetClass ex:Body ; sh:property s:Named-name .
s:Named-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Warning .

s:Referred a sh:NodeShape ; sh:targetSubjectsOf ex:refers ; sh:node s:Named .

s:Off a sh:NodeShape ; sh:targetClass ex:Goal ; sh:deactivated true ; sh:property s:Off-x .
s:Off-x a sh:PropertyShape ; sh:path ex:never ; sh:minCount 1 .

ex:Thing a sh:NodeShape , owl:Class ; sh:targetClass ex:Other ; sh:property s:Thing-x .
s:Thing-x a sh:PropertyShape ; sh:path ex:x ; sh:maxCount 1 .

s:AlsoGoal a sh:NodeShape ; sh:targetClass ex:Task ; sh:property s:Goal-order .
"""
DATA = """
ex:peace a ex:Goal ; ex:order "first" .
ex:trade a ex:Task .
ex:mofa a ex:Body ; ex:leads ex:peace , ex:mofa ; ex:budget 1 .
ex:letter ex:refers ex:mofa .
ex:thing a ex:Thing ; ex:x 1 , 2 .
ex:other a ex:Other ; ex:x 1 , 2 .
"""
PROGRAM = """
import json, sys
from agendagraph.validation import child
if sys.argv[1] == "as they are":
    child.propagate_targets = lambda shapes: None
found = child.report({"data": [sys.argv[2]], "shapes": [sys.argv[3]], "focus_nodes": None})
print(json.dumps(sorted(found["results"], key=json.dumps)))
"""


def results(data: Path, shapes: Path, how: str) -> list[dict[str, str]]:
    """Return the findings of a validator's process that takes the shapes as *how* says."""
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM, how, str(data), str(shapes)],
        capture_output=True,
        check=True,
    )
    found: list[dict[str, str]] = json.loads(child.stdout)
    return found


def distinct(found: list[dict[str, str]]) -> set[str]:
    return {json.dumps(result, sort_keys=True) for result in found}


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    path = tmp_path / "shapes.ttl"
    path.write_text(PREFIXES + SHAPES)
    return path


def test_the_findings_are_the_same(tmp_path: Path, shapes: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(PREFIXES + DATA)

    plain = results(data, shapes, "as they are")
    rewritten = results(data, shapes, "rewritten")

    assert len(distinct(plain)) == 11
    assert distinct(rewritten) == distinct(plain)


def test_a_shape_that_others_refer_to_stays_as_it_is(shapes: Path) -> None:
    graph = Graph().parse(shapes)

    propagate_targets(graph)

    example = "http://example.org/"
    for detached in ("shapes#Goal", "shapes#Closed", "shapes#AlsoGoal"):
        assert not set(graph.objects(URIRef(example + detached), SH.property)), detached
    for kept in ("shapes#Named", "shapes#Off", "Thing"):
        assert set(graph.objects(URIRef(example + kept), SH.property)), kept


def test_our_own_shapes_are_all_rewritten() -> None:
    """No property shape is evaluated node by node, which makes a build quick."""
    graph = Graph()
    for file in rdf_files([files.SHAPES]):
        graph.parse(file)

    propagate_targets(graph)

    targeted = {s for p in (SH.targetClass, SH.targetNode) for s in graph.subjects(p)}
    slow = {
        s
        for s in targeted & set(graph.subjects(RDF.type, SH.NodeShape))
        if (s, SH.property, None) in graph
    }
    assert slow == set()
