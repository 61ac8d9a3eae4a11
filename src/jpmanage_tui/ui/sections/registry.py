"""The sections of the program in the order of the sidebar, and the commands of every place. A section is listed when it
works.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.ui.common.app_commands import EVERYWHERE, ISSUE_TITLE, SECTION_TITLES, SITE_LIST_TITLE
from jpmanage_tui.ui.common.commands import CommandSet
from jpmanage_tui.ui.widgets.list_commands import MOVING
from jpmanage_tui.ui.widgets.sidebar import SIDEBAR_COMMANDS

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.base import Section


class SectionInfo(NamedTuple):
    """One entry of the sidebar: its name and the vendor's words.

    Its class is found by its name, and imported when it is first opened: `payment-methods` is `PaymentMethodsSection` in
    `payment_methods/section.py`.
    """

    name: str
    title: str

    @property
    def module(self) -> str:
        """The module of its class."""
        return f"jpmanage_tui.ui.sections.{self.name.replace('-', '_')}.section"

    def load(self) -> type[Section]:
        """Import its class and return it."""
        class_name = f"{self.name.title().replace('-', '')}Section"
        section: type[Section] = getattr(import_module(self.module), class_name)
        return section


SECTIONS: tuple[SectionInfo, ...] = tuple(SectionInfo(name, title) for name, title in SECTION_TITLES.items())
"""The sections of the sidebar, in its order."""
ISSUE = SectionInfo("issue", ISSUE_TITLE)
SITE_LIST = SectionInfo("site-list", SITE_LIST_TITLE)
WIZARDS: tuple[SectionInfo, ...] = (ISSUE, SITE_LIST)
"""Not in the sidebar: they open from anywhere, and leaving one goes back to where one was."""
ALL_SECTIONS = {section.name: section for section in (*SECTIONS, *WIZARDS)}
"""Every section by its name."""


def section_command_sets() -> dict[SectionInfo, CommandSet]:
    """Return the command set of every section; imports every section."""
    return {section: section.load().COMMAND_SET for section in ALL_SECTIONS.values()}


def all_command_sets() -> list[CommandSet]:
    """Return every command set in the order in which help and README print them; imports every section."""
    return [EVERYWHERE, MOVING, SIDEBAR_COMMANDS, *section_command_sets().values()]
