"""A SPARQL 1.1 server for any RDF graph: it knows no agenda."""
