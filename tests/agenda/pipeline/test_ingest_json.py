"""The JSON of a page has one shape, and says who is named where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agendagraph import files
from agendagraph.agenda.pipeline.ingest.draft import read_and_link
from agendagraph.agenda.pipeline.ingest.json_document import Mention, PageElement, as_json

if TYPE_CHECKING:
    from agendagraph.agenda.pipeline.tables.reading import Tables

PAGE = """\
□ 남북관계 정상화 (외교부·국방부와 공동주관)
  [과제목표]
   ○ 한미 공조를 바탕으로 남북관계 정상화 추진
  [주요내용]
   ○ 북한인권 증진
     국제사회와 협력하여 북한 주민의 인권 개선
     - 유엔 총회에서 북한인권결의 채택 지원, ㅁㅁ재단 지원 확대
"""


def test_json_says_who_is_named_and_where(tables: Tables) -> None:
    """Offsets of elements count in the page, those of mentions in their element."""
    page = read_and_link(PAGE.encode(), name="mou.txt", tables=tables)

    elements = {each["id"]: each for each in as_json(page.linked, tables)["elements"]}

    objective = elements["g1/o1"]
    assert PAGE[objective["start"] : objective["end"]] == objective["text"]
    pair = objective["mentions"][0]
    assert pair["surface"] == objective["text"][pair["start"] : pair["end"]] == "한미"
    assert (pair["kind"], pair["id"]) == ("country-group", "country-group/kor-usa")
    assert pair["members"] == ["KOR", "USA"]
    assert "iso3" not in pair
    (_, north, *_) = elements["g1/c1/lead"]["mentions"]
    assert north == {
        "surface": "북한",
        "start": north["start"],
        "end": north["start"] + 2,
        "kind": "country",
        "id": "country/prk",
        "iso3": "PRK",
        "self": False,
        "members": [],
        "parts": [],
    }
    united_nations = elements["g1/c1/a1"]["mentions"][0]
    assert united_nations["label"] == "UNGA"
    kinds = {m["id"]: m["kind"] for m in elements["g1"]["mentions"]}
    assert kinds["body/kr/mofa"] == "ministry"


def test_json_has_one_shape(tables: Tables) -> None:
    """Each object has the keys of its class, and a list holds one kind of thing."""
    data = (files.SOURCE / "kr-mofa-2022.txt").read_bytes()
    page = as_json(read_and_link(data, name="kr-mofa-2022.txt", tables=tables).linked, tables)

    mentions = [mention for element in page["elements"] for mention in element["mentions"]]
    assert {frozenset(element) for element in page["elements"]} == {
        frozenset(PageElement.__annotations__)
    }
    for mention in mentions:
        named = {"iso3"} if mention["id"].startswith("country/") else {"label"}
        assert set(mention) == (set(Mention.__annotations__) - {"iso3", "label"}) | named
        assert all(re.fullmatch("[A-Z]{3}", code) for code in mention["members"])
        assert all(re.fullmatch("[a-z-]+/[a-z0-9/-]+", part) for part in mention["parts"])
        countries = [part for part in mention["parts"] if part.startswith("country/")]
        assert [f"country/{code.lower()}" for code in mention["members"]] == countries
    assert {mention["kind"] for mention in mentions if mention["self"]} == {"country"}
    assert {mention["surface"] for mention in mentions if mention["self"]} >= {"우리", "대한민국"}
    pair = next(mention for mention in mentions if mention["surface"] == "한-아세안")
    assert (pair["label"], pair["members"]) == ("ASEAN", ["KOR"])
    assert pair["parts"] == ["country/kor", "organization/asean"]
