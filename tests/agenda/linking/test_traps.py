"""Words that look like names are none, and names that look like words are found.

Every trap of the model's section 7 is a case, then those of other ministries' pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agendagraph.agenda.linking import find_mentions

if TYPE_CHECKING:
    from agendagraph.agenda.linking import Gazetteer

US_CN = "country-group/chn-usa"
KOREAS_US = "country-group/kor-prk-usa"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("상호주의 원칙", [], id="호주 in 상호주의"),
        pytest.param("인도적 지원", [], id="인도 in 인도적"),
        pytest.param("인도·태평양 전략", ["region/indo-pacific"], id="인도 in 인도·태평양"),
        pytest.param("남북미 3자", [KOREAS_US], id="남북미 is the Koreas and the USA"),
        pytest.param("대(對)중미 협력", ["region/central-america"], id="중미 is Central America"),
        pytest.param("미·중 경쟁", [US_CN], id="미·중 is the USA and China"),
        pytest.param("중남미 지역", ["region/latin-america"], id="중남미 holds 남미"),
        pytest.param("한미동맹 강화", ["country-group/kor-usa"], id="한미동맹 names the USA"),
        pytest.param("한-아세안 연대", ["organization/asean"], id="한-아세안 is a pair"),
        pytest.param("대북 제재", ["country/prk"], id="대북 is a prefix"),
        pytest.param("대러 제재", ["country/rus"], id="대러 is a prefix"),
        pytest.param("대중 수출", ["country/chn"], id="대중 is a prefix"),
        pytest.param("대중교통 확충", [], id="대중교통 is not a prefix"),
        pytest.param(
            "EU, 영국 등 협력", ["organization/eu", "country/gbr"], id="the UK is not inside the EU"
        ),
        pytest.param(
            "유럽국가와 협력", ["unnamed-actor/european-countries"], id="유럽국가 is unnamed"
        ),
        pytest.param("일본 등과 협력", ["country/jpn"], id="등 makes a list open"),
        pytest.param(
            "국제사회와 함께",
            ["unnamed-actor/international-community"],
            id="국제사회 is not the UN",
        ),
        pytest.param("안보리 결의", ["organization/unsc"], id="안보리 is the Security Council"),
        pytest.param("SDGs 달성", ["instrument/sdgs"], id="SDGs is an instrument"),
        pytest.param("유럽 시장", ["region/europe"], id="region is not state"),
        pytest.param("부가가치 18조원", [], id="부가가치 is no value"),
    ],
)
def test_trap_of_the_model(sentence: str, expected: list[str], gazetteer: Gazetteer) -> None:
    assert [m.entity for m in find_mentions(sentence, gazetteer)] == expected


@pytest.mark.parametrize("word", ["우리", "우리나라", "대한민국", "한국"])
def test_the_speaker_is_kept_apart(word: str, gazetteer: Gazetteer) -> None:
    (mention,) = find_mentions(f"{word}의 위상 제고", gazetteer)

    assert mention.self
    assert mention.entity == "country/kor"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("북미 정상회담", ["country-group/prk-usa"], id="북미 talks"),
        pytest.param("북미 시장 진출", ["region/north-america"], id="북미 as a region"),
        pytest.param("수단 내전", ["country/sdn"], id="Sudan before what a state has"),
        pytest.param("정책 수단을 동원", [], id="수단 as means"),
        pytest.param("이집트, 수단 등", ["country/egy", "country/sdn"], id="Sudan in a list"),
        pytest.param("기후변화란 '감축'이란 뜻", [], id="이란 as a particle"),
        pytest.param("이란 핵합의 복원", ["country/irn"], id="Iran"),
        pytest.param("범죄인 인도 조약", [], id="인도 as extradition"),
        pytest.param("보행자 인도 정비", [], id="인도 as a pavement"),
        pytest.param("인도와 협력", ["country/ind"], id="India"),
        pytest.param("인도네시아와 협력", ["country/idn"], id="인도 in 인도네시아"),
        pytest.param("인도양 연안", ["region/indian-ocean"], id="인도 in 인도양"),
        pytest.param("남미국가 순방", ["region/south-america"], id="미국 in 남미국가"),
        pytest.param("단독일 경우", [], id="독일 in 단독일"),
        pytest.param("회의 중 정부가 제안", [], id="중 as in the middle of"),
        pytest.param("2주일 간 신고", [], id="주일 as weeks"),
        pytest.param("영·호남 교류", [], id="영·호 in 영·호남"),
        pytest.param("초·중·고 학생", [], id="중 in a list of schools"),
        pytest.param("일·가정 양립", [], id="일 as work"),
        pytest.param("중·남미 협력", ["region/latin-america"], id="중·남미 with a sign"),
        pytest.param("환경부문 감축", [], id="환경부 in 환경부문"),
        pytest.param("환경부는 감축", ["body/kr/me"], id="환경부 before a particle"),
        pytest.param("미국 국방부와 협의", ["country/usa"], id="another state's ministry"),
        pytest.param("외교부·국방부 협의", ["body/kr/mofa", "body/kr/mnd"], id="our ministries"),
        pytest.param("아프리카돼지열병 방역", [], id="a region in a disease"),
        pytest.param("북한산 국립공원", [], id="a mountain"),
        pytest.param("북한산 석탄", ["country/prk"], id="goods from North Korea"),
        pytest.param("해킹 보호에 총력을 경주", [], id="경주 as to devote"),
        pytest.param("미 국무부 발표", ["country/usa"], id="one syllable before its ministry"),
        pytest.param("15일 총리 주재 회의", [], id="일 after a number"),
        pytest.param("협의 중 외교부는", ["body/kr/mofa"], id="중 before our ministry"),
        pytest.param("북 측면 도로", [], id="북 before 측면"),
        pytest.param("북 측은 거부", ["country/prk"], id="북 before 측"),
        pytest.param("장미 국무부", [], id="the end of a word before a ministry"),
        pytest.param("중국어·일본어·베트남어 상담", [], id="languages"),
        pytest.param("중국어선 단속", ["country/chn"], id="a fishing boat is no language"),
        pytest.param("미국인도 이용", ["country/usa"], id="도 after a people is no 인도"),
        pytest.param("국정원이란 기관", ["body/kr/nis"], id="이란 after a name"),
        pytest.param("마음에서 우러나는 봉사", [], id="우러 in a verb"),
        pytest.param("스마트 미러 개발", [], id="미러 as a mirror"),
        pytest.param("전제주의 청산", [], id="제주 in 전제주의"),
        pytest.param("국가신인도 제고", [], id="인도 in 신인도"),
        pytest.param("구독일부터 30일", [], id="독일 in 구독일"),
        pytest.param("한반도 평화", ["region/korean-peninsula"], id="한 in 한반도"),
        pytest.param("contact us", [], id="us is not the US"),
        pytest.param("those who agree", [], id="who is not the WHO"),
        pytest.param("UNDER and EUV", [], id="UN and EU in longer words"),
        pytest.param("OPEC+ 감산", ["organization/opec-plus"], id="a sign that belongs to a name"),
        pytest.param("US$ 10", [], id="a currency"),
        pytest.param("turkey and jordan", [], id="small letters"),
        pytest.param("New Jersey plant", [], id="a state of the USA"),
    ],
)
def test_trap_of_other_pages(sentence: str, expected: list[str], gazetteer: Gazetteer) -> None:
    assert [m.entity for m in find_mentions(sentence, gazetteer)] == expected
