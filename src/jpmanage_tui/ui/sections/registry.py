"""The sections of the program in the order of the sidebar. A section is listed when it works."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.base import SectionView


class Section(NamedTuple):
    """One entry of the sidebar: its key, the vendor's words, and where its view lives (loaded when first opened)."""

    name: str
    key: str
    words: str
    view: str

    def load(self) -> type[SectionView]:
        """Import and return the view's class."""
        module, _, attribute = self.view.partition(":")
        view: type[SectionView] = getattr(import_module(module), attribute)
        return view


SECTIONS: tuple[Section, ...] = (
    Section("licenses", "1", "Licenses", "jpmanage_tui.ui.sections.licenses.section:LicensesView"),
    Section("billing", "2", "Billing", "jpmanage_tui.ui.sections.billing.section:BillingView"),
    Section(
        "payment-methods",
        "3",
        "Payment Methods",
        "jpmanage_tui.ui.sections.payment_methods.section:PaymentMethodsView",
    ),
    Section("invoices", "4", "Invoices", "jpmanage_tui.ui.sections.invoices.section:InvoicesView"),
    Section("prices", "5", "Prices", "jpmanage_tui.ui.sections.prices.section:PricesView"),
    Section("company", "6", "Company Details", "jpmanage_tui.ui.sections.company.section:CompanyView"),
    Section("sites", "S", "Sites", "jpmanage_tui.ui.sections.sites.section:SitesView"),
)

ISSUE = Section("issue", "i", "Issue New License", "jpmanage_tui.ui.sections.issue.section:IssueView")
"""Not in the sidebar: it opens from anywhere, and leaving it goes back to where one was."""
