"""From JSON to a dataclass, strictly: what the provider's documentation promises is there, or the answer makes no
sense."""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=None)
def _members(of: type) -> list[tuple[str, Any, bool]]:
    """Name, type, and whether it may be left out."""
    hints = typing.get_type_hints(of)
    missing = dataclasses.MISSING
    return [
        (field.name, hints[field.name], field.default is not missing or field.default_factory is not missing)
        for field in dataclasses.fields(of)
    ]


def fit(value: Any, of: Any, place: str = "") -> Any:
    """The value as that type; ``ValueError`` names the place where it is something else."""
    if of is Any or (of is None and value is None):
        return value
    origin, arguments = typing.get_origin(of), typing.get_args(of)
    if origin in (typing.Union, types.UnionType):
        return _either(value, arguments, place)
    if dataclasses.is_dataclass(of) and isinstance(of, type):
        return _made(value, of, place)
    if origin is list and isinstance(value, list):
        return [fit(item, arguments[0], f"{place}/{index}") for index, item in enumerate(value)]
    wanted = origin or of
    # In JSON a number is no truth value, and 1 is a float as good as 1.0.
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if wanted is float and is_number:
        return float(value)
    if wanted is int:
        fits = is_number and isinstance(value, int)
    else:
        fits = isinstance(wanted, type) and isinstance(value, wanted)
    if not fits:
        raise ValueError(f"`{place}` is not {getattr(wanted, '__name__', wanted)}")
    return value


def _either(value: Any, choices: tuple[Any, ...], place: str) -> Any:
    for choice in choices:
        try:
            return fit(value, None if choice is type(None) else choice, place)
        except ValueError:
            continue
    raise ValueError(f"`{place}` is none of what it may be")


def _made(value: Any, of: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"`{place}` is no object")
    found = {}
    for name, hint, optional in _members(of):
        if name in value:
            found[name] = fit(value[name], hint, f"{place}/{name}")
        elif not optional:
            raise ValueError(f"`{place}/{name}` is missing")
    return of(**found)
