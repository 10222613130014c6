"""Records the golden transcripts that the tests of both languages read, from real races on this machine.

    python test/runner/record_transcript.py

Writes `commands.jsonl` and `events.jsonl` into `test/fixtures/protocol`. Whatever tells of the machine that
recorded them is replaced: paths, process ids, the processor's name, the date. Needs torch and JAX.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support.client import Client
from support.paths import FIXTURES
from support.requests import EAGER, JIT, floats, program, request, variant

TORCH = """\
import torch


def f(x, w, rows, keep, scale, bias=1.0, *, power):
    y = (x[rows] @ w) * scale + bias
    return torch.where(keep, y, 0.0) ** power
"""

JAX = """\
import jax.numpy as jnp


def f(x, w, rows, keep, scale, bias=1.0, *, power):
    y = (x[rows] @ w) * scale + bias
    return jnp.where(keep, y, 0.0) ** power
"""

JITTED = "import jax\nvariant = jax.jit(target, static_argnames=('power',))\n"
WRONG = "variant = lambda *inputs, **more: target(*inputs, **more) * 1.001\n"

BUDGET = {
    "measure_s": 6,
    "min_rounds": 6,
    "max_rounds": 24,
    "import_s": 60,
    "compile_s": 120,
    "block_s": 20,
    "total_s": 180,
}


def race(identifier: str, **fields: Any) -> dict[str, Any]:
    """A race with an input of every kind and a variant that computes something else."""
    return request(
        identifier,
        **{
            "target": {
                "file": "/workspace/model.py",
                "qualname": "f",
                "line": 4,
                "synthetic": False,
                "inputs": {"x": "f32[64,32]", "w": "f32[32,16]"},
                "init": {},
            },
            "programs": [
                program("torch", TORCH, "f", file="/workspace/model.py"),
                program("jax", JAX, "f"),
            ],
            "inputs": [
                floats("x", 64, 32),
                floats("w", 32, 16),
                {"kind": "index", "name": "rows", "dtype": "i64", "shape": [48], "high": 64},
                {"kind": "mask", "name": "keep", "shape": [48, 16], "density": 0.75},
                {"kind": "expression", "name": "scale", "expression": "torch.ones(16) / math.sqrt(32)"},
                {"kind": "default", "name": "bias"},
                {"kind": "literal", "name": "power", "expression": "2"},
            ],
            "variants": [
                variant("torch-eager", EAGER, label="PyTorch eager"),
                variant("torch-rewrite", WRONG, label="PyTorch rewrite"),
                variant("jax-jit", JITTED, "jax", label="JAX jit"),
            ],
            "modes": ["forward", "training"],
            "work": {"flops": 49152, "bytes": 11264, "products": 1},
            "budget": BUDGET,
            **fields,
        },
    )


def module_race(identifier: str) -> dict[str, Any]:
    """A race with constructor arguments, weights, and something to note."""
    torch = (
        "from torch import nn\n\n\nclass Net(nn.Linear):\n    def __init__(self, *sizes):\n"
        "        super().__init__(*sizes)\n        self.dropout = nn.Dropout(0.1)\n\n"
        "    def forward(self, x):\n        return self.dropout(super().forward(x))\n\n\n"
        "def get_init_inputs():\n    return [32, 16]\n"
    )
    jax = "def model(params, x):\n    return x @ params['weight'].T + params['bias']\n"
    return request(
        identifier,
        programs=[program("torch", torch, "Net"), program("jax", jax, "model")],
        inputs=[floats("x", 8, 32)],
        init=[{"name": "*", "expression": "get_init_inputs()"}],
        variants=[
            variant("torch-eager", EAGER),
            variant("jax-jit", f"params_from_state_dict = dict\n{JIT}", "jax", takes_params=True),
        ],
        budget=BUDGET,
    )


def record() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Runs the races; what was sent and what was said."""
    with tempfile.TemporaryDirectory() as storage, Client(storage) as client:
        commands: list[dict[str, Any]] = []

        def send(command: dict[str, Any]) -> None:
            commands.append(command)
            client.send(command)

        workers = [{"framework": name, "command": client.commands[name]} for name in ("torch", "jax")]
        send({"type": "open", "protocol": 1, "workers": workers, "storage": storage, "device": "cpu", "warm": False})
        send({"type": "race", "race": race("race-1")})
        send({"type": "race", "race": race("race-2")})
        send({"type": "cancel", "race": "race-2"})
        client.end_of("race-1")
        send({"type": "race", "race": module_race("race-3")})
        client.end_of("race-3")
        client.send({"type": "race", "race": {**race("race-4"), "precision": "low"}})
        client.end_of("race-4")
        send({"type": "close"})
        client.process.wait(10)
        return commands, [{k: v for k, v in event.items() if k != "at_s"} for event in client.events]


def trimmed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the rows and phases that only repeat while rounds come in."""
    kept: list[dict[str, Any]] = []
    seen: set[str] = set()
    for event in events:
        if event["type"] == "phase" and event["phase"] == "measure" and event["round"]:
            continue
        if event["type"] == "row" and event["row"]["status"] == "provisional" and event["row"]["samples"]:
            key = f"{event['race']} {event['row']['name']} {event['row']['mode']}"
            if key in seen:
                continue
            seen.add(key)
        kept.append(event)
    return kept


class Anonymous:
    """Replaces what tells of a machine."""

    def __init__(self) -> None:
        self._pids: dict[int, int] = {}

    def value(self, value: Any, name: str = "") -> Any:
        """A JSON value without it; `name` is the member that holds it."""
        if isinstance(value, dict):
            device = "kind" in value and "memory_bytes" in value
            return {k: "Example CPU" if device and k == "name" else self.value(v, k) for k, v in value.items()}
        if isinstance(value, list):
            if name == "command":
                return ["/opt/python/bin/python", "-u", "/opt/matmul-lens/runner", *value[3:]]
            return [self.value(each, name) for each in value]
        if name == "pid" and value is not None:
            return self._pids.setdefault(value, 1000 + len(self._pids))
        if name == "executable":
            return "/opt/python/bin/python"
        if name == "storage":
            return "/home/reader/.matmul-lens"
        if name == "device" and value not in ("auto", "cpu"):
            return "Example CPU"
        if name == "started_at":
            return "2026-01-02T03:04:05+00:00"
        return value


def main() -> None:
    """Records and writes both files."""
    commands, events = record()
    anonymous = Anonymous()
    for name, lines in (("commands", commands), ("events", trimmed(events))):
        text = "".join(json.dumps(anonymous.value(line), separators=(",", ":")) + "\n" for line in lines)
        (FIXTURES / f"{name}.jsonl").write_text(text)
        print(f"{name}.jsonl: {len(lines)} lines, {len(text)} bytes")


if __name__ == "__main__":
    main()
