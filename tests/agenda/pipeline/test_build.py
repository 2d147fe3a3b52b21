"""A build writes the whole graph or nothing, and a new agenda needs no code."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph import files
from agendagraph.agenda.pipeline.assembly import NamedGraph, assemble
from agendagraph.agenda.pipeline.build import build
from agendagraph.agenda.pipeline.sources import Folders
from agendagraph.agenda.pipeline.writing import write_graphs
from agendagraph.errors import SourceError, StoreError, TableError
from agendagraph.rdf import iris
from agendagraph.rdf.terms import AGENDA, RDF

if TYPE_CHECKING:
    from conftest import FailedBuild

pytestmark = pytest.mark.slow

AGENDA_ID = "kr-mofa-2022"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A copy of the tables and the pages that a test may corrupt."""
    shutil.copytree(files.TABLES, tmp_path / "tables")
    shutil.copytree(files.SOURCE, tmp_path / "source")
    return Folders(tables=tmp_path / "tables", source=tmp_path / "source")


def corrupt(folders: Folders, table: str, column: str, value: str, row: int = 0) -> None:
    """Write *value* into a cell of a table of the agenda."""
    path = folders.tables / AGENDA_ID / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row][column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def graph(name: str, country: str = "jpn") -> NamedGraph:
    return NamedGraph(name, ((iris.thing(f"country/{country}"), RDF.type, AGENDA.Country),))


def test_a_build_writes_one_file_a_graph(tmp_path: Path) -> None:
    built = build(output=tmp_path / "graph")

    written = sorted(p.relative_to(tmp_path / "graph").as_posix() for p in tmp_path.rglob("*.ttl"))
    assert written == [
        "kr-mofa-2022/analysis.ttl",
        "kr-mofa-2022/derived.ttl",
        "kr-mofa-2022/document.ttl",
        "world.ttl",
    ]
    assert list(built.changed) == written
    assert built.report.conforms


def test_an_invalid_build_writes_nothing(failed_build: FailedBuild) -> None:
    """Among others, the second goal loses its lead body, which its shape requires."""
    leads = [r for r in failed_build.report.violations if r.focus_node.endswith("/g2")]

    assert ["agenda:leadBody" in violation.message("ko") for violation in leads] == [True]
    assert failed_build.left == failed_build.old


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("engagements", "role", "enemy", "unknown engagement-role 'enemy'"),
        ("engagements", "counterpart", "country/xyz", "unknown country 'country/xyz'"),
        ("labels", "element", "g9", "unknown element 'g9'"),
        ("dates", "date", "2022-13", "expected a date"),
    ],
)
def test_a_bad_table_writes_nothing(
    tmp_path: Path, folders: Folders, table: str, column: str, value: str, message: str
) -> None:
    corrupt(folders, table, column, value)

    with pytest.raises(TableError, match=rf"{table}\.csv:2:{column}: {message}"):
        build(folders, output=tmp_path / "graph")

    assert not (tmp_path / "graph").exists()


def test_a_page_that_was_edited_writes_nothing(tmp_path: Path, folders: Folders) -> None:
    page = folders.source / f"{AGENDA_ID}.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("대통력", "대통령"), encoding="utf-8")

    with pytest.raises(SourceError, match="a capture is never edited"):
        build(folders, output=tmp_path / "graph")

    assert not (tmp_path / "graph").exists()


def test_a_second_agenda_needs_no_code(folders: Folders) -> None:
    shutil.copytree(folders.tables / AGENDA_ID, folders.tables / "kr-copy-2022")
    path = folders.tables / "kr-copy-2022" / "agenda.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("\nkr-mofa-2022,", "\nkr-copy-2022,"),
        encoding="utf-8",
    )

    graphs = {g.name: len(set(g.triples)) for g in assemble(folders)}

    for layer in ("document", "analysis", "derived"):
        assert graphs[f"kr-copy-2022/{layer}"] == graphs[f"kr-mofa-2022/{layer}"]


def test_two_agendas_of_one_id_are_an_error(folders: Folders) -> None:
    shutil.copytree(folders.tables / AGENDA_ID, folders.tables / "another")

    with pytest.raises(TableError, match="has the id kr-mofa-2022 too"):
        assemble(folders)


def test_no_agenda_is_an_error(folders: Folders) -> None:
    shutil.rmtree(folders.tables / AGENDA_ID)

    with pytest.raises(TableError, match=r"expected a folder with an agenda\.csv"):
        assemble(folders)


def test_what_did_not_change_is_not_touched(tmp_path: Path) -> None:
    write_graphs([graph("world")], tmp_path / "graph")
    before = (tmp_path / "graph" / "world.ttl").stat().st_mtime_ns

    assert write_graphs([graph("world")], tmp_path / "graph") == []
    assert (tmp_path / "graph" / "world.ttl").stat().st_mtime_ns == before


def test_a_graph_that_is_no_longer_made_goes(tmp_path: Path) -> None:
    output = tmp_path / "graph"
    write_graphs([graph("world"), graph("x/derived")], output)
    (output / "README.md").write_text("ours")

    changed = write_graphs([graph("world")], output)

    assert changed == ["x/derived.ttl"]
    assert sorted(p.name for p in output.iterdir()) == ["README.md", "world.ttl"]


@pytest.mark.parametrize("failing", ["os.fsync", "pathlib.Path.rename"])
def test_a_full_disk_leaves_the_old_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    output = tmp_path / "graph"
    write_graphs([graph("world")], output)
    before = (output / "world.ttl").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(failing, full)
    with pytest.raises(StoreError, match="No space left on device"):
        write_graphs([graph("world", "prk")], output)
    monkeypatch.undo()

    assert (output / "world.ttl").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


def test_the_last_step_failing_puts_the_old_graph_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "graph"
    write_graphs([graph("world")], output)
    rename = Path.rename

    def fail_for_new(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(StoreError, match="Input/output error"):
        write_graphs([graph("world", "prk")], output)
    monkeypatch.undo()

    assert "<id/country/jpn>" in (output / "world.ttl").read_text(encoding="utf-8")
