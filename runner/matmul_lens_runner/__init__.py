"""Matmul Lens' race runner: a coordinator, one worker a framework, timing and statistics."""

VERSION = "0.1.0"
