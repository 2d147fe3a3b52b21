"""The rows of ``data/tables/names/``: further names, and the reviewed readings.

What they mean is said in `agenda.linking`, which uses them.
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
    """A further name of a thing."""

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
    """How a surface is read inside a phrase."""

    table = "decisions"
    key = ("surface", "context")

    surface: Text
    context: Text
    reading: Annotated[Text, Entity()]
    reason: Text


class AmbiguityRow(Row):
    """A name that is also a word, or that has two readings."""

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
    """A noun that is written onto a name without a space."""

    table = "followers"
    key = ("word",)

    word: Text
    kind: Text
    note: OptionalText
