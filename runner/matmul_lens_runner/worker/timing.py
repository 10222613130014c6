"""Times N calls and one synchronisation with the host clock; the same code for every framework.

The clocks are bound when this module is imported, before any of the reader's code can replace them.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter, process_time
from typing import Any

from matmul_lens_runner.protocol.worker_messages import Block, Stretch

Clock = Callable[[], float]

#: Outputs of a stretch are kept to its end up to this size; of larger ones the newest is kept and the others are
#: released as they would be in a loop, since fresh pages for every call would be timed with it.
KEEP_BYTES = 8_000_000

MOST_CALLS = 20_000


@dataclass(frozen=True)
class Call:
    """A contender that is ready to be timed. `settle` waits until the outputs it is given are computed."""

    run: Callable[[], Any]
    settle: Callable[[Collection[Any]], None]
    output_bytes: int

    def kept(self, calls: int) -> int:
        """How many outputs a stretch keeps."""
        return max(1, min(calls, KEEP_BYTES // max(1, self.output_bytes)))


def time_block(
    call: Call,
    calls: int,
    stretches: int,
    rewarm: bool,
    clock: Clock = perf_counter,
    cpu_clock: Clock = process_time,
) -> Block:
    """Times stretches of N calls and one synchronisation each.

    With `rewarm` an untimed stretch first brings caches and threads back from the other worker's turn: without it
    the first timed one took 3 to 7 % longer. What else runs on the machine comes in bursts of milliseconds, which
    the median of short stretches shrugs off and the mean of a long one does not.
    """
    outputs: deque[Any] = deque(maxlen=call.kept(calls))
    collecting = gc.isenabled()
    gc.disable()
    try:
        if rewarm:
            _stretch(call, calls, outputs, clock)
        return {"stretches": [_timed(call, calls, outputs, clock, cpu_clock) for _ in range(stretches)]}
    finally:
        if collecting:
            gc.enable()


def _timed(call: Call, calls: int, outputs: deque[Any], clock: Clock, cpu_clock: Clock) -> Stretch:
    cpu_start = cpu_clock()
    wall_s = _stretch(call, calls, outputs, clock)
    return {"call_s": wall_s / calls, "cpu_s": (cpu_clock() - cpu_start) / calls}


def _stretch(call: Call, calls: int, outputs: deque[Any], clock: Clock) -> float:
    run, keep = call.run, outputs.append
    start = clock()
    for _ in repeat(None, calls):
        keep(run())
    call.settle(outputs)
    return clock() - start


def steady_call_s(
    call: Call, probe_s: float, settle_within: float, patience_s: float, clock: Clock = perf_counter
) -> float:
    """Time of one call after warming up.

    Warms up until two successive probes of about `probe_s` seconds differ by less than `settle_within`, or
    `patience_s` is over.
    """
    outputs: deque[Any] = deque(maxlen=call.kept(1))
    began = clock()
    calls, previous = 1, _stretch(call, 1, outputs, clock)
    while clock() - began <= patience_s:
        measured = _stretch(call, calls, outputs, clock) / calls
        steady = abs(measured - previous) <= settle_within * measured
        long_enough = measured * calls >= probe_s / 2 or calls >= MOST_CALLS
        previous = measured
        if steady and long_enough:
            break
        if not long_enough:
            wanted = round(probe_s / max(measured, 1e-9))
            calls = min(MOST_CALLS, max(calls * 2, min(calls * 16, wanted)))
    return max(previous, 1e-9)
