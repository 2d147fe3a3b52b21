"""The wheel is the product: installed alone in an empty environment it answers a question."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "SELECT (COUNT(?goal) AS ?n) WHERE { ?goal a <https://w3id.org/agendagraph/ns#Goal> }"


def run(*command: str | Path, cwd: Path) -> str:
    """Run one command away from the checkout, and return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it, with what it requires and no more."""
    folder = tmp_path_factory.mktemp("wheel")
    run("uv", "build", "--wheel", "--out-dir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    run("uv", "venv", "--python", sys.executable, folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run("uv", "pip", "install", "--python", python, wheel, cwd=folder)
    return python.parent


def test_the_command_answers_from_the_shipped_graph(environment: Path, tmp_path: Path) -> None:
    printed = run(environment / "agendagraph", "query", QUESTION, "--format", "csv", cwd=tmp_path)

    assert printed.split() == ["n", "8"]


def test_the_package_answers_from_the_shipped_graph(environment: Path, tmp_path: Path) -> None:
    code = f"import agendagraph as ag; print(ag.open_graph().query('''{QUESTION}''')[0][0])"

    assert run(environment / "python", "-c", code, cwd=tmp_path).strip() == "8"


def test_pages_find_their_templates_and_words(environment: Path, tmp_path: Path) -> None:
    code = (
        "import agendagraph.site.front_page as front;"
        "import agendagraph.server.http.problems.page, agendagraph.server.engine.html_answers;"
        "import agendagraph.agenda.pipeline.ingest.review_page;"
        "print(len(front._ready()))"
    )

    assert run(environment / "python", "-c", code, cwd=tmp_path).strip() == "5"


def test_what_is_installed_stays_small(environment: Path) -> None:
    """The owner's bound on what a user installs is about 150 MB."""
    site = environment.parent / "lib"
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())

    assert size < 150_000_000
