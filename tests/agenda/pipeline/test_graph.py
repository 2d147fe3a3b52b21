"""The committed graph is what the build makes, and the page can be written back from it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from agendagraph import files
from agendagraph.agenda.pipeline.writing import differences
from agendagraph.agenda.source import Element, Kind, render_page, usual_marker
from agendagraph.namespaces import NS
from agendagraph.store import load_shipped

if TYPE_CHECKING:
    from agendagraph.agenda.pipeline.assembly import NamedGraph

pytestmark = pytest.mark.slow

ELEMENTS = """
PREFIX agenda: <https://w3id.org/agendagraph/ns#>
SELECT ?element ?kind ?text (COUNT(?above) AS ?depth) {
  ?element a agenda:AgendaElement , ?class ;
    agenda:text ?text ;
    agenda:documentOrder ?order ;
    agenda:partOf+ ?above .
  FILTER (?class != agenda:AgendaElement)
  BIND (STRAFTER(STR(?class), "#") AS ?kind)
}
GROUP BY ?element ?kind ?text ?order
ORDER BY ?order
"""
DEPTH_OF_ANNOTATED = """
PREFIX agenda: <https://w3id.org/agendagraph/ns#>
SELECT (COUNT(?above) AS ?depth) { <NOTE> agenda:annotates/agenda:partOf+ ?above }
"""


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    load_shipped(store)
    return store


def elements_of(document: ox.Store) -> list[Element]:
    """Read the elements of a page from its document layer, by SPARQL alone."""
    elements: dict[str, Element] = {}
    for row in document.query(ELEMENTS):
        iri, kind = row["element"].value, Kind(row["kind"].value)
        # A goal stands one step below the agenda, and is not indented; a note stands below
        # what it annotates, although it is a part of the section.
        depth = int(row["depth"].value) - 1
        if kind is Kind.NOTE:
            (found,) = document.query(DEPTH_OF_ANNOTATED.replace("NOTE", iri))
            depth = int(found["depth"].value)
        elements[iri] = Element(
            id=iri, kind=kind, text=row["text"].value, depth=depth, marker=usual_marker(kind)
        )
    return list(elements.values())


def test_the_page_is_rebuilt_byte_for_byte_from_the_document_layer_alone() -> None:
    document = ox.Store()
    layer = files.GRAPH / "kr-mofa-2022" / "document.ttl"
    document.load(layer.read_bytes(), format=ox.RdfFormat.TURTLE)
    elements = elements_of(document)
    source = (files.SOURCE / "kr-mofa-2022.txt").read_bytes()
    first = source.index(b"  " + "• 북한 비핵화 추진".encode())

    page = render_page(elements).encode()

    assert len(elements) == 160
    assert page == source[first:].rstrip(b"\n")


def test_the_elements_are_those_that_were_counted_by_hand(store: ox.Store) -> None:
    """The counts of the model's table, which were taken from the page."""
    query = f"SELECT ?class {{ ?element a ?class ; <{NS}ofAgenda> ?agenda }}"

    counts = Counter(
        row["class"].value.removeprefix(NS)
        for row in store.query(query, use_default_graph_as_union=True)
    )

    assert counts == {
        "AgendaElement": 160,
        "Goal": 8,
        "Section": 24,
        "Objective": 15,
        "ContentItem": 31,
        "Lead": 31,
        "Action": 31,
        "RegionHeading": 4,
        "ExpectedEffect": 14,
        "Note": 2,
    }


def test_the_committed_graph_is_what_the_build_makes(graphs: tuple[NamedGraph, ...]) -> None:
    made = {graph.path: graph.turtle() for graph in graphs}

    assert differences(made, files.GRAPH) == []


def test_the_hash_seed_changes_no_byte(graphs: tuple[NamedGraph, ...]) -> None:
    """A build in a process with another hash seed than this one's is the same bytes."""
    program = (
        "import hashlib\n"
        "from agendagraph.agenda.pipeline.assembly import assemble\n"
        "from agendagraph.agenda.pipeline.sources import Folders\n"
        "for graph in assemble(Folders()):\n"
        "    print(graph.name, hashlib.sha256(graph.turtle().encode()).hexdigest())\n"
    )
    seed = "20220726" if os.environ.get("PYTHONHASHSEED") == "0" else "0"

    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
        text=True,
    ).stdout

    here = [f"{g.name} {hashlib.sha256(g.turtle().encode()).hexdigest()}" for g in graphs]
    assert elsewhere.splitlines() == here


def test_a_triple_stands_in_one_graph(store: ox.Store) -> None:
    """The union of the graphs is a set; Oxigraph would count a triple twice."""
    places = Counter((q.subject, q.predicate, q.object) for q in store if named(q))

    assert [triple for triple, count in places.items() if count > 1] == []


def named(quad: ox.Quad) -> bool:
    return not any(isinstance(t, ox.BlankNode) for t in (quad.subject, quad.object))


def test_everything_that_is_built_has_an_iri(store: ox.Store) -> None:
    built = [quad for quad in store if not quad.graph_name.value.endswith("/ontology")]

    assert len(built) > 20_000
    assert all(named(quad) for quad in built)


def test_every_term_of_ours_is_declared(store: ox.Store) -> None:
    declared = {
        quad.subject.value
        for quad in store.quads_for_pattern(
            None, None, None, ox.NamedNode("https://w3id.org/agendagraph/graph/ontology")
        )
    }

    used = {
        term.value
        for quad in store
        for term in (quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(NS)
    }

    assert used - declared == set()


def test_everything_people_see_is_labelled_in_both_languages(store: ox.Store) -> None:
    query = """
        PREFIX agenda: <https://w3id.org/agendagraph/ns#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?thing {
          VALUES ?class {
            agenda:Agenda agenda:AgendaElement agenda:Commitment agenda:Counterpart
            agenda:GovernmentBody agenda:Place agenda:Event agenda:Instrument
            agenda:GovernmentTerm agenda:Coder agenda:SourceCapture agenda:Erratum
          }
          VALUES ?language { "ko" "en" }
          ?thing a ?class .
          FILTER NOT EXISTS { ?thing rdfs:label ?label FILTER (lang(?label) = ?language) }
        }
    """

    unlabelled = [row["thing"].value for row in store.query(query, use_default_graph_as_union=True)]

    assert unlabelled == []


def test_every_anchor_cuts_its_words_out_of_the_capture(store: ox.Store) -> None:
    query = """
        PREFIX agenda: <https://w3id.org/agendagraph/ns#>
        PREFIX oa: <http://www.w3.org/ns/oa#>
        SELECT ?words ?start ?end {
          ?thing agenda:text|agenda:asStated ?words ; agenda:anchor/oa:hasSelector ?position .
          ?position oa:start ?start ; oa:end ?end .
        }
    """
    capture = (files.SOURCE / "kr-mofa-2022.txt").read_text(encoding="utf-8")

    rows = list(store.query(query, use_default_graph_as_union=True))

    assert len(rows) > 160
    for row in rows:
        assert capture[int(row["start"].value) : int(row["end"].value)] == row["words"].value
