"""Find out whether a query ran out of memory, or its store is corrupt.

Sorting or grouping over a corrupt block makes Oxigraph collect the same error until memory
runs out (pyoxigraph 0.5.13; the iterator that has failed does not end). So the exit
status of a worker that read a store on disk does not tell the two apart; the checksums of the
store's tables do.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agendagraph.sparql.refusal import Reason
from agendagraph.store import integrity

if TYPE_CHECKING:
    from collections.abc import Callable

logger: Final = logging.getLogger(__name__)

_TRUSTED_S: Final = 60.0
"""For so long a checkpoint whose checksums were right is not read again."""


def log_engine_error(reason: Reason, facts: dict[str, Any]) -> dict[str, Any]:
    """Log what the engine says of a store's files, or a traceback; return the other facts.

    A worker cannot log: it may write to no file.
    """
    error = facts.pop("engine", None)
    if reason is Reason.STORE_UNREADABLE and error is not None:
        logger.error("the store cannot be read: %s", " ".join(str(error).split()))
    elif reason is Reason.FAULT:
        logger.error("fault %s in a worker:\n%s", facts["incident"], error)
    return facts


async def is_damaged(checkpoint: str) -> bool:
    """Whether a table of a checkpoint is corrupt; the log names it."""
    folder = Path(checkpoint)
    table = await asyncio.to_thread(integrity.damaged_table, folder)
    if table is not None:
        logger.error("the store cannot be read: %s/%s is damaged", folder.name, table)
    return table is not None


class CrashDiagnosis:
    """Remembers which checkpoints were found intact lately."""

    def __init__(self) -> None:
        self._intact: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def out_of_memory(
        self, checkpoint: str, report: Callable[[Reason, dict[str, Any]], None]
    ) -> None:
        """Call *report* with the reason why a worker died as if for want of memory.

        It is called now for a store in memory (*checkpoint* is blank), or else when the
        checksums are verified.
        """
        now = asyncio.get_running_loop().time()
        self._intact = {name: end for name, end in self._intact.items() if end > now}
        if not checkpoint or checkpoint in self._intact:
            report(Reason.MEMORY_LIMIT, {})
            return
        task = asyncio.get_running_loop().create_task(self._verify(checkpoint, report))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _verify(
        self, checkpoint: str, report: Callable[[Reason, dict[str, Any]], None]
    ) -> None:
        if await is_damaged(checkpoint):
            report(Reason.STORE_UNREADABLE, {})
        else:
            self._intact[checkpoint] = asyncio.get_running_loop().time() + _TRUSTED_S
            report(Reason.MEMORY_LIMIT, {})
