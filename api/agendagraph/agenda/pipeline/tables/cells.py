"""Say what a cell of a table may hold, and what it may refer to.

A row class is a frozen pydantic model with one field a column. What a cell refers to
(a thing of the world, an element of the page, a row of another table, a concept of a
scheme) stands in the annotation of its field, and is checked by
`agenda.pipeline.tables.references` when all tables are read. Empty cells are
``None``, or the empty tuple where a cell may hold several values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

COUNTERPARTS: Final = ("country", "organization", "country-group", "region", "unnamed-actor")
"""The kinds of things that an engagement can be with."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A cell that names things of the world with their kind, as ``country/jpn``."""

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """A cell that holds the key of a row of another table."""

    table: str


@dataclass(frozen=True, slots=True)
class ElementOfPage:
    """A cell that holds the id of an element of the page."""

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A cell that holds the notation of a concept of a scheme."""

    scheme: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A cell whose words stand in the text of the element that another column names."""

    element_column: str


@dataclass(frozen=True, slots=True)
class Below:
    """A cell whose id is that of another column with one part more, as ``g1/o1/k1``."""

    column: str
    letter: str


class Row(BaseModel):
    """One row of a table; the fields are its columns, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: ClassVar[str]
    """The name of the file without its ending."""
    key: ClassVar[tuple[str, ...]]
    """The columns whose values no two rows share."""


def _none_if_empty(cell: object) -> object:
    return None if cell == "" else cell


def _split(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    parts = _split_words(cell)
    if any(part != part.strip() for part in parts):
        raise ValueError("expected values joined by ';' without spaces at their ends")
    return parts


def _split_words(cell: object) -> tuple[str, ...]:
    if isinstance(cell, tuple):
        return cell
    parts = tuple(str(cell).split(";")) if cell else ()
    if not all(parts):
        raise ValueError("expected values joined by ';', found an empty one")
    return parts


def _check_date(cell: str) -> str:
    try:
        date.fromisoformat(cell)
    except ValueError:
        raise ValueError("expected a day of the calendar as YYYY-MM-DD") from None
    if len(cell) != 10:
        raise ValueError("expected a day of the calendar as YYYY-MM-DD")
    return cell


def _check_partial_date(cell: str) -> str:
    if not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", cell):
        raise ValueError("expected a date as YYYY, YYYY-MM or YYYY-MM-DD")
    try:
        date.fromisoformat((cell + "-01-01")[:10])
    except ValueError:
        raise ValueError("expected a date that is in the calendar") from None
    return cell


_EMPTY = BeforeValidator(_none_if_empty)

Text = Annotated[str, Field(min_length=1)]
OptionalText = Annotated[str | None, _EMPTY]
Several = Annotated[tuple[str, ...], BeforeValidator(_split)]
Cues = Annotated[tuple[str, ...], BeforeValidator(_split_words)]
"""Several words as they stand in a text: a space at an end belongs to the word."""
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-/][a-z0-9]+)*$")]
Day = Annotated[str, AfterValidator(_check_date)]
OptionalDay = Annotated[Day | None, _EMPTY]
PartialDate = Annotated[str, AfterValidator(_check_partial_date)]
OptionalPartialDate = Annotated[PartialDate | None, _EMPTY]
Precision = Literal["day", "month", "year"]
Wikidata = Annotated[Annotated[str, Field(pattern=r"^Q[1-9]\d*$")] | None, _EMPTY]
Count = Annotated[int, Field(ge=1)]
Share = Annotated[Decimal, Field(gt=0, le=1)]
YesOrEmpty = Annotated[Literal["yes"] | None, _EMPTY]


def cells(row: Row, column: str) -> tuple[str, ...]:
    """Return the values of a cell: none, one or several."""
    value: Any = getattr(row, column)
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (str(value),)
