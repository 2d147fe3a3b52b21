"""Define the types of the cells of a table, and what a cell may refer to.

A row class is a frozen pydantic model with one field a column. The annotation of a field also
states what its cells refer to (an entity, an element of the page, a row of another table, a
concept of a scheme); `agenda.pipeline.tables.integrity` checks that once all tables are read.
An empty cell is ``None``, or the empty tuple where a cell may hold several values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

COUNTERPARTS: Final = ("country", "organization", "country-group", "region", "unnamed-actor")
"""The kinds of entities that an engagement can be with."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A cell that names entities of the world with their kind, as ``country/jpn``."""

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A cell that holds the key of a row of another table."""

    table: str


@dataclass(frozen=True, slots=True)
class ElementId:
    """A cell that holds the id of an element of the page."""

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A cell that holds the notation of a concept of a scheme."""

    scheme: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A cell whose words are a part of the text of the element in another column."""

    element_column: str


@dataclass(frozen=True, slots=True)
class ChildId:
    """A cell whose id extends the id in another column by one part, as ``g1/o1/k1``."""

    column: str
    letter: str


class Row(BaseModel):
    """One row of a table; the fields are its columns, in order.

    The arguments of a row class are the name of its file, without the suffix, and the columns
    that identify a row.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, *, table: str = "", key: tuple[str, ...] = ("id",)) -> None:
        """Name the file and the key of a row class."""
        super().__init_subclass__()
        cls.table, cls.key = table, key


def _none_if_empty(cell: object) -> object:
    return None if cell == "" else cell


def _split(cell: object) -> object:
    parts = _split_words(cell)
    if isinstance(cell, str) and any(part != part.strip() for part in parts):
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
    if len(cell) != 10 or not _is_in_calendar(cell):
        raise ValueError("expected a day of the calendar as YYYY-MM-DD")
    return cell


def _check_partial_date(cell: str) -> str:
    if not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", cell):
        raise ValueError("expected a date as YYYY, YYYY-MM or YYYY-MM-DD")
    if not _is_in_calendar((cell + "-01-01")[:10]):
        raise ValueError("expected a date that is in the calendar")
    return cell


def _is_in_calendar(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


_EMPTY = BeforeValidator(_none_if_empty)

Text = Annotated[str, Field(min_length=1)]
OptionalText = Annotated[str | None, _EMPTY]
Values = Annotated[tuple[str, ...], BeforeValidator(_split)]
Cues = Annotated[tuple[str, ...], BeforeValidator(_split_words)]
"""Several words as they occur in a text: a space at an end belongs to the word."""
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
