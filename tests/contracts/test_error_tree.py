"""The tree of errors drawn in the documentation is the tree of classes."""

import inspect
import re

from agendagraph import errors

BRANCH = re.compile(r"^(?P<bars>(?:│   |    )*)(?:├── |└── )(?P<name>\w+)")


def drawn() -> dict[str, str]:
    """Read the drawing: each class with its parent."""
    parents: dict[str, str] = {}
    path = ["AgendaError"]
    for line in inspect.cleandoc(errors.__doc__ or "").splitlines():
        found = BRANCH.match(line.removeprefix("    "))
        if found:
            depth = len(found["bars"]) // 4 + 1
            del path[depth:]
            parents[found["name"]] = path[-1]
            path.append(found["name"])
    return parents


def defined() -> dict[str, str]:
    """Read the classes: each public one with its nearest public ancestor."""
    classes = {
        name: cls
        for name, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, errors.AgendaError) and not name.startswith("_")
    }
    return {
        name: next(base.__name__ for base in cls.__mro__[1:] if not base.__name__.startswith("_"))
        for name, cls in classes.items()
        if name != "AgendaError"
    }


def test_the_drawing_equals_the_classes() -> None:
    assert drawn() == defined()


def test_the_drawing_was_read() -> None:
    """Guard of the guard: a drawing that no longer parses would compare nothing."""
    assert drawn()["QuerySyntaxError"] == "QueryError"
