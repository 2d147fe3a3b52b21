"""Import an optional package, or raise an error that names the extra to install.

numpy, scipy, pandas and matplotlib make an installation ten times as large, and a server
that only answers queries needs none of them.
"""

from __future__ import annotations

import importlib
from typing import Any, Final, TypeAlias

from agendagraph.errors import MissingExtraError

Module: TypeAlias = Any
"""A module whose package may be missing, so that its type is unknown."""

_EXTRAS: Final = {
    "numpy": "network",
    "scipy": "network",
    "pandas": "network",
    "matplotlib": "network",
    "duckdb": "scale",
    "pyarrow": "scale",
    "pyspark": "spark",
}
"""The extra of Agendagraph that installs each optional package."""


def require(module: str, purpose: str) -> Module:
    """Import and return *module*.

    Args:
        module: The dotted name of a module, ours or another's.
        purpose: The caller's name, which is the subject of the error message.

    Raises:
        MissingExtraError: An optional package that *module* needs is not installed.

    >>> require("json", "this example").dumps(1)
    '1'
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = (error.name or module).partition(".")[0]
        if package not in _EXTRAS:
            raise
        raise MissingExtraError(package=package, extra=_EXTRAS[package], purpose=purpose) from error
