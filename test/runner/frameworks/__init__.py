"""Tests with real torch and JAX."""

import support.paths  # noqa: F401 - the runner is no installed package
