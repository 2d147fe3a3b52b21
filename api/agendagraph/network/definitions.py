"""The networks that can be extracted from a graph, each with its query and parameters.

A network is one table in ``definitions.toml`` and one query file.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from agendagraph.errors import UnknownNetworkError


@dataclass(frozen=True, slots=True)
class NetworkDefinition:
    """The definition of one network.

    ``sides`` are the names of the two sides of a bipartite network, side 0 first; empty for a
    one-mode network. ``parameters`` are the names that `network` accepts for it.
    """

    name: str
    query: str
    title_ko: str
    title_en: str
    parameters: tuple[str, ...]
    sides: tuple[str, str] | tuple[()] = ()
    level: Literal["commitment", "item", "goal", ""] = ""


def _definition(name: str, row: dict[str, Any]) -> NetworkDefinition:
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return NetworkDefinition(name=name, **{**row, **lists})


_FILE: Final = Path(__file__).with_suffix(".toml")
DEFINITIONS: Final[dict[str, NetworkDefinition]] = {
    name: _definition(name, row)
    for name, row in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()
}
"""Every network, by its name."""


def networks() -> list[str]:
    """Return the names of the networks; `DEFINITIONS` describes them.

    >>> networks()[0]
    'counterpart-goal'
    """
    return list(DEFINITIONS)


def definition(name: str) -> NetworkDefinition:
    """Return the definition of a network.

    Raises:
        UnknownNetworkError: There is no network of that name.

    >>> definition("ministry-goal").sides
    ('ministry', 'goal')
    """
    if name not in DEFINITIONS:
        near = difflib.get_close_matches(name, DEFINITIONS, n=3) or list(DEFINITIONS)
        raise UnknownNetworkError(
            f"there is no network {name!r}; did you mean {' or '.join(near)}?",
            cause="no-such-network",
            found=name,
            expected=", ".join(near),
        )
    return DEFINITIONS[name]
