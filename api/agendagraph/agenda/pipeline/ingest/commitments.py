"""Draft the commitments of a sentence: split it into clauses, each with its action type.

Korean plans end their clauses in nouns of action (강화, 추진, 설치): the Korean labels of the
scheme ``action-type``. The rules are those of the codebook that a machine can follow: split
where both sides have a closing noun and an object of their own, and skip 추진 and 노력 after
another noun of action. A person reviews every draft, since these rules cannot distinguish
purposes, means and relative clauses from commitments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agendagraph.namespaces import PREFIXES, SCHEME
from agendagraph.rdf.reading import quads_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LABELS: Final = tuple(PREFIXES["skos"] + name for name in ("prefLabel", "altLabel"))
_VERSION: Final = PREFIXES["owl"] + "versionInfo"
_ACTION_TYPE: Final = SCHEME + "action-type"

_JOINTS: Final = re.compile(r" / |, | 및 |(?<=하고) |(?<=하며) |(?<=하면서) ")
_ENDING: Final = re.compile(r"(?:하고|하며|하면서|함|하여|할 것|한다)?[,.;]?$")
_AUXILIARY: Final = re.compile(
    r"(?:을|를)?\s*(?:적극|지속|지속적)?\s*(?:추진|노력|도모)(?:\s*지속)?$"
)
_BRACKETS: Final = re.compile(r"\s*\([^()]*\)$")
_CONDITION: Final = re.compile(r"^.{2,40}?\s시(?=\s)")


@dataclass(frozen=True, slots=True)
class Clause:
    """The stretch of a sentence for one drafted commitment, in code points.

    ``action_type`` is the notation of its closing noun of action, if there is one.
    """

    start: int
    end: int
    action_type: str | None


@dataclass(frozen=True, slots=True)
class Codebook:
    """The nouns of action of the codebook, each with the notation of its concept."""

    nouns: Mapping[str, str]
    version: str


def read_codebook(schemes: Path) -> Codebook:
    """Return the nouns of action and the version of the codebook in a folder of SKOS schemes.

    Raises:
        GraphSyntaxError: The scheme is missing or does not parse.
    """
    nouns: dict[str, str] = {}
    version = ""
    for quad in quads_of_file(schemes / "action-type.ttl"):
        subject, value = getattr(quad.subject, "value", ""), getattr(quad.object, "value", "")
        if subject == _ACTION_TYPE and quad.predicate.value == _VERSION:
            version = value
        elif quad.predicate.value in _LABELS and getattr(quad.object, "language", "") == "ko":
            notation = subject.removeprefix(f"{_ACTION_TYPE}/")
            if notation != subject:
                nouns[value] = notation
    return Codebook(nouns, version)


def clauses(sentence: str, codebook: Codebook) -> list[Clause]:
    """Return the clauses of a sentence, in order; without a joint, the whole sentence.

    >>> nouns = {"강화": "strengthen", "확대": "expand", "추진": "pursue"}
    >>> found = clauses("정책 공조 강화 추진, 교류 확대", Codebook(nouns, "1.0"))
    >>> [(c.start, c.end, c.action_type) for c in found]
    [(0, 11, 'strengthen'), (13, 18, 'expand')]
    """
    found: list[Clause] = []
    start = 0
    for joint in _JOINTS.finditer(sentence):
        left, right = sentence[start : joint.start()], sentence[joint.end() :]
        if _closes(left, codebook) and _closes(right, codebook):
            found.append(Clause(start, joint.start(), action_type(left, codebook)))
            start = joint.end()
    found.append(Clause(start, len(sentence), action_type(sentence[start:], codebook)))
    return found


def action_type(clause: str, codebook: Codebook) -> str | None:
    """Return the action type of the closing noun of a clause, if there is one."""
    words = _ENDING.sub("", _BRACKETS.sub("", clause.rstrip()))
    below = _AUXILIARY.sub("", words)
    return _closing_noun(below, codebook) or _closing_noun(words, codebook)


def condition(clause: str) -> str | None:
    """Return the condition at the beginning of a clause (「… 시」), if there is one."""
    match = _CONDITION.match(clause)
    return match[0] if match else None


def _closes(clause: str, codebook: Codebook) -> bool:
    """Return whether a clause has a closing noun and something before it."""
    return action_type(clause, codebook) is not None and len(clause.split()) > 1


def _closing_noun(words: str, codebook: Codebook) -> str | None:
    for noun in sorted(codebook.nouns, key=len, reverse=True):
        if words.endswith(noun):
            return codebook.nouns[noun]
    return None
