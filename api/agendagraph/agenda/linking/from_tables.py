"""Make the linker's values out of the rows of the tables.

A row is a mapping of column to text, as `csv.DictReader` gives it. This module reads
no file: `agenda.pipeline` does, and hands the rows down. The columns are described
in `agenda.linking`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, get_args

from agendagraph.agenda.linking.gazetteer import Gazetteer
from agendagraph.agenda.linking.gazetteer_input import (
    SELF,
    Ambiguity,
    Combination,
    Decision,
    Form,
    Language,
    Name,
    Syllable,
)
from agendagraph.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TypeVar

    Row = Mapping[str, str]
    Value = TypeVar("Value")

WORLD_TABLES: Final[dict[str, str]] = {
    "countries": "country",
    "regions": "region",
    "organizations": "organization",
    "country_groups": "country-group",
    "bodies": "body",
    "places": "place",
    "events": "event",
    "instruments": "instrument",
    "unnamed_actors": "unnamed-actor",
}
"""Tables of ``data/tables/world/`` whose labels are names, and the kind of their entities."""

NAME_TABLES: Final = (
    "names",
    "decisions",
    "ambiguities",
    "syllables",
    "combinations",
    "followers",
)
"""Tables of ``data/tables/names/``."""

_LABEL_FORMS: Final[dict[str, Form]] = {
    "unnamed-actor": "generic",
    "country-group": "abbreviated",
}
_UNLESS: Final = "!"
_NOTHING: Final = "none"
_YES: Final = {"": False, "no": False, "yes": True}


def gazetteer_from_rows(
    world: Mapping[str, Iterable[Row]], names: Mapping[str, Iterable[Row]]
) -> Gazetteer:
    """Return the gazetteer of these tables.

    Args:
        world: Rows by table name, of the tables in `WORLD_TABLES`; others are ignored.
        names: Rows by table name, of the tables in `NAME_TABLES`.

    Raises:
        TableError: A row lacks a column or says what cannot be, or names an entity that
            has no row in *world*: ``file`` is the table's file name, and ``line`` counts the
            header as line 1 and each row as one line. Rows that contradict each other
            (see `Gazetteer`) are an error of the folder.
    """
    cues: dict[str, list[str]] = {}
    followers: list[str] = []
    for word, kind in _each(names, "followers", _follower):
        cues.setdefault(f"@{kind}", []).append(word)
        followers.append(word)
    labels = list(_labels(world))
    known = {label.entity for label in labels}
    try:
        return Gazetteer(
            [*labels, *_each(names, "names", partial(_known_name, known=known))],
            _each(names, "decisions", decision_from_row),
            ambiguities=[_expand(item, cues) for item in _each(names, "ambiguities", _ambiguity)],
            syllables=_each(names, "syllables", _syllable),
            combinations=_each(names, "combinations", _combination),
            followers=followers,
        )
    except ValueError as error:
        raise TableError(str(error), file="data/tables/names") from None


def _known_name(row: Row, *, known: set[str]) -> Name:
    name = name_from_row(row)
    missing = [entity for entity in (name.entity, *name.members) if entity not in known]
    if known and missing:
        raise ValueError(f"expected an entity of a world table, found {missing[0]!r}")
    return name


def name_from_row(row: Row) -> Name:
    """Return the name of a row of ``names.csv``."""
    return Name(
        surface=_filled(row, "surface"),
        lang=_choice(row, "lang", get_args(Language)),
        entity=_entity(_filled(row, "entity")),
        members=_several(row["members"]),
        form=_choice(row, "form", get_args(Form)),
        self=_YES[row["self"]],
    )


def decision_from_row(row: Row) -> Decision:
    """Return the decision of a row of ``decisions.csv``."""
    return Decision(
        surface=_filled(row, "surface"),
        context=_filled(row, "context"),
        reading=_reading(row, "reading"),
        reason=_filled(row, "reason"),
    )


def names_from_label_row(row: Row, kind: str) -> Iterator[Name]:
    """Yield the names in a row of a world table: its labels and its short form."""
    entity = f"{kind}/{row['id']}"
    members = _several(row["members"]) if kind == "country-group" else ()
    form = _LABEL_FORMS.get(kind, "full")
    is_self = entity == SELF
    yield Name(_filled(row, "label_ko"), "ko", entity, members, form, is_self)
    if row.get("label_en"):
        yield Name(row["label_en"], "en", entity, members, form, is_self)
    if row.get("short"):
        yield Name(row["short"], "en", entity, members, "short", is_self)


def _labels(world: Mapping[str, Iterable[Row]]) -> Iterator[Name]:
    for table, kind in WORLD_TABLES.items():
        for found in _each(world, table, partial(_label_row, kind=kind)):
            yield from found


def _label_row(row: Row, *, kind: str) -> list[Name]:
    return list(names_from_label_row(row, kind))


def _each(
    tables: Mapping[str, Iterable[Row]], table: str, read: Callable[[Row], Value]
) -> Iterator[Value]:
    for line, row in enumerate(tables.get(table, ()), start=2):
        try:
            yield read(row)
        except KeyError as missing:
            raise TableError(
                f"expected a column or value {missing.args[0]!r}", file=f"{table}.csv", line=line
            ) from None
        except ValueError as error:
            raise TableError(str(error), file=f"{table}.csv", line=line) from None


def _ambiguity(row: Row) -> Ambiguity:
    words = _several(row["cues"])
    return Ambiguity(
        surface=_filled(row, "surface"),
        cues=tuple(word for word in words if not word.startswith(_UNLESS)),
        reading=_reading(row, "reading"),
        otherwise=_reading(row, "otherwise"),
        reason=_filled(row, "reason"),
        unless=tuple(word.removeprefix(_UNLESS) for word in words if word.startswith(_UNLESS)),
    )


def _expand(item: Ambiguity, cues: Mapping[str, list[str]]) -> Ambiguity:
    words = [word for cue in item.cues for word in cues.get(cue, [cue])]
    return replace(item, cues=tuple(words))


def _syllable(row: Row) -> Syllable:
    return Syllable(
        syllable=_filled(row, "syllable"),
        entity=_entity(_filled(row, "entity")),
        core=_YES[row["core"]],
        heads=_several(row["heads"]),
    )


def _combination(row: Row) -> Combination:
    return Combination(syllables=_filled(row, "syllables"), bare=_YES[row["bare"]])


def _follower(row: Row) -> tuple[str, str]:
    return _filled(row, "word"), _filled(row, "kind")


def _filled(row: Row, column: str) -> str:
    value = row[column]
    if not value:
        raise ValueError(f"expected a value in column {column!r}, found none")
    return value


def _choice(row: Row, column: str, allowed: tuple[Value, ...]) -> Value:
    for value in allowed:
        if row[column] == value:
            return value
    raise ValueError(f"expected {column!r} to be one of {allowed}, found {row[column]!r}")


def _several(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def _entity(text: str) -> str:
    if "/" not in text:
        raise ValueError(f"expected an entity such as 'country/jpn', found {text!r}")
    return text


def _reading(row: Row, column: str) -> str | None:
    text = _filled(row, column)
    return None if text == _NOTHING else _entity(text)
