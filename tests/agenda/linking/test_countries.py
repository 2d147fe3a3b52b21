"""Every country and territory of CLDR is known by its Korean and by its English name."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from babel import Locale

from agendagraph.agenda.linking import find_mentions
from agendagraph.files import TABLES

if TYPE_CHECKING:
    from agendagraph.agenda.linking import Gazetteer

NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes of CLDR for organisations, for regions and for tests."""

PLACES = {"AC", "CP", "DG", "EA", "IC", "TA"}
"""Codes of CLDR for parts of countries, without a code of their own in ISO 3166."""

KOREAN = Locale("ko").territories
ENGLISH = Locale("en").territories
CODES = sorted(code for code in KOREAN if len(code) == 2 and code not in NO_COUNTRIES)

ORDINARY_WORDS = {"SD", "ML", "HT", "GG", "JE"}
"""수단, 말리, 아이티, 건지, 저지: read as countries only in a context that says so."""


def particle(name: str) -> str:
    return "과" if (ord(name[-1]) - 0xAC00) % 28 else "와"


def names_one_country(sentence: str, gazetteer: Gazetteer) -> bool:
    kinds = ("country/", "place/")
    return any(
        m.entity.startswith(kinds) or any(x.startswith(kinds) for x in m.members)
        for m in find_mentions(sentence, gazetteer)
    )


@pytest.mark.parametrize("code", CODES)
def test_cldr_name_in_korean(code: str, gazetteer: Gazetteer) -> None:
    name = KOREAN[code].partition("(")[0]

    assert names_one_country(f"{name} 정부{particle('부')} 합의", gazetteer)
    if code not in ORDINARY_WORDS:
        assert names_one_country(f"{name}{particle(name)} 함께", gazetteer)


@pytest.mark.parametrize("code", sorted(set(CODES) - {"JE"}))
def test_cldr_name_in_english(code: str, gazetteer: Gazetteer) -> None:
    name = ENGLISH[code].removesuffix(" SAR China").partition(" (")[0]

    assert names_one_country(f"cooperation with {name}, and more", gazetteer)


def test_each_label_names_its_own_country(gazetteer: Gazetteer) -> None:
    table = (TABLES / "world" / "countries.csv").read_text("utf-8")
    wrong = []
    for row in csv.DictReader(table.splitlines()):
        for sentence in (f"{row['label_ko']} 정부", f"visit to {row['label_en']} Island"):
            found = find_mentions(sentence, gazetteer)
            if [m.entity for m in found] != [f"country/{row['id']}"]:
                wrong.append((sentence, found))

    assert wrong == []


@pytest.mark.parametrize(
    ("surface", "iso3"),
    [
        ("미합중국", "usa"),
        ("중화인민공화국", "chn"),
        ("조선민주주의인민공화국", "prk"),
        ("북측", "prk"),
        ("러시아연방", "rus"),
        ("터키", "tur"),
        ("튀르키예", "tur"),
        ("화란", "nld"),
        ("코트디부아르", "civ"),
        ("동티모르", "tls"),
        ("남아공", "zaf"),
        ("UAE", "are"),
        ("사우디", "sau"),
        ("우즈벡", "uzb"),
        ("DR콩고", "cod"),
        ("콩고민주공화국", "cod"),
        ("스와질란드", "swz"),
        ("북마케도니아", "mkd"),
        ("타이완", "twn"),
        ("교황청", "vat"),
        ("바티칸", "vat"),
        ("USA", "usa"),
        ("U.S.", "usa"),
        ("United States of America", "usa"),
        ("UK", "gbr"),
        ("DPRK", "prk"),
        ("PRC", "chn"),
        ("Czech Republic", "cze"),
        ("Cote d'Ivoire", "civ"),
    ],
)
def test_other_names(surface: str, iso3: str, gazetteer: Gazetteer) -> None:
    (mention,) = find_mentions(f"{surface} 정부와 협력", gazetteer)

    assert (mention.surface, mention.entity) == (surface, f"country/{iso3}")
