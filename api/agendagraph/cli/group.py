"""Find the module of a verb, run it, and turn what it raises into a line and a status."""

from __future__ import annotations

import importlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from agendagraph.errors import AgendaError, ValidationFailed
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS: Final = {
    "backup": "Copy a store, while it is in use, to a folder that can be checked.",
    "build": "Build the graph from its sources and tables.",
    "dump": "Write what a store holds to a file.",
    "history": "List the updates of a store, or show one of them.",
    "info": "Say what the graph holds, and where it is from.",
    "ingest": "Turn the page of another ministry into a draft agenda.",
    "network": "Write a network, its measures, or the sentences behind an edge.",
    "load": "Add RDF files to a store.",
    "query": "Ask the graph in SPARQL.",
    "restore": "Make a store from a backup.",
    "revert": "Undo one update of a store.",
    "serve": "Serve the graph over HTTP, at /sparql.",
    "validate": "Hold a graph against its shapes.",
}
"""The verbs, each with the first line of its help; a test holds them to the commands."""

INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
"""What a shell reports for a program that ended by SIGINT or by SIGPIPE."""

_DAMAGED: Final = re.compile(r"^Corruption: .*?(\d+\.sst)", re.DOTALL)
"""What the engine says when it meets a damaged table in the middle of an answer."""


class LazyGroup(click.Group):
    """A group that imports ``agendagraph.cli.VERB`` when VERB is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs."""
        del ctx
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a verb, or None where there is no such verb."""
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
        """Run the verb; where the reader of our output has had enough, stop in silence."""
        try:
            result: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # The interpreter flushes at its end: it must find somewhere to write.
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
        except ValidationFailed as error:
            click.echo(f"agendagraph: {error}", err=True)
            sys.exit(1)
        except AgendaError as error:
            click.echo(f"agendagraph: {error}", err=True)
            sys.exit(2)
        except OSError as error:
            what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            click.echo(f"agendagraph: {what}", err=True)
            sys.exit(2)
        except RuntimeError as error:
            table = _DAMAGED.search(str(error))
            if table is None:
                raise
            told = f"the store is damaged: its table {table[1]}; restore it from a backup"
            click.echo(f"agendagraph: {told}", err=True)
            sys.exit(2)
        sys.exit(status if isinstance(status, int) else 0)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 fine, 1 findings, 2 called wrongly or unreadable, 130 interrupted.",
)
@click.version_option(__version__, prog_name="agendagraph")
def main() -> None:
    """Read an official agenda as a knowledge graph, ask it, and serve it.

    의제를 지식 그래프로 읽고, 묻고, 내보낸다.
    """
