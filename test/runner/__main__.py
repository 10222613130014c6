"""Runs the runner's tests: `python test/runner` all of them, `python test/runner plain` those without frameworks.

The frameworks' tests need torch and JAX in the interpreter that `MATMUL_LENS_PYTHON` names, or in this one.
"""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Discovers and runs the chosen folders; the exit status tells whether all passed."""
    folders = sys.argv[1:] or ["plain", "frameworks"]
    sys.path.insert(0, str(HERE))
    loader = unittest.TestLoader()
    suite = unittest.TestSuite(loader.discover(str(HERE / folder), top_level_dir=str(HERE)) for folder in folders)
    return 0 if unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
