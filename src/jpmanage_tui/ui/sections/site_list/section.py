"""List of Sites: what its commands do from the lines to the run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from textual import on

from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.errors import READ_ONLY
from jpmanage_tui.rules.bundles import BundleOffer
from jpmanage_tui.rules.site_list import ListError, read_list
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.bulk_plans import LeftOut
from jpmanage_tui.services.exports import Export, Record
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.site_list import SITE_LIST_FIELDS
from jpmanage_tui.services.leaving_plans import Leaving
from jpmanage_tui.ui.common.app_commands import SECTION_TITLES
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, discard_question
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.sections.base import LeaveSection, OpenSection
from jpmanage_tui.ui.sections.issue.text import CHECKING, needs_card_text
from jpmanage_tui.ui.sections.site_list import text
from jpmanage_tui.ui.sections.site_list.data import is_file_name, read_list_file
from jpmanage_tui.ui.sections.site_list.draft import LineGroup, Task
from jpmanage_tui.ui.sections.site_list.intake import PATH_STARTS, ListInput
from jpmanage_tui.ui.sections.site_list.pages import ChosenProduct, Offer, Part, button_words
from jpmanage_tui.ui.sections.site_list.steps import ListStep
from jpmanage_tui.ui.sections.site_list.wizard import SiteListWizard
from jpmanage_tui.ui.widgets.tab_bar import TabChosen

SITE_LIST: CommandSet = CommandSet(
    "List of Sites",
    (
        Command(
            "site-list-open",
            "Choose",
            "Match the lines; on a matched line the ways to put it right; turn a setting over; on the review start.",
        ),
        Command(
            "site-list-next",
            "Next",
            "From the matched lines to what is to be done with them, and from there to the review.",
        ),
        Command(
            "site-list-add",
            "Add lines",
            "Go to the field for lines, which takes a paste or the path of a file.",
        ),
        Command(
            "site-list-leave-out",
            "Leave out",
            "Leave the line out, or take it back; a line that is not matched yet, or a product, is removed.",
        ),
        Command("site-list-search", "Search", "Search the matched lines as you type; enter goes to them."),
        Command("site-list-clear", "Clear list", "Remove every line.", footer=False),
        Command("previous-filter", "Previous tab", "The previous tab.", footer=False),
        Command(
            "export",
            "Export",
            "Write the lines that tab and search match, with what each means, to a CSV or JSON file.",
            footer=False,
        ),
        Command("next-filter", "Next tab", "The next tab: All, Problems, Ready, Left out."),
    ),
)
"""Every command of this screen, in the footer's order."""

OPERATIONS, LICENSES = "operations", "licenses"
"""The section in which a run is followed, and the one that has what comes of it."""
NOT_HERE = "This works on the matched lines."
NO_LINE = "No line is under the cursor."
READING = "The lines are being matched; esc stops that."


class SiteListSection(SiteListWizard):
    """Give a list of sites, match it, say what is done with it, review, and start the run."""

    COMMAND_SET = SITE_LIST

    # -- the lines -------------------------------------------------------------------------------

    @on(ListInput.Given)
    def _given(self, message: ListInput.Given) -> None:
        """Take lines, or read the file that was named."""
        words = message.text.strip()
        if not message.pasted and words.startswith(PATH_STARTS):
            self.start_action(self._read_file(words.strip("'\"")))
        elif not message.pasted and is_file_name(words):
            self.notify(
                f"{words} is a file here: ./{words} reads it, https://{words} is the site.",
                severity="warning",
            )
        else:
            self._add(message.text, pasted=message.pasted)

    def _add(self, lines: str, *, pasted: bool, source: str = "") -> None:
        before = self.intake.count
        refused = self.intake.add(lines)
        if refused is not None:
            self.notify(refused, severity="error")
            return
        if not pasted and not source:
            self.intake.field.value = ""
            return
        added = pluralize(self.intake.count - before, "line")
        self.notify(f"{added} {f'read from {source}' if source else 'pasted'}.", severity="success")
        self.intake.list.focus()

    async def _read_file(self, name: str) -> None:
        try:
            lines = await asyncio.to_thread(read_list_file, name)
        except ListError as error:
            self.notify(str(error), severity="error")
            return
        self.intake.field.value = ""
        self._add(lines, pasted=False, source=name)

    @on(ListInput.Finished)
    def _finished(self) -> None:
        """Go on from the field; what stands in it belongs to the list."""
        field = self.intake.field
        words = field.value.strip()
        if words.startswith(PATH_STARTS):
            self.start_action(self._read_file(words.strip("'\"")))
            return
        if words:
            self._add(words, pasted=False)
        self._match_lines()

    def _match_lines(self) -> None:
        try:
            lines = read_list(self.intake.text)
        except ListError as error:
            self.notify(str(error), severity="error")
            return
        if self.matched(lines):
            self.go(ListStep.MATCH)
        else:
            self.match(lines)

    def action_site_list_add(self) -> None:
        """Go to the field for lines, on the first step."""
        if self.step is not ListStep.LIST:
            self.go(ListStep.LIST)
        self.intake.field.focus()

    def site_list_add_disabled_reason(self) -> str | None:
        """Return that the lines are being matched."""
        return READING if self.reading else None

    def action_site_list_clear(self) -> None:
        """Remove every line, after asking."""
        self.start_action(self._clear())

    def site_list_clear_disabled_reason(self) -> str | None:
        """Return that there is no line, or that the lines stand on another step."""
        if self.step is not ListStep.LIST:
            return "This works where the list is given."
        return None if self.intake.lines else "The list is empty."

    async def _clear(self) -> None:
        words = f"{pluralize(self.intake.count, 'line')}. Nothing of them was sent."
        question = Confirmation("Clear the list?", [words], "Clear the list", changes=False)
        if await self.app.push_screen_wait(ConfirmDialog(question)) is not None:
            self.intake.clear()
            self.intake.field.focus()

    # -- a client that leaves --------------------------------------------------------------------

    def client_leaves(self, site: Site) -> None:
        """Make a list of one site, and go on to what becomes of its licenses."""
        self.start_action(self._take_leaving(site))

    async def _take_leaving(self, site: Site) -> None:
        if self.intake.count:
            words = (
                f"A list of {pluralize(self.intake.count, 'line')} is being prepared. Nothing of it was sent."
            )
            question = discard_question("Drop the list?", words)
            if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
                return
        self._begin_anew()
        self.intake.add(site_name(site.address))
        self.draft.task, self.meant = Task.LEAVE, site
        self._match_lines()

    # -- from step to step ---------------------------------------------------------------------------

    def move_focus(self, step: int) -> bool:
        """Go from the field to the lines, and back."""
        if self.step is not ListStep.LIST:
            return False
        in_field = self.intake.field.has_focus
        if step > 0 and in_field:
            self.intake.list.focus()
        elif step < 0 and not in_field:
            self.intake.field.focus()
        else:
            return False
        return True

    def step_back(self) -> bool:
        """Stop the reading, leave the field, go one step back; from the first one leave the view."""
        if self.reading:
            self.stop_reading()
        elif self.step is ListStep.MATCH and self.matches.step_back():
            pass
        elif self.step is not ListStep.LIST:
            steps = list(ListStep)
            self.go(steps[steps.index(self.step) - 1])
        elif self.intake.field.has_focus and self.intake.lines:
            self.intake.list.focus()
        else:
            self.post_message(LeaveSection())
        self.post_message(self.StatusChanged())
        return True

    def typing_footer_keys(self) -> Sequence[tuple[str, str]]:
        """Return what the keys do in the field."""
        if self.step is not ListStep.LIST:
            return super().typing_footer_keys()
        tab = ("tab", "Next column" if self.intake.field.value else "To the lines")
        return [
            ("enter", "Add"),
            ("F2", "Match"),
            tab,
            ("esc", "Leave the field" if self.intake.lines else "Back"),
        ]

    def action_site_list_open(self) -> None:
        """Do what enter does on the step that is shown."""
        match self.step:
            case ListStep.LIST:
                self._match_lines()
            case ListStep.MATCH:
                self.start_action(self._put_right())
            case ListStep.DO:
                self._set()
            case ListStep.REVIEW:
                if isinstance(self.page.target, Offer):
                    self._set()
                elif isinstance(self.page.target, LeftOut):
                    self._go_to_line(self.page.target)
                elif self._leads_to_card:
                    self.post_message(OpenSection("payment-methods"))
                else:
                    self.start_action(self._start())

    def site_list_open_label(self) -> str:
        """Return what enter does here, in a word or two."""
        match self.step:
            case ListStep.LIST:
                return "Match the sites"
            case ListStep.MATCH:
                row = self.matches.current
                return "Put right" if row is not None and row.group is LineGroup.PROBLEM else "Change"
            case ListStep.DO:
                return "Choose"
            case ListStep.REVIEW:
                if isinstance(self.page.target, Offer):
                    return "Give back" if self.page.target.taken else "Take the offer"
                if isinstance(self.page.target, LeftOut):
                    return "To this line"
                if self._leads_to_card:
                    return "Payment Methods"
                return button_words(self.plan) if self.plan is not None else "Start"

    def site_list_open_disabled_reason(self) -> str | None:
        """Return why enter can do nothing here."""
        if self.reading:
            return READING
        match self.step:
            case ListStep.LIST:
                return None if self.intake.count else "The list is empty: paste it, or name its file."
            case ListStep.MATCH:
                return None if self.matches.current is not None else NO_LINE
            case ListStep.DO:
                return None if self.page.target is not None else "Nothing is under the cursor."
            case ListStep.REVIEW:
                if isinstance(self.page.target, Offer | LeftOut) or self._leads_to_card:
                    return None
                return self._blocker()

    def _go_to_line(self, left_out: LeftOut) -> None:
        """Show a line of the list that is left out, where it can be put right."""
        self.go(ListStep.MATCH)
        if left_out.number is not None:
            self.matches.point_at(left_out.number)

    def _blocker(self) -> str | None:
        """Return why what is reviewed cannot be started now."""
        plan = self.plan
        if plan is None or not plan.run.items:
            return "Nothing is left to do."
        if self.session.read_only:
            return READ_ONLY
        if not plan.issued:
            return None
        if self.status is None:
            return CHECKING
        return needs_card_text() if self.status.needs_card else None

    @property
    def _leads_to_card(self) -> bool:
        """Whether enter leads to the payment methods, since without a valid one nothing is issued."""
        issues = self.plan is not None and bool(self.plan.issued) and not self.session.read_only
        return issues and self.status is not None and self.status.needs_card

    def action_site_list_next(self) -> None:
        """Go on to what is to be done, or to the review."""
        if self.step is ListStep.MATCH:
            self.replan()
            self.go(ListStep.DO)
        else:
            self.replan()
            self.go(ListStep.REVIEW)
            self.check_status()

    def site_list_next_label(self) -> str:
        """Return where it leads."""
        return "Review" if self.step is ListStep.DO else "What to do"

    def site_list_next_disabled_reason(self) -> str | None:
        """Return why it does not go on from here."""
        if self.reading:
            return READING
        if self.step in (ListStep.LIST, ListStep.REVIEW):
            return "Here enter goes on."
        if self.step is ListStep.DO:
            return self.draft.lacks
        if self.draft.site_list is None:
            return "The lines are not matched."
        ready = self.draft.counts[LineGroup.READY]
        return None if ready else "No line is ready: put one right first."

    # -- matched lines -----------------------------------------------------------------------------------

    def action_site_list_search(self) -> None:
        """Show the search field and put the focus there."""
        self.matches.search_bar.open()

    def action_previous_filter(self) -> None:
        """Show the tab before; before the first comes the last."""
        self.matches.step_tab(-1)

    def action_next_filter(self) -> None:
        """Show the next tab; after the last comes the first."""
        self.matches.step_tab(1)

    @on(TabChosen)
    def _tab_chosen(self, event: TabChosen) -> None:
        self.matches.step_tab(event.step)

    def next_filter_disabled_reason(self) -> str | None:
        """Return that the lines are not matched here."""
        if self.step is not ListStep.MATCH:
            return NOT_HERE
        return READING if self.reading else None

    def action_export(self) -> None:
        """Write the lines that are listed to a file."""
        from jpmanage_tui.ui.dialogs import export as exporting

        self.start_action(exporting.export(self, self._export()))

    def export_disabled_reason(self) -> str | None:
        """Return why there is nothing to write."""
        return self.next_filter_disabled_reason() or (None if self.matches.listed else "No line is listed.")

    def _export(self) -> Export:
        listed = self.matches.listed

        async def rows(_codes: bool) -> AsyncIterator[Record]:
            for row in listed:
                yield record_of(SITE_LIST_FIELDS, row)

        return Export(pluralize(len(listed), "line"), "line", "site-list", names_of(SITE_LIST_FIELDS), rows)

    previous_filter_disabled_reason = site_list_search_disabled_reason = next_filter_disabled_reason

    def action_site_list_leave_out(self) -> None:
        """Leave the line under the cursor out or take it back; remove a line as given, or a product."""
        row, target = self.matches.current, self.page.target
        if self.step is ListStep.LIST:
            self.intake.remove_line()
        elif self.step is ListStep.MATCH and row is not None:
            number = row.line.number
            if row.group is LineGroup.LEFT_OUT:
                self.draft.take_back(number)
            else:
                self.draft.leave_out(number)
            self._line_changed(number)
        elif self.step is ListStep.DO and isinstance(target, ChosenProduct):
            self._remove_product(target)

    def site_list_leave_out_label(self) -> str:
        """Return what it does here."""
        if self.step is ListStep.MATCH:
            row = self.matches.current
            return "Take back" if row is not None and row.group is LineGroup.LEFT_OUT else "Leave out"
        return "Remove"

    def site_list_leave_out_disabled_reason(self) -> str | None:
        """Return that there is nothing to leave out."""
        if self.reading:
            return READING
        there = {
            ListStep.LIST: bool(self.intake.lines) and self.intake.list.has_focus,
            ListStep.MATCH: self.matches.current is not None,
            ListStep.DO: isinstance(self.page.target, ChosenProduct),
            ListStep.REVIEW: False,
        }[self.step]
        return None if there else NO_LINE if self.step in (ListStep.LIST, ListStep.MATCH) else NOT_HERE

    def _line_changed(self, number: int) -> None:
        """Show a line that was changed, and say how it stands now."""
        self.replan()
        self.show()
        site_list = self.draft.site_list
        if site_list is not None:
            row = self.matches.row_of(site_list.line(number))
            self.notify(
                text.fixed_words(row), severity="warning" if row.group is LineGroup.PROBLEM else "success"
            )

    async def _put_right(self) -> None:
        """Show the ways to put the line under the cursor right, and take the chosen one."""
        row, site_list = self.matches.current, self.draft.site_list
        if row is None or site_list is None:
            return
        line, number = row.line, row.line.number
        choices = text.fix_choices(row, site_list.use)
        title = f"Line {number:,}: {line.line.site}"
        chosen = await self.app.push_screen_wait(ChoiceDialog(title, choices, note=line.reason))
        if chosen is None or self.draft.site_list is not site_list:
            return
        match chosen:
            case text.ANOTHER_SITE:
                picker = SitePicker(self.session.client, f"Which site does line {number:,} mean?")
                site = await self.app.push_screen_wait(picker)
                if site is None:
                    return
                self._set_site(number, site)
            case text.ANOTHER_PRODUCT:
                if not await self._choose_product_of(number):
                    return
            case text.TAKE_ONE:
                self.draft.edit(number, lambda found: found.with_quantity(number, 1))
            case text.LEAVE_OUT:
                self.draft.leave_out(number)
            case text.TAKE_BACK:
                self.draft.take_back(number)
            case text.AS_WRITTEN:
                self.draft.restore(number)
            case _:
                self._set_site(number, line.near[int(chosen.removeprefix(text.NEAR))])
        self._line_changed(number)

    def _set_site(self, number: int, site: Site) -> None:
        self.draft.edit(number, lambda found: found.with_site(number, site))

    async def _choose_product_of(self, number: int) -> bool:
        """Choose the product of a line; returns whether one was chosen."""
        products = self.account.products if self.account is not None else ()
        dialog = ChoiceDialog(
            f"Which product does the site of line {number:,} get?",
            text.product_choices(products, ()),
            search=True,
        )
        slug = await self.app.push_screen_wait(dialog)
        product = text.product_named(products, slug) if slug is not None else None
        if product is None:
            return False
        self.draft.edit(number, lambda found: found.with_product(number, product))
        return True

    # -- what to do ----------------------------------------------------------------------------------------

    def _set(self) -> None:
        """Turn over what is under the cursor of the page, or ask for what it wants."""
        draft, target = self.draft, self.page.target
        match target:
            case Task():
                draft.task = target
            case Leaving():
                draft.leaving = target
            case Part.BY_LIST:
                draft.by_list = not draft.by_list
            case Part.UNASSIGNED_FIRST:
                draft.unassigned_first = not draft.unassigned_first
            case ChosenProduct():
                self._remove_product(target)
                return
            case Offer():
                self._take_offer(target.offer, take=not target.taken)
            case Part.ADD_PRODUCT:
                self.start_action(self._add_product())
                return
            case Part.CHOOSE_BUNDLE:
                self.start_action(self._choose_bundle())
                return
        self.redraft()

    def _take_offer(self, offer: BundleOffer, *, take: bool) -> None:
        others = tuple(one for one in self.draft.offers if one.product.slug != offer.product.slug)
        self.draft.offers = (*others, offer) if take else others

    def _remove_product(self, chosen: ChosenProduct) -> None:
        kept = (one for one in self.draft.products if one.slug != chosen.product.slug)
        self.draft.products = tuple(kept)
        self.redraft()

    async def _add_product(self) -> None:
        """Choose a product that every line gets."""
        products = self.account.products if self.account is not None else ()
        choices = text.product_choices(products, self.draft.products)
        slug = await self.app.push_screen_wait(
            ChoiceDialog("Which product for every line?", choices, search=True)
        )
        product = text.product_named(products, slug) if slug is not None else None
        if product is not None:
            self.draft.products = (*self.draft.products, product)
            self.redraft()

    async def _choose_bundle(self) -> None:
        """Choose the bundle whose unassigned licenses are assigned."""
        account = self.account
        if account is None:
            return
        choices = text.bundle_choices(account)
        if not choices:
            self.notify("This account has no bundle.", severity="warning")
            return
        code = await self.app.push_screen_wait(ChoiceDialog("Which bundle?", choices, search=True))
        bundle = next((one for one in account.bundles if one.license_key == code), None)
        if bundle is not None:
            self.draft.bundle = bundle
            self.redraft()

    # -- the run -----------------------------------------------------------------------------------------------

    async def _start(self) -> None:
        """Ask once more, naming counts and cost, and hand what was asked about to the runner."""
        plan, draft = self.plan, self.draft
        if plan is None:
            return
        silent = draft.make_plan(send_email=False) if draft.task is Task.LEAVE else plan
        question = text.start_question(plan, draft.task, silent.remarks)
        confirmed = await self.app.push_screen_wait(ConfirmDialog(question))
        if confirmed is None:
            return
        if question.checkbox is not None and not confirmed.checked:
            plan = silent
        just_added = self.card_was_missing and self.status is not None and self.status.error is None
        if await self.start_run(replace(plan.run, card_just_added=just_added)) is not None:
            self._begin_anew()
            self.post_message(OpenSection(OPERATIONS if OPERATIONS in SECTION_TITLES else LICENSES))

    def _begin_anew(self) -> None:
        """Make room for another list."""
        self.draft, self.plan, self.account = type(self.draft)(), None, None
        self._lines = ()
        self.intake.clear()
        self.go(ListStep.LIST)
