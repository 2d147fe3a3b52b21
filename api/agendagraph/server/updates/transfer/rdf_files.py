"""Bring data into a store, and out of it, as RDF files with manifests."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from dataclasses import replace as replaced
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import pyoxigraph as ox
import zstandard

from agendagraph import durable
from agendagraph.errors import GraphSyntaxError, StoreError, ValidationFailed
from agendagraph.rdf.formats import FILE_ENDINGS
from agendagraph.rdf.reading import quads_of_bytes
from agendagraph.server.updates.history import HISTORY_GRAPH
from agendagraph.server.updates.transaction import Transactions
from agendagraph.server.updates.transfer import manifest
from agendagraph.server.updates.transfer.manifest import Manifest
from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.initialise import fill
from agendagraph.store.integrity import check_tables
from agendagraph.store.local import is_damage, store_error
from agendagraph.validation import validate_quads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agendagraph.server.updates.staging import StagingStore

_PATCHED_BYTES: Final = 16 << 20
"""Files up to this size together are loaded quad by quad, larger ones in bulk."""
UNDOABLE_BYTES: Final = 256 << 20
"""Files up to this size together are loaded with a patch, so that it can be undone."""
_HISTORY: Final = ox.NamedNode(HISTORY_GRAPH)
_PACKED: Final = (".gz", ".zst")


def dump(store: Path, target: Path, *, graph: str | None = None) -> Manifest:
    """Write the quads of *store*, or of one graph, to the file *target*, with a manifest.

    The format is that of the file's ending, with ``.gz`` or ``.zst`` behind it for a packed
    file. Formats of triples need *graph*. A server may use the store meanwhile.

    Args:
        store: The store.
        target: The file; the manifest is beside it, with ``.manifest.json`` added.
        graph: The IRI of the only graph to write; blank is the default graph.

    Raises:
        StoreError: There is no store, the graph is not there, or the file cannot be written.
    """
    form = format_of(target)
    if graph is None and not form.supports_datasets:
        raise StoreError(f"{target.name} can hold one graph only: name it with --graph")
    snapshot = current_snapshot(store)
    try:
        opened = ox.Store.read_only(snapshot.path)
    except (OSError, RuntimeError, ValueError) as error:
        raise store_error(store, error) from None
    try:
        with durable.replacing(target) as file:
            with _packing(file, target) as stream:
                if graph is None:
                    opened.dump(stream, form)
                else:
                    opened.dump(stream, form, from_graph=_graph(graph, opened))
            quads, content = manifest.content_of(_of_graph(opened, graph))
        sums = {target.name: manifest.sha256_of(target)}
        written = Manifest(snapshot.generation, quads, content, sums)
        written.write(_manifest_of(target))
    except (OSError, RuntimeError) as error:
        raise store_error(store if is_damage(error) else target, error) from None
    return written


def _of_graph(store: ox.Store, graph: str | None) -> Iterable[ox.Quad]:
    if graph is None:
        return store
    return store.quads_for_pattern(None, None, None, _graph(graph, store))


def _graph(graph: str, store: ox.Store) -> ox.NamedNode | ox.DefaultGraph:
    if not graph:
        return ox.DefaultGraph()
    name = ox.NamedNode(graph)
    if not store.contains_named_graph(name):
        raise StoreError(f"the store has no graph {graph}")
    return name


def _manifest_of(target: Path) -> Path:
    return target.with_name(target.name + ".manifest.json")


def format_of(path: Path) -> ox.RdfFormat:
    """Return the format of a file by its ending, packed or not.

    Raises:
        GraphSyntaxError: The ending is not known.
    """
    name = path.name
    for ending in _PACKED:
        name = name.removesuffix(ending)
    form = FILE_ENDINGS.get(Path(name).suffix.lower())
    if form is None:
        known = " ".join(FILE_ENDINGS)
        raise GraphSyntaxError(f"expected an ending of {known}, then .gz or .zst", file=str(path))
    return form


@contextmanager
def _packing(file: BinaryIO, target: Path) -> Iterator[BinaryIO]:
    if target.suffix == ".gz":
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0) as stream:
            yield stream  # type: ignore[misc]
    elif target.suffix == ".zst":
        with zstandard.ZstdCompressor(level=6).stream_writer(file, closefd=False) as stream:
            yield stream
    else:
        yield file


@contextmanager
def _unpacking(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=file) as stream:
                yield stream  # type: ignore[misc]
        elif path.suffix == ".zst":
            with zstandard.ZstdDecompressor().stream_reader(file) as stream:
                yield stream
        else:
            yield file


def load(
    store: Path,
    files: Sequence[Path],
    *,
    agent: str,
    graph: str | None = None,
    shapes: Sequence[Path] = (),
    validated: str = "",
    undoable_bytes: int = UNDOABLE_BYTES,
) -> Manifest:
    """Add the quads of *files* to *store*, all or nothing, and return what it holds then.

    A manifest beside a file is checked. The history of another store, which a dump holds, is
    passed over: without its patches it tells of nothing.

    Args:
        store: A store that no server uses, or a new directory.
        files: RDF files, packed or not.
        agent: Who loads them.
        graph: The graph that triples go to; by default the one that the file names, or the
            default graph.
        shapes: The shapes for validated graphs.
        validated: The beginning of the names of validated graphs; blank validates nothing.
        undoable_bytes: Of files larger than this together no patch is kept: the history tells
            of them, but they cannot be undone.

    Raises:
        StoreError: The store is in use or full, or a manifest does not hold.
        GraphSyntaxError: A file does not parse.
        ValidationFailed: A validated graph would break its shapes. Nothing was loaded.
    """
    for file in files:
        _check_file(file)
    label = "load " + ", ".join(file.name for file in files[:3]) + (" …" if files[3:] else "")
    with StoreDirectory(store, writable=True) as directory:
        if directory.current() is None:
            fill(directory, "empty")
        transactions = Transactions(directory)
        check_tables(Path(transactions.snapshot.path), store)
        try:
            scratch = transactions.begin()
            size = sum(file.stat().st_size for file in files)
            if size <= min(_PATCHED_BYTES, undoable_bytes):
                touched = _load_small(scratch, files, graph)
                if validated and any(each.startswith(validated) for each in touched):
                    _validate(scratch.store, shapes, validated)
                transactions.commit(agent=agent, label=label)
            else:
                _load_large(scratch.store, files, graph)
                if validated:
                    _validate(scratch.store, shapes, validated)
                undoable = size <= undoable_bytes
                transactions.commit_loaded(agent=agent, label=label, undoable=undoable)
        except (OSError, RuntimeError) as error:
            raise store_error(store, error) from None
        directory.sweep()
        quads = transactions.snapshot.quads or 0
        return Manifest(transactions.snapshot.generation, quads, "")


def _check_file(file: Path) -> None:
    """Hold a file against what can be known of it before it is read."""
    format_of(file)
    if not file.is_file():
        raise GraphSyntaxError("no such file", file=str(file))
    beside = _manifest_of(file)
    if beside.is_file():
        told = manifest.read(beside)
        sha256 = told.files.get(file.name)
        if sha256 is not None and sha256 != manifest.sha256_of(file):
            raise StoreError(f"{file} is damaged: its SHA-256 is not that of its manifest")


def _load_small(scratch: StagingStore, files: Sequence[Path], graph: str | None) -> set[str]:
    for file in files:
        with _unpacking(file) as stream:
            data = stream.read()
        quads = quads_of_bytes(data, name=str(file), rdf_format=format_of(file))
        placed = (_placed(quad, graph) for quad in quads)
        scratch.add([quad for quad in placed if quad.graph_name != _HISTORY])
    return scratch.patch.graphs()


def _placed(quad: ox.Quad, graph: str | None) -> ox.Quad:
    if graph is None or not isinstance(quad.graph_name, ox.DefaultGraph):
        return quad
    return ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def _load_large(store: ox.Store, files: Sequence[Path], graph: str | None) -> None:
    """Load files in bulk; which graphs they touch is not known afterwards."""
    kept = list(store.quads_for_pattern(None, None, None, _HISTORY))
    for file in files:
        try:
            _load_in_bulk(store, file, ox.NamedNode(graph) if graph else None)
        except SyntaxError as error:
            raise GraphSyntaxError(
                error.msg or "does not parse",
                file=str(file),
                line=error.lineno,
                column=error.offset,
            ) from None
    store.clear_graph(_HISTORY)
    store.extend(kept)


def _load_in_bulk(store: ox.Store, file: Path, to_graph: ox.NamedNode | None) -> None:
    form, base = format_of(file), "file:///"
    if file.suffix in _PACKED:
        with _unpacking(file) as stream:
            store.bulk_load(stream, form, base_iri=base, to_graph=to_graph)
    else:  # the engine reads it without asking us for each piece
        store.bulk_load(path=str(file), format=form, base_iri=base, to_graph=to_graph)


def _validate(store: ox.Store, shapes: Sequence[Path], validated: str) -> None:
    names = [
        name
        for name in store.named_graphs()
        if isinstance(name, ox.NamedNode)
        and name.value.startswith(validated)
        and name.value != HISTORY_GRAPH
    ]
    quads = (q for name in names for q in store.quads_for_pattern(None, None, None, name))
    report = validate_quads(quads, shapes=shapes)
    if not report.conforms:
        raise ValidationFailed(
            report=replaced(report, results=report.violations), violations=len(report.violations)
        )
