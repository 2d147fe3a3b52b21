"""The same triples are always the same bytes, and they can be read back."""

import os
import random
import subprocess
import sys

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from agendagraph.rdf.terms import AGENDA, RDF, RDFS, SKOS, XSD, date, integer, string, text
from agendagraph.rdf.turtle import Triple, natural_key, to_turtle

BASE = "https://w3id.org/agendagraph/"


def thing(path: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}id/{path}")


def read(turtle: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)}


def test_it_is_written_as_a_person_would_write_it() -> None:
    japan = thing("country/jpn")

    written = to_turtle(
        [
            (japan, AGENDA.iso3, string("JPN")),
            (japan, RDFS.label, text("Japan", "en")),
            (japan, AGENDA.validFrom, date("1952-04-28")),
            (japan, RDF.type, AGENDA.Country),
            (japan, RDFS.label, text("일본", "ko")),
        ],
        heading="World facts.\n\nMade by the build.",
    )

    assert written == (
        "# World facts.\n"
        "#\n"
        "# Made by the build.\n"
        "\n"
        "@base <https://w3id.org/agendagraph/> .\n"
        "@prefix agenda: <https://w3id.org/agendagraph/ns#> .\n"
        "@prefix rdfs:   <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix xsd:    <http://www.w3.org/2001/XMLSchema#> .\n"
        "\n"
        "<id/country/jpn>\n"
        "    a agenda:Country ;\n"
        '    rdfs:label "일본"@ko , "Japan"@en ;\n'
        '    agenda:iso3 "JPN" ;\n'
        '    agenda:validFrom "1952-04-28"^^xsd:date .\n'
    )


def test_numbers_in_names_are_sorted_by_value() -> None:
    names = ["g10", "g2", "g1/c10", "g1/c9", "g1", "g02"]

    assert sorted(names, key=natural_key) == ["g1", "g1/c9", "g1/c10", "g02", "g2", "g10"]


def test_subjects_and_objects_are_in_natural_order() -> None:
    goals = [thing(f"agenda/x/g{n}") for n in (10, 2, 1)]
    triples: list[Triple] = [
        (goal, AGENDA.relatedElement, other) for goal in goals for other in goals
    ]

    written = to_turtle(triples)

    assert written.index("<id/agenda/x/g2>\n") < written.index("<id/agenda/x/g10>\n")
    assert "<id/agenda/x/g1> , <id/agenda/x/g2> , <id/agenda/x/g10>" in written


def test_many_long_objects_stand_on_lines_of_their_own() -> None:
    goal = thing("agenda/x/g1")

    written = to_turtle([(goal, RDFS.label, text(word * 60, "en")) for word in "ab"])

    assert f'    rdfs:label\n        "{"a" * 60}"@en ,\n        "{"b" * 60}"@en .\n' in written


def test_only_the_prefixes_that_are_used_are_declared() -> None:
    written = to_turtle([(thing("country/jpn"), SKOS.notation, string("JP"))])

    assert "@prefix skos:" in written
    assert "rdfs:" not in written


def test_no_triples_are_no_document() -> None:
    assert to_turtle([]) == ""


def test_a_triple_that_comes_twice_is_written_once() -> None:
    triple: Triple = (thing("country/jpn"), RDF.type, AGENDA.Country)

    assert to_turtle([triple, triple]) == to_turtle([triple])


@pytest.mark.parametrize(
    "triple",
    [
        pytest.param((ox.BlankNode("b"), RDF.type, AGENDA.Country), id="as a subject"),
        pytest.param((thing("country/jpn"), AGENDA.member, ox.BlankNode("b")), id="as an object"),
    ],
)
def test_a_blank_node_is_an_error(triple: Triple) -> None:
    with pytest.raises(ValueError, match="everything in the graph is named"):
        to_turtle([triple])


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('"quoted" \\ and \\n', id="quotes and backslashes"),
        pytest.param("line\nend\r\n\ttab", id="line ends and tabs"),
        pytest.param("no-break\u00a0space, zero\u200bwidth, \ufeffmark", id="invisible"),
        pytest.param("\x01\x7f", id="control characters"),
        pytest.param("韓美日 · 한미일 🇰🇷", id="Hanja, Hangul and a flag"),
        pytest.param('ends with a quote"', id="a quote at the end"),
        pytest.param("", id="nothing"),
    ],
)
def test_every_text_comes_back_by_two_readers(value: str) -> None:
    node = thing("country/jpn")

    written = to_turtle([(node, RDFS.comment, string(value))])

    assert read(written) == {ox.Triple(node, RDFS.comment, string(value))}
    (found,) = rdflib.Graph().parse(data=written, format="turtle").objects()
    assert str(found) == value


def test_what_cannot_be_seen_is_spelt_out() -> None:
    written = to_turtle([(thing("country/jpn"), RDFS.label, text("성과\u00a0창출", "ko"))])

    assert '"성과\\u00A0창출"@ko' in written


@pytest.mark.parametrize(
    ("lexical", "datatype", "expected"),
    [
        ("3", "integer", " 3 ."),
        ("-0.50", "decimal", " -0.50 ."),
        ("1.0e6", "double", " 1.0e6 ."),
        ("true", "boolean", " true ."),
        ("three", "integer", ' "three"^^xsd:integer .'),
        ("1", "boolean", ' "1"^^xsd:boolean .'),
        ("2022", "gYear", ' "2022"^^xsd:gYear .'),
    ],
)
def test_numbers_are_bare_where_turtle_reads_them_the_same(
    lexical: str, datatype: str, expected: str
) -> None:
    literal = ox.Literal(lexical, datatype=XSD[datatype])
    node = thing("country/jpn")

    written = to_turtle([(node, AGENDA.value, literal)])

    assert written.endswith(f"agenda:value{expected}\n")
    assert read(written) == {ox.Triple(node, AGENDA.value, literal)}


@pytest.mark.parametrize(
    "iri",
    [
        f"{BASE}id/a/../b",
        f"{BASE}id/a//b",
        f"{BASE}ns#two.parts",
        f"{BASE}ns#9lives",
        f"{BASE}ns#",
        BASE,
        "http://example.org/?q=a:b#c",
        "urn:x:y",
        "http://www.w3.org/2004/02/skos/core#",
        f"{BASE}id/.hidden",
        f"{BASE}a:b/c",
    ],
)
def test_an_odd_iri_comes_back_whole(iri: str) -> None:
    node = ox.NamedNode(iri)

    written = to_turtle([(node, RDFS.seeAlso, node)])

    assert read(written) == {ox.Triple(node, RDFS.seeAlso, node)}


_nodes = st.sampled_from([thing(f"agenda/x/g{n}") for n in range(1, 13)])
_literals = st.one_of(
    st.text().map(lambda value: ox.Literal(value.replace("\x00", ""))),
    st.text(min_size=1).map(lambda value: ox.Literal(value.replace("\x00", "x"), language="ko")),
    st.integers().map(integer),
    st.booleans().map(lambda value: ox.Literal(str(value).lower(), datatype=XSD.boolean)),
)
_triples = st.lists(
    st.tuples(_nodes, st.sampled_from([RDF.value, RDFS.label, AGENDA.text]), _nodes | _literals)
)


@given(_triples, st.randoms())
def test_any_triples_come_back_in_any_order(triples: list[Triple], rng: random.Random) -> None:
    shuffled = rng.sample(triples, len(triples))

    written = to_turtle(triples)

    assert read(written) == {ox.Triple(*triple) for triple in triples}
    assert to_turtle(shuffled) == written


def test_the_hash_seed_changes_no_byte() -> None:
    """Two processes with different hash seeds write the same document."""
    program = (
        "from agendagraph.rdf.turtle import to_turtle; import pyoxigraph as ox;"
        "n = lambda i: ox.NamedNode(f'https://w3id.org/agendagraph/id/agenda/x/g{i}');"
        "print(to_turtle({(n(i), n(i % 7), n(i % 5)) for i in range(300)}))"
    )

    written = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }

    assert len(written) == 1
