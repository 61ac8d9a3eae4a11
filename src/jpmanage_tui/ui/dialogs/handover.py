"""Waiting for something that is done in a browser: the address, and looks at growing pauses until it is done."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from jpmanage_tui.account.oauth_login import CallbackResponse, CallbackServer
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.text import format_time
from jpmanage_tui.services.browser import browser_command, is_web_url, open_url
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.browser import BrowserDialog
from jpmanage_tui.ui.widgets.button import PushButton

Found = TypeVar("Found")
PAUSES = (2.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)
"""Seconds before each look; the last goes on. A person needs half a minute at the least in a browser."""


def pause(looks: int) -> float:
    """Return the seconds to wait after so many looks without result."""
    return PAUSES[min(looks, len(PAUSES) - 1)]


@dataclass(frozen=True)
class DemoEntry:
    """What a person would do in the browser, done in the demo: the words of its button, and the doing."""

    words: str
    act: Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class Handover(Generic[Found]):
    """What is handed over: `title`, paragraphs of `text`, the `url`, and `look`, which returns what came of it.

    `look` returns None while nothing came yet and raises ApiError when it could not look; the next one follows
    then as well. `nudge` is set by whoever knows that it is time to look. With `demo` entries no browser opens.
    """

    title: str
    text: Sequence[str]
    url: str
    look: Callable[[], Awaitable[Found | None]]
    doing: str
    demo: Sequence[DemoEntry] = ()
    nudge: asyncio.Event = field(default_factory=asyncio.Event)


class HandoverDialog(BrowserDialog[Found], Generic[Found]):
    """Shows the address unframed, as link and QR code, and returns what was found; None when the user gave up.

    Nothing moves in it: it is repainted when a look came back.
    """

    DEFAULT_CSS = """
    HandoverDialog #left Static { margin: 0 0 1 0; }
    HandoverDialog #handover-buttons { height: auto; margin: 0 0 1 0; }
    """
    first_focus: ClassVar[str | None] = "#look"

    class Looked(DataMessage):
        """A look came back: with what it found (None: nothing yet), or with why it could not look."""

        found: Any
        error: ApiError | None = None

    def __init__(self, handover: Handover[Found]) -> None:
        super().__init__(handover.title, handover.url)
        self.handover = handover
        self.looks = 0
        """How many looks found nothing, since the last time that something happened."""

    def body(self) -> ComposeResult:
        """Compose the address, the text with the buttons, and the code."""
        buttons = Vertical(
            *(
                PushButton(f"demo: {entry.words}", id=f"demo-{number}", changes=True)
                for number, entry in enumerate(self.handover.demo)
            ),
            PushButton("Check now", id="look"),
            PushButton("Copy the address (y)", id="copy"),
            PushButton("Cancel", id="cancel"),
            id="handover-buttons",
        )
        yield from self.browser_body(
            f"{self.title_words}: open this address in a browser",
            (
                *(self.text(paragraph) for paragraph in self.handover.text),
                buttons,
                self.text("Waiting. Checking automatically, at growing pauses.", muted=True, id="said"),
            ),
        )

    def start_focus(self) -> str:
        """The first demo entry where there is one: that is the way on in the demo."""
        return "#demo-0" if self.handover.demo else "#look"

    def on_mount(self) -> None:
        """Begin to look, and open the page where there is a desktop."""
        self.run_worker(self._watch(), group="handover-look", exclusive=True, exit_on_error=False)
        if not self.handover.demo and is_web_url(self.handover.url):
            self.run_worker(self._open(), group="handover-open", exclusive=True, exit_on_error=False)

    # -- looking ---------------------------------------------------------------------------

    async def _watch(self) -> None:
        while True:
            await self._wait(pause(self.looks))
            try:
                found = await self.handover.look()
            except ApiError as error:
                self.looks += 1
                self.post_message(self.Looked(None, error))
            else:
                self.looks += 1
                self.post_message(self.Looked(found))
                if found is not None:
                    return

    async def _wait(self, seconds: float) -> None:
        nudge = self.handover.nudge
        try:
            async with asyncio.timeout(seconds):
                await nudge.wait()
        except TimeoutError:
            return
        nudge.clear()
        self.looks = 0

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        if message.found is not None:
            self.dismiss(message.found)
            return
        now = format_time(datetime.now(UTC))
        if message.error is None:
            self.say(f"Last checked {now}, not confirmed yet. Checking again automatically.")
        else:
            self.say(
                f"{error_text(message.error, self.handover.doing, where=Where.DIALOG)} Checking again automatically."
            )

    def look_now(self) -> None:
        """Look at once, and often again for a while."""
        self.say("Checking…")
        self.handover.nudge.set()

    # -- the page --------------------------------------------------------------------------

    async def _open(self) -> None:
        if await open_url(self.handover.url, os.environ):
            self.post_message(self.Told("The page is open in the browser. The result is noticed here."))

    async def _act(self, entry: DemoEntry) -> None:
        self.post_message(self.Told(f"demo: {await entry.act()}"))
        self.handover.nudge.set()

    def tell(self, sentence: str) -> None:
        """Say it among the rest: the box has no edge."""
        if sentence:
            self.say(sentence)

    @on(PushButton.Pressed)
    def _pressed(self, event: PushButton.Pressed) -> None:
        event.stop()
        name = event.button.id or ""
        if name == "cancel":
            self.dismiss(None)
        elif name == "copy":
            self.copy_address()
        elif name == "look":
            self.look_now()
        else:
            entry = self.handover.demo[int(name.removeprefix("demo-"))]
            self.run_worker(self._act(entry), group="handover-demo", exclusive=True, exit_on_error=False)


def within_reach(env: Mapping[str, str] | None = None) -> bool:
    """Say whether a browser that the user sees runs on this machine: only then a listener here can be reached."""
    return browser_command(os.environ if env is None else env) is not None


class Return(CallbackServer):
    """Listens on a path of its own while it is entered; `came` is set when the browser has come back.

    What the browser says in its address is not read: whoever waits looks for itself (contract: account 2.2).
    """

    def __init__(self) -> None:
        super().__init__(self._back, path=f"/{secrets.token_urlsafe(18)}")
        self.came = asyncio.Event()

    def _back(self, address: str) -> CallbackResponse:
        del address
        self.came.set()
        return CallbackResponse(True, "Done. You can close this page.")
