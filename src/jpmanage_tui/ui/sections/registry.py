"""The sections of the program in the order of the sidebar. A section is listed when it works."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.ui.common.app_commands import ISSUE_TITLE, SECTION_TITLES

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.base import Section


class SectionInfo(NamedTuple):
    """One entry of the sidebar: the vendor's words, and where its widget lives (loaded when first opened)."""

    name: str
    title: str
    view: str

    def load(self) -> type[Section]:
        """Import and return the view's class."""
        module, _, attribute = self.view.partition(":")
        view: type[Section] = getattr(import_module(module), attribute)
        return view


_VIEWS = {
    "licenses": "jpmanage_tui.ui.sections.licenses.section:LicensesSection",
    "billing": "jpmanage_tui.ui.sections.billing.section:BillingSection",
    "payment-methods": "jpmanage_tui.ui.sections.payment_methods.section:PaymentMethodsSection",
    "invoices": "jpmanage_tui.ui.sections.invoices.section:InvoicesSection",
    "prices": "jpmanage_tui.ui.sections.prices.section:PricesSection",
    "company": "jpmanage_tui.ui.sections.company.section:CompanySection",
    "sites": "jpmanage_tui.ui.sections.sites.section:SitesSection",
}
SECTIONS: tuple[SectionInfo, ...] = tuple(
    SectionInfo(name, title, _VIEWS[name]) for name, title in SECTION_TITLES.items()
)
ISSUE = SectionInfo("issue", ISSUE_TITLE, "jpmanage_tui.ui.sections.issue.section:IssueSection")
"""Not in the sidebar: it opens from anywhere, and leaving it goes back to where one was."""


def section_named(name: str) -> SectionInfo:
    """Return the section of this name. Raises KeyError where there is none."""
    return _BY_NAME[name]


_BY_NAME = {section.name: section for section in (*SECTIONS, ISSUE)}
