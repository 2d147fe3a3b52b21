"""The solutions of a SELECT query: rows with named values, or a pandas frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, overload

from agendagraph.knowledge.values import python_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyoxigraph as ox

    from agendagraph.knowledge.values import Value


class Row(Sequence["Value"]):
    """One solution: its values in the order of the variables, and by their names.

    >>> row = Row(("goal", "order"), ("Peace", 1))
    >>> row[0], row["order"], row.order, len(row)
    ('Peace', 1, 1, 2)
    """

    __slots__ = ("_names", "_values")

    def __init__(self, names: tuple[str, ...], values: tuple[Value, ...]) -> None:
        self._names = names
        self._values = values

    @overload
    def __getitem__(self, key: int | str) -> Value: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Value, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Value | tuple[Value, ...]:
        """Return a value by its position or by its variable."""
        if isinstance(key, str):
            if key not in self._names:
                raise KeyError(f"no variable ?{key} in this answer; it has {self._named()}")
            return self._values[self._names.index(key)]
        return self._values[key]

    def __getattr__(self, name: str) -> Value:
        """Return a value by its variable."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __len__(self) -> int:
        """Return the number of variables."""
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        """Compare by the values: a row equals a tuple of them."""
        if isinstance(other, Row):
            return self._names == other._names and self._values == other._values
        return self._values == other

    def __hash__(self) -> int:
        """Hash by the values."""
        return hash(self._values)

    def __repr__(self) -> str:
        """Show the values under their names."""
        inside = ", ".join(f"{n}={v!r}" for n, v in zip(self._names, self._values, strict=True))
        return f"Row({inside})"

    def as_dict(self) -> dict[str, Value]:
        """Return the values by their variables; an unbound one is None."""
        return dict(zip(self._names, self._values, strict=True))

    def _named(self) -> str:
        return ", ".join(f"?{name}" for name in self._names)


class Solutions(Sequence[Row]):
    """All solutions of a SELECT, in its order."""

    def __init__(self, variables: tuple[str, ...], rows: tuple[Row, ...]) -> None:
        self.variables = variables
        self._rows = rows

    @classmethod
    def of(cls, solutions: ox.QuerySolutions) -> Solutions:
        """Read *solutions* to their end."""
        names = tuple(variable.value for variable in solutions.variables)
        positions = range(len(names))
        rows = (Row(names, tuple(python_value(s[i]) for i in positions)) for s in solutions)
        return cls(names, tuple(rows))

    @overload
    def __getitem__(self, key: int) -> Row: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, key: int | slice) -> Row | tuple[Row, ...]:
        """Return a row, or some of them."""
        return self._rows[key]

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows in order."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __repr__(self) -> str:
        """Show the variables and the number of rows."""
        names = " ".join(f"?{name}" for name in self.variables)
        return f"<Solutions of {names}: {len(self)} rows>"

    def column(self, variable: str) -> list[Value]:
        """Return the values of one variable, in the order of the rows."""
        return [row[variable] for row in self._rows]

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a pandas frame with one column for each variable.

        pandas guesses: ``NA``, the code of Namibia, becomes a missing value, ``076`` the number
        76, and a column of whole numbers with one gap a column of floats. Here nothing is
        guessed. A column gets a type of its own only where all of its values have that type:

        - whole numbers: ``Int64``; truth values: ``boolean``; both keep their gaps
        - decimals and floats: ``Float64``, if every decimal survives the way there and back
        - moments with a time: ``datetime64``
        - all else (texts, IRIs, dates, and what is mixed): ``object``, with the very values of the
          rows, so that a text keeps its language; a gap is None

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - an optional package
        except ImportError as error:
            raise ImportError("frames need pandas: pip install 'agendagraph[frames]'") from error
        columns: dict[str, pd.Series[Any]] = {}
        for name in self.variables:
            values = self.column(name)
            dtype = _dtype(values)
            if dtype == "Float64":
                values = [float(v) if isinstance(v, Decimal) else v for v in values]
            columns[name] = pd.Series(values, dtype=dtype)
        return pd.DataFrame(columns, columns=list(self.variables))


def _dtype(values: Sequence[Value]) -> str:
    """Return the pandas type that holds *values* as they are."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int} and all(-(2**63) <= v < 2**63 for v in values if isinstance(v, int)):
        return "Int64"
    if kinds and kinds <= {Decimal, float, int} and all(map(_survives_float, values)):
        return "Float64"
    moments = [value for value in values if isinstance(value, dt.datetime)]
    if kinds == {dt.datetime} and len({m.tzinfo is None for m in moments}) == 1:
        return "datetime64[us]" if moments[0].tzinfo is None else "datetime64[us, UTC]"
    return "object"


def _survives_float(value: Value) -> bool:
    if isinstance(value, Decimal):
        return Decimal(repr(float(value))) == value
    if isinstance(value, int):
        return int(float(value)) == value
    return True
