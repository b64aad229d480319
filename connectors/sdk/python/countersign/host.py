"""The generated bindings, where this runs in a component. Elsewhere, as in a unit test, there is no host to call."""

from __future__ import annotations

from typing import Any

common: Any = None
credentials: Any = None
http: Any = None
log: Any = None


class Err(Exception):
    """What an import raises and an export answers with; the bindings' own class in a component."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


try:
    # Now or never: at run time there is no file system to import from.
    from componentize_py_types import Err  # type: ignore[import-not-found,no-redef,assignment]  # noqa: F401,F811
    from wit_world.imports import common, credentials, http, log  # type: ignore[import-not-found,no-redef]  # noqa: F401,F811
except ImportError:
    pass


def present(part: Any) -> Any:
    """A part of the host, or an error that says where it is to be had."""
    if part is None:
        raise RuntimeError("there is no host here: test request() and reply() natively, and the rest by transcripts")
    return part
