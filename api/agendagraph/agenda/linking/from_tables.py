"""Make the gazetteer from the rows of the tables.

A row maps columns to text, as `csv.DictReader` yields it. This module reads no file:
`agenda.pipeline` passes the rows. `agenda.linking` describes the columns.
"""

from __future__ import annotations

import tomllib
from functools import partial
from pathlib import Path
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

_FILE: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
WORLD_TABLES: Final[dict[str, str]] = _FILE["world"]
NAME_TABLES: Final[tuple[str, ...]] = tuple(_FILE["names"])
_LABEL_FORMS: Final[dict[str, Form]] = {
    "unnamed-actor": "generic",
    "country-group": "abbreviated",
}
_UNLESS: Final = "!"
_NO_ENTITY: Final = "none"
_YES: Final = {"": False, "no": False, "yes": True}


def gazetteer_from_rows(
    world: Mapping[str, Iterable[Row]], names: Mapping[str, Iterable[Row]]
) -> Gazetteer:
    """Return the gazetteer of these tables.

    Args:
        world: Rows by table name, of the tables in `WORLD_TABLES`; others are ignored.
        names: Rows by table name, of the tables in `NAME_TABLES`.

    Raises:
        TableError: A row lacks a column, has an invalid value, or names an entity that has no
            row in *world*: ``file`` is the table's file name, and ``line`` counts the header
            as line 1 and each row as one line. For rows that contradict each other (see
            `Gazetteer`), ``file`` is the folder.
    """
    followers = list(_parsed(names, "followers", _follower))
    cues: dict[str, list[str]] = {}
    for word, kind in followers:
        cues.setdefault(f"@{kind}", []).append(word)
    labels = [
        name
        for table, kind in WORLD_TABLES.items()
        for found in _parsed(world, table, partial(_labels, kind=kind))
        for name in found
    ]
    known = {label.entity for label in labels}
    try:
        return Gazetteer(
            [*labels, *_parsed(names, "names", partial(_name, known=known))],
            _parsed(names, "decisions", _decision),
            ambiguities=_parsed(names, "ambiguities", partial(_ambiguity, cues=cues)),
            syllables=_parsed(names, "syllables", _syllable),
            combinations=_parsed(names, "combinations", _combination),
            followers=[word for word, _ in followers],
        )
    except ValueError as error:
        raise TableError(str(error), file="data/tables/names") from None


def _parsed(
    tables: Mapping[str, Iterable[Row]], table: str, parse: Callable[[Row], Value]
) -> Iterator[Value]:
    for line, row in enumerate(tables.get(table, ()), start=2):
        try:
            yield parse(row)
        except KeyError as missing:
            raise TableError(
                f"expected a column or value {missing.args[0]!r}", file=f"{table}.csv", line=line
            ) from None
        except ValueError as error:
            raise TableError(str(error), file=f"{table}.csv", line=line) from None


def _labels(row: Row, *, kind: str) -> list[Name]:
    """Return the names in a row of a world table: its labels and its short form."""
    entity = f"{kind}/{row['id']}"
    members = _values(row["members"]) if kind == "country-group" else ()
    form = _LABEL_FORMS.get(kind, "full")
    is_self = entity == SELF
    names = [Name(_filled(row, "label_ko"), "ko", entity, members, form, is_self)]
    if row.get("label_en"):
        names.append(Name(row["label_en"], "en", entity, members, form, is_self))
    if row.get("short"):
        names.append(Name(row["short"], "en", entity, members, "short", is_self))
    return names


def _name(row: Row, *, known: set[str]) -> Name:
    name = Name(
        surface=_filled(row, "surface"),
        lang=_choice(row, "lang", get_args(Language)),
        entity=_entity(_filled(row, "entity")),
        members=_values(row["members"]),
        form=_choice(row, "form", get_args(Form)),
        self=_YES[row["self"]],
    )
    missing = [entity for entity in (name.entity, *name.members) if entity not in known]
    if known and missing:
        raise ValueError(f"expected an entity of a world table, found {missing[0]!r}")
    return name


def _decision(row: Row) -> Decision:
    return Decision(
        surface=_filled(row, "surface"),
        context=_filled(row, "context"),
        reading=_reading(row, "reading"),
        reason=_filled(row, "reason"),
    )


def _ambiguity(row: Row, *, cues: Mapping[str, list[str]]) -> Ambiguity:
    words = _values(row["cues"])
    return Ambiguity(
        surface=_filled(row, "surface"),
        cues=tuple(
            cue for word in words if not word.startswith(_UNLESS) for cue in cues.get(word, [word])
        ),
        reading=_reading(row, "reading"),
        otherwise=_reading(row, "otherwise"),
        reason=_filled(row, "reason"),
        unless=tuple(word.removeprefix(_UNLESS) for word in words if word.startswith(_UNLESS)),
    )


def _syllable(row: Row) -> Syllable:
    return Syllable(
        syllable=_filled(row, "syllable"),
        entity=_entity(_filled(row, "entity")),
        core=_YES[row["core"]],
        heads=_values(row["heads"]),
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


def _values(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def _entity(text: str) -> str:
    if "/" not in text:
        raise ValueError(f"expected an entity such as 'country/jpn', found {text!r}")
    return text


def _reading(row: Row, column: str) -> str | None:
    text = _filled(row, column)
    return None if text == _NO_ENTITY else _entity(text)
