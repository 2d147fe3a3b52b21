"""No page runs a label or an IRI of the data, or links to anything but a web page.

Goal G12, in a real browser: hostile labels and IRIs are served in every format that a browser
may show, and come back in errors and on the front page. Pages of networks have the same test
in tests/network/figures/test_view.py.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from playwright.sync_api import Error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Server
    from playwright.sync_api import Browser, Dialog, Page, Request

LABELS = (
    "<script>window.owned = 1</script>",
    "</script><script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'>",
    '"><svg onload="window.owned = 1">',
    "' onmouseover='window.owned = 1",
    '" autofocus onfocus="window.owned = 1',
    "<iframe src='javascript:parent.owned = 1'></iframe>",
    "<a href='javascript:window.owned = 1'>click</a>",
    "<!--<script>window.owned = 1//-->",
    "]]><script xmlns='http://www.w3.org/1999/xhtml'>window.owned = 1</script>",
    "<?xml-stylesheet href='javascript:owned = 1'?>",
    "</textarea><script>window.owned = 1</script>",
    "</title><script>window.owned = 1</script>",
    "</style><script>window.owned = 1</script>",
    "&lt;script&gt;window.owned = 1&lt;/script&gt;",
    "&#60;script&#62;window.owned = 1&#60;/script&#62;",
    "${window.owned = 1}{{constructor.constructor('window.owned = 1')()}}",
    "\u202e</tpircs>1 = denwo.wodniw<tpircs>",
    "=cmd|' /C calc'!A0",
    "<meta http-equiv='refresh' content='0;url=javascript:owned = 1'>",
    "<base href='//127.0.0.1:9/'><link rel=stylesheet href=x>",
    "\\u003cscript\\u003ewindow.owned = 1\\u003c/script\\u003e",
)
IRIS = (
    "javascript:window.owned=1",
    "JaVaScRiPt:window.owned=1",
    "data:text/html,%3Cscript%3Eowned=1%3C/script%3E",
    "vbscript:owned",
    "file:///etc/passwd",
    "http://e.org/'onmouseover='owned=1",
    "http://e.org/&quot;&gt;",
    "http://e.org/?a=1&lt=2#'();owned=1//",
    "urn:x:javascript:owned=1",
    "http://\u0430pple.example/",
)
SHOWN = ("html", "json", "xml", "turtle", "n-triples", "n-quads", "trig", "json-ld", "rdf-xml", "")
"""Formats that a browser may show, and none; csv and tsv it is told to save."""


def test_there_are_enough() -> None:
    assert len(LABELS) + len(IRIS) >= 20


@pytest.fixture(scope="module")
def poisoned(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """A server whose every label and IRI is hostile."""
    path: Path = tmp_path_factory.mktemp("poison") / "labels.nt"
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    literals = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral")
    triples = [
        ox.Triple(ox.NamedNode(iri), label, ox.Literal(text))
        for iri in IRIS
        for text in LABELS
    ] + [
        ox.Triple(ox.NamedNode(iri), ox.NamedNode(iri), ox.Literal(LABELS[0], datatype=literals))
        for iri in IRIS
    ]  # fmt: skip
    ox.serialize(triples, str(path), ox.RdfFormat.N_TRIPLES)
    return start_server("--store", path)


@pytest.fixture(scope="module")
def shared_page(browser: Browser) -> Iterator[Page]:
    """One page for all tests: a browser takes longer to open a page than to visit an address."""
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.fixture
def page(shared_page: Page, poisoned: Server) -> Iterator[Page]:
    """A page that may ask this server only, opens no dialog, and on which nothing is owned."""
    wrong: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    def on_request(request: Request) -> None:
        if not request.url.startswith((poisoned.url, "blob:", "chrome", "about:blank")):
            wrong.append(request.url)

    shared_page.on("dialog", on_dialog)
    shared_page.on("request", on_request)
    yield shared_page
    shared_page.goto("about:blank")
    shared_page.remove_listener("dialog", on_dialog)
    shared_page.remove_listener("request", on_request)
    assert wrong == []


LOOK = """() => {
    const all = [...document.querySelectorAll('*')];
    const linked = [...document.querySelectorAll('[href], [action]')];
    return {
        owned: window.owned,
        active: document.querySelectorAll('script, iframe, img, svg, base').length,
        links: linked.map(element => String(element.href ?? element.action)),
        names: all.flatMap(element => element.getAttributeNames()),
    };
}"""


def harmless(page: Page) -> None:
    """Nothing ran, and every link leads to a web page or to a place on this one."""
    page.wait_for_timeout(50)
    found = page.evaluate(LOOK)
    assert found["owned"] is None
    assert found["active"] == 0
    assert [link for link in found["links"] if not link.startswith(("http://", "https://"))] == []
    assert [name for name in found["names"] if name.startswith("on")] == []


def visit(page: Page, address: str) -> None:
    """Go to an address; what the browser saves instead of showing it is harmless as well."""
    try:
        page.goto(address)
    except Error as error:
        if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
            raise
    else:
        harmless(page)


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("form", ["SELECT *", "CONSTRUCT"])
def test_answers_are_data(page: Page, poisoned: Server, form: str, name: str) -> None:
    query = f"{form} {{ ?s ?p ?o }}" if form != "CONSTRUCT" else "CONSTRUCT WHERE { ?s ?p ?o }"
    asked = urlencode({"query": query, **({"format": name} if name else {})})

    visit(page, f"{poisoned.url}/sparql?{asked}")


@pytest.mark.parametrize("at", range(len(LABELS)))
def test_errors_are_data(page: Page, poisoned: Server, at: int) -> None:
    """What was asked comes back in the message of some errors."""
    label = LABELS[at]
    for address in (
        "/sparql?" + urlencode({"query": label}),
        "/sparql?" + urlencode({"query": "ASK {}", "format": label}),
        "/sparql?" + urlencode({"query": "ASK {}", "default-graph-uri": label}),
        "/" + quote(label),
        "/graphs?" + urlencode({"graph": IRIS[at % len(IRIS)]}),
        "/api/" + quote(label),
    ):
        visit(page, poisoned.url + address)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_front_page(page: Page, poisoned: Server, language: str) -> None:
    for label in LABELS:
        more = urlencode({"lang": language, "query": label, "format": label, label: label})
        visit(page, f"{poisoned.url}/?{more}")
    assert page.locator("form").count() == 1


def test_the_browser_would_run_it(browser: Browser) -> None:
    """The labels are hostile: where they are not escaped, some of them run."""
    opened = browser.new_page()
    opened.set_content("".join(f"<p>{label}" for label in LABELS[2:4]))
    opened.wait_for_timeout(200)
    assert opened.evaluate("window.owned") == 1
    opened.set_content("".join(f"<p>{escape(label)}" for label in LABELS))
    assert opened.evaluate("document.querySelectorAll('p > *').length") == 0
    opened.close()
