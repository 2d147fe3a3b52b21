"""A damaged store is called damaged, by whoever meets the damage, and never half read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from agendagraph.server.updates.transfer import rdf_files
from agendagraph.store import integrity
from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.initialise import fill

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.server

QUADS = 20_000
ON_DISK = {"constants": {"agendagraph.server.engine.pool:PoolLimits.snapshot_memory_bytes": 0}}
LIMITS = ("--memory-limit-mib", "512", "--query-limit-s", "30")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose tables have many blocks each."""
    folder = tmp_path_factory.mktemp("sound")
    data = folder / "data.nq"
    lines = (f'<urn:s{i}> <urn:p{i % 7}> "value {i}" <urn:g{i % 3}> .\n' for i in range(QUADS))
    data.write_text("".join(lines))
    with StoreDirectory(folder / "store", writable=True) as directory:
        fill(directory, "files", str(data))
    return folder / "store"


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "store")


def flip(table: Path) -> str:
    """Turn one bit in the middle of a table around, and return the table's name."""
    with table.open("r+b") as stream:
        stream.seek(table.stat().st_size // 3)
        byte = stream.read(1)[0]
        stream.seek(-1, 1)
        stream.write(bytes([byte ^ 4]))
    return table.name


def damage(store: Path) -> str:
    """Flip a bit in the table that a scan of all graphs reads."""
    folder = Path(current_snapshot(store).path)
    for table in sorted(folder.glob("*.sst"), key=lambda each: -each.stat().st_size):
        kept = table.read_bytes()
        name = flip(table)
        try:
            for _ in ox.Store.read_only(str(folder)).query("SELECT * { GRAPH ?g { ?s ?p ?o } }"):
                pass
        except RuntimeError:
            return name
        table.write_bytes(kept)
    raise AssertionError("no table is read")


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?g (MAX(?o) AS ?most) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
        "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o LIMIT 3",
        "SELECT * { GRAPH ?g { ?s ?p ?o } }",
        "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }",
    ],
)
def test_a_query_over_a_damaged_table_says_so(
    serving: Callable[..., Any], store: Path, query: str
) -> None:
    """Sorting and grouping run out of memory in the engine: the reason is told all the same."""
    name = damage(store)

    with serving("--store", store, *LIMITS, **ON_DISK) as server:
        answer = server.query(query)
        lookup = server.query("SELECT ?o { GRAPH ?g { <urn:s5> <urn:p5> ?o } }", accept="text/csv")

    assert answer.status_code == 503, answer.text
    assert answer.json()["type"].endswith("/store-unreadable")
    assert name in server.errors.read_text()
    assert lookup.status_code in (200, 503)


@pytest.mark.timeout(120)
def test_a_hungry_query_over_a_sound_store_is_no_damage(
    serving: Callable[..., Any], store: Path
) -> None:
    cross = "SELECT * { GRAPH ?a { ?b ?c ?d } GRAPH ?e { ?f ?g ?h } } ORDER BY ?d ?h"

    with serving("--store", store, *LIMITS, **ON_DISK) as server:
        answer = server.query(cross)

    assert answer.json()["type"].endswith("/memory-limit")
    assert "damaged" not in server.errors.read_text()


@pytest.mark.timeout(120)
def test_the_commands_say_which_table_is_damaged(store: Path, tmp_path: Path) -> None:
    name = damage(store)
    document = tmp_path / "one.nt"
    document.write_text("<urn:a> <urn:b> <urn:c> .\n")

    for arguments in (
        ("query", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "--source", store),
        ("query", "SELECT * { ?s ?p ?o }", "--source", store),
        ("dump", store, tmp_path / "dump.nq"),
        ("backup", store, tmp_path / "backup"),
        ("history", store),
        ("load", store, document),
    ):
        told = run(*arguments)
        assert told.returncode == 2, told.stderr
        assert f"table {name} is damaged; restore it from a backup" in told.stderr
        assert "Traceback" not in told.stderr
        assert "checksum" not in told.stderr
        assert told.stdout == ""
    assert [
        each.name for each in tmp_path.iterdir() if each.name.startswith(("dump", "back"))
    ] == []


def test_a_backup_finds_damage_that_no_scan_of_the_quads_shows(store: Path, tmp_path: Path) -> None:
    folder = Path(current_snapshot(store).path)
    for number, table in enumerate(sorted(folder.glob("*.sst"))):
        kept = table.read_bytes()
        flip(table)

        told = run("backup", store, tmp_path / f"backup{number}")

        assert told.returncode == 2, table
        assert "damaged" in told.stderr
        table.write_bytes(kept)
    assert run("backup", store, tmp_path / "backup").returncode == 0


def test_the_sums_are_kept_up_with_updates(store: Path, tmp_path: Path) -> None:
    """Each generation tells the sums of all its tables, of the old ones without reading them."""
    document = tmp_path / "one.nt"
    document.write_text("<urn:a> <urn:b> <urn:c> .\n")
    before = integrity.recorded_sums(Path(current_snapshot(store).path))

    rdf_files.load(store, [document], agent="tester")

    folder = Path(current_snapshot(store).path)
    after = integrity.recorded_sums(folder)
    assert set(after) == {each.name for each in folder.glob("*.sst")}
    assert after == integrity.sums_of_tables(folder)
    assert before.items() & after.items()
    assert integrity.damaged_table(folder) is None


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from agendagraph.cli import main; main()"]
    return subprocess.run(
        [*command, *map(str, arguments)], check=False, capture_output=True, text=True, timeout=60
    )
