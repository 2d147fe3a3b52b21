"""The coding is complete: no deed and no name of the page is left out."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from agendagraph.agenda.source import Element

    Table = Callable[[str], list[dict[str, str]]]

CODED = {"Lead", "Action", "Objective"}
TITLED = {"Goal", "Section", "ContentItem", "RegionHeading"}

# Written by hand from the page, and not taken from the linker: it is a second pair of eyes.
NAMED = {
    "남북미": ("country/prk", "country/usa"),
    "한미일": ("country/jpn", "country/usa"),
    "미·중·일·러": ("country/chn", "country/jpn", "country/rus", "country/usa"),
    "중·러": ("country/chn", "country/rus"),
    "한미": ("country/usa",),
    "미국": ("country/usa",),
    "워싱턴": ("country/usa",),
    "한중": ("country/chn",),
    "한일": ("country/jpn",),
    "일본": ("country/jpn",),
    "한·러": ("country/rus",),
    "대러": ("country/rus",),
    "북한": ("country/prk",),
    "대북": ("country/prk",),
    "우크라이나": ("country/ukr",),
    "호주": ("country/aus",),
    "뉴질랜드": ("country/nzl",),
    "영국": ("country/gbr",),
    "EU": ("organization/eu",),
    "아세안": ("organization/asean",),
    "안보리": ("organization/unsc",),
    "유엔": ("organization/un",),
    "G20": ("organization/g20",),
    "APEC": ("organization/apec",),
    "OECD": ("organization/oecd",),
    "WTO": ("organization/wto",),
    "IPEF": ("organization/ipef",),
    "RCEP": ("organization/rcep",),
    "CPTPP": ("organization/cptpp",),
    "한-중앙아 협력 포럼": ("organization/korea-central-asia-forum",),
    "2+2 회의": ("organization/kor-usa-2plus2",),
    "우방국": ("unnamed-actor/friendly-countries",),
    "국제기구": ("unnamed-actor/international-organizations",),
    "국제사회": ("unnamed-actor/international-community",),
    "중동 주요국": ("unnamed-actor/middle-east-major-countries",),
    "주요국": ("unnamed-actor/major-countries",),
    "유럽국가": ("unnamed-actor/european-countries",),
    "태평양도서국": ("unnamed-actor/pacific-island-countries",),
    "인도·태평양 지역 국가": ("unnamed-actor/indo-pacific-countries",),
    "중앙아 국가": ("unnamed-actor/central-asian-countries",),
    "원천기술 보유국": ("unnamed-actor/technology-holding-countries",),
    "다자경제협력체": ("unnamed-actor/multilateral-economic-bodies",),
    "취약계층": ("unnamed-actor/vulnerable-groups",),
    "국가배후 조직": ("unnamed-actor/state-backed-organizations",),
    "국제 해킹조직": ("unnamed-actor/international-hacking-groups",),
    "대(對)중미": ("region/central-america",),
    "아프리카": ("region/africa",),
    "중남미": ("region/latin-america",),
    "중앙아시아": ("region/central-asia",),
    "중동": ("region/middle-east",),
    "인태지역": ("region/indo-pacific",),
    "인태 지역": ("region/indo-pacific",),
    "인태정책": ("region/indo-pacific",),
    "유럽과": ("region/europe",),
    "아태지역": ("region/asia-pacific",),
    "동북아": ("region/northeast-asia",),
    "상호주의": (),  # reciprocity, and no Australia
}


def coded(elements: dict[str, Element]) -> list[Element]:
    return [element for element in elements.values() if element.kind in CODED]


def named_in(text: str) -> set[str]:
    """Return the entities named in *text*, the longest name first."""
    longest_first = sorted(NAMED, key=len, reverse=True)
    surfaces = re.findall("|".join(map(re.escape, longest_first)), text)
    return {entity for surface in surfaces for entity in NAMED[surface]}


def test_every_element_is_translated_once(table: Table, elements: dict[str, Element]) -> None:
    rows = table("labels")

    assert [row["element"] for row in rows] == list(elements)
    assert len(rows) == 160
    for row in rows:
        assert re.search("[A-Za-z]", row["translation"]), row
        assert not re.search("[가-힣]", row["translation"]), row


def test_titles_are_clean(table: Table, elements: dict[str, Element]) -> None:
    """A goal's title is without the ministries that share in leading it."""
    for row in table("labels"):
        element = elements[row["element"]]
        titled = element.kind in TITLED

        assert bool(row["label_ko"]) == bool(row["label_en"]) == titled, row
        if titled:
            assert element.text.startswith(row["label_ko"])
            assert "공동주관" not in row["label_ko"]
            assert "jointly" not in row["label_en"]
    assert "jointly" in next(r["translation"] for r in table("labels") if r["element"] == "g7")


def test_every_lead_action_and_objective_commits_to_something(
    table: Table, elements: dict[str, Element]
) -> None:
    committed = {row["element"] for row in table("commitments")}

    assert committed == {element.id for element in coded(elements)}


def test_commitments_follow_the_words_and_reach_their_end(
    table: Table, elements: dict[str, Element]
) -> None:
    """Quotes stand in order, do not overlap, and the last one closes the element."""
    quotes: dict[str, list[str]] = defaultdict(list)
    for row in table("commitments"):
        quotes[row["element"]].append(row["quote"])
        assert int(row["order"]) == len(quotes[row["element"]])
    for element, parts in quotes.items():
        text, end = elements[element].text, 0
        for part in parts:
            start = text.find(part, end)
            assert start >= end, (element, part)
            end = start + len(part)

        assert end == len(text), element


def test_what_no_commitment_quotes_is_only_joints_and_means(
    table: Table, elements: dict[str, Element]
) -> None:
    """Between quotes stand conjunctions and phrases that introduce them, and few of those."""
    left = {element.id: element.text for element in coded(elements)}
    for row in table("commitments"):
        left[row["element"]] = left[row["element"]].replace(row["quote"], "\n", 1)
    remains = {
        (element, part)
        for element, text in left.items()
        for part in (piece.strip(" ,/").strip() for piece in text.split("\n"))
        if part and not re.fullmatch("및|등|등을 통해|을 통해|을 통한|를 통해|하고|과|에|와", part)
    }

    assert remains == {
        ("g2/o1", "이를 통해"),
        ("g2/c3/lead", "등을 토대로"),
        ("g2/c4/a1", "하는 가운데"),
        ("g4/c2/a1", "특히, 글로벌 중추국가로서"),
    }


def test_labels_of_commitments_are_written_out(table: Table) -> None:
    for row in table("commitments"):
        assert re.search("[가-힣]", row["label_ko"]), row
        assert re.match("[A-Z]", row["label_en"]), row
        assert not re.search("[가-힣]", row["label_en"]), row


def test_everything_with_a_theme_has_shares_that_sum_to_one(
    table: Table, elements: dict[str, Element]
) -> None:
    shares: dict[str, Decimal] = defaultdict(Decimal)
    for row in table("themes"):
        assert Decimal(row["share"]) > 0
        shares[row["subject"]] += Decimal(row["share"])
    aims = {e.id for e in elements.values() if e.kind in {"Objective", "ExpectedEffect"}}

    assert set(shares) == {row["id"] for row in table("commitments")} | aims
    assert set(shares.values()) == {Decimal(1)}


def test_a_theme_is_given_once_to_a_subject(table: Table) -> None:
    pairs = [(row["subject"], row["theme"]) for row in table("themes")]

    assert len(pairs) == len(set(pairs))


def test_who_is_named_in_a_coded_element_is_engaged_in_it(
    table: Table, elements: dict[str, Element]
) -> None:
    """With a role at least of context, so that leaving somebody out is a decision."""
    of = {row["id"]: row["element"] for row in table("commitments")}
    engaged: dict[str, set[str]] = defaultdict(set)
    for row in table("engagements"):
        engaged[of[row["commitment"]]].add(row["counterpart"])
    for element in coded(elements):
        missing = named_in(element.text) - engaged[element.id]

        assert not missing, (element.id, missing)


def test_who_is_engaged_is_named_in_the_evidence(
    table: Table, elements: dict[str, Element]
) -> None:
    """No counterpart comes from what a coder knew: the words of the quote's element name it."""
    for row in table("engagements"):
        assert row["counterpart"] in named_in(elements[row["evidence"]].text), row


def test_evidence_is_the_element_or_a_heading_above_it(
    table: Table, elements: dict[str, Element]
) -> None:
    of = {row["id"]: row["element"] for row in table("commitments")}
    for row in table("engagements"):
        element = of[row["commitment"]]
        above = row["evidence"]

        assert element.startswith(above), row
        assert above == element or elements[above].kind in {"ContentItem", "RegionHeading"}, row


def test_korea_is_never_a_counterpart(table: Table) -> None:
    counterparts = {row["counterpart"] for row in table("engagements")}

    assert "country/kor" not in counterparts
    assert not any(thing.startswith("body/") for thing in counterparts)


def test_a_counterpart_has_one_role_in_a_commitment(table: Table) -> None:
    """Save a host, which may be a party as well."""
    seen = [
        (row["commitment"], row["counterpart"])
        for row in table("engagements")
        if row["role"] != "host-venue"
    ]

    assert len(seen) == len(set(seen))


def test_a_group_is_given_where_and_only_where_one_is_gone_through(table: Table) -> None:
    prefix = {"via-group": "country-group/", "via-region": "region/"}
    for row in table("engagements"):
        expected = prefix.get(row["explicitness"], "")

        assert row["via_group"].startswith(expected), row
        assert bool(row["via_group"]) == bool(expected), row
        if row["explicitness"] == "via-group":
            group = row["via_group"].removeprefix("country-group/").split("-")
            assert row["counterpart"].removeprefix("country/") in group, row


def test_what_is_unnamed_is_coded_as_generic(table: Table) -> None:
    for row in table("engagements"):
        unnamed = row["counterpart"].startswith("unnamed-actor/")

        assert unnamed == (row["explicitness"] in {"generic", "via-region"}), row


def test_a_written_condition_makes_an_engagement_conditional(table: Table) -> None:
    conditioned = {row["id"] for row in table("commitments") if row["condition"]}
    conditional = {
        row["commitment"] for row in table("engagements") if row["stance"] == "conditional"
    }

    assert conditioned == conditional == {"g1/c1/a2/k1", "g1/c2/a4/k1"}


def test_pressure_is_said_in_words(table: Table, elements: dict[str, Element]) -> None:
    for row in table("engagements"):
        if row["role"] == "pressure-target":
            assert re.search("제재|위협|억지", row["quote"]), row
        if row["role"] == "ally":
            assert re.search("동맹|연합방위", elements[row["evidence"]].text), row
        if row["role"] == "negotiation-counterpart":
            context = elements[row["evidence"]].text
            assert re.search("협상|대화채널", context), row
