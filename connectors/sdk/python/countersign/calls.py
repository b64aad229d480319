"""One call: what must be fresh in it, and what becomes of an exception that nobody caught.

A component is a snapshot of Python as it was when it was built, and each call begins there. An exception that left it
would be a bare trap, of which an operator learns nothing: it becomes a failure, and its traceback goes to the log."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from . import host, http, log, lower
from .failure import Failure
from .words import Certainty, Kind


def run(act: Callable[[], Any]) -> Any:
    """Run a call."""
    http.begun = False
    _wake()
    try:
        return act()
    except Failure as failure:
        told = failure
    # Also SystemExit: an end of the process is a trap here.
    except BaseException as error:
        told = _uncaught(error)
    finally:
        _flush()
    raise host.Err(lower.failure(told))


def _wake() -> None:
    """``random`` was seeded when the component was built: every call would draw the same numbers."""
    random = sys.modules.get("random")
    if random is not None:
        random.seed(os.urandom(32))


def _flush() -> None:
    """What was printed is in a buffer, which goes with the call."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue


def _uncaught(error: BaseException) -> Failure:
    """Whether something was sent is not known once the provider was asked."""
    for line in "".join(traceback.format_exception(error)).splitlines():
        log.critical(line)
    where = traceback.extract_tb(error.__traceback__)
    place = f" at {os.path.basename(where[-1].filename)}:{where[-1].lineno}" if where else ""
    # Not its words: they may quote what was being read.
    text = f"the connector raised {type(error).__name__}{place}; its log has the traceback"
    return Failure(Kind.OTHER, text, Certainty.UNKNOWN if http.begun else Certainty.NOT_SENT)


def remember_source(connector: type) -> None:
    """Keep the connector's lines for tracebacks: there is no file to read them from at run time."""
    file = getattr(sys.modules.get(connector.__module__), "__file__", None)
    lines = linecache.getlines(file) if file else []
    if file and lines:
        # Without a time of change, it is not looked for again.
        linecache.cache[file] = (sum(map(len, lines)), None, lines, file)
