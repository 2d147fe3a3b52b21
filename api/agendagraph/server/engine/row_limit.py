"""Count the rows of an answer while it passes, and cut it after the last row allowed.

The engine serialises a SELECT by itself and does not say how many rows it wrote. So they
are counted in the bytes, where each format marks its rows: outside of strings, ``},{``
stands in SPARQL JSON only between two rows; ``<result>`` cannot stand inside XML text; a
TSV value has no line end; a CSV value has one only between quotes.

A cut answer stays well formed and says that it was cut, where its format can say so: both
SPARQL JSON and SPARQL XML have a *link* in their head, for a document with more information.

Source: W3C Recommendations "SPARQL 1.1 Query Results JSON Format", section 3.1.2, and
"SPARQL Query Results XML Format", section 2.2.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Final

_JSON_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_CSV_STRING: Final = re.compile(rb'"[^"]*"?')


class RowCounter(ABC):
    """Counts the rows of one answer; pieces come in, the bytes to send come out."""

    ending = b""
    """What closes an answer of this format that was cut after a row."""
    headings = 0
    """How many lines of names are counted before the first row."""

    def __init__(self, limit: int | None) -> None:
        """Cut after *limit* rows; never where it is ``None``."""
        self.rows = -self.headings
        self.truncated = False
        self._limit = limit
        self._rest = b""

    def feed(self, data: bytes, *, last: bool = False) -> bytes:
        """Count the rows that begin or end in *data*; return what may be sent on."""
        if self.truncated:
            return b""
        data = self._rest + data if self._rest else data
        safe = len(data) if last else self._safe_end(data)
        data, self._rest = data[:safe], data[safe:]
        before = self.rows
        self.rows += self._count(data)
        if self._limit is None or self.rows <= self._limit:
            return data
        self.truncated = True
        kept = self._before_row(data, self._limit - before)
        self.rows = self._limit
        return data[:kept] + self.ending

    def announce(self, answer: bytes, link: str) -> bytes:
        """Return a whole, truncated answer with *link* in its head, where it has one."""
        del link
        return answer

    @abstractmethod
    def _count(self, data: bytes) -> int:
        """Return how many rows *data* adds."""

    @abstractmethod
    def _before_row(self, data: bytes, rows: int) -> int:
        """Return where to cut *data* so that it adds *rows* rows and no more."""

    def _safe_end(self, data: bytes) -> int:
        """Return how much of *data* can be counted without knowing what follows."""
        return len(data)


class JsonRows(RowCounter):
    """SPARQL JSON: whole strings are taken out, then ``},{`` separates rows."""

    ending = b"]}}"

    def __init__(self, limit: int | None) -> None:
        super().__init__(limit)
        self._inside = False
        """Whether the bytes so far end inside a string."""
        self._began_inside = False

    def _safe_end(self, data: bytes) -> int:
        """Hold back half an escape or half a separator."""
        return len(data.rstrip(b"\\},{["))

    def _count(self, data: bytes) -> int:
        parts = data.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        self._began_inside = self._inside
        outside = parts[1 if self._inside else 0 :: 2]
        self._inside ^= len(parts) % 2 == 0
        skeleton = b'"'.join(outside)
        return skeleton.count(b"},{") + skeleton.count(b"[{")

    def _before_row(self, data: bytes, rows: int) -> int:
        opening = b'"' if self._began_inside else b""
        blank = _blanked(_JSON_STRING, opening + data)
        starts = [m.start() + 1 for m in re.finditer(rb"\},\{|\[\{", blank)]
        return starts[rows] - len(opening)

    def announce(self, answer: bytes, link: str) -> bytes:
        """Add a link to the head."""
        link_member = f'],"link":["{link}"]}},"results":'.encode()
        return answer.replace(b']},"results":', link_member, 1)


class XmlRows(RowCounter):
    """SPARQL XML: every row is one ``<result>`` element."""

    ending = b"</results></sparql>"

    def _safe_end(self, data: bytes) -> int:
        return data.rfind(b">") + 1

    def _count(self, data: bytes) -> int:
        return data.count(b"<result>")

    def _before_row(self, data: bytes, rows: int) -> int:
        return [match.start() for match in re.finditer(b"<result>", data)][rows]

    def announce(self, answer: bytes, link: str) -> bytes:
        """Add a link to the head."""
        return answer.replace(b"</head>", f'<link href="{link}"/></head>'.encode(), 1)


class TsvRows(RowCounter):
    """TSV: a line is a row, after the line of names."""

    headings = 1

    def _safe_end(self, data: bytes) -> int:
        return data.rfind(b"\n") + 1

    def _count(self, data: bytes) -> int:
        return data.count(b"\n")

    def _before_row(self, data: bytes, rows: int) -> int:
        return [0, *(match.end() for match in re.finditer(b"\n", data))][rows]


class CsvRows(TsvRows):
    """CSV: a line end outside quotes ends a row; what is counted always begins a row."""

    def _safe_end(self, data: bytes) -> int:
        # From the end, as every piece of an answer passes here; to blank all strings costs more.
        parts = data.split(b'"')
        end = len(data)
        for position in range(len(parts) - 1, -1, -1):
            start = end - len(parts[position])
            line_end = parts[position].rfind(b"\n")
            if position % 2 == 0 and line_end >= 0:
                return start + line_end + 1
            end = start - 1
        return 0

    def _count(self, data: bytes) -> int:
        return sum(part.count(b"\n") for part in data.split(b'"')[::2])

    def _before_row(self, data: bytes, rows: int) -> int:
        return super()._before_row(_blanked(_CSV_STRING, data), rows)


class LineRows(TsvRows):
    """N-Triples and N-Quads: a line is a statement."""

    headings = 0

    def announce(self, answer: bytes, link: str) -> bytes:
        """Add a comment before the first statement."""
        return b"# cut: see <" + link.encode() + b">\n" + answer


def _blanked(strings: re.Pattern[bytes], data: bytes) -> bytes:
    """Return *data*, in which strings are as long as before but hold no marks of rows."""
    return strings.sub(lambda match: b"_" * len(match[0]), data)


_COUNTERS: Final[dict[str, type[RowCounter]]] = {
    "json": JsonRows,
    "xml": XmlRows,
    "csv": CsvRows,
    "tsv": TsvRows,
    "n-triples": LineRows,
    "n-quads": LineRows,
}


def counter(format_name: str, limit: int | None) -> RowCounter | None:
    """Return a counter for a format; ``None`` for one that groups its statements."""
    kind = _COUNTERS.get(format_name)
    return kind(limit) if kind else None
