"""Draw without matplotlib's global state: figures, colours, fonts and labels of all drawings."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from agendagraph.messages import catalogue
from agendagraph.network.figures.fonts import Font, hangul_font, has_hangul

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.network.bipartite import Graph

Language: TypeAlias = Literal["ko", "en"]
Axes: TypeAlias = Any
"""matplotlib's axes."""

COLOURS: Final = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#666666",
)
"""M. Okabe, K. Ito, "Color Universal Design" (2008). https://jfly.uni-koeln.de/color/"""

WORDS: Final = catalogue(Path(__file__).resolve().parents[1] / "locale")


class Picture(Figure):
    """A figure that a notebook shows without pyplot, which keeps figures alive and is global."""

    def _repr_png_(self) -> bytes:
        """Return what Jupyter shows."""
        out = io.BytesIO()
        self.savefig(out, format="png", dpi=120, metadata={"Software": None})
        return out.getvalue()


def canvas(size_in: tuple[float, float]) -> tuple[Figure, Axes]:
    """Return an empty figure of a size in inches, and its axes."""
    figure = Picture(figsize=size_in, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def label(graph: Graph | None, node: Any, lang: Language) -> str:  # noqa: ANN401 - a node
    """Return the label of *node* in a language, or else its name."""
    data = {} if graph is None or node not in graph else graph.nodes[node]
    return str(data.get(f"label_{lang}") or node)


def font_for(labels: Iterable[str]) -> Font:
    """Return a font for *labels*: one with Hangul only where they need it."""
    return hangul_font() if any(has_hangul(label) for label in labels) else None
