"""One line of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from jpmanage_tui.api.ids import LicenseKey, RequestId
from jpmanage_tui.operations.mutation import Mutation, UnreadableMutation

NO_TIME = datetime.min.replace(tzinfo=UTC)
"""When an entry was made whose time cannot be read."""


class EntryState(StrEnum):
    """How far a change has come. The words stand in the journal and never change, whatever the code calls them.

    ``queued``: noted, not sent. ``sent``: on its way. ``done``, ``refused``: the server said so.
    ``not_sent``: it never left. ``unknown``: nobody knows. ``found_done``, ``found_not_done``: it was
    unknown, and looking told.
    """

    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    CONFIRMED_DONE = "found_done"
    CONFIRMED_NOT_DONE = "found_not_done"

    @property
    def happened(self) -> bool:
        """Whether the change is known to be done."""
        return self in (EntryState.DONE, EntryState.CONFIRMED_DONE)

    @property
    def settled(self) -> bool:
        """Whether nothing more will become known of it."""
        return self not in (EntryState.QUEUED, EntryState.SENT, EntryState.UNKNOWN)


@dataclass(frozen=True)
class Entry:
    """A change in the journal. Times are aware UTC.

    ``account`` scopes it; ``created_at``, ``sent_at`` and ``settled_at`` are this machine's time,
    ``server_date`` the server's own just before it was sent, ``before`` the codes of licenses that had
    just been issued then; ``message`` is the last sentence about it, ``result`` the license codes that it
    brought, ``owner`` the queue that holds it while it is not settled, ``acknowledged`` the numbers of the earlier
    entries of unknown fate in spite of which the user wanted it sent.

    Of an entry that cannot be read (see ``UnreadableMutation``) what is not known is empty, and the state ``unknown``.
    """

    id: int
    account: str
    change: Mutation[Any]
    state: EntryState
    created_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    server_date: datetime | None
    before: tuple[LicenseKey, ...]
    request_id: RequestId | None
    message: str
    result: tuple[LicenseKey, ...]
    owner: str
    acknowledged: frozenset[int] = frozenset()

    @property
    def readable(self) -> bool:
        """Whether this version knows what it is."""
        return not isinstance(self.change, UnreadableMutation)
