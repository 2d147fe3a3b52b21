"""Open the data that the settings name, and validate the shipped graph in the background."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agendagraph import files
from agendagraph.errors import AgendaError, StoreError, ValidationFailed
from agendagraph.rdf.formats import FILE_ENDINGS
from agendagraph.store.generations import StoreDirectory
from agendagraph.store.initialise import fill
from agendagraph.store.snapshot import Snapshot
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agendagraph.server.http.state import ServerState
    from agendagraph.server.settings import Settings
    from agendagraph.validation import Report

logger: Final = logging.getLogger(__name__)
_TEMPORARY: Final = "agendagraph-store-"


def find_data(settings: Settings) -> tuple[Snapshot, StoreDirectory | None]:
    """Return the first snapshot, and the locked directory of a persistent store.

    Raises:
        StoreError: The store cannot be opened or filled.
    """
    if settings.store is None:
        if settings.empty:
            return Snapshot("empty", "empty"), None
        return Snapshot(digest(_shipped())[:16], "shipped"), None
    if settings.remote:
        name = hashlib.sha256(settings.store.encode()).hexdigest()[:16]
        return Snapshot(f"remote-{name}", "empty"), None
    path = Path(settings.store)
    if path.is_file():
        if settings.writable:
            raise StoreError(f"cannot write to {path}: it is a file; name a directory")
        if path.suffix.lower() not in FILE_ENDINGS:
            raise StoreError(
                f"cannot read {path}: expected a directory, or a file that ends in one of"
                f" {' '.join(FILE_ENDINGS)}"
            )
        return Snapshot(digest([path])[:16], "files", str(path)), None
    directory = StoreDirectory(path, writable=settings.writable)
    try:
        snapshot = directory.current()
        return snapshot or fill(directory, "empty" if settings.empty else "shipped"), directory
    except StoreError:
        directory.close()
        raise


def _shipped() -> list[Path]:
    from agendagraph.store import shipped_files  # noqa: PLC0415 - not for other stores

    return [file for file, _ in shipped_files()]


def digest(paths: Iterable[Path]) -> str:
    """Return the hash of the contents of files, in hexadecimal."""
    total = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


@contextlib.contextmanager
def with_store(settings: Settings) -> Iterator[Settings]:
    """Give a writable server without a store a temporary one, removed at the end.

    Temporary stores of killed servers are removed as well, unless they have updates: then a
    warning says where they are.
    """
    if not settings.writable or settings.store is not None:
        yield settings
        return
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_TEMPORARY) as folder:
        yield settings.model_copy(update={"store": folder})


def _sweep(folder: Path) -> None:
    for path in folder.glob(_TEMPORARY + "*"):
        with contextlib.suppress(OSError, StoreError):
            if path.stat().st_uid != os.getuid():
                continue
            with StoreDirectory(path, writable=True) as store:  # raises while a server uses it
                if store.history.is_dir() and any(store.history.iterdir()):
                    logger.warning("changes made in a server that was killed are in %s", path)
                else:
                    shutil.rmtree(path, ignore_errors=True)


def start_validation(state: ServerState) -> asyncio.Task[None]:
    """Validate the shipped graph in the background; the server ends if it is not valid."""

    async def validate() -> None:
        try:
            await _validate_once(state)
        except AgendaError as error:
            state.fail(error)

    return asyncio.ensure_future(validate())


async def _validate_once(state: ServerState) -> None:
    """Validate the shipped graph, once for each content of graph and shapes.

    Raises:
        ValidationFailed: It violates the shapes.
    """
    data = _shipped()
    content = digest([*data, *sorted(files.SHAPES.rglob("*.ttl"))])
    cached = _cache_folder() / f"conforms-{__version__}-{content[:32]}"
    if cached.exists():
        state.validation = "conforms (checked before)"
        return
    state.validation = "running"
    report = await asyncio.to_thread(_validate, data)
    state.validation = "conforms" if report.conforms else "violations"
    if not report.conforms:
        for result in report.violations[:20]:
            logger.error("%s: %s", result.focus_node, result.message("en"))
        raise ValidationFailed(report=report, violations=len(report.violations))
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        cached.touch()
    except OSError as error:
        logger.info("the result of the validation is not cached: %s", error)


def _validate(data: list[Path]) -> Report:
    """Validate with low priority: the first queries are answered meanwhile."""
    from agendagraph.validation import validate_files  # noqa: PLC0415 - rarely needed

    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)
    return validate_files(data, shapes=[files.SHAPES])


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "agendagraph"
