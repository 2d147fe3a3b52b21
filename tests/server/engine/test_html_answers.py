"""An answer as a page holds the whole answer as text, and no value of it becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pyoxigraph as ox
import pytest

from agendagraph.server.engine.html_answers import HtmlAnswer
from agendagraph.server.engine.job import Job

HOSTILE = (
    "</td></table><script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'>",
    "</textarea></bdi><svg onload=alert(1)>",
    "<!-- & &lt;b&gt; --> \" ' \\ `",
    "한글 <b>과</b> \u202e뒤집힘\n줄",
)
HOSTILE_IRIS = (
    "javascript:alert(1)",
    "data:text/html,%3Cscript%3Ealert(1)%3C/script%3E",
    "vbscript:msgbox",
    "urn:x:'onclick='alert(1)",
    "file:///etc/passwd",
)


class Page(HTMLParser):
    """Reads a page: the text of each cell, the links, and the names of the elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.links: list[str] = []
        self.elements: set[str] = set()
        self.titles: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element and its addresses."""
        self.elements.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.titles += [value or "" for name, value in attrs if name == "title"]
        if tag == "td":
            self._inside = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave a cell."""
        self._inside &= tag != "td"

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self._inside:
            self.cells[-1] += data


def shown(query: str, data: str = "", lang: str = "en", limit: int | None = None) -> str:
    store = ox.Store()
    if data:
        store.update(data)
    page = HtmlAnswer(Job(query, "http://base/", row_limit=limit), lang)
    return "".join(page.pieces(store.query(query)))


@pytest.mark.parametrize("value", HOSTILE)
def test_a_literal_is_text(value: str) -> None:
    literal = str(ox.Literal(value))

    page = Page(shown(f"SELECT ({literal} AS ?x) {{}}"))

    assert page.cells == [value]
    assert not page.elements & {"script", "img", "svg", "b"}


@pytest.mark.parametrize("iri", HOSTILE_IRIS)
@pytest.mark.parametrize(
    "form", ["SELECT * {{ ?s ?p <{0}> }}", "DESCRIBE <{0}>", "CONSTRUCT WHERE {{ ?s ?p ?o }}"]
)
def test_an_iri_that_is_not_of_the_web_is_no_link(iri: str, form: str) -> None:
    page = Page(shown(form.format(iri), f"INSERT DATA {{ <{iri}> <{iri}> <{iri}> }}"))

    assert iri in page.cells
    assert {link[0] for link in page.links} == {"/"}


def test_an_iri_of_the_web_leads_to_what_is_said_of_it_here() -> None:
    iri = "http://example.org/a'b?c=d&e=한"

    page = Page(shown(f"SELECT (<{iri}> AS ?x) {{}}", lang="ko"))

    assert page.cells == [iri]
    assert iri in page.titles
    assert (
        "/sparql?query=DESCRIBE%20%3Chttp%3A%2F%2Fexample.org%2Fa%27b%3Fc%3Dd%26e%3D%ED%95%9C%3E"
        "&format=html&lang=ko"
    ) in page.links


def test_iris_are_shown_with_the_prefixes_that_are_known() -> None:
    query = "PREFIX ex: <http://example.org/> SELECT * { VALUES ?x { ex:a ex:b\\/c rdf:type } }"
    query = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> " + query

    assert Page(shown(query)).cells == ["ex:a", "http://example.org/b/c", "rdf:type"]


def test_language_datatype_and_direction_are_said() -> None:
    query = (
        'SELECT ("나라"@ko AS ?a) ("2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date> AS ?b)'
        ' ("x" AS ?c) (7 AS ?d) ("مرحبا"@ar--rtl AS ?e) {}'
    )
    text = shown(query)

    assert Page(text).cells == ["나라 @ko", "2020-01-01 xsd:date", "x", "7", "مرحبا @ar"]
    assert '<bdi lang="ko">' in text
    assert '<bdi lang="ar" dir="rtl">' in text


def test_terms_in_terms_and_values_that_are_missing_are_shown() -> None:
    inner = "<<( <urn:a> <urn:b> 1 )>>"
    for _ in range(6):
        inner = f"<<( <urn:a> <urn:b> {inner} )>>"
    page = Page(shown(f"SELECT ?none (<<( <urn:a> <urn:b> '<i>' )>> AS ?x) ({inner} AS ?y) {{}}"))

    assert page.cells[:2] == ["", "<<( urn:a urn:b <i> )>>"]
    assert page.cells[2].count("<<(") == 7
    assert "i" not in page.elements


@pytest.mark.parametrize(
    ("limit", "rows", "said"),
    [
        (None, 30, "30 rows<"),
        (30, 30, "30 rows<"),
        (29, 29, "29 rows · Cut off"),
        (1, 1, "1 row · Cut off"),
        (0, 0, "0 rows · Cut off"),
    ],
)
def test_the_limit_of_rows_is_kept_and_told(limit: int | None, rows: int, said: str) -> None:
    values = " ".join(map(str, range(30)))
    text = shown(f"SELECT ?x {{ VALUES ?x {{ {values} }} }}", limit=limit)

    assert len(Page(text).cells) == rows
    assert f'<p class="count soft">{said}' in text
    assert text.endswith("</html>\n")


def test_statements_are_counted_and_cut_as_rows_are() -> None:
    data = "INSERT DATA { " + " . ".join(f"<urn:s> <urn:p> {i}" for i in range(5)) + " }"

    assert "5 statements<" in shown("CONSTRUCT WHERE { ?s ?p ?o }", data)
    cut = shown("CONSTRUCT WHERE { ?s ?p ?o }", data, limit=2)
    assert len(Page(cut).cells) == 6
    assert "2 statements · Cut off" in cut


def test_yes_no_and_nothing() -> None:
    assert '<p class="yes">Yes' in shown("ASK {}")
    assert '<p class="yes">아니요' in shown("ASK { <urn:a> <urn:b> 1 }", lang="ko")
    assert "0 rows · Nothing matches" in shown("SELECT * { ?s ?p ?o }")


def test_a_page_about_an_iri_leads_to_what_points_to_it() -> None:
    page = Page(shown("DESCRIBE <http://example.org/a>"))

    assert "http://example.org/a" in page.links
    assert any("%3Fproperty%20%3Chttp%3A%2F%2Fexample.org%2Fa%3E" in link for link in page.links)
