"""Hold what the linker is told: names, readings and abbreviations.

Plain values without behaviour. Where they come from is not this module's business;
`agenda.linking.from_tables` makes them out of the rows of the tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Language = Literal["ko", "en"]
Form = Literal["full", "short", "abbreviated", "generic"]

SELF = "country/kor"
"""The country whose agenda is read: named apart, as it is a party to everything."""


@dataclass(frozen=True, slots=True)
class Name:
    """One way of writing one entity.

    Attributes:
        surface: The words as they are written, in NFC. A space of a Korean name may be
            missing in a text, and a ``·`` may be any of the usual separators.
        lang: Language of the surface, ``ko`` or ``en``.
        entity: What it names, relative to the base of things: ``country/jpn``.
        members: Entities that the surface spells out, in its order (``한미일``).
        form: How it is named; ``generic`` where no single entity is meant (``우방국``).
        self: Whether it names the speaker of the text (``우리나라``).
    """

    surface: str
    lang: Language
    entity: str
    members: tuple[str, ...] = ()
    form: Form = "full"
    self: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A reviewed reading of a surface inside a phrase.

    Wherever *context* stands in a text, the *surface* inside it names *reading*, or
    nothing where *reading* is ``None`` (``호주`` in ``호주머니``).
    """

    surface: str
    context: str
    reading: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A surface that is also an ordinary word, or that has two readings.

    It names *reading* where one of *cues* follows it or where it stands in a list of
    names, and *otherwise* (``None``: nothing) everywhere else. Where a word of *unless* is
    anywhere in the sentence, *otherwise* is nothing.
    """

    surface: str
    cues: tuple[str, ...]
    reading: str | None
    otherwise: str | None
    reason: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Syllable:
    """A one-syllable abbreviation of a country, as in ``한·미·일``.

    Attributes:
        syllable: The syllable.
        entity: The country.
        core: Whether every separated chain of such syllables is a group of countries;
            the others need a reviewed combination, or a chain of three countries or more.
        heads: Words before which the syllable alone names the country (``미 국무부``).
    """

    syllable: str
    entity: str
    core: bool
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """A reviewed sequence of syllables, each the abbreviation of a country.

    *bare* says whether it may stand without separators (``한미``).
    """

    syllables: str
    bare: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that names an entity.

    Attributes:
        start: First code point of the stretch in the text.
        end: Code point after the last one.
        surface: The stretch, as it stands in the text.
        entity: What it names, relative to the base of things.
        members: Entities that the surface spells out, in its order; else empty.
        form: How it is named.
        self: Whether it names the speaker of the text.
        kind: Kind of the entity: the first part of its id (``country``).
    """

    start: int
    end: int
    surface: str
    entity: str
    members: tuple[str, ...] = ()
    form: Form = "full"
    self: bool = False
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        """Derive the kind from the entity."""
        object.__setattr__(self, "kind", self.entity.partition("/")[0])
