"""A second coder, who did not see the first coder's rows, reaches much the same ones.

The measures are those of `second-coding/README.md`. Both coders are language models of one family,
and the codebook's examples come from the page: the figures say how far the rules carry, not that
two minds agree. Each figure is also taken without the elements that an example decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rdflib.namespace import SKOS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rdflib import Graph

    from agendagraph.agenda.source import Element

    Row = dict[str, str]
    Table = Callable[[str], list[Row]]
    Kappa = Callable[[list[str], list[str]], float]
    Pair = tuple[str, str]

HERE = Path(__file__).parent / "second-coding"
NEAR = 3  # characters between two ends that count as one boundary
DECIDED = ("element", "column", "first", "second", "decided", "reason")


@dataclass(frozen=True)
class Coding:
    """One coder's rows, as the measures ask for them."""

    commitments: list[Row]
    engagements: list[Row]
    themes: list[Row]
    texts: Mapping[str, str]

    @cached_property
    def ends(self) -> dict[str, dict[int, str]]:
        """The kind of deed of each commitment by element and by where its quote ends."""
        found: dict[str, dict[int, str]] = defaultdict(dict)
        reached: dict[str, int] = defaultdict(int)
        for row in self.commitments:
            element, quote = row["element"], row["quote"]
            end = self.texts[element].index(quote, reached[element]) + len(quote)
            found[element][end] = row["action_type"]
            reached[element] = end
        return dict(found)

    def codes(self, column: str) -> dict[Pair, str]:
        """Return what stands in *column* for each pair of element and counterpart, all in one."""
        element = {row["id"]: row["element"] for row in self.commitments}
        found: dict[Pair, set[str]] = defaultdict(set)
        for row in self.engagements:
            found[element[row["commitment"]], row["counterpart"]].add(row[column])
        return {pair: "+".join(sorted(codes)) for pair, codes in found.items()}

    @cached_property
    def shares(self) -> dict[str, dict[str, float]]:
        """The share of each theme in an element: the mean over its commitments.

        An objective or effect is coded as an element too; those codes are taken for it.
        """
        element = {row["id"]: row["element"] for row in self.commitments}
        whole = {row["subject"] for row in self.themes} & set(self.texts)
        subjects: dict[str, set[str]] = defaultdict(set)
        found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for row in self.themes:
            owner = element.get(row["subject"], row["subject"])
            if owner not in whole or owner == row["subject"]:
                subjects[owner].add(row["subject"])
                found[owner][row["theme"]] += float(row["share"])
        return {
            owner: {theme: share / len(subjects[owner]) for theme, share in themes.items()}
            for owner, themes in found.items()
        }


@dataclass(frozen=True)
class Both:
    """The two codings side by side, on some of the elements."""

    first: Coding
    second: Coding
    elements: frozenset[str]

    def boundaries(self) -> tuple[int, int]:
        """Return how many boundaries of either coder the other met, and how many there are.

        The end of the element is none: the codebook sets it.
        """
        met = total = 0
        for element in self.elements & set(self.first.ends):
            sides = [sorted(coding.ends[element])[:-1] for coding in (self.first, self.second)]
            for one, other in (sides, sides[::-1]):
                met += sum(any(abs(end - near) <= NEAR for near in other) for end in one)
                total += len(one)
        return met, total

    def deeds(self) -> tuple[list[str], list[str]]:
        """Return both coders' kinds of deed of the commitments that end alike."""
        pairs = [
            (deed, self.second.ends[element][near])
            for element, ends in sorted(self.first.ends.items())
            if element in self.elements
            for end, deed in ends.items()
            for near in self.second.ends[element]
            if abs(end - near) <= NEAR
        ]
        return [one for one, _ in pairs], [other for _, other in pairs]

    def codes(self, column: str) -> tuple[list[str], list[str]]:
        """Return both coders' codes in *column* of each counterpart that both have."""
        one, other = self.first.codes(column), self.second.codes(column)
        shared = sorted(pair for pair in one.keys() & other.keys() if pair[0] in self.elements)
        return [one[pair] for pair in shared], [other[pair] for pair in shared]

    def counterparts(self) -> tuple[set[Pair], set[Pair]]:
        """Return the pairs of element and counterpart that both have, and that either has."""
        one, other = (
            {pair for pair in coding.codes("role") if pair[0] in self.elements}
            for coding in (self.first, self.second)
        )
        return one & other, one | other

    def themes(self) -> list[float]:
        """Return the overlap of the shares of the themes of each element."""
        return [
            sum(min(share, self.second.shares[element].get(theme, 0)) for theme, share in themes)
            for element, themes in (
                (element, shares.items())
                for element, shares in self.first.shares.items()
                if element in self.elements
            )
        ]


def letters(text: str) -> str:
    """Return *text* without spaces and marks, so that an example is found in the page."""
    return re.sub(r"[\W_]", "", text)


@pytest.fixture(scope="module")
def texts(elements: dict[str, Element]) -> dict[str, str]:
    return {element.id: element.text for element in elements.values()}


@pytest.fixture(scope="module")
def second_table(read_rows: Callable[[Path], list[Row]]) -> Table:
    return lambda name: read_rows(HERE / f"{name}.csv")


@pytest.fixture(scope="module")
def both(table: Table, second_table: Table, texts: dict[str, str]) -> Both:
    first, second = (
        Coding(rows("commitments"), rows("engagements"), rows("themes"), texts)
        for rows in (table, second_table)
    )
    return Both(first, second, frozenset(texts))


@pytest.fixture(scope="module")
def unaided(both: Both, codebook: Graph, texts: dict[str, str]) -> Both:
    """Give the two codings where no example of the codebook stands in the element."""
    examples = {letters(str(example)) for example in codebook.objects(None, SKOS.example)}
    aided = {
        element
        for element, text in texts.items()
        if any(example in letters(text) for example in examples)
    }
    return Both(both.first, both.second, both.elements - aided)


@pytest.mark.parametrize("name", ["commitments", "engagements", "themes"])
def test_the_second_coding_has_the_columns_of_the_first(
    name: str, table: Table, second_table: Table
) -> None:
    rows = second_table(name)

    assert rows[0].keys() == table(name)[0].keys()
    assert {row["coder"] for row in rows} == {"second-coder"}


def test_the_second_coding_quotes_the_page(
    both: Both, second_table: Table, texts: dict[str, str]
) -> None:
    assert both.second.ends.keys() == both.first.ends.keys()
    for element, ends in both.second.ends.items():
        assert all(start < end for start, end in pairwise(ends)), element
        assert max(ends) == len(texts[element]), element
    assert all(row["quote"] in texts[row["evidence"]] for row in second_table("engagements"))


@pytest.mark.parametrize(
    ("which", "floors"),
    [
        pytest.param(
            "both",
            {
                "boundaries": 0.75,
                "deed": 0.9,
                "counterparts": 0.9,
                "role": 0.9,
                "stance": 0.85,
                "themes": 0.8,
            },
            id="the whole page",
        ),
        pytest.param(
            "unaided",
            {
                "boundaries": 0.7,
                "deed": 0.9,
                "counterparts": 0.8,
                "role": 0.8,
                "stance": 0.6,  # of a dozen engagements
                "themes": 0.8,
            },
            id="without the examples of the codebook",
        ),
    ],
)
def test_two_coders_agree(
    which: str,
    floors: dict[str, float],
    kappa: Kappa,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    pair: Both = request.getfixturevalue(which)
    met, total = pair.boundaries()
    common, either = pair.counterparts()
    overlaps = pair.themes()
    units = {name: pair.codes(name) for name in ("role", "stance")} | {"deed": pair.deeds()}
    figures = {
        "boundaries": met / total,
        "counterparts": len(common) / len(either),
        "themes": sum(overlaps) / len(overlaps),
    } | {name: kappa(*sides) for name, sides in units.items()}

    sizes = {"boundaries": total, "counterparts": len(either), "themes": len(overlaps)}
    sizes |= {name: len(one) for name, (one, _) in units.items()}
    for name, figure in sorted(figures.items()):
        record_property(name, figure)
        print(f"{which}: {name} {figure:.3f} of {sizes[name]}")  # noqa: T201
    assert {name for name, figure in figures.items() if figure < floors[name]} == set()


def holds(decision: Row, table: Table) -> bool:
    """Tell whether the tables say what was decided."""
    owner, column, decided = decision["element"], decision["column"], decision["decided"]
    if column == "quote":
        quotes = [row["quote"] for row in table("commitments") if row["element"] == owner]
        return quotes == decided.split(" | ")
    if column == "theme":
        themes = [row["theme"] for row in table("themes") if row["subject"] == owner]
        return themes == decided.split(";")
    field = "role" if column == "counterpart" else column
    codes = {
        f"{row['counterpart']} {row[field]}"
        for row in table("engagements")
        if row["commitment"] == owner or row["commitment"].startswith(f"{owner}/")
    }
    refused = {decision["first"], decision["second"]} - {decided}
    return decided in codes if decided else not refused & codes


def test_the_tables_say_what_was_decided(table: Table, second_table: Table) -> None:
    rows = second_table("decided")

    assert all(tuple(row) == DECIDED and row["reason"] for row in rows)
    assert all(row["first"] != row["second"] for row in rows)
    assert [row for row in rows if not holds(row, table)] == []


def test_every_difference_in_an_engagement_is_decided(both: Both, second_table: Table) -> None:
    """Of counterpart, role and stance, which the networks are made of."""
    differing: set[Pair] = set()
    for column in ("role", "stance"):
        one, other = both.first.codes(column), both.second.codes(column)
        differing |= {pair for pair in one | other if one.get(pair) != other.get(pair)}
    decided = {
        (re.sub(r"/k\d+$", "", row["element"]), (row["first"] or row["second"]).split()[0])
        for row in second_table("decided")
        if row["column"] in {"counterpart", "stance"}
    }

    assert differing <= decided
