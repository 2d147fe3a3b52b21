"""Turn an answer into a pandas frame without changing what it says.

pandas guesses: ``NA``, the code of Namibia, becomes a missing value, ``076`` the number
76, and a column of whole numbers with one gap a column of floats. Here nothing is guessed.
A column gets a type of its own only where all of its values have that type:

- whole numbers: ``Int64``; truth values: ``boolean``; both keep their gaps
- decimals and floats: ``Float64``, if every decimal survives the way there and back
- moments with a time: ``datetime64``
- all else (texts, IRIs, dates, and what is mixed): ``object``, with the very values of the
  rows, so that a text keeps its language; a gap is None
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from agendagraph.knowledge.solutions import Solutions
    from agendagraph.knowledge.values import Value


def frame_of(solutions: Solutions) -> pd.DataFrame:
    """Return *solutions* as a frame with one column a variable, in the order of both.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ImportError("frames need pandas: pip install 'agendagraph[frames]'") from error
    columns: dict[str, pd.Series[Any]] = {}
    for name in solutions.variables:
        values = solutions.column(name)
        dtype = dtype_of(values)
        if dtype == "Float64":
            values = [float(v) if isinstance(v, Decimal) else v for v in values]
        columns[name] = pd.Series(values, dtype=dtype)
    return pd.DataFrame(columns, columns=list(solutions.variables))


def dtype_of(values: Sequence[Value]) -> str:
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
