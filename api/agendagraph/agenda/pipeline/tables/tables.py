"""Read the tables: the facts of the world, the names, and the analysis of an agenda.

What is read is checked: columns, dates, duplicates, and that every cell refers to
something that there is. All problems are found before one error is raised that holds
them all, so that whoever edits tables need not run the build once per mistake.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from agendagraph import files
from agendagraph.agenda.linking import NAME_TABLES, WORLD_TABLES, Gazetteer, gazetteer_from_rows
from agendagraph.agenda.pipeline.tables import agenda_rows, name_rows, world_rows
from agendagraph.agenda.pipeline.tables.checks import (
    check_agenda,
    check_commitments,
    check_dates,
    check_promises,
    check_themes,
)
from agendagraph.agenda.pipeline.tables.csv_file import Problems, Table, nearest, read_table
from agendagraph.agenda.pipeline.tables.references import Known, check_references
from agendagraph.namespaces import SCHEME
from agendagraph.rdf.reading import quads_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agendagraph.agenda.pipeline.tables.cells import Row
    from agendagraph.agenda.source import Document


_NOTATION: Final = "http://www.w3.org/2004/02/skos/core#notation"

WORLD: Final[tuple[type[Row], ...]] = (
    world_rows.CountryRow,
    world_rows.RegionRow,
    world_rows.OrganizationRow,
    world_rows.CountryGroupRow,
    world_rows.MembershipRow,
    world_rows.BodyRow,
    world_rows.PlaceRow,
    world_rows.EventRow,
    world_rows.InstrumentRow,
    world_rows.UnnamedActorRow,
    world_rows.TermRow,
)
"""The tables of ``data/tables/world/``."""

NAMES: Final[tuple[type[Row], ...]] = (
    name_rows.NameRow,
    name_rows.DecisionRow,
    name_rows.AmbiguityRow,
    name_rows.SyllableRow,
    name_rows.CombinationRow,
    name_rows.FollowerRow,
)
"""The tables of ``data/tables/names/``."""

AGENDA: Final[tuple[type[Row], ...]] = (
    agenda_rows.AgendaRow,
    agenda_rows.LabelRow,
    agenda_rows.CommitmentRow,
    agenda_rows.ThemeRow,
    agenda_rows.EngagementRow,
    agenda_rows.ResponsibilityRow,
    agenda_rows.QuantityRow,
    agenda_rows.DateRow,
    agenda_rows.PromiseRow,
    agenda_rows.InvocationRow,
    agenda_rows.ErratumRow,
    agenda_rows.PolicyLineRow,
    agenda_rows.CoderRow,
)
"""The tables of an agenda. Only ``agenda.csv`` must be there; another that is missing is empty."""

_NAME_FOLDER, _WORLD_FOLDER = "names", "world"


@dataclass(frozen=True)
class Tables:
    """The facts of the world, and the names; one field a table, by its file's name."""

    countries: Table[world_rows.CountryRow]
    regions: Table[world_rows.RegionRow]
    organizations: Table[world_rows.OrganizationRow]
    country_groups: Table[world_rows.CountryGroupRow]
    memberships: Table[world_rows.MembershipRow]
    bodies: Table[world_rows.BodyRow]
    places: Table[world_rows.PlaceRow]
    events: Table[world_rows.EventRow]
    instruments: Table[world_rows.InstrumentRow]
    unnamed_actors: Table[world_rows.UnnamedActorRow]
    terms: Table[world_rows.TermRow]
    names: Table[name_rows.NameRow]
    decisions: Table[name_rows.DecisionRow]
    ambiguities: Table[name_rows.AmbiguityRow]
    syllables: Table[name_rows.SyllableRow]
    combinations: Table[name_rows.CombinationRow]
    followers: Table[name_rows.FollowerRow]
    concepts: Mapping[str, frozenset[str]] = field(repr=False)
    """The notations of every scheme, against which the tables were checked."""

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The names as the linker needs them."""
        return gazetteer_from_rows(
            {name: getattr(self, name).raw for name in WORLD_TABLES},
            {name: getattr(self, name).raw for name in NAME_TABLES},
        )


@dataclass(frozen=True)
class AgendaTables:
    """The tables of one agenda; one field a table, by its file's name."""

    agenda: Table[agenda_rows.AgendaRow]
    labels: Table[agenda_rows.LabelRow]
    commitments: Table[agenda_rows.CommitmentRow]
    themes: Table[agenda_rows.ThemeRow]
    engagements: Table[agenda_rows.EngagementRow]
    responsibilities: Table[agenda_rows.ResponsibilityRow]
    quantities: Table[agenda_rows.QuantityRow]
    dates: Table[agenda_rows.DateRow]
    promises: Table[agenda_rows.PromiseRow]
    invocations: Table[agenda_rows.InvocationRow]
    errata: Table[agenda_rows.ErratumRow]
    policy_lines: Table[agenda_rows.PolicyLineRow]
    coders: Table[agenda_rows.CoderRow]

    @property
    def row(self) -> agenda_rows.AgendaRow:
        """The agenda's own row."""
        return self.agenda.rows[0]


def read_tables(folder: Path = files.TABLES, *, schemes: Path | None = None) -> Tables:
    """Read the facts of the world and the names.

    Args:
        folder: The folder that holds ``world/`` and ``names/``.
        schemes: The folder of the SKOS schemes; those that we ship, if not given.

    Raises:
        TableErrors: All that is wrong, each with file, line and column.
        GraphSyntaxError: A scheme does not parse.
    """
    problems = Problems()
    concepts = read_concepts(schemes or files.ONTOLOGY / "schemes")
    read = {
        row.table: read_table(folder / _WORLD_FOLDER / f"{row.table}.csv", row, problems)
        for row in WORLD
    }
    read |= {
        row.table: read_table(folder / _NAME_FOLDER / f"{row.table}.csv", row, problems)
        for row in NAMES
    }
    _refuse_strangers(folder / _WORLD_FOLDER, WORLD, problems)
    _refuse_strangers(folder / _NAME_FOLDER, NAMES, problems)
    known = Known(_keyed(read, WORLD), concepts)
    for row in (*WORLD, *NAMES):
        check_references(read[row.table], row, known, problems)
    problems.raise_any()
    tables: dict[str, Any] = dict(read)
    return Tables(**tables, concepts=concepts)


def read_agenda_tables(folder: Path, *, tables: Tables, document: Document) -> AgendaTables:
    """Read the tables of an agenda.

    Args:
        folder: The folder that holds ``agenda.csv`` and the others.
        tables: The facts of the world, to which the rows refer.
        document: The page, to which the rows refer.

    Raises:
        TableErrors: All that is wrong, each with file, line and column.
    """
    problems = Problems()
    read: dict[str, Table[Any]] = {}
    for row in AGENDA:
        path = folder / f"{row.table}.csv"
        needed = row is agenda_rows.AgendaRow or path.exists()
        absent: Table[Any] = Table(str(path), whole=False, missing=True)
        read[row.table] = read_table(path, row, problems) if needed else absent
    _refuse_strangers(folder, AGENDA, problems)
    world = {row.table: getattr(tables, row.table) for row in WORLD}
    known = Known(_keyed(world, WORLD) | _keyed(read, AGENDA), tables.concepts, document)
    for row in AGENDA:
        check_references(read[row.table], row, known, problems)
    agenda = AgendaTables(**read)
    check_agenda(agenda.agenda, problems)
    check_commitments(agenda.commitments, problems)
    check_themes(agenda.themes, agenda.commitments, document, problems)
    check_dates(agenda.dates, problems)
    check_promises(agenda.promises, agenda.commitments, document, problems)
    problems.raise_any()
    return agenda


def read_concepts(folder: Path) -> dict[str, frozenset[str]]:
    """Return the notations of the concepts of each SKOS scheme in a folder.

    Raises:
        GraphSyntaxError: A file does not parse.
    """
    found: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.ttl")):
        for quad in quads_of_file(path):
            concept = getattr(quad.subject, "value", "")
            if quad.predicate.value == _NOTATION and concept.startswith(SCHEME):
                scheme, _, notation = concept.removeprefix(SCHEME).partition("/")
                found.setdefault(scheme, set()).add(notation)
    return {scheme: frozenset(notations) for scheme, notations in found.items()}


def _keyed(read: Mapping[str, Table[Any]], classes: tuple[type[Row], ...]) -> dict[str, Table[Any]]:
    """Return the tables whose key is one column, to which cells may refer."""
    return {row.table: read[row.table] for row in classes if len(row.key) == 1}


def _refuse_strangers(folder: Path, classes: tuple[type[Row], ...], problems: Problems) -> None:
    """Add a problem for every CSV file that is none of the tables."""
    names = [row.table for row in classes]
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in names:
            problems.add(f"no table of this name{nearest(path.stem, names)}", file=str(path))
