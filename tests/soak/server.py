"""The sandbox of the soak: a process of its own over real HTTP, whose requests fail by chance, that can be dropped."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from tests.e2e.harness import JPMANAGE
from tests.sandbox.plain_http import plain_http

FAULTS = (
    "* * 429=1 %0.6",
    "* * 500 %0.7",
    "* * 500=after %0.3",
    "* * 502 %0.5",
    "* * 502=after %0.2",
    "* * malformed %0.5",
    "* * cut %0.5",
    "* * reset-before %0.5",
    "* * reset-after %0.5",
    "* * hang-before %0.4",
    "* * hang-after %0.3",
)
"""Together five requests in a hundred."""
LATENCY = "* * latency=0.4 %2"
STARTING = 60.0


class SandboxProcess:
    """`jpmanage sandbox` on a folder; after a restart it has the port and the data that it had."""

    def __init__(self, folder: Path, licenses: int, seed: int) -> None:
        self._folder, self._licenses, self._seed = folder, licenses, seed
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.env: dict[str, str] = {}
        """What points a program at it."""
        self.requests = 0
        self.faults: Counter[str] = Counter()
        """How many requests each kind of fault struck."""
        self.drops = 0

    def start(self, *faults: str) -> None:
        """Start it and wait until it listens."""
        argv = [JPMANAGE, "sandbox", "--port", str(self._port), "--licenses", str(self._licenses)]
        argv += ["--seed", str(self._seed), "--dir", str(self._folder / "sandbox")]
        argv += [
            word for fault in faults for word in ("--fault", f"{fault} +{self.drops}")
        ]  # others are struck
        with (self._folder / "sandbox.stderr").open("a") as errors:
            self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self._process.stdout is not None
        for _ in range(4):
            name, _, value = self._process.stdout.readline().strip().removeprefix("export ").partition("=")
            self.env[name] = value
        assert "JPMANAGE_API_URL" in self.env, f"the sandbox did not start: {self.errors()}"
        self._port = int(self.env["JPMANAGE_API_URL"].rpartition(":")[2])

    def drop(self, number: int = signal.SIGKILL) -> None:
        """End it by a signal, in the middle of whatever it does."""
        assert self._process is not None
        self.count()
        self._process.send_signal(number)
        self._process.wait(STARTING)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
        self.drops += 1

    def stop(self) -> None:
        """End it, where it runs."""
        if self._process is not None:
            self.drop(signal.SIGTERM)
            self.drops -= 1

    def errors(self) -> str:
        """What it wrote to its standard error, over all its lives."""
        file = self._folder / "sandbox.stderr"
        return file.read_text() if file.exists() else ""

    def set_faults(self, *faults: str) -> None:
        """Put faults in force in the place of those before."""
        self._ask("PUT", "faults", list(faults))

    def count(self) -> None:
        """Count the requests since the last time, and the faults that struck them."""
        entries: list[dict[str, Any]] = self._ask("GET", "requests")
        self._ask("DELETE", "requests")
        self.requests += len(entries)
        self.faults.update(entry["fault"] for entry in entries if entry["fault"])

    def under_way(self) -> int:
        """How many requests have no answer yet."""
        return sum(entry["seconds"] is None for entry in self._ask("GET", "requests"))

    def changes(self) -> list[dict[str, Any]]:
        """Return every change that was made, over all its lives, in order."""
        done: list[dict[str, Any]] = self._ask("GET", "changes")
        return done

    def _ask(self, method: str, what: str, body: object = None) -> Any:
        url = f"{self.env['JPMANAGE_API_URL']}/_sandbox/{what}"
        answer = plain_http.request(method, url, json=body, timeout=STARTING)
        answer.raise_for_status()
        return answer.json()
