"""Open a graph, query it in SPARQL, and get Python values."""

from agendagraph.knowledge.graph import KnowledgeGraph, open_graph
from agendagraph.knowledge.solutions import Row, Solutions
from agendagraph.knowledge.values import IRI, BlankNode, Text, TypedText, Value

__all__ = [
    "IRI",
    "BlankNode",
    "KnowledgeGraph",
    "Row",
    "Solutions",
    "Text",
    "TypedText",
    "Value",
    "open_graph",
]
