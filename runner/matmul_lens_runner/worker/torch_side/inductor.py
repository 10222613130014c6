"""Makes Inductor ready to compile: what it does once on a machine or in a process is no part of a compile's time."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor


def ready_inductor(on_cpu: bool) -> None:
    """Imports Inductor, and for the CPU has it find the vector instructions that the C++ compiler can build for.

    Inductor probes those with two builds for each instruction set, one after the other, and keeps the answers in its
    cache (torch/_inductor/cpu_vec_isa.py). Here they are asked for side by side, which halves the wait before the
    first race on a machine.
    """
    import torch._dynamo
    import torch._inductor.compile_fx  # noqa: F401

    if not on_cpu:
        return
    # Private to torch: where a version has it not, or there is no compiler, the first compile probes or fails as ever.
    with contextlib.suppress(Exception):
        from torch._inductor.cpu_vec_isa import supported_vec_isa_list, valid_vec_isa_list, x86_isa_checker

        of_cpu = set(x86_isa_checker())
        candidates = [each for each in supported_vec_isa_list if set(str(each).split()) <= of_cpu]
        if candidates:
            with ThreadPoolExecutor(len(candidates)) as pool:
                list(pool.map(bool, candidates))
        valid_vec_isa_list()
