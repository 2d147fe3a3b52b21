"""A SPARQL 1.1 server for any RDF graph; it does not depend on the agenda model.

`http`: routes, problems, description, monitoring. `updates`: the writer, the SHACL gate, history.
`engine`: scheduler, workers, cache, federation. `pages`: templates and style of its pages.
`settings`: what an operator can choose.
"""
