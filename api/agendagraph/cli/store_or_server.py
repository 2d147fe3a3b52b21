"""The argument of a verb that works on a store's directory and through a running server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

_SCHEMES: Final = ("http://", "https://")


class StoreOrServer(click.Path):
    """The directory of a store, as a path, or the address of a server, as a text."""

    def __init__(self) -> None:
        """Take directories that exist."""
        super().__init__(exists=True, file_okay=False, path_type=Path)

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's type
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 - click's type
        """Return an address as it is, and a directory as a path."""
        if isinstance(value, str) and value.startswith(_SCHEMES):
            return value
        return super().convert(value, param, ctx)


def token_option(command: Any) -> Any:  # noqa: ANN401 - click's types
    """Add the option that names a file of tokens."""
    return click.option(
        "--token-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="File whose first token that may write is sent to URL; or give AGENDAGRAPH_TOKEN.",
    )(command)
