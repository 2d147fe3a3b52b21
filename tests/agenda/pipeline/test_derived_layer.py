"""A shortcut says what the other layers say, in one triple, and nothing more."""

import pyoxigraph as ox
import pytest

from agendagraph.agenda.pipeline.layers.derived import QUERIES, derived_layer
from agendagraph.namespaces import ID, NS

GRAPH = """
@base <https://w3id.org/agendagraph/id/> .
@prefix agenda: <https://w3id.org/agendagraph/ns#> .
@prefix lead:   <https://w3id.org/agendagraph/scheme/responsibility-role/> .
@prefix role:   <https://w3id.org/agendagraph/scheme/engagement-role/> .
@prefix status: <https://w3id.org/agendagraph/scheme/membership-status/> .
@prefix xsd:    <http://www.w3.org/2001/XMLSchema#> .

<agenda/x> a agenda:Agenda ;
    agenda:issuedBy <body/kr/mofa> ;
    agenda:adoptedOn "2022-07-26"^^xsd:date ;
    agenda:presentedOn "2022-07-22"^^xsd:date .
<body/kr/mofa> agenda:ofCountry <country/kor> .

<g> a agenda:Goal ; agenda:ofAgenda <agenda/x> ; agenda:partOf <agenda/x> .
<item> a agenda:ContentItem ; agenda:ofAgenda <agenda/x> ; agenda:partOf <g> ; agenda:ofGoal <g> .
<action> a agenda:Action ; agenda:ofAgenda <agenda/x> ; agenda:partOf <item> ; agenda:ofGoal <g> .
<k> agenda:commitmentOf <action> .

<country/kor> a agenda:Country .
<country/usa> a agenda:Country .
<country/jpn> a agenda:Country .
<country/prk> a agenda:Country .
<country/chl> a agenda:Country .
<country-group/jpn-kor-usa> a agenda:CountryGroup ;
    agenda:hasMember <country/jpn> , <country/kor> , <country/usa> .
<organization/cptpp> a agenda:Organization .
<region/asia> a agenda:Region .
"""


def made(turtle: str) -> set[tuple[str, str, str]]:
    """Return the shortcuts of the graph above with *turtle*, by their short names."""
    triples = ox.parse((GRAPH + turtle).encode(), format=ox.RdfFormat.TURTLE)
    layer = derived_layer([(q.subject, q.predicate, q.object) for q in triples])
    return {
        (s.value.removeprefix(ID), p.value.removeprefix(NS), o.value.removeprefix(ID))
        for s, p, o in layer
    }


def engagement(counterpart: str, role: str) -> str:
    return f"""
        <x-{role}-{counterpart.replace("/", "-")}> a agenda:Engagement ;
            agenda:inCommitment <k> ;
            agenda:counterpart <{counterpart}> ;
            agenda:engagementRole role:{role} .
    """


def membership(member: str, dates: str, status: str = "member") -> str:
    return f"""
        <m-{member}-{status}> a agenda:Membership ;
            agenda:member <country/{member}> ;
            agenda:organization <organization/cptpp> ;
            agenda:membershipStatus status:{status} ; {dates} .
    """


def test_an_element_mentions_what_its_words_name() -> None:
    found = made("""
        <m1> agenda:mentionOf <action> ; agenda:isSelf false ;
            agenda:refersTo <country-group/jpn-kor-usa> ;
            agenda:namesMember <country/jpn> , <country/kor> , <country/usa> .
    """)

    assert found == {
        ("action", "mentions", "country-group/jpn-kor-usa"),
        ("action", "mentions", "country/jpn"),
        ("action", "mentions", "country/usa"),
    }


def test_a_country_does_not_mention_itself() -> None:
    found = made("""
        <m1> agenda:mentionOf <action> ; agenda:isSelf true ; agenda:refersTo <country/kor> .
    """)

    assert found == set()


def test_engagements_are_rolled_up_to_the_goal_and_no_further() -> None:
    found = made(engagement("region/asia", "subject"))

    assert found == {(e, "engages", "region/asia") for e in ("action", "item", "g")}


def test_context_is_no_engagement() -> None:
    assert made(engagement("region/asia", "context")) == set()


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("ally", "cooperatesWith"),
        ("cooperation-partner", "cooperatesWith"),
        ("coordination-partner", "cooperatesWith"),
        ("pressure-target", "pressures"),
        ("framework", "worksThrough"),
        ("supported-party", "supports"),
        ("beneficiary", "supports"),
    ],
)
def test_the_kind_of_an_engagement_follows_its_role(role: str, kind: str) -> None:
    found = made(engagement("region/asia", role))

    assert {p for _, p, _ in found} == {"engages", kind}


@pytest.mark.parametrize("role", ["negotiation-counterpart", "influence-target", "host-venue"])
def test_other_roles_are_engagements_of_no_kind(role: str) -> None:
    assert {p for _, p, _ in made(engagement("region/asia", role))} == {"engages"}


@pytest.mark.parametrize(
    ("dates", "is_member"),
    [
        ('agenda:validFrom "2018-12-30"^^xsd:date', True),
        ('agenda:validFrom "2022-07-26"^^xsd:date', True),
        ('agenda:validFrom "2022-07-27"^^xsd:date', False),
        (
            'agenda:validFrom "2000-01-01"^^xsd:date ; agenda:validUntil "2022-07-26"^^xsd:date',
            True,
        ),
        (
            'agenda:validFrom "2000-01-01"^^xsd:date ; agenda:validUntil "2022-07-25"^^xsd:date',
            False,
        ),
    ],
)
def test_a_membership_counts_on_the_day_of_adoption(dates: str, *, is_member: bool) -> None:
    found = made(membership("chl", dates))

    assert (("country/chl", "memberOf", "organization/cptpp") in found) is is_member


@pytest.mark.parametrize("status", ["observer", "signatory", "candidate", "suspended"])
def test_only_full_members_are_members(status: str) -> None:
    dates = 'agenda:validFrom "2018-12-30"^^xsd:date'

    assert made(membership("chl", dates, status)) == set()


def test_a_goal_reaches_countries_itself_and_through_groups_and_organisations() -> None:
    found = made(
        engagement("country/prk", "pressure-target")
        + engagement("country-group/jpn-kor-usa", "ally")
        + engagement("organization/cptpp", "framework")
        + membership("chl", 'agenda:validFrom "2018-12-30"^^xsd:date')
        + membership("kor", 'agenda:validFrom "2018-12-30"^^xsd:date')
    )

    reached = {(s, o) for s, p, o in found if p == "reaches"}
    assert reached == {("g", f"country/{code}") for code in ("prk", "jpn", "usa", "chl")}


def test_a_region_is_never_expanded_to_its_countries() -> None:
    found = made(
        engagement("region/asia", "cooperation-partner")
        + "<country/jpn> agenda:inRegion <region/asia> ."
    )

    assert not [triple for triple in found if triple[1] == "reaches"]


def test_bodies_lead_and_share_in_leading_a_goal() -> None:
    found = made("""
        <b1> a agenda:Responsibility ; agenda:responsibilityOf <g> ;
            agenda:body <body/kr/mofa> ; agenda:responsibilityRole lead:lead .
        <b2> a agenda:Responsibility ; agenda:responsibilityOf <g> ;
            agenda:body <body/kr/nis> ; agenda:responsibilityRole lead:co-lead .
    """)

    assert found == {("g", "leadBody", "body/kr/mofa"), ("g", "coLeadBody", "body/kr/nis")}


def test_every_query_says_what_it_answers() -> None:
    for file in sorted(QUERIES.glob("*.rq")):
        text = file.read_text(encoding="utf-8")
        for key in ("#+ title: ", "#+   ko: ", "#+   en: ", "#+ answers: "):
            assert key in text, f"{file.name} lacks {key!r}"
