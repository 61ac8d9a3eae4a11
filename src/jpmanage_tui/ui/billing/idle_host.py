"""What the licence flows ask of a view, for the idle licences on Billing: the current one, the marked ones, all."""

from __future__ import annotations

from collections.abc import AsyncIterator

from textual import on

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.models.license import License
from jpmanage_tui.ui.billing.idle_book import IdleBook
from jpmanage_tui.ui.billing.idle_list import IdleList
from jpmanage_tui.ui.billing.idle_walk import IdleWalk
from jpmanage_tui.ui.licenses.flows import Changed, Flows
from jpmanage_tui.ui.section import SectionView
from jpmanage_tui.ui.session import Session


class IdleHost(SectionView):
    """A view with an `IdleList` whose licences can be marked, assigned and revoked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.shows_idle = False
        self.marked: dict[LicenseKey, License] = {}
        self.book = IdleBook()
        self.flows: Flows = Flows(self)

    @property
    def idle_list(self) -> IdleList:
        """The idle licences."""
        return self.query_one(IdleList)

    @property
    def current(self) -> License | None:
        """The idle licence under the cursor; None while another tab is shown."""
        return self.idle_list.current if self.shows_idle and self.is_mounted else None

    def known(self, key: LicenseKey) -> License | None:
        """Return what is known of one licence."""
        row = self.book.row_of(key)
        return self.book.items[row].license if row is not None else self.marked.get(key)

    async def matching(self) -> AsyncIterator[License]:
        """Yield every idle licence, those not loaded yet too. Raises ApiError."""
        walk = IdleWalk(self.session.client, self.book.parents)
        while not walk.done:
            for license in (await walk.more()).licenses:
                yield license

    def mark(self, licenses: list[License], marked: bool) -> None:
        """Mark licences, or take their marks away."""
        for license in licenses:
            if marked:
                self.marked[license.license_key] = license
            else:
                self.marked.pop(license.license_key, None)
        self.idle_list.refresh()
        self.post_message(self.StatusChanged())

    def mark_range(self) -> None:
        """Mark the rows between the nearest marked row above or below and the cursor."""
        here = self.idle_list.cursor
        rows = [row for key in self.marked if (row := self.book.row_of(key)) is not None and row != here]
        other = min(rows, key=lambda row: abs(row - here), default=here)
        first, last = sorted((here, other))
        self.mark([item.license for item in self.book.items[first : last + 1]], True)

    @on(Changed)
    def _changed(self, message: Changed) -> None:
        for key in message.keys:
            self.marked.pop(key, None)
        self.reload()
