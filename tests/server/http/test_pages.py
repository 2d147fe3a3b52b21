"""A browser gets a page where programs get data: the same answers, errors and limits."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx
    from conftest import Server

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
LABELS = "SELECT ?s ?l { ?s <http://example.org/label> ?l } ORDER BY ?s ?l LIMIT 20"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
BROKEN = 'SELECT * {\n  ?s ?p "한국" . FILTR(<x>)\n}'


def links(page: httpx.Response) -> dict[str, str]:
    """Return the addresses on a page by what they are called."""
    found = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', page.text)
    return {words: html.unescape(link) for link, words in found}


def query_of(page: httpx.Response) -> str:
    """Return what the form of a page holds; a browser drops the first line end."""
    held = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
    assert held
    return html.unescape(held[1])


@pytest.mark.parametrize(
    "query", [LABELS, "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5", "DESCRIBE <urn:x>"]
)
def test_a_browser_gets_a_page_and_a_program_does_not(server: Server, query: str) -> None:
    for accept in (BROWSER, "text/html", "text/html, */*"):
        page = server.query(query, Accept=accept)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.text.endswith("</html>\n")
    for accept in (
        "*/*",
        "",
        "text/*",
        "application/json, text/html;q=0.9",
        "text/csv, text/turtle",
    ):
        data = server.query(query, Accept=accept)
        assert data.status_code == 200
        assert "html" not in data.headers["content-type"]


def test_the_parameter_outranks_the_browser_in_both_directions(server: Server) -> None:
    def content_type(form: str, accept: str) -> str:
        asked = {"query": LABELS, "format": form}
        found = server.client.get("/sparql", params=asked, headers={"Accept": accept})
        return found.headers["content-type"]

    assert content_type("csv", BROWSER) == "text/csv; charset=utf-8"
    assert content_type("html", "text/csv") == "text/html; charset=utf-8"
    assert content_type("text/html", "*/*") == "text/html; charset=utf-8"


def test_the_frame_is_in_the_readers_language_and_caches_know(server: Server) -> None:
    asked = {"query": LABELS, "format": "html"}
    tags = set()
    for params, accepted, lang in (
        ({}, "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ({}, "en-GB,ko;q=0.5", "en"),
        ({"lang": "ko"}, "en", "ko"),
        ({"lang": "<b>"}, "de", "en"),
    ):
        headers = {"Accept-Language": accepted}
        page = server.client.get("/sparql", params=asked | params, headers=headers)
        assert f'<html lang="{lang}">' in page.text
        assert "Accept-Language" in page.headers["vary"]
        tags.add((lang, page.headers["etag"]))

    assert len(tags) == 2
    assert "Accept-Language" not in server.query(LABELS).headers["vary"]


def test_a_page_runs_nothing_and_may_be_kept_by_its_tag(server: Server) -> None:
    page = server.query(LABELS, Accept=BROWSER)
    again = server.query(LABELS, Accept=BROWSER, If_None_Match=page.headers["etag"])

    assert again.status_code == 304
    for each in (page, again):
        policy = each.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; form-action 'self';")
        assert "unsafe" not in policy
    assert "sandbox" in server.query(LABELS).headers["content-security-policy"]
    assert "<script" not in page.text


def test_the_style_is_a_file_that_a_browser_keeps(server: Server) -> None:
    page = server.query(LABELS, Accept=BROWSER)
    linked = re.findall(r'<link rel="stylesheet" href="([^"]*)">', page.text)
    assert len(linked) == 1
    style = server.client.get(linked[0])

    assert style.status_code == 200
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in style.headers["cache-control"]
    assert "--ink:" in style.text
    again = server.client.get(linked[0], headers={"If-None-Match": style.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = server.client.get(linked[0], headers={"Accept-Encoding": "identity"})
    assert plain.text == style.text
    assert plain.headers["etag"] != style.headers["etag"]


def test_a_page_of_another_version_still_finds_a_style(server: Server) -> None:
    style = server.client.get("/static/0123456789abcdef/style.css")

    assert style.status_code == 200
    assert style.headers["cache-control"] == "no-cache"
    assert server.client.get("/static/0123456789abcdef/other.css").status_code == 404


def test_pages_hold_no_style_and_the_policy_allows_none(server: Server) -> None:
    for path in ("/", "/nothing", "/sparql?query=ASK{}"):
        page = server.client.get(path, headers={"Accept": BROWSER})
        assert "style-src 'self'" in page.headers["content-security-policy"]
        assert not re.search(r"<style|<[^>]* style=", page.text)


def test_the_links_of_a_page_are_the_same_answer_in_other_formats(server: Server) -> None:
    page = server.client.get(
        "/sparql",
        params={"query": LABELS, "format": "html", "default-graph-uri": "http://example.org/g1"},
    )
    found = links(page)

    assert ">10 rows<" not in page.text
    for name, media_type in (
        ("CSV", "text/csv"),
        ("TSV", "text/tab-separated-values"),
        ("JSON", "application/sparql-results+json"),
        ("XML", "application/sparql-results+xml"),
    ):
        answer = server.client.get(found[name])
        assert answer.headers["content-type"].startswith(media_type)
        assert "element 1" in answer.text
        assert "element 2<" not in answer.text + page.text  # of another graph
    assert query_of(server.client.get(found["Edit the query"])) == LABELS


def test_one_can_walk_from_a_value_to_what_is_said_of_it(server: Server) -> None:
    page = server.query(LABELS, Accept=BROWSER)
    thing = server.client.get(links(page)['<span class="ns">http://example.org/</span>e1'])

    assert ">5 statements<" in thing.text
    pointing = server.client.get(links(thing)["What points to this"])
    assert re.search(r">\d+ rows<", pointing.text)


def test_a_page_keeps_the_limits(start_server: Callable[..., Server], data_file: Path) -> None:
    limited = start_server("--store", data_file, "--row-limit", "10")
    page = limited.query("SELECT * { ?s ?p ?o }", Accept=BROWSER)

    assert page.headers["row-limit-reached"] == "true"
    assert page.text.count("<tr><td") == 10
    assert "Cut off at the row limit" in page.text


def test_a_graph_that_is_cut_holds_what_it_may(
    start_server: Callable[..., Server], data_file: Path
) -> None:
    """It once held nothing but the announcement, in formats that group their statements."""
    limited = start_server("--store", data_file, "--row-limit", "10")
    construct = "CONSTRUCT { ?s <urn:p> ?o } WHERE { ?s <http://example.org/number> ?o }"

    turtle = limited.query(construct, Accept="text/turtle")
    assert turtle.headers["row-limit-reached"] == "true"
    assert turtle.text.count("<urn:p>") == 10
    assert limited.query(construct, Accept="application/rdf+xml").text.count("<rdf:Desc") == 10


def test_a_large_page_is_streamed_whole(server: Server) -> None:
    everything = server.query("SELECT * { ?s ?p ?o }", Accept=BROWSER)

    assert everything.text.count("<tr><td") == 10_000
    assert ">10,000 rows<" in everything.text


def test_the_answers_of_a_store_elsewhere_are_pages_too(
    server: Server, start_server: Callable[..., Server]
) -> None:
    before = start_server("--store", f"{server.url}/sparql")
    for query in (LABELS, "DESCRIBE <http://example.org/e1>", "ASK {}"):
        pages = [each.query(query, Accept=BROWSER).text for each in (server, before)]
        rows = [sorted(re.findall('<tr>.*</tr>|<p class="yes">Yes.*', page)) for page in pages]
        assert rows[0] == rows[1] != []


def test_an_error_is_a_page_that_keeps_the_query(server: Server) -> None:
    page = server.client.get(
        "/sparql",
        params={"query": BROKEN, "lang": "ko", "format": "csv"},
        headers={"Accept": BROWSER},
    )

    assert page.status_code == 400
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert query_of(page) == BROKEN
    assert '<option value="csv" selected>' in page.text
    assert "2행 16열" in page.text
    assert "line 2, column 16" in page.text
    assert '2    ?s ?p "한국" . <mark>F</mark>ILTR(<x>)\n' + " " * 20 + "^" in html.unescape(
        page.text
    )
    assert "<x>" not in page.text


def test_a_program_still_gets_a_problem_document(server: Server) -> None:
    for accept in ("*/*", "", "application/json", "text/csv", "application/json, text/html;q=0.9"):
        problem = server.query(BROKEN, Accept=accept)
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["line"] == 2
    problem = server.client.get("/sparql", params={"query": BROKEN, "format": "html"})
    assert problem.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/sparql?query=%zz", 400),
        ("/sparql?timeout=never&query=ASK%7B%7D", 400),
        ("/graphs?graph=urn:none", 404),
        ("/api/networks/none", 404),
        (f"/sparql?query={quote(ENDLESS)}", 504),
    ],
)
def test_every_error_is_a_page_for_a_browser(server: Server, path: str, status: int) -> None:
    page = server.client.get(path, headers={"Accept": BROWSER})

    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"Status {status}" in page.text
    assert re.search("[가-힣]", page.text)
    assert ("<form" in page.text) == path.startswith("/sparql")


def test_a_406_names_the_parameter_that_is_its_cause(server: Server) -> None:
    for query, form in ((LABELS, "turtle"), ("CONSTRUCT WHERE {}", "csv"), (LABELS, "docx")):
        problem = server.client.get("/sparql", params={"query": query, "format": form})
        assert problem.status_code == 406
        assert problem.json()["accept"] == f"format={form}"
        assert f"format={form}" in problem.json()["message"]["ko"]
    assert server.query(LABELS, Accept="text/turtle").json()["accept"] == "text/turtle"
    described = server.client.get("/sparql", params={"format": "csv"}, headers={"Accept": "a/b"})
    assert described.json()["accept"] == "format=csv"


def test_without_a_query_a_browser_is_sent_to_the_front_page(server: Server) -> None:
    sent = server.client.get("/sparql?lang=ko", headers={"Accept": BROWSER})

    assert (sent.status_code, sent.headers["location"]) == (303, "/?lang=ko")
    assert "Accept" in sent.headers["vary"]
    for headers, params in (({"Accept": "*/*"}, {}), ({"Accept": BROWSER}, {"format": "turtle"})):
        described = server.client.get("/sparql", headers=headers, params=params)
        assert described.headers["content-type"].startswith("text/turtle")


def test_a_graph_of_the_graph_store_is_a_page_too(server: Server) -> None:
    asked = {"graph": "http://example.org/g1"}
    page = server.client.get("/graphs", params=asked, headers={"Accept": BROWSER})

    assert ">2,500 statements<" in page.text
    turtle = server.client.get(links(page)["Turtle"])
    assert parse_qs(urlsplit(str(turtle.url)).query)["format"] == ["turtle"]
    assert turtle.status_code == 200
