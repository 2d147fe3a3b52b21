"""The input of the gazetteer: names, reviewed readings and abbreviations.

Plain records without behaviour; `agenda.linking.from_tables` makes them from rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ko", "en"]
Form = Literal["full", "short", "abbreviated", "generic"]

SELF = "country/kor"
"""The country whose agenda is read. It is a party to everything, so its mentions are marked."""


@dataclass(frozen=True, slots=True)
class Name:
    """One way of writing one entity.

    Attributes:
        surface: The words as written, in NFC. A text may omit a space of a Korean name, and
            write ``·`` as any of the usual separators.
        lang: Language of the surface, ``ko`` or ``en``.
        entity: The id of the entity that it names: ``country/jpn``.
        members: The entities that the surface spells out, in its order (``한미일``).
        form: The form of the name; ``generic`` if it names no single entity (``우방국``).
        self: Whether it names the speaker's own country (``우리나라``).
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

    Wherever the phrase *context* occurs in a text, the *surface* inside it names *reading*,
    or nothing if *reading* is ``None`` (``호주`` in ``호주머니``).
    """

    surface: str
    context: str
    reading: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A surface that is also an ordinary word, or that has two readings.

    It names *reading* if one of *cues* follows it or if it is in a list of names, else
    *otherwise* (``None``: nothing). If the sentence contains a word of *unless*, *otherwise*
    counts as ``None``.
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

    *bare* says whether it may be written without separators (``한미``).
    """

    syllables: str
    bare: bool
