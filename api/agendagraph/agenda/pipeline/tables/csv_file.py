"""Read one CSV file into rows, and collect everything that is wrong with it.

A problem is a `TableError` with file, line and column. They
are collected and not raised, so that whoever edits a table sees all of them at once.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from agendagraph.agenda.pipeline.tables.cells import Row
from agendagraph.errors import TableError, TableErrors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """The rows of one file, in its order.

    Attributes:
        file: The path of the file as the caller gave it, for messages.
        rows: The rows that could be read.
        lines: The line of the file on which each row begins.
        raw: The cells of each row as they stand, by column.
        whole: Whether all of the file was read; otherwise nobody knows what it lacks.
        dropped: The cells of each row that could not be used.
        missing: Whether there is no such file.
    """

    file: str
    rows: tuple[R, ...] = ()
    lines: tuple[int, ...] = ()
    raw: tuple[Mapping[str, str], ...] = ()
    whole: bool = True
    dropped: tuple[frozenset[str], ...] = ()
    missing: bool = False

    def __iter__(self) -> Iterator[R]:
        """Iterate over the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def numbered(self) -> Iterator[tuple[int, R]]:
        """Iterate over the rows with the line of each."""
        return zip(self.lines, self.rows, strict=True)

    def keys(self) -> dict[str, R]:
        """Return the rows by key; only for tables whose key is one column."""
        (column,) = self.rows[0].key if self.rows else ("id",)
        return {str(getattr(row, column)): row for row in self.rows}

    def may_hold(self, cell: str) -> bool:
        """Say whether a row with this cell may be among those that could not be used."""
        return not self.whole or any(cell in cells for cells in self.dropped)


@dataclass(slots=True)
class Problems:
    """What is wrong with the tables so far.

    Attributes:
        found: The problems, in the order in which they were found.
        unchecked: How many cells of each file could not be checked, by the file of the
            table that could not be read: what follows from a problem is none itself.
    """

    found: list[TableError] = field(default_factory=list)
    unchecked: dict[str, Counter[str]] = field(default_factory=dict)

    def add(
        self, message: str, *, file: str, line: int | None = None, column: str | None = None
    ) -> None:
        """Add a problem at a place."""
        self.found.append(TableError(message, file=file, line=line, column=column))

    def leave(self, table: Table[Any], *, file: str) -> None:
        """Count a cell of *file* that may only seem wrong, since *table* was not read whole."""
        if table.missing and table.file not in self.unchecked:
            self.add("expected this table, found no such file", file=table.file)
        self.unchecked.setdefault(table.file, Counter())[Path(file).name] += 1

    def raise_any(self) -> None:
        """Raise all problems in one error, if there are any.

        Raises:
            TableErrors: There is at least one.
        """
        if self.found:
            raise TableErrors(self.found, [_left(*each) for each in self.unchecked.items()])


def columns_of(row_class: type[Row]) -> dict[str, str]:
    """Return the columns of a row class, each with the name of its field."""
    return {info.alias or name: name for name, info in row_class.model_fields.items()}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is most like an unknown one, or nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _left(table: str, cells: Counter[str]) -> str:
    """Say which cells were not checked for want of a table."""
    number = cells.total()
    return (
        f"{table}: because of what is wrong here, {number} cell{'' if number == 1 else 's'} of "
        f"{', '.join(sorted(cells))} could not be checked"
    )


def read_table(path: Path, row_class: type[R], problems: Problems) -> Table[R]:
    """Return the rows of a file; what is wrong with it is added to *problems*."""
    file = str(path)
    text = _text(path, problems)
    if text is None:
        return Table(file, whole=False)
    records = _records(text, file, problems)
    header = next(records, None)
    if not isinstance(header, Record):
        if header is None:
            expected = ",".join(columns_of(row_class))
            problems.add(f"expected a header row: {expected}", file=file, line=1)
        return Table(file, whole=False)
    if not _header_is_right(header.cells, row_class, file, problems):
        return Table(file, whole=False)
    table = _rows(records, header.cells, row_class, file, problems)
    _check_keys(table, row_class, problems)
    return table


def _rows(
    records: Iterator[Record | None],
    header: list[str],
    row_class: type[R],
    file: str,
    problems: Problems,
) -> Table[R]:
    """Return the table of the records that are rows, and remember those that are none."""
    rows: list[R] = []
    lines: list[int] = []
    raw: list[Mapping[str, str]] = []
    dropped: list[frozenset[str]] = []
    whole = True
    for record in records:
        if record is None:
            whole = False
            continue
        cells, row = dict(zip(header, record.cells, strict=False)), None
        if len(record.cells) == len(header):
            row = _row(cells, row_class, file, record.line, problems)
        else:
            message = f"expected {len(header)} cells as in the header, found {len(record.cells)}"
            problems.add(message, file=file, line=record.line)
        if row is None:
            dropped.append(frozenset(cell.strip() for cell in record.cells))
            continue
        rows.append(row)
        lines.append(record.line)
        raw.append(cells)
    return Table(file, tuple(rows), tuple(lines), tuple(raw), whole, tuple(dropped))


def _text(path: Path, problems: Problems) -> str | None:
    """Return the text of a file in UTF-8; a byte order mark is passed over."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        problems.add("expected this table, found no such file", file=str(path))
        return None
    except OSError as error:
        problems.add(f"cannot be read: {error.strerror}", file=str(path))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"expected UTF-8, found the byte 0x{data[error.start]:02x}"
        problems.add(f"{message}; save the table as 'CSV UTF-8'", file=str(path), line=line)
        return None


class Record(NamedTuple):
    """The cells of one record of a file, and the line on which it begins."""

    line: int
    cells: list[str]


def _records(text: str, file: str, problems: Problems) -> Iterator[Record | None]:
    """Yield the records that are not blank; None at the end where the rest cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(f"does not parse as CSV: {error}", file=file, line=line)
            yield None
            return
        if record:
            yield Record(line, record)
        line = reader.line_num + 1


def _header_is_right(
    header: list[str], row_class: type[Row], file: str, problems: Problems
) -> bool:
    """Compare a header with the columns; the order of columns does not matter."""
    expected = list(columns_of(row_class))
    absent = [column for column in expected if column not in header]
    for column in header:
        if column not in expected:
            meant = next(iter(get_close_matches(column, absent, n=1)), None)
            hint = f"; did you mean {meant!r}?" if meant else f"; expected {','.join(expected)}"
            problems.add(f"unknown column{hint}", file=file, line=1, column=column)
            absent = [column for column in absent if column != meant]
        elif header.count(column) > 1:
            problems.add("the column stands twice", file=file, line=1, column=column)
    for column in absent:
        problems.add("missing column", file=file, line=1, column=column)
    return sorted(header) == sorted(expected)


def _row(
    cells: dict[str, str], row_class: type[R], file: str, line: int, problems: Problems
) -> R | None:
    """Return the row of a record, or add what is wrong with it."""
    sound = True
    for column, cell in cells.items():
        message = None
        if cell != cell.strip():
            message = f"expected no spaces at the ends of a cell, found {cell!r}"
        elif not unicodedata.is_normalized("NFC", cell):
            message = f"expected composed characters (NFC), found {cell!r}"
        if message:
            problems.add(message, file=file, line=line, column=column)
            sound = False
    if not sound:
        return None
    try:
        return row_class.model_validate(cells)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            at = str(detail["loc"][0]) if detail["loc"] else None
            found = f", found {cells[at]!r}" if at in cells else ""
            message = _plain(detail["type"], detail["msg"])
            problems.add(f"{message}{found}", file=file, line=line, column=at)
        return None


def _plain(kind: str, message: str) -> str:
    """Say what pydantic found in the words of a table."""
    if kind == "string_too_short":
        return "expected a value"
    message = message.removeprefix("Value error, ")
    return message.replace("Input should be", "expected").replace("String should", "expected to")


def _check_keys(table: Table[R], row_class: type[R], problems: Problems) -> None:
    """Add a problem for every row whose key an earlier row has."""
    fields = columns_of(row_class)
    seen: dict[tuple[str, ...], int] = {}
    for line, row in table.numbered():
        key = tuple(str(getattr(row, fields.get(column, column))) for column in row_class.key)
        if key in seen:
            problems.add(
                f"duplicate: line {seen[key]} has {'/'.join(row_class.key)} {' / '.join(key)} too",
                file=table.file,
                line=line,
                column=row_class.key[0],
            )
        seen.setdefault(key, line)
