"""Build the world graph: countries, organisations and memberships, which no agenda states."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from agendagraph.agenda.pipeline.layers.graph_builder import GraphBuilder, precision_of
from agendagraph.errors import TableError
from agendagraph.rdf import iris, terms
from agendagraph.rdf.terms import AGENDA, FOAF, ORG, RDF, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.agenda.pipeline.tables.reading import Tables


def world_layer(tables: Tables, *, groups: Iterable[str] = ()) -> GraphBuilder:
    """Return the graph of the facts in *tables*.

    *groups* are the country groups that agendas name, as ``country-group/jpn-kor-usa``; a group
    without a row is labelled by its countries.

    Raises:
        TableError: Two members of an organisation would share one membership's IRI.
    """
    graph = GraphBuilder()
    for add in (
        _bodies,
        _memberships,
        _countries,
        _regions,
        _organizations,
        _country_groups,
        _places,
        _events,
        _instruments,
        _unnamed_actors,
        _terms,
    ):
        add(graph, tables)
    listed = {f"country-group/{row.id}" for row in tables.country_groups}
    for path in sorted(set(groups) - listed):
        _unlisted_group(graph, path, tables)
    return graph


def _countries(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.countries):
        node = graph.entity(f"country/{row.id}", row, "Country", "Counterpart")
        graph.string(node, AGENDA.iso2, row.iso2)
        graph.string(node, AGENDA.iso3, row.iso3)
        graph.string(node, AGENDA.m49, row.m49)
        graph.concept(node, AGENDA.countryKind, "country-kind", row.kind)
        graph.things(node, AGENDA.inRegion, row.region and f"region/{row.region}")
        graph.wikidata(node, row.wikidata)
        graph.source(node, row.source)


def _regions(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.regions):
        node = graph.entity(f"region/{row.id}", row, "Region", "Counterpart")
        graph.add(node, RDF.type, SKOS.Concept)
        graph.add(node, SKOS.inScheme, iris.scheme("region"))
        graph.string(node, SKOS.notation, row.id)
        for definition, language in ((row.definition_ko, "ko"), (row.definition_en, "en")):
            graph.add(
                node, SKOS.definition, terms.text(definition, language) if definition else None
            )
        graph.things(node, SKOS.broader, row.broader and f"region/{row.broader}")
        if row.id == f"m49-{row.m49}":
            graph.string(node, AGENDA.m49, row.m49)
        elif row.m49 and row.match != "none":
            graph.things(node, SKOS[f"{row.match}Match"], f"region/m49-{row.m49}")


def _organizations(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.organizations):
        node = graph.entity(f"organization/{row.id}", row, "Organization", "Counterpart")
        if row.short:
            graph.add(node, SKOS.altLabel, terms.text(row.short, "ko"), terms.text(row.short, "en"))
            graph.string(node, SKOS.notation, row.short)
        graph.concept(node, AGENDA.organizationKind, "organization-kind", row.kind)
        graph.things(node, ORG.subOrganizationOf, row.part_of and f"organization/{row.part_of}")
        graph.date(node, AGENDA.foundedOn, row.founded)
        graph.date(node, AGENDA.dissolvedOn, row.dissolved)
        graph.wikidata(node, row.wikidata)
        graph.add(node, FOAF.homepage, terms.iri(row.homepage) if row.homepage else None)
        graph.source(node, row.source, row.checked)


def _unlisted_group(graph: GraphBuilder, path: str, tables: Tables) -> None:
    """Add a group that a text enumerates and no row names: its countries are its label."""
    countries = tables.countries.keys()
    members = [countries[code] for code in path.partition("/")[2].split("-")]
    node = iris.thing(path)
    graph.type(node, "CountryGroup", "Counterpart")
    *first, last = [row.label_en for row in members]
    english = f"{', '.join(first)} and {last}"
    graph.label(node, "·".join(row.label_ko for row in members), english, preferred=True)
    graph.things(node, AGENDA.hasMember, *(f"country/{row.id}" for row in members))


def _memberships(graph: GraphBuilder, tables: Tables) -> None:
    """Add the memberships; a later period of the same member gets a number."""
    periods: defaultdict[str, list[str]] = defaultdict(list)
    table = tables.memberships
    for line, row in zip(table.lines, graph.rows(table), strict=True):
        path = f"membership/{row.organization}/{row.member.rpartition('/')[2]}"
        periods[path].append(row.member)
        if len(set(periods[path])) > 1:
            both = " and ".join(sorted(set(periods[path])))
            raise TableError(f"{both} would share the IRI {path}", file=table.file, line=line)
        count = len(periods[path])
        node = iris.thing(path if count == 1 else f"{path}/{count}")
        graph.type(node, "Membership")
        graph.things(node, AGENDA.member, row.member)
        graph.things(node, AGENDA.organization, f"organization/{row.organization}")
        graph.concept(node, AGENDA.membershipStatus, "membership-status", row.status)
        graph.valid(node, row.valid_from, row.valid_until)
        graph.string(node, AGENDA.datePrecision, row.precision)
        graph.source(node, row.source, row.checked)


def _bodies(graph: GraphBuilder, tables: Tables) -> None:
    iso2 = {row.iso2.lower(): row.id for row in tables.countries}
    for row in graph.rows(tables.bodies):
        node = graph.entity(f"body/{row.id}", row, "GovernmentBody")
        if row.kind == "ministry":
            graph.type(node, "Ministry")
        country = iso2.get(row.id.partition("/")[0])
        graph.things(node, AGENDA.ofCountry, country and f"country/{country}")
        graph.things(node, ORG.subOrganizationOf, row.part_of and f"body/{row.part_of}")
        graph.valid(node, row.valid_from, row.valid_until)
        known = [precision_of(date) for date in (row.valid_from, row.valid_until) if date]
        coarsest = max(known, key=("day", "month", "year").index, default=None)
        graph.string(node, AGENDA.datePrecision, coarsest)
        graph.wikidata(node, row.wikidata)
        graph.source(node, row.source, row.checked)


def _events(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.events):
        node = graph.entity(f"event/{row.id}", row, "Event")
        graph.date(node, AGENDA.startsOn, row.start)
        graph.date(node, AGENDA.endsOn, row.end)
        graph.things(node, AGENDA.atPlace, row.place and f"place/{row.place}")
        graph.concept(node, AGENDA.eventStatus, "event-status", row.status)
        graph.source(node, row.source, row.checked)


def _terms(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.terms):
        node = graph.entity(f"term/{row.id}", row, "GovernmentTerm")
        graph.date(node, AGENDA.startsOn, row.start)
        graph.date(node, AGENDA.plannedEnd, row.planned_end)
        graph.date(node, AGENDA.actualEnd, row.actual_end)
        graph.things(node, AGENDA.ofCountry, f"country/{row.country}")
        graph.source(node, row.source)


def _country_groups(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.country_groups):
        node = graph.entity(f"country-group/{row.id}", row, "CountryGroup", "Counterpart")
        graph.things(node, AGENDA.hasMember, *row.members)
        graph.note(node, row.note)


def _places(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.places):
        node = graph.entity(f"place/{row.id}", row, "Place")
        graph.things(node, AGENDA.inCountry, *(f"country/{code}" for code in row.in_))
        graph.wikidata(node, row.wikidata)
        graph.source(node, row.source)


def _instruments(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.instruments):
        node = graph.entity(f"instrument/{row.id}", row, "Instrument")
        graph.concept(node, AGENDA.instrumentKind, "instrument-kind", row.kind)
        graph.date(node, AGENDA.date, row.date)
        graph.things(node, AGENDA.party, *row.parties)
        graph.source(node, row.source, row.checked)


def _unnamed_actors(graph: GraphBuilder, tables: Tables) -> None:
    for row in graph.rows(tables.unnamed_actors):
        node = graph.entity(f"unnamed-actor/{row.id}", row, "UnnamedActor", "Counterpart")
        graph.note(node, row.note)
