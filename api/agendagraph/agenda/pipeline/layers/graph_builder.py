"""Collect the triples of one named graph while it is being made.

A layer writes what every table needs again and again: labels in both languages, sources,
dates known to the day, the month or the year. It leaves out what is not stated and never
invents it. Beside each triple it remembers the row of a table, or the line of a page, that
the triple comes from, so that whoever breaks a rule is told where; the graph holds nothing
of that.
"""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING, Final, TypeVar

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
"""The language of the agendas that we read; translations are in English."""

WIKIDATA: Final = "http://www.wikidata.org/entity/"


class GraphBuilder:
    """The triples of one graph, in the making."""

    def __init__(self) -> None:
        """Begin empty."""
        self._triples: list[Triple] = []
        self._places: list[Place | None] = []
        self._place: Place | None = None

    def __iter__(self) -> Iterator[Triple]:
        """Yield the triples in the order in which they were added."""
        return iter(self._triples)

    def __len__(self) -> int:
        """Return how many triples were added."""
        return len(self._triples)

    @property
    def places(self) -> tuple[Place | None, ...]:
        """Where each triple comes from, in the order of the triples; None is not known."""
        return tuple(self._places)

    def at(self, place: Place | None) -> None:
        """Say where all that is added from now on comes from."""
        self._place = place

    def rows(self, table: Table[R]) -> Iterator[R]:
        """Yield the rows of *table*; what is added meanwhile comes from that row."""
        before = self._place
        for line, row in table.numbered():
            self._place = Place(table.file, line)
            yield row
        self._place = before

    def add(
        self, subject: NamedNode, predicate: NamedNode, *values: NamedNode | Literal | None
    ) -> None:
        """State that *subject* has each of *values*; None is nothing to state."""
        for value in values:
            if value is not None:
                self._triples.append((subject, predicate, value))
                self._places.append(self._place)

    def type(self, subject: NamedNode, *names: str) -> None:
        """State the classes of ours that *subject* is in."""
        self.add(subject, RDF.type, *(AGENDA[name] for name in names))

    def label(
        self, subject: NamedNode, ko: str | None, en: str | None, *, preferred: bool = False
    ) -> None:
        """Give *subject* its labels; *preferred* ones are its skos:prefLabel too."""
        for predicate in (RDFS.label, SKOS.prefLabel) if preferred else (RDFS.label,):
            if ko:
                self.add(subject, predicate, terms.text(ko, "ko"))
            if en:
                self.add(subject, predicate, terms.text(en, "en"))

    def things(self, subject: NamedNode, predicate: NamedNode, paths: Iterable[str]) -> None:
        """State that *subject* has the things at *paths*."""
        self.add(subject, predicate, *(iris.thing(path) for path in paths))

    def concept(
        self, subject: NamedNode, predicate: NamedNode, scheme: str, notation: str | None
    ) -> None:
        """State that *subject* has the concept *notation* of *scheme*."""
        self.add(subject, predicate, iris.concept(scheme, notation) if notation else None)

    def words(self, subject: NamedNode, predicate: NamedNode, words: str | None) -> None:
        """State words of the source, in its language."""
        self.add(subject, predicate, terms.text(words, LANGUAGE) if words else None)

    def note(self, subject: NamedNode, note: str | None) -> None:
        """Add a remark of ours, which may be in both languages and so has no tag."""
        self.add(subject, AGENDA.note, terms.string(note) if note else None)

    def sourced(
        self, subject: NamedNode, source: Iterable[str], checked: str | None = None
    ) -> None:
        """State where a fact is from, and when it was held against that."""
        self.add(subject, DCTERMS.source, *(terms.iri(iri) for iri in source))
        self.add(subject, AGENDA.checkedOn, terms.date(checked) if checked else None)

    def same_in_wikidata(self, subject: NamedNode, item: str | None) -> None:
        """Link *subject* to its item; skos:exactMatch, since nothing is claimed to be one."""
        self.add(subject, SKOS.exactMatch, terms.iri(WIKIDATA + item) if item else None)

    def valid(self, subject: NamedNode, start: str | None, end: str | None) -> None:
        """State from which first to which last day something holds."""
        self.add(subject, AGENDA.validFrom, terms.date(first_day(start)) if start else None)
        self.add(subject, AGENDA.validUntil, terms.date(last_day(end)) if end else None)


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
    """Return how much of a date is known: ``day``, ``month`` or ``year``."""
    return ("year", "month", "day")[partial.count("-")]
