"""An error names the line that was corrupted, or the first one that is wrong because of it.

Every line of the shipped page, and of a page with other bullets and without blank lines, is
corrupted in each of several ways. Where the reader can still place every line there is no
error; where it cannot, the error must not send a person to a line that is in order.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from agendagraph import files
from agendagraph.agenda.source import Kind, decode_page, read_page
from agendagraph.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

SHIPPED = decode_page((files.SOURCE / "kr-mofa-2022.txt").read_bytes(), name="page.txt")
DENSE = """\
□ 남북관계 정상화
 ○ 과제목표
  - 상호존중의 남북관계 정립
  - 인도적 문제의 해결
 ○ 주요내용
  - 대화의 제도화
   남북 간 대화를 정례화하고 합의를 이행
   · 분야별 회담의 정례화
   · 연락 통로의 복원
  - 이산가족의 상봉
   고령 이산가족의 상봉을 우선 추진
   · 생사 확인의 확대
 ○ 기대효과
  - 한반도 긴장의 완화
  - 신뢰의 회복
□ 북한인권의 증진
 ○ 과제목표
  - 북한주민의 인권 개선
  - 국제 협력의 강화
 ○ 주요내용
  - 인권재단의 설립
   재단을 조속히 설립하고 사업을 추진
   · 실태 조사의 실시
   · 기록의 보존
 ○ 기대효과
  - 인권 의식의 확산
  - 국제적 관심의 제고
□ 통일기반의 조성
 ○ 과제목표
  - 통일 공감대의 확산
 ○ 기대효과
  - 통일 준비의 내실
"""


class Corrupted(NamedTuple):
    """A page of which one line was corrupted; *lines* are those that an error may name."""

    how: str
    kind: str
    page: str
    lines: frozenset[int]


def corrupted(page: str) -> Iterator[Corrupted]:
    """Yield the page corrupted at each element's line, in each way that suits the line."""
    lines = page.split("\n")
    document = read_page(page, name="page.txt")
    for element in document.elements:
        at = element.line - 1
        kind = element.kind.value + (f" {element.section_type}" if element.section_type else "")
        for how, new, culprit in ways(lines[at]):
            text = "\n".join([*lines[:at], *new, *lines[at + 1 :]])
            yield Corrupted(how, kind, text, frozenset({element.line + culprit}))
        neighbours = {element.line - 1, element.line, element.line + 1, element.line + 2}
        text = "\n".join([*lines[:at], *lines[at + 1 :]])
        yield Corrupted("deleted", kind, text, frozenset(neighbours))


def ways(line: str) -> Iterator[tuple[str, list[str], int]]:
    """Yield in which ways a line can be corrupted, and which of the new lines is wrong then."""
    indent, words = line[: len(line) - len(line.lstrip())], line.strip()
    half = len(words) // 2
    if words[0] not in "•□○-·":
        return
    yield "without bullet", [indent + words[1:].strip()], 0
    yield "deeper by 2", ["  " + line], 0
    yield "deeper by 4", ["    " + line], 0
    yield "without words", [indent + words[0]], 0
    yield "another bullet", [f"{indent}▶ {words[1:].strip()}"], 0
    if indent:
        yield "in the first column", [words], 0
        yield "shallower by 2", [line.removeprefix("  ")], 0
    if half > 3:
        yield "in two lines", [indent + words[:half], indent + words[half:].strip()], 1


ELSEWHERE = {
    ("deeper by 4", "Goal"): "it stands as an effect of the goal before",
    ("deeper by 2", "RegionHeading"): "its first action takes its place, and is named",
    ("deeper by 4", "RegionHeading"): "the same",
    ("shallower by 2", "RegionHeading"): "the same",
    ("deeper by 2", "ContentItem"): "its lead, on a page where no blank line sets off leads",
    ("deeper by 4", "ContentItem"): "the same",
    ("in two lines", "ContentItem"): "the second paragraph, on such a page",
    ("deleted", "Section contents"): "items look like objectives, up to the first lead",
    ("in two lines", "Section objectives"): "the first half is named: it is no heading",
    ("in two lines", "Section contents"): "the same",
    ("in two lines", "Section effects"): "the same",
}
"""Where an error names another line, and why that line is the first wrong one."""


@pytest.mark.parametrize("page", [SHIPPED, DENSE], ids=["shipped", "dense"])
def test_no_error_names_a_line_that_is_in_order(page: str) -> None:
    wrong = Counter[tuple[str, str]]()
    named = 0
    for how, kind, text, lines in corrupted(page):
        try:
            read_page(text, name="page.txt")
        except SourceError as error:
            named += error.line in lines
            if error.line not in lines:
                wrong[how, kind] += 1

    assert set(wrong) <= set(ELSEWHERE), wrong
    assert named > 9 * sum(wrong.values())


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        pytest.param(
            "  • 국제공조 강화\n",
            "      • 국제공조 강화\n",
            1,
            "expected the title of a goal",
            id="the first title",
        ),
        pytest.param(
            "  • 둘째 과제\n",
            "  둘째 과제\n",
            17,
            "expected the title of a goal, as in line 1, found '둘째 과제'",
            id="a later title",
        ),
        pytest.param(
            "    • 과제목표\n      • 둘째 목표\n",
            "      • 둘째 목표\n",
            18,
            "expected a section heading .* below '둘째 과제'",
            id="a heading",
        ),
        pytest.param(
            "      • 다른 항목\n",
            "        • 다른 항목\n",
            11,
            "a paragraph follows it .line 13. as a lead follows an item",
            id="an item",
        ),
        pytest.param(
            "      • 첫 목표\n",
            "      첫 목표\n",
            3,
            "the entries below it are bulleted",
            id="a first entry",
        ),
    ],
)
def test_the_culprit_is_named(old: str, new: str, line: int, message: str) -> None:
    page = """\
  • 국제공조 강화
    • 과제목표
      • 첫 목표
      • 다른 목표
    • 주요내용
      • 첫 항목

        첫 항목의 설명

        • 첫 실천
      • 다른 항목

        다른 항목의 설명

    • 기대효과
      • 첫 효과
  • 둘째 과제
    • 과제목표
      • 둘째 목표
      • 다른 목표
    • 주요내용
      • 둘째 항목

        둘째 항목의 설명

        • 둘째 실천
  • 셋째 과제
    • 과제목표
      • 셋째 목표
"""
    assert Kind.GOAL in {element.kind for element in read_page(page, name="page.txt").elements}
    assert page.count(old) == 1

    with pytest.raises(SourceError, match=message) as raised:
        read_page(page.replace(old, new), name="page.txt")

    assert raised.value.line == line
