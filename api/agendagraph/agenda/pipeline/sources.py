"""Read the sources of the build: the agendas, each with its tables and its page.

An agenda is a folder of tables with an ``agenda.csv``, which names the capture of its page:
``data/source/CAPTURE.txt``, described by ``CAPTURE.toml``. A new agenda is a folder and a
page, without code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agendagraph import files
from agendagraph.agenda.pipeline.capture import read_capture
from agendagraph.agenda.pipeline.tables.csv_file import Problems, read_table
from agendagraph.agenda.pipeline.tables.reading import read_agenda_tables
from agendagraph.agenda.pipeline.tables.rows import AgendaRow
from agendagraph.agenda.source import read_page
from agendagraph.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

    from agendagraph.agenda.pipeline.capture import CaptureDescription
    from agendagraph.agenda.pipeline.tables.reading import AgendaTables, Tables
    from agendagraph.agenda.source import Document


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders that the build reads.  Default: the shipped ones."""

    tables: Path = files.TABLES
    source: Path = files.SOURCE
    ontology: Path = files.ONTOLOGY
    shapes: Path = files.SHAPES


@dataclass(frozen=True, slots=True)
class AgendaSource:
    """One agenda: its tables, its parsed page, and the description of the capture."""

    tables: AgendaTables
    document: Document
    description: CaptureDescription | None = None

    @property
    def id(self) -> str:
        """The agenda's identifier, as ``kr-mofa-2022``."""
        return self.tables.row.id


def read_agendas(folders: Folders, tables: Tables) -> list[AgendaSource]:
    """Read every agenda below the folder of tables, in the order of their folders' names.

    Raises:
        SourceError: A page is missing or does not have the layout that we read.
        TableError: The tables of an agenda are invalid, or two agendas have one id.
    """
    agenda_folders = [path.parent for path in sorted(folders.tables.glob("*/agenda.csv"))]
    if not agenda_folders:
        raise TableError("expected a folder with an agenda.csv", file=str(folders.tables))
    agendas = [_read_agenda(folder, folders, tables) for folder in agenda_folders]
    _reject_duplicate_ids(agendas)
    return agendas


def _read_agenda(folder: Path, folders: Folders, tables: Tables) -> AgendaSource:
    problems = Problems()
    rows = read_table(folder / "agenda.csv", AgendaRow, problems)
    if problems.found or not rows.rows:
        raise (problems.found or [TableError("expected one row", file=rows.file)])[0]
    capture = read_capture(folders.source, rows.rows[0].capture)
    name = str(folders.source / capture.description.file)
    document = read_page(capture.text, name=name)
    agenda = read_agenda_tables(folder, tables=tables, document=document)
    return AgendaSource(agenda, document, capture.description)


def _reject_duplicate_ids(agendas: list[AgendaSource]) -> None:
    seen: dict[str, str] = {}
    for agenda in agendas:
        file = agenda.tables.agenda.file
        if agenda.id in seen:
            raise TableError(f"{seen[agenda.id]} has the id {agenda.id} too", file=file, line=2)
        seen[agenda.id] = file
