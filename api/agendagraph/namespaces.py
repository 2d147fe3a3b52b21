"""The base IRIs and the prefixes of the graph.

Every module takes its namespaces from here. They are plain strings: this module needs no RDF
library.
"""

from __future__ import annotations

from typing import Final

BASE: Final = "https://w3id.org/agendagraph/"
"""The base of every IRI that we mint."""

NS: Final = BASE + "ns#"
ID: Final = BASE + "id/"
SCHEME: Final = BASE + "scheme/"
GRAPH: Final = BASE + "graph/"
SHAPES: Final = BASE + "shapes#"

PREFIXES: Final[dict[str, str]] = {
    "agenda": NS,
    "ags": SHAPES,
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes of our files, answers and pages, each with its namespace."""
