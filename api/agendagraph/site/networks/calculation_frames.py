"""The messages between the server and a calculation, and how the process that forks is started.

Frames are those of `processes.channel`. This module imports nothing heavy: the server
needs no networkx to speak with a process that has it.
"""

from __future__ import annotations

from typing import Final

JOB: Final = 11
"""Server to child, once. JSON: ``do``, ``name``, ``parameters``, ``options``."""
ASK: Final = 12
"""Child to server: a query, as text."""
TOLD: Final = 13
"""Server to child: its answer, as SPARQL JSON."""
REFUSED: Final = 14
"""There is no answer, either way. JSON: ``reason``, ``facts``."""
DONE: Final = 15
"""Child to server, once: the document."""
FAULT: Final = 16
"""Child to server: a fault of ours, as text for the log."""

BOOT: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]);"
    " from agendagraph.site.networks.calculation import main; main()"
)
ONE_THREAD: Final = {
    **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")},
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # of pyarrow, which pandas imports
}
"""Variables of the process that forks: one with threads must not."""
