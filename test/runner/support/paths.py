"""Where things are, and the interpreter that has the frameworks."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RUNNER = ROOT / "runner"
FIXTURES = ROOT / "test" / "fixtures" / "protocol"

if str(RUNNER) not in sys.path:
    sys.path.insert(0, str(RUNNER))


def frameworks_python() -> str:
    """The interpreter with torch and JAX: `MATMUL_LENS_PYTHON`, or the one that runs the tests."""
    return os.environ.get("MATMUL_LENS_PYTHON", sys.executable)
