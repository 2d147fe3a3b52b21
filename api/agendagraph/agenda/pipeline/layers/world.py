"""Make the graph of world facts: what every agenda refers to and none of them states."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from agendagraph.agenda.pipeline.layers.graph_builder import GraphBuilder, precision_of
from agendagraph.agenda.pipeline.tables.cells import Row
from agendagraph.errors import TableError
from agendagraph.rdf import iris, terms
from agendagraph.rdf.terms import AGENDA, FOAF, ORG, RDF, SKOS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agendagraph.agenda.pipeline.tables.csv_file import Table
    from agendagraph.agenda.pipeline.tables.reading import Tables
    from agendagraph.agenda.pipeline.tables.world_rows import (
        BodyRow,
        CountryGroupRow,
        CountryRow,
        EventRow,
        InstrumentRow,
        OrganizationRow,
        PlaceRow,
        RegionRow,
        TermRow,
        UnnamedActorRow,
    )

R = TypeVar("R", bound=Row)


def world_layer(tables: Tables, *, groups: Iterable[str] = ()) -> GraphBuilder:
    """Return the graph of the facts in *tables*.

    Args:
        tables: The facts of the world.
        groups: Country groups that an agenda names, as ``country-group/jpn-kor-usa``; one
            that has no row of its own is labelled by its countries.

    Raises:
        TableError: Two members of an organisation would share one membership's IRI.
    """
    layer = GraphBuilder()
    iso2 = {row.iso2.lower(): row.id for row in tables.countries}
    for body in layer.rows(tables.bodies):
        _body(layer, body, iso2)
    listed = {f"country-group/{row.id}" for row in tables.country_groups}
    for path in sorted(set(groups) - listed):
        _unlisted_group(layer, path, tables)
    _memberships(layer, tables)
    _each(layer, _country, tables.countries)
    _each(layer, _region, tables.regions)
    _each(layer, _organization, tables.organizations)
    _each(layer, _country_group, tables.country_groups)
    _each(layer, _place, tables.places)
    _each(layer, _event, tables.events)
    _each(layer, _instrument, tables.instruments)
    _each(layer, _unnamed_actor, tables.unnamed_actors)
    _each(layer, _term, tables.terms)
    return layer


def _each(layer: GraphBuilder, write: Callable[[GraphBuilder, R], None], table: Table[R]) -> None:
    for row in layer.rows(table):
        write(layer, row)


def _country(layer: GraphBuilder, row: CountryRow) -> None:
    node = iris.thing(f"country/{row.id}")
    layer.type(node, "Country", "Counterpart")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    layer.add(node, AGENDA.iso2, terms.string(row.iso2))
    layer.add(node, AGENDA.iso3, terms.string(row.iso3))
    layer.add(node, AGENDA.m49, terms.string(row.m49) if row.m49 else None)
    layer.concept(node, AGENDA.countryKind, "country-kind", row.kind)
    layer.add(node, AGENDA.inRegion, iris.thing(f"region/{row.region}") if row.region else None)
    layer.same_in_wikidata(node, row.wikidata)
    layer.sourced(node, row.source)


def _region(layer: GraphBuilder, row: RegionRow) -> None:
    node = iris.thing(f"region/{row.id}")
    layer.type(node, "Region", "Counterpart")
    layer.add(node, RDF.type, SKOS.Concept)
    layer.add(node, SKOS.inScheme, iris.scheme("region"))
    layer.add(node, SKOS.notation, terms.string(row.id))
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    if row.definition_ko:
        layer.add(node, SKOS.definition, terms.text(row.definition_ko, "ko"))
    if row.definition_en:
        layer.add(node, SKOS.definition, terms.text(row.definition_en, "en"))
    layer.add(node, SKOS.broader, iris.thing(f"region/{row.broader}") if row.broader else None)
    if row.id == f"m49-{row.m49}":
        layer.add(node, AGENDA.m49, terms.string(row.m49))
    elif row.m49 and row.match != "none":
        layer.add(node, SKOS[f"{row.match}Match"], iris.thing(f"region/m49-{row.m49}"))


def _organization(layer: GraphBuilder, row: OrganizationRow) -> None:
    node = iris.thing(f"organization/{row.id}")
    layer.type(node, "Organization", "Counterpart")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    if row.short:
        layer.add(node, SKOS.altLabel, terms.text(row.short, "ko"), terms.text(row.short, "en"))
        layer.add(node, SKOS.notation, terms.string(row.short))
    layer.concept(node, AGENDA.organizationKind, "organization-kind", row.kind)
    part_of = iris.thing(f"organization/{row.part_of}") if row.part_of else None
    layer.add(node, ORG.subOrganizationOf, part_of)
    layer.add(node, AGENDA.foundedOn, terms.date_or_year(row.founded) if row.founded else None)
    dissolved = terms.date_or_year(row.dissolved) if row.dissolved else None
    layer.add(node, AGENDA.dissolvedOn, dissolved)
    layer.same_in_wikidata(node, row.wikidata)
    layer.add(node, FOAF.homepage, terms.iri(row.homepage) if row.homepage else None)
    layer.sourced(node, row.source, row.checked)


def _country_group(layer: GraphBuilder, row: CountryGroupRow) -> None:
    node = iris.thing(f"country-group/{row.id}")
    layer.type(node, "CountryGroup", "Counterpart")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    layer.things(node, AGENDA.hasMember, row.members)
    layer.note(node, row.note)


def _unlisted_group(layer: GraphBuilder, path: str, tables: Tables) -> None:
    """Add a group that a text enumerates and no row names: its countries are its name."""
    countries = tables.countries.keys()
    members = [countries[code] for code in path.partition("/")[2].split("-")]
    node = iris.thing(path)
    layer.type(node, "CountryGroup", "Counterpart")
    *first, last = [row.label_en for row in members]
    english = f"{', '.join(first)} and {last}"
    layer.label(node, "·".join(row.label_ko for row in members), english, preferred=True)
    layer.things(node, AGENDA.hasMember, (f"country/{row.id}" for row in members))


def _memberships(layer: GraphBuilder, tables: Tables) -> None:
    """Add the memberships; a further period of the same member gets a number."""
    periods: defaultdict[str, list[str]] = defaultdict(list)
    table = tables.memberships
    for line, row in zip(table.lines, layer.rows(table), strict=True):
        path = f"membership/{row.organization}/{row.member.rpartition('/')[2]}"
        periods[path].append(row.member)
        if len(set(periods[path])) > 1:
            both = " and ".join(sorted(set(periods[path])))
            raise TableError(f"{both} would share the IRI {path}", file=table.file, line=line)
        count = len(periods[path])
        node = iris.thing(path if count == 1 else f"{path}/{count}")
        layer.type(node, "Membership")
        layer.things(node, AGENDA.member, [row.member])
        layer.things(node, AGENDA.organization, [f"organization/{row.organization}"])
        layer.concept(node, AGENDA.membershipStatus, "membership-status", row.status)
        layer.valid(node, row.valid_from, row.valid_until)
        layer.add(node, AGENDA.datePrecision, terms.string(row.precision))
        layer.sourced(node, row.source, row.checked)


def _body(layer: GraphBuilder, row: BodyRow, iso2: dict[str, str]) -> None:
    node = iris.thing(f"body/{row.id}")
    layer.type(node, "GovernmentBody")
    if row.kind == "ministry":
        layer.type(node, "Ministry")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    country = iso2.get(row.id.partition("/")[0])
    layer.add(node, AGENDA.ofCountry, iris.thing(f"country/{country}") if country else None)
    part_of = iris.thing(f"body/{row.part_of}") if row.part_of else None
    layer.add(node, ORG.subOrganizationOf, part_of)
    layer.valid(node, row.valid_from, row.valid_until)
    known = [precision_of(date) for date in (row.valid_from, row.valid_until) if date]
    if known:
        coarsest = max(known, key=("day", "month", "year").index)
        layer.add(node, AGENDA.datePrecision, terms.string(coarsest))
    layer.same_in_wikidata(node, row.wikidata)
    layer.sourced(node, row.source, row.checked)


def _place(layer: GraphBuilder, row: PlaceRow) -> None:
    node = iris.thing(f"place/{row.id}")
    layer.type(node, "Place")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    layer.things(node, AGENDA.inCountry, (f"country/{code}" for code in row.in_))
    layer.same_in_wikidata(node, row.wikidata)
    layer.sourced(node, row.source)


def _event(layer: GraphBuilder, row: EventRow) -> None:
    node = iris.thing(f"event/{row.id}")
    layer.type(node, "Event")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    layer.add(node, AGENDA.startsOn, terms.date_or_year(row.start) if row.start else None)
    layer.add(node, AGENDA.endsOn, terms.date_or_year(row.end) if row.end else None)
    layer.add(node, AGENDA.atPlace, iris.thing(f"place/{row.place}") if row.place else None)
    layer.concept(node, AGENDA.eventStatus, "event-status", row.status)
    layer.sourced(node, row.source, row.checked)


def _instrument(layer: GraphBuilder, row: InstrumentRow) -> None:
    node = iris.thing(f"instrument/{row.id}")
    layer.type(node, "Instrument")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    layer.concept(node, AGENDA.instrumentKind, "instrument-kind", row.kind)
    layer.add(node, AGENDA.date, terms.date_or_year(row.date) if row.date else None)
    layer.things(node, AGENDA.party, row.parties)
    layer.sourced(node, row.source, row.checked)


def _unnamed_actor(layer: GraphBuilder, row: UnnamedActorRow) -> None:
    node = iris.thing(f"unnamed-actor/{row.id}")
    layer.type(node, "UnnamedActor", "Counterpart")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    layer.note(node, row.note)


def _term(layer: GraphBuilder, row: TermRow) -> None:
    node = iris.thing(f"term/{row.id}")
    layer.type(node, "GovernmentTerm")
    layer.label(node, row.label_ko, row.label_en, preferred=True)
    layer.add(node, AGENDA.startsOn, terms.date(row.start))
    layer.add(node, AGENDA.plannedEnd, terms.date(row.planned_end) if row.planned_end else None)
    layer.add(node, AGENDA.actualEnd, terms.date(row.actual_end) if row.actual_end else None)
    layer.things(node, AGENDA.ofCountry, [f"country/{row.country}"])
    layer.sourced(node, row.source)
