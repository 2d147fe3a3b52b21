"""RDF terms and syntaxes; knows neither tables nor stores.

`formats`: the RDF and SPARQL result formats, one table; `reading`: parse documents; `iris`: mint
every IRI; `terms`: Python values as terms; `turtle`: the same triples as the same bytes.
"""
