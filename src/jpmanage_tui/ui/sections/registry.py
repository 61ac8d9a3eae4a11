"""The sections of the program in the order of the sidebar, and the commands of every place. A section is listed when it
works.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.ui.common.app_commands import EVERYWHERE, ISSUE_TITLE, SECTION_TITLES
from jpmanage_tui.ui.common.commands import CommandSet
from jpmanage_tui.ui.common.keymap import Keymap
from jpmanage_tui.ui.widgets.list_commands import MOVING
from jpmanage_tui.ui.widgets.sidebar import SIDEBAR_COMMANDS

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.base import Section


class SectionInfo(NamedTuple):
    """One entry of the sidebar: the vendor's words, and where its class is (imported when it is first opened)."""

    name: str
    title: str
    path: str
    """The module of its class, a colon, and the name of the class."""

    @property
    def module(self) -> str:
        """The module of its class."""
        return self.path.partition(":")[0]

    def load(self) -> type[Section]:
        """Import its class and return it."""
        section: type[Section] = getattr(import_module(self.module), self.path.partition(":")[2])
        return section


_PATHS = {
    "licenses": "jpmanage_tui.ui.sections.licenses.section:LicensesSection",
    "billing": "jpmanage_tui.ui.sections.billing.section:BillingSection",
    "payment-methods": "jpmanage_tui.ui.sections.payment_methods.section:PaymentMethodsSection",
    "invoices": "jpmanage_tui.ui.sections.invoices.section:InvoicesSection",
    "prices": "jpmanage_tui.ui.sections.prices.section:PricesSection",
    "company": "jpmanage_tui.ui.sections.company.section:CompanySection",
    "sites": "jpmanage_tui.ui.sections.sites.section:SitesSection",
}
SECTIONS: tuple[SectionInfo, ...] = tuple(
    SectionInfo(name, title, _PATHS[name]) for name, title in SECTION_TITLES.items()
)
ISSUE = SectionInfo("issue", ISSUE_TITLE, "jpmanage_tui.ui.sections.issue.section:IssueSection")
"""Not in the sidebar: it opens from anywhere, and leaving it goes back to where one was."""
ALL_SECTIONS = {section.name: section for section in (*SECTIONS, ISSUE)}
"""Every section by its name."""


def section_command_sets() -> dict[SectionInfo, CommandSet]:
    """Return the command set of every section; imports every section."""
    return {section: section.load().COMMAND_SET for section in ALL_SECTIONS.values()}


def all_command_sets() -> list[CommandSet]:
    """Return every command set in the order in which help and README print them; imports every section."""
    return [EVERYWHERE, MOVING, SIDEBAR_COMMANDS, *section_command_sets().values()]


def key_scopes() -> list[tuple[CommandSet, ...]]:
    """Return, for every place of the program, the command sets whose keys work there together."""
    return [
        (SIDEBAR_COMMANDS, EVERYWHERE),
        *((commands, MOVING, EVERYWHERE) for commands in section_command_sets().values()),
    ]


def check_keys(changes: Mapping[str, str]) -> None:
    """Raise `KeymapError` where the user's `[keys]` cannot be used."""
    Keymap(changes).check(key_scopes())
