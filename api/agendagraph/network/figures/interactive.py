"""Show a network in a notebook: to pan, zoom and search, and to read the sentences behind it.

The view needs no server and no network: the script that draws it is part of the package. It
stands in a frame of its own, without access to the notebook around it, and whose only two
scripts are named by their hashes: a label that looks like a script is a label. Where
the scripts were not built with the package, the same content is shown as a table.
"""

# ruff: noqa: N803 - G is networkx's name for a graph

from __future__ import annotations

import base64
import hashlib
import html
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from agendagraph.errors import NetworkParameterError
from agendagraph.files import ASSETS
from agendagraph.network import provenance
from agendagraph.network.attributes import normalise
from agendagraph.network.parameters import relative

if TYPE_CHECKING:
    from agendagraph.network.bipartite import Graph
    from agendagraph.network.parameters import Source

Language: TypeAlias = Literal["ko", "en"]

SCRIPT: Final = "network-view.js"
_START: Final = (
    'const data = JSON.parse(document.getElementById("network").textContent);'
    'window.drawn = agendagraphNetworkView.mount(document.getElementById("view"), data, '
    "{ lang: document.documentElement.lang });"
)
_STYLE: Final = "html, body { height: 100%; margin: 0; background: #fff } #view { padding: 8px }"
_WORDS: Final = {
    "ko": {
        "title": "네트워크",
        "frame": "노드 {nodes}개, 연결 {edges}개의 네트워크",
        "note": (
            "그림을 그리는 스크립트가 설치되어 있지 않아 표로 보입니다. 설치할 때 npm에 연결할 수 "
            "있어야 합니다: pip install --force-reinstall agendagraph"
        ),
        "cut": "연결 {edges}개 가운데 가중치가 큰 {shown}개만 보입니다.",
        "heads": ("노드", "노드", "가중치", "근거 문장"),
    },
    "en": {
        "title": "Network",
        "frame": "Network of {nodes} nodes and {edges} ties",
        "note": (
            "Shown as a table, because the scripts that draw it were not installed. npm must be "
            "within reach when the package is installed: pip install --force-reinstall agendagraph"
        ),
        "cut": "Only the {shown} heaviest of {edges} ties are shown.",
        "heads": ("node", "node", "weight", "sentences"),
    },
}


@dataclass(frozen=True, slots=True)
class NetworkView:
    """A network as a notebook shows it; ``save`` writes it as a page of its own."""

    network: dict[str, Any]
    lang: Language
    height_px: int = 600

    def __repr__(self) -> str:
        """Say what is shown, where nothing can be drawn."""
        return f"<NetworkView: {self._said('frame')}>"

    def _repr_html_(self) -> str:
        """Return what Jupyter shows."""
        if not _script().is_file():
            return self._table()
        return (
            f'<iframe sandbox="allow-scripts" style="width:100%;height:{self.height_px}px;border:0"'
            f' title="{html.escape(self._said("frame"))}"'
            f' srcdoc="{html.escape(self.page())}"></iframe>'
        )

    def page(self) -> str:
        """Return the view as an HTML page that needs nothing else."""
        if not _script().is_file():
            return self._around(
                self._table(), policy="default-src 'none'; style-src 'unsafe-inline'"
            )
        # In a script "</script>" would end it; no other spelling of "<" does.
        script = _script().read_text(encoding="utf-8").replace("</script", "<\\/script")
        data = json.dumps(self.network, ensure_ascii=False).replace("<", "\\u003c")
        policy = (
            f"default-src 'none'; script-src {_hash(script)} {_hash(_START)}; "
            "style-src 'unsafe-inline'; img-src data:"
        )
        body = (
            '<div id="view"></div>'
            f'<script type="application/json" id="network">{data}</script>'
            f"<script>{script}</script><script>{_START}</script>"
        )
        return self._around(body, policy=policy)

    def save(self, path: Path | str) -> None:
        """Write the view as an HTML page.

        Raises:
            OSError: The file cannot be written.
        """
        Path(path).write_text(self.page(), encoding="utf-8")

    def _around(self, body: str, *, policy: str) -> str:
        return (
            f'<!doctype html><html lang="{self.lang}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{_WORDS[self.lang]['title']}</title><style>{_STYLE}</style></head>"
            f"<body>{body}</body></html>"
        )

    def _said(self, key: str) -> str:
        words = str(_WORDS[self.lang][key])
        shown, edges = len(self.network["edges"]), self.network["total"]
        return words.format(nodes=len(self.network["nodes"]), edges=edges, shown=shown)

    def _table(self) -> str:
        """The same content without a script."""
        names = {
            node["id"]: node[f"label_{self.lang}"] or node["id"] for node in self.network["nodes"]
        }
        rows = []
        for edge in self.network["edges"]:
            cells = [names[edge["source"]], names[edge["target"]], str(edge["weight"])]
            quotes = "".join(f"<li>{self._quote(at)}</li>" for at in edge["evidence"])
            told = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
            rows.append(f"<tr>{told}<td><ul>{quotes}</ul></td></tr>")
        heads = "".join(f"<th>{head}</th>" for head in _WORDS[self.lang]["heads"])
        cut = len(self.network["edges"]) < self.network["total"]
        return (
            f'<div lang="{self.lang}"><p>{self._said("note")}</p>'
            + (f"<p>{self._said('cut')}</p>" if cut else "")
            + f'<div style="max-height:{self.height_px}px;overflow:auto">'
            f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></div>"
        )

    def _quote(self, at: int) -> str:
        sentence = self.network["sentences"][at]
        return html.escape(sentence[self.lang] or sentence["ko"])


def view(
    G: Graph,
    lang: Language = "ko",
    *,
    source: Source | None = None,
    most_edges: int = 2000,
    height_px: int = 600,
) -> NetworkView:
    """Return a view of *G* that a notebook shows, with the sentences behind every edge.

    Args:
        G: An undirected network; edge attribute ``weight``, 1 where absent. Its labels are the
            node attributes ``label_ko`` and ``label_en``, or the names of its nodes.
        lang: The language of the view, ``ko`` or ``en``.
        source: The graph with the sentences; by default the one that *G* was made from. A
            projection or a backbone has none, and its edges no sentences.
        most_edges: How many edges to draw, the heaviest first; the view says what it leaves out.
        height_px: The height of the view, in pixels; its width is the notebook's.

    Returns:
        An object with ``_repr_html_``, as the last line of a cell needs, and with ``save`` for
        a page to send to somebody. The same network gives the same bytes and the same picture.

    Raises:
        NetworkParameterError: The language is another one, a number is not positive, or two
            nodes are written alike.
        QueryError: The source could not answer.

    >>> import networkx as nx
    >>> view(nx.Graph([("일본", "미국")]), lang="en")
    <NetworkView: Network of 2 nodes and 1 ties>
    """
    if lang not in get_args(Language):
        raise NetworkParameterError(f"lang={lang!r}: expected ko or en")
    if most_edges < 1 or height_px < 1:
        raise NetworkParameterError(
            f"most_edges={most_edges}, height_px={height_px}: expected positive numbers"
        )
    return NetworkView(
        _network(G, source or getattr(G, "source", None), most_edges), lang, height_px
    )


def _network(G: Graph, source: Source | None, most_edges: int) -> dict[str, Any]:
    """What the script draws, as plain data."""
    graph = normalise(G)
    ranked = sorted(
        graph.edges(data=True), key=lambda edge: (-float(edge[2].get("weight", 1)), edge[:2])
    )[:most_edges]
    wanted = {iri for _, _, data in ranked for iri in str(data.get("evidence", "")).split()}
    sentences = provenance.sentences(source, wanted) if source is not None and wanted else []
    number = {sentence.element: at for at, sentence in enumerate(sentences)}
    return {
        "nodes": [
            {
                "id": node,
                "kind": str(data.get("kind", "")),
                "label_ko": str(data.get("label_ko", "")),
                "label_en": str(data.get("label_en", "")),
            }
            for node, data in graph.nodes(data=True)
        ],
        "edges": [
            {
                "source": u,
                "target": v,
                "weight": data.get("weight", 1),
                "evidence": sorted(
                    number[iri] for iri in str(data.get("evidence", "")).split() if iri in number
                ),
            }
            for u, v, data in ranked
        ],
        "sentences": [_sentence(one) for one in sentences],
        "total": graph.number_of_edges(),
    }


def _sentence(one: provenance.Evidence) -> dict[str, str]:
    return {
        "ko": one.text_ko,
        "en": one.text_en,
        "goal_ko": one.goal_ko,
        "goal_en": one.goal_en,
        "place": relative(one.element).removeprefix("agenda/"),
    }


def _script() -> Path:
    """The bundled script; it may be missing."""
    return ASSETS / SCRIPT


def _hash(script: str) -> str:
    """How a content security policy names a script that stands in the page."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
