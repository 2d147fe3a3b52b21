"""Check that every cell refers to something that there is.

Things of the world, rows of other tables, elements of the page, concepts of the schemes,
and words that an element really holds. What a column refers to is said by its
annotation in the row classes; this module knows no column by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agendagraph.agenda.linking.from_tables import WORLD_TABLES
from agendagraph.agenda.pipeline.tables.cells import (
    Below,
    Concept,
    ElementOfPage,
    Key,
    Quote,
    Row,
    Thing,
    cells,
)
from agendagraph.agenda.pipeline.tables.csv_file import Table, columns_of, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agendagraph.agenda.pipeline.tables.csv_file import Problems
    from agendagraph.agenda.source import Document

WORLD_KINDS: Final = {**WORLD_TABLES, "terms": "term"}
"""The tables of things, and the first part of the ids of their things."""

NOTHING: Final = "none"
"""What a reading says that names nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """What cells may refer to.

    Attributes:
        tables: The tables that were read.
        concepts: The notations of each scheme.
        document: The page, for the tables of an agenda.
    """

    tables: Mapping[str, Table[Any]]
    concepts: Mapping[str, frozenset[str]]
    document: Document | None = None
    _keys: dict[str, frozenset[str]] = field(default_factory=dict)
    _things: dict[str, frozenset[str]] = field(default_factory=dict)

    def keys(self, table: str) -> frozenset[str]:
        """Return the keys of the rows of a table whose key is one column."""
        if table not in self._keys:
            read = self.tables.get(table)
            self._keys[table] = frozenset(() if read is None else read.keys())
        return self._keys[table]

    def hiding(self, table: str, key: str) -> Table[Any] | None:
        """Return a table that may well have a row of this key, had it been read whole."""
        read = self.tables.get(table)
        if read is None or key in self.keys(table) or not read.may_hold(key):
            return None
        return read

    def hiding_thing(self, path: str) -> Table[Any] | None:
        """Return a table that may well have this thing; a group is known by its countries."""
        kind, _, rest = path.partition("/")
        names = [table for table, of in WORLD_KINDS.items() if of == kind]
        found = [self.hiding(name, rest) for name in names]
        if kind == "country-group":
            found += [self.hiding("countries", member) for member in rest.split("-")]
        return next((table for table in found if table is not None), None)

    def things(self, kind: str) -> frozenset[str]:
        """Return the ids of all things of a kind, as ``country/jpn``."""
        if kind not in self._things:
            tables = [table for table, of in WORLD_KINDS.items() if of == kind]
            self._things[kind] = frozenset(
                f"{kind}/{key}" for table in tables for key in self.keys(table)
            )
        return self._things[kind]

    def has_thing(self, path: str) -> bool:
        """Say whether there is such a thing; a group is known by its countries too."""
        kind, _, rest = path.partition("/")
        if path in self.things(kind):
            return True
        members = rest.split("-")
        return (
            kind == "country-group"
            and len(members) > 1
            and members == sorted(members)
            and set(members) <= self.keys("countries")
        )


def check_references(
    table: Table[Row], row_class: type[Row], known: Known, problems: Problems
) -> None:
    """Add a problem for every cell of a table that refers to nothing.

    A cell that may refer to a row that could not be read is only counted.
    """
    for column, name in columns_of(row_class).items():
        for reference in row_class.model_fields[name].metadata:
            check = _CHECKS.get(type(reference))
            if check is None:
                continue
            for line, row in table.numbered():
                for value in cells(row, name):
                    wrong = check(reference, value, row, known)
                    if isinstance(wrong, Table):
                        problems.leave(wrong, file=table.file)
                    elif wrong:
                        problems.add(wrong, file=table.file, line=line, column=column)


def _thing(reference: Thing, value: str, row: Row, known: Known) -> str | Table[Any] | None:
    del row
    kind = value.partition("/")[0]
    kinds = reference.kinds or tuple(dict.fromkeys(WORLD_KINDS.values()))
    if not reference.kinds and value == NOTHING:
        return None
    if kind not in kinds:
        return f"expected one of {', '.join(kinds)} and '/', found {value!r}"
    if known.has_thing(value):
        return None
    if (hidden := known.hiding_thing(value)) is not None:
        return hidden
    return f"unknown {kind} {value!r}{nearest(value, known.things(kind))}"


def _key(reference: Key, value: str, row: Row, known: Known) -> str | Table[Any] | None:
    del row
    keys = known.keys(reference.table)
    if value in keys:
        return None
    if (hidden := known.hiding(reference.table, value)) is not None:
        return hidden
    return f"no row of {reference.table}.csv has the key {value!r}{nearest(value, keys)}"


def _concept(reference: Concept, value: str, row: Row, known: Known) -> str | None:
    del row
    notations = known.concepts.get(reference.scheme, frozenset())
    if value in notations:
        return None
    hint = nearest(value, notations) or f"; expected one of {', '.join(sorted(notations))}"
    return f"unknown {reference.scheme} {value!r}{hint}"


def _element(reference: ElementOfPage, value: str, row: Row, known: Known) -> str | None:
    del row
    document = known.document
    if document is None or value not in document:
        ids: Iterable[str] = [e.id for e in document.elements] if document else []
        return f"unknown element {value!r}{nearest(value, ids)}"
    kind = document[value].kind
    if reference.kinds and kind not in reference.kinds:
        return f"expected a {' or '.join(reference.kinds)}, found the {kind} {value!r}"
    return None


def _quote(reference: Quote, value: str, row: Row, known: Known) -> str | None:
    element = cells(row, reference.element_column)[0]
    document = known.document
    if document is None or element not in document or value in document[element].text:
        return None
    words = document[element].text
    if " ".join(value.split()) in " ".join(words.split()):
        return f"{value!r} differs from the words of {element} in its spaces: {words!r}"
    return f"{value!r} does not stand in {element}: {words!r}"


def _below(reference: Below, value: str, row: Row, known: Known) -> str | None:
    del known
    parent = cells(row, reference.column)[0]
    number = value.removeprefix(f"{parent}/{reference.letter}")
    if value.startswith(f"{parent}/{reference.letter}") and number.isdecimal() and number[0] != "0":
        return None
    return f"expected {parent}/{reference.letter} and a number, found {value!r}"


_CHECKS: Final[dict[type, Callable[..., str | Table[Any] | None]]] = {
    Thing: _thing,
    Key: _key,
    Concept: _concept,
    ElementOfPage: _element,
    Quote: _quote,
    Below: _below,
}
