"""Draft the tables of a new agenda, as far as rules can code its page.

Labels are drafted without translations, engagements without role and stance; commitments and
responsibilities are drafted whole. Whatever needs judgement becomes a decision in the review.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.linking.gazetteer_input import SELF
from agendagraph.agenda.pipeline.ingest.commitments import Codebook, clauses, condition
from agendagraph.agenda.pipeline.tables import rows
from agendagraph.agenda.pipeline.tables.cells import COUNTERPARTS
from agendagraph.agenda.pipeline.tables.reading import AGENDA
from agendagraph.agenda.source import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agendagraph.agenda.linking import Mention
    from agendagraph.agenda.pipeline.layers.analysis import LinkedElement
    from agendagraph.agenda.pipeline.tables.cells import Row
    from agendagraph.agenda.source import Element

CODER: Final = "ingest"

_PROMISING: Final = frozenset({Kind.OBJECTIVE, Kind.LEAD, Kind.ACTION})
_TITLED: Final = frozenset({Kind.GOAL, Kind.CONTENT_ITEM, Kind.REGION_HEADING})
_FIXED: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_LAST_PARENTHESIS: Final = re.compile(r"\s*\(([^()]*)\)\s*$")
_MARKS: Final = re.compile(r"(?<=\S)(?:\*+|†|‡)(?=\s|$)")
_SHARED: Final = re.compile(r"공동")
_HELPING: Final = re.compile(r"협조|협업|지원|참여")


def draft_tables(
    agenda: rows.AgendaRow, linked: Sequence[LinkedElement], codebook: Codebook
) -> dict[type[Row], list[Row]]:
    """Return the rows of every table of the draft."""
    drafted: dict[type[Row], list[Row]] = {row_class: [] for row_class in AGENDA}
    drafted[rows.AgendaRow] = [agenda]
    drafted[rows.CoderRow] = [
        rows.CoderRow(kind="rule", codebook_version=codebook.version, **coder)
        for coder in _FIXED["coders"]
    ]
    for item in linked:
        commitments = list(_commitments(item, codebook))
        drafted[rows.LabelRow].append(_label(item.element))
        drafted[rows.CommitmentRow] += commitments
        drafted[rows.EngagementRow] += _engagements(item, commitments)
        if item.element.kind is Kind.GOAL:
            below = _below_title(item, linked)
            drafted[rows.ResponsibilityRow] += _responsibilities(item, below, agenda.body)
    return drafted


def in_parenthesis(title: str) -> tuple[int, str] | None:
    """Return the start and the words of the parenthesis at the end of a title, if it has one."""
    match = _LAST_PARENTHESIS.search(title)
    return (match.start(1), match[1]) if match else None


def _label(element: Element) -> rows.LabelRow:
    """Return the label of an element; only section headings have a fixed translation."""
    if element.section_type:
        return rows.LabelRow(element=element.id, **_FIXED["sections"][element.section_type])
    title = None
    if element.kind in _TITLED:
        title = _MARKS.sub("", _LAST_PARENTHESIS.sub("", element.text)).strip() or element.text
    return rows.LabelRow(element=element.id, translation=None, label_ko=title, label_en=None)


def _commitments(linked: LinkedElement, codebook: Codebook) -> Iterator[rows.CommitmentRow]:
    element = linked.element
    if element.kind not in _PROMISING:
        return
    for order, clause in enumerate(clauses(element.text, codebook), start=1):
        quote = element.text[clause.start : clause.end]
        yield rows.CommitmentRow(
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
    linked: LinkedElement, commitments: Sequence[rows.CommitmentRow]
) -> Iterator[rows.EngagementRow]:
    """Draft one engagement for each counterpart that the words of a commitment name."""
    text = linked.element.text
    end = 0
    for commitment in commitments:
        start = text.index(commitment.quote, end)
        end = start + len(commitment.quote)
        named: dict[str, tuple[str, str | None, str]] = {}
        for mention in linked.mentions:
            if start <= mention.start and mention.end <= end:
                for counterpart, explicitness, group in _counterparts(mention):
                    named.setdefault(counterpart, (explicitness, group, mention.surface))
        for number, (counterpart, (explicitness, group, surface)) in enumerate(named.items(), 1):
            yield rows.EngagementRow(
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
                quote=surface,
                note=None,
                coder=CODER,
            )


def _counterparts(mention: Mention) -> Iterator[tuple[str, str, str | None]]:
    """Yield the counterparts of a mention, each with its explicitness and its group.

    A pair with the speaker's own country is the other one, abbreviated; a group is each other
    member, via the group. An event or a body names the entities that its name spells out.
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


def _below_title(goal: LinkedElement, linked: Sequence[LinkedElement]) -> LinkedElement | None:
    """Return the note below a goal's title, if it is a parenthesis on a line of its own."""
    at = goal.element.document_order
    below = linked[at] if at < len(linked) else None
    is_note = below is not None and below.element.annotates == goal.element.id
    return below if is_note and below and in_parenthesis(below.element.text) else None


def _responsibilities(
    goal: LinkedElement, below: LinkedElement | None, body: str
) -> Iterator[rows.ResponsibilityRow]:
    """Draft the leads of a goal: the agenda's body, and the bodies in the title's parenthesis.

    「…와 공동주관」 names those who lead with the agenda's body. A parenthesis that only names
    bodies names the lead first. One about support (협조, 지원) is left to the review.
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
        yield rows.ResponsibilityRow(
            id=f"{goal.element.id}/b{number}",
            element=goal.element.id,
            body=entity,
            role="lead" if number == 1 else "co-lead",
            quote=quote,
            coder=CODER,
        )
