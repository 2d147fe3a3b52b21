"""Check the referential integrity of the tables, and the constraints over several rows.

A cell may refer to an entity of the world, a row of another table, an element of the page, a
concept of a scheme, or words of an element. The annotations of the row classes state which;
the reference checks know no column by name.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from agendagraph.agenda.linking.from_tables import WORLD_TABLES
from agendagraph.agenda.pipeline.tables.cells import (
    ChildId,
    Concept,
    ElementId,
    Entity,
    ForeignKey,
    Quote,
    Row,
    cells,
)
from agendagraph.agenda.pipeline.tables.csv_file import Table, columns_of, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agendagraph.agenda.pipeline.tables.csv_file import Problems
    from agendagraph.agenda.pipeline.tables.rows import (
        AgendaRow,
        CommitmentRow,
        DateRow,
        PromiseRow,
        ThemeRow,
    )
    from agendagraph.agenda.source import Document

WORLD_KINDS: Final = {**WORLD_TABLES, "terms": "term"}
"""The tables of entities, and the first part of the ids of their entities."""

NO_ENTITY: Final = "none"
"""The reading of a surface that names nothing."""

_LENGTH_OF: Final = {"year": 4, "month": 7, "day": 10}


@dataclass(frozen=True)
class ReferenceTargets:
    """What cells may refer to: tables, the notations of each scheme, and an agenda's page."""

    tables: Mapping[str, Table[Any]]
    concepts: Mapping[str, frozenset[str]]
    document: Document | None = None

    @cached_property
    def keys(self) -> dict[str, frozenset[str]]:
        """The keys of the rows of each table whose key is one column."""
        return {
            name: frozenset(table.keys())
            for name, table in self.tables.items()
            if len(table.row_class.key) == 1
        }

    @cached_property
    def entities(self) -> dict[str, frozenset[str]]:
        """The ids of all entities of each kind, as ``country/jpn``."""
        return {
            kind: frozenset(f"{kind}/{key}" for key in self.keys.get(table, ()))
            for table, kind in WORLD_KINDS.items()
        }

    def has_entity(self, path: str) -> bool:
        """Return whether an entity exists; a country group exists if all its countries do."""
        kind, _, rest = path.partition("/")
        if path in self.entities.get(kind, ()):
            return True
        members = rest.split("-")
        return (
            kind == "country-group"
            and len(members) > 1
            and members == sorted(members)
            and set(members) <= self.keys["countries"]
        )

    def unread_row(self, table: str, key: str) -> Table[Any] | None:
        """Return the table if it lacks this key only because it was not read whole."""
        read = self.tables.get(table)
        if read is None or key in self.keys[table] or not read.may_contain(key):
            return None
        return read

    def unread_entity(self, path: str) -> Table[Any] | None:
        """Return the table that lacks this entity only because it was not read whole."""
        kind, _, rest = path.partition("/")
        found = [self.unread_row(table, rest) for table, of in WORLD_KINDS.items() if of == kind]
        if kind == "country-group":
            found += [self.unread_row("countries", member) for member in rest.split("-")]
        return next((table for table in found if table is not None), None)


def check_references(table: Table[Any], targets: ReferenceTargets, problems: Problems) -> None:
    """Add a problem for every cell of a table whose reference has no target.

    A cell that may refer to a row that could not be read is only counted.
    """
    for column, name in columns_of(table.row_class).items():
        for reference in table.row_class.model_fields[name].metadata:
            check = _CHECKS.get(type(reference))
            if check is None:
                continue
            for line, row in table.numbered():
                for value in cells(row, name):
                    problem = check(reference, value, row, targets)
                    if isinstance(problem, Table):
                        problems.skip(problem, file=table.file)
                    elif problem:
                        problems.add(problem, file=table.file, line=line, column=column)


def _entity(
    reference: Entity, value: str, _: Row, targets: ReferenceTargets
) -> str | Table[Any] | None:
    kind = value.partition("/")[0]
    kinds = reference.kinds or tuple(dict.fromkeys(WORLD_KINDS.values()))
    if not reference.kinds and value == NO_ENTITY:
        return None
    if kind not in kinds:
        return f"expected one of {', '.join(kinds)} and '/', found {value!r}"
    if targets.has_entity(value):
        return None
    if (unread := targets.unread_entity(value)) is not None:
        return unread
    return f"unknown {kind} {value!r}{nearest(value, targets.entities[kind])}"


def _foreign_key(
    reference: ForeignKey, value: str, _: Row, targets: ReferenceTargets
) -> str | Table[Any] | None:
    keys = targets.keys[reference.table]
    if value in keys:
        return None
    if (unread := targets.unread_row(reference.table, value)) is not None:
        return unread
    return f"no row of {reference.table}.csv has the key {value!r}{nearest(value, keys)}"


def _concept(reference: Concept, value: str, _: Row, targets: ReferenceTargets) -> str | None:
    notations = targets.concepts.get(reference.scheme, frozenset())
    if value in notations:
        return None
    hint = nearest(value, notations) or f"; expected one of {', '.join(sorted(notations))}"
    return f"unknown {reference.scheme} {value!r}{hint}"


def _element(reference: ElementId, value: str, _: Row, targets: ReferenceTargets) -> str | None:
    document = targets.document
    if document is None or value not in document:
        ids: Iterable[str] = [e.id for e in document.elements] if document else []
        return f"unknown element {value!r}{nearest(value, ids)}"
    kind = document[value].kind
    if reference.kinds and kind not in reference.kinds:
        return f"expected a {' or '.join(reference.kinds)}, found the {kind} {value!r}"
    return None


def _quote(reference: Quote, value: str, row: Row, targets: ReferenceTargets) -> str | None:
    element = cells(row, reference.element_column)[0]
    document = targets.document
    if document is None or element not in document or value in document[element].text:
        return None
    words = document[element].text
    if " ".join(value.split()) in " ".join(words.split()):
        return f"{value!r} differs from the words of {element} in its spaces: {words!r}"
    return f"{value!r} does not occur in {element}: {words!r}"


def _child_id(reference: ChildId, value: str, row: Row, _: ReferenceTargets) -> str | None:
    parent = cells(row, reference.column)[0]
    number = value.removeprefix(f"{parent}/{reference.letter}")
    if value.startswith(f"{parent}/{reference.letter}") and number.isdecimal() and number[0] != "0":
        return None
    return f"expected {parent}/{reference.letter} and a number, found {value!r}"


_CHECKS: Final[dict[type, Callable[..., str | Table[Any] | None]]] = {
    Entity: _entity,
    ForeignKey: _foreign_key,
    Concept: _concept,
    ElementId: _element,
    Quote: _quote,
    ChildId: _child_id,
}


def check_agenda(table: Table[AgendaRow], problems: Problems) -> None:
    """The table of the agenda has one row."""
    if table.whole and len(table) + len(table.dropped) != 1:
        message = f"expected one row, the agenda's, found {len(table)}"
        problems.add(message, file=table.file, line=table.lines[1] if len(table) > 1 else None)


def check_commitments(table: Table[CommitmentRow], problems: Problems) -> None:
    """The commitments of an element have different orders."""
    seen: dict[tuple[str, int], int] = {}
    for line, row in table.numbered():
        place = (row.element, row.order)
        if place in seen:
            message = f"line {seen[place]} has the order {row.order} in {row.element} too"
            problems.add(message, file=table.file, line=line, column="order")
        seen.setdefault(place, line)


def check_themes(
    table: Table[ThemeRow],
    commitments: Table[CommitmentRow],
    document: Document,
    problems: Problems,
) -> None:
    """A theme's subject is an element or a commitment; the shares of a subject sum to 1."""
    known = {row.id for row in commitments} | {element.id for element in document.elements}
    shares: defaultdict[str, Decimal] = defaultdict(Decimal)
    first: dict[str, int] = {}
    for line, row in table.numbered():
        if row.subject not in known and commitments.may_contain(row.subject):
            problems.skip(commitments, file=table.file)
        elif row.subject not in known:
            message = f"unknown element or commitment {row.subject!r}{nearest(row.subject, known)}"
            problems.add(message, file=table.file, line=line, column="subject")
        shares[row.subject] += row.share
        first.setdefault(row.subject, line)
    for subject, share in shares.items():
        if abs(share - 1) > Decimal("0.01") and not table.may_contain(subject):
            message = f"expected the shares of {subject} to sum to 1, found {share}"
            problems.add(message, file=table.file, line=first[subject], column="share")


def check_dates(table: Table[DateRow], problems: Problems) -> None:
    """The format of a date has the precision of its row."""
    for line, row in table.numbered():
        if len(row.date) != _LENGTH_OF[row.precision]:
            message = f"expected a date to the {row.precision}, found {row.date!r}"
            problems.add(message, file=table.file, line=line, column="date")


def check_promises(
    table: Table[PromiseRow],
    commitments: Table[CommitmentRow],
    document: Document,
    problems: Problems,
) -> None:
    """The words of a promise occur in the element of its commitment."""
    elements = {row.id: row.element for row in commitments}
    for line, row in table.numbered():
        element = elements.get(row.commitment)
        if element in document and row.quote not in document[str(element)].text:
            message = f"{row.quote!r} does not occur in {element}"
            problems.add(message, file=table.file, line=line, column="quote")
