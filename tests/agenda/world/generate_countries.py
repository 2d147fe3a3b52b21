"""Generate ``data/tables/world/countries.csv`` from three packages.

ISO 3166-1 codes come from pycountry, Korean and English names from CLDR (babel),
Wikidata items and regions from rigour. What these get wrong for our purpose stands,
with a reason, in ``country_overrides.csv`` beside this file; nothing else is changed
by hand, and a test compares the committed table with a fresh one byte for byte.

Six CLDR "territories" have no ISO 3166-1 code of their own (Ascension, Clipperton,
Diego Garcia, Ceuta and Melilla, the Canaries, Tristan da Cunha): they are places
within a country, and so rows of ``places.csv``. Kosovo has no ISO code either, but is
a party to treaties; it has the user-assigned codes XK and XKX, and no M49 code.

Run ``python tests/agenda/world/generate_countries.py`` from the root to write the table anew.
"""

import csv
import io
from importlib.metadata import version
from pathlib import Path

import pycountry
from babel import Locale
from rigour.territories import get_territory

ROOT = Path(__file__).resolve().parents[3]
TABLE = ROOT / "data" / "tables" / "world" / "countries.csv"
OVERRIDES = Path(__file__).with_name("country_overrides.csv")

COLUMNS = (
    *("id", "iso2", "iso3", "m49", "kind"),
    *("label_ko", "label_en", "wikidata", "region", "source"),
)

# The smallest M49 area that holds a country, under rigour's name of it.
M49_AREAS = {
    "Australia and New Zealand": "053",
    "Caribbean": "029",
    "Central America": "013",
    "Central Asia": "143",
    "Eastern Africa": "014",
    "Eastern Asia": "030",
    "Eastern Europe": "151",
    "Melanesia": "054",
    "Micronesia": "057",
    "Middle Africa": "017",
    "Northern Africa": "015",
    "Northern America": "021",
    "Northern Europe": "154",
    "Polynesia": "061",
    "South America": "005",
    "South-eastern Asia": "035",
    "Southern Africa": "018",
    "Southern Asia": "034",
    "Southern Europe": "039",
    "Western Africa": "011",
    "Western Asia": "145",
    "Western Europe": "155",
}

# Separate customs territories that sit in APEC or the WTO in their own right, as
# "economies": Hong Kong, Macao, Taiwan (there "Chinese Taipei").
ECONOMIES = frozenset({"HK", "MO", "TW"})

# What is neither a state nor an economy, in the sense of the "Vienna formula" of the
# United Nations (Treaty Handbook): no member or observer of the United Nations and no
# member state of a specialised agency. Dependencies, Antarctica, Western Sahara.
TERRITORIES = frozenset(
    {
        *("AI", "AQ", "AS", "AW", "AX", "BL", "BM", "BQ", "BV", "CC", "CW", "CX", "EH", "FK"),
        *("FO", "GF", "GG", "GI", "GL", "GP", "GS", "GU", "HM", "IM", "IO", "JE", "KY", "MF"),
        *("MP", "MQ", "MS", "NC", "NF", "PF", "PM", "PN", "PR", "RE", "SH", "SJ", "SX", "TC"),
        *("TF", "TK", "UM", "VG", "VI", "WF", "YT"),
    }
)


def kind(iso2: str) -> str:
    """Return whether *iso2* is a state, an economy or a territory (``countryKind``)."""
    if iso2 in ECONOMIES:
        return "economy"
    return "territory" if iso2 in TERRITORIES else "state"


def english(name: str) -> str:
    """Return CLDR's English *name* without the short forms of narrow columns."""
    return name.replace(" & ", " and ").replace("St. ", "Saint ")


def overrides() -> dict[str, dict[str, str]]:
    """Return column → value for every ISO code that has an override."""
    changes: dict[str, dict[str, str]] = {}
    with OVERRIDES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            changes.setdefault(row["iso2"], {})[row["column"]] = row["value"]
    return changes


def country(iso2: str, iso3: str, m49: str) -> dict[str, str]:
    """Return the row of one country before overrides."""
    territory = get_territory(iso2.lower())
    if territory is None or territory.qid is None:
        raise LookupError(f"rigour has no Wikidata item for {iso2}")
    area = M49_AREAS.get(territory.subregion or "")
    return {
        "id": iso3.lower(),
        "iso2": iso2,
        "iso3": iso3,
        "m49": m49,
        "kind": kind(iso2),
        "label_ko": Locale("ko").territories[iso2],
        "label_en": english(Locale("en").territories[iso2]),
        "wikidata": territory.qid,
        "region": f"m49-{area}" if area else "",
        "source": ";".join(f"pkg:pypi/{p}@{version(p)}" for p in ("babel", "pycountry", "rigour")),
    }


def countries() -> list[dict[str, str]]:
    """Return all rows, sorted by id: ISO 3166-1 and Kosovo."""
    codes = [(c.alpha_2, c.alpha_3, c.numeric) for c in pycountry.countries]
    changes = overrides()
    rows = [
        country(*code) | changes.get(code[0], {}) for code in sorted([*codes, ("XK", "XKX", "")])
    ]
    return sorted(rows, key=lambda row: row["id"])


def table() -> str:
    """Return the whole table as CSV (RFC 4180, but with LF), header first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(countries())
    return text.getvalue()


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8", newline="\n")
