"""The command ``agendagraph``: one module a verb, without logic of its own.

The module of a verb is imported only when the verb runs, so that ``agendagraph query`` does
not wait for the libraries of a web server. Exit status: 0 success, 1 findings, 2 usage error
or unreadable input, 130 interrupted. Expected errors never show a traceback.
"""

from agendagraph.cli.group import VERBS, main

__all__ = ["VERBS", "main"]
