"""Report progress on standard error: each step and its duration."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


class Steps:
    """Reports one step after the other, each with its duration when it ends."""

    def __init__(self) -> None:
        self._began: float | None = None

    def begin(self, what: str) -> None:
        """End the step before, and begin the step *what*."""
        self._end()
        click.echo(f"{what} … ", nl=False, err=True)
        self._began = time.perf_counter()

    def _end(self) -> None:
        if self._began is not None:
            click.echo(f"{time.perf_counter() - self._began:.1f} s", err=True)
        self._began = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the last step."""
        self._end()


@contextmanager
def announced(what: str) -> Iterator[None]:
    """Report the block as one step."""
    with Steps() as steps:
        steps.begin(what)
        yield
