"""Marking all that match: what is not loaded yet is read for it; it tells how far it is, and can be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.models.license import License, LicenseState
from jpmanage_tui.ui.licenses.book import PAGE
from jpmanage_tui.ui.words import explain, number

if TYPE_CHECKING:
    from jpmanage_tui.ui.licenses.flows import Host

ASK_FROM = 1_000
"""From so many licences on, marking all asks first: it reads every one of them."""
TELL_EVERY = 250
STOPPED = "Marking was stopped: nothing was marked."
UNDER_WAY = "Licenses are being marked; esc stops that."


class Marking:
    """Marks every licence that a view lists. One run at a time; a stopped one marks nothing."""

    def __init__(self, view: Host) -> None:
        self._view = view
        self._worker: Worker[None] | None = None
        self.running = False
        """Whether licences are being read for it."""
        self.read = 0

    @property
    def words(self) -> str:
        """How far it is, empty while it does not run."""
        return f"{self.read:,} to mark… esc stops" if self.running else ""

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
        if not await self._may_begin():
            return
        self.running = True
        view.tell()
        found: list[License] = []
        try:
            async for license in view.matching():
                found.append(license)
                if len(found) % TELL_EVERY == 0:
                    self.read = len(found)
                    view.tell()
        except ApiError as error:
            view.jpmanage.say(f"{explain(error, 'Marking all that match')} Nothing was marked.", "error")
            return
        finally:
            self.running = False
            view.tell()
        view.mark([one for one in found if one.state is not LicenseState.REVOKED], True)

    async def _may_begin(self) -> bool:
        """Ask where there are many; whether it was said yes, or nothing had to be asked."""
        count, local = self._view.match_count()
        if count is not None and count < ASK_FROM:
            return True
        if local:
            cost = "They are known already: no request is made."
        elif count is None:
            cost = f"How many there are is not known; every {PAGE} of them are a request."
        else:
            cost = f"Those that are not loaded yet are read for it: {number(-(-count // PAGE), 'request')}."
        what = number(count, "license") if count is not None else "all licenses"
        from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog, Question

        question = Question(f"Mark {what}?", [cost, "esc stops it."], f"Mark {what}", changes=False)
        return await self._view.jpmanage.push_screen_wait(ConfirmDialog(question)) is not None
