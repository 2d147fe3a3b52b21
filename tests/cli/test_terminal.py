"""What is shown is short enough to read, and all of it arrives."""

import io
import sys

import pyoxigraph as ox
import pytest

from agendagraph.cli.terminal import show_place, shown, write_out
from agendagraph.errors import QuerySyntaxError

BASE = "https://w3id.org/agendagraph/"


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (None, ""),
        (ox.Literal("일본", language="ko"), "일본"),
        (ox.Literal("076"), "076"),
        (ox.NamedNode(f"{BASE}ns#Goal"), "agenda:Goal"),
        (ox.NamedNode(f"{BASE}id/country/jpn"), "country/jpn"),
        (ox.NamedNode(f"{BASE}scheme/stance/neutral"), "scheme/stance/neutral"),
        (ox.NamedNode("http://example.org/x"), "http://example.org/x"),
        (ox.BlankNode("b"), "_:b"),
    ],
)
def test_a_term_is_shown_short(term: ox.NamedNode | ox.Literal | None, expected: str) -> None:
    assert shown(term) == expected


@pytest.mark.parametrize(
    ("text", "line", "column", "shown_line", "caret"),
    [
        pytest.param("ASK { ?s }", 1, 10, "  ASK { ?s }", "  " + " " * 9 + "^", id="one line"),
        pytest.param(
            "ASK {\n '일본' }", 2, 7, "   '일본' }", "  " + " " * 8 + "^", id="Hangul is wide"
        ),
        pytest.param(
            "ASK {\n\t?s }", 2, 5, "   ?s }", "  " + " " * 4 + "^", id="a tab is one column"
        ),
        pytest.param("", 1, 1, "  ", "  ^", id="nothing"),
        pytest.param("ASK {", 1, 6, "  ASK {", "  " + " " * 5 + "^", id="behind the end"),
    ],
)
def test_a_caret_stands_below_the_place(
    capsys: pytest.CaptureFixture[str],
    text: str,
    line: int,
    column: int,
    shown_line: str,
    caret: str,
) -> None:
    show_place(QuerySyntaxError("no", line=line, column=column), text, "q.rq")

    assert capsys.readouterr().err.split("\n")[:3] == [
        f"q.rq:{line}:{column}: no",
        shown_line,
        caret,
    ]


def test_a_stream_that_takes_little_at_a_time_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    class Reluctant(io.BytesIO):
        """Takes at most three bytes a call, as an unbuffered pipe may."""

        def write(self, data: memoryview) -> int:  # type: ignore[override] # narrower on purpose
            return super().write(bytes(data[:3]))

    stream = Reluctant()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stream, write_through=True))

    write_out("한미일 공조".encode())

    assert stream.getvalue() == "한미일 공조".encode()
