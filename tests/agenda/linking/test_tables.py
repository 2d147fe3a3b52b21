"""The tables of names say nothing that cannot be, and every reading has its reason."""

from __future__ import annotations

import csv
import unicodedata
from typing import TYPE_CHECKING

import pytest

from agendagraph.agenda.linking import NAME_TABLES, Decision, Gazetteer, Name, gazetteer_from_rows
from agendagraph.errors import TableError
from agendagraph.files import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {
    table: list(csv.DictReader((TABLES / "names" / f"{table}.csv").read_text("utf-8").splitlines()))
    for table in NAME_TABLES
}
JAPAN = {"id": "jpn", "label_ko": "일본", "label_en": "Japan"}
NAME_ROW = {
    "surface": "닛폰",
    "lang": "ko",
    "entity": "country/jpn",
    "members": "",
    "form": "full",
    "self": "",
}


def entities() -> Iterator[str]:
    for row in NAMES["names"]:
        yield from (row["entity"], *filter(None, row["members"].split(";")))
    for row in NAMES["decisions"]:
        yield row["reading"]
    for row in NAMES["ambiguities"]:
        yield from (row["reading"], row["otherwise"])
    for row in NAMES["syllables"]:
        yield row["entity"]


def test_every_entity_is_in_a_world_table(world_ids: set[str]) -> None:
    assert {entity for entity in entities() if entity != "none"} - world_ids == set()


@pytest.mark.parametrize("table", NAME_TABLES)
def test_table_has_no_row_twice(table: str) -> None:
    keys = [tuple(row.values())[:2] for row in NAMES[table]]
    if table in ("ambiguities", "syllables", "combinations", "followers"):
        keys = [key[:1] for key in keys]
    if table == "names":
        keys = [(row["surface"], row["entity"]) for row in NAMES[table]]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("table", NAME_TABLES)
def test_table_is_in_nfc_without_stray_spaces(table: str) -> None:
    for row in NAMES[table]:
        for value in row.values():
            assert value == unicodedata.normalize("NFC", value)
            assert "\u00a0" not in value
        surface = next(iter(row.values()))
        assert surface == surface.strip(), row


@pytest.mark.parametrize("table", ["decisions", "ambiguities"])
def test_every_reading_has_a_reason(table: str) -> None:
    assert [row for row in NAMES[table] if not row["reason"].strip()] == []


def test_every_ambiguous_surface_is_a_name(gazetteer: Gazetteer) -> None:
    surfaces = {row["surface"] for row in NAMES["ambiguities"]}

    assert {surface for surface in surfaces if surface not in gazetteer.entries} == set()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lang": "de"}, "'lang'"),
        ({"form": "long"}, "'form'"),
        ({"surface": ""}, "'surface'"),
        ({"entity": "japan"}, "an entity"),
        ({"self": "maybe"}, "'maybe'"),
    ],
)
def test_a_bad_row_is_an_error_with_its_place(change: dict[str, str], message: str) -> None:
    with pytest.raises(TableError, match=message) as caught:
        gazetteer_from_rows({}, {"names": [NAME_ROW, NAME_ROW | change]})

    assert (caught.value.file, caught.value.line) == ("names.csv", 3)


def test_a_missing_column_is_an_error() -> None:
    with pytest.raises(TableError, match="'label_ko'"):
        gazetteer_from_rows({"countries": [{"id": "jpn"}]}, {})


def test_two_readings_without_a_choice_are_an_error() -> None:
    names = [Name("중일", "ko", "country/chn"), Name("중일", "ko", "country/jpn")]

    with pytest.raises(ValueError, match="ambiguities"):
        Gazetteer(names)


def test_a_decision_must_contain_its_surface() -> None:
    with pytest.raises(ValueError, match="does not contain"):
        Gazetteer([], [Decision("호주", "상호 원칙", None, "a reason")])


def test_a_decision_must_read_a_known_entity() -> None:
    with pytest.raises(ValueError, match="no name stands for"):
        Gazetteer([], [Decision("호주", "호주 정부", "country/aus", "a reason")])


def test_a_row_of_names_refines_a_label() -> None:
    refined = NAME_ROW | {"surface": "일본", "form": "short"}

    gazetteer = gazetteer_from_rows({"countries": [JAPAN]}, {"names": [refined]})

    assert gazetteer.entries["일본"].name.form == "short"
