"""The world graph says what its tables say: dates as far as known, one IRI a period."""

import pytest

from agendagraph.agenda.pipeline.layers.graph_builder import first_day, last_day, precision_of
from agendagraph.agenda.pipeline.layers.world import world_layer
from agendagraph.agenda.pipeline.tables.reading import Tables
from agendagraph.namespaces import ID
from agendagraph.rdf import iris
from agendagraph.rdf.terms import AGENDA, RDF, RDFS, SKOS, string, text
from agendagraph.rdf.turtle import Triple


@pytest.fixture(scope="module")
def triples(tables: Tables) -> set[Triple]:
    return set(world_layer(tables, groups=["country-group/arg-zwe"]))


@pytest.mark.parametrize(
    ("partial", "first", "last", "precision"),
    [
        ("2022", "2022-01-01", "2022-12-31", "year"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2022-07-26", "2022-07-26", "2022-07-26", "day"),
    ],
)
def test_a_date_that_is_known_in_part(partial: str, first: str, last: str, precision: str) -> None:
    assert (first_day(partial), last_day(partial)) == (first, last)
    assert precision_of(partial) == precision


def test_a_group_that_no_row_names_is_named_by_its_countries(triples: set[Triple]) -> None:
    group = iris.thing("country-group/arg-zwe")

    assert (group, RDFS.label, text("Argentina and Zimbabwe", "en")) in triples
    assert (group, RDFS.label, text("아르헨티나·짐바브웨", "ko")) in triples
    assert {o.value for s, p, o in triples if (s, p) == (group, AGENDA.hasMember)} == {
        f"{ID}country/arg",
        f"{ID}country/zwe",
    }


def test_a_second_period_has_an_iri_of_its_own(tables: Tables, triples: set[Triple]) -> None:
    memberships = {s for s, p, o in triples if (p, o) == (RDF.type, AGENDA.Membership)}

    assert len(memberships) == len(tables.memberships)


def test_codes_stay_texts(triples: set[Triple]) -> None:
    """Brazil's M49 code is 076, and Namibia's ISO code is NA."""
    assert (iris.thing("country/bra"), AGENDA.m49, string("076")) in triples
    assert (iris.thing("country/nam"), AGENDA.iso2, string("NA")) in triples


def test_an_organisation_is_found_by_its_usual_short_name(triples: set[Triple]) -> None:
    for short in ("UN", "APEC", "IPEF", "ASEAN", "OECD"):
        organization = iris.thing(f"organization/{short.lower()}")
        assert (organization, SKOS.notation, string(short)) in triples
        assert (organization, SKOS.altLabel, text(short, "en")) in triples


def test_a_region_is_linked_to_m49_by_the_weakest_honest_relation(triples: set[Triple]) -> None:
    def relation(region: str, code: str) -> set[str]:
        ends = (iris.thing(f"region/{region}"), iris.thing(f"region/m49-{code}"))
        return {p.value.rpartition("#")[2] for s, p, o in triples if (s, o) == ends}

    assert relation("central-asia", "143") == {"exactMatch"}
    assert relation("africa", "002") == {"closeMatch"}
    assert relation("middle-east", "145") == {"relatedMatch"}
    assert not {
        o for s, p, o in triples if s == iris.thing("region/east-asia") and "Match" in p.value
    }


def test_a_ministry_is_a_government_body_of_its_country(triples: set[Triple]) -> None:
    mofa = iris.thing("body/kr/mofa")

    assert {o for s, p, o in triples if (s, p) == (mofa, RDF.type)} == {
        AGENDA.GovernmentBody,
        AGENDA.Ministry,
    }
    assert (mofa, AGENDA.ofCountry, iris.thing("country/kor")) in triples
