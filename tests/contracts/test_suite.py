"""The suite reports what would otherwise go unnoticed: see ``tests/suite.py``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    "test_broken.py": "import no_such_module\n\n\ndef test_this() -> None:\n    pass\n",
    "broken.py": '"""Says something.\n\n>>> 1\n1\n"""\n\nimport no_such_package\n',
    "test_serving.py": (
        "import subprocess\nimport sys\n\n\ndef test_this() -> None:\n"
        "    subprocess.Popen([sys.executable, '-c', 'pass', 'serve', '--port', '0']).wait()\n"
    ),
    "test_sound.py": "def test_this() -> None:\n    pass\n",
}


def run(folder: Path, *arguments: str) -> str:
    """Run pytest as it is configured here over the modules of a folder; return what it printed."""
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "suite"]
    done = subprocess.run(
        [*command, "-n", "0", "-p", "no:cacheprovider", *arguments, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("modules")
    for name, text in MODULES.items():
        (folder / name).write_text(text)
    return run(folder, "-m", "fast", "--continue-on-collection-errors")


def test_a_test_module_that_cannot_be_imported_is_an_error(printed: str) -> None:
    assert "ModuleNotFoundError: No module named 'no_such_module'" in printed
    assert "2 errors" in printed
    assert "skipped" not in printed


def test_a_package_module_that_cannot_be_imported_is_an_error(printed: str) -> None:
    assert "ModuleNotFoundError: No module named 'no_such_package'" in printed


def test_a_fast_test_starts_no_server(printed: str) -> None:
    assert "AssertionError: a fast test starts a server" in printed
    assert "1 failed, 1 passed" in printed


def test_a_test_is_in_one_group(tmp_path: Path) -> None:
    module = tmp_path / "test_both.py"
    module.write_text(
        "import pytest\n\npytestmark = pytest.mark.slow\n\n\n"
        "@pytest.mark.server\ndef test_this() -> None:\n    pass\n"
    )

    assert "test_both.py::test_this is in two groups: server, slow" in run(tmp_path)
