"""Write a page and what it names as JSON: the shape that other programs read.

One object, `Page`: its elements in the order of the page, each with its mentions in
the order of its words. Every key stands in every object, but for ``iso3`` and ``label``: a
mention of a country has the first and any other mention the second. The classes below are
the schema, and a test holds the output to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

from agendagraph.agenda.pipeline.tables.integrity import WORLD_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.agenda.linking import Mention as Found
    from agendagraph.agenda.pipeline.ingest.draft_tables import Linked
    from agendagraph.agenda.pipeline.tables.reading import Tables


class Page(TypedDict):
    """A page.

    Attributes:
        elements: The elements, in the order of the page.
    """

    elements: list[PageElement]


class PageElement(TypedDict):
    """An element of the page.

    Attributes:
        id: The id in the agenda, as ``g1/c2/a1``.
        kind: The name of its class in the ontology, as ``Action``.
        text: Its exact words.
        start: The first code point in the whole capture.
        end: The code point behind the last one.
        mentions: What its words name.
    """

    id: str
    kind: str
    text: str
    start: int
    end: int
    mentions: list[Mention]


class Mention(TypedDict):
    """What a stretch of an element's text names.

    Attributes:
        surface: The words, as they stand.
        start: Their first code point in the element's ``text``.
        end: The code point behind the last one.
        kind: The first part of the ``id``, but ``ministry`` for a body that is a ministry.
        id: The thing, as ``country/jpn``: the end of its IRI.
        iso3: Of a country, its code in ISO 3166-1 alpha-3.
        label: Of anything else, the usual short form (UN, APEC), or else the English label.
        self: Whether the words name the speaker's own country (우리나라, 대한민국).
        members: The countries that the words spell out, in their order, as ISO 3166-1
            alpha-3 codes: of 한미 they are KOR and USA. A word for one country spells out none.
        parts: All that the words spell out, in their order, as ids like ``id``: of 한-아세안
            they are ``country/kor`` and ``organization/asean``. It holds the ``members``.
    """

    surface: str
    start: int
    end: int
    kind: str
    id: str
    iso3: NotRequired[str]
    label: NotRequired[str]
    self: bool
    members: list[str]
    parts: list[str]


class Labels:
    """Short labels of the things of the world, by id."""

    def __init__(self, tables: Tables) -> None:
        """Gather the labels from the tables."""
        self._iso3 = {f"country/{row.id}": row.iso3 for row in tables.countries}
        self._ministries = {f"body/{row.id}" for row in tables.bodies if row.kind == "ministry"}
        self._label: dict[str, str] = {}
        for table, kind in WORLD_KINDS.items():
            for row in getattr(tables, table):
                self._label[f"{kind}/{row.id}"] = getattr(row, "short", None) or row.label_en

    def kind(self, mention: Found) -> str:
        """Return what kind of thing a mention names."""
        return "ministry" if mention.entity in self._ministries else mention.kind

    def short(self, entity: str, members: Sequence[str] = ()) -> str:
        """Return the iso3 code of a country, and the label of everything else.

        A group that no table lists is labelled by its members.
        """
        if entity in self._iso3:
            return self._iso3[entity]
        if entity in self._label:
            return self._label[entity]
        return "–".join(self.short(member) for member in members) or entity

    def codes(self, entities: Sequence[str]) -> list[str]:
        """Return the iso3 codes of those entities that are countries, in their order."""
        return [self._iso3[entity] for entity in entities if entity in self._iso3]


def as_json(linked: Sequence[Linked], tables: Tables) -> Page:
    """Return the elements and their mentions, ready to be written as JSON."""
    labels = Labels(tables)
    return {
        "elements": [
            {
                "id": each.element.id,
                "kind": each.element.kind.value,
                "text": each.element.text,
                "start": each.element.start,
                "end": each.element.end,
                "mentions": [_mention(mention, labels) for mention in each.mentions],
            }
            for each in linked
        ]
    }


def _mention(found: Found, labels: Labels) -> Mention:
    mention: Mention = {
        "surface": found.surface,
        "start": found.start,
        "end": found.end,
        "kind": labels.kind(found),
        "id": found.entity,
        "self": found.self,
        "members": labels.codes(found.members),
        "parts": list(found.members),
    }
    if code := labels.codes([found.entity]):
        mention["iso3"] = code[0]
    else:
        mention["label"] = labels.short(found.entity, found.members)
    return mention
