"""The tour: six steps that point at real keys, on two lines of the main screen; the user presses them for real."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual.strip import Strip
from textual.widget import Widget

from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.widgets.line import clip, strip_of

if TYPE_CHECKING:
    from textual.screen import Screen

    from jpmanage_tui.ui.sections.base import Section

OFFER = "New here? {tour} starts a tour of six steps; {help} shows the keys."
"""What is said at the first start of the demo; it goes with the next key."""


class Seen(NamedTuple):
    """What is on the screen: the name of the section, its view, and the dialog above it, if there is one."""

    name: str
    section: Section | None
    dialog: Screen[object] | None


class Step(NamedTuple):
    """One step: its title, what to press (names of commands in braces), and when it is done."""

    title: str
    words: str
    is_done: Callable[[Seen], bool]

    def text(self) -> str:
        """Return what to press, with the keys as the user has them."""
        return self.words.format_map(_Keys())


class _Keys(dict[str, str]):
    """The keys of commands by their names; `_` stands for `-`."""

    def __missing__(self, name: str) -> str:
        return key_for(name.replace("_", "-"))


def _found(seen: Seen) -> bool:
    from jpmanage_tui.ui.sections.list_section import ListSection

    section = seen.section
    searched = seen.name == "licenses" and isinstance(section, ListSection) and bool(section.search_text)
    return searched and isinstance(section, ListSection) and not section.search_bar.typing


def _opened(seen: Seen) -> bool:
    from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
    from jpmanage_tui.ui.sections.licenses.section import LicensesSection

    if not isinstance(seen.section, LicensesSection):
        return False
    # beside details a row shows its menu, and only a bundle opens
    license, dialog = seen.section.current, seen.dialog
    shows_menu = (
        license is not None and isinstance(dialog, ChoiceDialog) and dialog.title_words == license.product
    )
    return bool(seen.section.state.expanded) or shows_menu


def _assigns(seen: Seen) -> bool:
    from jpmanage_tui.ui.dialogs.dialog import Dialog

    dialog, section = seen.dialog, seen.section
    if section is not None and section.session.read_only:
        return seen.name == "licenses"  # nothing is assigned then
    return isinstance(dialog, Dialog) and dialog.title_words.startswith("Assign")


def _helped(seen: Seen) -> bool:
    from jpmanage_tui.ui.dialogs.help import HelpDialog

    return isinstance(seen.dialog, HelpDialog)


STEPS = (
    Step("Find a license", "Press {search}, type part of a site or product, then enter.", _found),
    Step(
        "Open it",
        "Move with {down} and {up}; {toggle} opens the row, or its menu beside the details.",
        _opened,
    ),
    Step(
        "Assign one",
        "{back} clears the search, {next_filter} goes to Unassigned; {assign} asks for the site first.",
        _assigns,
    ),
    Step(
        "See the bill",
        "Press {open_billing}: what this month costs so far.",
        lambda seen: seen.name == "billing",
    ),
    Step(
        "Issue",
        "Press {issue}: pick products, a site, review. Only its last page issues anything.",
        lambda seen: seen.name == "issue",
    ),
    Step("Help", "Press {help}: the keys of wherever you are.", _helped),
)


class TourStrip(Widget):
    """Two lines: which step it is, and what to press. A step that is done out of its turn is done."""

    COMPONENT_CLASSES = {"tour--title", "tour--muted"}
    DEFAULT_CSS = """
    TourStrip {
        height: 2; padding: 0 1; background: $panel; color: $foreground;
        & > .tour--title { text-style: bold; color: $primary; }
        & > .tour--muted { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._done: set[Step] = set()

    @property
    def step(self) -> Step | None:
        """The first step that is not done, None when all are."""
        return next((step for step in STEPS if step not in self._done), None)

    def look(self, seen: Seen) -> bool:
        """Take note of what is on the screen; returns whether every step is done."""
        before = self.step
        self._done.update(step for step in STEPS if step.is_done(seen))
        if self.step is not before:
            self.refresh()
        return self.step is None

    def render_line(self, y: int) -> Strip:
        """Return the painted line (Textual's line API)."""
        width, step = self.content_size.width, self.step
        if step is None:
            return Strip.blank(width, self.rich_style)
        if y:
            return strip_of([(clip(step.text(), width), self.rich_style)], width, self.rich_style)
        title = f"Tour {STEPS.index(step) + 1}/{len(STEPS)}  {step.title}"
        leave = f"{key_for('tour')} leaves the tour"
        gap = width - cell_len(title) - cell_len(leave)
        parts = [(title, self.get_component_rich_style("tour--title"))]
        if gap > 0:
            muted = self.get_component_rich_style("tour--muted")
            parts += [(" " * gap, self.rich_style), (leave, muted)]
        return strip_of(parts, width, self.rich_style)
