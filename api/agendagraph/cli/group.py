"""Dispatch to the verbs, and map their exceptions to one line and an exit status."""

from __future__ import annotations

import importlib
import os
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from agendagraph.errors import AgendaError, ValidationFailed
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS: Final[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("verbs.toml").read_text("utf-8")
)
"""The verbs, each with the first line of its help; a test compares them."""

INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
"""The exit status that a shell reports after SIGINT and SIGPIPE."""

_CORRUPT: Final = re.compile(r"^Corruption: .*?(\d+\.sst)", re.DOTALL)
"""The error of the engine when it reads a corrupt table during a query."""


class LazyGroup(click.Group):
    """A group that imports ``agendagraph.cli.VERB`` when VERB is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs."""
        del ctx
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a verb, or None."""
        del ctx
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"agendagraph.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; exit silently if the reader closes standard output."""
        try:
            result: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # The interpreter flushes standard output at exit, which must not fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(BROKEN_PIPE)
        return result

    def main(  # type: ignore[override] # click's overloads tell modes apart; ours is one
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,  # noqa: ANN401 - click's own options, handed on
    ) -> NoReturn:
        """Run the command line *args* and exit with its status."""
        extra["standalone_mode"] = False
        try:
            status = super().main(args=args, prog_name=prog_name or "agendagraph", **extra)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        except (AgendaError, OSError, RuntimeError) as error:
            click.echo(f"agendagraph: {_message(error)}", err=True)
            sys.exit(1 if isinstance(error, ValidationFailed) else 2)
        sys.exit(status if isinstance(status, int) else 0)


def _message(error: Exception) -> str:
    """Return the message of an expected error, or raise an unexpected one again."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, RuntimeError):
        table = _CORRUPT.search(str(error))
        if table is None:
            raise error
        return f"the store is damaged: its table {table[1]}; restore it from a backup"
    return str(error)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 success, 1 findings, 2 usage error or unreadable input, 130 interrupt.",
)
@click.version_option(__version__, prog_name="agendagraph")
def main() -> None:
    """Build, query and serve an official agenda as an RDF knowledge graph.

    정부 국정과제를 RDF 지식 그래프로 만들고, 질의하고, 서비스한다.
    """
