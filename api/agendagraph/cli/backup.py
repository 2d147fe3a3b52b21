"""``agendagraph backup``: copy a store."""

from __future__ import annotations

from pathlib import Path

import click

from agendagraph.cli.progress import announced


@click.command()
@click.argument("store", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only check the backup in TARGET.")
def backup(store: Path, target: Path, *, check: bool) -> None:
    """Copy a store, while it is in use, to a folder that can be checked.

    STORE is the directory of `agendagraph serve --store`; a server may use and change it
    meanwhile. TARGET is a new folder. It gets a snapshot of the data, the patches of the history
    of updates, and a manifest with the SHA-256 of every file, the number of quads and a content
    hash that does not depend on their order.

    Standard output has one line: the number of quads and the content hash, tab-separated.

    Exit status: 0 done, 2 STORE cannot be read, TARGET exists or is damaged.

    \b
    Example:
      agendagraph backup /var/lib/agendagraph /backup/$(date +%F)
    """  # noqa: D301 - click reads the backspace
    from agendagraph.server.updates.transfer import archive  # noqa: PLC0415 - not for --help

    with announced("checking" if check else "copying"):
        manifest = archive.check(target) if check else archive.backup(store, target)
    click.echo(f"{manifest.quads}\t{manifest.content}")
