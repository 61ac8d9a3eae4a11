"""Marking licenses, one by one, in a range or all that match; and what an action would touch of the marked ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import WHOLE_LIST_PER_PAGE, License, LicenseState
from jpmanage_tui.api.paging import requests_for
from jpmanage_tui.rules.licenses import LicenseAction, NotAllowed, allowed
from jpmanage_tui.rules.text import lacking, pluralize
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.widgets.marks import Marks

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.services.all_licenses import LicenseSource

ASK_FROM = 1_000
"""From so many licenses on, marking all asks first: it reads every one of them."""
REPORT_EVERY = 250
NO_ROW = "No license is selected."
STOPPED = "Marking was stopped: nothing was marked."
STOPPED_ELSEWHERE = "Marking was stopped, since something else was opened: nothing was marked."
UNDER_WAY = "Licenses are being marked; esc stops that."
WITH_BUNDLE = "revoked with their bundle"


class ActionTargets(NamedTuple):
    """What an action would touch, and how many of the marked licenses it skips, by the reason."""

    licenses: tuple[License, ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
    marked: int = 0
    """How many licenses are marked; 0 where the one under the cursor is meant."""
    incomplete_reason: str = ""
    """Why the marked licenses may not be all that were meant, in a few words; empty where they are."""

    def without(self, refused: Mapping[LicenseKey, str]) -> ActionTargets:
        """Return what is left when these licenses are skipped too, each for the reason given in a few words."""
        kept = tuple(license for license in self.licenses if license.license_key not in refused)
        reasons = Counter(dict(self.skipped))
        reasons.update(
            refused[license.license_key] for license in self.licenses if license.license_key in refused
        )
        return self._replace(licenses=kept, skipped=tuple(reasons.most_common()))

    @property
    def skipped_text(self) -> str:
        """Why licenses are skipped, with their numbers where there are several reasons; empty where none is."""
        if len(self.skipped) == 1:
            return self.skipped[0][0]
        return "; ".join(f"{count:,} {reason}" for reason, count in self.skipped)

    @property
    def why_none(self) -> str | None:
        """Why the action would touch none of the marked licenses, None where it would."""
        if self.licenses or not self.marked:
            return None
        whose = "the marked license" if self.marked == 1 else f"the {self.marked:,} marked licenses"
        return f"Not for {whose}: {self.skipped_text}."


class LicenseSelection(Marks[LicenseKey, License]):
    """The marked licenses in the order of marking, each with the question under whose answer it was marked.

    A mark outlives a change of tab or search; what is done to marked licenses must therefore say which of them are
    not in the list that is shown.
    """

    def __init__(self) -> None:
        super().__init__(attrgetter("license_key"))
        self._under: dict[LicenseKey, object] = {}
        self._targets: dict[LicenseAction, ActionTargets] = {}

    def add(self, items: Iterable[License], under: object = None) -> None:
        """Mark licenses that are listed as the answer to the question `under`."""
        licenses = tuple(items)
        super().add(licenses)
        self._under.update((license.license_key, under) for license in licenses)

    def remove(self, keys: Iterable[LicenseKey]) -> None:
        """Take marks away."""
        gone = tuple(keys)
        super().remove(gone)
        for key in gone:
            self._under.pop(key, None)

    def changed(self) -> None:
        """Forget what actions would touch."""
        self._targets.clear()

    def marked_elsewhere(self, question: object) -> list[License]:
        """Return the licenses that were marked under another question."""
        return [self[key] for key, under in self._under.items() if under != question]

    def targets(self, action: LicenseAction) -> ActionTargets:
        """Return what an action would touch.

        What is in a bundle that is revoked goes with it: it is neither counted nor sent once more.
        """
        if action not in self._targets:
            self._targets[action] = _targets_among(self.values(), action)
        return self._targets[action]._replace(incomplete_reason=self.incomplete_reason)


def _targets_among(licenses: Collection[License], action: LicenseAction) -> ActionTargets:
    may: list[License] = []
    reasons: Counter[str] = Counter()
    for license in licenses:
        answer = allowed(license, action)
        if isinstance(answer, NotAllowed):
            reasons[answer.of_many or answer.reason] += 1
        else:
            may.append(license)
    whole = {license.license_id for license in may if license.is_bundle}
    touched = tuple(license for license in may if license.parent_license_id not in whole)
    if len(touched) < len(may):
        reasons[WITH_BUNDLE] += len(may) - len(touched)
    return ActionTargets(touched, tuple(reasons.most_common()), len(licenses))


def action_label(marks: LicenseSelection, action: LicenseAction, words: str) -> str:
    """Return a command's words: with marks how many licenses it is for ("Assign 3 marked"), else `words`."""
    if not marks:
        return words
    if action is LicenseAction.COPY:
        return f"Copy {pluralize(len(marks), 'code')}"
    count = len(marks.targets(action).licenses) or len(marks)
    return f"{words.partition(' ')[0]} {count:,} marked"


# -- marking on the screen -----------------------------------------------------------------


class SelectionActions(Section):
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

    def incomplete_reason(self) -> str:
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

    def update_status(self) -> None:
        """Show in the status line what is true now."""
        self.post_message(self.StatusChanged())

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
        from jpmanage_tui.ui.dialogs.confirm import confirm_clearing

        if await confirm_clearing(self.app, len(self.marked), "license"):
            self.mark(list(self.marked.values()), False)


class SelectAll:
    """Marks every license that a section lists. One run at a time; a stopped one marks nothing."""

    def __init__(self, section: SelectionActions) -> None:
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
            self._section.update_status()

    async def _run(self) -> None:
        section = self._section
        await self._wait()
        reason = section.incomplete_reason()
        if not await self._confirmed(reason):
            return
        self.running = True
        section.update_status()
        found: list[License] = []
        everything = section.matching()
        try:
            async for license in everything:
                found.append(license)
                if len(found) % REPORT_EVERY == 0:
                    self.read = len(found)
                    section.update_status()
        except ApiError as error:
            failed = error_text(error, "Marking all that match")
            section.notify(f"{failed} Nothing was marked.", severity="error")
            return
        finally:
            self.running = False
            section.update_status()
        marked = section.ordered([one for one in found if one.state is not LicenseState.REVOKED])
        section.mark(marked, True)
        lacks = "; ".join(
            words for words in (reason, lacking(everything, "license"), section.not_listed(marked)) if words
        )
        section.marked.incomplete_reason = lacks
        if lacks:
            section.notify(f"{pluralize(len(marked), 'license')} marked; {lacks}.", severity="warning")

    async def _wait(self) -> None:
        """Wait until all is found that will be found by itself: what is marked before is not all that matches."""
        self.running = self._waits = True
        self._section.update_status()
        try:
            await self._section.settled()
        finally:
            self.running = self._waits = False
            self._section.update_status()

    async def _confirmed(self, reason: str) -> bool:
        """Ask where there are many, or where there may be more; whether it was confirmed, or nothing had to be asked."""
        from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

        if not self._section.shown or self._section.app.screen is not self._section.screen:
            self._section.notify(STOPPED_ELSEWHERE, severity="warning")
            return False
        count, local = self._section.match_count()
        if count is not None and count < ASK_FROM and not reason:
            return True
        if local:
            cost = "They are known already: no request is made."
        elif count is None:
            cost = f"How many there are is not known; every {WHOLE_LIST_PER_PAGE} of them are a request."
        else:
            requests = requests_for(count, WHOLE_LIST_PER_PAGE)
            cost = f"Those that are not loaded yet are read for it: {pluralize(requests, 'request')}."
        what = pluralize(count, "license") if count is not None else "all licenses"
        more = [f"More may match: {reason}."] if reason else []
        question = Confirmation(
            f"Mark {what}?", [*more, cost, "esc stops it."], f"Mark {what}", changes=False, harmless=True
        )
        return await self._section.app.push_screen_wait(ConfirmDialog(question)) is not None
