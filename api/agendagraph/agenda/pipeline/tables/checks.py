"""Check what no single cell can show: sums, orders, and words over two tables."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.pipeline.tables.csv_file import nearest

if TYPE_CHECKING:
    from agendagraph.agenda.pipeline.tables.agenda_rows import (
        AgendaRow,
        CommitmentRow,
        DateRow,
        PromiseRow,
        ThemeRow,
    )
    from agendagraph.agenda.pipeline.tables.csv_file import Problems, Table
    from agendagraph.agenda.source import Document

_LENGTH_OF: Final = {"year": 4, "month": 7, "day": 10}


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
        if row.subject not in known and commitments.may_hold(row.subject):
            problems.leave(commitments, file=table.file)
        elif row.subject not in known:
            message = f"unknown element or commitment {row.subject!r}{nearest(row.subject, known)}"
            problems.add(message, file=table.file, line=line, column="subject")
        shares[row.subject] += row.share
        first.setdefault(row.subject, line)
    for subject, share in shares.items():
        if abs(share - 1) > Decimal("0.01") and not table.may_hold(subject):
            message = f"expected the shares of {subject} to sum to 1, found {share}"
            problems.add(message, file=table.file, line=first[subject], column="share")


def check_dates(table: Table[DateRow], problems: Problems) -> None:
    """A date is written as precisely as it is said to be."""
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
    """The words of a promise stand in the element of its commitment."""
    elements = {row.id: row.element for row in commitments}
    for line, row in table.numbered():
        element = elements.get(row.commitment)
        if element in document and row.quote not in document[str(element)].text:
            message = f"{row.quote!r} does not stand in {element}"
            problems.add(message, file=table.file, line=line, column="quote")
