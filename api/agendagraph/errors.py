"""Everything this package raises on purpose.

    AgendaError
    ├── SourceError             a page is not in the form that we read
    ├── TableError              a row of a table says what cannot be
    │   └── TableErrors         all that is wrong with a set of tables
    ├── GraphSyntaxError        an RDF document does not parse
    ├── ValidationFailed        the graph breaks its shapes; carries the report
    ├── StoreError              a store cannot be opened, or cannot be written
    │   └── StoreInUseError     somebody else holds it; a server can be asked instead
    ├── QueryError              the query is at fault; answered with status 400
    │   └── QuerySyntaxError
    ├── QueryStopped            we ended a sound query; answered with status 503 or 504
    │   └── QueryTimedOut
    └── NetworkError            a network cannot be made, measured, drawn or written as asked
        ├── NetworkParameterError   a parameter or an argument is at fault; answered 400
        ├── UnknownNetworkError     there is no network, node or edge of that name; answered 404
        └── MissingExtraError       an optional package is not installed

A class is added when some caller acts on the difference, not before. A message
says what was expected, what was found and where, and shows no path of this machine
other than the one that the caller gave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class AgendaError(Exception):
    """The base of all errors that this package raises on purpose."""


class _LocatedError(AgendaError):
    """An error at a place of a file; the message ends with that place."""

    def __init__(
        self, message: str, *, file: str, line: int | None = None, column: int | str | None = None
    ) -> None:
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        super().__init__(f"{place}: {message}")
        self.message = message
        self.file = file
        self.line = line
        self.column = column


class SourceError(_LocatedError):
    """A page is not in the form that we read; nothing of it was used."""


class TableError(_LocatedError):
    """A row of a table says what cannot be: an unknown name, a duplicate, a bad date.

    ``column`` is the name of the column.
    """


class TableErrors(TableError):  # noqa: N818 - it is several errors
    """All that is wrong with a set of tables; each one is in ``problems``.

    Its place is that of the first problem; its text has one line for each. What could not
    be checked because of them is said by ``unchecked``, at the end of the text.
    """

    def __init__(self, problems: Sequence[TableError], unchecked: Sequence[str] = ()) -> None:
        """Hold the problems, of which there is at least one."""
        first = problems[0]
        super().__init__(first.message, file=first.file, line=first.line, column=first.column)
        self.problems = tuple(problems)
        self.unchecked = tuple(unchecked)

    def __str__(self) -> str:
        """Return one line for each problem, and one for each table that hides others."""
        return "\n".join((*map(str, self.problems), *self.unchecked))


class GraphSyntaxError(_LocatedError):
    """An RDF document, ontology or shapes file does not parse."""


class ValidationFailed(AgendaError):  # noqa: N818 - it states what happened; nothing is broken
    """The graph breaks its shapes.

    The report (an `Report`) is in ``report``.
    """

    def __init__(self, *, report: object, violations: int) -> None:
        places = "1 place" if violations == 1 else f"{violations} places"
        super().__init__(f"the graph breaks its shapes in {places}")
        self.report = report
        self.violations = violations


class StoreError(AgendaError):
    """A store cannot be opened or written: locked, damaged, full, or not there."""


class StoreInUseError(StoreError):
    """Another server or command holds the store.

    ``address`` is that of a server that takes updates of it; blank for whatever else it is.
    """

    def __init__(self, message: str, *, address: str = "") -> None:
        super().__init__(f"{message}, {address}" if address else message)
        self.address = address


class QueryError(AgendaError):
    """The query is at fault."""


class QuerySyntaxError(QueryError):
    """The query does not parse, at ``line`` and ``column`` (both from 1).

    ``cause`` names what is wrong, for translations, and ``found`` is what stands there; both are
    blank where the message is the parser's own.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        cause: str = "",
        found: str = "",
    ) -> None:
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(f"{place}{message}")
        self.message = message
        self.line = line
        self.column = column
        self.cause = cause
        self.found = found


class QueryStopped(AgendaError):  # noqa: N818 - the query was sound; we stopped it
    """We ended a sound query."""


class QueryTimedOut(QueryStopped):
    """The query outlived its time limit, and its worker was killed."""

    def __init__(self, *, limit_s: float) -> None:
        super().__init__(f"stopped after {limit_s:g} s, the time limit of this endpoint")
        self.limit_s = limit_s


class NetworkError(AgendaError):
    """A network cannot be made, measured, drawn or written as asked.

    ``told`` has the message as ``problem``, and for translations a ``cause`` and what it is
    about, where somebody asks for one.
    """

    def __init__(self, message: str, *, cause: str = "", **facts: str) -> None:
        super().__init__(message)
        self.told = {"problem": message, **({"cause": cause, **facts} if cause else {})}


class NetworkParameterError(NetworkError):
    """A parameter or an argument of a network function is at fault; nothing was computed."""


class UnknownNetworkError(NetworkError):
    """There is no network, node or edge of that name; the message lists the nearest ones."""


class MissingExtraError(NetworkError):
    """An optional package is not installed.

    ``package`` is the one that is missing, ``extra`` the extra of Agendagraph that brings it.
    """

    def __init__(self, *, package: str, extra: str, purpose: str) -> None:
        """Say that *purpose* needs *package*, and which *extra* brings it."""
        super().__init__(
            f"{purpose} needs the package {package}, which is not installed; "
            f"install it with: pip install 'agendagraph[{extra}]'"
        )
        self.package = package
        self.extra = extra
