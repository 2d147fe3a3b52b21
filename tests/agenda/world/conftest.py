"""What the tests of the world tables share: reading a table, and the facts on a day."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WORLD = ROOT / "data" / "tables" / "world"

Row = dict[str, str]
Table = Callable[[str], list[Row]]


@pytest.fixture(scope="session")
def table() -> Table:
    """Return a reader of world tables: name without suffix → rows, as text."""

    def read(name: str) -> list[Row]:
        with (WORLD / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines, strict=True))

    return read


@pytest.fixture(scope="session")
def members(table: Table) -> Callable[[str, str], set[str]]:
    """Return who was a full member of an organisation on a day."""

    def on(organization: str, day: str) -> set[str]:
        return {
            row["member"].partition("/")[2]
            for row in table("memberships")
            if row["organization"] == organization
            and row["status"] == "member"
            and row["valid_from"] <= day <= (row["valid_until"] or "9999")
        }

    return on
