"""Write a page with its mentions as JSON, for other programs.

One object, `Page`: the elements in the order of the page, each with its mentions in the
order of its words. Every object has every key, except ``iso3`` and ``label``: a mention of a
country has the first, any other mention the second. The classes below are the schema; a test
compares the output with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

from agendagraph.agenda.pipeline.tables.integrity import WORLD_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.agenda.linking import Mention as FoundMention
    from agendagraph.agenda.pipeline.layers.analysis import LinkedElement
    from agendagraph.agenda.pipeline.tables.reading import Tables


class Page(TypedDict):
    """A page: its elements, in the order of the page."""

    elements: list[PageElement]


class PageElement(TypedDict):
    """An element of the page.

    Attributes:
        id: The id in the agenda, as ``g1/c2/a1``.
        kind: The name of its class in the ontology, as ``Action``.
        start: The first code point in the whole capture.
        end: The code point behind the last one.
    """

    id: str
    kind: str
    text: str
    start: int
    end: int
    mentions: list[Mention]


class Mention(TypedDict):
    """A mention in an element's text.

    Attributes:
        surface: The words as written.
        start: Their first code point in the element's ``text``.
        end: The code point behind the last one.
        kind: The first part of the ``id``, but ``ministry`` for a body that is a ministry.
        id: The thing, as ``country/jpn``: the end of its IRI.
        iso3: Of a country, its code in ISO 3166-1 alpha-3.
        label: Of anything else, the usual short form (UN, APEC), or else the English label.
        self: Whether the words name the speaker's own country (우리나라, 대한민국).
        members: The countries that the words spell out, in their order, as ISO 3166-1
            alpha-3 codes: KOR and USA for 한미. A word for one country spells out none.
        parts: All entities that the words spell out, in their order, as ids like ``id``:
            ``country/kor`` and ``organization/asean`` for 한-아세안. It includes ``members``.
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
    """Short labels of the entities of the world, by id."""

    def __init__(self, tables: Tables) -> None:
        self._iso3 = {f"country/{row.id}": row.iso3 for row in tables.countries}
        self._ministries = {f"body/{row.id}" for row in tables.bodies if row.kind == "ministry"}
        self._label: dict[str, str] = {}
        for table, kind in WORLD_KINDS.items():
            for row in getattr(tables, table):
                self._label[f"{kind}/{row.id}"] = getattr(row, "short", None) or row.label_en

    def kind(self, mention: FoundMention) -> str:
        """Return the kind of the entity that a mention names."""
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


def as_json(linked: Sequence[LinkedElement], tables: Tables) -> Page:
    """Return the elements and their mentions, ready to be written as JSON."""
    labels = Labels(tables)
    return {
        "elements": [
            {
                "id": item.element.id,
                "kind": item.element.kind.value,
                "text": item.element.text,
                "start": item.element.start,
                "end": item.element.end,
                "mentions": [_mention(mention, labels) for mention in item.mentions],
            }
            for item in linked
        ]
    }


def _mention(mention: FoundMention, labels: Labels) -> Mention:
    entry: Mention = {
        "surface": mention.surface,
        "start": mention.start,
        "end": mention.end,
        "kind": labels.kind(mention),
        "id": mention.entity,
        "self": mention.self,
        "members": labels.codes(mention.members),
        "parts": list(mention.members),
    }
    if code := labels.codes([mention.entity]):
        entry["iso3"] = code[0]
    else:
        entry["label"] = labels.short(mention.entity, mention.members)
    return entry
