"""What a view whose licences can be marked and changed keeps for it; how it is done is loaded with the first time."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from jpmanage_tui.services.undo import undo_stack
from jpmanage_tui.ui.sections.base import Section
from jpmanage_tui.ui.sections.licenses.marking import UNDER_WAY, SelectAll

if TYPE_CHECKING:
    from jpmanage_tui.rules.licenses import LicenseAction
    from jpmanage_tui.services.undo import UndoStack
    from jpmanage_tui.ui.sections.licenses.flows import Flows, Host


class ActingView(Section):
    """A view with licences."""

    @property
    def host(self) -> Host:
        """The view as the flows see it."""
        raise NotImplementedError

    def why_not_marked(self, action: LicenseAction) -> str | None:
        """Return why an action cannot be done to the marked licences now, None when it can, or when none is marked."""
        if self.marking.running:
            return UNDER_WAY
        return self.host.marked.chosen(action).why_none if self.host.marked else None

    @cached_property
    def marking(self) -> SelectAll:
        """The marking of all that match."""
        return SelectAll(self.host)

    @property
    def undos(self) -> UndoStack:
        """What can be undone, on whichever screen it was done."""
        return undo_stack(self.session)

    @cached_property
    def flows(self) -> Flows:
        """What the commands do that waits."""
        from jpmanage_tui.ui.sections.licenses.flows import Flows

        return Flows(self.host)
