"""What the tests of the coding read: the tables, the page they quote, the codebook, the world."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import pytest
import rdflib

from agendagraph import files
from agendagraph.agenda.source import decode_page, read_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from agendagraph.agenda.source import Element

Row: TypeAlias = dict[str, str]

AGENDA = "kr-mofa-2022"
WORLD_KINDS = {
    "bodies": "body",
    "countries": "country",
    "country_groups": "country-group",
    "events": "event",
    "instruments": "instrument",
    "organizations": "organization",
    "places": "place",
    "regions": "region",
    "terms": "term",
    "unnamed_actors": "unnamed-actor",
}


def read_csv(path: Path) -> list[Row]:
    """Return the rows of a table, as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def cohens_kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Return Cohen's kappa: agreement beyond that which the marginals alone would give.

    Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and
    Psychological Measurement 20 (1960), https://doi.org/10.1177/001316446002000104
    """
    n = len(first)
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    counts, others = Counter(first), Counter(second)
    expected = sum(counts[code] * others[code] for code in counts) / n**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


@pytest.fixture(scope="session")
def kappa() -> Callable[[Sequence[str], Sequence[str]], float]:
    """Give the measure that every comparison of codings here takes."""
    return cohens_kappa


@pytest.fixture(scope="session")
def read_rows() -> Callable[[Path], list[Row]]:
    """Give the reader of a table that is none of the agenda's own."""
    return read_csv


@pytest.fixture(scope="session")
def table() -> Callable[[str], list[Row]]:
    """Give the rows of one table of the agenda by its name."""

    @cache
    def rows(name: str) -> list[Row]:
        return read_csv(files.TABLES / AGENDA / f"{name}.csv")

    return rows


@pytest.fixture(scope="session")
def page() -> str:
    """Give the text of the page that was coded."""
    path = files.SOURCE / f"{AGENDA}.txt"
    return decode_page(path.read_bytes(), name=path.name)


@pytest.fixture(scope="session")
def elements(page: str) -> dict[str, Element]:
    """Give the elements of the page by their ids, in the order of the page."""
    return {element.id: element for element in read_page(page, name=AGENDA).elements}


@pytest.fixture(scope="session")
def codebook() -> rdflib.Graph:
    """Give every scheme of the codebook in one graph."""
    graph = rdflib.Graph()
    for path in sorted((files.ONTOLOGY / "schemes").glob("*.ttl")):
        graph.parse(path)
    return graph


@pytest.fixture(scope="session")
def things() -> set[str]:
    """Give the ids of everything in the world tables, as ``country/jpn``."""
    return {
        f"{kind}/{row['id']}"
        for name, kind in WORLD_KINDS.items()
        for row in read_csv(files.TABLES / "world" / f"{name}.csv")
    }
