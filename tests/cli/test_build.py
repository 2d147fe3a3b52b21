"""``agendagraph build`` builds, compares, and says what stops it."""

from __future__ import annotations

import functools
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from agendagraph import files
from agendagraph.agenda.pipeline import build as build_module
from agendagraph.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

LEADS = "kr-mofa-2022/responsibilities.csv"


@pytest.fixture(scope="module", autouse=True)
def equal_graphs_are_validated_once() -> Iterator[None]:
    """Remember the report of a graph: it takes seconds and depends on nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        remembered = functools.cache(build_module.validate_graphs)
        patch.setattr(build_module, "validate_graphs", remembered)
        yield


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the tables that a test may corrupt."""
    return shutil.copytree(files.TABLES, tmp_path / "tables")


def build(*args: Path | str) -> Result:
    return CliRunner().invoke(main, ["build", *map(str, args)])


def test_a_build_and_its_check(tmp_path: Path) -> None:
    output = tmp_path / "graph"

    built = build("--output", output)
    checked = build("--output", output, "--check")

    assert built.exit_code == 0
    assert built.stdout.splitlines()[-1] == "world.ttl"
    assert "validating …" in built.stderr
    assert (checked.exit_code, checked.stdout) == (0, "")


def test_a_check_finds_what_was_edited_and_leaves_it(tmp_path: Path) -> None:
    shutil.copytree(files.GRAPH, tmp_path / "graph")
    world = tmp_path / "graph" / "world.ttl"
    edited = world.read_text(encoding="utf-8") + "# edited by hand\n"
    world.write_text(edited, encoding="utf-8")

    result = build("--output", tmp_path / "graph", "--check")

    assert result.exit_code == 1
    assert "world.ttl" in result.stdout.splitlines()
    assert world.read_text(encoding="utf-8") == edited


def test_a_graph_that_breaks_its_shapes_is_reported_and_not_written(
    tmp_path: Path, tables: Path
) -> None:
    path = tables / LEADS
    path.write_text(
        path.read_text(encoding="utf-8").replace(",lead,", ",co-lead,"), encoding="utf-8"
    )

    result = build("--tables", tables, "--output", tmp_path / "graph", "--lang", "ko")

    assert result.exit_code == 1
    assert "\tViolation\tagenda/kr-mofa-2022/g1\t" in result.stderr
    assert f"\n{path}:2:role\tViolation\t" in result.stderr
    assert "nothing was written" in result.stderr
    assert not (tmp_path / "graph").exists()


def test_every_bad_row_is_reported_with_its_place(tmp_path: Path, tables: Path) -> None:
    path = tables / LEADS
    path.write_text(path.read_text(encoding="utf-8").replace(",lead,", ",boss,"), encoding="utf-8")

    result = build("--tables", tables, "--output", tmp_path / "graph")

    assert result.exit_code == 2
    assert f"{path}:2:role: unknown responsibility-role 'boss'" in result.stderr
    assert f"{path}:3:role: " in result.stderr
    assert "Traceback" not in result.output
