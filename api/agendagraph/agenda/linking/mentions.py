"""Find the mentions of entities in a sentence.

The linker scans a sentence once for candidates (names, reviewed phrases, chains of
abbreviations), drops those without the boundaries of a name, keeps the leftmost and longest
of the rest, and resolves ambiguous surfaces. Mentions never overlap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.linking.abbreviations import group_of
from agendagraph.agenda.linking.boundaries import (
    SEPARATOR,
    SURE_PREFIXES,
    begins_word,
    hangul_after,
    hangul_before,
    has_prefix,
    is_hangul,
    is_language,
    is_word_sign,
    normalise,
)
from agendagraph.agenda.linking.gazetteer_input import SELF, Name

if TYPE_CHECKING:
    from agendagraph.agenda.linking.abbreviations import Member
    from agendagraph.agenda.linking.gazetteer import Entry, Gazetteer
    from agendagraph.agenda.linking.gazetteer_input import Ambiguity, Form

_IN_CHAINS: Final = frozenset({"country", "organization", "region", "unnamed-actor"})
_IN_LISTS: Final = frozenset({"country", "organization", "region", "country-group"})
_IN_LIST: Final = re.compile(r"(?:,|·| · |, | 및 |과 |와 |/| 또는 |이나 |나 |\()")
_TO_MINISTRY: Final = re.compile(r"(?:의|측)?\s?(?:[가-힣]+·)*")
_TO_CUE: Final = re.compile(r"(?:과의|와의|의|측)?\s?")
_TO_GLOSS: Final = re.compile(r"\s?\((?:이하\s)?")
_TOWARD: Final = ("대(對)", "(對)", "對")
_CLOSING: Final = frozenset("'\")]}」』》〉›»”")


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that names an entity: ``text[start:end] == surface``.

    ``members`` are the entities that the surface spells out, in its order; ``self`` states
    whether it names the speaker's own country.
    """

    start: int
    end: int
    surface: str
    entity: str
    members: tuple[str, ...] = ()
    form: Form = "full"
    self: bool = False

    @property
    def kind(self) -> str:
        """The kind of the entity: the first part of its id (``country``)."""
        return self.entity.partition("/")[0]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A stretch that may be a mention; *entry* is None if a review or a chain decided on it."""

    start: int
    end: int
    name: Name
    entry: Entry | None = None

    @property
    def rank(self) -> tuple[int, int, bool]:
        """The order of choice: leftmost, longest, a row before a chain.

        A chain precedes the row of a group, since it knows the order of the members.
        """
        after = self.entry is not None and self.name.entity.startswith("country-group/")
        return self.start, -self.end, after


def find_mentions(text: str, gazetteer: Gazetteer) -> list[Mention]:
    """Return the mentions in *text*, in order and without overlaps.

    The text is in NFC; positions are code points. A name of the speaker's own country
    (``우리나라``) has ``self`` set. Time is linear in the length of the text.

    >>> from agendagraph.agenda.linking import Gazetteer, Name
    >>> names = [Name("호주", "ko", "country/aus"), Name("일본", "ko", "country/jpn")]
    >>> [m.surface for m in find_mentions("상호주의에 따라 일본과 협력", Gazetteer(names))]
    ['일본']
    """
    return [
        Mention(
            start=candidate.start,
            end=candidate.end,
            surface=text[candidate.start : candidate.end],
            entity=candidate.name.entity,
            members=candidate.name.members,
            form=candidate.name.form,
            self=candidate.name.self,
        )
        for candidate in _Sentence(normalise(text), gazetteer).mentions()
    ]


class _Sentence:
    """The candidates of one sentence, and the rules that choose between them."""

    def __init__(self, text: str, gazetteer: Gazetteer) -> None:
        self.text = text
        self.gazetteer = gazetteer
        self.reviewed: dict[tuple[int, int], tuple[int, Name | None]] = {}
        self.candidates: list[_Candidate] = []
        self.names_at: dict[int, tuple[int, str]] = {}
        self.excluded: dict[str, bool] = {}
        self._scan()

    def mentions(self) -> list[_Candidate]:
        """Return the candidates that are mentions, in order."""
        return self._resolve_ambiguities(self._select())

    def _scan(self) -> None:
        for form, start, end in self.gazetteer.scan(self.text):
            self._apply_review(form, start)
            entry = self.gazetteer.entries.get(form)
            if entry is None:
                continue
            self.candidates.append(_Candidate(start, end, entry.name, entry))
            if entry.kind in _IN_CHAINS and end > self.names_at.get(start, (0, ""))[0]:
                self.names_at[start] = end, entry.name.entity

    def _apply_review(self, form: str, start: int) -> None:
        for reading in self.gazetteer.phrases.get(form, ()):
            if reading.at_word and not self._is_phrase(start, start + len(form)):
                continue
            first = start + reading.offset
            place = first, first + reading.length
            weight, _ = self.reviewed.get(place, (0, None))
            if len(form) > weight:
                self.reviewed[place] = len(form), reading.name

    def _is_phrase(self, start: int, end: int) -> bool:
        """Return whether a phrase is bounded by words: it is not in ``15일 총리``."""
        before = self.text[start - 1] if start else " "
        after = hangul_after(self.text, end)
        whole = not before.isalnum() and before != SEPARATOR
        return whole and self.gazetteer.followers.may_close(after)

    def _all_candidates(self) -> list[_Candidate]:
        candidates = [c for c in self.candidates if (c.start, c.end) not in self.reviewed]
        candidates += [
            _Candidate(start, end, name)
            for (start, end), (_, name) in self.reviewed.items()
            if name is not None
        ]
        chains = self.gazetteer.abbreviations.chains(
            self.text,
            self.names_at.get,
            name_ends={end for end, _ in self.names_at.values()},
            may_end=lambda end: self._ends(end, closed=True),
        )
        candidates += [self._of_chain(chain) for chain in chains]
        return sorted(candidates, key=lambda candidate: candidate.rank)

    def _of_chain(self, chain: tuple[Member, ...]) -> _Candidate:
        """Return the candidate of a chain: a group, Korea's counterpart, or one country."""
        start, end = chain[0].start, chain[-1].end
        members = tuple(member.entity for member in chain)
        if len(chain) == 1:
            entity, members = members[0], ()
        elif all(member.startswith("country/") for member in members):
            entity = group_of(members)
        else:
            entity = members[-1]
        is_self = entity == SELF
        name = Name(self.text[start:end], "ko", entity, members, "abbreviated", is_self)
        return _Candidate(start, end, name)

    def _select(self) -> list[_Candidate]:
        selected: list[_Candidate] = []
        last_end = 0
        for candidate in self._all_candidates():
            if candidate.start < last_end or not self._is_bounded(candidate, last_end):
                continue
            if self._is_foreign_ministry(candidate, selected):
                continue
            selected.append(candidate)
            last_end = candidate.end
        return selected

    def _is_bounded(self, candidate: _Candidate, last_end: int) -> bool:
        entry, start, end = candidate.entry, candidate.start, candidate.end
        if entry is None:
            return True
        if not is_hangul(self.text[start]):
            before = self.text[start - 1] if start else " "
            return not is_word_sign(before) and self._ends(end, closed=entry.closed)
        within = 0 if entry.ambiguity else last_end
        if begins_word(self.text, start, after_name=within):
            return self._ends(end, closed=entry.closed) or self._is_cued(entry, end)
        inside = entry.distinct or (
            entry.name.form in ("full", "short")
            and has_prefix(self.text, start, kind=entry.kind, ambiguous=entry.ambiguity is not None)
        )
        return inside and self._ends(end, closed=True)

    def _is_cued(self, entry: Entry, end: int) -> bool:
        return entry.ambiguity is not None and self.text.startswith(entry.ambiguity.cues, end)

    def _ends(self, end: int, *, closed: bool) -> bool:
        if not is_hangul(self.text[end - 1]):
            after = self.text[end] if end < len(self.text) else " "
            return not is_word_sign(after)
        rest = hangul_after(self.text, end)
        if is_language(rest):
            return False
        return not closed or self.gazetteer.followers.may_close(rest)

    def _is_foreign_ministry(self, candidate: _Candidate, selected: list[_Candidate]) -> bool:
        """Return whether a ministry is that of another country: ``미국 국방부``."""
        if not candidate.name.entity.startswith("body/") or not selected:
            return False
        last = selected[-1]
        if last.name.self or SELF in (last.name.entity, *last.name.members):
            return False
        if last.name.entity.partition("/")[0] not in ("country", "country-group"):
            return False
        return _TO_MINISTRY.fullmatch(self.text, last.end, candidate.start) is not None

    def _resolve_ambiguities(self, selected: list[_Candidate]) -> list[_Candidate]:
        kept: list[_Candidate] = []
        for index, candidate in enumerate(selected):
            ambiguity = candidate.entry.ambiguity if candidate.entry else None
            if ambiguity is None:
                kept.append(candidate)
                continue
            otherwise = None if self._is_excluded(ambiguity) else ambiguity.otherwise
            listed = otherwise is None and self._in_list(index, selected)
            evident = listed or self._has_cue(candidate) or self._is_gloss(index, selected)
            reading = ambiguity.reading if evident else otherwise
            if reading is None or self._follows_quotation(candidate):
                continue
            kept.append(self._read_as(candidate, reading, ambiguity.surface))
        return kept

    def _is_excluded(self, ambiguity: Ambiguity) -> bool:
        """Return whether a word of the sentence rules out that the surface is a name."""
        known = self.excluded.get(ambiguity.surface)
        if known is None:
            known = any(word in self.text for word in ambiguity.unless)
            self.excluded[ambiguity.surface] = known
        return known

    def _is_gloss(self, index: int, selected: list[_Candidate]) -> bool:
        """Return whether a surface is in brackets after the long form of its name."""
        here, before = selected[index], selected[:index][-1:]
        return any(
            left.name.entity == here.name.entity
            and _TO_GLOSS.fullmatch(self.text, left.end, here.start) is not None
            for left in before
        )

    def _read_as(self, candidate: _Candidate, reading: str, surface: str) -> _Candidate:
        if reading == candidate.name.entity:
            return candidate
        return replace(candidate, name=self.gazetteer.name_of(reading, form=surface))

    def _follows_quotation(self, candidate: _Candidate) -> bool:
        """Return whether the surface is a particle after a quoted or foreign word."""
        before = self.text[candidate.start - 1] if candidate.start else " "
        glossed = self.text.endswith(_TOWARD, 0, candidate.start)
        return not glossed and (before in _CLOSING or is_word_sign(before))

    def _has_cue(self, candidate: _Candidate) -> bool:
        entry = candidate.entry
        if entry is None or entry.ambiguity is None:
            return False
        if hangul_before(self.text, candidate.start) in SURE_PREFIXES:
            return True
        cues = entry.ambiguity.cues
        gap = _TO_CUE.match(self.text, candidate.end)
        places = {candidate.end, gap.end() if gap else candidate.end}
        return any(self.text.startswith(cues, place) for place in places)

    def _in_list(self, index: int, selected: list[_Candidate]) -> bool:
        here = selected[index]
        before, after = selected[:index][-1:], selected[index + 1 :][:1]
        return any(self._are_listed(left, here) for left in before) or any(
            self._are_listed(here, right) for right in after
        )

    def _are_listed(self, left: _Candidate, right: _Candidate) -> bool:
        kinds = {c.name.entity.partition("/")[0] for c in (left, right)}
        gap = _IN_LIST.fullmatch(self.text, left.end, right.start)
        return kinds <= _IN_LISTS and gap is not None
