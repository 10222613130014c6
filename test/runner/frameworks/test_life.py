"""Warm workers, cancelling a compile, and that nothing survives, with real frameworks."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from support.client import Client
from support.processes import is_alive, members_of, wait_until_gone
from support.racing import Racing
from support.requests import COMPILE, EAGER, matmul, mlp, program, variant

#: Much to compile: with an empty cache Inductor calls the C++ compiler for several seconds.
CHAIN = "import torch\n\n\ndef f(a, b):\n" + "".join(
    f"    a = torch.tanh(a @ b * 0.01 + {n}) + torch.sigmoid(a).cumsum({n % 2}).softmax(-1)\n" for n in range(12)
) + "    return a\n"  # fmt: skip


def compiling(identifier: str = "race"):
    return matmul(
        identifier,
        size=64,
        programs=[program("torch", CHAIN, "f")],
        variants=[variant("torch-eager", EAGER), variant("torch-compile", COMPILE)],
        work={"flops": None, "bytes": None, "products": 12},
    )


def name_of(pid: int) -> str:
    """What a process runs; empty where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def in_the_middle_of_the_compile(client: Client) -> list[int]:
    """Waits until the compiler itself runs; every process of the worker at that moment, the worker's own among them."""
    client.wait(lambda each: each["type"] == "row" and each["row"]["name"] == "torch-compile")
    (worker,) = [each["pid"] for each in client.events if each["type"] == "worker" and each["status"] == "starting"][:1]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        members = members_of(worker)
        if any(name_of(pid) in ("cc1plus", "g++", "clang", "clang++", "c++", "as", "ld") for pid in members):
            return members
        time.sleep(0.02)
    raise AssertionError("no compiler was started")


class Warm(Racing):
    def test_the_first_number_comes_soon_from_warm_workers(self) -> None:
        client = Client(self.storage.name)
        self.addCleanup(client.close)
        client.open(warm=True, device="cpu")
        client.wait_ready("torch", "jax")
        time.sleep(4)
        began = time.monotonic()
        client.send({"type": "race", "race": mlp()})
        first = client.wait(lambda each: each["type"] == "row" and each["row"]["median_s"] is not None)
        self.assertEqual(first["row"]["name"], "torch-eager")
        self.assertLess(time.monotonic() - began, 3.0)
        client.send({"type": "cancel", "race": "mlp"})
        client.end_of("mlp")
        client.wait_ready("torch", "jax")

    def test_edited_code_meets_no_stale_module(self) -> None:
        client = Client(self.storage.name)
        self.addCleanup(client.close)
        client.open(warm=True, device="cpu")
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "lens_edited.py").write_text("FACTOR = 2.0\n")
            text = "from lens_edited import FACTOR\n\n\ndef f(a, b):\n    return (a @ b) * FACTOR\n"
            check = "variant = lambda a, b: (a @ b) * {}\n"
            for factor in (2.0, 3.0):
                Path(folder, "lens_edited.py").write_text(f"FACTOR = {factor}\n")
                end = client.race(
                    matmul(
                        f"edit-{factor}",
                        size=8,
                        programs=[program("torch", text, "f", file=str(Path(folder, "m.py")), roots=[folder])],
                        variants=[variant("torch-eager", EAGER), variant("torch-check", check.format(factor))],
                    )
                )
                self.assertEqual([row["status"] for row in end["report"]["variants"]], ["ok", "ok"])


class Ending(Racing):
    def test_cancel_in_the_middle_of_a_compile(self) -> None:
        with tempfile.TemporaryDirectory() as cold:
            client = Client(cold)
            self.addCleanup(client.close)
            client.open(device="cpu")
            client.send({"type": "race", "race": compiling()})
            compiling_now = in_the_middle_of_the_compile(client)
            processes = {*compiling_now, *(pid for leader in client.worker_pids() for pid in members_of(leader))}
            began = time.monotonic()
            client.send({"type": "cancel", "race": "race"})
            end = client.end_of("race")
            self.assertLess(time.monotonic() - began, 3.0)
            self.assertEqual(end["report"]["status"], "partial")
            self.assertEqual([row["status"] for row in end["report"]["variants"]], ["ok", "skipped"])
            self.assertEqual(wait_until_gone(processes, 1.0), [])
            client.close()

    def test_a_worker_killed_by_the_system(self) -> None:
        client = self.session()
        client.send({"type": "race", "race": mlp(batch=8, features=32, hidden=64)})
        client.wait(lambda each: each["type"] == "phase" and each["phase"] == "measure")
        ready = [each for each in client.events if each["type"] == "worker" and each["status"] == "ready"]
        os.kill(next(each["pid"] for each in ready if each["framework"] == "jax"), signal.SIGKILL)
        end = client.end_of("mlp")
        report = end["report"]
        self.assertEqual(report["status"], "complete")
        failed = [row for row in report["variants"] if row["status"] == "failed"]
        self.assertEqual([(row["framework"], row["mode"]) for row in failed], [("jax", "forward")] * 2)
        for row in failed:
            self.assertIn("SIGKILL (the system may have run out of memory)", row["reason"])
            self.assertEqual(self.comparison(report, row["name"])["verdict"], "not comparable")
        self.assertNotEqual(self.comparison(report, "torch-vmap")["verdict"], "not comparable")
        # The next mode gets a new worker.
        self.assertEqual(self.row(report, "jax-jit", "training")["status"], "ok")

    def test_a_client_killed_in_the_middle_of_a_compile_leaves_nothing(self) -> None:
        script = (
            "import json, sys, time; sys.path.insert(0, sys.argv[1])\n"
            "from frameworks.test_life import compiling, in_the_middle_of_the_compile\n"
            "from support.client import Client\n"
            "client = Client(sys.argv[2]); client.open(device='cpu')\n"
            "client.send({'type': 'race', 'race': compiling()})\n"
            "in_the_middle_of_the_compile(client)\n"
            "print(client.process.pid, *client.worker_pids(), flush=True); time.sleep(1000)\n"
        )
        here = str(Path(__file__).resolve().parents[1])
        with tempfile.TemporaryDirectory() as cold:
            parent = subprocess.Popen([sys.executable, "-c", script, here, cold], stdout=subprocess.PIPE)
            assert parent.stdout is not None
            coordinator, *workers = [int(word) for word in parent.stdout.readline().split()]
            deadline = time.monotonic() + 30
            everyone: list[int] = []
            # The compiler comes once Inductor has been imported.
            while len(everyone) <= 1 + len(workers) and time.monotonic() < deadline:
                everyone = [coordinator, *(pid for leader in workers for pid in members_of(leader))]
                time.sleep(0.02)
            self.assertGreater(len(everyone), 1 + len(workers))
            parent.kill()
            parent.wait()
            parent.stdout.close()
            self.assertEqual(wait_until_gone(everyone, 10), [])
            self.assertFalse(any(is_alive(pid) for leader in workers for pid in members_of(leader)))


if __name__ == "__main__":
    unittest.main()
