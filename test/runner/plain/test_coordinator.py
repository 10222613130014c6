import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

import support.fake_worker_command as fake
from support.client import Client
from support.processes import is_alive, members_of, wait_until_gone
from support.requests import EAGER, JIT, variant
from support.session import BUDGET, Session, race


class Protocol(Session):
    def test_hello_comes_first(self) -> None:
        hello = self.client().wait(lambda event: True)
        self.assertEqual((hello["type"], hello["protocol"]), ("hello", 1))

    def test_what_is_no_command_is_refused_and_nothing_breaks(self) -> None:
        client = self.client()
        for line in (b"\xff\xfe\x00garbage\n", b"[1, 2]\n", b'{"type": "fly"}\n', b"{" * 50_000 + b"\n", b"\n"):
            client.send_raw(line)
            failed = client.wait(lambda event: event["type"] == "failed")
            self.assertEqual((failed["race"], failed["failure"]["kind"]), (None, "badRequest"))
        client.send_raw(b'{"type": "' + b"x" * 17_000_000 + b'"}\n')
        failed = client.wait(lambda event: event["type"] == "failed")
        self.assertIn("longer than", failed["failure"]["message"])
        client.open()
        self.assertEqual(client.race(race())["type"], "report")

    def test_a_wrong_race_is_refused_by_its_id(self) -> None:
        client = self.client()
        client.open()
        failed = client.race(race(precision="low"))
        self.assertEqual((failed["race"], failed["failure"]["kind"]), ("race", "badRequest"))
        self.assertIn("race.precision", failed["failure"]["message"])

    def test_a_race_needs_a_session(self) -> None:
        failed = self.client().race(race())
        self.assertIn("open session", failed["failure"]["message"])

    def test_the_events_of_a_race(self) -> None:
        client = self.client()
        client.open()
        report = client.race(race())["report"]
        kinds = [event["type"] for event in client.events]
        self.assertLess(kinds.index("started"), kinds.index("row"))
        self.assertEqual(kinds[-1], "report")
        phases = [event["phase"] for event in client.events if event["type"] == "phase"]
        self.assertEqual(list(dict.fromkeys(phases)), ["workers", "load", "reference", "prepare", "measure"])
        self.assertEqual(report["status"], "complete")
        self.assertEqual([row["status"] for row in report["variants"]], ["ok", "ok"])
        self.assertEqual(report["comparisons"][0]["verdict"], "no difference")
        self.assertAlmostEqual(report["variants"][0]["peak_fraction"], 2 * 128**3 / 1e-3 / 1e11, delta=0.01)

    def test_arrays_are_removed_and_folders_are_private(self) -> None:
        client = self.client()
        client.open()
        client.race(race())
        self.assertEqual(os.listdir(os.path.join(self.folder.name, "arrays")), [])
        for name in ("arrays", "inductor", "jax", "triton", "empty"):
            self.assertEqual(os.stat(os.path.join(self.folder.name, name)).st_mode & 0o777, 0o700)

    def test_a_storage_that_cannot_be_used_is_told(self) -> None:
        client = Client(self.folder.name)
        self.addCleanup(client.close)
        client.storage = "/proc/not/here"
        client.open()
        failed = client.wait(lambda event: event["type"] == "failed")
        self.assertIn("storage folder", failed["failure"]["message"])


class Queue(Session):
    def test_one_race_waits_and_a_third_is_refused(self) -> None:
        client = self.client()
        client.open()
        for identifier in ("one", "two", "three"):
            client.send({"type": "race", "race": race(identifier)})
        self.assertEqual(client.end_of("three")["failure"]["kind"], "deviceBusy")
        self.assertEqual(client.end_of("one")["type"], "report")
        self.assertEqual(client.end_of("two")["type"], "report")

    def test_a_waiting_race_can_be_cancelled(self) -> None:
        client = self.client()
        client.open()
        client.send({"type": "race", "race": race("one")})
        client.send({"type": "race", "race": race("two")})
        client.send({"type": "cancel", "race": "two"})
        self.assertEqual(client.end_of("two")["failure"]["kind"], "cancelled")
        self.assertEqual(client.end_of("one")["type"], "report")

    def test_warm_workers_are_used_once_and_replaced_after_the_report(self) -> None:
        client = self.client()
        client.open(warm=True)
        client.wait_ready("torch", "jax")
        first = client.worker_pids()
        client.race(race("one"))
        client.wait_ready("torch", "jax")
        second = [pid for pid in client.worker_pids() if pid not in first]
        self.assertEqual((len(first), len(second)), (2, 2))
        self.assertFalse(any(is_alive(pid) for pid in first))
        kinds = [(event["type"], event.get("status")) for event in client.events]
        report = kinds.index(("report", None))
        self.assertNotIn(("worker", "starting"), kinds[2 + kinds.index(("worker", "starting")) : report])


class Cancelling(Session):
    def cancel_while(self, question: str, action: str, race_request=None):
        client = self.client(jax={question: action})
        client.open()
        client.send({"type": "race", "race": race_request or race()})
        client.wait(lambda event: event["type"] == "row" and event["row"]["median_s"] is not None)
        time.sleep(0.3)
        began = time.monotonic()
        client.send({"type": "cancel", "race": "race"})
        return client, client.end_of("race"), time.monotonic() - began

    def test_a_hanging_worker_is_ended_within_three_seconds(self) -> None:
        client, end, took = self.cancel_while("prepare", "hang")
        self.assertLess(took, 3.0)
        self.assertEqual(end["report"]["status"], "partial")
        self.assertEqual(end["report"]["comparisons"], [])
        self.assertEqual([row["status"] for row in end["report"]["variants"]], ["ok", "skipped"])
        self.assertFalse(any(is_alive(pid) for pid in client.worker_pids()))

    def test_one_that_ignores_the_request_is_killed_with_its_children(self) -> None:
        client, end, took = self.cancel_while("prepare", "stubborn")
        self.assertLess(took, 3.0)
        self.assertEqual(end["report"]["status"], "partial")
        time.sleep(0.2)
        self.assertEqual([left for pid in client.worker_pids() for left in members_of(pid)], [])

    def test_a_race_without_numbers_fails(self) -> None:
        client = self.client(torch={"load": "hang"})
        client.open()
        client.send({"type": "race", "race": race()})
        client.wait(lambda event: event["type"] == "phase" and event["phase"] == "load")
        client.send({"type": "cancel", "race": "race"})
        self.assertEqual(client.end_of("race")["failure"]["kind"], "cancelled")

    def test_the_next_race_runs(self) -> None:
        client, _, _ = self.cancel_while("block", "hang")
        client.send({"type": "race", "race": race("next")})
        client.wait(lambda event: event["type"] == "phase" and event["phase"] == "measure")
        client.send({"type": "cancel", "race": "next"})
        self.assertEqual(client.end_of("next")["report"]["status"], "partial")


class Faults(Session):
    def run_race(self, torch: dict | None = None, jax: dict | None = None, **fields):
        client = self.client(torch, jax)
        client.open()
        return client, client.race(race(**fields))

    def rows(self, end) -> dict:
        return {row["name"]: row for row in end["report"]["variants"]}

    def test_a_crash_is_named_and_the_other_framework_is_kept(self) -> None:
        _, end = self.run_race(jax={"prepare": "signal:SIGSEGV"})
        rows = self.rows(end)
        self.assertEqual(rows["torch-eager"]["status"], "ok")
        self.assertEqual(rows["jax-jit"]["failure"]["kind"], "workerDied")
        self.assertIn("SIGSEGV", rows["jax-jit"]["reason"])
        self.assertEqual(end["report"]["comparisons"][0]["verdict"], "not comparable")

    def test_the_system_s_kill_is_explained(self) -> None:
        _, end = self.run_race(jax={"prepare": "signal:SIGKILL"})
        self.assertIn("SIGKILL (the system may have run out of memory)", self.rows(end)["jax-jit"]["reason"])

    def test_an_exit_of_its_own(self) -> None:
        _, end = self.run_race(jax={"prepare": "exit:3"})
        self.assertIn("exit status 3", self.rows(end)["jax-jit"]["reason"])

    def test_a_deadline_kills(self) -> None:
        began = time.monotonic()
        _, end = self.run_race(jax={"prepare": "hang"}, budget={**BUDGET, "compile_s": 0.3})
        self.assertLess(time.monotonic() - began, 10)
        rows = self.rows(end)
        self.assertEqual(rows["jax-jit"]["failure"]["kind"], "timedOut")
        self.assertIn("longer than 0.3 s", rows["jax-jit"]["reason"])
        self.assertEqual(rows["torch-eager"]["status"], "ok")

    def test_a_hang_while_measuring_costs_the_others_nothing(self) -> None:
        variants = [variant("torch-eager", EAGER), variant("jax-jit", JIT, "jax"), variant("torch-again", EAGER)]
        _, end = self.run_race(jax={"block": "hang"}, budget={**BUDGET, "block_s": 0.5}, variants=variants)
        self.assertEqual(end["report"]["status"], "complete")
        rows = self.rows(end)
        self.assertEqual(rows["jax-jit"]["failure"]["kind"], "timedOut")
        self.assertIn("longer than 0.5 s", rows["jax-jit"]["reason"])
        self.assertEqual((rows["jax-jit"]["median_s"], rows["jax-jit"]["samples"]), (None, []))
        self.assertEqual({rows[name]["status"] for name in ("torch-eager", "torch-again")}, {"ok"})
        self.assertGreaterEqual(len(rows["torch-again"]["samples"]), 6)
        verdicts = {each["b"]: each["verdict"] for each in end["report"]["comparisons"]}
        self.assertEqual(verdicts["jax-jit"], "not comparable")
        self.assertNotEqual(verdicts["torch-again"], "not comparable")

    def test_one_variant_s_failure_while_measuring_leaves_its_neighbours_in(self) -> None:
        variants = [variant(name, EAGER) for name in ("torch-eager", "torch-odd", "torch-again")]
        _, end = self.run_race(torch={"block/torch-odd": "fail:runFailed"}, variants=variants)
        rows = self.rows(end)
        self.assertEqual(end["report"]["status"], "complete")
        self.assertEqual([row["status"] for row in rows.values()], ["ok", "failed", "ok"])
        self.assertEqual(rows["torch-odd"]["reason"], "It failed as it was told to.")

    def test_a_worker_lost_while_measuring_is_there_for_the_next_mode(self) -> None:
        _, end = self.run_race(jax={"block/forward": "signal:SIGSEGV"}, modes=["forward", "training"])
        rows = {(row["name"], row["mode"]): row["status"] for row in end["report"]["variants"]}
        self.assertEqual(rows["jax-jit", "forward"], "failed")
        self.assertEqual(rows["jax-jit", "training"], "ok")

    def test_a_training_reference_that_fails_leaves_the_forward_verdict(self) -> None:
        for action in ("fail:runFailed", "exit:3"):
            with self.subTest(action):
                _, end = self.run_race(torch={"reference/training": action}, modes=["forward", "training"])
                self.assertEqual(end["report"]["status"], "complete")
                rows = {(row["name"], row["mode"]): row["status"] for row in end["report"]["variants"]}
                self.assertEqual({rows["torch-eager", "forward"], rows["jax-jit", "forward"]}, {"ok"})
                self.assertEqual({rows["torch-eager", "training"], rows["jax-jit", "training"]}, {"failed"})
                self.assertEqual(len(end["report"]["comparisons"]), 1)
                self.assertNotEqual(end["report"]["comparisons"][0]["verdict"], "not comparable")

    def test_work_too_large_for_this_machine_is_not_begun(self) -> None:
        work = {"flops": 1.0, "bytes": 1e15, "products": 1}
        _, end = self.run_race(work=work)
        self.assertEqual(end["failure"]["kind"], "outOfMemory")
        self.assertIn("3000000.0 GB", end["failure"]["message"])
        # A long chain moves much and holds little.
        _, end = self.run_race(work={**work, "products": 1e9})
        self.assertEqual(end["report"]["status"], "complete")

    def test_no_reference_in_any_mode_is_the_race_s_failure(self) -> None:
        _, end = self.run_race(torch={"reference": "fail:runFailed"}, modes=["forward", "training"])
        self.assertEqual(end["failure"]["message"], "It failed as it was told to.")

    def test_the_whole_race_has_a_deadline(self) -> None:
        _, end = self.run_race(torch={"load": "hang"}, budget={**BUDGET, "total_s": 0.6})
        self.assertEqual(end["failure"]["kind"], "timedOut")

    def test_an_import_that_hangs_has_one(self) -> None:
        _, end = self.run_race(jax={"ready": "hang"}, budget={**BUDGET, "import_s": 0.3})
        self.assertEqual(self.rows(end)["jax-jit"]["failure"]["kind"], "timedOut")
        self.assertEqual(self.rows(end)["torch-eager"]["status"], "ok")

    def test_garbage_on_the_wire_ends_the_worker_and_not_the_race(self) -> None:
        _, end = self.run_race(jax={"prepare": "garbage"})
        self.assertEqual(self.rows(end)["torch-eager"]["status"], "ok")
        self.assertEqual(self.rows(end)["jax-jit"]["failure"]["kind"], "internal")

    def test_a_flood_of_output_stays_bounded_and_its_end_is_kept(self) -> None:
        client, end = self.run_race(jax={"bind": "flood", "prepare": "fail:runFailed"})
        failure = self.rows(end)["jax-jit"]["failure"]
        self.assertIn("what the worker printed before", failure["detail"])
        self.assertLessEqual(len(failure["detail"]), 4000)
        peak = int(next(
            line.split()[1]
            for line in Path(f"/proc/{client.process.pid}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        ))  # fmt: skip
        self.assertLess(peak, 80_000)

    def test_a_gpu_is_not_raced_against_a_cpu(self) -> None:
        client = Client(self.folder.name, torch=fake.command("torch", kind="cuda"), jax=fake.command("jax"))
        self.addCleanup(client.close)
        client.open()
        end = client.race(race(device="auto"))
        rows = self.rows(end)
        self.assertEqual((rows["torch-eager"]["status"], rows["jax-jit"]["status"]), ("ok", "skipped"))
        self.assertEqual(rows["jax-jit"]["failure"]["kind"], "unsupported")
        self.assertIn("simulated cuda (cuda:0)", rows["jax-jit"]["reason"])
        self.assertIn("simulated cpu (cpu)", rows["jax-jit"]["reason"])
        self.assertIn("device cpu for both", rows["jax-jit"]["failure"]["hint"])

    def test_an_interpreter_that_is_not_there(self) -> None:
        client = Client(self.folder.name, torch=fake.command("torch"), jax=["/not/a/python", "runner"])
        self.addCleanup(client.close)
        client.open()
        end = client.race(race())
        broken = next(event for event in client.events if event["type"] == "worker" and event["status"] == "broken")
        self.assertEqual(broken["failure"]["kind"], "noPython")
        self.assertEqual(self.rows(end)["jax-jit"]["status"], "skipped")
        self.assertEqual(self.rows(end)["torch-eager"]["status"], "ok")


class NoOrphans(Session):
    def test_closing_the_input_ends_everything(self) -> None:
        client = self.client(torch={"load": "stubborn"})
        client.open()
        client.send({"type": "race", "race": race()})
        client.wait(lambda event: event["type"] == "phase" and event["phase"] == "load")
        time.sleep(0.5)
        groups = client.worker_pids()
        everyone = [pid for leader in groups for pid in members_of(leader)]
        self.assertGreaterEqual(len(everyone), 3)
        client.process.stdin.close()
        self.assertEqual(wait_until_gone([client.process.pid, *everyone], 10), [])

    @unittest.skipUnless(sys.platform.startswith("linux"), "the parent-death signal is Linux'")
    def test_a_client_killed_outright_leaves_nothing(self) -> None:
        script = (
            "import sys, time; sys.path.insert(0, sys.argv[1])\n"
            "import support.fake_worker_command as fake\n"
            "from support.client import Client\n"
            "client = Client(sys.argv[2], torch=fake.command('torch', {}), jax=fake.command('jax', {}))\n"
            "client.open(warm=True); client.wait_ready('torch', 'jax')\n"
            "print(client.process.pid, *client.worker_pids(), flush=True); time.sleep(1000)\n"
        )
        here = str(Path(__file__).resolve().parents[1])
        parent = subprocess.Popen(
            [sys.executable, "-c", script, here, self.folder.name], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        self.assertEqual(len(pids), 3)
        parent.kill()
        parent.wait()
        parent.stdout.close()
        self.assertEqual(wait_until_gone(pids, 10), [])

    @unittest.skipUnless(sys.platform.startswith("linux"), "the parent-death signal is Linux'")
    def test_a_coordinator_killed_outright_leaves_no_worker_that_reads_its_input(self) -> None:
        client = self.client()
        client.open(warm=True)
        client.wait_ready("torch", "jax")
        client.process.send_signal(signal.SIGKILL)
        self.assertEqual(wait_until_gone(client.worker_pids(), 10), [])

    def test_a_request_to_end_ends_everything(self) -> None:
        client = self.client()
        client.open(warm=True)
        client.wait_ready("torch", "jax")
        client.process.terminate()
        self.assertEqual(wait_until_gone([client.process.pid, *client.worker_pids()], 10), [])


if __name__ == "__main__":
    unittest.main()
