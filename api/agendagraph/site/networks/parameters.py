"""The parameters of a request for a network, and their validation.

The names and meanings are those of `agendagraph.network`; ``openapi.yaml`` describes them. A value
that needs the graph (is there such a role?) is validated where the network is made.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from agendagraph.network.parameters import (
    Expansion,  # noqa: TC001 - pydantic reads the annotations
    Level,  # noqa: TC001 - the same
)


def _separated(given: object) -> object:
    """Return names that were repeated, or written with commas between them, as a sorted list."""
    if not isinstance(given, list):
        return given
    names = [name.strip() for text in given for name in str(text).split(",")]
    return sorted({name for name in names if name}) or given


# The limit keeps the message of an error short, which repeats the name.
Name = Annotated[str, Field(max_length=200)]
Names = Annotated[list[Name] | None, BeforeValidator(_separated)]


class NetworkParameters(BaseModel):
    """The parameters that choose what a network holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level | None = None
    kinds: Names = None
    counterparts: Names = None
    roles: Names = None
    stances: Names = None
    explicitness: Names = None
    expand: Expansion | None = None
    on: dt.date | None = None
    include_self: bool | None = None
    agendas: Names = None
    organizations: Names = None
    themes: Names = None

    def chosen(self) -> dict[str, Any]:
        """Return what was given, as the library takes it."""
        names = NetworkParameters.model_fields
        return self.model_dump(mode="json", include=set(names), exclude_none=True)


class _Projected(NetworkParameters):
    project: Name | None = None
    weight: Literal["count", "newman", "jaccard"] = "count"


class NetworkQuery(_Projected):
    """The query string of a request for a network."""

    format: Literal["json", "graphml", "gexf", "csv"] | None = None
    table: Literal["edges", "nodes"] = "edges"


class MeasuresQuery(_Projected):
    """The query string of a request for measures."""

    format: Literal["json", "csv"] | None = None
    replicates: Annotated[int, Field(ge=0, le=2000)] = 0
    seed: Annotated[int, Field(ge=0, lt=1 << 32)] = 0
