"""The words of the layout: section headings, footnote signs, boilerplate.

Section headings are compared without spaces, brackets and colons, because ministries
write the same heading as ``과제목표``, ``과제 목표``, ``[과제목표]`` or ``1. 과제목표``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agendagraph.agenda.source.lines import Line
    from agendagraph.agenda.source.model import SectionType

SECTION_TYPES: Final[tuple[SectionType, ...]] = ("objectives", "contents", "effects")
"""The sections in their required order."""

EXPECTED: Final = "과제목표, 주요내용, 기대효과"

_USUAL: Final[dict[SectionType, re.Pattern[str]]] = {
    "objectives": re.compile("과제의?목표"),
    "contents": re.compile("주요내용"),
    "effects": re.compile("기대효과"),
}
_OTHER: Final[dict[SectionType, re.Pattern[str]]] = {
    "objectives": re.compile("(?:추진|정책|사업)?목표"),
    "contents": re.compile("주요(?:추진|정책)(?:내용|과제)|주요과제|(?:세부)?추진(?:내용|과제)"),
    "effects": re.compile("(?:기대되는|예상)효과"),
}
_DECORATION: Final = re.compile(
    r"[\s\u200b\ufeff\[\](){}<>〈〉《》「」『』【】〔〕［］（）＜＞*_|:：]+"
)
_INLINE: Final = re.compile(
    r"[\[(<【〔「『]?\s*(?:과제\s?목표|주요\s?내용|기대\s?효과)\s*(?:[:：]|[\])>】〕」』]\s*[:：]?)\s*\S"
)

_NOTE_SIGN: Final = re.compile(r"\*{1,3}|＊|[※†‡]|주\s?\d{0,2}\)|\d{1,2}\)")
_MARK: Final = re.compile(
    r"(?<=[^\s*(])(?:\*{1,3}(?!\*)|＊|†|‡|주\d{0,2}\)|(?<=[가-힣A-Za-z])\d{1,2}\))"
)
_PARENTHESIS: Final = re.compile(r"\([^()]*\)")
_ONLY_PARENTHESIS: Final = re.compile(r"\([^()]+\)")

_BOILERPLATE: Final = re.compile(
    r"""
    (?:담당\s*(?:부서|자|과)|문의처?|대표\s*전화|전화(?:번호)?|연락처|팩스)\s*(?:[:：].*)?
  | (?:담당\s*(?:부서|자)|문의처|대표\s*전화|전화(?:번호)?)\s.{0,30}\d{3,4}
  | (?:담당\s*(?:부서|자)|문의처)\s\S{1,20}(?:과|관|실|국|팀|단)
  | (?:최종|최근)\s*(?:수정|갱신|업데이트)\s*일?.{0,30}|(?:등록일|작성일|조회수?)\s*[:：].{0,30}
  | 개인정보\s*처리\s*방침|영상정보처리기기.{0,20}방침|저작권\s*(?:보호\s*)?정책|이용\s*약관
  | (?:이메일|전자우편)(?:주소)?\s*무단\s*수집\s*거부|찾아오시는\s*길|사이트\s*맵|누리집\s*지도
  | (?:이전|다음)\s*글(?:\s.{0,60}|[:：].*)?|목록(?:\s*보기)?|맨?\s*위로(?:\s*가기)?|top|닫기|펼치기
  | 더\s*보기|자세히\s*보기|인쇄(?:하기)?|공유(?:하기)?|페이스북|트위터|카카오.{0,10}|url\s*복사
  | (?:페이지|콘텐츠|컨텐츠)\s*만족도.{0,40}|만족도\s*(?:조사|평가)
  | (?:현재|이)\s*(?:페이지|누리집|콘텐츠).{0,60}(?:만족|평가).{0,40}
  | (?:copyright|ⓒ|©|\(c\)).*|.*all\s+rights\s+reserved\.?|공공누리.{0,80}|관련\s*(?:사이트|누리집)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def section_types(lines: list[Line]) -> dict[int, SectionType]:
    """Return the type of each section heading, by its position in *lines*.

    Synonyms (추진목표, 추진과제 …) count only on a page without the usual heading; elsewhere
    they are headings of items.
    """
    bare = [_DECORATION.sub("", line.text) for line in lines]
    found: dict[int, SectionType] = {}
    for name in SECTION_TYPES:
        for pattern in (_USUAL[name], _OTHER[name]):
            here = {at: name for at, words in enumerate(bare) if pattern.fullmatch(words)}
            if here:
                found.update(here)
                break
    return dict(sorted(found.items()))


def opens_inline(line: Line) -> bool:
    """Return whether a section heading and its first words share one line."""
    return _INLINE.match(line.text) is not None


def note_sign(line: Line) -> str | None:
    """Return the footnote sign at the beginning of a line, if there is one."""
    if line.bullet in {"star", "stars"}:
        return line.marker
    match = _NOTE_SIGN.match(line.whole)
    return match[0].replace(" ", "") if match else None


def marks(text: str) -> list[str]:
    """Return the footnote marks in a text, in order.

    >>> marks("부산 북항 재개발* 등 물류 인프라**(2030)")
    ['*', '**']
    >>> marks("(과제1) 제2차(3) 회의")
    []
    """
    return [match[0] for match in _MARK.finditer(_PARENTHESIS.sub("", text))]


def is_parenthesis(line: Line) -> bool:
    """Return whether a line without a bullet is one parenthesis, as for the leads of a goal."""
    return not line.marker and _ONLY_PARENTHESIS.fullmatch(line.text) is not None


def is_boilerplate(line: Line) -> bool:
    """Return whether a line has the words of footers and buttons."""
    return _BOILERPLATE.fullmatch(line.text) is not None


def is_separator(line: Line) -> bool:
    """Return whether a line is drawn: ``-----`` or ``* * *``."""
    whole = line.whole.replace(" ", "")
    return len(whole) >= 3 and not any(sign.isalnum() for sign in whole)
