"""The sections of the program in the order of the sidebar. A section is listed when it works."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.base import Section


class SectionInfo(NamedTuple):
    """One entry of the sidebar: the vendor's words, and where its widget lives (loaded when first opened)."""

    name: str
    words: str
    view: str

    def load(self) -> type[Section]:
        """Import and return the view's class."""
        module, _, attribute = self.view.partition(":")
        view: type[Section] = getattr(import_module(module), attribute)
        return view


SECTIONS: tuple[SectionInfo, ...] = (
    SectionInfo("licenses", "Licenses", "jpmanage_tui.ui.sections.licenses.section:LicensesSection"),
    SectionInfo("billing", "Billing", "jpmanage_tui.ui.sections.billing.section:BillingSection"),
    SectionInfo(
        "payment-methods",
        "Payment Methods",
        "jpmanage_tui.ui.sections.payment_methods.section:PaymentMethodsSection",
    ),
    SectionInfo("invoices", "Invoices", "jpmanage_tui.ui.sections.invoices.section:InvoicesSection"),
    SectionInfo("prices", "Prices", "jpmanage_tui.ui.sections.prices.section:PricesSection"),
    SectionInfo("company", "Company Details", "jpmanage_tui.ui.sections.company.section:CompanySection"),
    SectionInfo("sites", "Sites", "jpmanage_tui.ui.sections.sites.section:SitesSection"),
)

ISSUE = SectionInfo("issue", "Issue New License", "jpmanage_tui.ui.sections.issue.section:IssueSection")
"""Not in the sidebar: it opens from anywhere, and leaving it goes back to where one was."""
