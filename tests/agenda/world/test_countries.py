"""Two packages that had no part in the country table agree with it."""

import csv
import gettext
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pycountry
import pytest

Table = Callable[[str], list[dict[str, str]]]
Members = Callable[[str, str], set[str]]

HERE = Path(__file__).parent

# What country_converter says otherwise, and why we keep ours. ISO code → its value.
OTHER_REGION = {
    "NRU": "Polynesia",  # M49 itself has Nauru in Micronesia, as rigour does
}
OTHER_NUMBER = {
    "XKX": "412",  # neither ISO 3166-1 nor M49 gives Kosovo a number
}
OTHER_ISO2 = {
    "GBR": "^GB$|^UK$",  # its column holds patterns: UK is reserved, GB is the code
    "GRC": "^GR$|^EL$",  # the same: EL is the code of the European Union
}
UNRECOGNISED = {
    "umi",  # its pattern wants "minor" in the name
}

# Where the Korean names of Debian's iso-codes (in pycountry) differ: another name, or the
# name with its status. CLDR's is kept unless country_overrides.csv says otherwise.
OTHER_KOREAN = {
    *("atf", "aus", "bes", "brn", "cog", "dma", "eri", "flk", "fsm", "ggy", "jey", "maf", "msr"),
    *("ncl", "prk", "rus", "shn", "sjm", "sxm", "twn", "umi", "vat", "vgb", "vir", "wlf"),
}


def tsv() -> dict[str, dict[str, str]]:
    """Return the rows of country_converter by ISO 3166-1 alpha-3 code."""
    path = resources.files("country_converter") / "country_data.tsv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    return {row["ISO3"]: row for row in rows}


def m49_names(table: Table) -> dict[str, str]:
    """Return the M49 name of each region id."""
    return {row["id"]: row["label_en"].removesuffix(" (M49)") for row in table("regions")}


def test_every_iso_code_has_a_row_and_kosovo_has_one_too(table: Table) -> None:
    codes = {row["iso3"] for row in table("countries")}

    assert codes == {country.alpha_3 for country in pycountry.countries} | {"XKX"}
    assert len(codes) == 250


@pytest.mark.parametrize(
    ("code", "column", "value"),
    [
        ("nam", "iso2", "NA"),  # not a missing value
        ("bra", "m49", "076"),  # not the number 76
        ("afg", "m49", "004"),
        ("kor", "label_ko", "대한민국"),
        ("aus", "label_ko", "호주"),
        ("hkg", "label_ko", "홍콩"),
        ("hkg", "kind", "economy"),
        ("twn", "kind", "economy"),
        ("grl", "kind", "territory"),
        ("vat", "kind", "state"),
        ("jpn", "wikidata", "Q17"),
        ("dnk", "wikidata", "Q35"),
        ("kaz", "region", "m49-143"),
        ("deu", "region", "m49-155"),
    ],
)
def test_values_that_are_easily_lost(table: Table, code: str, column: str, value: str) -> None:
    (row,) = (row for row in table("countries") if row["id"] == code)

    assert row[column] == value


def test_codes_have_their_form(table: Table) -> None:
    for row in table("countries"):
        assert row["id"] == row["iso3"].lower()
        assert re.fullmatch(r"[A-Z]{2} [A-Z]{3}", f"{row['iso2']} {row['iso3']}")
        assert re.fullmatch(r"\d{3}", row["m49"]) or row["iso3"] == "XKX"
        assert re.fullmatch(r"Q\d+", row["wikidata"])


def test_no_two_countries_share_a_code_or_a_wikidata_item(table: Table) -> None:
    for column in ("iso2", "iso3", "m49", "wikidata", "label_ko", "label_en"):
        values = [row[column] for row in table("countries")]

        assert sorted(set(values)) == sorted(values), column


def test_states_are_the_members_and_observers_of_the_vienna_formula(
    table: Table, members: Members
) -> None:
    """195 of the United Nations, and three that are members of its agencies."""
    states = {row["id"] for row in table("countries") if row["kind"] == "state"}

    assert states - members("un", "2022-07-26") == {"vat", "pse", "cok", "niu", "xkx"}


def test_country_converter_agrees_on_codes(table: Table) -> None:
    others = tsv()
    for row in table("countries"):
        other = others[row["iso3"]]
        number = OTHER_NUMBER.get(row["iso3"], row["m49"].lstrip("0"))

        assert other["ISO2"] == OTHER_ISO2.get(row["iso3"], row["iso2"])
        assert other["ISOnumeric"].strip() == number


def test_country_converter_agrees_on_regions(table: Table) -> None:
    others, names = tsv(), m49_names(table)
    for row in table("countries"):
        ours = names.get(row["region"], "Antarctica")

        assert others[row["iso3"]]["UNregion"] == OTHER_REGION.get(row["iso3"], ours)


def test_country_converter_recognises_the_english_names(table: Table) -> None:
    """Its patterns find in each label the country that the label is of, and no other."""
    others = tsv()
    unrecognised = {
        row["id"]
        for row in table("countries")
        if [
            code
            for code, other in others.items()
            if re.search(other["regex"], row["label_en"], re.IGNORECASE)
        ]
        != [row["iso3"]]
    }

    assert unrecognised == UNRECOGNISED


def test_iso_codes_agrees_on_the_korean_names(table: Table) -> None:
    """A translation made apart from CLDR has the same names, spaces aside."""
    translated = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["ko"])
    different = set()
    for row in table("countries"):
        country = pycountry.countries.get(alpha_3=row["iso3"])
        if country is None:
            continue
        english = {country.name, getattr(country, "common_name", country.name)}
        korean = {translated.gettext(name).replace(" ", "") for name in english}
        if row["label_ko"].replace(" ", "") not in korean:
            different.add(row["id"])

    assert different == OTHER_KOREAN
