"""A rule that reads only the closing noun agrees with the coding of the kinds of deed.

The rule takes the last closing noun in a commitment's words, as the labels of the scheme
`action-type` list them. Its agreement with the tables is a check on both: a row that strays
from the codebook lowers it. It is no independent coding, since labels and rows were made by
one coder from one page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import Literal, URIRef
from rdflib.namespace import SKOS

from agendagraph.namespaces import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rdflib import Graph

    Kappa = Callable[[Sequence[str], Sequence[str]], float]
    Table = Callable[[str], list[dict[str, str]]]

FLOOR = 0.85
AUXILIARY = {"pursue"}  # 추진 and 수행 lean on another noun more often than not


def closing_nouns(codebook: Graph) -> dict[str, str]:
    """Return the kind of deed of each closing noun."""
    return {
        str(noun): str(codebook.value(concept, SKOS.notation))
        for concept in codebook.subjects(SKOS.inScheme, URIRef(SCHEME + "action-type"))
        for predicate in (SKOS.prefLabel, SKOS.altLabel)
        for noun in codebook.objects(concept, predicate)
        if isinstance(noun, Literal) and noun.language == "ko"
    }


def by_rule(words: str, nouns: Mapping[str, str]) -> str:
    """Return the kind of deed of the last closing noun in *words*, or an empty string."""
    found = [
        (words.rfind(noun) + len(noun), len(noun), kind)
        for noun, kind in nouns.items()
        if noun in words
    ]
    return max(found)[2] if found else ""


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param("aabb", "aabb", 1.0, id="full agreement"),
        pytest.param("aaaa", "aaaa", 1.0, id="full agreement on one code"),
        pytest.param("aabb", "abab", 0.0, id="no better than chance"),
        pytest.param("ab", "ba", -1.0, id="never"),
        pytest.param(
            "y" * 25 + "n" * 25, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15, 0.4, id="a worked table"
        ),
    ],
)
def test_kappa_of_known_tables(first: str, second: str, expected: float, kappa: Kappa) -> None:
    assert kappa(first, second) == pytest.approx(expected)


def test_the_rule_agrees_with_the_hand(
    table: Table,
    codebook: Graph,
    kappa: Kappa,
    record_property: Callable[[str, object], None],
) -> None:
    nouns = closing_nouns(codebook)
    rows = table("commitments")
    hand = [row["action_type"] for row in rows]
    rule = [by_rule(row["quote"], nouns) for row in rows]

    agreement = kappa(hand, rule)

    record_property("kappa", agreement)
    print(f"closing-noun rule: kappa {agreement:.3f} on {len(rows)} commitments")  # noqa: T201
    assert agreement >= FLOOR


def test_where_rule_and_hand_differ_the_codebook_says_why(table: Table, codebook: Graph) -> None:
    """They part at 추진 and 수행, which lean on another noun, and at the rows named here."""
    nouns = closing_nouns(codebook)
    differing = {
        row["id"]: (row["action_type"], by_rule(row["quote"], nouns))
        for row in table("commitments")
        if row["action_type"] != by_rule(row["quote"], nouns)
    }

    others = {row for row, (_, rule) in differing.items() if rule not in AUXILIARY}
    assert others == {
        "g5/c2/lead/k1",  # 예방외교 closes without a noun of action
        "g6/c2/a1/k1",  # 적극 지원 stands after the second object and governs both
    }


def test_every_kind_of_deed_is_met_in_the_page(table: Table, codebook: Graph) -> None:
    assert {row["action_type"] for row in table("commitments")} == set(
        closing_nouns(codebook).values()
    )
