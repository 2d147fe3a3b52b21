"""The rows of ``data/tables/world/``: facts that every agenda refers to and none states."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agendagraph.agenda.pipeline.tables.cells import (
    Concept,
    Day,
    Entity,
    ForeignKey,
    Id,
    OptionalDay,
    OptionalPartialDate,
    OptionalText,
    Precision,
    Row,
    Text,
    Values,
    Wikidata,
)


class LabelledRow(Row):
    """A row whose first columns are an id and two labels."""

    id: Id
    label_ko: Text
    label_en: Text


class CountryRow(Row, table="countries"):
    """A state, territory or economy."""

    id: Annotated[str, Field(pattern="^[a-z]{3}$")]
    iso2: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    iso3: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    m49: Annotated[str, Field(pattern=r"^(?:\d{3})?$")]
    kind: Annotated[Text, Concept("country-kind")]
    label_ko: Text
    label_en: Text
    wikidata: Wikidata
    region: Annotated[OptionalText, ForeignKey("regions")]
    source: Values

    @model_validator(mode="after")
    def _id_is_iso3(self) -> Self:
        if self.id.upper() != self.iso3:
            raise ValueError("expected the id to be iso3 in lower case")
        return self


class RegionRow(LabelledRow, table="regions"):
    """A region that an agenda names, or one of M49."""

    definition_ko: OptionalText
    definition_en: OptionalText
    m49: Annotated[str, Field(pattern=r"^(?:\d{3})?$")]
    match: Literal["exact", "close", "related", "none"]
    broader: Annotated[OptionalText, ForeignKey("regions")]


class OrganizationRow(Row, table="organizations"):
    """An organisation, forum, treaty regime, initiative or organ."""

    id: Id
    kind: Annotated[Text, Concept("organization-kind")]
    label_ko: Text
    label_en: Text
    short: OptionalText
    part_of: Annotated[OptionalText, ForeignKey("organizations")]
    founded: OptionalPartialDate
    dissolved: OptionalPartialDate
    wikidata: Wikidata
    homepage: OptionalText
    source: Values
    checked: OptionalDay


class CountryGroupRow(LabelledRow, table="country_groups"):
    """A group of countries that a text enumerates in one word."""

    members: Annotated[Values, Entity(("country",))]
    note: OptionalText


class MembershipRow(
    Row, table="memberships", key=("organization", "member", "status", "valid_from")
):
    """A period in which a country or an organisation was a member of an organisation."""

    organization: Annotated[Text, ForeignKey("organizations")]
    member: Annotated[Text, Entity(("country", "organization"))]
    status: Annotated[Text, Concept("membership-status")]
    valid_from: OptionalPartialDate
    valid_until: OptionalPartialDate
    precision: Precision
    source: Values
    checked: OptionalDay

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("expected valid_until not to be before valid_from")
        return self


class BodyRow(Row, table="bodies"):
    """A ministry or another public body."""

    id: Annotated[str, Field(pattern=r"^[a-z]+(?:-[a-z]+)*/[a-z0-9]+(?:-[a-z0-9]+)*$")]
    kind: Literal["ministry", "body"]
    label_ko: Text
    label_en: Text
    part_of: Annotated[OptionalText, ForeignKey("bodies")]
    valid_from: OptionalPartialDate
    valid_until: OptionalPartialDate
    wikidata: Wikidata
    source: Values
    checked: OptionalDay


class PlaceRow(LabelledRow, table="places"):
    """A place inside one country, or shared by several."""

    in_: Annotated[Values, ForeignKey("countries"), Field(alias="in")]
    wikidata: Wikidata
    source: Values


class EventRow(LabelledRow, table="events"):
    """An event at a time and, usually, at a place."""

    start: OptionalPartialDate
    end: OptionalPartialDate
    place: Annotated[OptionalText, ForeignKey("places")]
    status: Annotated[OptionalText, Concept("event-status")]
    source: Values
    checked: OptionalDay


class InstrumentRow(Row, table="instruments"):
    """A treaty, declaration, resolution, law or programme."""

    id: Id
    kind: Annotated[Text, Concept("instrument-kind")]
    label_ko: Text
    label_en: Text
    date: OptionalPartialDate
    parties: Annotated[Values, Entity(("country", "organization"))]
    source: Values
    checked: OptionalDay


class UnnamedActorRow(LabelledRow, table="unnamed_actors"):
    """Actors that a text refers to without naming them; never expanded to countries."""

    note: OptionalText


class TermRow(LabelledRow, table="terms"):
    """The term of a government."""

    start: Day
    planned_end: OptionalDay
    actual_end: OptionalDay
    country: Annotated[Text, ForeignKey("countries")]
    source: Values
