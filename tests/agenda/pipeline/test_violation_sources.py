"""A violation names the file, the row and the column of the table that caused it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph.agenda.pipeline.tables.csv_file import columns_of
from agendagraph.agenda.pipeline.tables.reading import AGENDA, WORLD
from agendagraph.agenda.pipeline.violation_sources import COLUMNS, locate
from agendagraph.rdf import iris, terms
from agendagraph.rdf.terms import AGENDA as NS
from agendagraph.rdf.terms import RDF, RDFS, SKOS
from agendagraph.validation import Place, Report, Result, Severity

if TYPE_CHECKING:
    from conftest import FailedBuild

    from agendagraph.agenda.pipeline.assembly import NamedGraph

MOFA = "kr-mofa-2022"
ROWS = {row.table: row for row in (*WORLD, *AGENDA)}
WITHOUT_COLUMN = {RDF.type.value, SKOS.inScheme.value, NS.hasPart.value, NS.category.value}
"""Type and scheme are those of the table; goals and category come from the page."""


@pytest.fixture
def report(failed_build: FailedBuild) -> Report:
    """The report of a build from tables of which several rows are corrupted."""
    return failed_build.report


@pytest.mark.slow
def test_every_corrupted_row_is_named(report: Report) -> None:
    """One violation a row; and the advice on a missing translation names its row, too."""
    found = {
        (Path(p.file).stem, p.line, p.column or "") for r in report.violations for p in r.places
    }

    assert found == {
        ("memberships", 7, ""),  # it overlaps with another: no one cell is at fault
        ("organizations", 2, ""),
        ("terms", 2, "start"),  # compared with planned_end
        ("commitments", 5, "action_type"),
        ("commitments", 7, "label_ko/label_en"),
        ("engagements", 5, "role"),
        ("engagements", 7, "stance"),
        ("responsibilities", 3, "role"),  # what a shortcut lacks, the rows lack
    }
    assert all(result.places for result in report.violations)


@pytest.mark.slow
def test_advice_names_its_row_too(report: Report) -> None:
    advice = [r for r in report.warnings if r.path and r.path.endswith("translation>")]

    assert [(Path(p.file).name, p.line, p.column) for r in advice for p in r.places] == [
        ("labels.csv", 6, "translation")
    ]


@pytest.mark.slow
def test_places_outlive_json(report: Report) -> None:
    assert Report.from_dict(report.to_dict()).results == report.results


def test_every_triple_of_a_row_knows_its_row(graphs: tuple[NamedGraph, ...]) -> None:
    """Only what rows do not state has no place: unlisted groups, the linker, shortcuts."""
    for graph in graphs:
        if graph.name.endswith("derived"):
            continue
        unknown = {
            triple[0].value
            for triple, place in zip(graph.triples, graph.places, strict=True)
            if place is None
        }
        assert {iri.split("/id/")[1].split("/")[0] for iri in unknown} <= {"country-group"}


def test_every_property_of_a_row_has_its_column(graphs: tuple[NamedGraph, ...]) -> None:
    """A new column or property cannot be forgotten, and no column is misspelt."""
    missing = {
        (Path(place.file).stem, triple[1].value)
        for graph in graphs
        for triple, place in zip(graph.triples, graph.places, strict=False)
        if place is not None and place.file.endswith(".csv")
        if triple[1].value not in WITHOUT_COLUMN
        if "/capture/" not in triple[0].value  # agenda.csv names it, and the page fills it
        if "anchor" not in triple[0].value
        if triple[1].value not in COLUMNS[Path(place.file).stem]
    }
    misspelt = {
        (table, column)
        for table, properties in COLUMNS.items()
        for columns in properties.values()
        for column in columns
        if column not in columns_of(ROWS[table])
    }

    assert (missing, misspelt) == (set(), set())


def violation(node: str, path: str | None = None, value: str | None = None) -> Result:
    return Result(Severity.VIOLATION, node, path, value, {}, "urn:shape", "urn:component")


def test_the_rows_that_state_the_very_triple_come_first() -> None:
    node = iris.thing("country/jpn")
    label = RDFS.label
    known = [
        ((node, RDF.type, NS.Country), Place("countries.csv", 2)),
        ((node, label, terms.text("일본", "ko")), Place("countries.csv", 2)),
        ((node, label, terms.text("Japan", "en")), Place("countries.csv", 3)),
    ]

    def places(path: str | None, value: str | None) -> list[str]:
        report = Report((violation(node.value, path, value),))
        return [str(place) for place in locate(report, known).results[0].places]

    assert places(str(label), '"Japan"@en') == ["countries.csv:3:label_en"]
    assert places(str(label), None) == [
        "countries.csv:2:label_ko/label_en",
        "countries.csv:3:label_ko/label_en",
    ]
    assert places(str(NS.iso3), None) == ["countries.csv:2:iso3", "countries.csv:3:iso3"]
    assert places(None, None) == ["countries.csv:2"]


def test_a_part_without_a_row_is_named_by_what_it_stands_below() -> None:
    element = iris.element(MOFA, "g1/o1")
    known = [((element, RDF.type, NS.Objective), Place("page.txt", 14))]
    report = Report((violation(f"{element.value}/anchor/position"), violation("urn:elsewhere")))

    own, elsewhere = locate(report, known).results

    assert own.places == (Place("page.txt", 14),)
    assert elsewhere.places == ()
