"""The message after a change."""

from __future__ import annotations

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.ui.common.messages import Note


class Changed(Note):
    """A change of licences has ended: their rows and the counts must be asked for again.

    `keys` were changed, or may have been; of them `gone` are known to be revoked. `refused` are known to be as they were
    before; what is known of them may be old, since the API refused what it seemed to allow.
    """

    keys: tuple[LicenseKey, ...]
    gone: tuple[LicenseKey, ...] = ()
    refused: tuple[LicenseKey, ...] = ()
