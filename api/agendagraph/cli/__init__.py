"""The command ``agendagraph``: one verb a module, no work of its own.

A verb's module is imported when the verb is used, so that ``agendagraph query`` never
waits for a web server's libraries. Every verb exits with 0 when all is well, 1 when it has
findings, 2 when it was called wrongly or cannot read what it was given, and 130 when it was
interrupted; a user never sees a traceback.
"""

from agendagraph.cli.group import VERBS, main

__all__ = ["VERBS", "main"]
