"""Prices the rules: races the original code of each against its fix, and writes what came of it.

    npm run evidence                              # every rule, on the machine's default device
    python bench/evidence.py --only MM301         # one rule; the others keep what was measured before
    python bench/evidence.py --device cuda:0      # needs neither Node nor a network: torch alone

For each folder of `test/fixtures/rules` with an `evidence.json`, `evidence.py` there is raced against
`evidence_fixed.py`, which is the first fix of what the rule finds in it, so that the copies that a fix makes are
inside the timing. Where a rule only advises, that is its advice followed by hand. `evidence_jax.py`, where there is
one, is the same in JAX under `jit`, as the extension translates it. `evidence.json` names the function or module and
gives shapes at three sizes; `init` gives arguments of a module's constructor. Results of one kind of device go to
`src/core/rules/evidence/KIND.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "test" / "runner"))

from support.client import Client
from support.requests import BUDGET, EAGER, floats, program, request, variant

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "test/fixtures/rules"
RESULTS = ROOT / "src/core/rules/evidence"
MODES = ["forward", "training"]
WRITTEN, FIXED, JAX = "torch-written", "torch-fixed", "jax-jit"
#: What a row tells of, by its variant.
FORMS = {FIXED: "fix", JAX: "jax"}

#: Fields of a fingerprint that tell for which machine a figure holds.
MACHINE = ("device", "device_kind", "driver", "python", "torch", "jax", "threads", "precision")


def described(folder: Path, size: str, case: dict[str, Any], device: str) -> dict[str, Any]:
    """The race of one rule at one size."""
    given = case["sizes"][size]
    sources = {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in ("evidence", "evidence_fixed")}
    variants = [
        variant(WRITTEN, EAGER, program="evidence", label="as written"),
        variant(FIXED, EAGER, program="evidence_fixed", label="with the fix"),
    ]
    if jax := in_jax(folder):
        takes_params = "params_from_state_dict" in jax
        variants.append(variant(JAX, jax, program=None, label="the same in JAX", takes_params=takes_params))
    return request(
        f"{folder.name} {size}",
        programs=[program(name, text, case["name"]) for name, text in sources.items()],
        inputs=[_input(name, shape) for name, shape in given["inputs"].items()],
        init=[{"name": name, "expression": str(value)} for name, value in given.get("init", {}).items()],
        variants=variants,
        modes=case.get("modes", MODES),
        work={"flops": None, "bytes": None, "products": case.get("products", 1)},
        device=device,
        budget={**BUDGET, "measure_s": 8},
    )


def in_jax(folder: Path) -> str | None:
    """The source of the rule's form in JAX; `None` where it cannot be translated, or JAX is absent."""
    file = folder / "evidence_jax.py"
    return file.read_text(encoding="utf-8") if file.exists() and find_spec("jax") else None


def _input(name: str, shape: list[int] | dict[str, Any]) -> dict[str, Any]:
    """Sizes alone are those of a float32 tensor; `{"shape": [...], "high": n}` is one of indices."""
    if isinstance(shape, list):
        return floats(name, *shape)
    return {"kind": "index", "name": name, "dtype": "i64", **shape}


def shapes(inputs: dict[str, Any]) -> str:
    """Such as `a 40×30, v 30`."""
    sizes = {name: each if isinstance(each, list) else each["shape"] for name, each in inputs.items()}
    return ", ".join(f"{name} {'×'.join(map(str, each))}" for name, each in sizes.items())


def rows(size: str, given: dict[str, Any], report: dict[str, Any]) -> list[dict[str, Any]]:
    """What one race tells, a row for each mode."""
    result = []
    for comparison in report["comparisons"]:
        if comparison["a"] != WRITTEN:
            continue
        of_mode = {each["name"]: each for each in report["variants"] if each["mode"] == comparison["mode"]}
        ratio, interval = comparison["ratio"], comparison["ci"]
        result.append(
            {
                "size": size,
                "shapes": shapes(given["inputs"]),
                "mode": comparison["mode"],
                "form": FORMS[comparison["b"]],
                "verdict": comparison["verdict"],
                "written_s": of_mode[WRITTEN]["median_s"],
                "fixed_s": of_mode[comparison["b"]]["median_s"],
                # How many times as fast as the code as written the fixed code is, with its 95 % interval.
                "gain": None if ratio is None else round(1 / ratio, 3),
                "interval": None if interval is None else [round(1 / interval[1], 3), round(1 / interval[0], 3)],
                "reason": comparison["reason"],
            }
        )
    return result


def main() -> int:
    """Runs the races and writes the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="codes of rules, separated by commas")
    parser.add_argument("--device", default="auto", help="auto, cpu, or a device such as cuda:0")
    options = parser.parse_args()
    wanted = None if options.only is None else set(options.only.split(","))
    folders = sorted(each.parent for each in FIXTURES.glob("*/evidence.json"))
    chosen = [each for each in folders if wanted is None or each.name in wanted]
    if not chosen:
        print("no rule of that code has an evidence.json", file=sys.stderr)
        return 2
    found: dict[str, list[dict[str, Any]]] = {}
    machine: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as storage, Client(storage) as client:
        client.open(warm=True, device=options.device)
        for folder in chosen:
            case = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
            found[folder.name] = []
            for size in case["sizes"]:
                end = client.race(described(folder, size, case, options.device))
                if end["type"] != "report":
                    print(f"{folder.name} {size}: {end['failure']['message']}", file=sys.stderr)
                    return 1
                report = end["report"]
                machine = {key: report["fingerprint"][key] for key in MACHINE}
                found[folder.name] += rows(size, case["sizes"][size], report)
                for row in (each for each in found[folder.name] if each["size"] == size):
                    told = (row[key] for key in ("mode", "form", "gain", "interval", "verdict"))
                    print(folder.name, size, *told)
                    sys.stdout.flush()
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{machine['device_kind']}.json"
    before = json.loads(file.read_text(encoding="utf-8"))["rules"] if file.exists() else {}
    today = datetime.now(timezone.utc).date().isoformat()
    entries = {code: {"measured": today, "machine": machine, "rows": each} for code, each in found.items()}
    rules = dict(sorted({**before, **entries}.items()))
    file.write_text(json.dumps({"rules": rules}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
