"""Races identical code against itself: no race may call one side faster.

    python bench/aa_races.py --runs 20                    # A/A, the same function twice, in PyTorch and in JAX
    python bench/aa_races.py --runs 10 --slowdown 0.05    # power: one side waits for 5 % of a call
    python bench/aa_races.py --runs 10 --hog 1            # A/A beside programs that keep so many cores busy

Races run through the real coordinator, one after the other. Exits 1 when identical code was called *faster* or
*slower*, or a slowdown *faster*. The interpreter needs torch and JAX; `MATMUL_LENS_PYTHON` names another one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "test" / "runner"))

from support.client import Client
from support.requests import BUDGET, EAGER, JIT, MATMUL_JAX, MATMUL_TORCH, floats, program, request, variant

#: Workloads as (name, shape of a, shape of b): bound by calls, by cache, by arithmetic, batched, skinny.
WORKLOADS = [
    ("64x64", (64, 64), (64, 64)),
    ("256x256", (256, 256), (256, 256)),
    ("768x768", (768, 768), (768, 768)),
    ("32 of 64x64", (32, 64, 64), (32, 64, 64)),
    ("64x1024x4096", (64, 1024), (1024, 4096)),
]

SLOWER = """\
from time import perf_counter


def variant(a, b):
    result = target(a, b)
    until = perf_counter() + {wait}
    while perf_counter() < until:
        pass
    return result
"""


def race(number: int, framework: str, mode: str, second: str) -> dict[str, Any]:
    """The same function twice, or with another second source."""
    name, a, b = WORKLOADS[number % len(WORKLOADS)]
    text, first = (MATMUL_TORCH, EAGER) if framework == "torch" else (MATMUL_JAX, JIT)
    compiled = framework == "jax"
    return request(
        f"{number} {framework} {name}",
        programs=[program(framework, text, "f")],
        inputs=[floats("a", *a), floats("b", *b)],
        variants=[
            variant(f"{framework}-one", first, framework, compiled=compiled),
            variant(f"{framework}-two", second, framework, compiled=compiled),
        ],
        modes=[mode],
        budget={**BUDGET, "measure_s": 6},
    )


def run(client: Client, described: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A race's only comparison, and its report."""
    end = client.race(described)
    if end["type"] != "report":
        raise SystemExit(f"{described['id']}: {end['failure']['message']}")
    return end["report"]["comparisons"][0], end["report"]


def line(described: dict[str, Any], comparison: dict[str, Any], report: dict[str, Any]) -> str:
    """One race as a line of the table."""
    low, high = comparison["ci"] or (float("nan"), float("nan"))
    row = report["variants"][0]
    fingerprint = report["fingerprint"]
    return (
        f"{described['id']:<28} {row['mode']:<8} {fingerprint['threads']} thr  load {fingerprint['load'] or 0:4.2f}  "
        f"{row['median_s'] * 1e6:10.1f} us  {len(row['samples']):3d} rounds  "
        f"{comparison['ratio'] or float('nan'):.3f} [{low:.3f}, {high:.3f}]  {comparison['verdict']}"
        + (f": {comparison['reason']}" if comparison["reason"] else "")
    )


def slower_source(client: Client, number: int, mode: str, slowdown: float) -> str:
    """A second source that takes longer by this share of a call, measured just now."""
    _, report = run(client, race(number, "torch", mode, EAGER))
    return SLOWER.format(wait=report["variants"][0]["median_s"] * slowdown)


def main() -> int:
    """Runs the races and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="races of each framework")
    parser.add_argument("--slowdown", type=float, default=0.0, help="share by which the second PyTorch side is slower")
    parser.add_argument("--hog", type=int, default=0, help="busy programs beside the races")
    options = parser.parse_args()
    frameworks = ["torch"] if options.slowdown else ["torch", "jax"]
    found: dict[str, Counter[str]] = {framework: Counter() for framework in frameworks}
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.hog)]
    try:
        with tempfile.TemporaryDirectory() as storage, Client(storage) as client:
            client.open(warm=True, device="cpu")
            client.wait_ready("torch", "jax")
            for number in range(options.runs):
                mode = "training" if number % 2 else "forward"
                for framework in frameworks:
                    second = JIT if framework == "jax" else EAGER
                    if options.slowdown:
                        second = slower_source(client, number, mode, options.slowdown)
                    described = race(number, framework, mode, second)
                    comparison, report = run(client, described)
                    found[framework][comparison["verdict"]] += 1
                    print(line(described, comparison, report), flush=True)
    finally:
        for hog in hogs:
            hog.kill()
    for framework, counts in found.items():
        print(f"{framework}: " + ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common()))
    wrong = ("faster",) if options.slowdown else ("faster", "slower")
    return int(any(counts[verdict] for counts in found.values() for verdict in wrong))


if __name__ == "__main__":
    sys.exit(main())
