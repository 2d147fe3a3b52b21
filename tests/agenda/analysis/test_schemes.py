"""Every concept of the codebook says, in Korean and in English, what it is and where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import OWL, RDFS, SKOS

from agendagraph import files
from agendagraph.namespaces import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable

EUROVOC = "http://eurovoc.europa.eu/"
TRUE_MATCHES = {
    "climate-change-policy": "434743",
    "development-cooperation": "3077",
    "digital-economy": "c_8bf65f26",
    "energy-and-resource-security": "4025",
    "food-security": "c_4523e1dd",
    "free-trade-agreement": "2275",
    "humanitarian-aid": "3074",
    "indo-pacific": "c_8051840b",
    "information-security": "c_04ae3ba8",
    "international-sanctions": "3483",
    "nuclear-non-proliferation": "3454",
    "summit-diplomacy": "3637",
}
KNOWN_TO_HAVE_NONE = {"consular-protection", "public-diplomacy", "semiconductors", "supply-chain"}


def concepts(codebook: Graph) -> list[URIRef]:
    return sorted(c for c in codebook.subjects(RDF.type, SKOS.Concept) if isinstance(c, URIRef))


def schemes(codebook: Graph) -> list[URIRef]:
    found = codebook.subjects(RDF.type, SKOS.ConceptScheme)
    return sorted(scheme for scheme in found if isinstance(scheme, URIRef))


def literals(codebook: Graph, subject: URIRef, predicate: URIRef) -> list[tuple[str, str]]:
    """Return language and text of every literal of *subject* under *predicate*."""
    literals = [o for o in codebook.objects(subject, predicate) if isinstance(o, Literal)]
    return sorted((str(literal.language), str(literal)) for literal in literals)


def local(concept: object) -> str:
    return str(concept).rsplit("/", 1)[-1]


@pytest.mark.parametrize("predicate", [SKOS.prefLabel, SKOS.definition])
def test_is_said_once_in_each_language(codebook: Graph, predicate: URIRef) -> None:
    for subject in concepts(codebook) + schemes(codebook):
        languages = [language for language, _ in literals(codebook, subject, predicate)]

        assert languages == ["en", "ko"], subject


def test_what_has_a_preferred_label_has_it_as_its_label_too(codebook: Graph) -> None:
    """A query for rdfs:label finds concepts and schemes as it finds everything else."""
    preferred = set(codebook.subject_objects(SKOS.prefLabel))

    assert preferred
    assert set(codebook.subject_objects(RDFS.label)) == preferred


def test_a_definition_does_not_repeat_its_label(codebook: Graph) -> None:
    for concept in concepts(codebook):
        labels = {text.casefold() for _, text in literals(codebook, concept, SKOS.prefLabel)}
        for _, text in literals(codebook, concept, SKOS.definition):
            assert text.rstrip(".").casefold() not in labels, concept
            assert len(text) >= 10, concept
            assert text.endswith("."), concept


def test_scope_notes_come_in_pairs(codebook: Graph) -> None:
    for concept in concepts(codebook):
        languages = [language for language, _ in literals(codebook, concept, SKOS.scopeNote)]

        assert languages in ([], ["en", "ko"]), concept


def test_an_iri_is_made_of_scheme_and_notation(codebook: Graph) -> None:
    for concept in concepts(codebook):
        (scheme,) = codebook.objects(concept, SKOS.inScheme)
        (notation,) = codebook.objects(concept, SKOS.notation)

        assert str(concept) == f"{scheme}/{notation}"
        assert str(scheme).startswith(SCHEME)


def test_labels_are_unique_in_a_scheme_and_disjoint(codebook: Graph) -> None:
    """SKOS forbids one word to be both preferred and alternative (S13)."""
    for scheme in schemes(codebook):
        members = list(codebook.subjects(SKOS.inScheme, scheme))
        labels = [
            label
            for predicate in (SKOS.prefLabel, SKOS.altLabel)
            for member in members
            for label in codebook.objects(member, predicate)
        ]

        assert len(labels) == len(set(labels)), scheme


def test_no_concept_is_an_orphan(codebook: Graph) -> None:
    """Each is a top of its scheme, or below one; both directions are written."""
    for concept in concepts(codebook):
        (scheme,) = codebook.objects(concept, SKOS.inScheme)
        is_top = (concept, SKOS.topConceptOf, scheme) in codebook
        broader = list(codebook.objects(concept, SKOS.broader))

        assert is_top == ((scheme, SKOS.hasTopConcept, concept) in codebook), concept
        assert is_top != bool(broader), concept
        for parent in broader:
            assert (parent, SKOS.narrower, concept) in codebook, concept
            assert (parent, SKOS.topConceptOf, scheme) in codebook, concept
    for parent, child in codebook.subject_objects(SKOS.narrower):
        assert (child, SKOS.broader, parent) in codebook, child


def test_examples_stand_in_the_page(codebook: Graph, page: str) -> None:
    """An example is an exact quotation, never made up."""
    for concept in concepts(codebook):
        for language, example in literals(codebook, concept, SKOS.example):
            assert language == "ko", concept
            assert example in page, concept


def test_every_way_of_dealing_has_an_example(codebook: Graph) -> None:
    """Roles, stances, deeds, fields and forms of naming are all met in the page."""
    for name in ("engagement-role", "stance", "action-type", "explicitness", "policy-line"):
        for concept in codebook.subjects(SKOS.inScheme, URIRef(SCHEME + name)):
            assert (concept, SKOS.example, None) in codebook, concept
    for leaf in codebook.objects(None, SKOS.narrower):
        assert (leaf, SKOS.example, None) in codebook, leaf


def test_one_version_of_the_codebook(
    codebook: Graph, table: Callable[[str], list[dict[str, str]]]
) -> None:
    versions = {str(codebook.value(scheme, OWL.versionInfo)) for scheme in schemes(codebook)}

    assert versions == {row["codebook_version"] for row in table("coders")}
    assert len(versions) == 1


def test_one_file_a_scheme_named_like_it(codebook: Graph) -> None:
    names = {path.stem for path in (files.ONTOLOGY / "schemes").glob("*.ttl")}

    assert names == {local(scheme) for scheme in schemes(codebook)}


def test_the_regions_come_from_the_world_tables(codebook: Graph) -> None:
    region = URIRef(SCHEME + "region")

    assert (region, RDF.type, SKOS.ConceptScheme) in codebook
    assert not list(codebook.subjects(SKOS.inScheme, region))


def test_the_sizes_that_the_model_asks_for(codebook: Graph) -> None:
    def size(name: str) -> int:
        return len(list(codebook.subjects(SKOS.inScheme, URIRef(SCHEME + name))))

    assert size("engagement-role") == 12
    assert size("stance") == 7
    assert size("action-type") == 18
    assert len(list(codebook.objects(URIRef(SCHEME + "theme"), SKOS.hasTopConcept))) == 9
    assert 28 <= len(list(codebook.objects(None, SKOS.narrower))) <= 38


def test_eurovoc_is_matched_only_where_a_true_concept_exists(codebook: Graph) -> None:
    matches = {
        local(concept): str(target)
        for predicate in (SKOS.exactMatch, SKOS.closeMatch)
        for concept, target in codebook.subject_objects(predicate)
    }

    assert matches == {name: EUROVOC + number for name, number in TRUE_MATCHES.items()}


def test_a_theme_without_a_match_says_so(codebook: Graph) -> None:
    """Known to have none, and none verified, are two different statements."""
    notes = {
        local(concept): {
            text
            for language, text in literals(codebook, concept, SKOS.editorialNote)
            if language == "en"
        }
        for concept in concepts(codebook)
        if str(concept).startswith(f"{SCHEME}theme/")
    }
    known_none = {name for name, texts in notes.items() if "No EuroVoc concept" in " ".join(texts)}

    assert {name for name, texts in notes.items() if not texts} == set(TRUE_MATCHES)
    assert known_none == KNOWN_TO_HAVE_NONE
