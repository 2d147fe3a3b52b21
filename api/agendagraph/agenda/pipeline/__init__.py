"""Build the graph of an agenda from its page and its tables, or draft the tables of a page.

    sources (capture, tables/) -> linking -> layers/ -> assembly -> build (writing)
    ingest/: the same path for a new page, with drafted tables and a review

`violation_sources` traces a SHACL result to the row and column that caused it.
"""
