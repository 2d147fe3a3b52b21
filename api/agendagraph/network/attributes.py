"""Normalise the attributes of a graph to strings, booleans and finite numbers.

Graph formats disagree about lists, dates and missing values, and some writers fail in the
middle of a file. So all attributes are normalised in one way before a graph is written.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import networkx as nx

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite

if TYPE_CHECKING:
    from agendagraph.network.bipartite import Graph

Value: TypeAlias = Any
"""A value of an attribute, of any type."""

_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML document may hold, not even escaped."""


def normalise_value(value: Value) -> str | bool | int | float | None:
    """Return *value* normalised; None for a missing value (None, NaN, infinity).

    Numbers of numpy become Python's, dates their ISO form, mappings JSON, and collections
    their members joined by spaces (sets sorted).

    >>> normalise_value(["a", 1]), normalise_value(float("nan")), normalise_value({"k": 1})
    ('a 1', None, '{"k": 1}')
    """
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, Decimal):
        value = float(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, str):
        return _NOT_XML.sub("\ufffd", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, (bool, int, float)):
        return value
    return normalise_value(_text(value))


def _text(value: Value) -> str:
    """The text of a value that is neither a string nor a number."""
    if isinstance(value, (dt.date, dt.datetime, dt.time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    if isinstance(value, (list, tuple, AbstractSet)):
        parts = [str(normalise_value(one)) for one in value]
        return " ".join(sorted(parts) if isinstance(value, AbstractSet) else parts)
    return str(value)


def normalise(graph: Graph) -> nx.Graph[str]:
    """Return a sorted copy of *graph* with string nodes and normalised attributes.

    Attributes without a value are left out.

    Raises:
        NetworkParameterError: Two nodes have the same written form (1 and "1").
    """
    order = bipartite.ordered(graph)
    names = {node: str(normalise_value(str(node))) for node in order}
    if len(set(names.values())) < len(names):
        twice = next(name for name in names.values() if list(names.values()).count(name) > 1)
        raise NetworkParameterError(f"two nodes of the graph are both written {twice!r}")
    copy: nx.Graph[str] = nx.Graph(**_normalise_items(graph.graph))
    for node in order:
        copy.add_node(names[node], **_normalise_items(graph.nodes[node]))
    for u, v, data in bipartite.ordered_edges(graph):
        copy.add_edge(names[u], names[v], **_normalise_items(data))
    return copy


def _normalise_items(attributes: Mapping[Any, Value]) -> dict[str, Any]:
    found = {str(name): normalise_value(value) for name, value in attributes.items()}
    return {name: value for name, value in found.items() if value is not None}
