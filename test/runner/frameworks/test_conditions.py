"""Threads: equal on both sides, all of them on a quiet machine, one that is pinned on a busy one."""

import os
import subprocess
import sys
import unittest

from support.racing import Racing
from support.requests import matmul

CPUS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@unittest.skipUnless(CPUS > 1, "with one CPU there is nothing to choose")
class Busy(Racing):
    def setUp(self) -> None:
        hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
        for hog in hogs:
            self.addCleanup(hog.wait)
            self.addCleanup(hog.kill)

    def test_both_frameworks_run_on_one_pinned_thread(self) -> None:
        report = self.race(
            matmul(modes=["forward", "training"]),
            # As many threads as CPUs, so that any other program is in their way.
            environment={"OMP_NUM_THREADS": str(CPUS)},
        )
        self.assert_all_ok(report)
        fingerprint = report["fingerprint"]
        self.assertEqual(fingerprint["threads"], 1)
        self.assertIn("pinned_cpu", fingerprint["flags"])
        for flag in ("torch.num_threads", "jax.xla_cpu_threads"):
            self.assertEqual(fingerprint["flags"][flag], "1", flag)
        self.assertGreater(fingerprint["load"], 0.5)
        self.assertTrue(any("both frameworks run on one pinned thread" in note for note in report["notes"]))


if __name__ == "__main__":
    unittest.main()
