"""Read one-syllable abbreviations of countries, and chains of them.

Korean writes lists of states with one syllable each: ``한·미·일``, ``한미일``,
``한-아세안``. A syllable alone is nearly always another word (``중`` is also "in the middle
of", ``일`` also "day"), so it counts only in a chain with separators, in a reviewed
combination without them (``한미``: a row of ``combinations.csv``), or before a word that only
governments have (``미 국무부``).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.linking.boundaries import SEPARATOR, hangul_after, hangul_before, is_hangul
from agendagraph.agenda.linking.gazetteer_input import SELF, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from agendagraph.agenda.linking.gazetteer_input import Combination, Syllable

_LONGEST: Final = 12
"""The longest chain that is read: no list seen so far names as many states."""

_INDENT: Final = 8
_LIST: Final = 3
"""From this length on, a chain needs no reviewed combination."""

_WORDLIKE: Final = frozenset(("대", "이", "우", "인", "태", "필"))
"""Syllables that begin many words: at the end of a chain they need evidence (``중·대형``)."""

_SURE_TAILS: Final = ("관계", "간", "양국", "정상", "전쟁", "분쟁", "3국", "협정")
_SURE_PARTICLES: Final = {
    syllable: frozenset(("의", "는", "은", "와", "과", "가", "이", "도", "를", "을"))
    for syllable in "우인태필"
}

JOINTS: Final = (SEPARATOR, f" {SEPARATOR} ", f" {SEPARATOR}", f"{SEPARATOR} ")


def group_of(members: Iterable[str]) -> str:
    """Return the id of the group of these countries, in any order.

    >>> group_of(["country/kor", "country/jpn"])
    'country-group/jpn-kor'
    """
    return "country-group/" + "-".join(sorted({m.removeprefix("country/") for m in members}))


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a chain: a syllable, or a name that ends the chain."""

    start: int
    end: int
    entity: str
    syllable: str


class Abbreviations:
    """The syllables, and which of their sequences name a group of countries.

    Raises:
        ValueError: A combination uses a syllable that has no country.
    """

    def __init__(self, syllables: Iterable[Syllable], combinations: Iterable[Combination]) -> None:
        self._syllables = {item.syllable: item for item in syllables}
        self._combinations = {item.syllables: item for item in combinations}
        for sequence in self._combinations:
            unknown = set(sequence) - set(self._syllables)
            if unknown:
                raise ValueError(f"the combination {sequence!r} uses {sorted(unknown)}")

    def names(self) -> Iterator[Name]:
        """Yield a name for each combination that may be written without separators."""
        for combination in self._combinations.values():
            if combination.bare:
                members = tuple(self._syllables[s].entity for s in combination.syllables)
                yield Name(combination.syllables, "ko", group_of(members), members, "abbreviated")

    def is_bare(self, word: str) -> bool:
        """Return whether *word* is a sequence that may be written without separators."""
        combination = self._combinations.get(word)
        return combination is not None and combination.bare

    def heads(self) -> Iterator[tuple[str, Name]]:
        """Yield each phrase whose first syllable names a country, with that name."""
        for item in self._syllables.values():
            name = Name(item.syllable, "ko", item.entity, (), "abbreviated", item.entity == SELF)
            for head in item.heads:
                yield f"{item.syllable} {head}", name

    def chains(
        self,
        text: str,
        name_at: Callable[[int], tuple[int, str] | None],
        *,
        name_ends: Container[int] = (),
        may_end: Callable[[int], bool] = lambda _: True,
    ) -> Iterator[tuple[Member, ...]]:
        """Yield the chains of abbreviations in the normalised *text*.

        *name_at* returns the end and the entity of the name that begins at a position,
        *may_end* whether a name may end there; *name_ends* are the positions at which names end.

        Yields:
            A group of two or more countries; Korea and an entity that is not a country; or a
            single syllable in a list of names. A list with an unknown member yields nothing,
            since the rest of it would be another list.
        """
        position = text.find(SEPARATOR)
        done = 0
        while position >= 0:
            start = _before_joint(text, position) - 1
            if start >= done and self._begins(text, start, name_ends):
                members = self._read(text, start, name_at)
                if len(members) > 1:
                    done = members[-1].end
                    listed = start - 1 in name_ends and text[start - 1] == SEPARATOR
                    yield from self._lists(self._closed(text, members, may_end), listed=listed)
            position = text.find(SEPARATOR, position + 1)

    def _begins(self, text: str, start: int, name_ends: Container[int]) -> bool:
        if text[start] not in self._syllables:
            return False
        before = text[start - 1] if start > 0 else " "
        if before == SEPARATOR and not _is_bullet(text, start - 1):
            return start - 1 in name_ends or self._begins_anew(text, start)
        return not before.isalnum() or (before == "대" and _is_word_start(text, start - 1))

    def _begins_anew(self, text: str, start: int) -> bool:
        """Return whether Korea begins a chain after a word and a separator: ``FTA·한-EU``."""
        item = self._syllables[text[start]]
        last = text[start - 2] if start > 1 else " "
        word = len(hangul_before(text, start - 1)) > 1 or (last.isalnum() and not is_hangul(last))
        return item.core and item.entity == SELF and word

    def _read(
        self, text: str, start: int, name_at: Callable[[int], tuple[int, str] | None]
    ) -> list[Member]:
        members: list[Member] = []
        position: int | None = start
        while position is not None and position < len(text) and len(members) < _LONGEST:
            named = name_at(position) if members else None
            if named is not None:
                members.append(Member(position, named[0], named[1], ""))
            elif text[position] in self._syllables:
                syllable = text[position]
                entity = self._syllables[syllable].entity
                members.append(Member(position, position + 1, entity, syllable))
            else:
                break
            position = _after_joint(text, members[-1].end)
        return members

    def _closed(
        self, text: str, members: Sequence[Member], may_end: Callable[[int], bool]
    ) -> Sequence[Member]:
        """Return the chain without a last member that begins a word; empty if one is unknown."""
        if not may_end(members[-1].end):
            members = members[:-1]
        if members[-1].syllable in _WORDLIKE and not _is_sure_end(text, members[-1]):
            members = members[:-1]
        return [] if not members or _is_cut(text, members[-1].end) else members

    def _lists(self, members: Sequence[Member], *, listed: bool) -> Iterator[tuple[Member, ...]]:
        """Yield the groups of each list in a chain: ``한·미·한·일`` is two lists."""
        segment: list[Member] = []
        for member in members:
            if member.entity in {known.entity for known in segment}:
                yield from self._list(segment, listed=listed)
                segment, listed = [], False
            segment.append(member)
        yield from self._list(segment, listed=listed)

    def _list(self, members: Sequence[Member], *, listed: bool) -> Iterator[tuple[Member, ...]]:
        if len(members) < 2 or not self._is_group(members, listed=listed):
            return
        first, second, *rest = members
        if first.entity == SELF and not _is_country(second):
            yield first, second
            members = rest
        for is_country, run in itertools.groupby(members, _is_country):
            group = tuple(run)
            if is_country and any(member.syllable for member in group):
                yield group

    def _is_group(self, members: Sequence[Member], *, listed: bool) -> bool:
        syllables = "".join(member.syllable for member in members)
        if all(self._syllables[syllable].core for syllable in syllables):
            return True
        if len(syllables) == len(members) and syllables in self._combinations:
            return True
        if not all(_is_country(member) for member in members) and not listed:
            return len(members) >= _LIST and any(self._syllables[s].core for s in syllables)
        sure = set(syllables) - _WORDLIKE - {"남"}
        paired = "남" not in syllables or "북" in syllables
        return len(members) + listed >= _LIST and bool(sure) and paired


def _is_bullet(text: str, separator: int) -> bool:
    """Return whether a separator is the bullet at the beginning of the text."""
    return separator <= _INDENT and not text[:separator].strip()


def _is_country(member: Member) -> bool:
    return member.entity.startswith("country/")


def _is_sure_end(text: str, member: Member) -> bool:
    rest = hangul_after(text, member.end)
    particles = _SURE_PARTICLES.get(member.syllable, frozenset())
    bounded = not rest and not text.startswith(SEPARATOR, member.end)
    return bounded or rest.startswith(_SURE_TAILS) or rest in particles


def _is_cut(text: str, end: int) -> bool:
    """Return whether a syllable of no known country follows a chain."""
    return text.startswith(SEPARATOR, end) and len(hangul_after(text, end + 1)) == 1


def _is_word_start(text: str, position: int) -> bool:
    return position == 0 or not text[position - 1].isalnum()


def _before_joint(text: str, separator: int) -> int:
    return separator - 1 if separator and text[separator - 1] == " " else separator


def _after_joint(text: str, position: int) -> int | None:
    for joint in sorted(JOINTS, key=len, reverse=True):
        if text.startswith(joint, position):
            return position + len(joint)
    return None
