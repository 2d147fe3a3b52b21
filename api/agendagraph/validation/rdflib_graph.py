"""Read files into graphs of rdflib, which pySHACL validates.

Oxigraph parses them: it is ten times as fast as rdflib and knows the place of an error.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import XSD, BNode, Graph, Literal, URIRef

from agendagraph.errors import GraphSyntaxError
from agendagraph.rdf.reading import quads_of_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node


def read_graph(paths: Iterable[str | Path]) -> Graph:
    """Return the union of the graphs in the files *paths*.

    Raises:
        GraphSyntaxError: A file does not parse.
    """
    graph = Graph()
    for path in paths:
        graph += map(rdflib_triple, quads_of_file(Path(path)))
    return graph


def rdflib_triple(quad: ox.Quad | ox.Triple) -> tuple[Node, Node, Node]:
    """Return the triple of *quad* as rdflib's terms."""
    return rdflib_term(quad.subject), rdflib_term(quad.predicate), rdflib_term(quad.object)


def rdflib_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    """Return one of Oxigraph's terms as rdflib's."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Triple):
        raise GraphSyntaxError("SHACL cannot validate a triple term", file=str(term))
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = URIRef(term.datatype.value)
    # rdflib distinguishes "x" from "x"^^xsd:string; RDF 1.1, and every shape, does not.
    return Literal(term.value, datatype=None if datatype == XSD.string else datatype)
