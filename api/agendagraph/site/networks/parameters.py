"""What a request for a network may say: its parameters, described and checked.

The names and their meanings are those of `network`. What needs the
graph (is there such a role?) is checked there, where the network is made.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from agendagraph.network.parameters import (
    Expansion,  # noqa: TC001 - pydantic reads the annotations
    Level,  # noqa: TC001 - the same
)

_LONGEST: Final = 200


def _separated(given: object) -> object:
    """Names that were repeated, or written with commas between them, as a sorted list."""
    if not isinstance(given, list):
        return given
    names = [name.strip() for each in given for name in str(each).split(",")]
    return sorted({name for name in names if name}) or given


Names = Annotated[
    list[Annotated[str, Field(max_length=_LONGEST)]] | None, BeforeValidator(_separated)
]


class NetworkParameters(BaseModel):
    """The parameters that choose what a network holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Annotated[
        Level | None,
        Field(description="Of counterparts-together: what two counterparts share."),
    ] = None
    kinds: Annotated[
        Names,
        Field(
            description="Kinds of counterparts: Country, Organization, CountryGroup, Region, "
            "UnnamedActor. Several are repeated, or separated by commas.",
            examples=[["Country", "Organization"]],
        ),
    ] = None
    counterparts: Annotated[
        Names, Field(description="Only these, as country/jpn or JPN.", examples=[["JPN", "USA"]])
    ] = None
    roles: Annotated[
        Names,
        Field(
            description="Roles of engagement; of ministry-goal, of responsibility.",
            examples=[["cooperation-partner"]],
        ),
    ] = None
    stances: Annotated[Names, Field(description="Stances.", examples=[["deepening"]])] = None
    explicitness: Annotated[
        Names,
        Field(description="How a counterpart is named.", examples=[["named", "abbreviated"]]),
    ] = None
    expand: Annotated[
        Expansion | None,
        Field(description="Add the members of groups, or of organisations on a date."),
    ] = None
    on: Annotated[
        dt.date | None,
        Field(
            description="The day of the memberships; by default the agenda's.",
            examples=["2022-07-26"],
        ),
    ] = None
    include_self: Annotated[
        bool | None, Field(description="Keep the country that issued the agenda.")
    ] = None
    agendas: Annotated[
        Names, Field(description="Only these agendas.", examples=[["kr-mofa-2022"]])
    ] = None
    organizations: Annotated[
        Names,
        Field(description="Of shared-memberships: only these.", examples=[["organization/apec"]]),
    ] = None
    themes: Annotated[Names, Field(description="Only these themes.")] = None

    def chosen(self) -> dict[str, Any]:
        """Return what was given, as the library takes it."""
        names = NetworkParameters.model_fields
        return self.model_dump(mode="json", include=set(names), exclude_none=True)


class _Projected(NetworkParameters):
    project: Annotated[
        str | None,
        Field(
            max_length=_LONGEST,
            description="Join the nodes of this side of a bipartite network by what they share.",
            examples=["counterpart"],
        ),
    ] = None
    weight: Annotated[
        Literal["count", "newman", "jaccard"], Field(description="The weight of the projection.")
    ] = "count"


class NetworkQuery(_Projected):
    """What a request for a network may say."""

    format: Annotated[
        Literal["json", "graphml", "gexf", "csv"] | None,
        Field(description="The format; it outranks the Accept header."),
    ] = None
    table: Annotated[
        Literal["edges", "nodes"], Field(description="Of csv: which of the two tables.")
    ] = "edges"


class MeasuresQuery(_Projected):
    """What a request for measures may say."""

    format: Annotated[
        Literal["json", "csv"] | None,
        Field(description="The format; it outranks the Accept header. csv has the nodes only."),
    ] = None
    replicates: Annotated[
        int,
        Field(
            ge=0,
            le=2000,
            description="Bootstrap draws of the events behind a projection, for intervals; "
            "0 for none, otherwise at least 10.",
        ),
    ] = 0
    seed: Annotated[int, Field(ge=0, lt=1 << 32, description="The seed of the draws.")] = 0
