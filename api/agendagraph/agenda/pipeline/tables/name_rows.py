"""The rows of ``data/tables/names/``: further names, and the reviewed readings.

`agenda.linking` documents their columns.
"""

from typing import Annotated, Literal

from pydantic import Field

from agendagraph.agenda.pipeline.tables.cells import (
    Cues,
    Entity,
    OptionalText,
    Row,
    Text,
    Values,
    YesOrEmpty,
)


class NameRow(Row):
    """A further name of an entity."""

    table = "names"
    key = ("surface", "lang", "entity")

    surface: Text
    lang: Literal["ko", "en"]
    entity: Annotated[Text, Entity()]
    members: Annotated[Values, Entity()]
    form: Literal["full", "short", "abbreviated", "generic"]
    self_: Annotated[YesOrEmpty, Field(alias="self")]
    note: OptionalText


class DecisionRow(Row):
    """The reviewed reading of a surface inside a phrase."""

    table = "decisions"
    key = ("surface", "context")

    surface: Text
    context: Text
    reading: Annotated[Text, Entity()]
    reason: Text


class AmbiguityRow(Row):
    """A name that is also an ordinary word, or that has two readings."""

    table = "ambiguities"
    key = ("surface",)

    surface: Text
    cues: Cues
    reading: Annotated[Text, Entity()]
    otherwise: Annotated[Text, Entity()]
    reason: Text


class SyllableRow(Row):
    """A one-syllable abbreviation of a country."""

    table = "syllables"
    key = ("syllable",)

    syllable: Annotated[str, Field(min_length=1, max_length=1)]
    entity: Annotated[Text, Entity(("country",))]
    core: YesOrEmpty
    heads: Values
    note: OptionalText


class CombinationRow(Row):
    """A reviewed sequence of such syllables."""

    table = "combinations"
    key = ("syllables",)

    syllables: Annotated[str, Field(min_length=2)]
    bare: YesOrEmpty
    note: OptionalText


class FollowerRow(Row):
    """A noun that may follow a name without a space."""

    table = "followers"
    key = ("word",)

    word: Text
    kind: Text
    note: OptionalText
