"""What a validation found, as plain data: no graph, no library's objects."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import ValidationFailed

if TYPE_CHECKING:
    from collections.abc import Mapping


class Severity(StrEnum):
    """How bad a finding is; the names are SHACL's. A violation stops a build."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node comes from: a row of a table, or a line of a page.

    ``line`` counts from 1; ``column`` is the name of a table's column, where one is known.
    """

    file: str
    line: int
    column: str | None = None

    def __str__(self) -> str:
        """Return the place as errors name it: ``countries.csv:12:iso3``."""
        return ":".join(str(p) for p in (self.file, self.line, self.column) if p is not None)


@dataclass(frozen=True, slots=True)
class Result:
    """One finding: a focus node that breaks a shape.

    ``focus_node``, ``shape`` and ``component`` are IRIs (a blank node is ``_:`` and its
    label). ``path`` is a SPARQL property path with whole IRIs, ``value`` a term in N-Triples
    syntax; each is None where the shape is not about one. ``messages`` has one text a
    language; a text without a language has the key ``""``. ``places`` are where the focus
    node comes from; there are some only where the graph was just built, out of rows.
    """

    severity: Severity
    focus_node: str
    path: str | None
    value: str | None
    messages: Mapping[str, str] = field(hash=False)
    shape: str
    component: str
    places: tuple[Place, ...] = ()

    def message(self, language: str = "en") -> str:
        """Return the text in *language*, or else in English, or else any."""
        for key in (language, "en", ""):
            if key in self.messages:
                return self.messages[key]
        return next(iter(self.messages.values()), "")

    def sort_key(self) -> tuple[int, str, str, str, str]:
        """Violations first, then by focus node, path, shape and value."""
        rank = _RANK[self.severity]
        return (rank, self.focus_node, self.path or "", self.shape, self.value or "")


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one validation, violations first.

    ``reached`` is false where the shapes select no node of the graph, so that nothing was
    checked.
    """

    results: tuple[Result, ...]
    reached: bool = True

    @property
    def conforms(self) -> bool:
        """Whether no shape is violated; warnings and notes may remain."""
        return not self.violations

    @property
    def violations(self) -> tuple[Result, ...]:
        """The findings that stop a build."""
        return self.of(Severity.VIOLATION)

    @property
    def warnings(self) -> tuple[Result, ...]:
        """The findings that a person should look at."""
        return self.of(Severity.WARNING)

    def of(self, severity: Severity) -> tuple[Result, ...]:
        """Return the findings of one severity."""
        return tuple(r for r in self.results if r.severity is severity)

    def raise_for_violations(self) -> None:
        """Raise where the graph does not conform.

        Raises:
            ValidationFailed: There is at least one violation; the error carries this report.
        """
        if not self.conforms:
            raise ValidationFailed(report=self, violations=len(self.violations))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as what JSON can hold; ``places`` only where there are some."""
        found = [_without_empty_places(asdict(r)) for r in self.results]
        return {"conforms": self.conforms, "reached": self.reached, "results": found}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """Return the report that `to_dict` wrote, in order and without repetitions."""
        results = {
            (*result.sort_key(), result.component, str(sorted(result.messages.items()))): result
            for result in (
                Result(
                    **{
                        **row,
                        "severity": Severity(row["severity"]),
                        "places": tuple(Place(**place) for place in row.get("places", ())),
                    }
                )
                for row in data["results"]
            )
        }
        found = tuple(results[key] for key in sorted(results))
        return cls(found, reached=data.get("reached", True))


def _without_empty_places(row: dict[str, Any]) -> dict[str, Any]:
    if not row["places"]:
        del row["places"]
    return row
