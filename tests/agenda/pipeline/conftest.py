"""The shipped tables and graph, read and built once for all tests of the pipeline."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from agendagraph import files
from agendagraph.agenda.pipeline.assembly import assemble
from agendagraph.agenda.pipeline.build import build
from agendagraph.agenda.pipeline.ingest import draft
from agendagraph.agenda.pipeline.sources import Folders
from agendagraph.agenda.pipeline.tables.reading import Tables, read_tables
from agendagraph.errors import ValidationFailed
from agendagraph.validation import Report

if TYPE_CHECKING:
    from pathlib import Path

    from agendagraph.agenda.pipeline.assembly import NamedGraph

AGENDA_ID = "kr-mofa-2022"


@pytest.fixture(scope="session")
def tables() -> Tables:
    """The shipped facts of the world and names."""
    return read_tables()


@pytest.fixture(scope="session")
def graphs() -> tuple[NamedGraph, ...]:
    """The graphs of a build from the shipped folders."""
    return assemble(Folders())


CORRUPTED = [
    ("world/memberships", 7, {"member": "country/kor", "valid_from": "1999"}),
    ("world/organizations", 2, {"part_of": "acd"}),
    ("world/terms", 2, {"planned_end": "1990-01-01"}),
    (f"{AGENDA_ID}/commitments", 5, {"action_type": ""}),
    (f"{AGENDA_ID}/commitments", 7, {"label_en": ""}),
    (f"{AGENDA_ID}/engagements", 5, {"role": ""}),
    (f"{AGENDA_ID}/engagements", 7, {"stance": ""}),
    (f"{AGENDA_ID}/responsibilities", 3, {"role": "co-lead"}),
    (f"{AGENDA_ID}/labels", 6, {"translation": ""}),
]
"""Cells that pass the reading of tables, each by table, line and column."""


def corrupt(path: Path, line: int, cells: dict[str, str]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[line - 2].update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True)
class FailedBuild:
    """A build that violates the shapes: its report, and what it left of the old graph."""

    report: Report
    old: dict[str, bytes]
    left: dict[str, bytes]


@pytest.fixture(scope="session")
def failed_build(tmp_path_factory: pytest.TempPathFactory) -> FailedBuild:
    """A build from tables of which several rows are corrupted, over an old graph."""
    folder = tmp_path_factory.mktemp("corrupted")
    shutil.copytree(files.TABLES, folder / "tables")
    for table, line, cells in CORRUPTED:
        corrupt(folder / "tables" / f"{table}.csv", line, cells)
    (folder / "graph").mkdir()
    old = {"world.ttl": b"<urn:an> <urn:old> <urn:graph> .\n"}
    (folder / "graph" / "world.ttl").write_bytes(old["world.ttl"])
    with pytest.raises(ValidationFailed) as caught:
        build(Folders(tables=folder / "tables"), output=folder / "graph")
    assert isinstance(caught.value.report, Report)
    left = {path.name: path.read_bytes() for path in (folder / "graph").rglob("*")}
    return FailedBuild(caught.value.report, old, left)


@pytest.fixture
def unvalidated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an ingest skip SHACL: for tests of what it drafts, and not of its findings."""
    monkeypatch.setattr(draft, "validate_graphs", lambda *_: Report(()))
