"""What the configuration forbids is reported: a heading that no tool reads would be silent."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        pytest.param("import api.agendagraph\n", "TID251", id="the package under its other name"),
        pytest.param("from rdflib import *\n", "F403", id="a star import"),
        pytest.param("def f():\n    return 1\n", "ANN201", id="a function without types"),
        pytest.param("print(1)\n", "T201", id="a print"),
    ],
)
def test_ruff_reports(code: str, rule: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", "api/agendagraph/x.py", "-"],
        input=code,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )

    assert rule in done.stdout


def test_mypy_is_strict(tmp_path: Path) -> None:
    loose = tmp_path / "loose.py"
    loose.write_text("def f(x):\n    return x\n")

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", loose],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert "no-untyped-def" in done.stdout


def test_the_floors_name_every_room() -> None:
    """A room that the floor plan does not name could import anything."""
    plan = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    named = {room.strip() for floor in plan["contracts"][0]["layers"] for room in floor.split("|")}
    package = ROOT / "api" / "agendagraph"
    rooms = {path.stem for path in package.glob("*.py")} | {
        path.parent.name for path in package.glob("*/__init__.py")
    }

    assert rooms - {"__init__", "__main__"} == named
