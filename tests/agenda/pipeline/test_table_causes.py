"""An unreadable table is one problem: cells that depend on it are counted, not reported.

The shipped tables are corrupted, one at a time; countries.csv is referred to by hundreds of
cells, and a hundred lines of "unknown country" would hide the one that matters.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from agendagraph import files
from agendagraph.agenda.pipeline.sources import Folders, read_agendas
from agendagraph.agenda.pipeline.tables.reading import read_tables
from agendagraph.errors import TableErrors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Corrupt = Callable[[Path], object]

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tables that a test may corrupt."""
    return shutil.copytree(files.TABLES, tmp_path / "tables")


def replaced(old: str, new: str) -> Corrupt:
    """Corrupt a file by other words, which must stand in it."""

    def corrupt(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return corrupt


def recoded(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp949", errors="ignore"))


def removed(path: Path) -> None:
    path.unlink()


def problems(folder: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return what is wrong with the tables below *folder*, without its name, and the rest."""
    with pytest.raises(TableErrors) as raised:
        read_agendas(Folders(tables=folder), read_tables(folder))
    found = [str(problem).removeprefix(f"{folder}/") for problem in raised.value.problems]
    return found, tuple(left.removeprefix(f"{folder}/") for left in raised.value.unchecked)


COUNTRIES = "world/countries.csv"
COMMITMENTS = "kr-mofa-2022/commitments.csv"
CODERS = "kr-mofa-2022/coders.csv"


@pytest.mark.parametrize(
    ("table", "corrupt", "cause"),
    [
        pytest.param(COUNTRIES, removed, f"{COUNTRIES}: expected this table", id="missing"),
        pytest.param(COUNTRIES, recoded, f"{COUNTRIES}:2: expected UTF-8", id="encoding"),
        pytest.param(
            COUNTRIES,
            replaced(",label_ko,", ","),
            f"{COUNTRIES}:1:label_ko: missing column",
            id="missing column",
        ),
        pytest.param(
            COUNTRIES,
            replaced(",label_ko,", ",lable_ko,"),
            f"{COUNTRIES}:1:lable_ko: unknown column; did you mean 'label_ko'?",
            id="misspelt column",
        ),
        pytest.param(
            COUNTRIES,
            replaced("jpn,JP,", 'jpn,"JP,'),
            f"{COUNTRIES}:117: does not parse as CSV",
            id="open quote",
        ),
        pytest.param(
            COUNTRIES,
            replaced("jpn,JP,", "jpn,JP,,"),
            f"{COUNTRIES}:117: expected 10 cells as in the header, found 11",
            id="ragged row",
        ),
        pytest.param(
            COUNTRIES,
            replaced("jpn,JP,JPN", "jpn,JP,JAP"),
            f"{COUNTRIES}:117: expected the id to be iso3 in lower case",
            id="bad cell",
        ),
        pytest.param(COMMITMENTS, removed, f"{COMMITMENTS}: expected this table", id="optional"),
        pytest.param(
            COMMITMENTS,
            replaced("g1/o1/k1,g1/o1,1,", "g1/o1/k1,g1/o1,first,"),
            f"{COMMITMENTS}:2:order: ",
            id="a row of an agenda",
        ),
        pytest.param(CODERS, recoded, f"{CODERS}:2: expected UTF-8", id="coders"),
    ],
)
def test_only_the_cause_is_reported(folder: Path, table: str, corrupt: Corrupt, cause: str) -> None:
    corrupt(folder / table)

    found, unchecked = problems(folder)

    assert len(found) == 1, found[:5]
    assert found[0].startswith(cause)
    assert len(unchecked) == 1
    assert unchecked[0].startswith(f"{table}: because of these problems, ")
    assert unchecked[0].endswith(" could not be checked")


def test_what_cannot_be_checked_is_counted_by_table(folder: Path) -> None:
    removed(folder / "world" / "places.csv")

    _, unchecked = problems(folder)

    (left,) = unchecked
    assert left.startswith("world/places.csv: because of these problems, ")
    assert f" {cells_naming_places()} cells of ambiguities.csv, events.csv, names.csv " in left


def cells_naming_places() -> int:
    """Count the shipped cells that refer to a place, by the rows as they are read."""
    tables = read_tables()
    named = [row.entity for row in tables.names] + [m for row in tables.names for m in row.members]
    readings = [r for row in tables.decisions for r in (row.reading,)]
    readings += [r for row in tables.ambiguities for r in (row.reading, row.otherwise)]
    paths = [path for path in (*named, *readings) if path.startswith("place/")]
    return len(paths) + sum(row.place is not None for row in tables.events)


def test_other_mistakes_are_still_told(folder: Path) -> None:
    """A lost row of Japan excuses no unknown country but Japan."""
    replaced("jpn,JP,", "jpn,JP,,")(folder / COUNTRIES)
    replaced("apec,country/aus,", "apec,country/oz,")(folder / "world" / "memberships.csv")

    found, _ = problems(folder)

    assert [line.partition(":")[0] for line in found] == [COUNTRIES, "world/memberships.csv"]
    assert "unknown country 'country/oz'" in found[1]
