"""An official agenda as an RDF knowledge graph: open it, query it, compute with it.

>>> import agendagraph as ag
>>> kg = ag.open_graph()
>>> kg.query("ASK { ?goal a agenda:Goal }")
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agendagraph.version import __version__

if TYPE_CHECKING:
    from agendagraph.knowledge import KnowledgeGraph, open_graph

__all__ = ["KnowledgeGraph", "__version__", "open_graph"]


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that importing the package is fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from agendagraph import knowledge  # noqa: PLC0415 - the import is deferred on purpose

    return getattr(knowledge, name)


def __dir__() -> list[str]:
    return sorted(__all__)
