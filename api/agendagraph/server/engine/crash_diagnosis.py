"""Find out whether a query ran out of memory, or its store is damaged.

Where Oxigraph sorts or groups, and meets a damaged block on the way, it gathers the
same error again and again until no memory is left (pyoxigraph 0.5.13; the iterator that has
failed does not end). So a worker that died for want of memory over a store on disk says
little; the sums of the store's tables say the rest.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, Final, Protocol

from agendagraph.sparql.refusal import Reason
from agendagraph.store import integrity

logger: Final = logging.getLogger(__name__)

_TRUSTED_S: Final = 60.0
"""For so long a generation that was found to be sound is not read again."""


def noted(reason: Reason, facts: dict[str, Any]) -> dict[str, Any]:
    """Write what the engine says of a store's files to the log; return the other facts.

    A worker cannot: it may write to no file.
    """
    said = facts.pop("engine", None)
    if reason is Reason.STORE_UNREADABLE and said is not None:
        logger.error("the store cannot be read: %s", " ".join(str(said).split()))
    return facts


async def is_damaged(checkpoint: str) -> bool:
    """Whether a table of a checkpoint is not as it was written; the log names it."""
    folder = Path(checkpoint)
    table = await asyncio.to_thread(integrity.damaged_table, folder)
    if table is not None:
        logger.error("the store cannot be read: %s/%s is damaged", folder.name, table)
    return table is not None


class Reaper(Protocol):
    """Whoever waits for the reason why a worker has died."""

    def failed(self, reason: Reason, facts: dict[str, Any]) -> None:
        """Take the reason."""


class CrashDiagnosis:
    """Knows which generations are sound, and tells those who wait for a dead worker."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._sound: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def hold(self, mourner: Reaper, checkpoint: str, reason: Reason, facts: dict[str, Any]) -> None:
        """Tell *mourner* the reason of a death, once it is known.

        Args:
            mourner: Who waits.
            checkpoint: The store that the worker read; blank for one in memory.
            reason: What its exit status says.
            facts: The reason's facts.
        """
        if reason is not Reason.MEMORY or not checkpoint or self._trusts(checkpoint):
            mourner.failed(reason, facts)
            return
        task = asyncio.get_running_loop().create_task(self._examine(mourner, checkpoint, facts))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _trusts(self, checkpoint: str) -> bool:
        now = asyncio.get_running_loop().time()
        self._sound = {name: end for name, end in self._sound.items() if end > now}
        return checkpoint in self._sound

    async def _examine(self, mourner: Reaper, checkpoint: str, facts: dict[str, Any]) -> None:
        if await is_damaged(checkpoint):
            mourner.failed(Reason.STORE_UNREADABLE, {})
        else:
            self._sound[checkpoint] = asyncio.get_running_loop().time() + _TRUSTED_S
            mourner.failed(Reason.MEMORY, facts)
