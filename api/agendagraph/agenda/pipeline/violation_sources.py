"""Trace a validation result to the rows of the tables, or lines of the pages, that caused it.

SHACL results name nodes, but editors know rows. The rows of a result are, in this order:
those that state the very triple, those that state the property of the node, those that could
state it and do not, and those that state the node's class. A missing or wrong derived triple
comes from rows that refer to its node.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from agendagraph.agenda.pipeline.tables.csv_file import columns_of
from agendagraph.agenda.pipeline.tables.reading import AGENDA, WORLD
from agendagraph.namespaces import ID, NS, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agendagraph.rdf.turtle import Triple
    from agendagraph.validation import Place, Report, Result

MAX_PLACES: Final = 5
"""The places of a result; a longer list does not help to find the wrong row."""

_TYPE: Final = PREFIXES["rdf"] + "type"
_IRI: Final = re.compile(r"<([^<>]*)>")
_LANGUAGE: Final = re.compile(r'"@([a-z]+)$')

_FILE: Final = Path(__file__).with_name("violation_columns.csv")
"""Properties whose names differ from their columns; without a table, in all that have those."""


def _columns_by_property() -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """Yield each table with the columns that hold a property's values, by the property's IRI.

    The column ``via_group`` holds agenda:viaGroup; other names are in the file above.
    """
    with _FILE.open(encoding="utf-8", newline="") as file:
        exceptions = list(csv.DictReader(file))
    for row_class in (*WORLD, *AGENDA):
        known = list(columns_of(row_class))
        by_property: dict[str, tuple[str, ...]] = {
            NS + re.sub(r"_(\w)", lambda match: match[1].upper(), name): (name,) for name in known
        }
        for row in exceptions:
            columns = tuple(row["columns"].split(";"))
            if row["table"] in ("", row_class.table) and set(columns) <= set(known):
                prefix, _, name = row["property"].partition(":")
                by_property[PREFIXES[prefix] + name] = columns
        yield row_class.table, by_property


COLUMNS: Final = dict(_columns_by_property())
"""The columns that hold the values of a property, by table and by the property's IRI."""


class _Statement(NamedTuple):
    """One triple and its place; *is_object* where the node is its object."""

    predicate: str
    value: str
    place: Place
    is_object: bool


@dataclass(frozen=True, slots=True)
class _Subject:
    """The subject matter of a result: a property if its path is one, and a value."""

    predicate: str
    value: str
    language: str

    @classmethod
    def of(cls, result: Result) -> _Subject:
        path, value = _IRI.fullmatch(result.path or ""), result.value or ""
        language = _LANGUAGE.search(value)
        return cls(path[1] if path else "", value, language[1] if language else "")

    def columns(self, place: Place) -> tuple[str, ...]:
        """Return the columns of the table at *place* that hold the values of the property."""
        table = Path(place.file)
        columns = COLUMNS.get(table.stem, {}) if table.suffix == ".csv" else {}
        found = columns.get(self.predicate, ())
        tagged = tuple(c for c in found if self.language and c.endswith(f"_{self.language}"))
        return tagged or found

    def with_column(self, place: Place) -> Place:
        columns = self.columns(place)
        return replace(place, column="/".join(columns)) if columns else place


def locate(report: Report, validated: Iterable[tuple[Triple, Place | None]]) -> Report:
    """Return *report* with the places that caused each result.

    *validated* are the triples that were validated, each with its place.
    """
    if not report.results:
        return report
    nodes = {node for result in report.results for node in _nodes(result)}
    statements: defaultdict[str, list[_Statement]] = defaultdict(list)
    for (subject, predicate, value), place in validated:
        if place is None:
            continue
        statement = _Statement(predicate.value, str(value), place, is_object=False)
        if subject.value in nodes:
            statements[subject.value].append(statement)
        if value.value in nodes and predicate.value != _TYPE:
            statements[value.value].append(statement._replace(is_object=True))
    return replace(
        report, results=tuple(replace(r, places=_places(r, statements)) for r in report.results)
    )


def _nodes(result: Result) -> list[str]:
    """Return the nodes whose rows may be wrong, the likeliest first.

    A result without a path is about its value: a SPARQL constraint that compares nodes runs
    once, at a focus node that no row made.
    """
    value = _IRI.fullmatch(result.value or "")
    about = _ancestors(value[1]) if value and not result.path else []
    return [*about, *_ancestors(result.focus_node)]


def _ancestors(node: str) -> list[str]:
    """Return *node* and the nodes above it in its IRI: ``g1/o1/anchor``, ``g1/o1``."""
    nodes = [node]
    while node.startswith(ID) and node.removeprefix(ID).count("/") > 1:
        node = node.rpartition("/")[0]
        nodes.append(node)
    return nodes


def _places(result: Result, statements: Mapping[str, list[_Statement]]) -> tuple[Place, ...]:
    """Return the places of one result; none if its node comes from no row."""
    subject = _Subject.of(result)
    for node in _nodes(result):
        own = [statement for statement in statements.get(node, ()) if not statement.is_object]
        if own:
            rows = _rows(subject, own, [s for s in statements[node] if s.is_object])
            return tuple(dict.fromkeys(map(subject.with_column, rows)))[:MAX_PLACES]
    return ()


def _rows(subject: _Subject, own: list[_Statement], referring: list[_Statement]) -> list[Place]:
    """Return the places to look at, in the order of the module's docstring."""
    stating = [statement for statement in own if statement.predicate == subject.predicate]
    return (
        [statement.place for statement in stating if statement.value == subject.value]
        or [statement.place for statement in stating]
        or [s.place for s in (*own, *referring) if subject.columns(s.place)]
        or [statement.place for statement in own if statement.predicate == _TYPE]
        or [statement.place for statement in own]
    )
