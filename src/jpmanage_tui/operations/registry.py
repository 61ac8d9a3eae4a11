"""All changes by name, and the way back from the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from jpmanage_tui.operations.mutation import NO_SECRETS, AmbiguousResponse, Mutation, MutationType, Secrets
from jpmanage_tui.operations.mutations.account import (
    AcceptTerms,
    ConnectSite,
    CreatePartner,
    RefreshUserToken,
    UpdatePartner,
)
from jpmanage_tui.operations.mutations.cards import (
    ConfirmCard,
    CreateSetupIntent,
    DeleteCard,
    MakeCardPrimary,
    PayInvoice,
    SaveCard,
)
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.ports import ClientPort

__all__ = [
    "CHANGES",
    "NO_SECRETS",
    "AcceptTerms",
    "AmbiguousResponse",
    "AssignLicense",
    "ConfirmCard",
    "ConnectSite",
    "CreatePartner",
    "CreateSetupIntent",
    "DeleteCard",
    "IssueLicense",
    "MakeCardPrimary",
    "Mutation",
    "MutationType",
    "PayInvoice",
    "RefreshUserToken",
    "RevokeLicense",
    "SaveCard",
    "Secrets",
    "UnassignLicense",
    "UnreadableChange",
    "UpdatePartner",
    "change_from_json",
]

CHANGES: tuple[type[Mutation[Any]], ...] = (
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

_TYPES: dict[str, type[Mutation[Any]]] = {change.kind.value: change for change in CHANGES}


@dataclass(frozen=True)
class UnreadableChange(Mutation[None]):
    """What a row of the journal holds that this version cannot read. It is shown and guards its target; nothing can be
    done with it but to settle it by the user's word.

    ``stored_kind`` and ``payload`` are as they stand in the row, ``reason`` what could not be read.
    """

    kind: ClassVar[MutationType] = MutationType.UNREADABLE
    stored_kind: str
    stored_target: str
    payload: str
    reason: str

    @property
    def target(self) -> str:
        """What it changes, as the row says."""
        return self.stored_target

    def sentence(self) -> str:
        """Return what is known of it."""
        return f"An entry that this version cannot read ({self.reason})"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Refuse: nobody knows what it is.

        Raises:
            ValueError: always.

        """
        raise ValueError(self.sentence())


def change_from_json(kind: str, text: str, version: int = 1) -> Mutation[Any]:
    """Return the change of ``kind`` that ``Mutation.to_json`` wrote as ``text``, in the ``version`` of its payload.

    Raises:
        ValueError: the kind or the version is not known, or the text is not such a change.

    """
    if kind not in _TYPES:
        raise ValueError(f"{kind!r} is no kind of change")
    if version > _TYPES[kind].payload_version:
        raise ValueError(f"{kind!r} in a newer form, {version}")
    return _TYPES[kind].from_json(text)
