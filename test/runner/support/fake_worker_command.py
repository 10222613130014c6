"""How to start the worker without a framework."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def command(framework: str, actions: Mapping[str, str] | None = None, kind: str = "cpu") -> list[str]:
    """The command of a fake worker that does `actions` by question and has a device of that kind."""
    script = str(Path(__file__).with_name("fake_worker.py"))
    switches = [word for question, action in (actions or {}).items() for word in ("--on", f"{question}={action}")]
    return [sys.executable, "-S", "-u", script, "--framework", framework, "--kind", kind, *switches]
