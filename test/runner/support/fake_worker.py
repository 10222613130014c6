"""A worker without a framework: answers every question at once, and misbehaves where it is told to.

`--on QUESTION=ACTION` sets what it does instead of answering: `hang`, `exit:STATUS`, `signal:NAME`, `garbage`
(prints to its wire), `flood` (20 MB to standard error, then answers), `stubborn` (ignores SIGTERM, starts a child
that does, too, and hangs), `fail:KIND`. A question about one variant or mode may be meant alone, as in
`block/jax-jit` or `reference/training`. `ready` is the question of being there at all. `--kind` is the kind of device
that it has.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

FRAMEWORK = sys.argv[sys.argv.index("--framework") + 1]
ACTIONS = dict(pair.split("=") for at, pair in enumerate(sys.argv) if sys.argv[at - 1] == "--on")
BLOCK_S = 0.001

KIND = sys.argv[sys.argv.index("--kind") + 1] if "--kind" in sys.argv else "cpu"
DEVICE = {
    "id": "cpu" if KIND == "cpu" else f"{KIND}:0",
    "kind": KIND,
    "name": f"simulated {KIND}",
    "memory_bytes": None,
}
ENVIRONMENT = {
    "framework": FRAMEWORK,
    "executable": sys.executable,
    "python": "3.11.0",
    "version": "1.0",
    "numpy": None,
    "devices": [DEVICE],
    "threads": 1,
}


def answer(question: dict) -> dict:
    """What a well-behaved worker would say."""
    do = question["do"]
    if do == "configure":
        return {"device": DEVICE, "driver": None, "threads": 1, "flags": {}, "free_bytes": None}
    if do in ("inputs", "reference"):
        path = Path(question["folder"]) / f"{do}.json"
        path.write_text("[]")
        return {do: str(path), "notes": []}
    if do == "load":
        return {"failures": {}, "state": None, "notes": []}
    if do == "prepare":
        leaf = {"path": "output", "dtype": "f32", "shape": [1], "error": 1e-7, "problem": None}
        leaf |= {"distance": 1e-7, "norm": 1.0, "reference": "f64"}
        return {
            "first_s": 0.01,
            "steady_s": BLOCK_S,
            "empty_s": 1e-8,
            "leaves": [leaf],
            "mutated": [],
            "matmul_error": None,
            "cache": None,
            "peak_memory_bytes": None,
        }
    if do == "block":
        time.sleep(BLOCK_S)
        call = BLOCK_S * (1 + 1e-4 * (time.monotonic_ns() % 7))
        return {"stretches": [{"call_s": call, "cpu_s": call}]}
    return {"flops_per_s": 1e11} if do == "peak" else {"mutated": []} if do == "finish" else {}


def misbehave(action: str, number: int | None) -> None:
    """Does what `--on` asked for."""
    word, _, detail = action.partition(":")
    if word == "hang":
        time.sleep(1000)
    elif word == "exit":
        os._exit(int(detail))
    elif word == "signal":
        os.kill(os.getpid(), signal.Signals[detail])
        time.sleep(10)
    elif word == "garbage":
        print("this is not the protocol", flush=True)
    elif word == "flood":
        for _ in range(20):
            sys.stderr.write("x" * 1_000_000 + "\n")
        sys.stderr.write("the end of the flood\n")
        sys.stderr.flush()
    elif word == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, 1); time.sleep(1000)"])
        time.sleep(1000)
    elif word == "fail":
        sys.stderr.write("what the worker printed before\n")
        sys.stderr.flush()
        say({"id": number, "failure": {"kind": detail, "message": "It failed as it was told to."}})


def names_of(question: dict) -> list[str]:
    """By which `--on` may mean a question: as it is, and with the variant or the mode that it is about."""
    about = [question.get("variant"), question.get("mode")]
    named = [each["name"] if isinstance(each, dict) else each for each in about]
    return [question["do"], *(f"{question['do']}/{name}" for name in named if name)]


def say(message: dict) -> None:
    """Writes one line."""
    print(json.dumps(message), flush=True)


def main() -> None:
    """Answers until the input ends."""
    if "ready" in ACTIONS:
        misbehave(ACTIONS["ready"], None)
    say({"say": "ready", "environment": ENVIRONMENT})
    for line in sys.stdin:
        question = json.loads(line)
        action = next((ACTIONS[name] for name in names_of(question) if name in ACTIONS), None)
        if action:
            misbehave(action, question["id"])
        if not (action or "").startswith("fail"):
            say({"id": question["id"], "ok": answer(question)})


main()
