"""The answer to a SELECT: rows with names, and a frame on request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

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
        """Hold *values* under *names*, which are in the same order."""
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
        """Return a value by its variable, where that is no name of ours."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __len__(self) -> int:
        """Return how many variables the answer has."""
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
        """Hold *rows*, each with a value (or None) for each of *variables*."""
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
        """Return how many rows there are."""
        return len(self._rows)

    def __repr__(self) -> str:
        """Show the variables and the number of rows."""
        names = " ".join(f"?{name}" for name in self.variables)
        return f"<Solutions of {names}: {len(self)} rows>"

    def column(self, variable: str) -> list[Value]:
        """Return the values of one variable, in the order of the rows."""
        return [row[variable] for row in self._rows]

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a pandas frame; see `knowledge.dataframes`.

        Raises:
            ImportError: pandas is not installed.
        """
        from agendagraph.knowledge.dataframes import frame_of  # noqa: PLC0415 - pandas is optional

        return frame_of(self)
