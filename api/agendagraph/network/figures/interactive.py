"""Show a network in a notebook: to pan, zoom and search, and to read the sentences behind it.

The view needs no server and no internet: the script that draws it is part of the package. It runs
in a sandboxed frame without access to the notebook, whose policy names its two scripts by their
hashes: a label that looks like a script is a label. Where the scripts were not built with the
package, a table shows the same content.
"""

# ruff: noqa: N803 - G is networkx's name for a graph

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from agendagraph.errors import NetworkParameterError
from agendagraph.files import ASSETS
from agendagraph.messages import catalogue
from agendagraph.network import provenance
from agendagraph.network.attributes import normalise
from agendagraph.network.parameters import relative
from agendagraph.templating import environment

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
_FOLDER: Final = Path(__file__).resolve().parent
_WORDS: Final = catalogue(_FOLDER.parent / "locale")
_TEMPLATES: Final = environment(_FOLDER / "templates")


@dataclass(frozen=True, slots=True)
class NetworkView:
    """A network as a notebook shows it; ``save`` writes it as a page of its own."""

    network: dict[str, Any]
    lang: Language
    height_px: int = 600

    def __repr__(self) -> str:
        """Return the title, for a terminal."""
        return f"<NetworkView: {self._title()}>"

    def _repr_html_(self) -> str:
        """Return what Jupyter shows."""
        if not _script().is_file():
            return self._rendered("table.html")
        return self._rendered("iframe.html", title=self._title(), page=self.page())

    def page(self) -> str:
        """Return the view as an HTML page that needs nothing else."""
        if not _script().is_file():
            policy = "default-src 'none'; style-src 'unsafe-inline'"
            return self._rendered("view.html", policy=policy, script="")
        # In a script "</script>" would end it; no other spelling of "<" does.
        script = _script().read_text(encoding="utf-8").replace("</script", "<\\/script")
        data = json.dumps(self.network, ensure_ascii=False).replace("<", "\\u003c")
        policy = (
            f"default-src 'none'; script-src {_hash(script)} {_hash(_START)}; "
            "style-src 'unsafe-inline'; img-src data:"
        )
        return self._rendered("view.html", policy=policy, script=script, start=_START, data=data)

    def save(self, path: Path | str) -> None:
        """Write the view as an HTML page.

        Raises:
            OSError: The file cannot be written.
        """
        Path(path).write_text(self.page(), encoding="utf-8")

    def _title(self) -> str:
        nodes, edges = len(self.network["nodes"]), self.network["total"]
        return _WORDS[self.lang]("view.frame", nodes=nodes, edges=edges)

    def _rendered(self, template: str, **more: str) -> str:
        network, label = self.network, f"label_{self.lang}"
        return _TEMPLATES.get_template(template).render(
            t=_WORDS[self.lang],
            height_px=self.height_px,
            names={node["id"]: node[label] or node["id"] for node in network["nodes"]},
            edges=network["edges"],
            sentences=network["sentences"],
            total=network["total"],
            **more,
        )


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
        a page that can be sent. The same network gives the same bytes and the same picture.

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
    """Return how a content security policy names an inline script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
