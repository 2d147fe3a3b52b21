"""Read the outlines of the world's countries, and bring them to the plane of a map.

They are Natural Earth's at 1:50 million (public domain, through the npm package world-atlas),
which are installed with the package as TopoJSON: arcs that neighbours share, so that a border
is one line. TopoJSON's rings run over the 180th meridian as if it were not there.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from agendagraph import files
from agendagraph.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ring = NDArray[np.float64]

OUTLINES: Final = "countries-50m.json"
_EQUAL_EARTH: Final = (1.340264, -0.081106, 0.000893, 0.003796)


@cache
def world() -> dict[str, list[Ring]]:
    """Return the rings of each country by its M49 code, the largest first, in degrees.

    A ring is an array of longitudes and latitudes, closed; longitudes go on beyond 180 where
    the country does.

    Raises:
        NetworkError: The outlines were not installed with the package.
    """
    path = files.ASSETS / OUTLINES
    if not path.is_file():
        raise NetworkError(
            "the outlines of the countries were not installed: npm must be within reach when "
            "the package is installed. pip install --force-reinstall agendagraph"
        )
    topology = json.loads(path.read_text(encoding="utf-8"))
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc, float), axis=0) * scale + shift for arc in topology["arcs"]]
    found: dict[str, list[Ring]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        code = str(shape.get("id") or shape["properties"]["name"])
        # Some codes stand twice: Australia's also for its distant islands.
        found.setdefault(code, []).extend(_ring(part[0], arcs) for part in parts)
    return {code: sorted(rings, key=_extent, reverse=True) for code, rings in found.items()}


def _ring(numbers: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """One closed ring from its arcs; ~n is arc n from its end to its beginning."""
    pieces = [arcs[at] if at >= 0 else arcs[~at][::-1] for at in numbers]
    ring = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    ring[:, 0] = np.unwrap(ring[:, 0], period=360)  # Russia goes on beyond 180° east
    return ring


def _extent(ring: Ring) -> float:
    """The area of a ring on the sphere, near enough to find the largest of a country."""
    x, y = ring.T
    shrunk = x * np.cos(np.radians(y.mean()))
    return float(abs(np.sum(shrunk[:-1] * y[1:] - shrunk[1:] * y[:-1])))


def middle(ring: Ring, centre_deg: float) -> Ring:
    """Return the centroid of a ring in degrees, as a point of the plane."""
    x, y = ring.T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    ends = [((x[:-1] + x[1:]) * cross).sum(), ((y[:-1] + y[1:]) * cross).sum()]
    middle = np.array([ends]) / (3 * cross.sum())
    middle[:, 0] = (middle[:, 0] - centre_deg + 180) % 360 - 180
    place: Ring = project(middle)[0]
    return place


def project(points: Ring) -> Ring:
    """Bring points, in degrees east of the middle and north of the equator, to the plane.

    B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", International Journal of
    Geographical Information Science 33 (2019) 454–465.
    https://doi.org/10.1080/13658816.2018.1504949
    """
    a, b, c, d = _EQUAL_EARTH
    theta = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(points[:, 1])))
    slope = a + 3 * b * theta**2 + theta**6 * (7 * c + 9 * d * theta**2)
    x = 2 * np.sqrt(3) * np.radians(points[:, 0]) * np.cos(theta) / (3 * slope)
    y = theta * (a + b * theta**2 + theta**6 * (c + d * theta**2))
    return np.column_stack([x, y])


def parts(ring: Ring, centre_deg: float) -> list[Ring]:
    """Return a ring in degrees east of the middle, as two where the map's edge cuts it."""
    away = ring - [centre_deg, 0]
    away[:, 0] -= 360 * np.floor((away[:, 0].min() + 180) / 360)
    if away[:, 0].max() <= 180:
        return [away]
    return [_beside(away, 1), _beside(away, -1) - [360, 0]]


def _beside(ring: Ring, side: int) -> Ring:
    """The part of a ring west (1) or east (-1) of the map's edge.

    I. E. Sutherland, G. W. Hodgman, "Reentrant polygon clipping", Communications of the ACM 17
    (1974) 32–42. https://doi.org/10.1145/360767.360802
    """
    kept: list[Any] = []
    for start, stop in pairwise(ring):
        inside = [side * (180 - point[0]) >= 0 for point in (start, stop)]
        if inside[0]:
            kept.append(start)
        if inside[0] != inside[1]:
            share = (180 - start[0]) / (stop[0] - start[0])
            kept.append([180.0, start[1] + share * (stop[1] - start[1])])
    return np.array(kept)
