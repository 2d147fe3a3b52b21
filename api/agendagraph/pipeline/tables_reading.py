"""Read one CSV file into rows, and collect everything that is wrong with it.

A problem is a :class:`~agendagraph.errors.TableError` with file, line and column. They
are collected and not raised, so that whoever edits a table sees all of them at once.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ValidationError

from agendagraph.errors import TableError
from agendagraph.pipeline.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """The rows of one file, in its order.

    Attributes:
        file: The path of the file as the caller gave it, for messages.
        rows: The rows that could be read.
        lines: The line of the file on which each row begins.
        raw: The cells of each row as they stand, by column.
    """

    file: str
    rows: tuple[R, ...] = ()
    lines: tuple[int, ...] = ()
    raw: tuple[Mapping[str, str], ...] = ()

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


@dataclass(slots=True)
class Problems:
    """What is wrong with the tables so far."""

    found: list[TableError] = field(default_factory=list)

    def add(
        self, message: str, *, file: str, line: int | None = None, column: str | None = None
    ) -> None:
        """Add a problem at a place."""
        self.found.append(TableError(message, file=file, line=line, column=column))


def columns_of(row_class: type[Row]) -> dict[str, str]:
    """Return the columns of a row class, each with the name of its field."""
    return {info.alias or name: name for name, info in row_class.model_fields.items()}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is most like an unknown one, or nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def read_table(path: Path, row_class: type[R], problems: Problems) -> Table[R]:
    """Return the rows of a file; what is wrong with it is added to *problems*."""
    file = str(path)
    text = _text(path, problems)
    if text is None:
        return Table(file)
    records = _records(text, file, problems)
    header = next(records, None)
    if header is None:
        problems.add(f"expected a header row: {','.join(columns_of(row_class))}", file=file, line=1)
        return Table(file)
    if not _header_is_right(header[1], row_class, file, problems):
        return Table(file)
    rows: list[R] = []
    lines: list[int] = []
    raw: list[Mapping[str, str]] = []
    for line, record in records:
        if len(record) != len(header[1]):
            problems.add(
                f"expected {len(header[1])} cells as in the header, found {len(record)}",
                file=file,
                line=line,
            )
            continue
        cells = dict(zip(header[1], record, strict=True))
        row = _row(cells, row_class, file, line, problems)
        if row is not None:
            rows.append(row)
            lines.append(line)
            raw.append(cells)
    table = Table(file, tuple(rows), tuple(lines), tuple(raw))
    _check_keys(table, row_class, problems)
    return table


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


def _records(text: str, file: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not blank, each with its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(f"does not parse as CSV: {error}", file=file, line=line)
            return
        if record:
            yield line, record
        line = reader.line_num + 1


def _header_is_right(
    header: list[str], row_class: type[Row], file: str, problems: Problems
) -> bool:
    """Compare a header with the columns; the order of columns does not matter."""
    expected = list(columns_of(row_class))
    for column in header:
        if column not in expected:
            hint = nearest(column, expected) or f"; expected {','.join(expected)}"
            problems.add(f"unknown column{hint}", file=file, line=1, column=column)
        elif header.count(column) > 1:
            problems.add("the column stands twice", file=file, line=1, column=column)
    for column in expected:
        if column not in header:
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
