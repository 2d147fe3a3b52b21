"""Mint the IRIs, make the terms, and write the Turtle of the graph.

This floor knows RDF and nothing of agendas' tables or of stores: `iris` says what a
thing is called, `terms` turns Python values into RDF terms, and `turtle` writes
triples so that the same triples are always the same bytes.
"""
