"""The connector's own log, for its author and the operator. Never write numbers, codes or texts: the host masks the
live ones, but it can't know every spelling. What is printed lands there as well, as ``info``."""

from __future__ import annotations

import sys

from . import host, lower


def debug(text: str) -> None:
    """For its author."""
    _write("DEBUG", text)


def info(text: str) -> None:
    """What happened."""
    _write("INFO", text)


def warning(text: str) -> None:
    """What an operator should look at."""
    _write("WARNING", text)


def critical(text: str) -> None:
    """What keeps it from working."""
    _write("CRITICAL", text)


def _write(level: str, text: str) -> None:
    if host.log is None:
        print(f"{level.lower()}: {text}", file=sys.stderr)
    else:
        host.log.write(host.log.Level[level], lower.clean(str(text)))
