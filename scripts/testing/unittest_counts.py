"""Run a folder of unittest tests with unittest's own report, and write the counts as JSON.

    python unittest_counts.py START_FOLDER TOP_LEVEL_FOLDER COUNTS_FILE

Unittest's exit status tells neither how many tests passed nor that some were skipped.
"""

import json
import sys
import unittest
from collections.abc import Mapping
from pathlib import Path


class CountingResult(unittest.TextTestResult):
    """Keeps count after every test, so that a run which is killed still tells how far it came."""

    counts_file: Path
    passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802 (unittest's name)
        """Count one more success."""
        super().addSuccess(test)
        self.passed += 1

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802 (unittest's name)
        """Write the counts so far."""
        super().stopTest(test)
        self.write(finished=False)

    def write(self, finished: bool) -> None:
        """Write the counts; an expected failure is a pass, an unexpected success is none."""
        counts: Mapping[str, int | bool] = {
            "passed": self.passed + len(self.expectedFailures),
            "failed": len(self.failures) + len(self.errors) + len(self.unexpectedSuccesses),
            "skipped": len(self.skipped),
            "finished": finished,
        }
        self.counts_file.write_text(json.dumps(counts))


def main() -> int:
    """Return the exit status: 0 when every test passed."""
    start, top_level, counts_file = sys.argv[1:]
    CountingResult.counts_file = Path(counts_file)
    tests = unittest.defaultTestLoader.discover(start, top_level_dir=top_level)
    result = unittest.TextTestRunner(resultclass=CountingResult, verbosity=2).run(tests)
    assert isinstance(result, CountingResult)
    result.write(finished=True)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
