"""Memberships carry the dates on which they took effect, and say how exact these are."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from importlib import resources
from itertools import pairwise

import pytest

Table = Callable[[str], list[dict[str, str]]]
Members = Callable[[str, str], set[str]]

PRESENTED = "2022-07-22"
CABINET = "2022-07-26"
LATER = "2026-01-01"
NEVER = "9999"

# Where membership.csv keeps Korea alone, a count would say nothing.
WHOLE = {
    "admm-plus": 18,
    "apec": 21,
    "arf": 27,
    "asean": 11,
    "asean-plus-3": 13,
    "au": 54,  # its 55th, the Sahrawi Republic, is no country of ISO 3166-1
    "aukus": 3,
    "bimstec": 7,
    "brics": 10,
    "cptpp": 12,
    "eas": 18,
    "eaeu": 5,
    "efta": 4,
    "eu": 27,
    "g20": 21,  # 19 countries and two unions
    "g7": 7,
    "gcc": 6,
    "ipef": 14,
    "mercosur": 5,
    "mikta": 5,
    "nato": 32,
    "oecd": 38,
    "opec": 12,
    "pacific-alliance": 4,
    "pif": 18,
    "quad": 4,
    "rcep": 14,  # and Myanmar, which signed
    "saarc": 8,
    "sco": 10,
    "un": 193,
    "usmca": 3,
    "wto": 166,
}

# country_converter's list → ours, and what it has besides. Its G20 marks every state of
# the European Union; its CIS leaves Kyrgyzstan out, which ratified in 1992 and is a member.
LISTS = {"APEC": "apec", "EU27": "eu", "G7": "g7", "OECD": "oecd", "UNmember": "un"}
YEARS = {"OECD": "oecd", "UNmember": "un"}


def start(table: Table, organization: str, member: str) -> tuple[str, str]:
    """Return the first day of a full membership, and its precision."""
    (row,) = (
        row
        for row in table("memberships")
        if row["organization"] == organization
        and row["member"].partition("/")[2] == member
        and row["status"] == "member"
    )
    return row["valid_from"], row["precision"]


def country_converter() -> list[dict[str, str]]:
    """Return its rows as text."""
    path = resources.files("country_converter") / "country_data.tsv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t"))


@pytest.mark.parametrize(
    ("organization", "member", "day"),
    [
        ("rcep", "jpn", "2022-01-01"),
        ("rcep", "kor", "2022-02-01"),
        ("rcep", "mys", "2022-03-18"),
        ("rcep", "idn", "2023-01-02"),
        ("rcep", "phl", "2023-06-02"),
        ("cptpp", "jpn", "2018-12-30"),
        ("cptpp", "vnm", "2019-01-14"),
        ("cptpp", "per", "2021-09-19"),
        ("cptpp", "mys", "2022-11-29"),
        ("cptpp", "chl", "2023-02-21"),
        ("cptpp", "brn", "2023-07-12"),
        ("cptpp", "gbr", "2024-12-15"),
        ("asean", "tls", "2025-10-26"),
        ("g20", "au", "2023-09-09"),
        ("ipef", "kor", "2022-05-23"),
        ("ipef", "fji", "2022-05-26"),
        ("un", "kor", "1991-09-17"),
        ("un", "prk", "1991-09-17"),
        ("oecd", "kor", "1996-12-12"),
        ("nato", "fin", "2023-04-04"),
        ("nato", "swe", "2024-03-07"),
    ],
)
def test_a_membership_begins_on_its_day(
    table: Table, organization: str, member: str, day: str
) -> None:
    assert start(table, organization, member) == (day, "day")


@pytest.mark.parametrize(("organization", "count"), WHOLE.items())
def test_a_whole_roll_has_its_number(members: Members, organization: str, count: int) -> None:
    assert len(members(organization, LATER)) == count


def test_the_first_ten_of_rcep(members: Members) -> None:
    first = {"aus", "brn", "chn", "jpn", "khm", "lao", "nzl", "sgp", "tha", "vnm"}

    assert members("rcep", "2022-01-01") == first
    assert members("rcep", "2021-12-31") == set()


def test_myanmar_has_signed_rcep_and_is_no_member(table: Table, members: Members) -> None:
    """Whether RCEP is in force for Myanmar is disputed among its parties."""
    rows = [r for r in table("memberships") if r["member"] == "country/mmr"]

    assert [r["status"] for r in rows if r["organization"] == "rcep"] == ["signatory"]
    assert "mmr" not in members("rcep", LATER)


@pytest.mark.parametrize("day", [PRESENTED, CABINET, LATER])
def test_korea_is_in_rcep_and_ipef_and_not_in_cptpp(members: Members, day: str) -> None:
    assert "kor" in members("rcep", day)
    assert "kor" in members("ipef", day)
    assert "kor" not in members("cptpp", day)


def test_who_came_to_the_frameworks_of_goal_4_after_the_agenda(members: Members) -> None:
    came = {
        name: members(name, LATER) - members(name, CABINET)
        for name in ("g20", "apec", "oecd", "wto", "ipef", "rcep", "cptpp")
    }

    assert came == {
        "g20": {"au"},
        "apec": set(),
        "oecd": set(),
        "wto": {"com", "tls"},
        "ipef": set(),
        "rcep": {"idn", "phl"},
        "cptpp": {"mys", "chl", "brn", "gbr"},
    }


def test_the_united_kingdom_left_the_european_union(members: Members) -> None:
    """``valid_until`` is the last day on which it was a member."""
    assert "gbr" in members("eu", "2020-01-31")
    assert "gbr" not in members("eu", "2020-02-01")


@pytest.mark.parametrize("day", [CABINET, "2023-06-01", "2024-06-01", "2025-06-01", "2026-06-01"])
def test_the_security_council_has_five_permanent_and_ten_elected_members(
    members: Members, day: str
) -> None:
    assert len(members("unsc", day)) == 15
    assert {"chn", "fra", "gbr", "rus", "usa"} < members("unsc", day)


def test_korea_sits_in_no_council_of_which_its_seat_has_ended(members: Members) -> None:
    """In July 2022 it sat in two of the three that goal 5 names, not in the Security Council."""
    assert "kor" in members("hrc", CABINET)
    assert "kor" in members("ecosoc", CABINET)
    assert "kor" not in members("unsc", CABINET)
    assert "kor" in members("unsc", "2024-06-01")


def test_the_g20_is_19_countries_and_two_unions(members: Members) -> None:
    unions = {"eu", "au"}

    assert members("g20", LATER) & unions == unions
    assert len(members("g20", CABINET) - unions) == 19


def test_apec_has_economies_that_are_no_states(table: Table, members: Members) -> None:
    kinds = {row["id"]: row["kind"] for row in table("countries")}

    assert {m for m in members("apec", LATER) if kinds[m] != "state"} == {"hkg", "twn"}


def test_a_date_is_as_exact_as_it_says(table: Table) -> None:
    """A month is written as its first day and a year as its first, and never more exact."""
    for row in table("memberships"):
        date.fromisoformat(row["valid_from"])
        ending = {"day": "", "month": "-01", "year": "-01-01"}[row["precision"]]

        assert row["valid_from"].endswith(ending)
        if row["valid_until"]:
            assert row["valid_from"] < date.fromisoformat(row["valid_until"]).isoformat()


def test_the_periods_of_one_member_do_not_overlap(table: Table) -> None:
    periods = defaultdict(list)
    for row in table("memberships"):
        key = (row["organization"], row["member"])
        periods[key].append((row["valid_from"], row["valid_until"] or NEVER))
    for key, spans in periods.items():
        for (_, until), (since, _) in pairwise(spans):
            assert until < since, key


def test_nobody_joins_before_the_founding(table: Table) -> None:
    """Except the European Union, whose own list counts from the Communities of 1958."""
    founded = {row["id"]: row["founded"] for row in table("organizations")}
    early = {
        row["organization"]
        for row in table("memberships")
        if row["valid_from"][:4] < founded[row["organization"]][:4]
    }

    assert early == {"eu"}


@pytest.mark.parametrize(("column", "organization"), LISTS.items())
def test_country_converter_has_the_same_members(
    members: Members, column: str, organization: str
) -> None:
    theirs = {row["ISO3"].lower() for row in country_converter() if row[column].strip()}

    assert members(organization, LATER) == theirs


@pytest.mark.parametrize(("column", "organization"), YEARS.items())
def test_country_converter_has_the_same_years(table: Table, column: str, organization: str) -> None:
    for row in country_converter():
        if re.fullmatch(r"\d{4}", row[column]):
            day, _ = start(table, organization, row["ISO3"].lower())

            assert day[:4] == row[column], row["ISO3"]


def test_country_converter_marks_states_of_the_union_as_g20(members: Members) -> None:
    """The difference that we accept: only France, Germany and Italy sit there themselves."""
    theirs = {row["ISO3"].lower() for row in country_converter() if row["G20"].strip()}
    ours = members("g20", CABINET) - {"eu"}

    assert ours <= theirs
    assert theirs - ours == members("eu", CABINET) - {"fra", "deu", "ita"}


def test_country_converter_leaves_kyrgyzstan_out_of_the_cis(members: Members) -> None:
    theirs = {row["ISO3"].lower() for row in country_converter() if row["CIS"].strip()}

    assert members("cis", LATER) - theirs == {"kgz"}
    assert theirs <= members("cis", LATER)
