"""Which open queue holds an unsettled entry, and whether it still lives.

Every open queue that has noted something holds a lock on a file of its own beside the journal. The kernel lets the lock
go when the process ends, however it ends; nothing that can change while it lives (a host's name, a clock) and nothing
that can come again (a process id) is looked at.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import uuid
from pathlib import Path

_NAME = re.compile(r"lease-[0-9a-f]{32}")


def new_owner() -> str:
    """Return a name for an open queue that no other has, nor will have."""
    return f"lease-{uuid.uuid4().hex}"


class Leases:
    """The locks of the queues that work with one journal. Not for several threads.

    An owner is alive while one process holds its lock: this one, which knows it, or another, which the file's lock
    tells. A name of another form is of a release before the locks, and dead: while such a program lives, this one
    writes nothing (see ``store``).
    """

    def __init__(self, journal: Path | None) -> None:
        """``journal`` is the file beside which the locks lie; None for one in memory, which one process has."""
        self._journal = journal
        self._held: dict[str, int | None] = {}

    def acquire(self, owner: str) -> None:
        """Take the lock of ``owner``, a name of this form, till it is released or the process ends.

        Not while `clean` runs.

        Raises:
            OSError: the file cannot be made or locked.

        """
        if owner in self._held or _NAME.fullmatch(owner) is None:
            return
        if self._journal is None:
            self._held[owner] = None
            return
        # Not inherited by what this process starts (os.open's default): a child must not keep the lock.
        descriptor = os.open(self._path(owner), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        self._held[owner] = descriptor

    def is_missing(self, owner: str) -> bool:
        """Return whether `acquire` would have to make the file of ``owner``."""
        return owner not in self._held and _NAME.fullmatch(owner) is not None

    def release(self, owner: str) -> None:
        """Let the lock of ``owner`` go, if it is held: what it left may be settled by another."""
        descriptor = self._held.pop(owner, None)
        if descriptor is not None:
            with contextlib.suppress(OSError):  # left over, it is cleaned up later
                os.unlink(self._path(owner))
            os.close(descriptor)

    def is_alive(self, owner: str) -> bool:
        """Return whether the queue ``owner`` may still be working on its entries; False only when that is certain.

        Raises:
            OSError: its lock cannot be looked at.

        """
        if owner in self._held:
            return True
        if self._journal is None or _NAME.fullmatch(owner) is None:
            return False
        try:
            descriptor = os.open(self._path(owner), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def clean(self) -> None:
        """Remove the files of owners that are gone. Not while one takes its lock.

        Raises:
            OSError: they cannot be looked at.

        """
        if self._journal is None:
            return
        before = self._path("").name
        for path in self._journal.parent.glob(f"{before}lease-*"):
            owner = path.name.removeprefix(before)
            if _NAME.fullmatch(owner) is not None and not self.is_alive(owner):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Release all that are held."""
        for owner in list(self._held):
            self.release(owner)

    def _path(self, owner: str) -> Path:
        assert self._journal is not None
        return self._journal.with_name(f".{self._journal.name}.{owner}")
