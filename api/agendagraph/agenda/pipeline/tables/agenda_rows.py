"""The rows of an agenda's tables: its translation, and its analysis under the codebook."""

from decimal import Decimal
from typing import Annotated, Literal

from agendagraph.agenda.pipeline.tables.cells import (
    COUNTERPARTS,
    ChildId,
    Concept,
    Count,
    ElementId,
    Entity,
    ForeignKey,
    Id,
    OptionalDay,
    OptionalText,
    PartialDate,
    Precision,
    Quote,
    Row,
    Share,
    Text,
    Values,
)


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
