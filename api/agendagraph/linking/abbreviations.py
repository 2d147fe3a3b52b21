"""Resolve one-syllable abbreviations of countries and their chains.

Korean writes lists of states with one syllable each: ``한·미·일``, ``한미일``,
``한-아세안``. A syllable alone is nearly always something else (``중`` is also "in the
middle of", ``일`` also "day"), so it counts only in a chain with separators, in a reviewed
combination without them, or before a word that only a government has (``미 국무부``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agendagraph.linking.boundaries import SEPARATOR
from agendagraph.linking.names import SELF, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agendagraph.linking.names import Combination, Syllable

_LONGEST: Final = 12
"""Atoms of a chain that are read: more states than any such list has ever named."""

JOINTS: Final = (SEPARATOR, f" {SEPARATOR} ", f" {SEPARATOR}", f"{SEPARATOR} ")


def group_of(members: Iterable[str]) -> str:
    """Return the id of the group of these countries, whatever their order.

    >>> group_of(["country/kor", "country/jpn"])
    'country-group/jpn-kor'
    """
    return "country-group/" + "-".join(sorted({m.removeprefix("country/") for m in members}))


@dataclass(frozen=True, slots=True)
class Atom:
    """One link of a chain: a syllable, or a name that ends the chain."""

    start: int
    end: int
    entity: str
    syllable: str


class Abbreviations:
    """The syllables, and which of their sequences name a group of countries.

    Args:
        syllables: The syllables and their countries.
        combinations: Sequences that were reviewed.

    Raises:
        ValueError: A combination uses a syllable that has no country.
    """

    def __init__(self, syllables: Iterable[Syllable], combinations: Iterable[Combination]) -> None:
        """Index the two tables."""
        self._syllables = {item.syllable: item for item in syllables}
        self._combinations = {item.syllables: item for item in combinations}
        for sequence in self._combinations:
            unknown = set(sequence) - set(self._syllables)
            if unknown:
                raise ValueError(f"the combination {sequence!r} uses {sorted(unknown)}")

    def names(self) -> Iterator[Name]:
        """Yield a name for each combination that may stand without separators."""
        for combination in self._combinations.values():
            if combination.bare:
                members = tuple(self._syllables[s].entity for s in combination.syllables)
                yield Name(combination.syllables, "ko", group_of(members), members, "abbreviated")

    def heads(self) -> Iterator[tuple[str, Name]]:
        """Yield each phrase that begins with a syllable which names its country there."""
        for item in self._syllables.values():
            name = Name(item.syllable, "ko", item.entity, (), "abbreviated", item.entity == SELF)
            for head in item.heads:
                yield f"{item.syllable} {head}", name

    def chains(
        self, text: str, name_at: Callable[[int], tuple[int, str] | None]
    ) -> Iterator[tuple[Atom, ...]]:
        """Yield the chains of abbreviations in the normalised *text*.

        Args:
            text: A normalised text.
            name_at: Answers which name begins at a position: its end and its entity.

        Yields:
            Chains of two atoms or more, the longest reading of each place first and its
            shorter beginnings after it. Whether a chain may end where it ends is for the
            caller to say.
        """
        position = text.find(SEPARATOR)
        done = 0
        while position >= 0:
            start = _before_joint(text, position) - 1
            if start >= done and self._begins(text, start):
                atoms = self._read(text, start, name_at)
                if len(atoms) > 1:
                    done = atoms[-1].end
                    for length in range(len(atoms), 1, -1):
                        if self._is_group(atoms[:length]):
                            yield tuple(atoms[:length])
            position = text.find(SEPARATOR, position + 1)

    def _begins(self, text: str, start: int) -> bool:
        before = text[start - 1] if start > 0 else " "
        inside = before.isalnum() and not (before == "대" and _is_word_start(text, start - 1))
        return text[start] in self._syllables and not inside and before != SEPARATOR

    def _read(
        self, text: str, start: int, name_at: Callable[[int], tuple[int, str] | None]
    ) -> list[Atom]:
        atoms: list[Atom] = []
        position: int | None = start
        while position is not None and position < len(text) and len(atoms) < _LONGEST:
            named = name_at(position) if atoms else None
            if named is not None:
                atoms.append(Atom(position, named[0], named[1], ""))
            elif text[position] in self._syllables:
                syllable = text[position]
                entity = self._syllables[syllable].entity
                atoms.append(Atom(position, position + 1, entity, syllable))
            else:
                break
            position = _after_joint(text, atoms[-1].end)
        return atoms

    def _is_group(self, atoms: Sequence[Atom]) -> bool:
        entities = [atom.entity for atom in atoms]
        if len(set(entities)) != len(entities):
            return False
        syllables = "".join(atom.syllable for atom in atoms)
        if all(atom.syllable for atom in atoms):
            known = all(self._syllables[syllable].core for syllable in syllables)
            return known or syllables in self._combinations
        return all(self._syllables[syllable].core for syllable in syllables)


def _is_word_start(text: str, position: int) -> bool:
    return position == 0 or not text[position - 1].isalnum()


def _before_joint(text: str, separator: int) -> int:
    return separator - 1 if separator and text[separator - 1] == " " else separator


def _after_joint(text: str, position: int) -> int | None:
    for joint in sorted(JOINTS, key=len, reverse=True):
        if text.startswith(joint, position):
            return position + len(joint)
    return None
