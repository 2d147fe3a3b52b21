"""List the decisions that a person must make before a draft becomes an agenda.

Each decision names the cell to fill (table, row and column), the words of the page, and the
options. A decision is not an error: reading the tables and validating the graph find the errors.

Nothing that is decided already is listed: a name with one reading, a place that a reviewed row
of ``decisions.csv`` covers, a number that is part of a name. The same question at several
places is listed once, and so is work without options: translation, once a goal.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.linking.boundaries import occurrences
from agendagraph.agenda.pipeline.ingest.draft_tables import in_parenthesis
from agendagraph.agenda.source import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agendagraph.agenda.linking import Mention
    from agendagraph.agenda.pipeline.layers.analysis import LinkedElement
    from agendagraph.agenda.pipeline.tables.reading import AgendaTables, Tables
    from agendagraph.agenda.source import Document, Element

_FILE: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_PATTERNS: Final = {name: re.compile(text, re.VERBOSE) for name, text in _FILE["patterns"].items()}

TOPICS: Final[tuple[str, ...]] = tuple(_FILE["topics"])
"""The topics of decisions, in the order in which they are best decided."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a person must decide, and the cell in which to record it.

    ``topic`` is one of `TOPICS`; ``options`` are the possible answers, joined by ``;``.
    """

    topic: str
    element: str
    line: int
    words: str
    question: str
    options: str = ""
    table: str = ""
    row: str = ""
    column: str = ""


def decisions(
    document: Document, linked: Sequence[LinkedElement], agenda: AgendaTables, tables: Tables
) -> list[Decision]:
    """Return all open decisions of a draft, by topic and in the order of the page."""
    found = [
        *_layout(document),
        *_readings(linked, tables),
        *_unlinked(linked),
        *_responsibilities(linked),
        *_commitments(document, agenda, tables),
        *_engagements(document, agenda, tables),
        *_instruments(linked),
        *_numbers(linked),
        *_translations(document, agenda),
        *_policy_lines(document, tables),
    ]
    order = {topic: number for number, topic in enumerate(TOPICS)}
    return sorted(found, key=lambda decision: (order[decision.topic], decision.line))


def as_csv(found: Iterable[Decision]) -> str:
    """Return decisions as CSV, numbered, with an empty column for the answers."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["number", *(column.name for column in fields(Decision)), "decision"])
    for number, decision in enumerate(found, start=1):
        writer.writerow([number, *astuple(decision), ""])
    return out.getvalue()


def summary(found: Iterable[Decision]) -> list[tuple[str, int]]:
    """Return the number of decisions of each topic that has any."""
    counts = Counter(decision.topic for decision in found)
    return [(topic, counts[topic]) for topic in TOPICS if counts[topic]]


def _about(
    element: Element,
    topic: str,
    words: str,
    question: str,
    cell: tuple[str, ...],
    options: str = "",
) -> Decision:
    """Return a decision about an element; *cell* is the table, row and column to fill."""
    return Decision(topic, element.id, element.line, words, question, options, *cell)


def _layout(document: Document) -> Iterator[Decision]:
    for notice in document.notices:
        yield Decision("layout", "", notice.line, notice.text, notice.message)
    for line in document.boilerplate:
        if line.place != "above":
            where = "between two goals" if line.place == "between" else "below the last goal"
            question = f"is {where}; does it really belong to no goal?"
            yield Decision("boilerplate", "", line.line, line.text, question)


def _readings(linked: Sequence[LinkedElement], tables: Tables) -> Iterator[Decision]:
    """Yield a decision for every place where a surface has several readings."""
    reviewed: dict[str, list[str]] = {}
    for decision in tables.decisions:
        reviewed.setdefault(decision.surface, []).append(decision.context)
    for item in linked:
        text = item.element.text
        for row in tables.ambiguities:
            readings = (row.reading, row.otherwise)
            for start in occurrences(row.surface, text):
                end = start + len(row.surface)
                read = _mentions_at(item, start, end)
                if read and (read[0].start, read[0].end) != (start, end):
                    continue
                entity = read[0].entity if read else "none"
                contexts = reviewed.get(row.surface, ())
                if {entity} == set(readings) or _is_inside(start, end, contexts, text):
                    continue
                yield _about(
                    item.element,
                    "reading",
                    _around(text, start, end),
                    f"{row.surface!r} was read as {entity}; is that right?",
                    ("names/decisions", row.surface, "reading"),
                    ";".join(dict.fromkeys((*readings, "none"))),
                )


def _unlinked(linked: Sequence[LinkedElement]) -> Iterator[Decision]:
    """Yield a decision for every word that looks like a name, at its first place."""
    listed = set[str]()
    for item in linked:
        text = item.element.text
        for pattern in (_PATTERNS["capitals"], _PATTERNS["namelike"]):
            for match in pattern.finditer(text):
                if match[0] in listed or _mentions_at(item, *match.span()):
                    continue
                listed.add(match[0])
                question = f"is {match[0]!r} a name? then add it to the tables of world or names"
                yield _about(item.element, "unlinked", _around(text, *match.span()), question, ())


def _responsibilities(linked: Sequence[LinkedElement]) -> Iterator[Decision]:
    for item in linked:
        stated = in_parenthesis(item.element.text)
        if not _is_of_goal(item.element) or stated is None:
            continue
        start, words = stated
        bodies = [m.entity for m in item.mentions if m.kind == "body" and m.start >= start]
        read = ", ".join(bodies) or "no body of the tables"
        question = f"the title names {read}; are leads and co-leads right?"
        cell = ("responsibilities", item.element.id, "role")
        yield _about(item.element, "responsibility", words, question, cell, "lead;co-lead")


def _is_of_goal(element: Element) -> bool:
    """Return whether an element is a goal, or a note on one."""
    annotates = element.annotates or ""
    return element.kind is Kind.GOAL or (bool(annotates) and "/" not in annotates)


def _commitments(document: Document, agenda: AgendaTables, tables: Tables) -> Iterator[Decision]:
    types = ";".join(sorted(tables.concepts.get("action-type", ())))
    for row in agenda.commitments:
        element = document[row.element]
        if row.action_type is None:
            question = "which action does it announce, and is it one commitment?"
            cell = ("commitments", row.id, "action_type")
            yield _about(element, "commitment", row.quote, question, cell, types)
        question = "which themes, with shares that sum to 1?"
        yield _about(element, "theme", row.quote, question, ("themes", row.id, "theme"))


def _engagements(document: Document, agenda: AgendaTables, tables: Tables) -> Iterator[Decision]:
    roles = ";".join(sorted(tables.concepts.get("engagement-role", ())))
    for row in agenda.engagements:
        question = f"in which role, and with which stance, is {row.counterpart} meant?"
        cell = ("engagements", row.id, "role")
        yield _about(document[row.evidence], "engagement", row.quote, question, cell, roles)


def _instruments(linked: Sequence[LinkedElement]) -> Iterator[Decision]:
    for item in linked:
        instruments = {m.entity: m.surface for m in item.mentions if m.kind == "instrument"}
        for entity, surface in instruments.items():
            question = f"is {entity} invoked, or promised?"
            cell = ("invocations", item.element.id, "instrument")
            options = "invocation;promise;neither"
            yield _about(item.element, "instrument", surface, question, cell, options)


def _numbers(linked: Sequence[LinkedElement]) -> Iterator[Decision]:
    for item in linked:
        element = item.element
        for topic, table in (("date", "dates"), ("quantity", "quantities")):
            for match in _PATTERNS[topic].finditer(element.text):
                if _mentions_at(item, *match.span()):
                    continue
                words = _around(element.text, *match.span())
                question = f"is {match[0].strip()!r} a {topic} to be coded?"
                yield _about(element, topic, words, question, (table, element.id, "as_stated"))


def _translations(document: Document, agenda: AgendaTables) -> Iterator[Decision]:
    """Yield a decision a goal for its elements, and one for its commitments."""
    open_cells = {
        ("labels", "translation"): [r.element for r in agenda.labels if not r.translation],
        ("commitments", "label_en"): [r.id for r in agenda.commitments if not r.label_en],
    }
    for goal in document.of_kind(Kind.GOAL):
        for (table, column), ids in open_cells.items():
            own = [path for path in ids if path.partition("/")[0] == goal.id]
            if own:
                question = f"say {len(own)} of its {table} in English: {', '.join(own)}"
                yield _about(goal, "translation", goal.text, question, (table, goal.id, column))


def _policy_lines(document: Document, tables: Tables) -> Iterator[Decision]:
    lines = ";".join(sorted(tables.concepts.get("policy-line", ())))
    for goal in document.of_kind(Kind.GOAL):
        question = "which thread of policy is it part of?"
        cell = ("policy_lines", goal.id, "line")
        yield _about(goal, "policy-line", goal.text, question, cell, lines)


def _mentions_at(item: LinkedElement, start: int, end: int) -> list[Mention]:
    """Return the mentions that overlap a stretch of an element."""
    return [m for m in item.mentions if m.start < end and start < m.end]


def _is_inside(start: int, end: int, contexts: Iterable[str], text: str) -> bool:
    """Return whether a stretch of a text is inside one of the phrases *contexts*."""
    return any(
        at <= start and end <= at + len(context)
        for context in contexts
        for at in occurrences(context, text)
    )


def _around(text: str, start: int, end: int, *, width: int = 15) -> str:
    """Return a stretch of a text with a little of its context."""
    left, right = max(start - width, 0), min(end + width, len(text))
    return f"{'…' if left else ''}{text[left:right]}{'…' if right < len(text) else ''}"
