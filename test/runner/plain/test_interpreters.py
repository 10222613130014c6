"""Real workers in interpreters that lack what they need."""

import os
import sys
import tempfile
import unittest
from pathlib import Path

import support.fake_worker_command as fake
from support.client import Client
from support.paths import RUNNER
from support.session import Session, race


class Interpreters(Session):
    """Real workers in interpreters that lack what they need; `-S` leaves all installed packages out."""

    def bare(self, framework: str) -> list[str]:
        return [sys.executable, "-S", "-u", str(RUNNER), "worker", "--framework", framework]

    def event(self, client: Client, framework: str, status: str) -> dict:
        def wanted(each: dict) -> bool:
            return each["type"] == "worker" and each["framework"] == framework and each["status"] == status

        return next(filter(wanted, client.events), None) or client.wait(wanted)

    def test_without_both(self) -> None:
        client = Client(self.folder.name, torch=self.bare("torch"), jax=self.bare("jax"))
        self.addCleanup(client.close)
        client.open(warm=True)
        for framework, name in (("torch", "PyTorch"), ("jax", "JAX")):
            absent = self.event(client, framework, "absent")
            self.assertEqual(absent["failure"]["kind"], "frameworkAbsent")
            self.assertIn(f"{name} is not installed in {sys.executable}", absent["failure"]["message"])
            self.assertEqual(absent["environment"]["executable"], sys.executable)
            self.assertIsNone(absent["environment"]["version"])
        end = client.race(race())
        self.assertEqual((end["type"], end["failure"]["kind"]), ("failed", "frameworkAbsent"))

    def test_without_jax_torch_still_races(self) -> None:
        client = Client(self.folder.name, torch=fake.command("torch"), jax=self.bare("jax"))
        self.addCleanup(client.close)
        client.open()
        end = client.race(race())
        rows = {row["name"]: row for row in end["report"]["variants"]}
        self.assertEqual((rows["torch-eager"]["status"], rows["jax-jit"]["status"]), ("ok", "skipped"))
        self.assertEqual(rows["jax-jit"]["failure"]["kind"], "frameworkAbsent")

    def test_without_torch_jax_still_races(self) -> None:
        client = Client(self.folder.name, torch=self.bare("torch"), jax=fake.command("jax"))
        self.addCleanup(client.close)
        client.open()
        end = client.race(race())
        rows = {row["name"]: row for row in end["report"]["variants"]}
        self.assertEqual((rows["torch-eager"]["status"], rows["jax-jit"]["status"]), ("skipped", "ok"))

    def test_a_framework_that_raises_on_import(self) -> None:
        for text, words in (
            ("import ctypes\nctypes.CDLL('libnot_there.so.1')\n", "libnot_there.so.1"),
            ("raise RuntimeError('built for another CUDA')\n", "built for another CUDA"),
            ("import a_dependency_of_torch_that_is_missing\n", "a_dependency_of_torch_that_is_missing"),
            ("import sys\nsys.exit(5)\n", "sys.exit(5)"),
        ):
            with self.subTest(words), tempfile.TemporaryDirectory() as packages:
                Path(packages, "torch.py").write_text(text)
                client = Client(
                    self.folder.name, torch=self.bare("torch"), jax=[], environment={"PYTHONPATH": packages}
                )
                client.open(warm=True)
                broken = self.event(client, "torch", "broken")
                client.close()
                self.assertEqual(broken["failure"]["kind"], "importFailed")
                self.assertIn(words, broken["failure"]["message"])

    def test_a_framework_that_crashes_on_import(self) -> None:
        with tempfile.TemporaryDirectory() as packages:
            Path(packages, "torch.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
            client = Client(self.folder.name, torch=self.bare("torch"), jax=[], environment={"PYTHONPATH": packages})
            self.addCleanup(client.close)
            client.open(warm=True)
            broken = self.event(client, "torch", "broken")
            self.assertEqual(broken["failure"]["kind"], "workerDied")
            self.assertIn("SIGSEGV", broken["failure"]["message"])
            self.assertIn("torch.py", broken["failure"]["detail"])

    def test_decoys_in_the_working_folder_are_not_imported(self) -> None:
        with tempfile.TemporaryDirectory() as workspace:
            decoys = ("torch", "jax", "json", "argparse", "sitecustomize", "usercustomize")
            for name in decoys:
                Path(workspace, f"{name}.py").write_text(f"open({workspace!r} + '/imported-{name}', 'w').close()\n")
            client = Client(
                self.folder.name,
                torch=[sys.executable, "-u", str(RUNNER), "worker", "--framework", "torch"],
                jax=self.bare("jax"),
                folder=workspace,
                environment={"PYTHONPATH": os.pathsep.join([".", "sub/..", ""])},
                # What the coordinator's own start imports is in the hands of the client, which drops the variable.
                coordinator=[sys.executable, "-S", "-u", str(RUNNER)],
            )
            client.open(warm=True)
            settled = set()
            while settled != {"torch", "jax"}:
                event = client.wait(lambda each: each["type"] == "worker" and each["status"] != "starting")
                settled.add(event["framework"])
            client.close()
            self.assertEqual([name for name in os.listdir(workspace) if name.startswith("imported")], [])


if __name__ == "__main__":
    unittest.main()
