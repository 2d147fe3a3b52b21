"""Turn sources and tables into the graph: read, link, assemble, validate, write."""
