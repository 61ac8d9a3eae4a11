"""Why an operation is refused here, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError

if TYPE_CHECKING:
    from jpmanage_tui.operations.entry import Entry
    from jpmanage_tui.operations.run import Run

READ_ONLY = "jpmanage is read-only: --read-only, or read_only in config.toml."
"""Why nothing is changed: the sentence of `ReadOnly`, and of every command that it refuses."""


class OperationError(Exception):
    """A change that this program refuses by itself; ``sentence`` tells the user why. Nothing was sent."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ReadOnly(OperationError):
    """A change was asked for while the option or the setting of that name refuses every one."""

    def __init__(self) -> None:
        super().__init__(READ_ONLY)


class JournalUnavailable(OperationError):
    """The journal cannot be written or read (a full disk, no permission, a damaged file)."""


class JournalReadOnly(JournalUnavailable):
    """The journal can be read but not written, as long as another program works with it, or for this version."""


class ConflictError(OperationError):
    """An earlier change of the same thing is on its way, or its outcome is unknown.

    ``entry_id`` is that change's number in the journal.
    """

    def __init__(self, sentence: str, entry_id: int) -> None:
        super().__init__(sentence)
        self.entry_id = entry_id


class EarlierUnsettled(ConflictError):
    """A change of unknown outcome stands in the journal that may be of the same partner key: only the user can say.

    ``earlier`` are those entries. It is sent once the user has confirmed exactly these.
    """

    def __init__(self, sentence: str, earlier: tuple[Entry, ...]) -> None:
        super().__init__(sentence, earlier[0].id)
        self.earlier = earlier


class RunIsThere(ConflictError):
    """A command has asked for a run that is there already: ``run``, of the same name, or unfinished and for the same."""

    def __init__(self, sentence: str, run: Run) -> None:
        super().__init__(sentence, 0)
        self.run = run


class Outdated(OperationError):
    """What it is about has changed since it was confirmed: it would not do any more what was confirmed."""


class SnapshotUnavailable(OperationError):
    """Something had to be asked first, and could not be; ``cause`` is how that failed."""

    def __init__(self, sentence: str, cause: ApiError) -> None:
        super().__init__(sentence)
        self.cause = cause


class Stopped(OperationError):
    """The program was ending, or the user stopped the wait, before it was sent (again)."""


class NotConfirmed(Stopped):
    """The user was asked about an earlier change of unknown outcome, and did not confirm."""
