"""Write a page and what it names as JSON: the shape that other programs read.

    {"elements": [{"id", "kind", "text", "start", "end", "mentions": [
        {"surface", "start", "end", "kind", "id", "iso3" or "label", "members": […]}]}]}

An element's ``start`` and ``end`` are code points of the whole capture; a mention's are
code points of its element's ``text``. A country has ``iso3``, everything else a
``label``: the usual short form (UN, APEC) where there is one, else the English label.
``members`` are what the surface spells out, in its order: iso3 codes of countries, labels
of the rest. ``kind`` is the first part of the ``id``, except ``ministry`` for bodies that
are ministries, and ``self`` where the words name the speaker's own country (우리나라).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agendagraph.pipeline.tables_references import WORLD_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.linking import Mention
    from agendagraph.pipeline.ingest_drafts import Linked
    from agendagraph.pipeline.tables import Tables


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

    def kind(self, mention: Mention) -> str:
        """Return what kind of thing a mention names."""
        if mention.self:
            return "self"
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

    def is_country(self, entity: str) -> bool:
        """Say whether an entity is a country of the tables."""
        return entity in self._iso3


def as_json(linked: Sequence[Linked], tables: Tables) -> dict[str, Any]:
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


def _mention(mention: Mention, labels: Labels) -> dict[str, Any]:
    key = "iso3" if labels.is_country(mention.entity) else "label"
    return {
        "surface": mention.surface,
        "start": mention.start,
        "end": mention.end,
        "kind": labels.kind(mention),
        "id": mention.entity,
        key: labels.short(mention.entity, mention.members),
        "members": [labels.short(member) for member in mention.members],
    }
