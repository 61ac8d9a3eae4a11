"""The four steps of a list of sites as they are shown, and what is read for them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from enum import Enum
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from jpmanage_tui.account.session import Session
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_list import SiteLine
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import format_time, pluralize
from jpmanage_tui.services.account_data import AccountData, read_account
from jpmanage_tui.services.all_licenses import LicenseSource
from jpmanage_tui.services.bulk_plans import BulkPlan
from jpmanage_tui.services.issuing.order import IssuingStatus
from jpmanage_tui.services.issuing.status import issuing_status
from jpmanage_tui.services.site_lists import SiteList
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.issue.page_list import PageList, Row
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.site_list import pages
from jpmanage_tui.ui.sections.site_list.draft import Draft, LineGroup
from jpmanage_tui.ui.sections.site_list.intake import IntakePane
from jpmanage_tui.ui.sections.site_list.matching import MatchPane
from jpmanage_tui.ui.sections.site_list.steps import ListStep, StepLine

if TYPE_CHECKING:
    from jpmanage_tui.operations.runner import RunEvent

READ_ANEW_TO = 2_000
"""Up to so many licenses are read anew for a list: of more those that Licenses has read are taken."""
KEEP = 300.0
"""Seconds for which the account that was read is taken as it is."""


class Part(Enum):
    """What the section reads, in words that say what failed."""

    ACCOUNT = "Reading sites, products and licenses"
    STATUS = "Checking the payment method"


class SiteListWizard(Section):
    """Shows a list on its way from its lines to the review. It keeps it while the user looks elsewhere."""

    DEFAULT_CSS = "SiteListWizard { layout: vertical; }"

    class ReadingProgressed(DataMessage):
        """How far the reading is, in a few words."""

        words: str

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.step = ListStep.LIST
        """The step that is shown."""
        self.draft = Draft()
        self.status: IssuingStatus | None = None
        """Whether issuing is open, None while it is not known."""
        self.plan: BulkPlan | None = None
        """What would be done, as it is shown; None where something lacks."""
        self.account: AccountData | None = None
        self.card_was_missing = False
        """Whether a card was missing at first: the server may not know the new one everywhere yet."""
        self.loader: Loader[Part] = Loader(self, "site-list", failed=self._load_failed)
        self.meant: Site | None = None
        """The site that the only line means, where it was chosen before: then the list is ready when it is matched."""
        self._account_read_at = -KEEP
        self._lines: tuple[SiteLine, ...] = ()
        """The lines that were matched last, or are being matched."""
        self._reading = ""
        self._licenses_as_of: datetime | None = None
        """When the licenses were read, where that was before (UTC)."""

    def compose(self) -> ComposeResult:
        """Compose the steps, the lines as given, the lines as matched, and the page of the later steps."""
        yield StepLine()
        yield IntakePane(self.jpmanage.site_list_lines)
        yield MatchPane()
        yield PageList(id="site-list-page")

    def on_mount(self) -> None:
        """Show the first step."""
        self.show()

    @property
    def intake(self) -> IntakePane:
        """The first step."""
        return self.query_one(IntakePane)

    @property
    def matches(self) -> MatchPane:
        """The second step."""
        return self.query_one(MatchPane)

    @property
    def page(self) -> PageList:
        """The page of the later steps."""
        return self.query_one(PageList)

    def focus_first(self) -> None:
        """The list of the step has the focus; on the first step the field, while there is no line."""
        if self.step is ListStep.LIST:
            (self.intake.list if self.intake.lines else self.intake.field).focus()
        else:
            (self.matches.list if self.step is ListStep.MATCH else self.page).focus()
        if self.step is ListStep.REVIEW and self.status is not None and self.status.needs_card:
            self.check_status()

    # -- what is shown -----------------------------------------------------------------------

    def show(self) -> None:
        """Show what is known now."""
        self.query_one(StepLine).show_step(self.step, self._about())
        self.intake.display = self.step is ListStep.LIST
        self.matches.display = self.step is ListStep.MATCH
        self.page.display = self.step in (ListStep.DO, ListStep.REVIEW)
        site_list = self.draft.site_list
        if self.step is ListStep.MATCH and site_list is not None:
            self.matches.show_lines(site_list.lines, awaits_products=self.draft.awaits_products)
        elif self.page.display:
            self.page.show_rows(self._rows())
        self.post_message(self.StatusChanged())

    def _about(self) -> str:
        if self.step is ListStep.LIST:
            return pluralize(self.intake.count, "line")
        counts = self.draft.counts
        problems = f", {pluralize(counts[LineGroup.PROBLEM], 'problem')}" if counts[LineGroup.PROBLEM] else ""
        return f"{counts[LineGroup.READY]:,} ready{problems}" if self.draft.site_list is not None else ""

    def _rows(self) -> list[Row]:
        if self.step is ListStep.DO:
            return pages.task_rows(self.draft, self.plan)
        return pages.review_rows(self.plan, self.status) if self.plan is not None else []

    def go(self, step: ListStep) -> None:
        """Show a step, a page from its first line."""
        self.step = step
        if step is ListStep.REVIEW:
            self.page.cursor = 0
        self.show()
        if step is ListStep.DO:
            self.page.point_at(pages.first_setting(self.draft))
        self.focus_first()

    def redraft(self) -> None:
        """Apply what was set, and show what it comes to."""
        self.draft.update()
        self.replan()
        self.show()

    def replan(self) -> None:
        """Take what would be done now for the plan."""
        self.plan = None if self.draft.lacks else self.draft.make_plan()

    @on(IntakePane.Changed)
    @on(MatchPane.Changed)
    def _pane_changed(self) -> None:
        if self.step is ListStep.LIST:
            self.query_one(StepLine).show_step(self.step, self._about())
        self.post_message(self.StatusChanged())

    # -- reading -----------------------------------------------------------------------------

    def match(self, lines: tuple[SiteLine, ...]) -> None:
        """Show the second step for these lines; reads the account where that was not read a moment ago."""
        self._lines, self.draft.site_list = lines, None
        self.matches.show_waiting()
        account = self.account if self._is_fresh else None
        self._match_with(account, self._licenses_read_before() if account is None else None)
        self.go(ListStep.MATCH)

    def _licenses_read_before(self) -> LicenseSource | None:
        """Return the active licenses where Licenses has read all of them, and to read them anew would take long."""
        self._licenses_as_of = None
        for licenses in self.screen.query(LicensesSection):
            index = licenses.search_index
            if index.count > READ_ANEW_TO and (found := index.active_licenses()) is not None:
                self._licenses_as_of = index.as_of
                return found
        return None

    def _match_with(self, account: AccountData | None, licenses: LicenseSource | None = None) -> None:
        """Match the lines with an account, None for one that is to be read first: all of it but the `licenses` given."""
        self._reading = f"{Part.ACCOUNT.value}…"
        self.loader.load(Part.ACCOUNT, partial(self._match, self._lines, account, licenses), self._matched)

    async def _match(
        self, lines: tuple[SiteLine, ...], known: AccountData | None, licenses: LicenseSource | None
    ) -> tuple[AccountData, SiteList]:
        def report(words: str) -> None:
            self.post_message(self.ReadingProgressed(words))

        account = known
        if account is None:
            account = await read_account(self.session.client, report, licenses)
        return account, await asyncio.to_thread(self.draft.match, lines, account)

    def _matched(self, answer: tuple[AccountData, SiteList]) -> None:
        account, self.draft.site_list = answer
        if account is not self.account:
            self.account, self._account_read_at = account, monotonic()
        self.clear_load_error()
        site, self.meant = self.meant, None
        if site is not None and [line.site for line in self._lines] != [site_name(site.address)]:
            site = None  # other lines are matched by now
        if site is not None:
            number = self.draft.site_list.lines[0].number
            self.draft.edit(number, lambda found: found.with_site(number, site))
        self.replan()
        if account.incomplete:
            self.notify_if_shown(account.incomplete, severity="warning")
        if site is not None and self.shown:
            self.go(ListStep.DO)
        else:
            self.show()

    @on(ReadingProgressed)
    def _show_progress(self, message: ReadingProgressed) -> None:
        self._reading = f"{message.words}…"
        self.post_message(self.StatusChanged())

    @property
    def reading(self) -> bool:
        """Whether the lines are being matched."""
        return self.loader.waits_for(Part.ACCOUNT)

    def stop_reading(self) -> None:
        """End the reading; where nothing was matched before, the lines as they were given are shown again."""
        self.loader.cancel(Part.ACCOUNT)
        self.go(self.step if self.draft.site_list is not None else ListStep.LIST)

    def matched(self, lines: tuple[SiteLine, ...]) -> bool:
        """Return whether these lines are matched already, with an account that was read a moment ago."""
        return lines == self._lines and self.draft.site_list is not None and self._is_fresh

    @property
    def _is_fresh(self) -> bool:
        return monotonic() - self._account_read_at < KEEP

    def reload(self) -> None:
        """Read the account again, and match anew what is shown; what was changed in the lines stays."""
        self._account_read_at = -KEEP
        if self.step is not ListStep.LIST:
            self._licenses_as_of = None
            self._match_with(None)
        if self.step is ListStep.REVIEW:
            self.check_status()

    def heard_run(self, event: RunEvent) -> None:
        """Read the account anew for the next list: a run has changed something."""
        super().heard_run(event)
        if event.outcome is not None:
            self._account_read_at = -KEEP

    def _load_failed(self, part: Part, error: ApiError) -> None:
        """Tell what could not be read; the error of whether issuing is open is in its answer."""
        words = error_text(error, part.value)
        if self.draft.site_list is None:
            self.matches.show_failure(words)
        self.report_load_error(words)
        self.show()

    def check_status(self) -> None:
        """Ask whether issuing is open."""
        if self.session.read_only:
            self.status = IssuingStatus(read_only=True)
        else:
            self.status = None
            read = partial(issuing_status, self.session.client, self.session.has_user)
            self.loader.load(Part.STATUS, read, self._status_loaded)
        self.show()

    def _status_loaded(self, status: IssuingStatus) -> None:
        self.status = status
        self.card_was_missing = self.card_was_missing or status.needs_card
        self.show()

    # -- status line -------------------------------------------------------------------------

    def summary(self) -> str:
        """Return what the list has."""
        if not self.is_mounted or self.reading:
            return ""
        if self.step is ListStep.LIST:
            return f"{pluralize(self.intake.count, 'line')} in the list" if self.intake.count else ""
        counts = self.draft.counts
        parts = [
            (counts[LineGroup.READY], "ready"),
            (counts[LineGroup.PROBLEM], "with a problem"),
            (counts[LineGroup.LEFT_OUT], "left out"),
        ]
        words = ", ".join(f"{count:,} {words}" for count, words in parts if count)
        if words and self._licenses_as_of is not None:
            words += (
                f" — licenses as of {format_time(self._licenses_as_of)}, {key_for('refresh')} reads them anew"
            )
        return words

    def progress(self) -> str | None:
        """Return how far the reading is."""
        return f"{self._reading} esc stops" if self.reading else None

    def counter(self) -> str:
        """Return where the cursor is."""
        if not self.is_mounted:
            return ""
        if self.step is ListStep.LIST and self.intake.lines:
            return f"{self.intake.list.cursor + 1:,}/{len(self.intake.lines):,}"
        if self.step is ListStep.MATCH and self.matches.list.position:
            return f"{self.matches.list.position:,}/{self.matches.list.count_words}"
        return ""

    def unfinished(self) -> str | None:
        """Return that a list is lost with the program."""
        exporting = super().unfinished()
        if not self.is_mounted or not self.intake.count:
            return exporting
        lines = pluralize(self.intake.count, "line")
        return f"A list of {lines} is being prepared. Nothing of it was sent, and it is not kept."
