"""A session with workers without frameworks, for tests of what the coordinator does with them."""

import tempfile
import unittest

import support.fake_worker_command as fake
from support.client import Client
from support.requests import SHORT, matmul

BUDGET = {**SHORT, "measure_s": 0.3}


def race(identifier: str = "race", **fields):
    return matmul(identifier, **{"budget": BUDGET, **fields})


class Session(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def client(self, torch: dict | None = None, jax: dict | None = None, **more) -> Client:
        client = Client(self.folder.name, torch=fake.command("torch", torch), jax=fake.command("jax", jax), **more)
        self.addCleanup(client.close)
        return client
