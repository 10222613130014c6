"""A client of the coordinator, as the editor is one: a process, commands out, events in."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from support.paths import RUNNER, frameworks_python

Event = dict[str, Any]


class Client:
    """Starts a coordinator; `events` keeps everything it said."""

    def __init__(
        self,
        storage: str,
        *,
        torch: list[str] | None = None,
        jax: list[str] | None = None,
        environment: Mapping[str, str] | None = None,
        folder: str | None = None,
        coordinator: list[str] | None = None,
    ) -> None:
        """`torch` and `jax`: commands of the workers; an empty list leaves the framework out."""
        self.storage = storage
        self.events: list[Event] = []
        self.commands = {
            "torch": worker_command("torch") if torch is None else torch,
            "jax": worker_command("jax") if jax is None else jax,
        }
        self.process = subprocess.Popen(
            coordinator or [sys.executable, "-u", str(RUNNER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            cwd=folder or storage,
        )
        self._inbox: queue.Queue[Event | None] = queue.Queue()
        self.stderr = bytearray()
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_errors, daemon=True).start()

    def open(self, *, warm: bool = False, device: str = "auto") -> None:
        """Opens the session."""
        workers = [{"framework": name, "command": command} for name, command in self.commands.items() if command]
        self.send(
            {"type": "open", "protocol": 1, "workers": workers, "storage": self.storage, "device": device, "warm": warm}
        )

    def send(self, command: Mapping[str, Any]) -> None:
        """Sends one command."""
        self.send_raw(json.dumps(command).encode() + b"\n")

    def send_raw(self, data: bytes) -> None:
        """Sends bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def wait(self, wanted: Callable[[Event], bool], timeout_s: float = 120.0) -> Event:
        """The next event that is wanted; fails when it does not come, or the coordinator ends."""
        until = time.monotonic() + timeout_s
        while True:
            remaining = until - time.monotonic()
            try:
                event = self._inbox.get(timeout=max(0.0, remaining))
            except queue.Empty:
                raise AssertionError(f"no such event within {timeout_s} s; last: {self.events[-5:]}") from None
            if event is None:
                raise AssertionError(f"the coordinator ended: {self.stderr.decode(errors='replace')[-2000:]}")
            if wanted(event):
                return event

    def wait_ready(self, *frameworks: str, timeout_s: float = 90.0) -> None:
        """Waits until idle workers of these frameworks are ready."""
        missing = set(frameworks)
        while missing:
            event = self.wait(lambda each: each["type"] == "worker" and each["status"] == "ready", timeout_s)
            missing.discard(event["framework"])

    def race(self, request: Mapping[str, Any], timeout_s: float = 240.0) -> Event:
        """Runs a race to its end: its `report` or `failed` event."""
        self.send({"type": "race", "race": request})
        return self.end_of(request["id"], timeout_s)

    def end_of(self, race: str, timeout_s: float = 240.0) -> Event:
        """The last event of a race."""
        return self.wait(lambda each: each["type"] in ("report", "failed") and each["race"] == race, timeout_s)

    def worker_pids(self) -> list[int]:
        """Process ids of all workers that were started."""
        return sorted({each["pid"] for each in self.events if each["type"] == "worker" and each["pid"]})

    def close(self) -> None:
        """Ends the coordinator and waits for it."""
        if self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.send({"type": "close"})
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            event["at_s"] = time.monotonic()
            self.events.append(event)
            self._inbox.put(event)
        self._inbox.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.stderr += line


def worker_command(framework: str, python: str | None = None) -> list[str]:
    """How the editor starts a worker."""
    return [python or frameworks_python(), "-u", str(RUNNER), "worker", "--framework", framework]
