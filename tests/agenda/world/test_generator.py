"""The country table is what its generator makes, and no override of it is dead.

The generator needs rigour, which builds PyICU from its source and so needs a compiler and the
headers of ICU: no part of the set-up that everybody has.
"""

import csv
import runpy
from pathlib import Path
from typing import Any

import pycountry
import pytest

pytestmark = pytest.mark.oracle

HERE = Path(__file__).parent
Generator = dict[str, Any]


@pytest.fixture(scope="module")
def generator() -> Generator:
    """Run the generator's module, if what it needs is installed."""
    pytest.importorskip("rigour", reason="needs the dependency group 'facts'")
    return runpy.run_path(str(HERE / "generate_countries.py"))


def test_the_committed_table_is_what_the_generator_makes(generator: Generator) -> None:
    committed = generator["TABLE"].read_bytes().decode("utf-8")

    assert committed == generator["table"]()


def test_every_override_is_needed_and_has_a_reason(generator: Generator) -> None:
    """An override that says what the packages say is dead, and is taken out."""
    with (HERE / "country_overrides.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    plain = {c.alpha_2: (c.alpha_2, c.alpha_3, c.numeric) for c in pycountry.countries}
    plain["XK"] = ("XK", "", "")

    for row in rows:
        assert row["reason"], row
        if row["column"] == "region" and row["iso2"] == "AQ":
            continue  # says that nothing is missing by accident
        assert generator["country"](*plain[row["iso2"]])[row["column"]] != row["value"], row
