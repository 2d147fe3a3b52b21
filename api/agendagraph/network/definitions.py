"""List the networks that can be made from a graph, each with its query and parameters.

A network is one row here and one query file beside the code; nothing else knows its name.
The HTTP interface and the command line read this list too.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final, Literal

from agendagraph.errors import UnknownNetworkError

_WHO: Final = ("kinds", "counterparts", "roles", "stances", "explicitness", "expand", "on")
_FROM: Final = ("agendas", "include_self")


@dataclass(frozen=True, slots=True)
class NetworkDefinition:
    """How one network is made.

    ``sides`` are the names of the two sides of a bipartite network, side 0 first; empty for a
    one-mode network. ``parameters`` are the names that
    `network` accepts for it.
    """

    name: str
    query: str
    title_ko: str
    title_en: str
    parameters: tuple[str, ...]
    sides: tuple[str, str] | tuple[()] = ()
    level: Literal["commitment", "item", "goal", ""] = ""


_ALL: Final = (
    NetworkDefinition(
        "counterpart-goal",
        "counterpart-event.rq",
        "상대와 국정과제",
        "counterparts and goals",
        (*_WHO, *_FROM),
        ("counterpart", "goal"),
        "goal",
    ),
    NetworkDefinition(
        "counterpart-item",
        "counterpart-event.rq",
        "상대와 항목",
        "counterparts and items",
        (*_WHO, *_FROM),
        ("counterpart", "item"),
        "item",
    ),
    NetworkDefinition(
        "counterpart-commitment",
        "counterpart-event.rq",
        "상대와 약속",
        "counterparts and commitments",
        (*_WHO, *_FROM),
        ("counterpart", "commitment"),
        "commitment",
    ),
    NetworkDefinition(
        "counterpart-theme",
        "counterpart-theme.rq",
        "상대와 주제",
        "counterparts and themes",
        (*_WHO, *_FROM, "themes"),
        ("counterpart", "theme"),
    ),
    NetworkDefinition(
        "counterparts-together",
        "counterparts-together.rq",
        "함께 관여의 대상이 되는 상대",
        "counterparts engaged together",
        ("level", *_WHO, *_FROM),
        level="commitment",
    ),
    NetworkDefinition(
        "shared-memberships",
        "shared-memberships.rq",
        "같은 기구에 속한 나라",
        "countries joined by shared memberships on a date",
        ("on", "organizations", "counterparts"),
    ),
    NetworkDefinition(
        "ministry-goal",
        "ministry-goal.rq",
        "기관과 국정과제",
        "government bodies and goals",
        ("agendas", "roles"),
        ("ministry", "goal"),
    ),
    NetworkDefinition(
        "goals-by-counterpart",
        "goal-counterpart.rq",
        "상대를 공유하는 국정과제",
        "goals that share counterparts",
        (*_WHO, *_FROM),
    ),
    NetworkDefinition(
        "goals-by-theme",
        "goal-theme.rq",
        "주제를 공유하는 국정과제",
        "goals that share themes",
        ("agendas", "themes"),
    ),
)

DEFINITIONS: Final[dict[str, NetworkDefinition]] = {each.name: each for each in _ALL}
"""Every network, by its name."""


def networks() -> list[str]:
    """Return the names of the networks that can be made; `DEFINITIONS` says more.

    >>> networks()[0]
    'counterpart-goal'
    """
    return list(DEFINITIONS)


def definition(name: str) -> NetworkDefinition:
    """Return the definition of a network.

    Raises:
        UnknownNetworkError: There is none of that name.

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
