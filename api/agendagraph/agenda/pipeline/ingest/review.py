"""List what a person must decide before a draft becomes an agenda.

Each decision says where it is to be made (table, row and column), what the page says, and
what can be chosen. Nothing in the list is an error: errors are found by reading the tables
and by the shapes.

What is decided already is not asked again: a name with one reading, a place that a reviewed
row of ``decisions.csv`` covers, a number that is part of a name. What is the same question at
several places is asked once, and so is work without a choice: translation, once a goal.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.pipeline.ingest.draft_tables import in_parenthesis
from agendagraph.agenda.source import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agendagraph.agenda.pipeline.ingest.draft_tables import Linked
    from agendagraph.agenda.pipeline.tables.reading import AgendaTables, Tables
    from agendagraph.agenda.source import Document, Element

TOPICS: Final = {
    "layout": "a reading of the page's layout that the page does not force",
    "boilerplate": "a line that was set apart as boilerplate",
    "reading": "a name with more than one reading",
    "unlinked": "words that look like a name and are in no table",
    "responsibility": "who leads a goal",
    "commitment": "a commitment whose deed no closing noun tells",
    "engagement": "role and stance of an engagement",
    "instrument": "whether an instrument is invoked or promised",
    "date": "a date",
    "quantity": "a number that may be an effect or a target",
    "theme": "the themes of a commitment",
    "translation": "the missing translations of a goal",
    "policy-line": "the policy line of a goal",
}
"""What can be open, in the order in which it is best decided."""

_CAPITALS: Final = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]*[A-Z][A-Za-z0-9+-]*")
_NAMELIKE: Final = re.compile(
    r"[가-힣A-Za-z0-9]{2,}(?:위원회|정상회의|협의체|협정|조약|선언|의정서|이니셔티브|파트너십|연합|기구)"
    r"(?![가-힣]{2})"
)
_DATE: Final = re.compile(
    r"(?:19|20)\d\d(?:\s?년|\.\s?\d{1,2}월?|[’']?)(?:\s?\d{1,2}월)?|[’']\d\d년"
)
_QUANTITY: Final = re.compile(
    r"(?:\d[\d,.]*\s?(?:조|억|만|천)?\s?"
    r"(?:원|달러|불|명|개소|개국|개|건|곳|호|가구|톤|GW|MW|ha|km|%|％|배|위)"
    r"|\d[\d,.]*(?:\d|\s?(?:조|억|만|천))\s?대)"  # 3대 분야 are three great fields
    r"(?![가-힣A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a person must decide.

    Attributes:
        topic: One of `TOPICS`.
        element: The element that it is about, or nothing.
        line: The line of the capture.
        words: What the page says.
        question: What is to be decided.
        options: What can be chosen, joined by ``;``, or nothing.
        table: The table where the decision is written down.
        row: The key of its row there.
        column: The column.
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
    document: Document, linked: Sequence[Linked], agenda: AgendaTables, tables: Tables
) -> list[Decision]:
    """Return all that a draft leaves open, by topic and in the order of the page."""
    found = [
        *_layout(document),
        *_readings(linked, tables),
        *_unlinked(linked),
        *_responsibilities(linked),
        *_commitments(document, agenda, tables),
        *_engagements(document, agenda, tables),
        *_numbers(linked),
        *_translations(document, agenda),
        *_policy_lines(document, tables),
    ]
    order = {topic: number for number, topic in enumerate(TOPICS)}
    return sorted(found, key=lambda each: (order[each.topic], each.line))


def as_csv(found: Iterable[Decision]) -> str:
    """Return decisions as CSV, numbered, with an empty column for what is decided."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["number", *(column.name for column in fields(Decision)), "decision"])
    for number, decision in enumerate(found, start=1):
        writer.writerow([number, *astuple(decision), ""])
    return out.getvalue()


def summary(found: Iterable[Decision]) -> list[tuple[str, int]]:
    """Return how many decisions each topic has, for topics that have any."""
    counts = Counter(decision.topic for decision in found)
    return [(topic, counts[topic]) for topic in TOPICS if counts[topic]]


def _layout(document: Document) -> Iterator[Decision]:
    for notice in document.notices:
        yield Decision("layout", "", notice.line, notice.text, notice.message)
    for line in document.boilerplate:
        if line.place != "above":
            where = "between two goals" if line.place == "between" else "below the last goal"
            question = f"stands {where}; is it really no part of a goal?"
            yield Decision("boilerplate", "", line.line, line.text, question)


def _readings(linked: Sequence[Linked], tables: Tables) -> Iterator[Decision]:
    """Every place where a surface could have been read otherwise, with what was read there."""
    readings = {row.surface: (row.reading, row.otherwise) for row in tables.ambiguities}
    reviewed: dict[str, list[str]] = {}
    for row in tables.decisions:
        reviewed.setdefault(row.surface, []).append(row.context)
    for each in linked:
        for surface, options in readings.items():
            for at in _occurrences(surface, each.element.text):
                end = at + len(surface)
                read = [m for m in each.mentions if m.start < end and at < m.end]
                if read and (read[0].start, read[0].end) != (at, end):
                    continue
                entity = read[0].entity if read else "none"
                if {entity} == set(options) or _is_inside(
                    at, end, reviewed.get(surface, ()), each.element.text
                ):
                    continue
                yield Decision(
                    "reading",
                    each.element.id,
                    each.element.line,
                    _around(each.element.text, at, end),
                    f"{surface!r} was read as {entity}; is that right?",
                    ";".join(dict.fromkeys((*options, "none"))),
                    "names/decisions",
                    surface,
                    "reading",
                )


def _unlinked(linked: Sequence[Linked]) -> Iterator[Decision]:
    """Every word that looks like a name, once: where it stands first."""
    asked = set[str]()
    for each in linked:
        text = each.element.text
        for pattern in (_CAPITALS, _NAMELIKE):
            for found in pattern.finditer(text):
                if found[0] in asked or _is_named(each, found.start(), found.end()):
                    continue
                asked.add(found[0])
                yield Decision(
                    "unlinked",
                    each.element.id,
                    each.element.line,
                    _around(text, found.start(), found.end()),
                    f"is {found[0]!r} a name? then add it to the tables of world or names",
                )


def _responsibilities(linked: Sequence[Linked]) -> Iterator[Decision]:
    for each in linked:
        stated = in_parenthesis(each.element.text)
        if not _is_of_goal(each.element) or stated is None:
            continue
        start, words = stated
        bodies = [m.entity for m in each.mentions if m.kind == "body" and m.start >= start]
        read = ", ".join(bodies) or "no body that the tables know"
        yield Decision(
            "responsibility",
            each.element.id,
            each.element.line,
            words,
            f"the title names {read}; are leads and co-leads right?",
            "lead;co-lead",
            "responsibilities",
            each.element.id,
            "role",
        )


def _is_of_goal(element: Element) -> bool:
    """Say whether an element is a goal, or a note on one."""
    annotates = element.annotates or ""
    return element.kind is Kind.GOAL or (bool(annotates) and "/" not in annotates)


def _commitments(document: Document, agenda: AgendaTables, tables: Tables) -> Iterator[Decision]:
    types = ";".join(sorted(tables.concepts.get("action-type", ())))
    for row in agenda.commitments:
        line = document[row.element].line
        if row.action_type is None:
            question = "which deed does it announce, and is it one commitment?"
            yield Decision(
                "commitment",
                row.element,
                line,
                row.quote,
                question,
                types,
                "commitments",
                row.id,
                "action_type",
            )
        yield Decision(
            "theme",
            row.element,
            line,
            row.quote,
            "which themes, with shares that sum to 1?",
            "",
            "themes",
            row.id,
            "theme",
        )


def _engagements(document: Document, agenda: AgendaTables, tables: Tables) -> Iterator[Decision]:
    roles = ";".join(sorted(tables.concepts.get("engagement-role", ())))
    for row in agenda.engagements:
        line = document[row.evidence].line
        question = f"in which role, and with which stance, is {row.counterpart} meant?"
        yield Decision(
            "engagement",
            row.evidence,
            line,
            row.quote,
            question,
            roles,
            "engagements",
            row.id,
            "role",
        )


def _numbers(linked: Sequence[Linked]) -> Iterator[Decision]:
    for each in linked:
        element, text = each.element, each.element.text
        instruments = {m.entity: m.surface for m in each.mentions if m.kind == "instrument"}
        for entity, surface in instruments.items():
            yield Decision(
                "instrument",
                element.id,
                element.line,
                surface,
                f"is {entity} invoked, or promised?",
                "invocation;promise;neither",
                "invocations",
                element.id,
                "instrument",
            )
        for topic, pattern, table in (
            ("date", _DATE, "dates"),
            ("quantity", _QUANTITY, "quantities"),
        ):
            for found in pattern.finditer(text):
                if _is_named(each, found.start(), found.end()):
                    continue
                yield Decision(
                    topic,
                    element.id,
                    element.line,
                    _around(text, found.start(), found.end()),
                    f"is {found[0].strip()!r} a {topic} to be coded?",
                    "",
                    table,
                    element.id,
                    "as_stated",
                )


def _translations(document: Document, agenda: AgendaTables) -> Iterator[Decision]:
    """Ask for the English of each goal: of its elements, and of its commitments."""
    words = {row.element: row.translation for row in agenda.labels}
    promised = {row.id: (row.element, row.label_en) for row in agenda.commitments}
    for goal in document.of_kind(Kind.GOAL):
        elements = [e for e, said in words.items() if not said and _belongs(e, goal)]
        parts = [k for k, (e, said) in promised.items() if not said and _belongs(e, goal)]
        for table, column, open_ in (
            ("labels", "translation", elements),
            ("commitments", "label_en", parts),
        ):
            if open_:
                question = f"say {len(open_)} of its {table} in English: {', '.join(open_)}"
                yield Decision(
                    "translation",
                    goal.id,
                    goal.line,
                    goal.text,
                    question,
                    table=table,
                    row=goal.id,
                    column=column,
                )


def _belongs(element: str, goal: Element) -> bool:
    return element.partition("/")[0] == goal.id


def _policy_lines(document: Document, tables: Tables) -> Iterator[Decision]:
    lines = ";".join(sorted(tables.concepts.get("policy-line", ())))
    for goal in document.of_kind(Kind.GOAL):
        yield Decision(
            "policy-line",
            goal.id,
            goal.line,
            goal.text,
            "which thread of policy is it part of?",
            lines,
            "policy_lines",
            goal.id,
            "line",
        )


def _occurrences(surface: str, text: str) -> Iterator[int]:
    at = text.find(surface)
    while at >= 0:
        yield at
        at = text.find(surface, at + 1)


def _is_named(linked: Linked, start: int, end: int) -> bool:
    """Say whether a stretch of an element is in the words of a mention."""
    return any(m.start < end and start < m.end for m in linked.mentions)


def _is_inside(start: int, end: int, contexts: Iterable[str], text: str) -> bool:
    """Say whether a stretch of a text stands in one of the phrases *contexts*."""
    return any(
        at <= start and end <= at + len(context)
        for context in contexts
        for at in _occurrences(context, text)
    )


def _around(text: str, start: int, end: int, *, width: int = 15) -> str:
    """Return a stretch of a text with a little of what stands around it."""
    left, right = max(start - width, 0), min(end + width, len(text))
    return f"{'…' if left else ''}{text[left:right]}{'…' if right < len(text) else ''}"
