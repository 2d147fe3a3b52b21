"""Draft the tables of a new agenda from what a machine can know of its page.

Drafted are: labels without translations, commitments, engagements without role and
stance, and responsibilities. Nothing is coded that needs judgement; what a draft leaves
open is a decision in the review file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.linking import find_mentions
from agendagraph.agenda.pipeline.ingest.commitments import Codebook, clauses, condition
from agendagraph.agenda.pipeline.tables import agenda_rows
from agendagraph.agenda.pipeline.tables.cells import COUNTERPARTS
from agendagraph.agenda.source import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agendagraph.agenda.linking import Gazetteer, Mention
    from agendagraph.agenda.pipeline.tables.cells import Row
    from agendagraph.agenda.source import Document, Element, SectionType

CODER: Final = "ingest"
LINKER: Final = "linker"
SELF: Final = "country/kor"

_PROMISING: Final = frozenset({Kind.OBJECTIVE, Kind.LEAD, Kind.ACTION})
_TITLED: Final = frozenset({Kind.GOAL, Kind.CONTENT_ITEM, Kind.REGION_HEADING})
_SECTIONS: Final[dict[SectionType, tuple[str, str]]] = {
    "objectives": ("과제목표", "Objectives"),
    "contents": ("주요내용", "Main contents"),
    "effects": ("기대효과", "Expected effects"),
}
_LAST_PARENTHESIS: Final = re.compile(r"\s*\(([^()]*)\)\s*$")
_MARKS: Final = re.compile(r"(?<=\S)(?:\*+|†|‡)(?=\s|$)")
_SHARED: Final = re.compile(r"공동")
_HELPING: Final = re.compile(r"협조|협업|지원|참여")


@dataclass(frozen=True, slots=True)
class Linked:
    """An element with what its words name; offsets are those in the element's text."""

    element: Element
    mentions: tuple[Mention, ...]


def link(document: Document, gazetteer: Gazetteer) -> tuple[Linked, ...]:
    """Return every element with what its words name, in the order of the page."""
    return tuple(
        Linked(element, tuple(find_mentions(element.text, gazetteer)))
        for element in document.elements
    )


def draft_tables(
    agenda: agenda_rows.AgendaRow, linked: Sequence[Linked], codebook: Codebook
) -> dict[type[Row], list[Row]]:
    """Return the rows of every table of the draft."""
    commitments = [row for each in linked for row in _commitments(each, codebook)]
    by_element: dict[str, list[agenda_rows.CommitmentRow]] = {}
    for row in commitments:
        by_element.setdefault(row.element, []).append(row)
    engagements = [
        row for each in linked for row in _engagements(each, by_element.get(each.element.id, []))
    ]
    return {
        agenda_rows.AgendaRow: [agenda],
        agenda_rows.LabelRow: [_label(each.element) for each in linked],
        agenda_rows.CommitmentRow: list(commitments),
        agenda_rows.EngagementRow: list(engagements),
        agenda_rows.ResponsibilityRow: [
            row
            for each in linked
            if each.element.kind is Kind.GOAL
            for row in _responsibilities(each, _below_title(each, linked), agenda.body)
        ],
        agenda_rows.CoderRow: list(_coders(codebook)),
        agenda_rows.ThemeRow: [],
        agenda_rows.QuantityRow: [],
        agenda_rows.DateRow: [],
        agenda_rows.PromiseRow: [],
        agenda_rows.InvocationRow: [],
        agenda_rows.ErratumRow: [],
        agenda_rows.PolicyLineRow: [],
    }


def in_parenthesis(title: str) -> tuple[int, str] | None:
    """Return where the parenthesis at the end of a title begins, and what it holds."""
    found = _LAST_PARENTHESIS.search(title)
    return (found.start(1), found[1]) if found else None


def _label(element: Element) -> agenda_rows.LabelRow:
    """Return the label of an element; only section headings have a known translation."""
    if element.section_type:
        korean, english = _SECTIONS[element.section_type]
        return agenda_rows.LabelRow(
            element=element.id, translation=english, label_ko=korean, label_en=english
        )
    title = None
    if element.kind in _TITLED:
        title = _MARKS.sub("", _LAST_PARENTHESIS.sub("", element.text)).strip() or element.text
    return agenda_rows.LabelRow(element=element.id, translation=None, label_ko=title, label_en=None)


def _commitments(linked: Linked, codebook: Codebook) -> Iterator[agenda_rows.CommitmentRow]:
    element = linked.element
    if element.kind not in _PROMISING:
        return
    for order, clause in enumerate(clauses(element.text, codebook), start=1):
        quote = element.text[clause.start : clause.end]
        yield agenda_rows.CommitmentRow(
            id=f"{element.id}/k{order}",
            element=element.id,
            order=order,
            quote=quote,
            label_ko=quote,
            label_en=None,
            action_type=clause.action_type,
            condition=condition(quote),
            coder=CODER,
            note=None,
        )


def _engagements(
    linked: Linked, commitments: Sequence[agenda_rows.CommitmentRow]
) -> Iterator[agenda_rows.EngagementRow]:
    """Draft one engagement for each counterpart that a commitment's own words name."""
    text = linked.element.text
    start = 0
    for commitment in commitments:
        begin = text.index(commitment.quote, start)
        start = begin + len(commitment.quote)
        inside = [m for m in linked.mentions if begin <= m.start and m.end <= start]
        drafted: dict[str, agenda_rows.EngagementRow] = {}
        for mention in inside:
            for counterpart, explicitness, group in _counterparts(mention):
                number = len(drafted) + 1
                if counterpart in drafted:
                    continue
                drafted[counterpart] = agenda_rows.EngagementRow(
                    id=f"{commitment.id}/x{number}",
                    commitment=commitment.id,
                    counterpart=counterpart,
                    role=None,
                    stance=None,
                    explicitness=explicitness,
                    via_group=group,
                    in_format=None,
                    at_place=(),
                    evidence=linked.element.id,
                    quote=mention.surface,
                    note=None,
                    coder=CODER,
                )
        yield from drafted.values()


def _counterparts(mention: Mention) -> Iterator[tuple[str, str, str | None]]:
    """Yield whom a mention calls, how plainly, and through which group.

    A pair with our own country is the other one, abbreviated; a word for several is each
    of them but ours, via the group. An event or a body calls those whom its name spells out.
    """
    if mention.self:
        return
    if mention.kind not in COUNTERPARTS:
        for member in mention.members:
            if member != SELF and member.partition("/")[0] in COUNTERPARTS:
                yield member, "named", None
        return
    if mention.kind == "country-group":
        others = [member for member in mention.members if member != SELF]
        if len(others) == 1:
            yield others[0], "abbreviated", None
        else:
            for member in others:
                yield member, "via-group", mention.entity
        return
    explicitness = {"abbreviated": "abbreviated", "generic": "generic"}.get(mention.form, "named")
    yield mention.entity, explicitness, None


def _below_title(goal: Linked, linked: Sequence[Linked]) -> Linked | None:
    """Return the parenthesis that stands on a line of its own below a goal's title."""
    at = goal.element.document_order
    below = linked[at] if at < len(linked) else None
    is_note = below is not None and below.element.annotates == goal.element.id
    return below if is_note and below and in_parenthesis(below.element.text) else None


def _responsibilities(
    goal: Linked, below: Linked | None, body: str
) -> Iterator[agenda_rows.ResponsibilityRow]:
    """Draft who leads a goal: the agenda's body, and those in the parenthesis of the title.

    「…와 공동주관」 names those who lead with the agenda's body. A parenthesis that only names
    bodies names the lead first. One that speaks of help is left to the review.
    """
    named: dict[str, str | None] = {}
    stated = below or goal
    start, words = in_parenthesis(stated.element.text) or (len(stated.element.text), "")
    if not _HELPING.search(words):
        for mention in stated.mentions:
            if mention.kind == "body" and mention.start >= start:
                quote = mention.surface if stated is goal else None
                named.setdefault(mention.entity, quote)
    if not named or _SHARED.search(words):
        others = {entity: quote for entity, quote in named.items() if entity != body}
        named = {body: None, **others}
    for number, (entity, quote) in enumerate(named.items(), start=1):
        yield agenda_rows.ResponsibilityRow(
            id=f"{goal.element.id}/b{number}",
            element=goal.element.id,
            body=entity,
            role="lead" if number == 1 else "co-lead",
            quote=quote,
            coder=CODER,
        )


def _coders(codebook: Codebook) -> Iterator[agenda_rows.CoderRow]:
    yield agenda_rows.CoderRow(
        id=CODER,
        label_ko="초안 규칙",
        label_en="rules of the draft",
        kind="rule",
        codebook_version=codebook.version,
        note="Drafted by a machine from closing nouns and names; not reviewed.",
    )
    yield agenda_rows.CoderRow(
        id=LINKER,
        label_ko="이름 찾기 규칙",
        label_en="name linker",
        kind="rule",
        codebook_version=codebook.version,
        note="Finds mentions by the tables of names and the reviewed decisions.",
    )
