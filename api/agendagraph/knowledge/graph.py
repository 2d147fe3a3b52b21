"""Open a graph and query it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from agendagraph import files
from agendagraph.errors import QueryError, QuerySyntaxError, StoreError
from agendagraph.knowledge.solutions import Solutions
from agendagraph.namespaces import NS, PREFIXES
from agendagraph.store import (
    Backend,
    LocalStore,
    is_store_directory,
    load_shipped,
    moved_back,
    open_current,
    open_directory,
    open_files,
    open_memory,
    with_prefixes,
)
from agendagraph.store.remote import RemoteStore
from agendagraph.validation import Report, validate_quads

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

_VERSION: Final = f"SELECT ?version {{ <{NS[:-1]}> <{PREFIXES['owl']}versionInfo> ?version }}"


class KnowledgeGraph:
    """A graph that answers SPARQL queries with Python values.

    Without a dataset clause a query sees the union of all named graphs. The prefixes of
    `PREFIXES` need not be declared.
    """

    def __init__(self, store: Backend, *, source: str) -> None:
        """Query *store*; *source* describes the origin of its triples."""
        self.store: Final = store
        self.source: Final = source

    def query(self, text: str) -> Solutions | bool | rdflib.Graph:
        """Answer a SPARQL query.

        Args:
            text: A query; our prefixes are added where it uses and does not declare them.

        Returns:
            The solutions of a SELECT, the boolean of an ASK, the graph of a CONSTRUCT or
            DESCRIBE.

        Raises:
            QuerySyntaxError: *text* does not parse; the error has a line and a column.
            QueryError: *text* parses, but its evaluation fails.
        """
        try:
            answer = self.store.query(with_prefixes(text))
            if isinstance(answer, ox.QuerySolutions):
                return Solutions.of(answer)
            if isinstance(answer, ox.QueryBoolean):
                return bool(answer)
            return _rdflib_graph(answer)
        except QuerySyntaxError as error:
            raise moved_back(error, text) from None
        except (OSError, RuntimeError, SyntaxError, ValueError) as error:
            raise QueryError(f"the query could not be answered to its end: {error}") from None

    def select(self, text: str) -> Solutions:
        """Answer a SELECT query.

        Raises:
            QueryError: *text* is a query of another form.
        """
        answer = self.query(text)
        if not isinstance(answer, Solutions):
            raise QueryError("expected a SELECT query, found one of another form")
        return answer

    @cached_property
    def rdflib(self) -> rdflib.Dataset:
        """The same triples as an rdflib Dataset, whose default graph is the union of all.

        Over a local store it is a view: triples added to it are added to the store.
        """
        import rdflib  # noqa: PLC0415 - heavy

        if isinstance(self.store, LocalStore):
            from oxrdflib import OxigraphStore  # noqa: PLC0415 - the same

            dataset = rdflib.Dataset(
                store=OxigraphStore(store=self.store.oxigraph), default_union=True
            )
        elif isinstance(self.store, RemoteStore):
            from rdflib.plugins.stores.sparqlstore import SPARQLStore  # noqa: PLC0415 - the same

            dataset = rdflib.Dataset(
                store=SPARQLStore(self.store.url, method="POST"), default_union=True
            )
        else:
            raise TypeError(f"no rdflib view of a {type(self.store).__name__}")
        for prefix, namespace in PREFIXES.items():
            dataset.bind(prefix, namespace, replace=True)
        return dataset

    def validate(self, *shapes: Path) -> Report:
        """Validate the graph against *shapes*, by default the shipped ones.

        Raises:
            GraphSyntaxError: The shapes do not parse, or are not well formed.
        """
        return validate_quads(self.store.quads(), shapes=shapes or (files.SHAPES,))

    def network(self, name: str, **parameters: Any) -> nx.Graph[str]:  # noqa: ANN401 - the network's own
        """Return the network called *name*; see `agendagraph.network`."""
        from agendagraph.network.extraction import network  # noqa: PLC0415 - heavy

        return network(self._trusted, name, **parameters)

    @cached_property
    def _trusted(self) -> KnowledgeGraph:
        """This graph, or a copy of it if its store is known to evaluate joins wrongly."""
        if isinstance(self.store, RemoteStore) and self.store.dialect.joins_wrongly:
            return KnowledgeGraph(self.store.copied(), source=f"a copy of {self.source}")
        return self

    def networks(self) -> list[str]:
        """Return the names of the networks that `network` knows."""
        from agendagraph.network.definitions import networks  # noqa: PLC0415 - the same

        return networks()

    @property
    def version(self) -> str | None:
        """The version of the vocabulary in the graph; None if it contains none."""
        rows = self.select(_VERSION)
        return str(rows[0].version) if rows else None

    def __len__(self) -> int:
        """Return the number of quads (of an endpoint: triples of its default graph)."""
        return len(self.store)

    def __repr__(self) -> str:
        """Show the origin of the graph."""
        return f"<KnowledgeGraph of {self.source}>"


def open_graph(source: str | Path | None = None) -> KnowledgeGraph:
    """Open a graph.

    Args:
        source: None for the shipped graph, loaded into memory; the address of a SPARQL
            endpoint; the directory of a store on disk (one made by ``agendagraph load`` or
            ``serve`` is opened read-only); or a file or folder of RDF, loaded into memory.

    Raises:
        StoreError: The store is locked, corrupt or missing, or there is no such file. An
            endpoint is contacted only by a query.
        GraphSyntaxError: A file does not parse.
    """
    if source is None:
        store = open_memory()
        load_shipped(store.oxigraph)
        return KnowledgeGraph(store, source="the shipped graph")
    if isinstance(source, str) and source.startswith(("http://", "https://")):
        return KnowledgeGraph(RemoteStore(source), source=source)
    path = Path(source)
    if not path.exists():
        raise StoreError(f"cannot open {path}: no such file or folder")
    if is_store_directory(path):
        return KnowledgeGraph(open_current(path), source=str(path))
    if (path / "CURRENT").is_file():
        return KnowledgeGraph(open_directory(path), source=str(path))
    return KnowledgeGraph(open_files([path]), source=str(path))


def _rdflib_graph(triples: Any) -> rdflib.Graph:  # noqa: ANN401 - an iterator of Oxigraph's
    """Return *triples* as a graph of rdflib's, with our prefixes bound."""
    import rdflib  # noqa: PLC0415 - heavy, and only graphs need it

    graph = rdflib.Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, replace=True)
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    return graph.parse(data=data, format="nt")
