"""Marking all that match: what is not loaded yet is read for it; it tells how far it is, and can be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.licenses import WHOLE_LIST_PER_PAGE
from jpmanage_tui.api.models.license import License, LicenseState
from jpmanage_tui.api.paging import requests_for
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.ui.common.text import error_text

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.licenses.actions import Host

ASK_FROM = 1_000
"""From so many licences on, marking all asks first: it reads every one of them."""
TELL_EVERY = 250
STOPPED = "Marking was stopped: nothing was marked."
UNDER_WAY = "Licenses are being marked; esc stops that."


class SelectAll:
    """Marks every licence that a view lists. One run at a time; a stopped one marks nothing."""

    def __init__(self, view: Host) -> None:
        self._view = view
        self._worker: Worker[None] | None = None
        self.running = False
        """Whether licences are being read for it, or it waits till it is known which they are."""
        self._waits = False
        self.read = 0

    @property
    def words(self) -> str:
        """How far it is, empty while it does not run."""
        if not self.running:
            return ""
        return "waiting for the search… esc stops" if self._waits else f"{self.read:,} to mark… esc stops"

    def start(self) -> None:
        """Begin; asks first where much must be read."""
        self.read = 0
        self._worker = self._view.run_worker(
            self._run(), group="licenses-marking", exclusive=True, exit_on_error=False
        )

    def stop(self, words: str = STOPPED) -> None:
        """Stop; what was read is not marked, and `words` say so."""
        if self.running and self._worker is not None:
            self._worker.cancel()
            self.running = False
            self._view.jpmanage.say(words, "warning")
            self._view.tell()

    async def _run(self) -> None:
        view = self._view
        await self._wait()
        doubt = view.doubt()
        if not await self._may_begin(doubt):
            return
        self.running = True
        view.tell()
        found: list[License] = []
        everything = view.matching()
        try:
            async for license in everything:
                found.append(license)
                if len(found) % TELL_EVERY == 0:
                    self.read = len(found)
                    view.tell()
        except ApiError as error:
            view.jpmanage.say(f"{error_text(error, 'Marking all that match')} Nothing was marked.", "error")
            return
        finally:
            self.running = False
            view.tell()
        marked = view.ordered([one for one in found if one.state is not LicenseState.REVOKED])
        view.mark(marked, True)
        lacks = "; ".join(
            words for words in (doubt, lacking(everything, "license"), view.not_listed(marked)) if words
        )
        view.marked.doubt = lacks
        if lacks:
            view.jpmanage.say(f"{pluralize(len(marked), 'license')} marked; {lacks}.", "warning")

    async def _wait(self) -> None:
        """Wait until all is found that will be found by itself: what is marked before is not all that matches."""
        self.running = self._waits = True
        self._view.tell()
        try:
            await self._view.settled()
        finally:
            self.running = self._waits = False
            self._view.tell()

    async def _may_begin(self, doubt: str) -> bool:
        """Ask where there are many, or where there may be more; whether it was said yes, or nothing had to be asked."""
        count, local = self._view.match_count()
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
        from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

        more = [f"More may match: {doubt}."] if doubt else []
        question = Confirmation(
            f"Mark {what}?", [*more, cost, "esc stops it."], f"Mark {what}", changes=False
        )
        return await self._view.jpmanage.push_screen_wait(ConfirmDialog(question)) is not None
