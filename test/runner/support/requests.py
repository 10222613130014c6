"""Race requests as the core writes them."""

from __future__ import annotations

import copy
from typing import Any

BUDGET = {
    "measure_s": 12,
    "min_rounds": 12,
    "max_rounds": 60,
    "import_s": 60,
    "compile_s": 120,
    "block_s": 20,
    "total_s": 180,
}

#: Enough rounds for a verdict, few enough for a test.
SHORT = {**BUDGET, "measure_s": 1.5, "min_rounds": 6, "max_rounds": 8}


def program(identifier: str, text: str, qualname: str, **more: Any) -> dict[str, Any]:
    """A program without a file."""
    return {"id": identifier, "file": None, "text": text, "qualname": qualname, "roots": [], **more}


def floats(name: str, *shape: int, dtype: str = "f32") -> dict[str, Any]:
    """A float input."""
    return {"kind": "float", "name": name, "dtype": dtype, "shape": list(shape)}


def variant(name: str, source: str, program: str | None = "torch", **more: Any) -> dict[str, Any]:
    """A variant; its framework is the part of its name before the first hyphen."""
    framework = name.partition("-")[0]
    compiled = any(word in name for word in ("compile", "jit"))
    defaults = {"takes_params": False, "compiled": compiled, "flops": None, "label": name}
    return {
        "name": name,
        "framework": framework,
        "program": program,
        "source": source,
        **defaults,
        **more,
    }


def request(identifier: str = "race", **fields: Any) -> dict[str, Any]:
    """A request with everything that a test does not care about."""
    base = {
        "id": identifier,
        "target": {"file": None, "qualname": "f", "line": 1, "synthetic": False, "inputs": {}, "init": {}},
        "programs": [],
        "inputs": [],
        "init": [],
        "variants": [],
        "modes": ["forward"],
        "work": {"flops": None, "bytes": None, "products": 1},
        "device": "cpu",
        "precision": "highest",
        "seed": 7,
        "budget": SHORT,
    }
    return copy.deepcopy({**base, **fields})


EAGER = "variant = target\n"
COMPILE = "import torch\nvariant = torch.compile(target)\n"
JIT = "import jax\nvariant = jax.jit(target)\n"

MATMUL_TORCH = "import torch\n\n\ndef f(a, b):\n    return a @ b\n"
MATMUL_JAX = "def f(a, b):\n    return a @ b\n"


def matmul(identifier: str = "race", size: int = 128, **fields: Any) -> dict[str, Any]:
    """A product of two square matrices, eager against jit."""
    return request(
        identifier,
        **{
            "programs": [program("torch", MATMUL_TORCH, "f"), program("jax", MATMUL_JAX, "f")],
            "inputs": [floats("a", size, size), floats("b", size, size)],
            "variants": [variant("torch-eager", EAGER), variant("jax-jit", JIT, "jax")],
            "work": {"flops": 2 * size**3, "bytes": 12 * size**2, "products": 1},
            **fields,
        },
    )


MLP_TORCH = """\
import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, features=1024, hidden=4096):
        super().__init__()
        self.fc1 = nn.Linear(features, hidden)
        self.fc2 = nn.Linear(hidden, features)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))
"""

MLP_JAX = """\
import jax
import jax.numpy as jnp


def params_from_state_dict(state):
    return {
        "fc1": {"weight": state["fc1.weight"], "bias": state["fc1.bias"]},
        "fc2": {"weight": state["fc2.weight"], "bias": state["fc2.bias"]},
    }


def model(params, x):
    x = jax.nn.relu(x @ params["fc1"]["weight"].T + params["fc1"]["bias"])
    return x @ params["fc2"]["weight"].T + params["fc2"]["bias"]
"""

PARAMS = "params_from_state_dict = target.__globals__['params_from_state_dict']\n"


def mlp(
    identifier: str = "mlp", batch: int = 64, features: int = 1024, hidden: int = 4096, **fields: Any
) -> dict[str, Any]:
    """A two-layer perceptron in five variants, forward and training."""
    flops = 2 * 2 * batch * features * hidden
    return request(
        identifier,
        **{
            "programs": [program("torch", MLP_TORCH, "MLP"), program("jax", MLP_JAX, "model")],
            "inputs": [floats("x", batch, features)],
            "init": [
                {"name": "features", "expression": str(features)},
                {"name": "hidden", "expression": str(hidden)},
            ],
            "variants": [
                variant("torch-eager", EAGER),
                variant("torch-compile", COMPILE),
                variant("torch-vmap", "import torch\nvariant = torch.vmap(target)\n"),
                variant("jax-jit", f"import jax\n{PARAMS}variant = jax.jit(target)\n", "jax", takes_params=True),
                variant(
                    "jax-vmap-jit",
                    f"import jax\n{PARAMS}variant = jax.jit(jax.vmap(target, in_axes=(None, 0)))\n",
                    "jax",
                    takes_params=True,
                ),
            ],
            "modes": ["forward", "training"],
            "work": {"flops": flops, "bytes": None, "products": 2},
            "budget": BUDGET,
            **fields,
        },
    )
