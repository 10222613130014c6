"""Chooses the role of this process and gives it its wire."""

from __future__ import annotations

from typing import NoReturn

from matmul_lens_runner.lifeline import end_with_parent
from matmul_lens_runner.wire.descriptors import claim_wire


def main(arguments: list[str]) -> NoReturn:
    """Runs the coordinator, or with `worker` as the first argument a worker; ends the process."""
    wire = claim_wire()
    if arguments[:1] == ["worker"]:
        end_with_parent("kill")
        from matmul_lens_runner.worker.main import run_worker

        run_worker(arguments[1:], wire)
    end_with_parent("terminate")
    from matmul_lens_runner.coordinator.main import run_coordinator

    run_coordinator(wire)
