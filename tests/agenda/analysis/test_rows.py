"""Every row of the coding can be traced: to its element, to the words, to a concept and a thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rdflib import URIRef
from rdflib.namespace import SKOS

from agendagraph.namespaces import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib import Graph

    from agendagraph.agenda.source import Element

    Table = Callable[[str], list[dict[str, str]]]

OWNER = {  # table: (column that an id is built on, letter of the id)
    "commitments": ("element", "k"),
    "engagements": ("commitment", "x"),
    "responsibilities": ("element", "b"),
    "quantities": ("element", "q"),
    "dates": ("element", "d"),
    "promises": ("commitment", "p"),
    "invocations": ("element", "i"),
}
QUOTES = [  # table, column of the words, column of the element that they stand in
    ("commitments", "quote", "element"),
    ("commitments", "condition", "element"),
    ("engagements", "quote", "evidence"),
    ("responsibilities", "quote", "element"),
    ("quantities", "as_stated", "element"),
    ("dates", "as_stated", "element"),
    ("invocations", "quote", "element"),
    ("errata", "as_stated", "element"),
]
CONCEPTS = [
    ("commitments", "action_type", "action-type"),
    ("themes", "theme", "theme"),
    ("engagements", "role", "engagement-role"),
    ("engagements", "stance", "stance"),
    ("engagements", "explicitness", "explicitness"),
    ("responsibilities", "role", "responsibility-role"),
    ("quantities", "measure", "effect-measure"),
    ("promises", "kind", "promise-kind"),
    ("policy_lines", "line", "policy-line"),
]
THINGS = [
    ("engagements", "counterpart"),
    ("engagements", "via_group"),
    ("engagements", "in_format"),
    ("engagements", "at_place"),
    ("responsibilities", "body"),
    ("dates", "event"),
    ("promises", "thing"),
    ("promises", "under"),
    ("invocations", "instrument"),
    ("agenda", "body"),
]


@pytest.mark.parametrize("name", OWNER)
def test_ids_are_built_on_their_owner_and_count_from_one(name: str, table: Table) -> None:
    column, letter = OWNER[name]
    counted: dict[str, int] = {}
    for row in table(name):
        owner = row[column]
        counted[owner] = counted.get(owner, 0) + 1

        assert row["id"] == f"{owner}/{letter}{counted[owner]}"


@pytest.mark.parametrize(("name", "words", "element"), QUOTES)
def test_a_quote_is_exact(
    name: str, words: str, element: str, table: Table, elements: dict[str, Element]
) -> None:
    for row in table(name):
        assert row[words] in elements[row[element]].text, row


def test_a_promise_is_quoted_from_the_element_of_its_commitment(
    table: Table, elements: dict[str, Element]
) -> None:
    owner = {row["id"]: row["element"] for row in table("commitments")}
    for row in table("promises"):
        assert row["quote"] in elements[owner[row["commitment"]]].text, row


@pytest.mark.parametrize(("name", "column", "scheme"), CONCEPTS)
def test_a_notation_is_in_its_scheme(
    name: str, column: str, scheme: str, table: Table, codebook: Graph
) -> None:
    members = codebook.subjects(SKOS.inScheme, URIRef(SCHEME + scheme))
    notations = {str(codebook.value(member, SKOS.notation)) for member in members}

    assert {row[column] for row in table(name)} <= notations


@pytest.mark.parametrize(("name", "column"), THINGS)
def test_what_is_named_is_in_the_world_tables(
    name: str, column: str, table: Table, things: set[str]
) -> None:
    named = {thing for row in table(name) for thing in row[column].split(";") if thing}

    assert named <= things


def test_every_row_names_a_known_coder(table: Table) -> None:
    coders = {row["id"] for row in table("coders")}
    for name in [*OWNER, "themes"]:
        assert {row["coder"] for row in table(name)} <= coders, name


def test_the_coder_of_record_is_what_it_is(table: Table) -> None:
    """No person has coded: the tables must not say that one has."""
    kinds = {row["id"]: row["kind"] for row in table("coders")}

    assert kinds["first-coder"] == "model"
    assert set(kinds.values()) <= {"model", "rule"}


def test_dates_and_numbers_are_of_their_kind(table: Table) -> None:
    patterns = {"day": r"\d{4}-\d\d-\d\d", "month": r"\d{4}-\d\d", "year": r"\d{4}"}
    for row in table("dates"):
        assert re.fullmatch(patterns[row["precision"]], row["date"]), row
        assert row["date"][:4] in row["as_stated"], row
    for row in table("quantities"):
        assert int(row["value"]) > 0
        assert row["unit"] in {"KRW", "person"}
        assert row["kind"] in {"effect", "target"}
        assert row["provisional"] in {"true", "false"}


def test_the_numbers_of_the_expo_are_those_of_the_page(table: Table) -> None:
    stated = {
        row["measure"]: (int(row["value"]), row["unit"], row["provisional"], row["quantifies"])
        for row in table("quantities")
        if row["kind"] == "effect"
    }

    assert stated == {
        "output": (43 * 10**12, "KRW", "true", "g8/e1"),
        "value-added": (18 * 10**12, "KRW", "true", "g8/e1"),
        "employment": (500_000, "person", "true", "g8/e1"),
    }


def test_who_leads_is_what_the_titles_say(table: Table, elements: dict[str, Element]) -> None:
    leads = {(r["element"], r["body"]) for r in table("responsibilities") if r["role"] == "lead"}
    shared = {
        (r["element"], r["body"]) for r in table("responsibilities") if r["role"] == "co-lead"
    }
    goals = [element.id for element in elements.values() if element.kind == "Goal"]

    assert leads == {(goal, "body/kr/mofa") for goal in goals}
    assert shared == {
        ("g7", "body/kr/nis"),
        ("g7", "body/kr/msit"),
        ("g7", "body/kr/mnd"),
        ("g8", "body/kr/motie"),
    }


def test_errata_differ_from_what_was_expected(table: Table) -> None:
    rows = table("errata")

    assert all(row["as_stated"] != row["expected"] for row in rows)
    assert {row["kind"] for row in rows} == {"spelling", "spacing", "character"}
    assert sum(row["as_stated"].count("\u00a0") for row in rows) == 6
    assert not any("\u00a0" in row["expected"] for row in rows)
