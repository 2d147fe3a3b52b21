"""Read Jinja templates: HTML escapes its values, and a missing variable is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2
import jinja2.debug  # Jinja imports it when a template fails, where a sandbox may forbid reading

if TYPE_CHECKING:
    from pathlib import Path


def environment(*folders: Path) -> jinja2.Environment:
    """Return an environment over *folders*; the first one that has a template provides it.

    Values are escaped in ``.html`` and written as they are elsewhere (Markdown). A variable that
    is not given is an error. An installed template does not change, so it is compiled once.
    """
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
