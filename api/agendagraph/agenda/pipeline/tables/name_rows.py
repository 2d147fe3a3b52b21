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
