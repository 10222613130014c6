"""Runs the operation family under torch: the shape of each result, and what torch's own FLOP counter counts.

    python test/proof/family.py FIXTURE

Fused kernels that the counter does not know are switched off, so that it sees the products inside. One JSON object
a function goes to standard output.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import warnings

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


def main() -> None:
    warnings.filterwarnings("ignore")
    spec = importlib.util.spec_from_file_location("family", sys.argv[1])
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cases = [(name, each) for name, each in vars(module).items() if getattr(each, "__module__", None) == "family"]
    for name, case in cases:
        counter = FlopCounterMode(display=False)
        with torch.backends.mkldnn.flags(enabled=False), sdpa_kernel(SDPBackend.MATH), counter:
            result = case()
        flops = counter.get_total_flops()
        print(json.dumps({"case": name, "shape": list(result.shape), "flops": flops}), flush=True)


if __name__ == "__main__":
    main()
