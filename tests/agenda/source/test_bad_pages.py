"""What cannot be read is refused with the file, the line and the words; nothing is guessed."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from agendagraph import files
from agendagraph.agenda.source import decode_page, read_page
from agendagraph.errors import SourceError

PAGE = """\
외교정책
  • 국제공조 강화
    • 과제목표
      • 다자외교 리더십 확대
    • 주요내용
      • 지역별 협력
        주요 지역과 맞춤 협력 강화
        • 협력 포럼 정례화
        • 중동
          • 에너지 공급망 확보
    • 기대효과
      • 대응 역량 제고
"""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "page.txt: expected the text of a page, found an empty file", id="empty"),
        pytest.param(
            b" \n\n", "page.txt: expected the text of a page, found only blank", id="blank"
        ),
        pytest.param(
            PAGE.replace("•", "○").encode("cp949"),
            "page.txt:1: expected UTF-8, found EUC-KR",
            id="EUC-KR",
        ),
        pytest.param(PAGE.encode("utf-16"), "page.txt: expected UTF-8, found UTF-16;", id="UTF-16"),
        pytest.param(
            PAGE.encode("utf-16-le"), "found UTF-16LE; convert it: iconv -f UTF-16LE", id="no mark"
        ),
        pytest.param(PAGE.encode("utf-32"), "found UTF-32", id="UTF-32"),
        pytest.param("첫째 줄\n".encode() + b"\xff\xff", "page.txt:2: .*byte 0xff", id="no text"),
        pytest.param(b"abc\n\x00\x01\x02\x03", "page.txt:2: .*binary data", id="binary"),
        pytest.param(b"%PDF-1.7 ...", "page.txt: expected plain text, found a PDF", id="PDF"),
        pytest.param(b"PK\x03\x04....", "found a zip archive", id="hwpx"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1", "found a binary office file", id="hwp"),
        pytest.param(
            "\n<ul>\n<li>과제목표</li></ul>".encode(), "page.txt:2: .*found HTML", id="HTML"
        ),
        pytest.param(b"<!DOCTYPE html><html></html>", "page.txt:1: .*found HTML", id="whole HTML"),
        pytest.param("외교\n정\ufffd책".encode(), "page.txt:2: .*lost character", id="damaged"),
        pytest.param("외교\x1b[0m정책".encode(), "page.txt:1: .*control character", id="terminal"),
        pytest.param(
            normalize("NFD", "\n한국").encode(), "page.txt:2: .*decomposed letters", id="NFD"
        ),
        pytest.param(b"x" * (16 * 2**20 + 1), "more than 16 MiB", id="too large"),
    ],
)
def test_what_is_no_text_in_utf8_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        decode_page(data, name="page.txt")


def test_a_byte_order_mark_is_left_out() -> None:
    assert decode_page(PAGE.encode("utf-8-sig"), name="page.txt") == PAGE


@pytest.mark.parametrize(
    ("page", "line", "message"),
    [
        pytest.param("외교부\n\n공지사항\n", None, "expected a section heading", id="another page"),
        pytest.param(
            "    • 과제목표\n      • 확대\n", 1, "expected the title of a goal", id="no title"
        ),
        pytest.param(
            PAGE.replace("주요내용", "임시")
            .replace("과제목표", "주요내용")
            .replace("임시", "과제목표"),
            5,
            "section out of place: '과제목표' follows '주요내용'",
            id="contents before objectives",
        ),
        pytest.param(
            PAGE + "    • 주요내용\n      • 항목\n        리드\n",
            13,
            "section out of place",
            id="contents twice",
        ),
        pytest.param(
            PAGE.replace("    • 기대효과", "    • 추진일정"),
            11,
            "cannot place '• 추진일정'",
            id="unknown section",
        ),
        pytest.param(
            PAGE.replace("리더십 확대", "리더십\n        확대"),
            5,
            "cannot place '확대': if it continues the line above, join",
            id="wrapped objective",
        ),
        pytest.param(
            PAGE.replace("협력 강화\n", "협력 강화\n        및 확대\n"),
            8,
            "an item has one lead",
            id="two leads",
        ),
        pytest.param(
            PAGE.replace("      • 지역별 협력\n", ""),
            6,
            "a paragraph belongs below an item",
            id="no item",
        ),
        pytest.param(
            PAGE.replace("제고\n", "제고\n        • 세부 효과\n"),
            13,
            "a bullet below an entry",
            id="below an effect",
        ),
        pytest.param(
            PAGE.replace("확보\n", "확보\n            • 더 깊은 것\n"),
            11,
            "no level exists below",
            id="too deep",
        ),
        pytest.param(
            PAGE.replace("• 협력 포럼 정례화", "•"), 8, "a bullet needs words", id="no words"
        ),
        pytest.param(
            PAGE.replace("    • 과제목표", "    • 과제목표: 확대"),
            3,
            "on a line of its own",
            id="inline heading",
        ),
        pytest.param(
            PAGE.replace("  • 국제공조 강화", "  (산업부와 공동주관)").replace("외교정책\n", ""),
            1,
            "expected the title of a goal above",
            id="only a parenthesis",
        ),
    ],
)
def test_what_has_no_place_is_an_error(page: str, line: int | None, message: str) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        read_page(page, name="page.txt")

    assert raised.value.file == "page.txt"
    assert raised.value.line == line


def test_the_unchanged_page_is_read() -> None:
    """The cases above fail for what they change, and for nothing else."""
    assert len(read_page(PAGE, name="page.txt").elements) == 11


def test_no_page_of_the_ministry_is_read_with_a_line_moved() -> None:
    """A lead moved to the end of the page is not dropped, and not taken for a footer."""
    text = (files.SOURCE / "kr-mofa-2022.txt").read_text(encoding="utf-8")
    lead = "        유치동력 확보를 위한 범국가적 역량 결집\n\n"
    moved = text.replace(lead, "") + "\n\n" + lead

    with pytest.raises(SourceError, match="cannot place '유치동력 확보를"):
        read_page(moved, name="page.txt")
