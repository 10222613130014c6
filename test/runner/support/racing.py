"""Runs real races for a test class: one coordinator, one storage folder with warm compile caches."""

from __future__ import annotations

import tempfile
import unittest
from collections.abc import Mapping
from typing import Any

from support.client import Client


class Racing(unittest.TestCase):
    """Each test gets a session; all tests of a class share compile caches."""

    storage: tempfile.TemporaryDirectory

    @classmethod
    def setUpClass(cls) -> None:
        cls.storage = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.storage.cleanup)

    def session(self, **more: Any) -> Client:
        """An open session without warm workers."""
        client = Client(self.storage.name, **more)
        self.addCleanup(client.close)
        client.open(device="cpu")
        return client

    def race(self, request: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """The report of a race that must have one."""
        end = self.session(**more).race(request)
        if end["type"] != "report":
            self.fail(end["failure"])
        return end["report"]

    def failure(self, request: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """The failure of a race that must fail."""
        end = self.session(**more).race(request)
        self.assertEqual(end["type"], "failed", end)
        return end["failure"]

    def row(self, report: Mapping[str, Any], name: str, mode: str = "forward") -> dict[str, Any]:
        """One row of a report."""
        return next(each for each in report["variants"] if (each["name"], each["mode"]) == (name, mode))

    def comparison(self, report: Mapping[str, Any], name: str, mode: str = "forward") -> dict[str, Any]:
        """The comparison of a variant with the first one."""
        first = report["variants"][0]["name"]
        return next(
            each for each in report["comparisons"] if (each["a"], each["b"], each["mode"]) == (first, name, mode)
        )

    def assert_all_ok(self, report: Mapping[str, Any]) -> None:
        """Every row has a result that was checked."""
        self.assertEqual(report["status"], "complete")
        for row in report["variants"]:
            with self.subTest(row["name"], mode=row["mode"]):
                self.assertEqual((row["status"], row["reason"]), ("ok", None))
                self.assertIsNotNone(row["error"])
                self.assertGreater(row["median_s"], 0)
                self.assertLessEqual(row["ci_s"][0], row["median_s"])
                self.assertGreaterEqual(row["ci_s"][1], row["median_s"])
                self.assertGreaterEqual(len(row["samples"]), 1)
