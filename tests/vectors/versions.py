"""Which version of a package made a vector."""

from importlib.metadata import version as of  # noqa: F401
