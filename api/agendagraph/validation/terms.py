"""Turn Oxigraph's terms into rdflib's, which pySHACL reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import XSD, BNode, Literal, URIRef

from agendagraph.errors import GraphSyntaxError

if TYPE_CHECKING:
    from rdflib.term import Node


def rdflib_triple(quad: ox.Quad) -> tuple[Node, Node, Node]:
    """Return the triple of *quad* as rdflib's terms."""
    return rdflib_term(quad.subject), rdflib_term(quad.predicate), rdflib_term(quad.object)


def rdflib_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    """Return one of Oxigraph's terms as rdflib's."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        datatype = URIRef(term.datatype.value)
        # rdflib tells "x" from "x"^^xsd:string; RDF 1.1, and every shape, does not.
        return Literal(term.value, datatype=None if datatype == XSD.string else datatype)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise GraphSyntaxError("a triple stands as a term, which SHACL cannot check", file=str(term))
