"""The document of a page: typed and ordered elements.

All classes are frozen records. An element has its words, its position in the capture and its
place in the agenda, but no IRI and no translation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

SectionType = Literal["objectives", "contents", "effects"]
"""The three sections of a goal: 과제목표, 주요내용, 기대효과."""

Place = Literal["above", "between", "below"]
"""The place of boilerplate: above the first goal, between two, below the last."""


class Kind(StrEnum):
    """The kind of an element; the values are the names of the ontology's classes."""

    GOAL = "Goal"
    SECTION = "Section"
    OBJECTIVE = "Objective"
    CONTENT_ITEM = "ContentItem"
    LEAD = "Lead"
    ACTION = "Action"
    REGION_HEADING = "RegionHeading"
    EXPECTED_EFFECT = "ExpectedEffect"
    NOTE = "Note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of an agenda: its exact words, and their position.

    Attributes:
        id: The id relative to the agenda, as ``g1/c2/a1``.
        text: The exact words, without the bullet and without spaces at their ends. A note
            keeps its sign (``* …``), which is part of the words.
        start: Offset of the first code point in the capture.
        end: Offset after the last one: ``capture[start:end] == text``.
        parent: The id of the direct parent; ``None`` for a goal.
        order: Position among the siblings of the same kind, from 1.
        document_order: Position among all elements, from 1.
        section_type: The type of a section; ``None`` for all other elements.
        annotates: The id of the element that a note explains.
        marker: The bullet as written in the capture, or empty.
        depth: Levels below the agenda: 0 a goal, 1 a section, 2 an objective, item or
            effect, 3 below an item, 4 below a region heading.
    """

    id: str
    kind: Kind
    text: str
    depth: int
    marker: str = ""
    start: int = 0
    end: int = 0
    line: int = 0
    parent: str | None = None
    order: int = 1
    document_order: int = 0
    section_type: SectionType | None = None
    annotates: str | None = None


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A line of the page that belongs to no goal: a menu, a category, a footer."""

    line: int
    start: int
    end: int
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Notice:
    """An ambiguous place of the page, which a person should check."""

    line: int
    text: str
    message: str


@dataclass(frozen=True)
class Document:
    """A parsed page: every line that is not blank is in an element or in the boilerplate.

    Elements and boilerplate are in the order of the page.

    Attributes:
        text: The whole capture, as decoded.
        category: The heading directly above the first goal (외교정책), if there is one.
        body_start: Offset of the line of the first goal.
        body_end: Offset after the last element.
    """

    name: str
    text: str
    elements: tuple[Element, ...]
    boilerplate: tuple[Boilerplate, ...] = ()
    notices: tuple[Notice, ...] = ()
    category: str | None = None
    body_start: int = 0
    body_end: int = 0

    @cached_property
    def _index(self) -> Mapping[str, Element]:
        return {element.id: element for element in self.elements}

    def __getitem__(self, element_id: str) -> Element:
        """Return the element with this id, or raise ``KeyError``."""
        return self._index[element_id]

    def __contains__(self, element_id: object) -> bool:
        """Return whether the document has an element with this id."""
        return element_id in self._index

    def of_kind(self, kind: Kind) -> tuple[Element, ...]:
        """Return the elements of one kind, in the order of the page."""
        return tuple(element for element in self.elements if element.kind is kind)

    def children(self, element_id: str | None) -> tuple[Element, ...]:
        """Return the direct children of an element; of ``None``, the goals."""
        return tuple(element for element in self.elements if element.parent == element_id)

    def goal_of(self, element: Element) -> Element:
        """Return the goal that an element belongs to; a goal belongs to itself."""
        return self._index[element.id.split("/", 1)[0]]
