"""Runs the real app in tests: headless, on a sandbox in this process or over real HTTP, with the real client."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.config.credentials import CredentialStore, Profile
from jpmanage_tui.config.load_settings import load_settings
from jpmanage_tui.config.settings import Settings
from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.sandbox.transport import SandboxTransport
from jpmanage_tui.ui.app import JpmanageApp
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.terminal.keyboard import Keyboard, Press, WrittenFrame
from tests.sandbox.harness import NOW

SMALL, LARGE = (80, 24), (120, 36)
PATIENCE = 20.0
"""Seconds after which a condition that did not come true fails the test."""

View = TypeVar("View", bound=Section)


class AtOnce(Keyboard):
    """Takes every key for one that a person pressed after a look at the screen, so that no test waits for that.

    Tests of what keys that come together must not do give the app a `Keyboard` of the program's own.
    """

    def is_deliberate(self, press: Press) -> bool:
        return True

    def is_armed(self, frame: WrittenFrame | None, press: Press) -> bool:
        return True

    def skips(self, press: Press) -> bool:
        return False


def key_event(key: str) -> events.Key:
    """Return the press of a key, given by Textual's name or as a character, as Textual's parser would make it."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    return events.Key(key, key_to_character(key))


class Run:
    """One running app with what a test does to it: press keys, wait for a condition, read the screen."""

    def __init__(self, app: JpmanageApp, pilot: Pilot[None], sandbox: Sandbox | None) -> None:
        self.app = app
        self.pilot = pilot
        self._sandbox = sandbox

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox in this process."""
        assert self._sandbox is not None, "this app runs on a sandbox elsewhere"
        return self._sandbox

    async def press(self, *keys: str) -> None:
        """Press keys by Textual's names, one after another, and let the app take each.

        `Pilot.press` waits for the process to be idle three times a key; who waits for an answer uses `until`.
        """
        for key in keys:
            self.app.post_message(key_event(key))
            arrived = asyncio.Event()
            if self.app.call_later(arrived.set):
                await arrived.wait()
            await self._taken()
        await self.pilot.pause()

    async def _taken(self) -> None:
        while self.app.is_running and not self.app.keys_are_taken:  # noqa: ASYNC110 - keys tell no event
            await asyncio.sleep(0.001)

    async def settled(self) -> None:
        """Wait until the app has taken every key that has come, and painted what they led to."""
        await self.pilot.pause()
        await self._taken()
        await self.pilot.pause()

    async def burst(self, *keys: str) -> None:
        """Let keys arrive all at once, as they do on a slow line, and wait until the app has taken them."""
        for key in keys:
            self.app.post_message(key_event(key))
        await self.pilot.pause()
        await self._taken()

    async def write(self, text: str) -> None:
        """Type a text, character by character."""
        await self.press(*text)

    async def find_site(self, address: str) -> None:
        """Type the address of a site in its picker, and wait for the answer to all of it: only then enter chooses."""
        await self.write(address)
        await self.sees(f"1 site matches “{address}”")

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until `condition` is true; fails with the screen when it does not become so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"never came true: {what}\n{self.text()}\nstatus: {self.status}")
            await self.pilot.pause()
            await asyncio.sleep(0.005)
        await self.pilot.pause()

    async def sees(self, *words: str) -> None:
        """Wait until every one of `words` stands on the screen (dialog or status line included)."""

        def seen() -> bool:
            text = self.text()
            unwrapped = " ".join(re.sub(r"[│╭╮╰╯─█▀▄]", " ", text).split())
            framed = (found[1].strip() for found in re.finditer(r"│(.*)│", text))
            packed = "".join(framed).replace(" ", "")  # a word longer than its line is broken anywhere
            return all(word in text or word in unwrapped or word.replace(" ", "") in packed for word in words)

        await self.until(seen, f"{words} on the screen")

    async def free_site(self, product_id: int | None, not_on: int | None = None) -> str:
        """Return the address of a single site, not `not_on`, without a license of this product, that takes one."""

        def find(connection: sqlite3.Connection) -> str:
            row = connection.execute(
                "SELECT url FROM sites WHERE partner_id = (SELECT min(partner_id) FROM sites)"
                " AND NOT is_multisite AND may_manage AND connected AND healthy AND blog_id IS NOT ? AND blog_id NOT IN"
                " (SELECT blog_id FROM licenses WHERE product_id = ? AND blog_id IS NOT NULL) ORDER BY blog_id",
                (not_on, product_id),
            ).fetchone()
            return str(row[0])

        return await self.sandbox.read(find)

    def knows_open_invoices(self) -> bool:
        """Return whether the header knows of what it must warn."""
        asking = [worker for worker in self.app.workers if worker.group == "open-invoices"]
        return all(worker.is_finished for worker in asking)

    @property
    def status(self) -> str:
        """What the status line says."""
        return self.app.main.status.shown

    @property
    def footer(self) -> str:
        """What the footer says."""
        return self.lines(self.app.main)[-1].strip()

    def view(self, kind: type[View]) -> View:
        """The section's view of this class, which must be the one that is shown."""
        view = self.app.main.section
        assert isinstance(view, kind), f"{kind.__name__} is not shown but {view}"
        return view

    @staticmethod
    def lines(screen: Screen[object] | Screen[None]) -> list[str]:
        """The text of one screen, line by line."""
        return ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]

    def text(self) -> str:
        """The text of the dialogs and of the main screen below them, and of the status line."""
        shown = [line for screen in self.app.screen_stack[1:] for line in self.lines(screen)]
        return "\n".join([*shown, self.status])

    def said(self, selector: str) -> str:
        """The text of a Static of the dialog that is shown."""
        return str(self.app.screen.query_one(selector, Static).content)

    def asked(self, method: str, fragment: str) -> list[dict[str, Json]]:
        """Return the requests that the sandbox got, of this method and with `fragment` in their path, in order."""
        entries = [entry for entry in self.sandbox.log.entries() if isinstance(entry, dict)]
        return [entry for entry in entries if entry["method"] == method and fragment in str(entry["path"])]


@asynccontextmanager
async def running(
    size: tuple[int, int] = SMALL,
    *,
    licenses: int = 250,
    faults: Sequence[str] = (),
    read_only: bool = False,
    demo_dir: Path | None = None,
    settings: Settings | None = None,
    wait: bool = True,
    keyboard: Keyboard | None = None,
) -> AsyncIterator[Run]:
    """Run the demo on a sandbox at a fixed clock; with `wait`, from when its first rows are there.

    `keyboard` is what tells a person's keys from others; None: every key is a person's.
    """
    sandbox = create_sandbox(
        SandboxOptions(licenses=licenses, now=NOW, faults=tuple(faults), directory=demo_dir)
    )
    if wait:
        await sandbox.ready()  # on a slow machine making many licenses takes longer than PATIENCE
    wanted = AppOptions(demo=True, demo_now=NOW, demo_dir=demo_dir, read_only=read_only)
    settings = settings or Settings()
    account_service = AccountService(wanted, settings, {}, sandbox)
    async with _app(account_service, settings, size, sandbox, keyboard) as run:
        if wait:
            await run.until(
                lambda: "1/" in run.app.main.section.counter() if run.app.main.section else False,
                "first rows",
            )
            await run.until(run.knows_open_invoices, "the open invoices, of which the header warns")
        yield run


@asynccontextmanager
async def on_server(
    env: Mapping[str, str], size: tuple[int, int] = SMALL, *, read_only: bool = False
) -> AsyncIterator[Run]:
    """Run the app as on a real account: `env` says where the API is and with which tokens, and may name folders."""
    with TemporaryDirectory() as folder:
        env = {"JPMANAGE_CONFIG_DIR": f"{folder}/config", "JPMANAGE_STATE_DIR": f"{folder}/state", **env}
        settings = load_settings(env)
        async with _app(
            AccountService(AppOptions(read_only=read_only), settings, env), settings, size, None
        ) as run:
            yield run


@asynccontextmanager
async def signed_in_as(
    size: tuple[int, int] = SMALL,
    *,
    user: str | None = None,
    key: str | None = None,
    profiles: Sequence[Profile] = (),
    licenses: int = 20,
    settings: Settings | None = None,
    keyboard: Keyboard | None = None,
) -> AsyncIterator[Run]:
    """Run the app as on a real account, on a sandbox in this process: `user` and `key` are its tokens, if any.

    `profiles` are stored; the first is the default one.
    """
    settings = settings or Settings()
    sandbox = create_sandbox(SandboxOptions(licenses=licenses, now=NOW))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        env = {"JPMANAGE_CONFIG_DIR": f"{folder}/config", "JPMANAGE_STATE_DIR": f"{folder}/state"}
        for name, token in (("JPMANAGE_USER_TOKEN", user), ("JPMANAGE_TOKEN", key)):
            if token is not None:
                env[name] = token
        for number, profile in enumerate(profiles):
            CredentialStore(Path(env["JPMANAGE_CONFIG_DIR"])).save(profile, make_default=number == 0)
        account_service = AccountService(AppOptions(), settings, env, sandbox)
        make = account_service._runtime._make_client
        transport = SandboxTransport(sandbox)
        patch.setattr(
            account_service._runtime, "_make_client", lambda source, _transport: make(source, transport)
        )
        async with _app(account_service, settings, size, sandbox, keyboard) as run:
            yield run


@asynccontextmanager
async def _app(
    account_service: AccountService,
    settings: Settings,
    size: tuple[int, int],
    sandbox: Sandbox | None,
    keyboard: Keyboard | None = None,
) -> AsyncIterator[Run]:
    app = JpmanageApp(account_service, keys=settings.keys, theme="dark", keyboard=keyboard or AtOnce())
    account_service.on_operation_event, account_service.ask = app.on_operation_event, app.ask_about_earlier
    account_service.on_run_event = app.on_run_event
    async with app.run_test(size=size) as pilot:
        try:
            yield Run(app, pilot, sandbox)
        finally:
            await app.before_end(0)
    assert app.unhandled_errors.errors == [], "work beside the screen broke"
