"""Read and check all tables: the facts of the world, the names, and the analysis of an agenda.

All problems are collected before one error is raised with all of them, so that an editor of
the tables need not run the build once per mistake.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the type hints are read at run time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from agendagraph import files
from agendagraph.agenda.linking import NAME_TABLES, WORLD_TABLES, Gazetteer, gazetteer_from_rows
from agendagraph.agenda.pipeline.tables import rows
from agendagraph.agenda.pipeline.tables.csv_file import Problems, Table, nearest, read_table
from agendagraph.agenda.pipeline.tables.integrity import (
    ReferenceTargets,
    check_agenda,
    check_commitments,
    check_dates,
    check_promises,
    check_references,
    check_themes,
)
from agendagraph.namespaces import PREFIXES, SCHEME
from agendagraph.rdf.reading import quads_of_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agendagraph.agenda.pipeline.tables.cells import Row
    from agendagraph.agenda.source import Document

_NOTATION: Final = PREFIXES["skos"] + "notation"


@dataclass(frozen=True)
class WorldTables:
    """The facts of the world: the tables of ``data/tables/world/``, a field each."""

    countries: Table[rows.CountryRow]
    regions: Table[rows.RegionRow]
    organizations: Table[rows.OrganizationRow]
    country_groups: Table[rows.CountryGroupRow]
    memberships: Table[rows.MembershipRow]
    bodies: Table[rows.BodyRow]
    places: Table[rows.PlaceRow]
    events: Table[rows.EventRow]
    instruments: Table[rows.InstrumentRow]
    unnamed_actors: Table[rows.UnnamedActorRow]
    terms: Table[rows.TermRow]


@dataclass(frozen=True)
class NameTables:
    """The gazetteer's input: the tables of ``data/tables/names/``, a field each."""

    names: Table[rows.NameRow]
    decisions: Table[rows.DecisionRow]
    ambiguities: Table[rows.AmbiguityRow]
    syllables: Table[rows.SyllableRow]
    combinations: Table[rows.CombinationRow]
    followers: Table[rows.FollowerRow]


@dataclass(frozen=True)
class Tables(WorldTables, NameTables):
    """The facts of the world, the names, and the concepts that they were checked against."""

    concepts: Mapping[str, frozenset[str]] = field(repr=False)
    """The notations of every scheme."""

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The gazetteer of these names."""
        return gazetteer_from_rows(
            {name: getattr(self, name).raw for name in WORLD_TABLES},
            {name: getattr(self, name).raw for name in NAME_TABLES},
        )


@dataclass(frozen=True)
class AgendaTables:
    """The tables of one agenda, a field each. All but ``agenda.csv`` may be missing."""

    agenda: Table[rows.AgendaRow]
    labels: Table[rows.LabelRow]
    commitments: Table[rows.CommitmentRow]
    themes: Table[rows.ThemeRow]
    engagements: Table[rows.EngagementRow]
    responsibilities: Table[rows.ResponsibilityRow]
    quantities: Table[rows.QuantityRow]
    dates: Table[rows.DateRow]
    promises: Table[rows.PromiseRow]
    invocations: Table[rows.InvocationRow]
    errata: Table[rows.ErratumRow]
    policy_lines: Table[rows.PolicyLineRow]
    coders: Table[rows.CoderRow]

    @property
    def row(self) -> rows.AgendaRow:
        """The agenda's own row."""
        return self.agenda.rows[0]


def _row_classes(tables: type) -> tuple[type[Row], ...]:
    return tuple(get_args(hint)[0] for hint in get_type_hints(tables).values())


WORLD: Final = _row_classes(WorldTables)
NAMES: Final = _row_classes(NameTables)
AGENDA: Final = _row_classes(AgendaTables)
"""The row classes of each group of tables."""


def read_tables(folder: Path = files.TABLES, *, schemes: Path | None = None) -> Tables:
    """Read the facts of the world and the names from *folder*, and the SKOS *schemes*.

    Raises:
        TableErrors: All problems, each with file, line and column.
        GraphSyntaxError: A scheme does not parse.
    """
    problems = Problems()
    concepts = read_concepts(schemes or files.ONTOLOGY / "schemes")
    groups = ((folder / "world", WORLD), (folder / "names", NAMES))
    read = {
        row.table: read_table(path / f"{row.table}.csv", row, problems)
        for path, group in groups
        for row in group
    }
    for path, group in groups:
        _reject_unknown_files(path, group, problems)
    targets = ReferenceTargets(read, concepts)
    for table in read.values():
        check_references(table, targets, problems)
    problems.raise_any()
    tables: dict[str, Any] = dict(read)
    return Tables(**tables, concepts=concepts)


def read_agenda_tables(folder: Path, *, tables: Tables, document: Document) -> AgendaTables:
    """Read the tables of an agenda, whose rows refer to *tables* and to *document*.

    Raises:
        TableErrors: All problems, each with file, line and column.
    """
    problems = Problems()
    read: dict[str, Table[Any]] = {}
    for row in AGENDA:
        path = folder / f"{row.table}.csv"
        read[row.table] = (
            read_table(path, row, problems)
            if row is rows.AgendaRow or path.exists()
            else Table(row, str(path), whole=False, missing=True)
        )
    _reject_unknown_files(folder, AGENDA, problems)
    world = {row.table: getattr(tables, row.table) for row in WORLD}
    targets = ReferenceTargets(world | read, tables.concepts, document)
    for table in read.values():
        check_references(table, targets, problems)
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


def _reject_unknown_files(folder: Path, classes: Iterable[type[Row]], problems: Problems) -> None:
    """Add a problem for every CSV file that is none of the tables."""
    names = [row.table for row in classes]
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in names:
            problems.add(f"no table of this name{nearest(path.stem, names)}", file=str(path))
