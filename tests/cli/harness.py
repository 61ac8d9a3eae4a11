"""Runs the command line in this process as a shell does: arguments, environment, standard input, exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.cli.main import main
from jpmanage_tui.config.credentials import CredentialStore, Profile
from jpmanage_tui.sandbox.jsontypes import Json
from tests.logs import logging_as_before
from tests.sandbox.plain_http import plain_http, plain_transport

KEY, SECOND_KEY, USER = "sandbox-key", "sandbox-key-2", "sandbox-user"
USER_NEW, USER_TERMS, USER_ONE_KEY = "sandbox-user-new", "sandbox-user-tos", "sandbox-user-nocard"
APP_ID, APP_SECRET = "98765", "sandbox-app-secret"
_UNSET = ("SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER")

BROWSER = """#!{python} -IS
import sys, urllib.request
urllib.request.urlopen(sys.argv[1]).read()
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All that it wrote."""
        return self.out + self.err


class Cli:
    """The command line with an environment and folders of its own."""

    def __init__(
        self, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.url = url
        self.folder = folder
        self.monkeypatch = monkeypatch
        self._capfd = capfd
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        for name in (*_UNSET, *(name for name in os.environ if name.startswith("JPMANAGE_"))):
            monkeypatch.delenv(name, raising=False)
        self.env(
            API_URL=url, STRIPE_URL=url, CONFIG_DIR=str(folder / "config"), STATE_DIR=str(folder / "state")
        )

    @property
    def config(self) -> Path:
        """The settings folder."""
        return self.folder / "config"

    @property
    def store(self) -> CredentialStore:
        """The credentials file as it is."""
        return CredentialStore(self.config)

    def env(self, **variables: str | None) -> None:
        """Set variables named JPMANAGE_…; None unsets one."""
        for name, value in variables.items():
            if value is None:
                self.monkeypatch.delenv(f"JPMANAGE_{name}", raising=False)
            else:
                self.monkeypatch.setenv(f"JPMANAGE_{name}", value)

    def settings(self, text: str) -> None:
        """Write config.toml."""
        self.config.mkdir(mode=0o700, exist_ok=True)
        path = self.config / "config.toml"
        path.write_text(text)
        path.chmod(0o600)

    def browser(self) -> None:
        """Have a desktop with a browser that approves whatever it is shown."""
        script = self.folder / "browser"
        script.write_text(BROWSER.format(python=sys.executable))
        script.chmod(0o700)
        self.monkeypatch.setenv("DISPLAY", ":99")
        self.monkeypatch.setenv("BROWSER", str(script))

    def switch(self, **states: Json) -> None:
        """Turn switches of the sandbox; underscores stand for hyphens."""
        names = {name.replace("_", "-"): state for name, state in states.items()}
        plain_http.put(f"{self.url}/_sandbox/switches", json=names).raise_for_status()

    def faults(self, *specs: str) -> None:
        """Put faults in force."""
        plain_http.put(f"{self.url}/_sandbox/faults", json=list(specs)).raise_for_status()

    def forget_requests(self) -> None:
        """Empty the sandbox's list of requests."""
        plain_http.delete(f"{self.url}/_sandbox/requests")

    def asked(self) -> list[str]:
        """Return the requests since then as "METHOD path status"."""
        entries = plain_http.get(f"{self.url}/_sandbox/requests").json()
        return [f"{one['method']} {one['path']} {one['status']}" for one in entries]

    def profile(self, name: str = "default") -> Profile:
        """Return a stored profile."""
        return self.store.load(name)

    def keep(self, name: str = "default", *, key: str | None = None, user: str | None = None) -> None:
        """Store a profile, as a login has done."""
        secrets = [None if text is None else SecretStr(text) for text in (key, user)]
        self.store.save(Profile(name=name, key_token=secrets[0], user_token=secrets[1], api_url=self.url))

    def __call__(self, *arguments: str, typed: str = "") -> Ended:
        """Run a command with `typed` on its standard input, which is a pipe."""
        self._capfd.readouterr()
        with typing(typed), logging_as_before():
            try:
                code = main(arguments)
            except SystemExit as stop:  # argparse leaves this way
                code = stop.code if isinstance(stop.code, int) else 1
        out, err = self._capfd.readouterr()
        return Ended(int(code), out, err)


@contextmanager
def typing(text: str) -> Iterator[None]:
    """Put a pipe that holds `text` in the place of standard input."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    before = os.dup(0)
    os.dup2(reading, 0)
    os.close(reading)
    try:
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)


def token(value: object) -> str | None:
    """Return the text of a secret, None without one."""
    return value.get_secret_value() if isinstance(value, SecretStr) else None


async def approve(page: str) -> str:
    """Approve at the page of a sign-in, as a browser elsewhere, and return the address it was sent to."""
    async with httpx.AsyncClient(transport=plain_transport()) as browser:
        return str((await browser.get(page)).headers["Location"])
