"""The linker reads pages of other ministries as well as the one that it ships with.

The sentences were written before the linker was tuned. One half (``dev``) was looked at while
tuning; the other (``held-out``) was looked at once, at the end: the figures of that first
look stand in ``.ci/decisions/0002-korean-morphology.md``. Since then both are regression
tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agendagraph.agenda.linking import Mention, find_mentions

if TYPE_CHECKING:
    from conftest import Sentence

    from agendagraph.agenda.linking import Gazetteer

COMPARED = {"country", "country-group", "organization", "region", "body", "unnamed-actor"}
"""Kinds that are marked wherever they stand; others only where they were marked."""


def counted(mentions: list[Mention], expected: set[tuple[int, int, str]]) -> set[object]:
    found = {(m.start, m.end, m.entity) for m in mentions if not m.self}
    return {hit for hit in found if hit in expected or hit[2].split("/")[0] in COMPARED}


@pytest.mark.parametrize("split", ["dev", "held-out"])
def test_precision_and_recall(split: str, sentences: list[Sentence], gazetteer: Gazetteer) -> None:
    right = wrong = missed = 0
    for sentence in (s for s in sentences if s.split == split):
        expected = set(sentence.expected)
        found = counted(find_mentions(sentence.text, gazetteer), expected)
        for words in found ^ expected:
            print(sentence.id, sentence.text, words)  # noqa: T201 - the figures are what one runs this test for
        right += len(found & expected)
        wrong += len(found - expected)
        missed += len(expected - found)

    precision, recall = right / (right + wrong), right / (right + missed)
    print(f"{split}: {right + missed} mentions, P {precision:.4f}, R {recall:.4f}")  # noqa: T201 - the figures are what one runs this test for
    assert precision >= 0.99
    assert recall >= 0.99


def test_there_are_enough_sentences_of_both_kinds(sentences: list[Sentence]) -> None:
    naming = [s for s in sentences if s.kind == "names"]
    traps = [s for s in sentences if s.kind == "trap"]

    assert len(naming) >= 150
    assert len(traps) >= 80
    assert not any(s.expected for s in traps)
