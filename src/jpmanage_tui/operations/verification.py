"""One look at the server: was a change of unknown fate done?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jpmanage_tui.api.ids import LicenseKey


class CheckResult(Enum):
    """What a look showed.

    ``DONE``: the change is there. ``NOT_YET``: it is not; a slow server may still bring it. ``UNCLEAR``:
    what is there cannot be told apart, and looking again will not help. ``BLIND``: this look could not see
    it. ``GONE``: what should be taken away is known nowhere any more; a server that is late with its lists may
    still bring it back.
    """

    DONE = "done"
    NOT_YET = "not_yet"
    UNCLEAR = "unclear"
    BLIND = "blind"
    GONE = "gone"


@dataclass(frozen=True)
class Look:
    """A verdict, the sentence for it, and the licence codes that were found."""

    verdict: CheckResult
    sentence: str
    keys: tuple[LicenseKey, ...] = ()
