"""What `z` undoes: what was assigned or unassigned last, one license or many, item by item."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.rules.sites import site_name

if TYPE_CHECKING:  # loaded when something is undone
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.operations.mutations.licenses import AssignLicense, UnassignLicense
    from jpmanage_tui.operations.ports import ClientPort

NOTHING = "Nothing to undo."
AT_ONCE = 4
"""So many licenses are read at a time before they are undone."""


class Done(NamedTuple):
    """One assigning or unassigning that is known to have happened, and the site it happened to.

    `blog_id` is None where the API never gave the Site ID. `license` is the license as it was read before undoing.
    """

    change: AssignLicense | UnassignLicense
    blog_id: BlogId | None
    license: License | None = None


class ChangedSince(NamedTuple):
    """What cannot be undone any more, and why: "revoked since"."""

    done: Done
    why: str

    @property
    def sentence(self) -> str:
        """Product and reason."""
        return f"{self.done.change.product} {'is' if self.why.startswith('not ') else 'was'} {self.why}"


class UndoRun:
    """What was done together, and is undone together: all of it was assigned, or all of it unassigned."""

    def __init__(self) -> None:
        self.items: list[Done] = []

    async def checked(self, client: ClientPort) -> tuple[list[Done], list[ChangedSince]]:
        """Read each license and return what is still as this run left it, and what has changed since.

        Raises:
            ApiError: a license could not be read.

        """
        from jpmanage_tui.operations.mutations.licenses import find_license

        ready: list[Done] = []
        changed: list[ChangedSince] = []
        for start in range(0, len(self.items), AT_ONCE):
            some = self.items[start : start + AT_ONCE]
            reads = (find_license(client, one.change.license_key, one.change.parent_id) for one in some)
            answers = await asyncio.gather(*reads, return_exceptions=True)
            for done, answer in zip(some, answers, strict=True):
                if isinstance(answer, BaseException):
                    raise answer
                why = _why_changed(done, answer)
                if why is None:
                    ready.append(done._replace(license=answer))
                else:
                    changed.append(ChangedSince(done, why))
        return ready, changed


class UndoStack:
    """What can be undone in this session, the last first; one for all its screens."""

    def __init__(self) -> None:
        self._runs: list[UndoRun] = []

    @property
    def last(self) -> UndoRun | None:
        """What was done last."""
        return self._runs[-1] if self._runs else None

    @property
    def why_not(self) -> str | None:
        """Why nothing can be undone, None where something may be."""
        return None if self._runs else NOTHING

    def add(self, done: Iterable[Done], run: UndoRun | None = None) -> UndoRun:
        """Take over what happened, as a run of its own or as a late part of `run`; returns the run."""
        run = run or UndoRun()
        run.items += done
        if run.items and run not in self._runs:
            self._runs.append(run)
        return run

    def drop(self, run: UndoRun, gone: Collection[Done] | None = None) -> None:
        """Forget a run, or of it what is `gone`: what was undone, and what cannot be any more."""
        keys = None if gone is None else {done.change.license_key for done in gone}
        run.items = [] if keys is None else [one for one in run.items if one.change.license_key not in keys]
        if not run.items and run in self._runs:
            self._runs.remove(run)


def undo_stack(session: Session) -> UndoStack:
    """Return what can be undone in a session, on whichever screen it was done."""
    return session.shared(_of_session)


def _of_session(_session: Session) -> UndoStack:
    return UndoStack()


def none_ready(changed: Sequence[ChangedSince]) -> str:
    """Return why nothing of a run can be undone any more."""
    first, more = changed[0].sentence, len(changed) - 1
    others = f", and {more:,} more {'has' if more == 1 else 'have'} changed" if more else ""
    return f"Nothing can be undone: {first}{others}."


def _why_changed(done: Done, license: License | None) -> str | None:
    """Return why a change cannot be undone, by what is true of its license now; None where it can be."""
    from jpmanage_tui.operations.mutations.licenses import AssignLicense

    if license is None:
        return "not listed any more"
    if license.state is LicenseState.REVOKED:
        return "revoked since"
    attached = license.state is LicenseState.ATTACHED
    where = site_name(license.siteurl) if license.siteurl else f"site {license.blog_id}"
    if isinstance(done.change, AssignLicense):
        if not attached:
            return "unassigned since"
        return None if license.blog_id == done.blog_id else f"assigned to {where} since"
    if attached:
        return f"assigned to {where} since"
    return None if done.blog_id is not None else "on a site whose ID the API did not give"
