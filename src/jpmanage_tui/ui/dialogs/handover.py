"""Waiting for something that is done in a browser: the address, and looks at growing pauses until it is done."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.text import format_time
from jpmanage_tui.services.browser import is_web_url, open_url
from jpmanage_tui.ui.common.messages import Note
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.browser import BrowserDialog
from jpmanage_tui.ui.dialogs.handover_pauses import pause
from jpmanage_tui.ui.widgets.button import PushButton

Found = TypeVar("Found")


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

    class Looked(Note):
        """A look came back: with what it found (None: nothing yet), or with why it could not look."""

        found: Any
        error: ApiError | None = None

    class Told(Note):
        """A sentence about the address or the browser."""

        words: str

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
            self._say(f"Last checked {now}, not confirmed yet. Checking again automatically.")
        else:
            self._say(
                f"{error_text(message.error, self.handover.doing, where=Where.DIALOG)} Checking again automatically."
            )

    def look_now(self) -> None:
        """Look at once, and often again for a while."""
        self._say("Checking…")
        self.handover.nudge.set()

    # -- the page --------------------------------------------------------------------------

    async def _open(self) -> None:
        if await open_url(self.handover.url, os.environ):
            self.post_message(self.Told("The page is open in the browser. The result is noticed here."))

    async def _act(self, entry: DemoEntry) -> None:
        self.post_message(self.Told(f"demo: {await entry.act()}"))
        self.handover.nudge.set()

    @on(Told)
    def _told(self, message: Told) -> None:
        self._say(message.words)

    def tell(self, sentence: str) -> None:
        """Say it among the rest: the box has no edge."""
        if sentence:
            self._say(sentence)

    def _say(self, words: str) -> None:
        said = self.query_one("#said", Static)
        if said.content != words:  # what says the same costs no byte
            said.update(words)

    async def _copy(self) -> None:
        self.post_message(self.Told(await self.copied(self.handover.url, "The address")))

    @on(PushButton.Pressed)
    def _pressed(self, event: PushButton.Pressed) -> None:
        event.stop()
        name = event.button.id or ""
        if name == "cancel":
            self.dismiss(None)
        elif name == "copy":
            self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)
        elif name == "look":
            self.look_now()
        else:
            entry = self.handover.demo[int(name.removeprefix("demo-"))]
            self.run_worker(self._act(entry), group="handover-demo", exclusive=True, exit_on_error=False)

    def press(self, event: events.Key) -> None:
        """`y` copies the address."""
        if event.character == "y":
            event.stop()
            self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)
        else:
            super().press(event)
