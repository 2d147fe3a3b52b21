"""Read one CSV file into rows, collect every problem in it, and write rows as CSV.

A problem is a `TableError` with file, line and column. Problems are collected, not raised,
so that an editor of the tables sees all of them after one run.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ValidationError

from agendagraph.agenda.pipeline.tables.cells import Row, cells
from agendagraph.errors import TableError, TableErrors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """The valid rows of one file, in its order.

    Attributes:
        file: The path of the file as the caller gave it, for messages.
        lines: The line of the file on which each row begins.
        raw: The unparsed cells of each row, by column.
        whole: Whether the whole file was read; otherwise rows may be missing.
        dropped: The cells of each invalid row.
        missing: Whether the file does not exist.
    """

    row_class: type[R]
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
        (column,) = self.row_class.key
        return {str(getattr(row, column)): row for row in self.rows}

    def may_contain(self, cell: str) -> bool:
        """Return whether a row that was not read, or is invalid, may have this cell."""
        return not self.whole or any(cell in dropped for dropped in self.dropped)


@dataclass(slots=True)
class Problems:
    """The problems of the tables that were found so far.

    Attributes:
        found: The problems, in the order in which they were found.
        unchecked: How many cells of each file could not be checked, by the file of the table
            that they refer to and that was not read whole. Such a cell is not a problem itself.
    """

    found: list[TableError] = field(default_factory=list)
    unchecked: dict[str, Counter[str]] = field(default_factory=dict)

    def add(
        self, message: str, *, file: str, line: int | None = None, column: str | None = None
    ) -> None:
        """Add a problem at a place."""
        self.found.append(TableError(message, file=file, line=line, column=column))

    def skip(self, table: Table[Any], *, file: str) -> None:
        """Count a cell of *file* that cannot be checked, because *table* was not read whole."""
        if table.missing and table.file not in self.unchecked:
            self.add("expected this table, found no such file", file=table.file)
        self.unchecked.setdefault(table.file, Counter())[Path(file).name] += 1

    def raise_any(self) -> None:
        """Raise `TableErrors` with all problems, if there are any."""
        if self.found:
            raise TableErrors(self.found, [_skipped(*item) for item in self.unchecked.items()])


def columns_of(row_class: type[Row]) -> dict[str, str]:
    """Return the columns of a row class, each with the name of its field."""
    return {info.alias or name: name for name, info in row_class.model_fields.items()}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is most like *word*, or nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _skipped(table: str, cells: Counter[str]) -> str:
    number = cells.total()
    return (
        f"{table}: because of these problems, {number} cell{'' if number == 1 else 's'} of "
        f"{', '.join(sorted(cells))} could not be checked"
    )


def read_table(path: Path, row_class: type[R], problems: Problems) -> Table[R]:
    """Return the rows of a file, and add its problems to *problems*."""
    file = str(path)
    unread = Table(row_class, file, whole=False)
    text = _text(path, problems)
    if text is None:
        return unread
    records = _records(text, file, problems)
    first = next(records, (1, []))
    if first is None:
        return unread
    _, header = first
    if not header:
        expected = ",".join(columns_of(row_class))
        problems.add(f"expected a header row: {expected}", file=file, line=1)
        return unread
    if not _header_is_valid(header, row_class, file, problems):
        return unread
    table = _rows(records, header, row_class, file, problems)
    _check_keys(table, problems)
    return table


def _rows(
    records: Iterator[tuple[int, list[str]] | None],
    header: list[str],
    row_class: type[R],
    file: str,
    problems: Problems,
) -> Table[R]:
    """Return the table of the valid records; it remembers the cells of the others."""
    rows: list[R] = []
    lines: list[int] = []
    raw: list[Mapping[str, str]] = []
    dropped: list[frozenset[str]] = []
    whole = True
    for record in records:
        if record is None:
            whole = False
            continue
        line, values = record
        cells, row = dict(zip(header, values, strict=False)), None
        if len(values) == len(header):
            row = _row(cells, row_class, file, line, problems)
        else:
            message = f"expected {len(header)} cells as in the header, found {len(values)}"
            problems.add(message, file=file, line=line)
        if row is None:
            dropped.append(frozenset(cell.strip() for cell in values))
            continue
        rows.append(row)
        lines.append(line)
        raw.append(cells)
    return Table(row_class, file, tuple(rows), tuple(lines), tuple(raw), whole, tuple(dropped))


def _text(path: Path, problems: Problems) -> str | None:
    """Return the text of a file in UTF-8, without its byte order mark."""
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


def _records(text: str, file: str, problems: Problems) -> Iterator[tuple[int, list[str]] | None]:
    """Yield the line and the cells of each record that is not blank.

    None follows if the rest of the file is invalid CSV.
    """
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
            yield line, record
        line = reader.line_num + 1


def _header_is_valid(
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
            problems.add("duplicate column", file=file, line=1, column=column)
    for column in absent:
        problems.add("missing column", file=file, line=1, column=column)
    return sorted(header) == sorted(expected)


def _row(
    cells: dict[str, str], row_class: type[R], file: str, line: int, problems: Problems
) -> R | None:
    """Return the row of a record, or add its problems."""
    valid = True
    for column, cell in cells.items():
        message = None
        if cell != cell.strip():
            message = f"expected no spaces at the ends of a cell, found {cell!r}"
        elif not unicodedata.is_normalized("NFC", cell):
            message = f"expected composed characters (NFC), found {cell!r}"
        if message:
            problems.add(message, file=file, line=line, column=column)
            valid = False
    if not valid:
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
    """Reword a message of pydantic for an editor of tables."""
    if kind == "string_too_short":
        return "expected a value"
    message = message.removeprefix("Value error, ")
    return message.replace("Input should be", "expected").replace("String should", "expected to")


def _check_keys(table: Table[R], problems: Problems) -> None:
    """Add a problem for every row that has the key of an earlier row."""
    key_columns = table.row_class.key
    fields = columns_of(table.row_class)
    seen: dict[tuple[str, ...], int] = {}
    for line, row in table.numbered():
        key = tuple(str(getattr(row, fields.get(column, column))) for column in key_columns)
        if key in seen:
            problems.add(
                f"duplicate: line {seen[key]} has {'/'.join(key_columns)} {' / '.join(key)} too",
                file=table.file,
                line=line,
                column=key_columns[0],
            )
        seen.setdefault(key, line)


def table_text(row_class: type[Row], rows: Iterable[Row]) -> str:
    """Return a table as CSV with a header row, LF line ends and ``;`` between values."""
    columns = columns_of(row_class)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_cell(row, name) for name in columns.values())
    return out.getvalue()


def _cell(row: Row, name: str) -> str:
    values = cells(row, name)
    if isinstance(getattr(row, name), bool):
        return values[0].lower()
    return ";".join(values)
