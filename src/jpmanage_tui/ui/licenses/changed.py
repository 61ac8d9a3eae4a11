"""The message after a change."""

from __future__ import annotations

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.ui.note import Note


class Changed(Note):
    """Licences were changed, or may have been: their rows and the counts must be asked for again."""

    keys: tuple[LicenseKey, ...]
    gone: tuple[LicenseKey, ...] = ()
