"""The agenda-specific part of the dataset description, as queries over the data.

Any data: up to three agendas as examples, and the namespace of its IRIs if all subjects are in
it. The shipped graph only: title, creator and licence, as its own statements give them, and its
version. What somebody adds to the graph is not ours to license.
"""

from __future__ import annotations

from typing import Final

from agendagraph.namespaces import BASE, NS, PREFIXES
from agendagraph.server.http.description.dataset import DatasetQueries
from agendagraph.version import RELEASED, __version__

_PROLOGUE: Final = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n"
    for name in ("agenda", "dcat", "dcterms", "rdfs", "void", "xsd")
)
_EXAMPLES: Final = 3

_ANY_DATA: Final = f"""{_PROLOGUE}
SELECT DISTINCT ?predicate ?value {{
  {{ SELECT DISTINCT (void:exampleResource AS ?predicate) (?agenda AS ?value) {{
    GRAPH ?g {{ ?agenda a agenda:Agenda }} }} ORDER BY ?agenda LIMIT {_EXAMPLES} }}
  UNION {{ SELECT (void:uriSpace AS ?predicate) ("{BASE}" AS ?value) {{
    FILTER EXISTS {{ GRAPH ?g {{ ?agenda a agenda:Agenda }} }}
    FILTER NOT EXISTS {{
      {{ ?s ?p ?o }} UNION {{ GRAPH ?h {{ ?s ?p ?o }} }}
      FILTER(ISIRI(?s) && !STRSTARTS(STR(?s), "{BASE}")) }} }} }}
}} ORDER BY ?predicate ?value
"""
_SHIPPED: Final = f"""{_PROLOGUE}
SELECT DISTINCT ?predicate ?value {{
  {{ GRAPH ?g {{ ?agenda a agenda:Agenda ; rdfs:label ?value }}
    BIND(dcterms:title AS ?predicate) }}
  UNION {{ VALUES ?predicate {{ dcterms:creator dcterms:license }}
    GRAPH ?g {{ <{NS.removesuffix("#")}> ?predicate ?value }} }}
  UNION {{ VALUES (?predicate ?value) {{
    (dcterms:issued "{RELEASED}"^^xsd:date) (dcat:version "{__version__}") }} }}
}} ORDER BY ?predicate ?value
"""

DATASET: Final = DatasetQueries(_ANY_DATA, _SHIPPED)
