"""What a page says, as typed and ordered elements.

Everything here is a frozen record. An element knows its words, its place in the
capture and its place in the agenda; it knows no IRI and no translation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

SectionType = Literal["objectives", "contents", "effects"]
"""The three sections of a goal: 과제목표, 주요내용, 기대효과."""

Place = Literal["above", "between", "below"]
"""Where boilerplate stands: above the first goal, between two, below the last."""


class Kind(StrEnum):
    """What an element is; the values are the names of the ontology's classes."""

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
    """One element of an agenda: its exact words, and where they stand.

    Attributes:
        id: The id relative to the agenda, as ``g1/c2/a1``.
        kind: What it is.
        text: The exact wording, without the bullet and without spaces at its ends. A
            note keeps its sign (``* …``), which is part of the wording.
        start: Offset of the first code point in the capture.
        end: Offset behind the last one: ``capture[start:end] == text``.
        line: The line of the capture, from 1.
        parent: The id of the direct parent; ``None`` for a goal.
        order: Position among the siblings of the same kind, from 1.
        document_order: Position among all elements, from 1.
        section_type: Which section this is; ``None`` for everything but sections.
        annotates: For a note, the id of the element that it explains.
        marker: The bullet as it stands in the capture; empty where there is none.
        depth: Levels below the agenda: 0 a goal, 1 a section, 2 an objective, item or
            effect, 3 what stands under an item, 4 what stands under a region.
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
    """A reading that the page does not force, and that a person should look at."""

    line: int
    text: str
    message: str


@dataclass(frozen=True)
class Document:
    """A page, read: every line that is not blank is in an element or is boilerplate.

    Attributes:
        name: The name of the file, for messages.
        text: The whole capture, as decoded.
        elements: The elements in the order of the page.
        boilerplate: The lines that belong to no goal, in the order of the page.
        notices: Readings that a person should look at.
        category: The heading directly above the first goal (외교정책), if there is one.
        body_start: Offset of the line on which the first goal stands.
        body_end: Offset behind the last element.
    """

    name: str
    text: str
    elements: tuple[Element, ...]
    boilerplate: tuple[Boilerplate, ...] = ()
    notices: tuple[Notice, ...] = ()
    category: str | None = None
    body_start: int = 0
    body_end: int = 0
    _index: Mapping[str, Element] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        """Index the elements by id."""
        object.__setattr__(self, "_index", {element.id: element for element in self.elements})

    def __getitem__(self, element_id: str) -> Element:
        """Return the element with this id; a ``KeyError`` if there is none."""
        return self._index[element_id]

    def __contains__(self, element_id: object) -> bool:
        """Say whether the document has an element with this id."""
        return element_id in self._index

    @cached_property
    def preamble(self) -> str:
        """The text above the first goal, the category included."""
        return self.text[: self.body_start]

    @cached_property
    def postscript(self) -> str:
        """The text behind the last element."""
        return self.text[self.body_end :]

    def of_kind(self, kind: Kind) -> tuple[Element, ...]:
        """Return the elements of one kind, in the order of the page."""
        return tuple(element for element in self.elements if element.kind is kind)

    def children(self, element_id: str | None) -> tuple[Element, ...]:
        """Return the direct children of an element; of ``None``, the goals."""
        return tuple(element for element in self.elements if element.parent == element_id)

    def goal_of(self, element: Element) -> Element:
        """Return the goal that an element belongs to; a goal belongs to itself."""
        return self._index[element.id.split("/", 1)[0]]
