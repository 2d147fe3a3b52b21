"""The test sentences and the shipped gazetteer, read from their tables.

``other-ministries.csv`` holds sentences in the style of other ministries' pages, written
before the linker was tuned and split into a half that it was tuned on (``dev``) and a half
that it was not (``held-out``). Names are marked in place, ``{surface|entity}``, with three
letters for a country, ``jpn-kor`` for a group and a first letter for the other kinds.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph.agenda.linking import NAME_TABLES, WORLD_TABLES, gazetteer_from_rows
from agendagraph.agenda.source import read_page
from agendagraph.files import SOURCE, TABLES

if TYPE_CHECKING:
    from agendagraph.agenda.linking import Gazetteer

HERE = Path(__file__).parent
_KINDS = {
    "b": "body",
    "e": "event",
    "i": "instrument",
    "o": "organization",
    "p": "place",
    "r": "region",
    "u": "unnamed-actor",
}
_MARK = re.compile(r"\{([^|{}]*)\|([^{}]*)\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence and the stretches of it that name something: start, end, entity."""

    id: str
    split: str
    kind: str
    text: str
    expected: tuple[tuple[int, int, str], ...]


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """Return the gazetteer of the shipped tables."""
    return gazetteer_from_rows(
        {table: rows(TABLES / "world" / f"{table}.csv") for table in WORLD_TABLES},
        {table: rows(TABLES / "names" / f"{table}.csv") for table in NAME_TABLES},
    )


@pytest.fixture(scope="session")
def page_texts() -> dict[str, str]:
    """Return the text of each element of the shipped page."""
    page = (SOURCE / "kr-mofa-2022.txt").read_text(encoding="utf-8")
    return {e.id: e.text for e in read_page(page, name="kr-mofa-2022.txt").elements}


@pytest.fixture(scope="session")
def gold() -> list[dict[str, str]]:
    """Return the rows of the gold table: one a mention, or one for an element without."""
    return rows(HERE / "gold-kr-mofa-2022.csv")


@pytest.fixture(scope="session")
def world_ids() -> set[str]:
    """Return the ids of all things in the world tables."""
    return {
        f"{kind}/{row['id']}"
        for table, kind in WORLD_TABLES.items()
        for row in rows(TABLES / "world" / f"{table}.csv")
    }


@pytest.fixture(scope="session")
def sentences() -> list[Sentence]:
    """Return the sentences of other ministries, both halves."""
    return [_read(row) for row in rows(HERE / "other-ministries.csv")]


def _read(row: dict[str, str]) -> Sentence:
    text, expected = "", []
    position = 0
    for mark in _MARK.finditer(row["annotated"]):
        text += row["annotated"][position : mark.start()]
        start = len(text)
        text += mark[1]
        expected.append((start, len(text), entity_of(mark[2])))
        position = mark.end()
    text += row["annotated"][position:]
    return Sentence(row["id"], row["split"], row["kind"], text, tuple(expected))


def entity_of(mark: str) -> str:
    """Return the entity of a mark.

    >>> entity_of("jpn"), entity_of("jpn-kor"), entity_of("o:un")
    ('country/jpn', 'country-group/jpn-kor', 'organization/un')
    """
    letter, colon, slug = mark.partition(":")
    if colon:
        return f"{_KINDS[letter]}/{slug}"
    return f"country-group/{mark}" if "-" in mark else f"country/{mark}"
