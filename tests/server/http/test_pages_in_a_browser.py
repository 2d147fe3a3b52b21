"""In a browser no label, IRI or query runs a script or becomes a link out of the web.

Driven in Debian's chromium, which CI installs; no browser is downloaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from agendagraph.server.pages import frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Server
    from playwright.sync_api import Browser, Page


LABELS = (
    "<script>window.owned = 1</script>",
    "</td></tr></table></main><script>window.owned = 1</script>",
    "</bdi><img src=x onerror='window.owned = 1'>",
    '"><svg onload="window.owned = 1">',
    "' autofocus onfocus='window.owned = 1",
    "</textarea><script>window.owned = 1</script>",
    "</title></style><script>window.owned = 1</script>",
    "</pre><iframe srcdoc='<script>parent.owned = 1</script>'>",
    "<!--<script>",
    "]]><script>window.owned = 1</script>",
    "<a href='javascript:window.owned=1'>click</a>",
    "<base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<form action='//evil.example/'><button>ask</button></form>",
    "<math><mtext><table><mglyph><style><!--</style><img src onerror=window.owned=1>",
    "&lt;script&gt;window.owned = 1&lt;/script&gt;",
    "&#60;script&#62;window.owned = 1&#60;/script&#62;",
    "{{constructor.constructor('window.owned=1')()}} ${window.owned = 1}",
    "\u202e<script>window.owned = 1</script>\u2066",
    "<link rel=stylesheet href='//evil.example/x.css'><style>*{display:none}</style>",
    "\x01\x0b\x7f\ufeff<script/x>window.owned = 1</script>",
    "<object data='javascript:window.owned=1'></object><embed src='data:text/html,x'>",
)
IRIS = (
    "javascript:window.owned=1",
    "JaVaScRiPt:window.owned=1//",
    "javascript://example.org/%0Awindow.owned=1",
    "data:text/html,%3Cscript%3Ewindow.owned=1%3C/script%3E",
    "vbscript:msgbox(1)",
    "blob:http://example.org/x",
    "file:///etc/passwd",
    "view-source:http://example.org/",
    "urn:x:'onmouseover='window.owned=1",
    "http://example.org/'onmouseover='window.owned=1",
    "http://example.org/&quot;onmouseover=&quot;window.owned=1",
    "http://example.org/a?b=c&format=json&query=ASK",
    "https://user:password@example.org:8/#%3Cscript%3E",
    "httpx://example.org/",
    "http:javascript:window.owned=1",
    "mailto:a@example.org?subject=x",
    "tel:0",
    "x:javascript:window.owned=1",
    "about:blank",
    "intent://scan/#Intent;scheme=zxing;end",
)


@pytest.fixture(scope="module")
def hostile(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """A server whose data holds every label and every IRI in every place."""
    lines = []
    for at, label in enumerate(LABELS):
        iri = IRIS[at % len(IRIS)]
        lines.append(f"<{iri}> <{iri}> {ox.Literal(label)} <{iri}> .\n")
        lines.append(f"<urn:s> <{iri}> <{iri}> <urn:g> .\n")
        lines.append(f"<urn:s> <urn:typed> {ox.Literal(label, datatype=ox.NamedNode(iri))} .\n")
    path: Path = tmp_path_factory.mktemp("hostile") / "data.nq"
    path.write_text("".join(lines), encoding="utf-8")
    return start_server("--store", path)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that asks nobody but the server, and on which nothing is blocked or fails."""
    opened = browser.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("dialog", lambda dialog: faults.append(dialog.message))
    opened.on("console", lambda said: faults.append(said.text))
    opened.on("request", lambda asked: faults.append(asked.url))
    yield opened
    opened.close()
    assert [f for f in faults if not f.startswith(("http://127.0.0.1:", "Failed to load"))] == []


def harmless(page: Page, server: Server) -> None:
    """A page runs nothing, has our style alone, and links to the web alone, mostly to us."""
    assert page.evaluate("window.owned") is None
    assert (
        page.evaluate("document.querySelectorAll('script, img, svg, iframe, object').length") == 0
    )
    styles = page.evaluate("[...document.querySelectorAll('link')].map(e => [e.rel, e.href])")
    assert styles == [["stylesheet", server.url + frame.STYLE_PATH]]
    assert page.evaluate("document.querySelectorAll('base, embed, [http-equiv]').length") == 0
    assert page.evaluate("document.querySelectorAll('style, [style]').length") == 0
    attributes = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    )
    assert [name for name in attributes if name.startswith("on")] == []
    found = page.evaluate("[...document.links].map(a => [a.href, a.rel])")
    forms = page.evaluate("[...document.forms].map(f => f.action)")
    assert found
    for address, rel in found:
        parts = urlsplit(address)
        assert parts.scheme in ("http", "https")
        assert f"{parts.scheme}://{parts.netloc}" == server.url or "noreferrer" in rel
    assert set(forms) <= {f"{server.url}/sparql"}


def opened(page: Page, server: Server, path: str = "/sparql", **parameters: str) -> int:
    response = page.goto(f"{server.url}{path}?{urlencode(parameters)}")
    assert response is not None
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.status


TRIPLE_TERM = "<<( <urn:a> <javascript:window.owned=1> '<b>' )>>"
QUERIES = (
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    f"SELECT * {{ BIND({TRIPLE_TERM} AS ?t) }}",
)


@pytest.mark.parametrize("query", [*QUERIES, *(f"DESCRIBE <{iri}>" for iri in IRIS)])
def test_an_answer_of_hostile_data_is_text(page: Page, hostile: Server, query: str) -> None:
    for lang in ("ko", "en") if query in QUERIES else ("en",):
        assert opened(page, hostile, query=query, lang=lang) == 200
        harmless(page, hostile)
        assert page.evaluate("document.querySelectorAll('main').length") == 1


def test_every_label_is_shown_as_it_is(page: Page, hostile: Server) -> None:
    opened(
        page, hostile, query="SELECT ?o { ?s ?p ?o FILTER (?p != <urn:typed> && isLiteral(?o)) }"
    )
    shown = page.evaluate("[...document.querySelectorAll('bdi')].map(e => e.textContent)")

    assert sorted(shown) == sorted(LABELS)


@pytest.mark.parametrize("text", LABELS)
def test_a_hostile_query_is_text_in_the_form(page: Page, hostile: Server, text: str) -> None:
    assert opened(page, hostile, query=f"SELECT * {{\n {text}") == 400
    harmless(page, hostile)
    assert text in page.input_value("textarea").replace("\r", "\n")
    assert opened(page, hostile, "/", query=text) == 200
    harmless(page, hostile)


def test_a_hostile_request_is_text_wherever_it_is_shown(page: Page, hostile: Server) -> None:
    text = " ".join(" ".join(LABELS).split())
    for path, status, parameters in (
        ("/sparql", 406, {"query": text, "lang": text, "format": text}),
        ("/sparql", 400, {"query": "ASK {}", "default-graph-uri": text}),
        ("/sparql", 200, {"query": f"SELECT * {{}} # {text}"}),
        ("/graphs", 404, {"graph": "javascript:none"}),
        (f"/{quote(text)}", 404, {}),
    ):
        assert opened(page, hostile, path, **parameters) == status
        harmless(page, hostile)


def test_a_reader_asks_errs_mends_and_walks(page: Page, server: Server) -> None:
    opened(page, server, "/", lang="en")
    page.fill("textarea", "SELECT ?l {\n  <http://example.org/e7> ?p ?l FILTR (?l)\n}")
    page.click("button")
    assert page.inner_text("h1") == "The query does not parse"
    assert page.inner_text("mark") == "F"

    page.fill("textarea", page.input_value("textarea").replace("FILTR (?l)", ""))
    page.click("button")
    assert page.inner_text(".count") == "5 rows"
    assert page.locator(".count").bounding_box()["y"] < page.locator("table").bounding_box()["y"]

    page.click("text=e0")
    assert page.inner_text("main code") == "http://example.org/e0"
    page.click("text=Edit the query")
    assert page.input_value("textarea") == "DESCRIBE <http://example.org/e0>"
    with page.expect_download() as download:
        page.fill("textarea", "SELECT (1 AS ?x) {}")
        page.select_option("select", "csv")
        page.click("button")
    assert download.value.suggested_filename == "results.csv"


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("path", ["/", "/nothing", "/sparql?query=SELECT * {?s ?p ?o} LIMIT 9"])
def test_no_page_is_wider_than_the_screen(
    page: Page, server: Server, width: int, path: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(server.url + path)

    assert page.evaluate("document.documentElement.scrollWidth") == width
