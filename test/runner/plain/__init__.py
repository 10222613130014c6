"""Tests that need no framework."""

import support.paths  # noqa: F401 - the runner is no installed package
