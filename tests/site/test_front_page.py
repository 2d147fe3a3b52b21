"""Who opens the server's address in a browser finds a form, questions, and what one must know."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph.knowledge.questions import questions
from agendagraph.server.pages import frame
from agendagraph.site import front_page
from agendagraph.sparql.negotiation import SHORT_NAMES, choose

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server

ROOT = Path(__file__).resolve().parents[2]


def links(page: str, words: str) -> list[str]:
    """Return the addresses of all links of those words."""
    return [html.unescape(link) for link in re.findall(rf'<a href="([^"]*)">{words}</a>', page)]


def held(page: str) -> str:
    """Return what the form holds."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found
    return html.unescape(found[1])


@pytest.fixture(scope="module")
def shipped(start_server: Callable[..., Server]) -> Server:
    """A server over the shipped graph, as anybody starts it."""
    return start_server()


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        pytest.param({}, "ko-KR,ko;q=0.9", "ko", id="a Korean browser"),
        pytest.param({}, "fr", "en", id="any other browser"),
        pytest.param({"lang": "ko"}, "en", "ko", id="the reader's choice"),
        pytest.param({"lang": "xx"}, "en", "en", id="a language that we do not have"),
    ],
)
def test_the_page_speaks_the_readers_language(
    server: Server, asked: dict[str, str], accepted: str, language: str
) -> None:
    page = server.client.get("/", params=asked, headers={"Accept-Language": accepted})

    assert page.status_code == 200
    assert page.headers["content-language"] == language
    assert f'<html lang="{language}">' in page.text


def test_every_question_is_answered_on_a_page_and_can_be_edited(shipped: Server) -> None:
    page = shipped.client.get("/", params={"lang": "en"}).text
    asks, edits = links(page, "ask"), links(page, "edit")

    assert len(asks) == len(edits) == 25 + len(front_page.READY)
    for ask, edit in zip(asks, edits, strict=True):
        answer = shipped.client.get(ask)
        assert answer.status_code == 200
        assert re.search(r">[\d,]+ rows?\b", answer.text)
        assert held(shipped.client.get(edit).text) in html.unescape(answer.text)
        assert ask in asks[:25] or "Nothing matches" not in answer.text
    assert held(shipped.client.get(edits[9]).text) == questions()[9].query


def test_the_vocabulary_is_told_with_its_labels(shipped: Server) -> None:
    page = shipped.client.get("/", params={"lang": "en"}).text
    classes, properties = (shipped.client.get(link).text for link in links(page, "ask")[25:27])

    assert ">agenda:Goal</a>" in classes
    assert "국정과제" in classes
    assert ">agenda:counterpart</a>" in properties


@pytest.mark.parametrize("query", ["ASK { ?s ?p '</textarea><script>' }", "\n\n  ASK {}", "한글"])
def test_an_address_fills_the_form(server: Server, query: str) -> None:
    page = server.client.get("/", params={"query": query}).text

    assert held(page) == query
    assert "<script" not in page


def test_every_format_of_the_form_is_one_that_the_endpoint_knows(server: Server) -> None:
    page = server.client.get("/").text
    offered = re.findall(r'<option value="([^"]+)"', page)

    assert offered[0] == "html"
    assert set(offered) <= set(SHORT_NAMES)
    assert all(choose(None, name).results for name in frame.RESULTS)
    assert all(choose(None, name).graphs for name in frame.GRAPHS)


def test_the_prefixes_can_be_pasted(server: Server) -> None:
    page = server.client.get("/", params={"lang": "en"}).text
    block = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)
    assert block
    declared = html.unescape(block[1])

    assert "PREFIX agenda: <https://w3id.org/agendagraph/ns#>" in declared
    assert server.query(f"{declared} ASK {{}}").status_code == 200
    begun = held(server.client.get(links(page, "Begin a query with them")[0]).text)
    assert server.query(begun).status_code == 200


@pytest.fixture(scope="module")
def limited(start_server: Callable[..., Server], data_file: Path) -> Server:
    return start_server(
        *("--store", data_file, "--query-limit-s", "7", "--row-limit", "1234"),
        constants={"agendagraph.server.http.endpoint:QUERY_BYTES": 1 << 10},
    )


def test_the_limits_told_are_those_in_force(limited: Server) -> None:
    page = html.unescape(limited.client.get("/", params={"lang": "en"}).text)

    assert "shorter than the server's own 7 s." in page
    assert "more than 1,234 rows is cut off" in page
    assert "up to 1 KiB" in page
    for name in ("query=", "format=", "timeout=", "default-graph-uri=", "lang="):
        assert f"<code>{name}" in page


def test_what_could_not_be_asked_does_not_fill_the_form(limited: Server) -> None:
    page = limited.client.get("/", params={"query": "#" * 1025})

    assert page.status_code == 413
    assert page.headers["content-type"] == "application/problem+json"
    assert held(limited.client.get("/", params={"query": "#" * 1024}).text) == "#" * 1024


def test_the_page_leads_to_what_programs_read(server: Server) -> None:
    page = server.client.get("/").text

    for path in ("/api/networks", "/api/openapi.json", "/sparql?format=turtle"):
        assert f'<a href="{path}">' in page
        assert server.client.get(path).status_code == 200


def test_licence_and_citation_are_those_of_the_readme() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace("\n>", "\n").split())
    licence = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())

    assert front_page.CITATION in readme
    assert f"<{front_page.CITED_AS}>" in readme
    assert "Code: Apache-2.0. Vocabulary, tables and graph: CC BY 4.0." in readme
    assert front_page.CC_BY in licence


def test_the_page_runs_no_script_and_is_light(server: Server) -> None:
    page = server.client.get("/", headers={"Accept-Encoding": "gzip"})

    assert "<script" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert int(page.headers["content-length"]) < 20_000


def test_head_answers_without_a_body(server: Server) -> None:
    assert server.client.head("/").content == b""
