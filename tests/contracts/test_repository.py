"""The repository holds what it may hold, and nothing that it may not."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import agendagraph
from agendagraph.version import RELEASED

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"api", "data", "notebooks", "ontology", "shapes", "tests"}
FILES = {"CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml", "requirements.lock"}
REGISTRY = re.compile(r"(pypi|pythonhosted|npmjs|registry\.npm|deb\.debian)\." + r"(org|com)")


def tracked() -> list[Path]:
    """List the files that git tracks, or would on the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_the_top_level_is_what_the_owner_fixed() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}

    assert {top for top in tops if not top.startswith(".")} == FOLDERS | FILES


def test_no_file_names_a_package_registry() -> None:
    found = [
        path.relative_to(ROOT)
        for path in tracked()
        if REGISTRY.search(path.read_bytes().decode("utf-8", "ignore"))
    ]

    assert found == []


@pytest.mark.parametrize("limit", [450])
def test_no_file_of_code_is_too_long(limit: int) -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py" and (lines := path.read_text().count("\n")) > limit
    }

    assert long == {}


def test_the_lock_pins_every_requirement_of_the_package() -> None:
    """``requirements.lock`` is exported by hand: ``uv export --format requirements-txt``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text()
    pins = dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock, re.MULTILINE))
    pinned = {canonicalize_name(name): version for name, version in pins.items()}

    for text in project["dependencies"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), text


def test_every_pin_has_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)

    assert [block for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_the_changelog_has_a_section_for_this_version() -> None:
    heading = f"## [{agendagraph.__version__}] - {RELEASED}\n"
    assert heading in (ROOT / "CHANGELOG.md").read_text()
