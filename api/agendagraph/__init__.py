"""An official agenda as a knowledge graph: read it, ask it, compute with it.

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
    """Import what is asked for when it is asked for, so that importing us is quick."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from agendagraph import knowledge  # noqa: PLC0415 - that is the point

    return getattr(knowledge, name)


def __dir__() -> list[str]:
    return sorted(__all__)
