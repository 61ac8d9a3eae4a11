"""What `z` puts back: the last assigning or unassigning, as long as nothing was done to the licence since."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.models.license import License, LicenseState

if TYPE_CHECKING:  # loaded when something is put back
    from jpmanage_tui.operations.changes import AssignLicense, UnassignLicense
    from jpmanage_tui.operations.queue import OperationsQueue

NOTHING = "Nothing was done here that can be undone."
RECENT = 500
"""Journal entries that are looked through for what was done since."""
_DONE_SINCE = ("done", "found_done", "sent", "queued", "unknown")


class Undo(NamedTuple):
    """The change that puts things back, its words, and the journal's number of what it undoes."""

    change: AssignLicense | UnassignLicense
    words: str
    entry_id: int | None = None


class UndoStack:
    """What can be undone, the last first. `known` returns what is known of a licence now, None where nothing is."""

    def __init__(self, known: Callable[[LicenseKey], License | None]) -> None:
        self._known = known
        self._undo: list[Undo] = []
        self._bundles: set[LicenseId] = set()

    @property
    def last(self) -> Undo | None:
        """The last one."""
        return self._undo[-1] if self._undo else None

    @property
    def why_not(self) -> str | None:
        """Why nothing can be undone, None where something may be."""
        return None if self._undo else NOTHING

    def add(self, undo: Undo) -> None:
        """Take over that something was done."""
        self._undo.append(undo)

    def drop(self, undo: Undo) -> None:
        """Forget one."""
        if undo in self._undo:
            self._undo.remove(undo)

    def bundle_revoked(self, license_id: LicenseId) -> None:
        """Note that a bundle was revoked: what was done with its licences cannot be put back."""
        self._bundles.add(license_id)

    async def obsolete(self, undo: Undo, queue: OperationsQueue) -> str | None:
        """Return why a change cannot be put back any more, None when it can: by the list and the journal, unasked.

        Raises JournalUnavailable.
        """
        change = undo.change
        if change.parent_id in self._bundles:
            return f"the bundle of {change.product} was revoked since."
        for entry in await queue.entries(limit=RECENT):
            later = undo.entry_id is not None and entry.id > undo.entry_id
            if later and entry.change.target == change.target and entry.state in _DONE_SINCE:
                return f"{change.product} was {_participle(entry.change)} since."
        license = self._known(change.license_key)
        return None if license is None else _by_state(change, license)


def _participle(change: object) -> str:
    from jpmanage_tui.operations.changes import AssignLicense, RevokeLicense, UnassignLicense

    match change:
        case RevokeLicense():
            return "revoked"
        case AssignLicense():
            return f"assigned to {change.site_url}"
        case UnassignLicense():
            return f"unassigned from {change.site_url}"
        case _:
            return "changed"


def _by_state(change: AssignLicense | UnassignLicense, license: License) -> str | None:
    from jpmanage_tui.operations.changes import AssignLicense, UnassignLicense

    if license.state is LicenseState.REVOKED:
        return f"{change.product} is revoked."
    if isinstance(change, AssignLicense) and license.state is LicenseState.ATTACHED:
        return f"{change.product} is assigned again, to {license.siteurl or license.blog_id}."
    if isinstance(change, UnassignLicense) and license.state is LicenseState.DETACHED:
        return f"{change.product} is unassigned already."
    if isinstance(change, UnassignLicense) and license.siteurl not in (None, change.site_url):
        return f"{change.product} is assigned to {license.siteurl} now."
    return None
