"""All changes by name, and the way back from the journal."""

from __future__ import annotations

from typing import Any

from jpmanage_tui.operations.account_changes import (
    AcceptTerms,
    ConnectSite,
    CreatePartner,
    RefreshUserToken,
    UpdatePartner,
)
from jpmanage_tui.operations.change import NO_SECRETS, Change, ChangeKind, Secrets, Undecided
from jpmanage_tui.operations.license_changes import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.payment_changes import (
    ConfirmCard,
    CreateSetupIntent,
    DeleteCard,
    MakeCardPrimary,
    PayInvoice,
    SaveCard,
)

__all__ = [
    "CHANGES",
    "NO_SECRETS",
    "AcceptTerms",
    "AssignLicense",
    "Change",
    "ChangeKind",
    "ConfirmCard",
    "ConnectSite",
    "CreatePartner",
    "CreateSetupIntent",
    "DeleteCard",
    "IssueLicense",
    "MakeCardPrimary",
    "PayInvoice",
    "RefreshUserToken",
    "RevokeLicense",
    "SaveCard",
    "Secrets",
    "UnassignLicense",
    "Undecided",
    "UpdatePartner",
    "change_from_json",
]

CHANGES: tuple[type[Change[Any]], ...] = (
    AssignLicense,
    UnassignLicense,
    RevokeLicense,
    IssueLicense,
    AcceptTerms,
    CreatePartner,
    UpdatePartner,
    ConnectSite,
    CreateSetupIntent,
    ConfirmCard,
    SaveCard,
    MakeCardPrimary,
    DeleteCard,
    PayInvoice,
    RefreshUserToken,
)
"""Every change that there is."""

_TYPES: dict[str, type[Change[Any]]] = {change.kind.value: change for change in CHANGES}


def change_from_json(kind: str, text: str) -> Change[Any]:
    """Return the change of ``kind`` that ``Change.to_json`` wrote as ``text``.

    Raises:
        ValueError: the kind is not known, or the text is not such a change.

    """
    if kind not in _TYPES:
        raise ValueError(f"{kind!r} is no kind of change")
    return _TYPES[kind].from_json(text)
