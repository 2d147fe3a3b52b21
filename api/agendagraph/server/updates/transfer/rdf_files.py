"""Load RDF files into a store, and dump a store to an RDF file with a manifest."""

from __future__ import annotations

import gzip
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace as replaced
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import pyoxigraph as ox
import zstandard

from agendagraph import durable
from agendagraph.errors import GraphSyntaxError, StoreError, ValidationFailed
from agendagraph.rdf.formats import FILE_ENDINGS
from agendagraph.rdf.reading import quads_of_bytes
from agendagraph.server.updates.history import HISTORY_GRAPH, is_validated
from agendagraph.server.updates.transaction import Transactions
from agendagraph.server.updates.transfer import manifest
from agendagraph.server.updates.transfer.manifest import Manifest
from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.initialise import fill
from agendagraph.store.integrity import check_tables
from agendagraph.store.local import is_damage, store_error
from agendagraph.validation import validate_quads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agendagraph.server.updates.staging import StagingStore
    from agendagraph.store.snapshot import Snapshot

_PATCHED_BYTES: Final = 16 << 20
"""Files up to this size together are loaded quad by quad, with a patch; larger ones in bulk."""
_HISTORY: Final = ox.NamedNode(HISTORY_GRAPH)
_PACKED: Final = (".gz", ".zst")


def dump(store: Path, target: Path, *, graph: str | None = None) -> Manifest:
    """Write the quads of *store*, or of one graph, to the file *target*, with a manifest.

    The extension of the file gives the format and the compression (``.gz``, ``.zst``). Formats
    of triples need *graph* (blank: the default graph). The name of the manifest ends in
    ``.manifest.json``. A server may use the store meanwhile.

    Raises:
        StoreError: There is no store or no such graph, or the file cannot be written.
    """
    form = format_of(target)
    if graph is None and not form.supports_datasets:
        raise StoreError(f"{target.name} can contain one graph only: name it with --graph")
    snapshot = current_snapshot(store)
    try:
        opened = ox.Store.read_only(snapshot.path)
    except (OSError, RuntimeError, ValueError) as error:
        raise store_error(store, error) from None
    try:
        with durable.replacing(target) as file:
            name = None if graph is None else _graph(graph, opened)
            with _compressed(file, target) as stream:
                opened.dump(stream, form, from_graph=name)
            dumped = opened.quads_for_pattern(None, None, None, name)
            quads, content = manifest.content_of(dumped)
        sums = {target.name: manifest.sha256_of(target)}
        report = Manifest(snapshot.generation, quads, content, sums)
        report.write(_manifest_of(target))
    except (OSError, RuntimeError) as error:
        raise store_error(store if is_damage(error) else target, error) from None
    return report


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
    """Return the format of a file by its extension, compressed or not.

    Raises:
        GraphSyntaxError: The extension is unknown.
    """
    name = path.name
    for ending in _PACKED:
        name = name.removesuffix(ending)
    form = FILE_ENDINGS.get(Path(name).suffix.lower())
    if form is None:
        message = f"expected an extension of {' '.join(FILE_ENDINGS)}, then .gz or .zst"
        raise GraphSyntaxError(message, file=str(path))
    return form


def _compressed(file: BinaryIO, target: Path) -> AbstractContextManager[Any]:
    if target.suffix == ".gz":
        return gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0)
    if target.suffix == ".zst":
        return zstandard.ZstdCompressor(level=6).stream_writer(file, closefd=False)
    return nullcontext(file)


def _decompressed(path: Path) -> AbstractContextManager[Any]:
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(path.open("rb"), closefd=True)
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def load(
    store: Path,
    files: Sequence[Path],
    *,
    agent: str,
    graph: str | None = None,
    shapes: Sequence[Path] = (),
    validated: str = "",
) -> Snapshot:
    """Add the quads of *files* to *store* in one transaction; return its new generation.

    The manifest of a file is checked if there is one. The history graph in a dump of another
    store is ignored, since the patches are missing. Files above 16 MiB together are loaded in
    bulk: the history records the load, but it has no patch and cannot be undone.

    No server uses the store; it may be a new directory. Triples without a graph are added to
    *graph*. The graphs whose IRIs begin with *validated* must conform to *shapes*; if it is
    blank, nothing is validated.

    Raises:
        StoreError: The store is in use or the disk is full, or a file differs from its
            manifest.
        GraphSyntaxError: A file does not parse.
        ValidationFailed: A validated graph would violate its shapes. Nothing was loaded.
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
            staging = transactions.begin()
            if sum(file.stat().st_size for file in files) <= _PATCHED_BYTES:
                changed = _load_with_patch(staging, files, graph)
                if validated and any(name.startswith(validated) for name in changed):
                    _validate(staging.store, shapes, validated)
                transactions.commit(agent=agent, label=label)
            else:
                _load_in_bulk(staging.store, files, graph)
                if validated:
                    _validate(staging.store, shapes, validated)
                transactions.commit_bulk_load(agent=agent, label=label)
        except (OSError, RuntimeError) as error:
            raise store_error(store, error) from None
        directory.sweep()
        return transactions.snapshot


def _check_file(file: Path) -> None:
    """Check the extension of a file and, if it has a manifest, its hash."""
    format_of(file)
    if not file.is_file():
        raise GraphSyntaxError("no such file", file=str(file))
    path = _manifest_of(file)
    if path.is_file():
        sha256 = manifest.read(path).files.get(file.name)
        if sha256 is not None and sha256 != manifest.sha256_of(file):
            raise StoreError(f"{file} is damaged: its SHA-256 differs from its manifest")


def _load_with_patch(staging: StagingStore, files: Sequence[Path], graph: str | None) -> set[str]:
    """Load files quad by quad; return the graphs that changed."""
    for file in files:
        with _decompressed(file) as stream:
            data = stream.read()
        quads = quads_of_bytes(data, name=str(file), rdf_format=format_of(file))
        placed = (_placed(quad, graph) for quad in quads)
        staging.add([quad for quad in placed if quad.graph_name != _HISTORY])
    return staging.patch.graphs()


def _placed(quad: ox.Quad, graph: str | None) -> ox.Quad:
    if graph is None or not isinstance(quad.graph_name, ox.DefaultGraph):
        return quad
    return ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def _load_in_bulk(store: ox.Store, files: Sequence[Path], graph: str | None) -> None:
    """Load files in bulk, except for the history graph of another store."""
    history = list(store.quads_for_pattern(None, None, None, _HISTORY))
    to_graph = ox.NamedNode(graph) if graph else None
    for file in files:
        form, base = format_of(file), "file:///"
        try:
            if file.suffix in _PACKED:
                with _decompressed(file) as stream:
                    store.bulk_load(stream, form, base_iri=base, to_graph=to_graph)
            else:  # the engine reads the file itself, without a callback for each piece
                store.bulk_load(path=str(file), format=form, base_iri=base, to_graph=to_graph)
        except SyntaxError as error:
            raise GraphSyntaxError(
                error.msg or "does not parse",
                file=str(file),
                line=error.lineno,
                column=error.offset,
            ) from None
    store.clear_graph(_HISTORY)
    store.extend(history)


def _validate(store: ox.Store, shapes: Sequence[Path], validated: str) -> None:
    names = [name for name in store.named_graphs() if is_validated(name, validated)]
    quads = (q for name in names for q in store.quads_for_pattern(None, None, None, name))
    report = validate_quads(quads, shapes=shapes)
    if not report.conforms:
        raise ValidationFailed(
            report=replaced(report, results=report.violations), violations=len(report.violations)
        )
