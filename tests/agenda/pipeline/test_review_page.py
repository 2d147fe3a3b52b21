"""The page for the reviewer of a draft is in both languages and lists what is open."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from agendagraph.agenda.pipeline.ingest import review_page as module
from agendagraph.agenda.pipeline.ingest.review import TOPICS, Decision
from agendagraph.agenda.pipeline.ingest.review_page import review_page
from agendagraph.messages import catalogue


def page(*topics: str) -> str:
    line = SimpleNamespace(place="below", line=4, text="<b>꼬리</b> & more")
    document: Any = SimpleNamespace(
        name="a.txt", elements=["g1", "g2"], category=None, boilerplate=[line]
    )
    found = [Decision(topic, "g1", 1, "words", "question") for topic in topics]
    return review_page("kr-x", document, found, [])


def test_every_topic_has_its_words() -> None:
    words = catalogue(Path(module.__file__).parent / "locale")["en"].texts

    assert [key for key in words if key.startswith("topic.")] == [f"topic.{t}" for t in TOPICS]


def test_the_page_counts_what_is_open_in_the_order_of_the_topics() -> None:
    rows = [line for line in page("date", "layout", "date").splitlines() if line[:3] == "| d"]
    text = page("date", "layout", "date")

    assert rows == ["| date | a date | 날짜 | 2 |"]
    assert text.index("| layout |") < text.index("| date |")
    assert "| theme |" not in text


def test_the_page_is_markdown_and_escapes_nothing() -> None:
    text = page()

    assert text.startswith("# Draft of kr-x / kr-x 초안\n")
    assert text.endswith("\n")
    assert "- line 4 / 4행 (below): <b>꼬리</b> & more\n" in text
    assert "2 elements" in text
    assert "요소 2개" in text
