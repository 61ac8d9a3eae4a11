"""How a change ended, and what is told on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.mutation import AmbiguousResponse, Mutation

T = TypeVar("T")
Cause = ApiError | OperationError | AmbiguousResponse

_WORDS = {
    EntryState.DONE: "done",
    EntryState.REFUSED: "refused, nothing was changed",
    EntryState.NOT_SENT: "not sent, nothing was changed",
    EntryState.UNKNOWN: "not known whether it was done",
    EntryState.CONFIRMED_DONE: "done (confirmed)",
    EntryState.CONFIRMED_NOT_DONE: "not done (confirmed)",
}


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How a change ended, or that nobody knows.

    ``state`` is one of done, refused, not_sent, unknown, found_done, found_not_done. ``result`` is the
    API's answer (when ``done``), ``license_keys`` the codes that it brought (also when ``found_done``).
    ``detail`` is the vendor's sentence or what looking told; ``entry_id`` the number in the journal, None
    when it never got there.
    """

    change: Mutation[T]
    state: EntryState
    detail: str = ""
    result: T | None = None
    error: Cause | None = None
    entry_id: int | None = None
    license_keys: tuple[LicenseKey, ...] = ()

    @property
    def sentence(self) -> str:
        """What was asked, how it ended, and why, in one line."""
        return f"{self.change.summary()}: {_WORDS[self.state]}. {self.detail}".rstrip()

    @property
    def happened(self) -> bool:
        """Whether the change is known to be done."""
        return self.state.happened

    @property
    def unknown(self) -> bool:
        """Whether nobody knows."""
        return self.state is EntryState.UNKNOWN

    @property
    def nothing_done(self) -> bool:
        """Whether it is known that nothing was changed, so that it may be asked again."""
        return not self.happened and not self.unknown


class EventKind(StrEnum):
    """What happened to an operation; see :class:`OperationEvent`. ``recovered``: what another program left when it
    ended was settled.
    """

    QUEUED = "queued"
    STARTED = "started"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    LOOKING = "looking"
    SETTLED = "settled"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class OperationEvent:
    """Something happened to an operation.

    ``seconds`` is how long it waits before it is sent again (``waiting``) or looked up (``looking``);
    ``outcome`` comes with ``settled`` and ``recovered``. ``entry_id`` is None before the journal has it.
    """

    operation_id: int
    kind: EventKind
    sentence: str
    change: Mutation[Any]
    seconds: float | None = None
    entry_id: int | None = None
    outcome: Outcome[Any] | None = None
