"""From step to step: what enter and esc do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.api.models.site import Site
from jpmanage_tui.services.issuing.order import Chosen
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.issue.header import Stage
from jpmanage_tui.ui.sections.issue.page_rows import Where

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.issue.section import IssueSection


PAYMENT_METHODS = "payment-methods"


class Steps:
    """Where one is, and the ways from there."""

    def __init__(self, view: IssueSection) -> None:
        self._view = view
        self.stage = Stage.PRODUCTS

    def go(self, stage: Stage) -> None:
        """Show a step."""
        self.stage = stage
        self._view.show_step()

    # -- on ------------------------------------------------------------------------------

    def no_next(self) -> str | None:
        """Return why enter cannot go on, None when it can."""
        view = self._view
        if self.stage is Stage.PRODUCTS:
            some = view.order.selection or view.pane.products.current is not None
            return None if some else "Choose a product first."
        if self.stage is Stage.RESULT:
            return f"This is the last step; esc leaves, {key_for('issue-again')} begins anew."
        if self.stage is Stage.REVIEW:
            return None if self.leads_to_card else view.order.not_issuable()
        return None

    @property
    def leads_to_card(self) -> bool:
        """Whether enter on the review leads to the payment methods, since without a valid one nothing is issued."""
        gate = self._view.order.gate
        return self.stage is Stage.REVIEW and gate is not None and gate.needs_card

    def next_words(self) -> str:
        """Return what enter does here, in a word or two."""
        order = self._view.order
        if self.stage is Stage.PRODUCTS:
            singles = order.selection.has_singles or (not order.selection and self._view.pane.in_size == 1)
            return "Site" if singles else "Review"
        if self.stage is Stage.REVIEW:
            return "Payment Methods" if self.leads_to_card else "Issue"
        return "Review" if self.stage is Stage.SITE else "Next"

    def go_on(self) -> None:
        """Take the next step. With nothing selected the product under the cursor is taken."""
        view = self._view
        if self.leads_to_card:
            view.jpmanage.main.open_section(PAYMENT_METHODS)
        elif self.stage is Stage.REVIEW:
            view.flows.start(view.flows.issue())
        elif self.stage is Stage.SITE:
            self._choose_where()
        else:
            if not view.order.selection:
                view.select(view.order.selection.toggled(view.pane.pick))
            if view.order.selection.has_singles:
                self.go(Stage.SITE)
            else:
                self._to_review(None)

    def _choose_where(self) -> None:
        where, chosen = self._view.page.target, self._view.order.chosen
        if where is Where.LATER:
            self._to_review(None)
        elif where is Where.SITE and chosen is not None:
            self._to_review(chosen)
        else:
            self._view.flows.start(self._view.flows.pick_site())

    def take_site(self, site: Site) -> None:
        """Take over the chosen site and go to the review."""
        self._to_review(Chosen(site))
        self._view.reader.want_owned(site)

    def _to_review(self, chosen: Chosen | None) -> None:
        self._view.order.chosen = chosen
        self.go(Stage.REVIEW)
        self._view.check_gate()

    # -- back ----------------------------------------------------------------------------

    def back(self) -> None:
        """Leave the field, clear the search, go one step back; from the first and the last step leave the view."""
        view = self._view
        if self.stage is Stage.REVIEW and view.order.selection.has_singles:
            self.go(Stage.SITE)
        elif self.stage in (Stage.REVIEW, Stage.SITE):
            self.go(Stage.PRODUCTS)
        elif self.stage is Stage.RESULT or not view.pane.step_back():
            view.jpmanage.main.leave_issue()
