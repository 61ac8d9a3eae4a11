"""A section whose licenses can be marked, one by one, in a range, or all that match."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.licenses import WHOLE_LIST_PER_PAGE, License, LicenseState
from jpmanage_tui.api.paging import requests_for
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.licenses.selection import LicenseSelection

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.ids import LicenseKey
    from jpmanage_tui.services.all_licenses import LicenseSource

ASK_FROM = 1_000
"""From so many licenses on, marking all asks first: it reads every one of them."""
TELL_EVERY = 250
MARKS_TO_ASK = 10
"""From so many marks on, clearing them asks first (design: keys, esc)."""
NO_ROW = "No license is selected."
STOPPED = "Marking was stopped: nothing was marked."
UNDER_WAY = "Licenses are being marked; esc stops that."


class MarkingSection(Section):
    """A section that lists licenses, of which some can be marked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.marked = LicenseSelection()

    # -- what the section lists ------------------------------------------------------------

    @property
    def current(self) -> License | None:
        """The license under the cursor, None where there is none."""
        raise NotImplementedError

    def unlisted(self) -> frozenset[LicenseKey]:
        """Return the marked licenses that are not in the list that is shown."""
        raise NotImplementedError

    def matching(self) -> LicenseSource:
        """Return what yields every license that the section lists, those not loaded yet too."""
        raise NotImplementedError

    def match_count(self) -> tuple[int | None, bool]:
        """Return how many licenses `matching` yields (None: not known), and whether it does so without a request."""
        raise NotImplementedError

    def ordered(self, licenses: Sequence[License]) -> list[License]:
        """Return what `matching` yielded in the order of the list; as it came by default."""
        return list(licenses)

    async def settled(self) -> None:
        """Wait until nothing more comes by itself to what the section lists."""

    def doubt(self) -> str:
        """Return why what the section lists may not be all that matches, in a few words; empty where it is."""
        return ""

    def not_listed(self, found: Sequence[License]) -> str:
        """Return what belongs to "all" and is not among the licenses `found`; empty where nothing is known of it."""
        del found
        return ""

    # -- marking ---------------------------------------------------------------------------

    def mark(self, licenses: list[License], marked: bool) -> None:
        """Mark licenses, or take their marks away."""
        raise NotImplementedError

    def mark_range(self) -> None:
        """Mark the known rows between the nearest marked row above or below and the cursor."""
        raise NotImplementedError

    def move_cursor_down(self) -> None:
        """Go to the next row: what is marked one by one is marked quickly."""
        raise NotImplementedError

    @cached_property
    def marking(self) -> SelectAll:
        """The marking of all that match."""
        return SelectAll(self)

    def tell(self) -> None:
        """Show in the status line what is true now."""
        self.post_message(self.StatusChanged())

    def run_flow(self, flow: Coroutine[Any, Any, None]) -> None:
        """Run what an action asks and does beside the screen; nothing cancels it."""
        self.run_worker(flow, group="licenses-flow", exclusive=False, exit_on_error=False)

    def action_mark(self) -> None:
        """Mark the license under the cursor, or take its mark away."""
        license = self.current
        if license is not None:
            self.mark([license], license.license_key not in self.marked)
            self.move_cursor_down()

    def mark_disabled_reason(self) -> str | None:
        """Return why no license can be marked."""
        return NO_ROW if self.current is None else None

    def action_mark_range(self) -> None:
        """Mark from the nearest marked row to here."""
        self.mark_range()

    def mark_range_disabled_reason(self) -> str | None:
        """Return why no range can be marked."""
        return NO_ROW if self.current is None else None

    def action_mark_all(self) -> None:
        """Mark all that match."""
        self.marking.start()

    def mark_all_disabled_reason(self) -> str | None:
        """Return why not all can be marked."""
        return UNDER_WAY if self.marking.running else None

    async def clear_marks(self) -> None:
        """Clear the marks; asks from ten up."""
        from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

        count = len(self.marked)
        if count >= MARKS_TO_ASK:
            question = Confirmation(
                "Clear the marks?",
                [f"{pluralize(count, 'license')} are marked."],
                "Clear the marks",
                changes=False,
            )
            if await self.app.push_screen_wait(ConfirmDialog(question)) is None:
                return
        self.mark(list(self.marked.values()), False)


class SelectAll:
    """Marks every license that a section lists. One run at a time; a stopped one marks nothing."""

    def __init__(self, section: MarkingSection) -> None:
        self._section = section
        self._worker: Worker[None] | None = None
        self.running = False
        """Whether licenses are being read for it, or it waits till it is known which they are."""
        self._waits = False
        self.read = 0

    @property
    def progress(self) -> str:
        """How far it is, empty while it does not run."""
        if not self.running:
            return ""
        return "waiting for the search… esc stops" if self._waits else f"{self.read:,} to mark… esc stops"

    def start(self) -> None:
        """Begin; asks first where much must be read."""
        self.read = 0
        self._worker = self._section.run_worker(
            self._run(), group="licenses-marking", exclusive=True, exit_on_error=False
        )

    def stop(self, message: str = STOPPED) -> None:
        """Stop; what was read is not marked, and `message` says so."""
        if self.running and self._worker is not None:
            self._worker.cancel()
            self.running = False
            self._section.notify(message, severity="warning")
            self._section.tell()

    async def _run(self) -> None:
        section = self._section
        await self._wait()
        doubt = section.doubt()
        if not await self._confirmed(doubt):
            return
        self.running = True
        section.tell()
        found: list[License] = []
        everything = section.matching()
        try:
            async for license in everything:
                found.append(license)
                if len(found) % TELL_EVERY == 0:
                    self.read = len(found)
                    section.tell()
        except ApiError as error:
            failed = error_text(error, "Marking all that match")
            section.notify(f"{failed} Nothing was marked.", severity="error")
            return
        finally:
            self.running = False
            section.tell()
        marked = section.ordered([one for one in found if one.state is not LicenseState.REVOKED])
        section.mark(marked, True)
        lacks = "; ".join(
            words for words in (doubt, lacking(everything, "license"), section.not_listed(marked)) if words
        )
        section.marked.doubt = lacks
        if lacks:
            section.notify(f"{pluralize(len(marked), 'license')} marked; {lacks}.", severity="warning")

    async def _wait(self) -> None:
        """Wait until all is found that will be found by itself: what is marked before is not all that matches."""
        self.running = self._waits = True
        self._section.tell()
        try:
            await self._section.settled()
        finally:
            self.running = self._waits = False
            self._section.tell()

    async def _confirmed(self, doubt: str) -> bool:
        """Ask where there are many, or where there may be more; whether it was confirmed, or nothing had to be asked."""
        from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

        count, local = self._section.match_count()
        if count is not None and count < ASK_FROM and not doubt:
            return True
        if local:
            cost = "They are known already: no request is made."
        elif count is None:
            cost = f"How many there are is not known; every {WHOLE_LIST_PER_PAGE} of them are a request."
        else:
            requests = requests_for(count, WHOLE_LIST_PER_PAGE)
            cost = f"Those that are not loaded yet are read for it: {pluralize(requests, 'request')}."
        what = pluralize(count, "license") if count is not None else "all licenses"
        more = [f"More may match: {doubt}."] if doubt else []
        question = Confirmation(
            f"Mark {what}?", [*more, cost, "esc stops it."], f"Mark {what}", changes=False
        )
        return await self._section.app.push_screen_wait(ConfirmDialog(question)) is not None
