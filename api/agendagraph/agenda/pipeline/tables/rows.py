"""The rows of all tables: facts of the world, names, and the translation and analysis of agendas.

`agenda.linking` documents the columns of the tables of names.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agendagraph.agenda.pipeline.tables.cells import (
    COUNTERPARTS,
    ChildId,
    Concept,
    Count,
    Cues,
    Day,
    ElementId,
    Entity,
    ForeignKey,
    Id,
    OptionalDay,
    OptionalPartialDate,
    OptionalText,
    PartialDate,
    Precision,
    Quote,
    Row,
    Share,
    Text,
    Values,
    Wikidata,
    YesOrEmpty,
)

# The facts of the world, to which every agenda refers: data/tables/world/


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


# Further names, and the reviewed readings: data/tables/names/


class NameRow(Row, table="names", key=("surface", "lang", "entity")):
    """A further name of an entity."""

    surface: Text
    lang: Literal["ko", "en"]
    entity: Annotated[Text, Entity()]
    members: Annotated[Values, Entity()]
    form: Literal["full", "short", "abbreviated", "generic"]
    self_: Annotated[YesOrEmpty, Field(alias="self")]
    note: OptionalText


class DecisionRow(Row, table="decisions", key=("surface", "context")):
    """The reviewed reading of a surface inside a phrase."""

    surface: Text
    context: Text
    reading: Annotated[Text, Entity()]
    reason: Text


class AmbiguityRow(Row, table="ambiguities", key=("surface",)):
    """A name that is also an ordinary word, or that has two readings."""

    surface: Text
    cues: Cues
    reading: Annotated[Text, Entity()]
    otherwise: Annotated[Text, Entity()]
    reason: Text


class SyllableRow(Row, table="syllables", key=("syllable",)):
    """A one-syllable abbreviation of a country."""

    syllable: Annotated[str, Field(min_length=1, max_length=1)]
    entity: Annotated[Text, Entity(("country",))]
    core: YesOrEmpty
    heads: Values
    note: OptionalText


class CombinationRow(Row, table="combinations", key=("syllables",)):
    """A reviewed sequence of such syllables."""

    syllables: Annotated[str, Field(min_length=2)]
    bare: YesOrEmpty
    note: OptionalText


class FollowerRow(Row, table="followers", key=("word",)):
    """A noun that may follow a name without a space."""

    word: Text
    kind: Text
    note: OptionalText


# An agenda, its translation, and its analysis under the codebook: data/tables/AGENDA/


class AgendaRow(Row, table="agenda"):
    """The agenda itself; its table has one row."""

    id: Id
    body: Annotated[Text, Entity(("body",))]
    term: Annotated[OptionalText, ForeignKey("terms")]
    title_ko: Text
    title_en: OptionalText
    presented: OptionalDay
    cabinet: OptionalDay
    published: PartialDate
    capture: Id
    policy_source: OptionalText


class LabelRow(Row, table="labels", key=("element",)):
    """The translation of an element, and its clean title where it has one."""

    element: Annotated[Text, ElementId()]
    translation: OptionalText
    label_ko: OptionalText
    label_en: OptionalText


class CommitmentRow(Row, table="commitments"):
    """One thing that the government says it will do."""

    id: Annotated[Text, ChildId("element", "k")]
    element: Annotated[Text, ElementId()]
    order: Count
    quote: Annotated[Text, Quote("element")]
    label_ko: OptionalText
    label_en: OptionalText
    action_type: Annotated[OptionalText, Concept("action-type")]
    condition: Annotated[OptionalText, Quote("element")]
    coder: Annotated[Text, ForeignKey("coders")]
    note: OptionalText


class ThemeRow(Row, table="themes", key=("subject", "theme")):
    """A theme of a commitment or an element, with its share."""

    subject: Text
    theme: Annotated[Text, Concept("theme")]
    share: Share
    coder: Annotated[Text, ForeignKey("coders")]


class EngagementRow(Row, table="engagements"):
    """The counterpart of a commitment, and its role."""

    id: Annotated[Text, ChildId("commitment", "x")]
    commitment: Annotated[Text, ForeignKey("commitments")]
    counterpart: Annotated[Text, Entity(COUNTERPARTS)]
    role: Annotated[OptionalText, Concept("engagement-role")]
    stance: Annotated[OptionalText, Concept("stance")]
    explicitness: Annotated[Text, Concept("explicitness")]
    via_group: Annotated[OptionalText, Entity(("country-group", "region", "organization"))]
    in_format: Annotated[OptionalText, Entity(("organization", "event", "country-group"))]
    at_place: Annotated[Values, Entity(("place", "country"))]
    evidence: Annotated[Text, ElementId()]
    quote: Annotated[Text, Quote("evidence")]
    note: OptionalText
    coder: Annotated[Text, ForeignKey("coders")]


class ResponsibilityRow(Row, table="responsibilities"):
    """A body that leads an element, alone or with others."""

    id: Annotated[Text, ChildId("element", "b")]
    element: Annotated[Text, ElementId()]
    body: Annotated[Text, Entity(("body",))]
    role: Annotated[Text, Concept("responsibility-role")]
    quote: Annotated[OptionalText, Quote("element")]
    coder: Annotated[Text, ForeignKey("coders")]


class QuantityRow(Row, table="quantities"):
    """A number that the agenda expects or aims at."""

    id: Annotated[Text, ChildId("element", "q")]
    element: Annotated[Text, ElementId()]
    kind: Literal["effect", "target"]
    measure: Annotated[Text, Concept("effect-measure")]
    value: Decimal
    unit: Text
    as_stated: Annotated[Text, Quote("element")]
    provisional: bool
    quantifies: Annotated[OptionalText, ElementId()]
    coder: Annotated[Text, ForeignKey("coders")]


class DateRow(Row, table="dates"):
    """A date that the agenda names."""

    id: Annotated[Text, ChildId("element", "d")]
    element: Annotated[Text, ElementId()]
    as_stated: Annotated[Text, Quote("element")]
    date: PartialDate
    precision: Precision
    event: Annotated[OptionalText, Entity(("event",))]
    coder: Annotated[Text, ForeignKey("coders")]


class PromiseRow(Row, table="promises"):
    """A body or a law that a commitment promises."""

    id: Annotated[Text, ChildId("commitment", "p")]
    commitment: Annotated[Text, ForeignKey("commitments")]
    thing: Annotated[Text, Entity(("body", "instrument", "organization"))]
    kind: Annotated[Text, Concept("promise-kind")]
    under: Annotated[OptionalText, Entity(("body",))]
    quote: Text
    coder: Annotated[Text, ForeignKey("coders")]


class InvocationRow(Row, table="invocations"):
    """A past declaration, law or resolution that an element invokes."""

    id: Annotated[Text, ChildId("element", "i")]
    element: Annotated[Text, ElementId()]
    instrument: Annotated[Text, Entity(("instrument",))]
    quote: Annotated[Text, Quote("element")]
    coder: Annotated[Text, ForeignKey("coders")]


class ErratumRow(Row, table="errata", key=("element", "as_stated")):
    """An error of the source, which the document preserves."""

    element: Annotated[Text, ElementId()]
    as_stated: Annotated[Text, Quote("element")]
    expected: Text
    kind: Literal["spelling", "spacing", "character"]
    note: OptionalText


class PolicyLineRow(Row, table="policy_lines", key=("goal", "line")):
    """The policy line, across governments, that a goal belongs to."""

    goal: Annotated[Text, ElementId(("Goal",))]
    line: Annotated[Text, Concept("policy-line")]


class CoderRow(Row, table="coders"):
    """A person, rule or model that coded, and the version of the codebook."""

    id: Id
    label_ko: Text
    label_en: Text
    kind: Literal["person", "rule", "model"]
    codebook_version: Text
    note: OptionalText
