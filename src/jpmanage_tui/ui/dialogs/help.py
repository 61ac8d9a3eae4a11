"""The help: every command of where the user is, with its key; made from the one list of commands."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.app import ComposeResult

from jpmanage_tui.config.keymap import Keymap, key_label
from jpmanage_tui.ui.common.commands import ActiveCommands
from jpmanage_tui.ui.common.keymap import key_name
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

SUPPORT = "https://jetpack.com/contact-support/"
SUPPORT_WORDS = "Contact support"
KEYS_WIDTH = 14

HelpLine = tuple[str, str, bool]
"""Keys, words, and whether the line is a heading."""


def help_lines(chain: Sequence[ActiveCommands], keymap: Keymap, request_id: str | None) -> list[HelpLine]:
    """Return the lines of the help for the places in `chain`; the support link and last request id come last."""
    lines: list[HelpLine] = []
    for bound in chain:
        if lines:
            lines.append(("", "", False))
        lines.append(("", bound.commands.title, True))
        for command in bound.commands:
            keys = " ".join(key_label(key) for key in keymap.keys_of(command.name, bound.commands.scope))
            lines.append((keys, command.help_line, False))
            reason = bound.reason(command)
            if reason:
                lines.append(("", f"{' ' * KEYS_WIDTH}  not now: {reason}", False))
    lines += [("", "", False), ("", "Still need help?", True), ("", f"{SUPPORT_WORDS}: {SUPPORT}", False)]
    lines.append(("o", "Open the support page, or show its address as a link and a QR code.", False))
    lines.append(("y", "Copy the support page's address.", False))
    lines.append(("", f"Last request id: {request_id or 'none yet'}", False))
    return lines


class HelpList(VirtualList):
    """The lines of the help."""

    DEFAULT_CSS = "HelpList { height: 1fr; max-height: 100%; background: $surface; }"

    def __init__(self, lines: Sequence[HelpLine]) -> None:
        super().__init__(id="help")
        self._whole = list(lines)
        self._help = list(lines)

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self._help)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line for each."""
        return len(self._help)

    def fold(self, width: int) -> None:
        """Fold what is longer than `width` cells, so that nothing is cut off."""
        room = max(20, width - KEYS_WIDTH - 6)
        self._help = []
        for keys, words, heading in self._whole:
            if not keys:
                indent = " " * (len(words) - len(words.lstrip()))
                pieces = wrap(words, max(20, width), subsequent_indent=indent, drop_whitespace=True) or [""]
                self._help += [("", piece, heading) for piece in pieces]
                continue
            first, *rest = wrap(words, room) or [""]
            self._help.append((keys, first, heading))
            self._help += [("", f"{' ' * KEYS_WIDTH}  {piece}", False) for piece in rest]

    def resized(self) -> None:
        """Fold for the new width."""
        self.fold(self.scrollable_content_region.width)
        self.changed()

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return keys and words."""
        keys, words, heading = self._help[line]
        strong = self.get_component_rich_style("list--strong")
        if heading or not keys:
            return [(words, strong if heading else self.rich_style)]
        return [(pad(keys, KEYS_WIDTH), strong), ("  ", self.rich_style), (words, self.rich_style)]


class HelpDialog(Dialog[None]):
    """Shows the help; `o` opens the support page, `y` copies its address; esc, `q` or the key of the help close it."""

    DEFAULT_CSS = """
    HelpDialog > .dialog--box { width: 100; height: 100%; max-height: 100%; }
    """

    first_focus: ClassVar[str | None] = "#help"
    enter_words = ""
    esc_words = "Close"

    def __init__(self, chain: Sequence[ActiveCommands], keymap: Keymap, request_id: str | None) -> None:
        super().__init__("Help")
        self._lines_of_help = help_lines(chain, keymap, request_id)

    def body(self) -> ComposeResult:
        """Compose the list."""
        yield HelpList(self._lines_of_help)

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """What can be done with the support page, and esc."""
        return [("o", SUPPORT_WORDS), ("y", "Copy its address"), ("esc", self.esc_words)]

    async def _copy(self) -> None:
        self.tell(await self.copied(SUPPORT, "The address"))

    def press(self, event: events.Key) -> None:
        """Scroll, open or copy the support page's address, or close."""
        if event.key == "space":
            self.query_one(HelpList).page(1.0)
        elif event.character == "o":
            self.app.call_next(self.app.run_action, "support")
        elif event.character == "y":
            self.run_worker(self._copy(), group="copy", exclusive=True, exit_on_error=False)
        elif key_label(key_name(event)) in (key_for("help"), "q"):
            self.dismiss(None)
        else:
            super().press(event)
            return
        event.stop()
