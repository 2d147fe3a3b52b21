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
from agendagraph.linking import NAME_TABLES, WORLD_TABLES, Gazetteer, gazetteer_from_rows
from agendagraph.namespaces import SCHEME
from agendagraph.pipeline import rows_agenda, rows_names, rows_world
from agendagraph.pipeline.tables_checks import (
    check_agenda,
    check_commitments,
    check_dates,
    check_promises,
    check_themes,
)
from agendagraph.pipeline.tables_reading import Problems, Table, nearest, read_table
from agendagraph.pipeline.tables_references import Known, check_references
from agendagraph.rdf.reading import quads_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agendagraph.pipeline.rows import Row
    from agendagraph.source import Document


_NOTATION: Final = "http://www.w3.org/2004/02/skos/core#notation"

WORLD: Final[tuple[type[Row], ...]] = (
    rows_world.CountryRow,
    rows_world.RegionRow,
    rows_world.OrganizationRow,
    rows_world.CountryGroupRow,
    rows_world.MembershipRow,
    rows_world.BodyRow,
    rows_world.PlaceRow,
    rows_world.EventRow,
    rows_world.InstrumentRow,
    rows_world.UnnamedActorRow,
    rows_world.TermRow,
)
"""The tables of ``data/tables/world/``."""

NAMES: Final[tuple[type[Row], ...]] = (
    rows_names.NameRow,
    rows_names.DecisionRow,
    rows_names.AmbiguityRow,
    rows_names.SyllableRow,
    rows_names.CombinationRow,
    rows_names.FollowerRow,
)
"""The tables of ``data/tables/names/``."""

AGENDA: Final[tuple[type[Row], ...]] = (
    rows_agenda.AgendaRow,
    rows_agenda.LabelRow,
    rows_agenda.CommitmentRow,
    rows_agenda.ThemeRow,
    rows_agenda.EngagementRow,
    rows_agenda.ResponsibilityRow,
    rows_agenda.QuantityRow,
    rows_agenda.DateRow,
    rows_agenda.PromiseRow,
    rows_agenda.InvocationRow,
    rows_agenda.ErratumRow,
    rows_agenda.PolicyLineRow,
    rows_agenda.CoderRow,
)
"""The tables of an agenda. Only ``agenda.csv`` must be there; another that is missing is empty."""

_NAME_FOLDER, _WORLD_FOLDER = "names", "world"


@dataclass(frozen=True)
class Tables:
    """The facts of the world, and the names; one field a table, by its file's name."""

    countries: Table[rows_world.CountryRow]
    regions: Table[rows_world.RegionRow]
    organizations: Table[rows_world.OrganizationRow]
    country_groups: Table[rows_world.CountryGroupRow]
    memberships: Table[rows_world.MembershipRow]
    bodies: Table[rows_world.BodyRow]
    places: Table[rows_world.PlaceRow]
    events: Table[rows_world.EventRow]
    instruments: Table[rows_world.InstrumentRow]
    unnamed_actors: Table[rows_world.UnnamedActorRow]
    terms: Table[rows_world.TermRow]
    names: Table[rows_names.NameRow]
    decisions: Table[rows_names.DecisionRow]
    ambiguities: Table[rows_names.AmbiguityRow]
    syllables: Table[rows_names.SyllableRow]
    combinations: Table[rows_names.CombinationRow]
    followers: Table[rows_names.FollowerRow]
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

    agenda: Table[rows_agenda.AgendaRow]
    labels: Table[rows_agenda.LabelRow]
    commitments: Table[rows_agenda.CommitmentRow]
    themes: Table[rows_agenda.ThemeRow]
    engagements: Table[rows_agenda.EngagementRow]
    responsibilities: Table[rows_agenda.ResponsibilityRow]
    quantities: Table[rows_agenda.QuantityRow]
    dates: Table[rows_agenda.DateRow]
    promises: Table[rows_agenda.PromiseRow]
    invocations: Table[rows_agenda.InvocationRow]
    errata: Table[rows_agenda.ErratumRow]
    policy_lines: Table[rows_agenda.PolicyLineRow]
    coders: Table[rows_agenda.CoderRow]

    @property
    def row(self) -> rows_agenda.AgendaRow:
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
        needed = row is rows_agenda.AgendaRow or path.exists()
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
