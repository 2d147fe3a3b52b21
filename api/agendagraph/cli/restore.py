"""``agendagraph restore``: restore a store from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from agendagraph.cli.progress import announced


@click.command()
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("store", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace the data of STORE.")
def restore(backup: Path, store: Path, *, replace: bool) -> None:
    """Restore a store from a backup.

    BACKUP is a folder that `agendagraph backup` made; every file, the number of quads and the
    content hash are checked before anything happens. STORE is a new directory, or with --replace
    a store that no server uses. The data and the history of the backup replace it in one step.

    Standard output has one line: the number of quads and the new generation.

    Exit status: 0 done, 2 BACKUP is damaged, or STORE is in use or has data.

    \b
    Example:
      agendagraph restore /backup/2026-11-22 /var/lib/agendagraph --replace
    """  # noqa: D301 - click reads the backspace
    from agendagraph.server.updates.transfer import archive  # noqa: PLC0415 - not for --help

    with announced("checking and restoring"):
        snapshot = archive.restore(backup, store, replace=replace)
    click.echo(f"{snapshot.quads}\t{snapshot.generation}")
