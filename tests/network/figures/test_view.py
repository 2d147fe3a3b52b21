"""The view shows every tie's sentences in a notebook, offline, and runs no script but its own.

Driven in Debian's chromium, which CI installs; no browser is downloaded.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from markupsafe import escape
from playwright.sync_api import expect

from agendagraph.errors import NetworkParameterError
from agendagraph.files import ASSETS
from agendagraph.network import evidence, view
from agendagraph.network.figures import interactive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, FrameLocator, Page

    from agendagraph.knowledge import KnowledgeGraph

HOSTILE = (
    "</script><script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'>",
    "<!--<script>",
    '"><svg onload="window.owned = 1">',
    "' \" & &lt;b&gt; ${window.owned = 1}",
)

needs_script = pytest.mark.skipif(
    not (ASSETS / interactive.SCRIPT).is_file(), reason="the scripts were not built (npm)"
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which nothing may go wrong, and from which nothing may be asked."""
    opened = browser.new_page(viewport={"width": 1200, "height": 700})
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text))
    opened.on("request", lambda asked: faults.append(asked.url))
    yield opened
    opened.close()
    assert [fault for fault in faults if not fault.startswith(("about:", "data:"))] == []


def show(page: Page, shown: interactive.NetworkView) -> FrameLocator:
    """Put a view into a page as a notebook does, and wait until it is drawn."""
    page.set_content(f"<!doctype html><body>{shown._repr_html_()}</body>")
    frame = page.frame_locator("iframe")
    frame.locator(".agendagraph-panel li").first.wait_for()
    return frame


def inside(page: Page, script: str) -> Any:  # noqa: ANN401 - whatever the page answers
    return page.frames[-1].evaluate(script)


def hostile() -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    for at, label in enumerate(HOSTILE):
        graph.add_node(label, kind=label, label_ko=label, label_en=label)
        graph.add_edge(label, HOSTILE[at - 1], weight=at + 1)
    return graph


@needs_script
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_label_that_looks_like_a_script_is_a_label(
    page: Page, lang: interactive.Language
) -> None:
    frame = show(page, view(hostile(), lang=lang))
    buttons = frame.locator(".agendagraph-panel li button span:first-child")

    for at in range(len(HOSTILE)):
        buttons.nth(at).click()
        frame.locator(".agendagraph-panel > button").click()

    assert sorted(buttons.all_inner_texts()) == sorted(HOSTILE)
    assert inside(page, "window.owned") is None
    assert page.evaluate("window.owned") is None
    assert inside(page, "document.querySelectorAll('img, svg').length") == 0


@needs_script
def test_a_tie_clicked_in_the_drawing_shows_its_sentences(
    page: Page, small: KnowledgeGraph
) -> None:
    graph = small.network("counterparts-together")
    frame = show(page, view(graph, lang="ko"))
    spot = inside(
        page,
        "(() => { const tie = drawn.edges()[0], box = drawn.container().getBoundingClientRect();"
        "const [a, b] = [tie.source().renderedPosition(), tie.target().renderedPosition()];"
        "return { x: box.x + (a.x + b.x) / 2, y: box.y + (a.y + b.y) / 2 } })()",
    )
    ends = inside(page, "[drawn.edges()[0].data('source'), drawn.edges()[0].data('target')]")

    box = page.locator("iframe").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])

    sentences = [one.text_ko for one in evidence(small, graph, *ends)]
    assert sentences
    shown = frame.locator(".agendagraph-sentence > p")
    expect(shown).to_have_count(len(sentences))
    assert shown.all_inner_texts() == sentences


@needs_script
def test_a_keyboard_is_enough_to_read_the_sentences(page: Page, small: KnowledgeGraph) -> None:
    frame = show(page, view(small.network("counterparts-together"), lang="en"))
    frame.locator("input").focus()

    page.keyboard.type("japan")
    page.keyboard.press("Enter")
    expect(frame.locator(".agendagraph-panel h3")).to_have_text("Japan")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(frame.locator(".agendagraph-panel h3")).to_contain_text("Japan – ")
    assert frame.locator(".agendagraph-sentence").count() > 0


@needs_script
@pytest.mark.parametrize("width", [1200, 400])
def test_nothing_stands_outside_a_wide_or_narrow_view(
    page: Page, small: KnowledgeGraph, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    show(page, view(small.network("counterpart-goal"), lang="ko"))

    root = "document.documentElement"
    assert inside(page, f"{root}.scrollWidth <= {root}.clientWidth")
    assert inside(page, f"{root}.scrollHeight <= {root}.clientHeight")
    size = inside(page, "[drawn.width(), drawn.height()]")
    assert min(size) > 150


@needs_script
def test_the_same_network_is_the_same_picture(page: Page, small: KnowledgeGraph) -> None:
    graph = small.network("counterpart-item")
    places = "JSON.stringify(drawn.nodes().map((node) => node.position()))"

    show(page, view(graph))
    first = inside(page, places)
    show(page, view(graph))

    assert inside(page, places) == first


@needs_script
def test_a_saved_page_stands_alone(page: Page, small: KnowledgeGraph, tmp_path: Path) -> None:
    file = tmp_path / "network.html"
    view(small.network("counterpart-goal"), lang="en").save(file)

    page.set_content(file.read_text(encoding="utf-8"))

    page.locator(".agendagraph-panel li").first.wait_for()
    assert page.locator("canvas").count() > 0


@needs_script
def test_the_page_allows_two_scripts_and_no_address() -> None:
    page = view(hostile()).page()

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert policy[1].count("sha256-") == 2
    assert "unsafe-inline" not in policy[1].split("style-src")[0]
    assert not re.search(r"<(script|link|img)[^>]* (src|href)=", page)


@needs_script
def test_the_heaviest_ties_are_kept_and_the_others_counted(small: KnowledgeGraph) -> None:
    graph = small.network("counterpart-goal")

    network = view(graph, most_edges=1).network

    weights = [data["weight"] for _, _, data in graph.edges(data=True)]
    assert [edge["weight"] for edge in network["edges"]] == [max(weights)]
    assert network["total"] == len(weights)


def test_the_sentences_are_given_once(small: KnowledgeGraph) -> None:
    network = view(small.network("counterpart-goal")).network

    places = [sentence["place"] for sentence in network["sentences"]]
    used = {at for edge in network["edges"] for at in edge["evidence"]}
    assert len(places) == len(set(places))
    assert used == set(range(len(places)))


def test_without_its_script_the_view_is_a_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small: KnowledgeGraph
) -> None:
    monkeypatch.setattr(interactive, "ASSETS", tmp_path)

    shown = view(small.network("counterpart-goal"), lang="en")

    table = shown._repr_html_()
    assert "pip install" in table
    assert table.count("<tr>") == 1 + len(shown.network["edges"])
    assert escape(shown.network["sentences"][0]["en"] or "-") in table
    assert "<script" not in shown.page()


def test_a_table_escapes_its_labels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(interactive, "ASSETS", tmp_path)

    table = view(hostile())._repr_html_()

    assert not re.search(r"<(script|img|svg)", table)
    assert all(escape(label) in table for label in HOSTILE)


def test_an_empty_network_and_a_foreign_one_are_shown() -> None:
    assert view(nx.Graph()).network == {"nodes": [], "edges": [], "sentences": [], "total": 0}
    foreign = view(nx.path_graph(3), lang="en")
    assert repr(foreign) == "<NetworkView: Network of 3 nodes and 2 ties>"
    assert json.dumps(foreign.network)


@pytest.mark.parametrize("wrong", [{"lang": "fr"}, {"most_edges": 0}, {"height_px": 0}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(NetworkParameterError):
        view(nx.path_graph(3), **wrong)
