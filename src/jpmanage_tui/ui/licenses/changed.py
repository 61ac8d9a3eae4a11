"""The message after a change."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from jpmanage_tui.api.ids import LicenseKey


@dataclass
class Changed(Message):
    """Licences were changed, or may have been: their rows and the counts must be asked for again."""

    keys: tuple[LicenseKey, ...]
    gone: tuple[LicenseKey, ...] = ()
