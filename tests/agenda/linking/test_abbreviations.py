"""Abbreviated lists of states resolve to their states, and the group is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agendagraph.agenda.linking import Combination, Gazetteer, Name, Syllable, find_mentions

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATORS = ["·", "‧", "ㆍ", "・", "-", "–", "/", " · "]


def only(sentence: str, gazetteer: Gazetteer) -> tuple[str, Sequence[str]]:
    (mention,) = find_mentions(sentence, gazetteer)
    return mention.entity, [member.rpartition("/")[2] for member in mention.members]


@pytest.mark.parametrize(
    ("surface", "members"),
    [
        ("한미", ["kor", "usa"]),
        ("한미일", ["kor", "usa", "jpn"]),
        ("한중일", ["kor", "chn", "jpn"]),
        ("한일중", ["kor", "jpn", "chn"]),
        ("남북", ["kor", "prk"]),
        ("남북미", ["kor", "prk", "usa"]),
        ("북러", ["prk", "rus"]),
        ("북중러", ["prk", "chn", "rus"]),
        ("미중", ["usa", "chn"]),
        ("미일", ["usa", "jpn"]),
        ("중일", ["chn", "jpn"]),
        ("한영", ["kor", "gbr"]),
        ("한불", ["kor", "fra"]),
        ("한독", ["kor", "deu"]),
        ("한인도", ["kor", "ind"]),
        ("한·미·일", ["kor", "usa", "jpn"]),
        ("미·중·일·러", ["usa", "chn", "jpn", "rus"]),
        ("중·러", ["chn", "rus"]),
        ("한·인도", ["kor", "ind"]),
        ("한-베트남", ["kor", "vnm"]),
        ("한·미·일·호주", ["kor", "usa", "jpn", "aus"]),
    ],
)
def test_group_and_members(surface: str, members: list[str], gazetteer: Gazetteer) -> None:
    group = "country-group/" + "-".join(sorted(members))

    assert only(f"{surface} 협력", gazetteer) == (group, members)
    assert only(f"{surface}의 협력", gazetteer) == (group, members)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_any_separator(separator: str, gazetteer: Gazetteer) -> None:
    surface = separator.join("한미일")

    assert only(f"{surface} 3국", gazetteer)[0] == "country-group/jpn-kor-usa"


@pytest.mark.parametrize(
    ("surface", "entity"),
    [
        ("한-아세안", "organization/asean"),
        ("한·EU", "organization/eu"),
        ("한-메르코수르", "organization/mercosur"),
        ("한·중앙아", "region/central-asia"),
        ("한-아프리카", "region/africa"),
    ],
)
def test_a_pair_with_no_state_is_the_other_side(
    surface: str, entity: str, gazetteer: Gazetteer
) -> None:
    (mention,) = find_mentions(f"{surface} 정상회의", gazetteer)

    assert mention.surface == surface
    assert mention.entity == entity
    assert mention.members == ("country/kor", entity)


def test_countries_of_a_chain_are_grouped_and_its_organisation_stands_alone(
    gazetteer: Gazetteer,
) -> None:
    found = find_mentions("한·미·EU 협의", gazetteer)

    assert [m.entity for m in found] == ["country-group/kor-usa", "organization/eu"]


@pytest.mark.parametrize(
    "words", ["미래 이미", "한편 또한", "영사 운영", "불법 독자", "중점 집중", "러닝", "한미한 것"]
)
def test_syllables_of_words_are_no_states(words: str, gazetteer: Gazetteer) -> None:
    assert find_mentions(words, gazetteer) == []


def test_a_combination_without_its_row_is_no_group() -> None:
    syllables = [
        Syllable("한", "country/kor", core=True, heads=()),
        Syllable("미", "country/usa", core=True, heads=()),
    ]
    without = Gazetteer([Name("일본", "ko", "country/jpn")], syllables=syllables)
    with_row = Gazetteer([], syllables=syllables, combinations=[Combination("한미", bare=True)])

    assert find_mentions("한미 협력", without) == []
    assert [m.surface for m in find_mentions("한미 협력", with_row)] == ["한미"]
