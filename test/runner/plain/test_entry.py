"""The first file that an interpreter reads, whichever interpreter it is."""

import ast
import json
import subprocess
import sys
import unittest

from support.paths import RUNNER

MAIN = RUNNER / "__main__.py"


class OldInterpreters(unittest.TestCase):
    def said_by(self, *arguments: str) -> subprocess.CompletedProcess:
        """What the file says in an interpreter that claims to be Python 3.8."""
        script = (
            f"import sys; sys.version_info = (3, 8, 10); sys.argv = {['runner', *arguments]!r}\n" + MAIN.read_text()
        )
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    def test_its_syntax_is_old(self) -> None:
        self.assertIsInstance(ast.parse(MAIN.read_text(), feature_version=(3, 4)), ast.Module)

    def test_the_coordinator_refuses_in_the_words_of_the_protocol(self) -> None:
        ended = self.said_by()
        event = json.loads(ended.stdout)
        self.assertEqual((event["type"], event["race"], ended.returncode), ("failed", None, 2))
        self.assertEqual(event["failure"]["kind"], "noPython")
        self.assertIn("Python 3.8 is too old", event["failure"]["message"])

    def test_a_worker_refuses_in_its_own(self) -> None:
        said = json.loads(self.said_by("worker", "--framework", "torch").stdout)
        self.assertEqual((said["say"], said["failure"]["kind"]), ("broken", "noPython"))


if __name__ == "__main__":
    unittest.main()
