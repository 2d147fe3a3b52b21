"""Build the triples of one named graph, and remember where each comes from.

The methods cover what the layers state again and again: classes, labels in both languages,
dates of any precision, sources. A value of None states nothing. The builder also records
the row of a table, or the line of a page, of each triple, so that a SHACL result can name it;
the graph itself does not contain that.
"""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from agendagraph.agenda.pipeline.tables.cells import Row
from agendagraph.rdf import iris, terms
from agendagraph.rdf.terms import AGENDA, DCTERMS, RDF, RDFS, SKOS
from agendagraph.validation import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Literal, NamedNode

    from agendagraph.agenda.pipeline.tables.csv_file import Table
    from agendagraph.rdf.turtle import Triple

R = TypeVar("R", bound=Row)

LANGUAGE: Final = "ko"
"""The language of the agendas; translations are in English."""

WIKIDATA: Final = "http://www.wikidata.org/entity/"


class Labelled(Protocol):
    """A row with a Korean and an English label."""

    @property
    def label_ko(self) -> str: ...  # noqa: D102 - see the class
    @property
    def label_en(self) -> str: ...  # noqa: D102 - see the class


class GraphBuilder:
    """Builds one graph."""

    def __init__(self) -> None:
        self._triples: list[Triple] = []
        self._places: list[Place | None] = []
        self._place: Place | None = None

    def __iter__(self) -> Iterator[Triple]:
        """Yield the triples in the order in which they were added."""
        return iter(self._triples)

    @property
    def places(self) -> tuple[Place | None, ...]:
        """The place that each triple comes from, in the order of the triples."""
        return tuple(self._places)

    def set_place(self, place: Place | None) -> None:
        """Set the place that all following triples come from."""
        self._place = place

    def rows(self, table: Table[R]) -> Iterator[R]:
        """Yield the rows of *table*; the triples added meanwhile come from that row."""
        before = self._place
        for line, row in table.numbered():
            self._place = Place(table.file, line)
            yield row
        self._place = before

    def add(
        self, subject: NamedNode, predicate: NamedNode, *values: NamedNode | Literal | None
    ) -> None:
        """Add a triple for each of *values* that is not None."""
        for value in values:
            if value is not None:
                self._triples.append((subject, predicate, value))
                self._places.append(self._place)

    def entity(self, path: str, row: Labelled, *classes: str) -> NamedNode:
        """Add an entity of the world with its classes and labels, and return its IRI."""
        node = iris.thing(path)
        self.type(node, *classes)
        self.label(node, row.label_ko, row.label_en, preferred=True)
        return node

    def type(self, subject: NamedNode, *names: str) -> None:
        """Add the classes of *subject*, by their names in our vocabulary."""
        self.add(subject, RDF.type, *(AGENDA[name] for name in names))

    def label(
        self, subject: NamedNode, ko: str | None, en: str | None, *, preferred: bool = False
    ) -> None:
        """Add labels; *preferred* ones also as skos:prefLabel."""
        for predicate in (RDFS.label, SKOS.prefLabel) if preferred else (RDFS.label,):
            if ko:
                self.add(subject, predicate, terms.text(ko, "ko"))
            if en:
                self.add(subject, predicate, terms.text(en, "en"))

    def things(self, subject: NamedNode, predicate: NamedNode, *paths: str | None) -> None:
        """Add the entities at *paths*."""
        self.add(subject, predicate, *(iris.thing(path) for path in paths if path))

    def concept(
        self, subject: NamedNode, predicate: NamedNode, scheme: str, notation: str | None
    ) -> None:
        """Add the concept *notation* of *scheme*."""
        self.add(subject, predicate, iris.concept(scheme, notation) if notation else None)

    def source_text(self, subject: NamedNode, predicate: NamedNode, text: str | None) -> None:
        """Add words of the source, tagged with its language."""
        self.add(subject, predicate, terms.text(text, LANGUAGE) if text else None)

    def string(self, subject: NamedNode, predicate: NamedNode, value: str | None) -> None:
        """Add a string without a language."""
        self.add(subject, predicate, terms.string(value) if value else None)

    def note(self, subject: NamedNode, note: str | None) -> None:
        """Add an editorial note; it has no language tag, since it may mix both languages."""
        self.string(subject, AGENDA.note, note)

    def date(self, subject: NamedNode, predicate: NamedNode, partial: str | None) -> None:
        """Add a day, a month or a year."""
        self.add(subject, predicate, terms.date_or_year(partial) if partial else None)

    def source(self, subject: NamedNode, source: Iterable[str], checked: str | None = None) -> None:
        """Add the sources of a fact, and the day on which it was compared with them."""
        self.add(subject, DCTERMS.source, *(terms.iri(iri) for iri in source))
        self.date(subject, AGENDA.checkedOn, checked)

    def wikidata(self, subject: NamedNode, item: str | None) -> None:
        """Link to a Wikidata item, by skos:exactMatch: owl:sameAs would claim identity."""
        self.add(subject, SKOS.exactMatch, terms.iri(WIKIDATA + item) if item else None)

    def valid(self, subject: NamedNode, start: str | None, end: str | None) -> None:
        """Add the first and the last day on which a fact holds."""
        self.date(subject, AGENDA.validFrom, first_day(start) if start else None)
        self.date(subject, AGENDA.validUntil, last_day(end) if end else None)


def first_day(partial: str) -> str:
    """Return the first day of a day, a month or a year.

    >>> first_day("2022-05"), first_day("2022-05-10")
    ('2022-05-01', '2022-05-10')
    """
    return (partial + "-01-01")[:10]


def last_day(partial: str) -> str:
    """Return the last day of a day, a month or a year.

    >>> last_day("2024"), last_day("2024-02"), last_day("2024-02-03")
    ('2024-12-31', '2024-02-29', '2024-02-03')
    """
    year, month, day = [*partial.split("-"), "", ""][:3]
    month = month or "12"
    day = day or str(calendar.monthrange(int(year), int(month))[1])
    return f"{year}-{month}-{day}"


def precision_of(partial: str) -> str:
    """Return the precision of a date: ``day``, ``month`` or ``year``."""
    return ("year", "month", "day")[partial.count("-")]
