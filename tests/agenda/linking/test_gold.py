"""On the shipped page the linker finds every name that a reader finds, and nothing else.

The gold table was written by reading the page. An element that names nothing has a row
that says so, so that a mention found there counts as wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agendagraph.agenda.linking import find_mentions

if TYPE_CHECKING:
    from agendagraph.agenda.linking import Gazetteer

Row = dict[str, str]


def expected_mention(row: Row) -> tuple[object, ...]:
    members = tuple(member for member in row["members"].split(";") if member)
    place = int(row["start"]), int(row["end"])
    return (row["element"], *place, row["entity"], members, row["self"] == "yes")


def test_gold_covers_every_element(gold: list[Row], page_texts: dict[str, str]) -> None:
    assert list(dict.fromkeys(row["element"] for row in gold)) == list(page_texts)
    assert len(page_texts) == 160


def test_gold_surfaces_stand_where_the_table_says(
    gold: list[Row], page_texts: dict[str, str]
) -> None:
    for row in gold:
        if row["surface"]:
            words = page_texts[row["element"]][int(row["start"]) : int(row["end"])]
            assert words == row["surface"], row
        else:
            assert row["note"] == "no mention", row


def test_gold_entities_exist(gold: list[Row], world_ids: set[str]) -> None:
    named = {row["entity"] for row in gold if row["surface"]}

    assert named - world_ids == set()


def test_precision_and_recall_on_the_page(
    gold: list[Row], page_texts: dict[str, str], gazetteer: Gazetteer
) -> None:
    expected = {expected_mention(row) for row in gold if row["surface"]}

    found = {
        (element, m.start, m.end, m.entity, m.members, m.self)
        for element, text in page_texts.items()
        for m in find_mentions(text, gazetteer)
    }

    right = len(found & expected)
    precision, recall = right / len(found), right / len(expected)
    print(f"{len(expected)} mentions, precision {precision:.4f}, recall {recall:.4f}")  # noqa: T201 - the figures are what one runs this test for
    assert found - expected == set()
    assert expected - found == set()
