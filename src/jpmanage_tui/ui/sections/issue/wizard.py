"""The four steps of Issue New License as they are shown, and what is read for them."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.app import ComposeResult

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, ProductId
from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.text import counted, format_time, matching
from jpmanage_tui.services.issuing.order import IssuingStatus, Order
from jpmanage_tui.services.issuing.run import IssueRun
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.services.issuing.status import issuing_status
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.text import aged_error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.issue import pages
from jpmanage_tui.ui.sections.issue.data import Part, products_of_site
from jpmanage_tui.ui.sections.issue.page_list import PageList, Row
from jpmanage_tui.ui.sections.issue.products_pane import ProductsPane
from jpmanage_tui.ui.sections.issue.steps import StepLine, WizardStep

ELSEWHERE = {
    WizardStep.PRODUCTS: "This works where products are chosen.",
    WizardStep.SITE: "This works where the site is chosen.",
    WizardStep.REVIEW: "This works on the review.",
    WizardStep.RESULT: "This works on the result.",
}


class IssueWizard(Section):
    """Shows an order on its way from the products to the result. It keeps it while the user looks elsewhere."""

    DEFAULT_CSS = "IssueWizard { layout: vertical; }"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.order = Order()
        self.step = WizardStep.PRODUCTS
        """The step that is shown."""
        self.run: IssueRun | None = None
        self.loader: Loader[Part] = Loader(self, "issue", failed=self._load_failed, again=self._load_catalog)
        self._products_by_site: dict[BlogId, frozenset[ProductId]] = {}
        """What the choice of a site found out of what it has, inside bundles too."""

    def compose(self) -> ComposeResult:
        """Compose the steps, the products, and the page of the later steps."""
        yield StepLine()
        yield ProductsPane(self.order, self.loader)
        yield PageList(id="issue-page")

    def on_mount(self) -> None:
        """Take up what was selected before, and ask for the catalog."""
        self.order.selection = Selection.decode(self.jpmanage.issue_selection)
        self.show()
        self._load_catalog()
        self.check_status()

    @property
    def pane(self) -> ProductsPane:
        """The first step."""
        return self.query_one(ProductsPane)

    @property
    def page(self) -> PageList:
        """The page of the later steps."""
        return self.query_one(PageList)

    def focus_first(self) -> None:
        """The list of the step has the focus; where a card was missing, that is looked at again."""
        self._focus_list()
        status = self.order.status
        if self.step is not WizardStep.RESULT and status is not None and status.needs_card:
            self.check_status()

    def _focus_list(self) -> None:
        (self.pane.products if self.step is WizardStep.PRODUCTS else self.page).focus()

    # -- what is shown ----------------------------------------------------------------------

    def show(self) -> None:
        """Show what is known now."""
        self.query_one(StepLine).show_step(self.step, self.order.quote)
        self.pane.display = self.step is WizardStep.PRODUCTS
        self.page.display = self.step is not WizardStep.PRODUCTS
        if self.step is WizardStep.PRODUCTS:
            self.pane.show()
        else:
            self.page.show_rows(self._rows())
        self._status_changed()

    def _rows(self) -> list[Row]:
        order = self.order
        if self.step is WizardStep.RESULT and self.run is not None:
            return pages.result_rows(self.run)
        if self.step is WizardStep.SITE:
            return pages.site_rows(order.chosen, order.planned_licenses)
        return pages.review_rows(order.quote, order.chosen, order.planned_licenses, order.status)

    def go(self, step: WizardStep) -> None:
        """Show a step, from its first line."""
        self.step = step
        self.page.cursor = 0
        self.show()
        self._focus_list()

    def elsewhere_reason(self, step: WizardStep) -> str | None:
        """Return where a command of this step works, None where the step is shown."""
        return None if self.step is step else ELSEWHERE[step]

    @on(ProductsPane.Changed)
    def _status_changed(self) -> None:
        self.post_message(self.StatusChanged())

    def select(self, selection: Selection) -> None:
        """Take over another selection; the app keeps it too, so that a new session finds it."""
        self.order.selection = selection
        self.jpmanage.issue_selection = selection.encode()
        self.show()

    # -- reading ----------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again for the catalog, and for what the review needs to know."""
        self.loader.reset_retries()
        self._load_catalog()
        if self.step is WizardStep.REVIEW:
            self.check_status()
        if self.order.chosen is not None and self.step is not WizardStep.RESULT:
            self.load_site_products(self.order.chosen.site)

    def _load_catalog(self) -> None:
        self.loader.load(Part.CATALOG, self.session.client.products.partner_families, self._catalog_loaded)

    def _catalog_loaded(self, families: ReadRows[ProductFamily]) -> None:
        self.clear_load_error()
        self.order.set_catalog(families)
        self.show()

    def _load_failed(self, part: Part, error: ApiError) -> None:
        """Tell that the catalog could not be read; the errors of the other parts are in their answers."""
        self.report_load_error(aged_error_text(error, part.value, self.loader.answered.get(part)))
        self.show()

    def check_status(self) -> None:
        """Ask whether issuing is open."""
        if self.session.read_only:
            self.order.status = IssuingStatus(read_only=True)
        else:
            self.order.status = None
            read = partial(issuing_status, self.session.client, self.session.has_user)
            self.loader.load(Part.STATUS, read, self.set_status)
        self.show()

    def set_status(self, status: IssuingStatus) -> None:
        """Take over whether issuing is open."""
        self.order.set_status(status)
        self.show()

    def load_site_products(self, site: Site) -> None:
        """Ask which products the chosen site has."""

        def loaded(answer: tuple[frozenset[ProductId], ApiError | None]) -> None:
            self.order.set_site_products(site.blog_id, *answer)
            self.show()

        self.loader.load(Part.SITE, partial(self.products_of, site), loaded)

    async def products_of(self, site: Site) -> tuple[frozenset[ProductId], ApiError | None]:
        """Return the products that a site has, and why that may not be all."""
        known = self._products_by_site.get(site.blog_id, frozenset())
        return await products_of_site(self.session.client, site, known)

    # -- status -----------------------------------------------------------------------------

    def summary(self) -> str:
        """Return what is shown, and how old it is where it could not be refreshed."""
        as_of = self.loader.answered.get(Part.CATALOG)
        if self.step is not WizardStep.PRODUCTS or as_of is None:
            return ""
        count, searched = self.pane.products.count_words, self.pane.text
        words = counted(count, "product")
        if searched:
            words = f"{matching(count, 'product', searched)}, plans by what they contain too"
        if Part.CATALOG in self.loader.errors:
            words += f" — as of {format_time(as_of)}, could not be refreshed"
        return words

    def progress(self) -> str | None:
        """Return what is being waited for."""
        waiting = not self.order.has_catalog and Part.CATALOG not in self.loader.errors
        return f"{Part.CATALOG.value}…" if waiting else None

    def counter(self) -> str:
        """Return where the cursor is."""
        if not self.is_mounted or self.step is not WizardStep.PRODUCTS:
            return ""
        products = self.pane.products
        return f"{products.position}/{products.count_words}" if products.position else ""
