"""Validate files or quads in a child process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import RdfFormat, serialize

from agendagraph.errors import AgendaError, GraphSyntaxError
from agendagraph.rdf.reading import rdf_files
from agendagraph.validation.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import Quad

_PACKAGES: Final = Path(__file__).resolve().parents[2]
"""The folder that this process, and so the child, imports the package from."""


def validate_files(
    data: Sequence[Path],
    *,
    shapes: Sequence[Path],
    focus_nodes: Sequence[str] | None = None,
) -> Report:
    """Validate the union of the graphs in *data* against *shapes*, files or folders of them.

    Where *focus_nodes* (IRIs) are given, only these nodes are validated.

    Raises:
        GraphSyntaxError: A file is missing or does not parse, or the shapes are
            not well formed; the error has the file, and the line and column where known.
    """
    return _run(
        {
            "data": [str(path) for path in rdf_files(data)],
            "shapes": [str(path) for path in rdf_files(shapes)],
            "focus_nodes": None if focus_nodes is None else list(focus_nodes),
        }
    )


def validate_quads(
    quads: Iterable[Quad],
    *,
    shapes: Sequence[Path],
    focus_nodes: Sequence[str] | None = None,
) -> Report:
    """Validate the union of the graphs of *quads* against *shapes*; see `validate_files`."""
    with tempfile.TemporaryDirectory(prefix="agendagraph-") as folder:
        file = Path(folder) / "data.nq"
        serialize(quads, str(file), format=RdfFormat.N_QUADS)
        return validate_files([file], shapes=shapes, focus_nodes=focus_nodes)


def _run(request: dict[str, Any]) -> Report:
    # The child imports this same package.
    paths = filter(None, [str(_PACKAGES), os.environ.get("PYTHONPATH")])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
    child = subprocess.run(
        [sys.executable, "-P", "-m", "agendagraph.validation.child"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=environment,
    )
    if child.returncode != 0:
        last = child.stderr.strip().rpartition("\n")[2] or "no message"
        raise AgendaError(f"the validator stopped with status {child.returncode}: {last}")
    answer = json.loads(child.stdout)
    if "error" in answer:
        raise GraphSyntaxError(**answer["error"])
    return Report.from_dict(answer)
