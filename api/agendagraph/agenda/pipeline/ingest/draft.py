"""Turn a page into a draft agenda, as the shipped agenda is built, but without a review.

Read, link, draft the tables, build the layers, validate them, and list the decisions for a
person. The draft has the layout of ``data/``: a reviewed draft becomes part of the graph by
copying its folders there, without code.

    DIR/source/ID.txt, ID.toml     the capture and its description
    DIR/tables/ID/*.csv            the drafted tables
    DIR/graph/ID/*.ttl             the layers
    DIR/review.csv, review.md      the decisions for a person, and their summary
    DIR/findings.tsv               the SHACL results of the draft
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from agendagraph.agenda.pipeline.assembly import (
    NamedGraph,
    agenda_graphs,
    validate_graphs,
    world_graph,
)
from agendagraph.agenda.pipeline.capture import Capture, describe, write_capture
from agendagraph.agenda.pipeline.ingest.commitments import read_codebook
from agendagraph.agenda.pipeline.ingest.draft_tables import draft_tables
from agendagraph.agenda.pipeline.ingest.review import Decision, as_csv, decisions
from agendagraph.agenda.pipeline.ingest.review_page import findings_text, review_page
from agendagraph.agenda.pipeline.layers.analysis import LinkedElement, link
from agendagraph.agenda.pipeline.sources import AgendaSource, Folders
from agendagraph.agenda.pipeline.tables.csv_file import nearest, table_text
from agendagraph.agenda.pipeline.tables.reading import read_agenda_tables
from agendagraph.agenda.pipeline.tables.rows import AgendaRow
from agendagraph.agenda.source import decode_page, read_page
from agendagraph.errors import StoreError, TableError
from agendagraph.namespaces import ID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agendagraph.agenda.pipeline.tables.cells import Row
    from agendagraph.agenda.pipeline.tables.reading import Tables
    from agendagraph.agenda.source import Document
    from agendagraph.validation import Result

_COMMITMENT: Final = re.compile(r"/k\d+(?:/|$)")
"""Commitments, and what is coded of them: their violations are open decisions."""


@dataclass(frozen=True, slots=True)
class Request:
    """The caller's description of a page."""

    agenda: str
    """The id of the agenda, as ``kr-mou-2022``."""
    body: str
    """The body that issued it, as ``kr/mou`` or ``body/kr/mou``."""
    published: str
    """The day, month or year of its publication."""
    title_ko: str | None = None
    title_en: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page, read and linked."""

    data: bytes
    document: Document
    linked: tuple[LinkedElement, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft agenda, as it was written.

    ``findings`` are its SHACL results, violations first. ``broken`` are the violations that no
    decision will resolve: those of the document layer and of mentions.
    """

    page: Page
    decisions: tuple[Decision, ...]
    findings: tuple[Result, ...]
    broken: tuple[Result, ...]


def check_request(
    request: Request, output: Path, *, tables: Tables, folders: Folders | None = None
) -> AgendaRow:
    """Return the row of a new agenda, if a draft of it may be written to *output*.

    This runs before the page is read. Unlike `ingest`, it rejects the id of an agenda that
    exists, since a reviewed draft would replace its tables.

    Raises:
        TableError: An agenda with that id exists, the body is unknown, or an id or a date is
            invalid.
        StoreError: The folder is not empty.
    """
    folders = folders or Folders()
    row = agenda_row(request, tables)
    taken = (folders.tables / row.id, folders.source / f"{row.id}.toml")
    if any(path.exists() for path in taken):
        message = f"there is an agenda {row.id} already; choose another id"
        raise TableError(message, file="--agenda")
    _reject_full(output)
    return row


def read_and_link(data: bytes, *, name: str, tables: Tables) -> Page:
    """Return a page with its mentions.

    Raises:
        SourceError: The bytes are not a page in the layout that we read.
    """
    document = read_page(decode_page(data, name=name), name=name)
    return Page(data, document, link(document, tables.gazetteer))


def ingest(
    page: Page,
    request: Request,
    output: Path,
    *,
    tables: Tables,
    folders: Folders | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> Draft:
    """Write the draft agenda of a page to a folder, atomically.

    *output* must not exist, or be empty. *folders* has the ontology and the shapes.  Default:
    the shipped ones. *announce* is called with the name of each step.

    Raises:
        TableError: The body is unknown, or an id or a date is invalid.
        StoreError: The folder is not empty, or cannot be written.
        GraphSyntaxError: The ontology or the shapes do not parse.
    """
    folders = folders or Folders()
    row = agenda_row(request, tables)
    _reject_full(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as beside:
            staging = Path(beside) / "draft"
            draft = _write(page, row, staging, tables, folders, announce)
            if output.is_dir():
                output.rmdir()
            staging.rename(output)
    except OSError as error:
        raise StoreError(f"cannot write the draft to {output}: {error.strerror}") from None
    return draft


def _write(
    page: Page,
    row: AgendaRow,
    folder: Path,
    tables: Tables,
    folders: Folders,
    announce: Callable[[str], None],
) -> Draft:
    announce("drafting tables")
    capture = describe(page.data, capture_id=row.capture, publisher=row.body, title=row.title_ko)
    codebook = read_codebook(folders.ontology / "schemes")
    _write_source(folder, capture, draft_tables(row, page.linked, codebook), row.id)
    drafted = read_agenda_tables(folder / "tables" / row.id, tables=tables, document=page.document)
    announce("building the layers")
    agenda = AgendaSource(drafted, page.document)
    world = world_graph(tables, [agenda], [page.linked])
    graphs = list(agenda_graphs(agenda, page.linked, world.triples))
    for graph in graphs:
        path = folder / "graph" / graph.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(graph.turtle(), encoding="utf-8", newline="\n")
    announce("validating")
    findings = tuple(
        _relative(result, folder) for result in _findings([world, *graphs], row, folders)
    )
    open_decisions = tuple(decisions(page.document, page.linked, drafted, tables))
    broken = tuple(
        result
        for result in findings
        if result.severity == "Violation" and not _COMMITMENT.search(result.focus_node)
    )
    for name, text in (
        ("review.csv", as_csv(open_decisions)),
        ("review.md", review_page(row.id, page.document, open_decisions, findings)),
        ("findings.tsv", findings_text(findings)),
    ):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return Draft(page, open_decisions, findings, broken)


def _write_source(
    folder: Path, capture: Capture, rows: dict[type[Row], list[Row]], agenda: str
) -> None:
    source, tables = folder / "source", folder / "tables" / agenda
    source.mkdir(parents=True)
    tables.mkdir(parents=True)
    write_capture(source, capture)
    for row_class, drafted in rows.items():
        path = tables / f"{row_class.table}.csv"
        path.write_text(table_text(row_class, drafted), encoding="utf-8", newline="\n")


def _findings(graphs: Sequence[NamedGraph], row: AgendaRow, folders: Folders) -> tuple[Result, ...]:
    """Return the SHACL results of the draft itself, without those of the world."""
    report = validate_graphs(graphs, folders)
    own = (f"{ID}agenda/{row.id}", f"{ID}capture/{row.capture}")
    return tuple(
        result
        for result in report.results
        if any(result.focus_node == iri or result.focus_node.startswith(f"{iri}/") for iri in own)
    )


def _relative(result: Result, folder: Path) -> Result:
    """Return a result with paths relative to *folder*, which will be renamed."""
    places = (
        replace(place, file=place.file.removeprefix(f"{folder}{os.sep}")) for place in result.places
    )
    return replace(result, places=tuple(places))


def agenda_row(request: Request, tables: Tables) -> AgendaRow:
    """Return the agenda's own row, with defaults for the term and the titles.

    Raises:
        TableError: The body is unknown, or an id or a date is invalid.
    """
    body = request.body.removeprefix("body/")
    bodies = tables.bodies.keys()
    if body not in bodies:
        message = f"unknown body {body!r}{nearest(body, bodies)}; bodies are rows of bodies.csv"
        raise TableError(message, file="--body")
    english = request.title_en
    if request.title_ko is None and not english:
        english = f"Policy Tasks of the {bodies[body].label_en}"
    try:
        return AgendaRow(
            id=request.agenda,
            body=f"body/{body}",
            term=_term(request.published, body, tables),
            title_ko=request.title_ko or f"{bodies[body].label_ko} 국정과제",
            title_en=english or None,
            presented=None,
            cabinet=None,
            published=request.published,
            capture=request.agenda,
            policy_source=None,
        )
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        option = {"id": "agenda", "capture": "agenda"}.get(str(detail["loc"][0]), detail["loc"][0])
        message = f"{detail['msg'].removeprefix('Value error, ')}, found {detail['input']!r}"
        raise TableError(message, file=f"--{option}") from None


def _term(published: str, body: str, tables: Tables) -> str | None:
    """Return the government in whose term an agenda was published, if the tables have it.

    If two governments share the year or the month, it is the later one.
    """
    iso2 = body.partition("/")[0].upper()
    countries = {row.id for row in tables.countries if row.iso2 == iso2}
    known = len(published)
    terms = [
        term
        for term in sorted(tables.terms, key=lambda term: term.start)
        if term.country in countries
        and term.start[:known]
        <= published
        <= (term.actual_end or term.planned_end or published)[:known]
    ]
    return terms[-1].id if terms else None


def _reject_full(output: Path) -> None:
    """Raise if the folder is not empty: reviewed work is never overwritten."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise StoreError(f"{output} is there already; a draft is written to a new folder")
