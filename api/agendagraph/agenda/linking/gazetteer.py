"""Compile names, readings and abbreviations into one automaton.

A gazetteer is built once and used for many sentences. It holds one Aho-Corasick automaton
(``ahocorasick-rs``) over all forms of all names and the phrases of the reviewed decisions,
so that one scan of a sentence finds all of them, whatever their number.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ahocorasick_rs import AhoCorasick, Implementation

from agendagraph.agenda.linking.abbreviations import Abbreviations, group_of
from agendagraph.agenda.linking.boundaries import (
    HANGUL,
    SEPARATOR,
    Followers,
    is_hangul,
    normalise,
    occurrences,
)
from agendagraph.agenda.linking.gazetteer_input import Name
from agendagraph.agenda.linking.variants import variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agendagraph.agenda.linking.gazetteer_input import (
        Ambiguity,
        Combination,
        Decision,
        Syllable,
    )

OPEN_KINDS: Final = frozenset({"country", "organization", "region", "country-group"})
"""Kinds whose longer Korean names may be followed by any noun."""

_DOTTED: Final = frozenset({"organization", "body", "event", "instrument"})
_OPEN_FROM: Final = 3
_DISTINCT_FROM: Final = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A form of a name in the automaton.

    Attributes:
        closed: Whether only particles, affixes and listed nouns may follow it.
        distinct: Whether it is long enough to begin within a word.
        ambiguity: The row of a form that is also an ordinary word.
    """

    form: str
    name: Name
    closed: bool
    distinct: bool
    ambiguity: Ambiguity | None

    @property
    def kind(self) -> str:
        """Kind of the named entity: the first part of its id."""
        return self.name.entity.partition("/")[0]


@dataclass(frozen=True, slots=True)
class PhraseReading:
    """The reading of a stretch inside a phrase: a name, or None.

    With *at_word* the phrase counts only at the beginning of a word.
    """

    offset: int
    length: int
    name: Name | None
    at_word: bool = False


class Gazetteer:
    """All names, compiled for searching.

    Args:
        names: Every name. If two have the same surface and entity, the later one counts: a
            row of ``names.csv`` may refine a label of the world tables.
        followers: Nouns that may follow a name without a space.

    Raises:
        ValueError: A surface has two readings and no row that chooses one, a decision's
            phrase lacks its surface, or a reading names an unknown entity.
    """

    def __init__(
        self,
        names: Iterable[Name],
        decisions: Iterable[Decision] = (),
        *,
        ambiguities: Iterable[Ambiguity] = (),
        syllables: Iterable[Syllable] = (),
        combinations: Iterable[Combination] = (),
        followers: Iterable[str] = (),
    ) -> None:
        self.followers = Followers.of(followers)
        self.abbreviations = Abbreviations(syllables, combinations)
        self._ambiguities = {normalise(item.surface): item for item in ambiguities}
        self._by_entity: dict[str, Name] = {}
        self.entries = self._compile([*names, *self.abbreviations.names()])
        self.phrases = self._phrase_readings(decisions)
        self._patterns = sorted({*self.entries, *self.phrases})
        self._automaton = AhoCorasick(self._patterns, implementation=Implementation.ContiguousNFA)

    def __len__(self) -> int:
        """Return the number of forms."""
        return len(self.entries)

    def scan(self, text: str) -> list[tuple[str, int, int]]:
        """Return every form and phrase in the normalised *text*, overlaps included."""
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(self._patterns[index], start, end) for index, start, end in hits]

    def name_of(self, entity: str, *, form: str) -> Name:
        """Return the name of a reading; a country group needs no row."""
        known = self._by_entity.get(entity)
        if known is not None:
            return known
        kind, _, slug = entity.partition("/")
        if kind != "country-group":
            raise ValueError(f"{form!r} is read as {entity!r}, which no name stands for")
        members = tuple(f"country/{iso}" for iso in slug.split("-"))
        return Name(form, "ko", group_of(members), members, "abbreviated")

    def _compile(self, names: Sequence[Name]) -> Mapping[str, Entry]:
        rows: dict[tuple[str, str], Name] = {}
        for name in names:
            rows[normalise(name.surface), name.entity] = name
            self._by_entity.setdefault(name.entity, name)
        readings: dict[str, dict[str, Name]] = defaultdict(dict)
        own: set[tuple[str, str]] = set(rows)
        for (surface, entity), name in rows.items():
            for form in self._forms(name):
                if form == surface or (form, entity) not in own:
                    readings[form].setdefault(entity, name)
        return {form: self._entry(form, found) for form, found in readings.items()}

    def _forms(self, name: Name) -> Iterator[str]:
        """Yield the forms of a name; of ``한중일 …`` also those with separators."""
        yield from variants(name.surface, name.lang)
        kind = name.entity.partition("/")[0]
        first, space, rest = name.surface.partition(" ")
        if space and kind in _DOTTED and self.abbreviations.is_bare(first):
            yield from variants(f"{SEPARATOR.join(first)} {rest}", name.lang)

    def _entry(self, form: str, names: Mapping[str, Name]) -> Entry:
        ambiguity = self._ambiguities.get(form)
        choice = next(iter(names))
        if len(names) > 1:
            choice = (ambiguity and (ambiguity.otherwise or ambiguity.reading)) or ""
        if choice not in names:
            readings = ", ".join(sorted(names))
            raise ValueError(f"{form!r} names {readings}: ambiguities.csv must say which counts")
        name = names[choice]
        closed = ambiguity is not None or _is_closed(form, name)
        distinct = not closed and name.entity.startswith("country/") and len(form) >= _DISTINCT_FROM
        return Entry(form, name, closed, distinct, ambiguity)

    def _phrase_readings(self, decisions: Iterable[Decision]) -> Mapping[str, list[PhraseReading]]:
        phrases: dict[str, list[PhraseReading]] = defaultdict(list)
        for decision in decisions:
            context, surface = normalise(decision.context), normalise(decision.surface)
            name = None
            if decision.reading is not None:
                name = self.name_of(decision.reading, form=decision.surface)
            found = list(occurrences(surface, context))
            if not found:
                raise ValueError(f"the phrase {context!r} does not contain {surface!r}")
            phrases[context] += [PhraseReading(offset, len(surface), name) for offset in found]
        for context, name in self.abbreviations.heads():
            phrases[context].append(PhraseReading(0, len(name.surface), name, at_word=True))
        return phrases


def _is_closed(form: str, name: Name) -> bool:
    if not is_hangul(form[-1]):
        return False
    kind = name.entity.partition("/")[0]
    if name.self or name.form == "generic" or kind not in OPEN_KINDS:
        return True
    if name.form == "abbreviated" and kind == "country-group":
        return True
    hangul = sum(map(len, HANGUL.findall(form)))
    return kind == "region" and hangul < _OPEN_FROM
