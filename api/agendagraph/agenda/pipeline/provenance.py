"""Say which rows of the tables, and which lines of the pages, a finding is about.

The shapes speak of nodes, and whoever edits tables knows rows. The rows of a finding are,
in this order: those that state the very triple, those that state the property of the
node, those that could state it and do not, and those that say what the node is. A
shortcut that is missing or wrong comes from rows that point to its node.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from agendagraph.agenda.pipeline.columns import columns_saying
from agendagraph.namespaces import ID, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agendagraph.rdf.turtle import Triple
    from agendagraph.validation import Place, Report, Result

MOST: Final = 5
"""Places that a finding names at most; more help nobody to find the one that is wrong."""

_TYPE: Final = PREFIXES["rdf"] + "type"
_PREDICATE: Final = re.compile(r"<([^<>]*)>")
_LANGUAGE: Final = re.compile(r'"@([a-z]+)$')


class _Said(NamedTuple):
    """One triple and its place; *points* where the node is its object."""

    predicate: str
    value: str
    place: Place
    points: bool


@dataclass(frozen=True, slots=True)
class _About:
    """What a finding is about: a property if its path is one, and a value."""

    predicate: str
    value: str
    language: str


def locate(report: Report, known: Iterable[tuple[Triple, Place | None]]) -> Report:
    """Return *report* with the places that its findings are about.

    Args:
        report: What a validation found.
        known: The triples that were validated, each with where it comes from.
    """
    if not report.results:
        return report
    asked = {node for result in report.results for node in _nodes(result)}
    said: defaultdict[str, list[_Said]] = defaultdict(list)
    for (subject, predicate, value), place in known:
        if place is None:
            continue
        if subject.value in asked:
            said[subject.value].append(_Said(predicate.value, str(value), place, points=False))
        if value.value in asked and predicate.value != _TYPE:
            said[value.value].append(_Said(predicate.value, str(value), place, points=True))
    return replace(
        report, results=tuple(replace(r, places=_places(r, said)) for r in report.results)
    )


def _nodes(result: Result) -> list[str]:
    """Return the nodes whose rows may be at fault, the likeliest first.

    A finding without a path speaks of its value: a query that compares nodes runs once, at
    some node that none of the rows made.
    """
    value = _PREDICATE.fullmatch(result.value or "")
    about = _upwards(value[1]) if value and not result.path else []
    return [*about, *_upwards(result.focus_node)]


def _upwards(node: str) -> list[str]:
    """Return *node* and the nodes that its IRI stands below: ``g1/o1/anchor``, ``g1/o1``."""
    found = [node]
    while node.startswith(ID) and node.removeprefix(ID).count("/") > 1:
        node = node.rpartition("/")[0]
        found.append(node)
    return found


def _places(result: Result, said: Mapping[str, list[_Said]]) -> tuple[Place, ...]:
    """Return the places of one finding; none where nothing of its node is known."""
    about = _about(result)
    for node in _nodes(result):
        own = [each for each in said.get(node, ()) if not each.points]
        if own:
            found = _rows(about, own, [each for each in said[node] if each.points])
            return tuple(dict.fromkeys(_with_column(place, about) for place in found))[:MOST]
    return ()


def _about(result: Result) -> _About:
    path = _PREDICATE.fullmatch(result.path or "")
    value = result.value or ""
    language = _LANGUAGE.search(value)
    return _About(path[1] if path else "", value, language[1] if language else "")


def _rows(about: _About, own: list[_Said], pointing: list[_Said]) -> list[Place]:
    """Return the places to look at, by the order that the module's docstring gives."""
    stating = [each for each in own if each.predicate == about.predicate]
    return (
        [each.place for each in stating if each.value == about.value]
        or [each.place for each in stating]
        or [each.place for each in (*own, *pointing) if _can_say(each.place, about)]
        or [each.place for each in own if each.predicate == _TYPE]
        or [each.place for each in own]
    )


def _can_say(place: Place, about: _About) -> bool:
    return bool(_columns(place, about))


def _columns(place: Place, about: _About) -> tuple[str, ...]:
    file = Path(place.file)
    return (
        columns_saying(file.stem, about.predicate, about.language) if file.suffix == ".csv" else ()
    )


def _with_column(place: Place, about: _About) -> Place:
    columns = _columns(place, about)
    return replace(place, column="/".join(columns)) if columns else place
