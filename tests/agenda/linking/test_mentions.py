"""Mentions stand where they say, in order, without overlap, in time that grows linearly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from agendagraph.agenda.linking import Decision, Gazetteer, Name, find_mentions

if TYPE_CHECKING:
    from conftest import Sentence

NAMES = [
    Name("일본", "ko", "country/jpn"),
    Name("인도", "ko", "country/ind"),
    Name("인도네시아", "ko", "country/idn"),
    Name("아세안", "ko", "organization/asean"),
    Name("EU", "en", "organization/eu"),
    Name("우리", "ko", "country/kor", form="generic", self=True),
]
PIECES = [
    "일본",
    "인도",
    "인도네시아",
    "아세안",
    "EU",
    "우리",
    "의",
    "적",
    "과",
    " ",
    ",",
    "·",
    "한",
    "가",
]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
@settings(max_examples=300, deadline=None)
def test_mentions_are_stretches_of_the_text(text: str) -> None:
    reached = 0
    for mention in find_mentions(text, Gazetteer(NAMES)):
        assert text[mention.start : mention.end] == mention.surface
        assert mention.start >= reached
        assert mention.kind == mention.entity.split("/")[0]
        reached = mention.end


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    for mention in find_mentions(text, Gazetteer(NAMES)):
        assert text[mention.start : mention.end] == mention.surface


def test_the_longest_name_wins() -> None:
    found = find_mentions("인도네시아와 인도", Gazetteer(NAMES))

    assert [m.surface for m in found] == ["인도네시아", "인도"]


def test_a_decision_speaks_before_the_rules() -> None:
    nothing = Decision("인도", "인도 조건", None, "delivery")
    other = Decision("제도", "새 제도", "country/jpn", "a reading, for the test")
    gazetteer = Gazetteer(NAMES, [nothing, other])

    assert find_mentions("인도 조건 협의", gazetteer) == []
    assert [m.surface for m in find_mentions("새 제도 도입", gazetteer)] == ["제도"]


def test_the_longest_phrase_decides() -> None:
    short = Decision("인도", "인도 조", None, "the beginning of another word")
    longer = Decision("인도", "인도 조약", "country/ind", "the country's treaty")

    found = find_mentions("인도 조약", Gazetteer(NAMES, [short, longer]))

    assert [m.entity for m in found] == ["country/ind"]


def test_names_written_as_one_word() -> None:
    found = find_mentions("일본과인도 및 일본인도네시아", Gazetteer(NAMES))

    assert [m.surface for m in found] == ["일본", "인도", "일본", "인도네시아"]


def test_time_grows_linearly(sentences: list[Sentence], gazetteer: Gazetteer) -> None:
    text = " ".join(sentence.text for sentence in sentences)

    once, many = _fastest(text, gazetteer), _fastest(text * 8, gazetteer)

    print(f"{len(text) / once / 1e6:.2f} million characters a second")  # noqa: T201 - the figures are what one runs this test for
    assert many < 8 * once * 2


def test_a_hostile_chain_takes_no_longer(gazetteer: Gazetteer) -> None:
    text = "한·미·일·중·" * 5_000

    begun = time.perf_counter()
    find_mentions(text, gazetteer)

    assert time.perf_counter() - begun < 5


def _fastest(text: str, gazetteer: Gazetteer) -> float:
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        find_mentions(text, gazetteer)
        taken.append(time.perf_counter() - begun)
    return min(taken)
