"""Issue New License: what its commands do from the products to the review; the result is in `result`."""

from __future__ import annotations

from textual import on

from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.issuing.order import ChosenSite
from jpmanage_tui.services.issuing.planned_license import hides_multisites, site_candidates
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.services.site_check import SiteCheck
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import keyless_error_text
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.sections.base import UNDO, LeaveSection, OpenSection
from jpmanage_tui.ui.sections.issue import text
from jpmanage_tui.ui.sections.issue.pages import SiteChoice
from jpmanage_tui.ui.sections.issue.quantity_dialog import QuantityDialog
from jpmanage_tui.ui.sections.issue.result import RUNNING, IssueResult
from jpmanage_tui.ui.sections.issue.steps import StepLine, WizardStep
from jpmanage_tui.ui.sections.issue.wizard import ELSEWHERE

ISSUE: CommandSet = CommandSet(
    "Issue New License",
    (
        Command(
            "issue-next",
            "Next",
            "Go on: to the site, to the review, to issuing. With nothing selected it takes the product at the cursor.",
        ),
        Command(
            "issue-choose",
            "Choose",
            "Select the product in this size, or take it out.",
        ),
        Command("issue-more", "More", "One more of it."),
        Command("issue-fewer", "Fewer", "One less of it."),
        Command(
            "issue-quantity",
            "How many",
            "Type how many of it.",
        ),
        Command(
            "issue-search",
            "Search",
            "Search products as you type; it also finds the plans that contain one.",
        ),
        Command(
            "issue-size-before",
            "Size before",
            "The size before.",
            action="step_size(-1)",
            footer=False,
        ),
        Command(
            "issue-next-size",
            "Bundle sizes",
            "The next size: single licenses, then the bundles.",
            action="step_size(1)",
        ),
        Command(
            "issue-clear",
            "Clear selection",
            "Take everything out of the selection.",
            footer=False,
        ),
        Command(
            "issue-site",
            "Choose site",
            "Choose the site to which the licenses are assigned once they are issued; on the result, assign them.",
        ),
        Command(
            "issue-stop",
            "Stop",
            "Begin no further license; what is on its way finishes.",
        ),
        Command(
            "issue-retry",
            "Retry what failed",
            "Send again what failed or was not begun; never what is unknown.",
            changes=True,
        ),
        Command(
            "issue-look",
            "Look up",
            "Look up again what became of a license whose outcome is unknown.",
        ),
        Command(
            "issue-copy",
            "Copy code",
            "Send the license code to the terminal's clipboard.",
        ),
        Command(
            "issue-copy-all",
            "Copy all codes",
            "Send all new license codes to the terminal's clipboard, a line each.",
        ),
        Command(
            "issue-download",
            "Download",
            "Get the download of a WooCommerce extension.",
        ),
        UNDO,
        Command(
            "issue-again",
            "Issue more",
            "Begin a new selection.",
        ),
    ),
)
"""Every command of this screen, in the footer's order."""


class IssueSection(IssueResult):
    """Pick products, choose a site or not, review, issue."""

    COMMAND_SET = ISSUE

    # -- from step to step ------------------------------------------------------------------

    @property
    def leads_to_card(self) -> bool:
        """Whether enter on the review leads to the payment methods, since without a valid one nothing is issued."""
        status = self.order.status
        return self.step is WizardStep.REVIEW and status is not None and status.needs_card

    @property
    def _asks_for_site(self) -> bool:
        """Whether enter on the page about the site asks for one, and does not go on with what is chosen."""
        where = self.page.target
        return not (where is SiteChoice.LATER or (where is SiteChoice.SITE and self.order.chosen is not None))

    def action_issue_next(self) -> None:
        """Take the next step. With nothing selected the product under the cursor is taken."""
        if self.leads_to_card:
            self.post_message(OpenSection("payment-methods"))
        elif self.step is WizardStep.REVIEW:
            self.start_action(self._issue())
        elif self.step is WizardStep.SITE:
            if self._asks_for_site:
                self.start_action(self._pick_site())
            else:
                self._review(None if self.page.target is SiteChoice.LATER else self.order.chosen)
        else:
            if not self.order.selection:
                self.select(self.order.selection.toggled(self.pane.pick))
            if self.order.selection.has_singles:
                self.go(WizardStep.SITE)
            else:
                self._review(None)

    def issue_next_disabled_reason(self) -> str | None:
        """Return why enter cannot go on, None when it can."""
        if self.step is WizardStep.PRODUCTS:
            some = self.order.selection or self.pane.products.current is not None
            return None if some else "Choose a product first."
        if self.step is WizardStep.RESULT:
            return f"This is the last step; esc leaves, {key_for('issue-again')} begins anew."
        if self.step is WizardStep.REVIEW:
            return None if self.leads_to_card else text.blocker_text(self.order)
        return None

    def issue_next_label(self) -> str:
        """Return what enter does here, in a word or two."""
        if self.step is WizardStep.PRODUCTS:
            selection = self.order.selection
            singles = selection.has_singles or (not selection and self.pane.in_size == 1)
            return "Site" if singles else "Review"
        if self.step is WizardStep.REVIEW:
            return "Payment Methods" if self.leads_to_card else "Issue"
        if self.step is WizardStep.SITE:
            return "Choose" if self._asks_for_site else "Review"
        return "Next"

    def _review(self, chosen: ChosenSite | None) -> None:
        self.order.chosen = chosen
        self.go(WizardStep.REVIEW)
        self.check_status()

    @on(StepLine.StepChosen)
    def _step_clicked(self, event: StepLine.StepChosen) -> None:
        """Go back to a step, as esc does; forward only enter leads, which says what is missing."""
        steps = tuple(WizardStep)
        skipped = event.step is WizardStep.SITE and not self.order.selection.has_singles
        if (
            self.step is not WizardStep.RESULT
            and not skipped
            and steps.index(event.step) < steps.index(self.step)
        ):
            self.go(event.step)

    def step_back(self) -> bool:
        """Leave the field, clear the search, go one step back; from the first and the last step leave the view."""
        if self.step is WizardStep.REVIEW and self.order.selection.has_singles:
            self.go(WizardStep.SITE)
        elif self.step in (WizardStep.REVIEW, WizardStep.SITE):
            self.go(WizardStep.PRODUCTS)
        elif self.step is WizardStep.RESULT or not self.pane.step_back():
            self.post_message(LeaveSection())
        self.post_message(self.StatusChanged())
        return True

    # -- products ---------------------------------------------------------------------------

    def action_issue_choose(self) -> None:
        """Select the product under the cursor, or take it out, and go one down."""
        self.select(self.order.selection.toggled(self.pane.pick))
        self.pane.products.move(1)

    def issue_choose_disabled_reason(self) -> str | None:
        """Return that there is no product to work on."""
        some = self.pane.products.current is not None
        return self.elsewhere_reason(WizardStep.PRODUCTS) or (
            None if some else "No product is under the cursor."
        )

    def _add(self, count: int) -> None:
        selection, pick = self.order.selection, self.pane.pick
        self.select(selection.with_count(pick, selection.count(pick) + count))

    def action_issue_more(self) -> None:
        """Select one more of the product under the cursor."""
        self._add(1)

    def issue_more_disabled_reason(self) -> str | None:
        """Return that there is no product to work on."""
        return self.issue_choose_disabled_reason()

    def action_issue_fewer(self) -> None:
        """Select one fewer of the product under the cursor."""
        self._add(-1)

    def issue_fewer_disabled_reason(self) -> str | None:
        """Return that there is none to take out."""
        reason = self.issue_choose_disabled_reason()
        if reason is None and not self.order.selection.count(self.pane.pick):
            return "None of this product is selected."
        return reason

    def action_issue_quantity(self) -> None:
        """Ask how many of the product under the cursor."""
        self.start_action(self._ask_quantity())

    def issue_quantity_disabled_reason(self) -> str | None:
        """Return that there is no product to work on."""
        return self.issue_choose_disabled_reason()

    async def _ask_quantity(self) -> None:
        """Ask how many of the product under the cursor."""
        row, pick = self.pane.products.current, self.pane.pick
        if row is None:
            return
        name = row.product.name if pick.size == 1 else f"bundles of {pick.size} {row.product.name}"
        count = await self.app.push_screen_wait(QuantityDialog(name, self.order.selection.count(pick)))
        if count is not None:
            self.select(self.order.selection.with_count(pick, count))

    def action_issue_search(self) -> None:
        """Show the search field."""
        self.pane.open_search()

    def issue_search_disabled_reason(self) -> str | None:
        """Return that products are chosen on another step."""
        return self.elsewhere_reason(WizardStep.PRODUCTS)

    def action_step_size(self, step: int) -> None:
        """Show the next size (1) or the one before (-1)."""
        self.pane.step_size(step)

    def step_size_disabled_reason(self, _step: int) -> str | None:
        """Return that products are chosen on another step."""
        return self.elsewhere_reason(WizardStep.PRODUCTS)

    def action_issue_clear(self) -> None:
        """Take everything out of the selection, after asking."""
        self.start_action(self._clear())

    def issue_clear_disabled_reason(self) -> str | None:
        """Return that there is nothing to take out."""
        return self.elsewhere_reason(WizardStep.PRODUCTS) or (
            None if self.order.selection else "Nothing is selected."
        )

    async def _clear(self) -> None:
        """Take everything out of the selection, after asking."""
        words = f"{pluralize(self.order.selection.licenses, 'license')} selected."
        question = Confirmation("Clear the selection?", [words], "Clear the selection", changes=False)
        if await self.app.push_screen_wait(ConfirmDialog(question)) is not None:
            self.select(Selection())

    # -- site -------------------------------------------------------------------------------

    def action_issue_site(self) -> None:
        """Choose the site; on the result, assign what was issued."""
        self.start_action(self._assign_issued() if self.step is WizardStep.RESULT else self._pick_site())

    def issue_site_disabled_reason(self) -> str | None:
        """Return why no site can be chosen now."""
        if self.step is WizardStep.RESULT and self.run is not None:
            if self.run.running:
                return RUNNING
            return None if self.run.assignable else "No single license that was issued here is unassigned."
        if self.step not in (WizardStep.SITE, WizardStep.REVIEW):
            return ELSEWHERE[WizardStep.SITE]
        singles = self.order.selection.has_singles
        return None if singles else "The licenses of a bundle are assigned one by one, from the list."

    def issue_site_label(self) -> str:
        """Return what is done with the site."""
        return "Assign License" if self.step is WizardStep.RESULT else "Choose site"

    async def _pick_site(self) -> None:
        """Choose the site for the licenses, and go on to the review."""
        lines = self.order.quote.lines
        check = SiteCheck(self.session.client, site_candidates(lines), keyless_error_text)
        picker = SitePicker(
            self.session.client,
            "Assign the new licenses to which site?",
            not_multisite=hides_multisites(lines),
            check=check,
        )
        site = await self.app.push_screen_wait(picker)
        if site is not None:
            self._products_by_site[site.blog_id] = check.products_on(site)
            self._review(ChosenSite(site))
            self.load_site_products(site)

    # -- issuing ----------------------------------------------------------------------------

    async def _issue(self) -> None:
        """Ask once more, naming count and cost, and issue what was asked about."""
        reviewed = self.order.reviewed()
        if await self.app.push_screen_wait(ConfirmDialog(text.issue_question(reviewed))) is not None:
            self.begin_run(reviewed)
