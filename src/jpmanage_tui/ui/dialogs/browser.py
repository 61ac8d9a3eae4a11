"""The dialogs that send the user to a browser: the address as a link, and as a QR code where it fits.

Some wait for what is done there: they look at growing pauses until it is done.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import quote

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.account.oauth_login import CallbackResponse, CallbackServer
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.text import to_punycode
from jpmanage_tui.config.command_keys import DEFAULT_KEYS
from jpmanage_tui.rules.text import format_time
from jpmanage_tui.services.browser import browsers, has_desktop, is_web_url, open_url
from jpmanage_tui.ui.common.accessibility import draws_blocks, draws_light, is_accessible
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.dialog import Dialog, DialogBox
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.qr_code import Placed, place

Answer = TypeVar("Answer")
Found = TypeVar("Found")
LONGEST_LINK = 2000
"""Characters of an address that is a link (OSC 8); terminals ignore one that is longer (VTE's limit is 2,083)."""
FRAME = 2
"""Rows of the edges above and below; beside an address is none, so that it can be selected in one piece."""
_KEPT = "%/:?#[]@!$&'()*+,;=~"
"""What percents do not stand for in an address: what parts it, and percents."""
PAUSES = (2.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)
"""Seconds before each look; the last goes on. A person needs half a minute at the least in a browser."""


def address_in_ascii(url: str) -> str:
    """Return the same address in ASCII alone: its host in punycode, and the rest in percents.

    >>> address_in_ascii("https://bücher.example/é?a=1")
    'https://xn--bcher-kva.example/%C3%A9?a=1'
    """
    return quote(to_punycode(url), safe=_KEPT)


class AddressBox(VerticalScroll, can_focus=False):
    """Holds the address, and tells when it takes more or fewer lines: the code has to fit below them."""

    class Resized(DataMessage):
        """The box has another size."""

    def on_resize(self) -> None:
        """Tell it."""
        self.post_message(self.Resized())


class BrowserDialog(Dialog[Answer]):
    """Shows an address with nothing beside it, so that it can be selected, and below it the rest beside a QR code.

    It takes the whole screen, between two edges where the code leaves room for them. A subclass composes with
    `browser_body`, and calls `show_address` when it has one.
    An address that is too long for the screen scrolls with the pages keys; `y` copies it. What is to be said of it
    stands in the text `#said`, which the subclass composes.
    """

    DEFAULT_CSS = """
    BrowserDialog > .dialog--box { width: 100%; height: 100%; border: none; padding: 0; }
    BrowserDialog.-framed > .dialog--box { border-top: solid $primary; border-bottom: solid $primary; }
    BrowserDialog #address-box { height: auto; max-height: 34%; margin: 0 0 1 0; scrollbar-size-vertical: 1; }
    BrowserDialog #link { height: auto; width: 100%; }
    BrowserDialog #middle { height: 1fr; layout: vertical; scrollbar-size-vertical: 1; }
    BrowserDialog #left { width: 100%; height: auto; }
    BrowserDialog #qr { width: 100%; height: auto; }
    BrowserDialog.-code #qr { width: auto; }
    BrowserDialog.-code.-colored #qr { color: ansi_bright_white; background: ansi_black; }
    BrowserDialog.-beside #middle { layout: horizontal; }
    BrowserDialog.-beside #left { width: 1fr; margin: 0 2 0 0; }
    BrowserDialog.-tight #address-box { margin: 0; }
    """

    class Told(DataMessage):
        """A sentence about the address, the browser or the clipboard."""

        words: str

    PAGES: ClassVar[Mapping[str, int]] = {
        key: step for name, step in (("page-up", -1), ("page-down", 1)) for key in DEFAULT_KEYS[name]
    }

    def __init__(self, title: str, url: str = "") -> None:
        super().__init__(title)
        self.url = url

    def browser_body(self, sentence: str, parts: Iterable[Widget], waiting: str = "") -> ComposeResult:
        """Compose a sentence, the address (or why it is waited for), and the parts beside the code."""
        yield self.text(sentence, id="sentence")
        with AddressBox(id="address-box"):
            yield Static(self._link() if self.url else waiting, markup=False, id="link")
        with VerticalScroll(id="middle", can_focus=False):
            with Vertical(id="left"):
                yield from parts
            yield Static("", id="qr", markup=False)

    def show_address(self, url: str) -> None:
        """Show an address in the place of the one before, or of what was said while it was waited for."""
        self.url = url
        self.query_one("#link", Static).update(self._link())
        self.call_after_refresh(self.draw_code)  # the box has the same size where the address takes one line

    def _link(self) -> Text:
        links = is_web_url(self.url) and len(self.url) <= LONGEST_LINK
        style = Style(link=self.url, underline=True) if links else Style(underline=True)
        shown = self.url if draws_blocks(self) else address_in_ascii(self.url)
        return Text(shown, style=style, no_wrap=False, overflow="fold")

    def on_mount(self) -> None:
        """Draw the code when the size is known.

        Textual leaves a space at both ends of a title only where the edge has corners; this box has none.
        """
        self.query_one(DialogBox).border_title = Content(f" {self.title_words} ")
        self.call_after_refresh(self.draw_code)

    def on_resize(self, event: events.Resize) -> None:
        """Draw the code for the new size."""
        self.call_after_refresh(self.draw_code)

    @on(AddressBox.Resized)
    def _address_box_resized(self) -> None:
        self.draw_code()

    def draw_code(self) -> None:
        """Draw the code where it fits, else say what room it needs."""
        if not self.url or not self.is_mounted:
            return
        above = sum(self.query_one(part).outer_size.height for part in ("#sentence", "#address-box"))
        placed, framed = self._placed(above)
        classes = {"-code": placed.code, "-beside": placed.beside, "-tight": placed.tight, "-framed": framed}
        classes["-colored"] = (
            draws_light(self) is None
        )  # without colors a background would be shown as reverse
        for name, is_so in classes.items():
            self.set_class(is_so, name)
        self.query_one("#qr", Static).update(placed.text)

    def _placed(self, above: int) -> tuple[Placed, bool]:
        """Return what to show of the code below so many rows, and whether the edges leave room for it."""
        if is_accessible(self):
            return Placed(Text("")), False  # a picture of blocks is nothing to read aloud
        columns, rows = self.size
        below = self.query_one("#left").virtual_size.height
        blocks, light = draws_blocks(self), draws_light(self) is not False
        with_edges, without = (
            place(self.url, (columns, rows - edges), above, below, blocks=blocks, light=light)
            for edges in (FRAME, 0)
        )
        if with_edges.code or not without.code:
            return (with_edges if with_edges.code else without), True
        return without, False

    # -- what is said, and copying -----------------------------------------------------------

    def copy_address(self) -> None:
        """Send the address to the clipboard, and say which way it went."""
        if self.url:
            self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)

    async def _copy(self) -> None:
        self.post_message(self.Told(await self.copied(self.url, "The address")))

    @on(Told)
    def _told(self, message: Told) -> None:
        self.say(message.words)

    def say(self, words: str) -> None:
        """Say something below the rest."""
        said = self.query_one("#said", Static)
        if said.content != words:  # what says the same costs no byte
            said.update(words)

    def press(self, event: events.Key) -> None:
        """Copy the address (`y`); scroll one that is too long, or what stands below it."""
        if event.character == "y" and not isinstance(self.focused, Input):
            event.stop()
            self.copy_address()
        elif event.key in self.PAGES:
            event.stop()
            box = self.query_one("#address-box")
            box = box if box.max_scroll_y else self.query_one("#middle")
            box.scroll_relative(y=self.PAGES[event.key] * max(1, box.size.height - 1), animate=False)
        else:
            super().press(event)


async def open_link(app: App[Any], title: str, url: str) -> None:
    """Open a web page in a browser; where there is none show it as link and QR code, and wait until that is closed."""
    if not is_web_url(url):
        app.notify(f"{title}: the API gave no web address that can be opened.", severity="warning")
    elif await open_url(url, os.environ):
        app.notify(f"{title}: opened {url} in the browser.")
    else:
        await app.push_screen_wait(LinkDialog(title, url))


class LinkDialog(BrowserDialog[None]):
    """Shows a web page where there is no browser; `y` copies its address."""

    first_focus: ClassVar[str | None] = "#done"
    esc_words = "Close"

    def body(self) -> ComposeResult:
        """Compose the link, the buttons and the code."""
        yield from self.browser_body(
            f"{self.title_words}: open this address in a browser",
            (
                self.buttons(Button("Done", id="done"), Button("Copy (y)", id="copy")),
                self.text("", muted=True, id="said"),
            ),
        )

    @on(Button.Pressed, "#done")
    def _done(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#copy")
    def _copy_pressed(self) -> None:
        self.copy_address()

    def press(self, event: events.Key) -> None:
        """`q` closes, too."""
        if event.character == "q":
            event.stop()
            self.dismiss(None)
        else:
            super().press(event)


# -- waiting for what is done in the browser --------------------------------------------------


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
                Button(f"demo: {entry.words}", id=f"demo-{number}", changes=True)
                for number, entry in enumerate(self.handover.demo)
            ),
            Button("Check now", id="look"),
            Button("Copy the address (y)", id="copy"),
            Button("Cancel", id="cancel"),
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

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
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
    """Say whether a browser that the user sees runs on this machine: only then a listener here can be reached.

    The user's `BROWSER` may open the page on another one.
    """
    env = os.environ if env is None else env
    return has_desktop(env) and bool(browsers(env))


class ReturnListener(CallbackServer):
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
