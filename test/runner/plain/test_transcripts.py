"""The golden transcripts, which TypeScript's tests read as well: this side accepts the commands and says the events."""

import json
import tempfile
import unittest
from collections.abc import Iterable

import support.fake_worker_command as fake
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.parse import parse_command
from matmul_lens_runner.protocol.request import Race
from support.client import Client
from support.paths import FIXTURES


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (FIXTURES / name).read_text().splitlines()]


def shapes(value: object, path: str = "") -> Iterable[str]:
    """Every path in a JSON value with the kind of what stands there; names of open records are left out."""
    if isinstance(value, dict):
        for name, member in value.items():
            opened = path.endswith((".flags", ".inputs", ".init"))
            yield from shapes(member, f"{path}.{'*' if opened else name}")
    elif isinstance(value, list):
        for member in value:
            yield from shapes(member, f"{path}[]")
    else:
        kind = type(value).__name__
        yield f"{path}: {'number' if kind in ('int', 'float') else kind}"


def shape_of(events: Iterable[dict]) -> dict[str, set[str]]:
    """The shapes of each type of event; what is null sometimes is one shape with what it is else."""
    found: dict[str, set[str]] = {}
    for event in events:
        found.setdefault(event["type"], set()).update(shapes({k: v for k, v in event.items() if k != "at_s"}))
    return found


def paths(shapes_: set[str]) -> set[str]:
    return {shape.rpartition(": ")[0] for shape in shapes_}


class Commands(unittest.TestCase):
    def test_all_are_accepted(self) -> None:
        commands = lines("commands.jsonl")
        for command in commands:
            parsed = parse_command(command)
            self.assertNotIsInstance(parsed, Failure, parsed)
            self.assertEqual(parsed.type, command["type"])
        self.assertEqual({command["type"] for command in commands}, {"open", "race", "cancel", "close"})
        kinds = {
            spec.kind
            for command in commands
            if command["type"] == "race"
            for spec in parse_command(command).race.inputs
        }
        self.assertEqual(kinds, {"float", "index", "mask", "expression", "literal", "default"})

    def test_a_race_is_read_field_by_field(self) -> None:
        (command,) = [each for each in lines("commands.jsonl") if each["type"] == "race"][:1]
        parsed = parse_command(command)
        self.assertIsInstance(parsed, Race)
        for name, value in command["race"].items():
            self.assertTrue(hasattr(parsed.race, name), name)
            if isinstance(value, list):
                self.assertEqual(len(getattr(parsed.race, name)), len(value))


class Events(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        race = next(each["race"] for each in lines("commands.jsonl") if each["type"] == "race")
        with tempfile.TemporaryDirectory() as storage:
            with Client(storage, torch=fake.command("torch"), jax=fake.command("jax", {"ready": "exit:3"})) as client:
                client.open()
                client.race(race)
                client.send_raw(b"{}\n")
                client.wait(lambda each: each["type"] == "failed")
            cls.said = shape_of(client.events)
        cls.golden = shape_of(lines("events.jsonl"))

    def test_every_type_of_event_that_is_said_is_golden(self) -> None:
        self.assertEqual(set(self.said) - set(self.golden) - {"log"}, set())
        for kind in ("hello", "worker", "started", "phase", "row", "note", "comparisons", "report", "failed"):
            self.assertIn(kind, self.golden)

    def test_what_is_said_has_the_golden_shape(self) -> None:
        for kind in set(self.said) & set(self.golden):
            with self.subTest(kind):
                optional = {path for path in paths(self.said[kind]) if ".failure." in path}
                self.assertEqual(paths(self.said[kind]) - optional - paths(self.golden[kind]), set())

    def test_kinds_agree_where_neither_is_null(self) -> None:
        for kind in set(self.said) & set(self.golden):
            known: dict[str, set[str]] = {}
            for shape in self.golden[kind]:
                path, _, what = shape.rpartition(": ")
                known.setdefault(path, set()).add(what)
            for shape in self.said[kind]:
                path, _, what = shape.rpartition(": ")
                with self.subTest(kind, path=path):
                    if path in known and what != "NoneType" and known[path] != {"NoneType"}:
                        self.assertIn(what, known[path])

    def test_nothing_tells_of_the_machine_that_recorded_them(self) -> None:
        for name in ("commands.jsonl", "events.jsonl"):
            for line in lines(name):
                for shape in strings(line):
                    if shape.startswith("/"):
                        self.assertTrue(shape.startswith(("/workspace/", "/opt/", "/home/reader/")), shape)


def strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)


if __name__ == "__main__":
    unittest.main()
