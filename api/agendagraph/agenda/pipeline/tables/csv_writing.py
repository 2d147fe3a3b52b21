"""Write rows as a table that `agenda.pipeline.tables.csv_file` reads back."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from agendagraph.agenda.pipeline.tables.cells import cells
from agendagraph.agenda.pipeline.tables.csv_file import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.agenda.pipeline.tables.cells import Row


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
