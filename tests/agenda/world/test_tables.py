"""The world tables fit together: every reference has its row, every row has its source."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import pytest

Table = Callable[[str], list[dict[str, str]]]

ROOT = Path(__file__).resolve().parents[3]
WORLD = ROOT / "data" / "tables" / "world"
CHECKS = Path(__file__).with_name("checks.csv")

HEADERS = {
    "bodies": "id kind label_ko label_en part_of valid_from valid_until wikidata source checked",
    "countries": "id iso2 iso3 m49 kind label_ko label_en wikidata region source",
    "country_groups": "id label_ko label_en members note",
    "events": "id label_ko label_en start end place status source checked",
    "instruments": "id kind label_ko label_en date parties source checked",
    "memberships": "organization member status valid_from valid_until precision source checked",
    "organizations": "id kind label_ko label_en short part_of founded dissolved wikidata homepage"
    " source checked",
    "places": "id label_ko label_en in wikidata source",
    "regions": "id label_ko label_en definition_ko definition_en m49 match broader",
    "terms": "id label_ko label_en start planned_end actual_end country source",
    "unnamed_actors": "id label_ko label_en note",
}
NAMED = sorted(set(HEADERS) - {"memberships"})
SOURCED = sorted(name for name, columns in HEADERS.items() if "source" in columns)
CHECKED = sorted(name for name, columns in HEADERS.items() if "checked" in columns)

# Words of the schemes that the tables use. The build refuses any other.
SCHEMES = {
    ("bodies", "kind"): {"ministry", "body"},
    ("countries", "kind"): "country-kind",
    ("events", "status"): "event-status",
    ("instruments", "kind"): "instrument-kind",
    ("memberships", "precision"): {"day", "month", "year"},
    ("memberships", "status"): "membership-status",
    ("organizations", "kind"): "organization-kind",
    ("regions", "match"): {"exact", "close", "related", "none"},
}
KINDS = {
    "countries": "country",
    "country_groups": "country-group",
    "organizations": "organization",
    "regions": "region",
    "bodies": "body",
    "places": "place",
    "events": "event",
    "instruments": "instrument",
    "unnamed_actors": "unnamed-actor",
}
SHORT = (
    *("UN", "APEC", "IPEF", "RCEP", "CPTPP", "ASEAN", "OECD", "WTO"),
    *("G20", "EU", "NATO", "MIKTA", "Quad", "IAEA", "WHO"),
)
SOURCE = r"https://[\w.-]+\.[a-z]+(/\S*)?|pkg:pypi/[\w-]+@[\d.]+"
PARTIAL = r"\d{4}(-\d{2}-\d{2})?"

# Seen in two careful sources each (model, section 8). Nothing else is shipped.
WIKIDATA = {
    "apec": "Q170481",
    "asean": "Q7768",
    "au": "Q7159",
    "eu": "Q458",
    "g20": "Q19771",
    "nato": "Q7184",
    "oecd": "Q41550",
    "un": "Q1065",
}

# The weakest honest relation to M49 (model, section 6).
MATCHES = {
    "africa": ("close", "002"),
    "central-america": ("close", "013"),
    "central-asia": ("exact", "143"),
    "east-asia": ("none", ""),
    "europe": ("close", "150"),
    "latin-america": ("close", "419"),
    "middle-east": ("related", "145"),
}


def ids(table: Table, name: str) -> set[str]:
    """Return the ids of one table."""
    return {row["id"] for row in table(name)}


def key(name: str, row: dict[str, str]) -> str:
    """Return how checks.csv names a row."""
    if name == "memberships":
        return f"{row['organization']}/{row['member'].partition('/')[2]}"
    return row["id"]


def concepts(scheme: str) -> set[str]:
    """Return the notations of one scheme of the ontology."""
    text = (ROOT / "ontology" / "schemes" / f"{scheme}.ttl").read_text(encoding="utf-8")
    return set(re.findall(r'skos:notation "([^"]+)"', text))


@pytest.mark.parametrize("name", HEADERS)
def test_the_file_is_plain_csv(name: str) -> None:
    """UTF-8 in NFC, LF, a full header, and no cell with blanks around it."""
    text = (WORLD / f"{name}.csv").read_bytes().decode("utf-8")

    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text
    header, *rows = csv.reader(text.splitlines(), strict=True)
    assert " ".join(header) == HEADERS[name]
    for row in rows:
        assert len(row) == len(header), row
        assert [cell.strip() for cell in row] == row, row


def test_there_is_no_table_that_no_test_knows() -> None:
    assert {path.stem for path in WORLD.glob("*.csv")} == set(HEADERS)


@pytest.mark.parametrize("name", NAMED)
def test_ids_are_sorted_unique_and_fit_into_an_iri(table: Table, name: str) -> None:
    found = [row["id"] for row in table(name)]

    assert found == sorted(set(found))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?", i) for i in found)


@pytest.mark.parametrize("name", NAMED)
def test_everything_has_a_label_in_both_languages(table: Table, name: str) -> None:
    for row in table(name):
        assert re.search(r"[가-힣]|^MIKTA$", row["label_ko"]), row["id"]
        assert re.search(r"[A-Za-z]", row["label_en"]), row["id"]
        assert not re.search(r"[가-힣]", row["label_en"]), row["id"]


def test_no_two_things_share_a_label(table: Table) -> None:
    """Every label is a name that the linker looks for: two readings would be a guess."""
    bearers = defaultdict(set)
    for name, kind in KINDS.items():
        for row in table(name):
            for column in ("label_ko", "label_en", "short"):
                if row.get(column):
                    bearers[row[column]].add(f"{kind}/{row['id']}")

    assert {label: who for label, who in bearers.items() if len(who) > 1} == {}


@pytest.mark.parametrize("name", SOURCED)
def test_every_row_has_a_source(table: Table, name: str) -> None:
    """An official page, or a package with its version."""
    for row in table(name):
        for source in row["source"].split(";"):
            assert re.fullmatch(SOURCE, source), row


@pytest.mark.parametrize("name", CHECKED)
def test_a_check_that_is_claimed_is_on_record(table: Table, name: str) -> None:
    """``checked`` is the day on which we read the value elsewhere; checks.csv says where."""
    with CHECKS.open(encoding="utf-8", newline="") as lines:
        patterns = [row["rows"] for row in csv.DictReader(lines) if row["table"] == name]
    for row in table(name):
        if row["checked"]:
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["checked"]), row
            assert any(fnmatch(key(name, row), pattern) for pattern in patterns), row


def test_no_check_is_on_record_for_nothing(table: Table) -> None:
    with CHECKS.open(encoding="utf-8", newline="") as lines:
        for check in csv.DictReader(lines):
            rows = table(check["table"])
            hits = [row for row in rows if fnmatch(key(check["table"], row), check["rows"])]
            assert any(row.get("checked", "-") for row in hits), check


@pytest.mark.parametrize(("place", "words"), SCHEMES.items())
def test_kinds_and_statuses_are_concepts(
    table: Table, place: tuple[str, str], words: str | set[str]
) -> None:
    name, column = place
    allowed = concepts(words) if isinstance(words, str) else words

    assert {row[column] for row in table(name)} - {""} <= allowed


def test_references_have_their_rows(table: Table) -> None:
    things = {f"{kind}/{i}" for name, kind in KINDS.items() for i in ids(table, name)}
    refer = {
        *(row["member"] for row in table("memberships")),
        *(f"organization/{row['organization']}" for row in table("memberships")),
        *(f"organization/{row['part_of']}" for row in table("organizations") if row["part_of"]),
        *(f"body/{row['part_of']}" for row in table("bodies") if row["part_of"]),
        *(f"region/{row['region']}" for row in table("countries") if row["region"]),
        *(f"region/{row['broader']}" for row in table("regions") if row["broader"]),
        *(f"place/{row['place']}" for row in table("events") if row["place"]),
        *(f"country/{row['country']}" for row in table("terms")),
        *(f"country/{i}" for row in table("places") for i in row["in"].split(";")),
        *(p for row in table("instruments") for p in row["parties"].split(";") if p),
        *(m for row in table("country_groups") for m in row["members"].split(";")),
    }

    assert refer - things == set()


def test_a_group_is_named_after_its_members(table: Table) -> None:
    for row in table("country_groups"):
        codes = [member.removeprefix("country/") for member in row["members"].split(";")]

        assert row["id"] == "-".join(sorted(set(codes)))


def test_the_groups_of_the_agenda_are_there(table: Table) -> None:
    groups = {row["label_ko"]: row["id"] for row in table("country_groups")}

    assert groups["한미일"] == "jpn-kor-usa"
    assert groups["남북미"] == "kor-prk-usa"
    assert groups["미·중·일·러"] == "chn-jpn-rus-usa"


def test_organs_and_only_they_are_parts(table: Table) -> None:
    """The International Development Association is a bank of the World Bank Group."""
    parts = {row["id"]: row["kind"] for row in table("organizations") if row["part_of"]}

    assert {i for i, kind in parts.items() if kind != "organ"} == {"ida"}
    assert {r["id"] for r in table("organizations") if r["kind"] == "organ"} <= set(parts)


def test_the_security_council_is_an_organ_of_the_united_nations(table: Table) -> None:
    (row,) = (row for row in table("organizations") if row["id"] == "unsc")

    assert (row["kind"], row["part_of"]) == ("organ", "un")


def test_organizations_link_to_the_eight_verified_items_and_no_other(table: Table) -> None:
    linked = {row["id"]: row["wikidata"] for row in table("organizations") if row["wikidata"]}

    assert linked == WIKIDATA


def test_organizations_are_known_by_their_short_forms(table: Table) -> None:
    short = {row["short"]: row["id"] for row in table("organizations")}

    for name in SHORT:
        assert short[name] == name.lower()


@pytest.mark.parametrize(("region", "match"), MATCHES.items())
def test_regions_match_m49_as_weakly_as_is_honest(
    table: Table, region: str, match: tuple[str, str]
) -> None:
    (row,) = (row for row in table("regions") if row["id"] == region)

    assert (row["match"], row["m49"]) == match


def test_a_region_has_a_number_where_it_has_a_match(table: Table) -> None:
    for row in table("regions"):
        assert (row["match"] == "none") == (row["m49"] == ""), row
        assert re.fullmatch(r"(\d{3})?", row["m49"])
        assert row["id"] == f"m49-{row['m49']}" or not row["id"].startswith("m49-")


def test_dates_are_days_or_years(table: Table) -> None:
    for row in table("organizations"):
        assert re.fullmatch(PARTIAL, row["founded"]) or row["kind"] == "dialogue-format", row
    for row in table("bodies"):
        assert re.fullmatch(r"(\d{4}-\d{2}-\d{2})?", row["valid_from"]), row
        assert row["valid_from"] < (row["valid_until"] or "9999")
    for row in table("events"):
        assert date.fromisoformat(row["start"]) <= date.fromisoformat(row["end"] or "9999-12-31")
    for row in table("instruments"):
        assert not row["date"] or date.fromisoformat(row["date"]) < date(2026, 1, 1)


def test_the_term_of_the_agenda(table: Table) -> None:
    (row,) = (row for row in table("terms") if row["start"] <= "2022-07-26" <= row["actual_end"])

    assert row["start"] == "2022-05-10"
    assert row["planned_end"] == "2027-05-09"
    assert row["actual_end"] == "2025-04-04"


@pytest.mark.parametrize(
    ("body", "since"),
    [
        ("kr/oka", "2023-06-05"),
        ("kr/expo-2030-bid-committee", "2022-07-08"),
        ("kr/emerging-security-committee", ""),
        ("kr/national-cybersecurity-committee", ""),
    ],
)
def test_promised_bodies_have_their_day(table: Table, body: str, since: str) -> None:
    (row,) = (row for row in table("bodies") if row["id"] == body)

    assert row["valid_from"] == since


def test_the_eighteen_ministries_of_2022(table: Table) -> None:
    """And the intelligence service is none of them."""
    ministries = {
        row["id"]
        for row in table("bodies")
        if row["kind"] == "ministry"
        and row["valid_from"] <= "2022-07-26" <= (row["valid_until"] or "9999")
    }

    assert len(ministries) == 18
    assert {"kr/mofa", "kr/motie", "kr/msit", "kr/mnd", "kr/mou"} <= ministries
    assert "kr/nis" not in ministries
