"""Open a store of triples, in memory, on disk or behind an endpoint, and load the shipped graph.

All kinds implement one protocol (`Backend`). The default graph of a query is the union of all
named graphs, unless the query has ``FROM`` clauses. This package knows RDF files and the
names of graphs, and nothing of agendas.

`RemoteStore` is imported from `store.remote`: it needs httpx, which takes half of the start of a
writer or a worker, and neither of them has sockets.
"""

from agendagraph.sparql.query_syntax import has_dataset_clause, with_prefixes
from agendagraph.sparql.syntax_errors import moved_back, syntax_error
from agendagraph.store.backend import Backend, QueryAnswer
from agendagraph.store.local import (
    LocalStore,
    is_store_directory,
    open_current,
    open_directory,
    open_files,
    open_memory,
)
from agendagraph.store.shipped import load_shipped, shipped_files, shipped_quads

__all__ = [
    "Backend",
    "LocalStore",
    "QueryAnswer",
    "has_dataset_clause",
    "is_store_directory",
    "load_shipped",
    "moved_back",
    "open_current",
    "open_directory",
    "open_files",
    "open_memory",
    "shipped_files",
    "shipped_quads",
    "syntax_error",
    "with_prefixes",
]
