"""A Korean tokenizer adds nothing to the rules of boundaries that would pay for it.

Decision 0002 rests on this comparison: the rules alone (what ships), the rules with a veto
of the tokenizer, and the tokenizer instead of the rules.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from agendagraph.agenda.linking import Mention, find_mentions
from agendagraph.agenda.linking.boundaries import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Sentence

    from agendagraph.agenda.linking import Gazetteer

    Linker = Callable[[str], list[Mention]]

pytestmark = pytest.mark.oracle

NOUNS = ("NNP", "NNG", "SL", "SN", "SH", "XR", "NNB", "NR")
COMPARED = {"country", "country-group", "organization", "region", "body", "unnamed-actor"}


def linkers(gazetteer: Gazetteer) -> dict[str, Linker]:
    kiwi = pytest.importorskip("kiwipiepy").Kiwi()

    def nouns(text: str) -> tuple[set[int], set[int]]:
        tokens = kiwi.tokenize(text)
        starts = {t.start for t in tokens if t.tag in NOUNS}
        return starts, {t.start + t.len for t in tokens}

    def rules(text: str) -> list[Mention]:
        return [m for m in find_mentions(text, gazetteer) if not m.self]

    def rules_with_veto(text: str) -> list[Mention]:
        starts, ends = nouns(text)
        return [m for m in rules(text) if m.start in starts and m.end in ends]

    def tokenizer_alone(text: str) -> list[Mention]:
        starts, ends = nouns(text)
        found: list[Mention] = []
        hits = gazetteer.scan(normalise(text))
        for form, start, end in sorted(hits, key=lambda hit: (hit[1], -hit[2])):
            entry = gazetteer.entries.get(form)
            if entry is None or entry.name.self or (found and start < found[-1].end):
                continue
            if start in starts and end in ends:
                found.append(Mention(start, end, text[start:end], entry.name.entity))
        return found

    return {f.__name__: f for f in (rules, rules_with_veto, tokenizer_alone)}


def score(linker: Linker, sentences: list[Sentence]) -> tuple[float, float]:
    right = wrong = missed = 0
    for sentence in sentences:
        expected = set(sentence.expected)
        found = {(m.start, m.end, m.entity) for m in linker(sentence.text)}
        found = {hit for hit in found if hit in expected or hit[2].split("/")[0] in COMPARED}
        right += len(found & expected)
        wrong += len(found - expected)
        missed += len(expected - found)
    return right / (right + wrong), right / (right + missed)


@pytest.mark.oracle
def test_a_tokenizer_adds_nothing(gazetteer: Gazetteer, sentences: list[Sentence]) -> None:
    balance = {}
    for name, linker in linkers(gazetteer).items():
        begun = time.perf_counter()
        precision, recall = score(linker, sentences)
        taken = time.perf_counter() - begun
        print(f"{name:16} P {precision:.3f} R {recall:.3f} in {taken:.2f} s")  # noqa: T201 - the figures are what one runs this test for
        balance[name] = 2 * precision * recall / (precision + recall)

    assert balance["rules"] >= balance["rules_with_veto"]
    assert balance["rules"] > balance["tokenizer_alone"]
