"""Validate the parameters of a network, and turn them into the terms of its query.

A misspelt role would silently give a smaller network. So every name is looked up in the graph
first, and the error for an unknown name suggests the nearest known ones.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, get_args

from agendagraph.errors import NetworkParameterError
from agendagraph.namespaces import ID, NS, PREFIXES, SCHEME
from agendagraph.network import query_templates

if TYPE_CHECKING:
    from agendagraph.network.definitions import NetworkDefinition


class Source(Protocol):
    """A graph that a network is extracted from: it answers SELECT queries and has a version."""

    @property
    def version(self) -> str | None:
        """The version of the dataset."""

    def query(self, text: str) -> Any:  # noqa: ANN401 - rows that are read by name
        """Return the solutions of a query."""


Level = Literal["commitment", "item", "goal"]
Expansion = Literal["none", "groups", "memberships"]

KINDS: Final = ("Country", "Organization", "CountryGroup", "Region", "UnnamedActor")
"""The kinds of counterparts."""

EVENTS: Final = get_args(Level)
"""What two counterparts can share. An item is what stands directly in a section."""

_EXPANSIONS: Final = {
    "none": ('"named"',),
    "groups": ('"named"', '"group"'),
    "memberships": ('"named"', '"group"', '"organization"'),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The validated parameters of a network; names are relative to our base."""

    level: Level | None = None
    kinds: tuple[str, ...] | None = None
    counterparts: tuple[str, ...] | None = None
    roles: tuple[str, ...] | None = None
    stances: tuple[str, ...] | None = None
    explicitness: tuple[str, ...] | None = None
    expand: Expansion | None = None
    on: str | None = None
    include_self: bool | None = None
    agendas: tuple[str, ...] | None = None
    organizations: tuple[str, ...] | None = None
    themes: tuple[str, ...] | None = None

    def as_json(self) -> str:
        """The parameters that were given or have a default, as JSON with sorted keys."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return json.dumps(
            {name: value for name, value in given.items() if value is not None},
            ensure_ascii=False,
            sort_keys=True,
        )


def validate(source: Source, defined: NetworkDefinition, given: Mapping[str, object]) -> Parameters:
    """Return *given* validated, with the defaults of the network.

    Raises:
        NetworkParameterError: The network has no such parameter, a value is of the wrong type,
            is not in the graph, or is a date for which the graph has no memberships.
    """
    for name in given:
        if name not in defined.parameters:
            has = ", ".join(defined.parameters)
            raise NetworkParameterError(
                f"{defined.name} has no parameter {name!r}; it has {has}",
                cause="no-such-parameter",
                found=name,
                expected=has,
            )
    scheme = "responsibility-role" if defined.name == "ministry-goal" else "engagement-role"
    names: dict[str, Any] = {
        "kinds": _among(given, "kinds", KINDS),
        "roles": _concepts(source, given, "roles", scheme),
        "stances": _concepts(source, given, "stances", "stance"),
        "explicitness": _concepts(source, given, "explicitness", "explicitness"),
        "themes": _concepts(source, given, "themes", "theme"),
        "agendas": _things(source, given, "agendas", ("Agenda",), "agenda/"),
        "organizations": _things(
            source, given, "organizations", ("Organization",), "organization/"
        ),
        "counterparts": _things(source, given, "counterparts", KINDS, "country/"),
    }
    if "level" in defined.parameters:
        names["level"] = _one(given, "level", EVENTS, "commitment")
    if "expand" in defined.parameters:
        names["expand"] = _one(given, "expand", get_args(Expansion), "none")
    if "include_self" in defined.parameters:
        names["include_self"] = _truth(given, "include_self")
    needs_date = defined.name == "shared-memberships" or names.get("expand") == "memberships"
    if needs_date or given.get("on") is not None:
        names["on"] = _date(source, given.get("on"), names["agendas"])
    return Parameters(**names)


def terms(defined: NetworkDefinition, chosen: Parameters) -> dict[str, Iterable[str]]:
    """Return the terms of *chosen* for the ``VALUES`` blocks of the network's query."""
    query = query_templates.text(defined.query)
    blocks: dict[str, Iterable[str]] = {}

    def put(variables: Iterable[str], values: Iterable[str] | None) -> None:
        for variable in variables:
            if values is not None and f"VALUES ?{variable} " in query:
                blocks[variable] = list(values)

    role = "responsibility-role" if defined.name == "ministry-goal" else "engagement-role"
    level = chosen.level or defined.level
    put(["level"], [f'"{level}"'] if level else None)
    put(["kind"], _iris(NS, chosen.kinds))
    put(["role"], _iris(f"{SCHEME}{role}/", chosen.roles))
    put(["stance"], _iris(f"{SCHEME}stance/", chosen.stances))
    put(["explicitness"], _iris(f"{SCHEME}explicitness/", chosen.explicitness))
    put(["agenda"], _iris(ID, chosen.agendas))
    put(["organization"], _iris(ID, chosen.organizations))
    if defined.name in ("counterpart-theme", "goals-by-theme"):
        put(["v" if defined.sides else "shared"], _iris(f"{SCHEME}theme/", chosen.themes))
    put(["expansion"], _EXPANSIONS[chosen.expand] if chosen.expand else None)
    put(["withSelf"], ["true" if chosen.include_self else "false"])
    put(["on"], [query_templates.date(chosen.on)] if chosen.on else None)
    if defined.name == "shared-memberships":
        put(["u", "v"], _iris(ID, chosen.counterparts))
    return blocks


def _iris(base: str, names: Iterable[str] | None) -> list[str] | None:
    if names is None:
        return None
    return [query_templates.iri(name if ":" in name else base + name) for name in names]


def _several(given: Mapping[str, object], name: str) -> list[str] | None:
    """A parameter that takes several names, or one."""
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, Collection) or not all(isinstance(one, str) for one in value):
        raise NetworkParameterError(f"{name}={value!r}: expected a name or several names")
    if not value:
        message = f"{name} is empty; leave it out to take all"
        raise NetworkParameterError(message, cause="empty-parameter", name=name)
    return sorted(set(value))


def _one(given: Mapping[str, object], name: str, known: tuple[str, ...], default: str) -> str:
    value = given.get(name, default)
    if value not in known:
        raise NetworkParameterError(f"{name}={value!r}: expected one of {', '.join(known)}")
    return str(value)


def _truth(given: Mapping[str, object], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise NetworkParameterError(f"{name}={value!r}: expected True or False")
    return value


def _among(given: Mapping[str, object], name: str, known: Iterable[str]) -> tuple[str, ...] | None:
    wanted = _several(given, name)
    if wanted is None:
        return None
    known = list(known)
    for one in wanted:
        if one not in known:
            near = difflib.get_close_matches(one, known, n=5, cutoff=0.4) or known[:12]
            raise NetworkParameterError(
                f"{name}: there is no {one!r}; there is {', '.join(near)}",
                cause="no-such-value",
                name=name,
                found=one,
                expected=", ".join(near),
            )
    return tuple(wanted)


def _concepts(
    source: Source, given: Mapping[str, object], name: str, scheme: str
) -> tuple[str, ...] | None:
    """Names of concepts, looked up in their scheme."""
    if given.get(name) is None:
        return None
    base = f"{SCHEME}{scheme}/"
    rows = source.query(
        f"SELECT DISTINCT ?concept WHERE {{ ?concept <{PREFIXES['skos']}inScheme> "
        f"<{SCHEME}{scheme}> }}"
    )
    known = sorted(str(row["concept"]).removeprefix(base) for row in rows)
    shortened = {name: [one.removeprefix(base) for one in _several(given, name) or ()]}
    return _among(shortened, name, known)


def _things(
    source: Source, given: Mapping[str, object], name: str, kinds: Iterable[str], prefix: str
) -> tuple[str, ...] | None:
    """Names of things: ``country/jpn``, an IRI, or what follows *prefix* (``jpn``, ``JPN``)."""
    wanted = _several(given, name)
    if wanted is None:
        return None
    classes = " ".join(f"<{NS}{kind}>" for kind in kinds)
    rows = source.query(
        f"SELECT DISTINCT ?thing WHERE {{ VALUES ?class {{ {classes} }} ?thing a ?class }}"
    )
    known = {relative(str(row["thing"])) for row in rows}
    short = {one.removeprefix(prefix).casefold(): one for one in known if one.startswith(prefix)}
    full = [one.removeprefix(ID) for one in wanted]
    names = [one if one in known else short.get(one.casefold(), one) for one in full]
    return _among({name: names}, name, sorted(known))


def _date(source: Source, value: object, agendas: tuple[str, ...] | None) -> str:
    """The date of the memberships; by default that of the agenda."""
    if value is None:
        return _day_of_agenda(source, agendas)
    try:
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    except ValueError as error:
        message = f"on={value!r}: expected a date such as 2022-07-26"
        raise NetworkParameterError(message, cause="no-date", found=str(value)) from error
    first = _extreme(source, "MIN", "validFrom")
    last = _extreme(source, "MAX", "checkedOn")
    if first is None:
        message = "the graph has no dated memberships"
        raise NetworkParameterError(message, cause="no-memberships")
    early = str(day) < str(first)
    if early or (last is not None and str(day) > str(last)):
        raise NetworkParameterError(
            f"on={day}: the memberships in the graph are known from {first} to {last or 'now'}",
            cause="outside-the-dates",
            found=str(day),
            first=str(first),
            last=str(last or "now"),
        )
    return day.isoformat()


def _extreme(source: Source, which: str, name: str) -> object:
    """The first or last date of the memberships; None if there are none."""
    rows = source.query(
        f"SELECT ({which}(?date) AS ?found) WHERE {{ ?m a <{NS}Membership> ; <{NS}{name}> ?date }}"
    )
    return next((row["found"] for row in rows), None)


def _day_of_agenda(source: Source, agendas: tuple[str, ...] | None) -> str:
    chosen = "UNDEF" if agendas is None else " ".join(_iris(ID, agendas) or ())
    rows = source.query(
        f"SELECT DISTINCT ?day WHERE {{ VALUES ?agenda {{ {chosen} }} "
        f"?agenda a <{NS}Agenda> . OPTIONAL {{ ?agenda <{NS}adoptedOn> ?adopted }} "
        f"OPTIONAL {{ ?agenda <{NS}presentedOn> ?presented }} "
        "BIND (COALESCE(?adopted, ?presented) AS ?day) }"
    )
    days = sorted({str(row["day"]) for row in rows if row["day"] is not None})
    if len(days) != 1:
        listed = ", ".join(days) or "none"
        message = f"on: expected one date, or one dated agenda; found {listed}"
        raise NetworkParameterError(message, cause="one-date", found=listed)
    return days[0]


def relative(iri: str) -> str:
    """Return an IRI without our base; an IRI of another base is unchanged.

    >>> relative("https://w3id.org/agendagraph/id/country/jpn")
    'country/jpn'
    """
    return iri.removeprefix(ID).removeprefix(SCHEME)
